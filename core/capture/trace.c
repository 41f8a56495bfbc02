#include "capture/trace.h"

#include "base/xalloc.h"
#include "capture/file.h"
#include "capture/fragments.h"

#include <stdlib.h>
#include <string.h>

#define LETTERS 48 /* B of a payload that are compared */

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
static enum side side_of(const struct endpoint ends[SIDES], const struct packet *p)
{
	for (int side = 0; side < SIDES; side++)
		if (endpoint_is(&ends[side], p->source, p->source_port, p->v6) &&
		    endpoint_is(&ends[other_side((enum side)side)], p->destination, p->destination_port, p->v6))
			return (enum side)side;
	return SIDES;
}

static void set_end(struct endpoint *end, const uint8_t *address, uint16_t port, bool v6)
{
	*end = (struct endpoint){.v6 = v6, .port = port};
	memcpy(end->address, address, v6 ? 16 : 4);
}

static int by_numbers(const void *a, const void *b)
{
	const struct trace_record *left = a, *right = b;

	if (left->seq != right->seq)
		return left->seq < right->seq ? -1 : 1;
	return left->ack < right->ack ? -1 : left->ack > right->ack;
}

/* Where numbers are those of `like` (its records sorted by them), this is that session: from here on its ends are known. */
static bool recognise(struct trace *t, const struct packet *p, const struct trace_record *sorted, size_t count)
{
	const struct trace_record wanted = {.seq = p->seq, .ack = p->ack};
	const struct trace_record *found = bsearch(&wanted, sorted, count, sizeof *sorted, by_numbers);

	if (found == NULL || found->size != p->payload_size || (found->flags & TRACE_ENDS) != (p->flags & TRACE_ENDS) ||
	    (p->flags & TCP_RST) != 0)
		return false;
	set_end(&t->ends[found->side], p->source, p->source_port, p->v6);
	set_end(&t->ends[other_side((enum side)found->side)], p->destination, p->destination_port, p->v6);
	return true;
}

static struct trace_record *sorted_copy(const struct trace *t)
{
	struct trace_record *copy = xcalloc(t->count + 1, sizeof *copy);

	memcpy(copy, t->records, t->count * sizeof *copy);
	qsort(copy, t->count, sizeof *copy, by_numbers);
	return copy;
}

bool trace_read(struct trace *t, const char *path, const struct endpoint ends[SIDES], const struct trace *like)
{
	struct capture_file *file = capture_file_open(path, NULL);
	struct trace_record *numbers = like != NULL ? sorted_copy(like) : NULL;
	struct fragments *fragments = fragments_new();
	bool known = like == NULL;
	struct frame frame;
	struct packet p;

	*t = (struct trace){.records = xcalloc(TRACE_RECORDS, sizeof *t->records)};
	if (known)
		memcpy(t->ends, ends, sizeof t->ends);
	while (file != NULL && t->count < TRACE_RECORDS && capture_file_next(file, &frame)) {
		t->end = frame.time;
		packet_decode(&frame, &p);
		if (p.kind == PACKET_FRAGMENT && !fragments_take(fragments, &p))
			continue;
		if (p.kind != PACKET_TCP || (!known && !(known = recognise(t, &p, numbers, like->count))))
			continue;
		const enum side side = side_of(t->ends, &p);
		if (side != SIDES)
			add(t, &p, side, frame.time, frame.number);
	}
	if (file != NULL)
		t->start = capture_file_start(file);
	capture_file_close(file);
	fragments_free(fragments);
	free(numbers);
	return t->count > 0;
}
