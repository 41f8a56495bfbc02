#include "capture/reassembly.h"

#include "capture/pause.h"
#include "smtp/reply.h"

#include <string.h>

/* "421 4.7.0 ...": nobody else greets with an enhanced status code (RFC 3463). */
static bool is_mail_refusal(const struct capture_dialog *d)
{
	char enhanced[12];

	smtp_reply_split(d->banner.text, enhanced);
	return d->banner.code >= 400 && enhanced[0] != '\0';
}

/* Smtp on a port of its own choice gives itself away by its greeting. */
static void recognise(struct flow *s)
{
	const struct capture_dialog *d = &s->dialog;

	if (!s->is_smtp && d->code[SMTP_EHLO] != 0 && d->banner.code / 100 == 2)
		s->is_smtp = true;
	if (!s->is_smtp && d->banner.code != 0 && (strcasestr(d->banner.text, "SMTP") != NULL || is_mail_refusal(d)))
		s->is_smtp = true;
}

void reassembly_say(struct flow *s, enum side side, const uint8_t *bytes, size_t captured, size_t size, double time,
                    unsigned long number)
{
	const unsigned replies = s->dialog.replies;

	s->dialog.unheard = side == SERVER && stream_unacked(&s->streams[CLIENT]) > 0;
	s->dialog.unasked = s->dialog.unheard && s->paused.seconds >= PATIENCE_MIN &&
	                    s->paused.waits == WAITS_NETWORK && s->paused.side == CLIENT;
	dialog_take(&s->dialog, side, bytes, captured < size ? captured : size, captured < size ? size - captured : 0,
	            time, number);
	if (side == SERVER && s->dialog.replies != replies && s->dialog.uncalled)
		pause_close(s, SERVER, time, true);
	recognise(s);
}

/* A segment before its turn; what is said in it is kept until then. */
void reassembly_hold(struct flow *s, enum side side, const struct packet *p, int64_t at)
{
	if (s->dialog.state == DIALOG_BODY || p->payload_captured > FLOW_HELD_SIZE || p->payload_captured == 0)
		return;
	for (int i = 0; i < FLOW_HELD; i++) {
		if (s->detail->held[i].size != 0)
			continue;
		s->detail->held[i].side = side;
		s->detail->held[i].from = at;
		s->detail->held[i].size = p->payload_size;
		s->detail->held[i].captured = p->payload_captured;
		memcpy(s->detail->held[i].bytes, p->payload, p->payload_captured);
		return;
	}
}

/* The stream went on over `size` bytes up to stream->next that came before: says what of them was kept. */
static void say_held(struct flow *s, enum side side, size_t size, double time, unsigned long number)
{
	int64_t at = s->streams[side].next - (int64_t)size;
	const int64_t to = s->streams[side].next;

	while (at < to) {
		int64_t next = to;
		int found = -1;
		for (int i = 0; i < FLOW_HELD; i++) {
			if (s->detail->held[i].size == 0 || s->detail->held[i].side != side)
				continue;
			if (s->detail->held[i].from == at)
				found = i;
			else if (s->detail->held[i].from > at && s->detail->held[i].from < next)
				next = s->detail->held[i].from;
		}
		if (found < 0) {
			dialog_miss(&s->dialog, side, (size_t)(next - at));
			at = next;
			continue;
		}
		const size_t length = s->detail->held[found].size;
		s->detail->held[found].size = 0;
		reassembly_say(s, side, s->detail->held[found].bytes, s->detail->held[found].captured, length, time,
		               number);
		at += (int64_t)length;
	}
}

void reassembly_join(struct flow *s, enum side side, double time, unsigned long number)
{
	size_t size;

	while ((size = stream_join(&s->streams[side])) > 0)
		say_held(s, side, size, time, number);
}
