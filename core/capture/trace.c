#include "capture/trace.h"

#include "base/xalloc.h"
#include "capture/file.h"
#include "capture/fragments.h"

#include <stdlib.h>
#include <string.h>

#define LETTERS        48   /* B of a payload that are compared */
#define CANDIDATES_MAX 64   /* sessions of a file in which the same things are said */
#define SAME_MIN       4    /* packets that say the same, so that it is that session; ... */
#define SAME_SHARE     0.7  /* ... what share of its own these are; ... */
#define SAME_LEAD      1.25 /* ... and how many times as many as in any other */

void trace_done(struct trace *t)
{
	free(t->records);
	t->records = NULL;
}

static uint32_t sum_of(const struct packet *p)
{
	const size_t size = p->payload_size < LETTERS ? p->payload_size : LETTERS;
	uint32_t sum = 2166136261u; /* FNV-1a */

	if (size == 0 || p->payload_captured < size)
		return 0;
	for (size_t i = 0; i < size; i++)
		sum = (sum ^ p->payload[i]) * 16777619u;
	return sum != 0 ? sum : 1;
}

static void add(struct trace *t, const struct packet *p, enum side side, double time, unsigned long number)
{
	if (t->count == TRACE_RECORDS)
		return;
	if ((p->flags & TCP_SYN) != 0 && !t->based[side]) {
		t->based[side] = true;
		t->base[side] = p->seq + 1;
	}
	t->records[t->count++] = (struct trace_record){
	    .time = time,
	    .seq = p->seq,
	    .ack = p->ack,
	    .size = (uint32_t)p->payload_size,
	    .letters = sum_of(p),
	    .number = (uint32_t)number,
	    .mss = p->mss,
	    .flags = p->flags,
	    .side = (uint8_t)side,
	};
}

/* SIDES: it is of another connection. */
static enum side side_of(const struct flow_endpoint ends[SIDES], const struct packet *p)
{
	for (int side = 0; side < SIDES; side++)
		if (flow_endpoint_is(&ends[side], p->source, p->source_port, p->v6) &&
		    flow_endpoint_is(&ends[other_side((enum side)side)], p->destination, p->destination_port, p->v6))
			return (enum side)side;
	return SIDES;
}

static void set_end(struct flow_endpoint *end, const uint8_t *address, uint16_t port, bool v6)
{
	*end = (struct flow_endpoint){.v6 = v6, .port = port};
	memcpy(end->address, address, v6 ? 16 : 4);
}

/* --- which session of a file it is, by its numbers or by what is said in it */

static int by_numbers(const void *a, const void *b)
{
	const struct trace_record *left = a, *right = b;

	if (left->seq != right->seq)
		return left->seq < right->seq ? -1 : 1;
	return left->ack < right->ack ? -1 : left->ack > right->ack;
}

static int by_letters(const void *a, const void *b)
{
	const struct trace_record *left = a, *right = b;

	if (left->letters != right->letters)
		return left->letters < right->letters ? -1 : 1;
	return left->size < right->size ? -1 : left->size > right->size;
}

/* Another session in which the same things are said. */
struct candidate {
	struct flow_endpoint ends[SIDES];
	unsigned same,
	    said; /* packets with data: those that the session looked for has too, and all since the first of these */
};

struct search {
	struct trace_record *numbers, *letters; /* of the session, sorted */
	size_t count;
	struct candidate candidates[CANDIDATES_MAX];
	size_t candidate_count;
};

static struct trace_record *sorted_copy(const struct trace *t, int (*order)(const void *, const void *))
{
	struct trace_record *copy = xcalloc(t->count + 1, sizeof *copy);

	memcpy(copy, t->records, t->count * sizeof *copy);
	qsort(copy, t->count, sizeof *copy, order);
	return copy;
}

static void set_ends(struct flow_endpoint ends[SIDES], const struct packet *p, enum side sender)
{
	set_end(&ends[sender], p->source, p->source_port, p->v6);
	set_end(&ends[other_side(sender)], p->destination, p->destination_port, p->v6);
}

/* A packet with the numbers of one of the session's: translators change addresses and ports, seldom more. */
static bool has_numbers(const struct search *s, const struct packet *p, struct flow_endpoint ends[SIDES])
{
	const struct trace_record wanted = {.seq = p->seq, .ack = p->ack};
	const struct trace_record *found = bsearch(&wanted, s->numbers, s->count, sizeof wanted, by_numbers);

	if (found == NULL || found->size != p->payload_size || (found->flags & TRACE_ENDS) != (p->flags & TRACE_ENDS) ||
	    (p->flags & TCP_RST) != 0)
		return false;
	set_ends(ends, p, (enum side)found->side);
	return true;
}

static struct candidate *candidate_of(struct search *s, const struct packet *p)
{
	for (size_t i = 0; i < s->candidate_count; i++)
		if (side_of(s->candidates[i].ends, p) != SIDES)
			return &s->candidates[i];
	return NULL;
}

static void note_letters(struct search *s, const struct packet *p)
{
	const struct trace_record wanted = {.letters = sum_of(p), .size = (uint32_t)p->payload_size};

	if (wanted.letters == 0)
		return;
	const struct trace_record *found = bsearch(&wanted, s->letters, s->count, sizeof wanted, by_letters);
	struct candidate *candidate = candidate_of(s, p);
	if (candidate == NULL && found != NULL && s->candidate_count < CANDIDATES_MAX) {
		candidate = &s->candidates[s->candidate_count++];
		set_ends(candidate->ends, p, (enum side)found->side);
	}
	if (candidate == NULL)
		return;
	candidate->said++;
	candidate->same += found != NULL && found->side == (uint8_t)side_of(candidate->ends, p);
}

/*
 * The candidate that says the same as the session. Sessions with one server begin alike, so it has to have more in common
 * with it than any other; firewalls that make up sequence numbers of their own may change a line or two.
 */
static bool choose(const struct search *s, struct flow_endpoint ends[SIDES])
{
	const struct candidate *best = NULL;
	unsigned second = 0;

	for (size_t i = 0; i < s->candidate_count; i++) {
		const struct candidate *c = &s->candidates[i];
		if (best == NULL || c->same > best->same) {
			second = best != NULL ? best->same : 0;
			best = c;
		} else if (c->same > second) {
			second = c->same;
		}
	}
	if (best == NULL || best->same < SAME_MIN || best->same < SAME_SHARE * best->said ||
	    best->same < SAME_LEAD * second)
		return false;
	memcpy(ends, best->ends, sizeof best->ends);
	return true;
}

/* The next packet of TCP; false at the end. */
static bool next_segment(struct capture_file *file, struct fragments *fragments, struct frame *frame, struct packet *p)
{
	while (capture_file_next(file, frame)) {
		packet_decode(frame, p);
		if (p->kind == PACKET_FRAGMENT && !fragments_take(fragments, p))
			continue;
		if (p->kind == PACKET_TCP)
			return true;
	}
	return false;
}

bool trace_find(const char *path, const struct trace *like, struct flow_endpoint ends[SIDES])
{
	struct capture_file *file = capture_file_open(path, NULL);
	struct fragments *fragments = fragments_new();
	struct search *search = xcalloc(1, sizeof *search);
	struct frame frame;
	struct packet p;
	bool found = false;

	search->numbers = sorted_copy(like, by_numbers);
	search->letters = sorted_copy(like, by_letters);
	search->count = like->count;
	while (!found && file != NULL && next_segment(file, fragments, &frame, &p)) {
		found = has_numbers(search, &p, ends);
		note_letters(search, &p);
	}
	found = found || choose(search, ends);
	capture_file_close(file);
	fragments_free(fragments);
	free(search->numbers);
	free(search->letters);
	free(search);
	return found;
}

/* --- its packets */

bool trace_read(struct trace *t, const char *path, const struct flow_endpoint ends[SIDES])
{
	struct capture_file *file = capture_file_open(path, NULL);
	struct fragments *fragments = fragments_new();
	struct frame frame = {0};
	struct packet p;

	*t = (struct trace){.records = xcalloc(TRACE_RECORDS, sizeof *t->records)};
	memcpy(t->ends, ends, sizeof t->ends);
	while (file != NULL && t->count < TRACE_RECORDS && next_segment(file, fragments, &frame, &p)) {
		const enum side side = side_of(t->ends, &p);
		if (side != SIDES)
			add(t, &p, side, frame.time, frame.number);
	}
	t->end = frame.time;
	if (file != NULL)
		t->start = capture_file_start(file);
	capture_file_close(file);
	fragments_free(fragments);
	return t->count > 0;
}
