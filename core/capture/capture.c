#include "capture/capture.h"

#include "base/i18n.h"
#include "base/xalloc.h"
#include "capture/fragments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_EVERY  16384 /* packets between two looks at the clock */
#define PEEKED      32    /* packets of sessions under way by which a file is known to repeat another; ... */
#define PEEKED_MOST 2000  /* ... among so many of its first */
#define ROUNDED     1e-3  /* s; stamps are rounded, and what two processors took in need not be in order */
#define SET_BACK    0.5   /* s; by less packets are out of order, by more the recorder's clock was set back */
#define FOLLOWS     5.0   /* s between the end of a file and the beginning of the one that continues it */

struct capture {
	struct flows *flows;
	struct fragments *fragments;
	struct capture_totals totals;
	double offset; /* s from the beginning of the capture to that of the file under way */
	double last;   /* s, of the last packet */
	bool repeats;  /* the next file holds what was read already */
};

struct capture *capture_new(void)
{
	struct capture *c = xcalloc(1, sizeof *c);

	c->flows = flows_new();
	c->fragments = fragments_new();
	c->totals.start = NAN;
	return c;
}

void capture_free(struct capture *c)
{
	if (c == NULL)
		return;
	flows_free(c->flows);
	fragments_free(c->fragments);
	free(c);
}

/* Where a file lies in time; sessions of an earlier one do not go on in it unless it follows at once. */
static void place(struct capture *c, const struct capture_file *file)
{
	const double start = capture_file_start(file);

	if (isnan(c->totals.start)) {
		c->totals.start = start;
		return;
	}
	c->offset = start - c->totals.start;
	if (c->repeats || c->offset < c->last - ROUNDED || c->offset > c->last + FOLLOWS) {
		c->totals.apart = true;
		flows_end(c->flows, c->last);
	}
	c->last = c->offset;
}

/* A clock that was set back would make pauses vanish, or last for less than nothing: times go on from the last packet. */
static double count_on(struct capture *c, double time)
{
	if (time >= c->last - SET_BACK)
		return time;
	c->totals.set_back += c->last - time;
	c->offset += c->last - time;
	return c->last;
}

static void note_tunnel(struct capture_totals *totals, const struct packet *packet)
{
	const struct tunnel *tunnel = packet_tunnel(packet);

	if (tunnel == NULL)
		return;
	totals->tunnel = tunnel;
	totals->tunnelled++;
}

static void take(struct capture *c, const struct frame *frame)
{
	struct packet packet;
	const double time = count_on(c, c->offset + frame->time);

	packet_decode(frame, &packet);
	c->totals.packets++;
	c->totals.bytes += (double)frame->size;
	c->totals.cut += frame->captured < frame->size;
	if (packet.kind == PACKET_OTHER)
		note_tunnel(&c->totals, &packet);
	if (packet.kind == PACKET_FRAGMENT && !fragments_take(c->fragments, &packet))
		packet.kind = PACKET_OTHER;
	if (packet.kind != PACKET_OTHER && flows_take(c->flows, &packet, time, frame->number))
		c->totals.mail_packets++;
	if (time > c->last)
		c->last = time;
}

void capture_read_open(struct capture *c, struct capture_file *file, const struct capture_watch *watch,
                       struct err *trouble)
{
	struct frame frame;

	trouble->text[0] = '\0';
	while (capture_file_next(file, &frame)) {
		if (frame.number == 1)
			place(c, file);
		take(c, &frame);
		if (watch != NULL && frame.number % LOOK_EVERY == 0 && !watch->look(watch->context, file)) {
			err_set(trouble, "%s", _("the time allowed was over before its end was reached"));
			return;
		}
	}
	const size_t snap = capture_file_snap(file);
	if (snap > 0 && (c->totals.snap == 0 || snap < c->totals.snap))
		c->totals.snap = snap;
	if (capture_file_trouble(file)[0] != '\0')
		err_set(trouble, "%s", capture_file_trouble(file));
}

/* Whether most of the first packets of the file that belong to sessions under way were read before. */
static bool is_repetition(const struct capture *c, const char *path)
{
	struct capture_file *file = capture_file_open(path, NULL);
	struct frame frame;
	struct packet packet;
	unsigned told = 0, had = 0;

	while (file != NULL && told < PEEKED && capture_file_next(file, &frame) && frame.number <= PEEKED_MOST) {
		packet_decode(&frame, &packet);
		const int has = flows_have(c->flows, &packet);
		told += has >= 0;
		had += has > 0;
	}
	capture_file_close(file);
	return 2 * had > told;
}

int capture_read(struct capture *c, const char *path, const struct capture_watch *watch, struct err *trouble)
{
	c->repeats = !isnan(c->totals.start) && strcmp(path, "-") != 0 && is_repetition(c, path);

	struct capture_file *file = capture_file_open(path, trouble);
	if (file == NULL)
		return -1;
	capture_read_open(c, file, watch, trouble);
	capture_file_close(file);
	return 0;
}

void capture_end(struct capture *c)
{
	flows_end(c->flows, c->last);
	c->totals.span = isnan(c->totals.start) ? 0 : c->last;
}

const struct capture_totals *capture_totals(const struct capture *c)
{
	return &c->totals;
}

struct flows *capture_flows(struct capture *c)
{
	return c->flows;
}
