#include "capture/match.h"

#include "base/xalloc.h"

#include <stdlib.h>

#define COMMON_WITHIN 100 /* packets of the other capture in which one that says the same is looked for */

static void place(struct trace *t)
{
	for (size_t i = 0; i < t->count; i++) {
		struct trace_record *r = &t->records[i];
		r->from = (int32_t)(r->seq - t->base[r->side]) - ((r->flags & TCP_SYN) != 0 ? -1 : 0);
	}
}

/* The only packet of the trace's first ones that says the same; NULL: there is none, or more. */
static const struct trace_record *find_same(const struct trace *t, const struct trace_record *r)
{
	const struct trace_record *found = NULL;

	for (size_t i = 0; i < t->count && i < COMMON_WITHIN; i++) {
		const struct trace_record *other = &t->records[i];
		if (other->side != r->side || other->letters != r->letters || other->size != r->size ||
		    (found != NULL && found->seq == other->seq))
			continue;
		if (found != NULL)
			return NULL;
		found = other;
	}
	return found;
}

/* How far that side's numbers in b are ahead of those in a, by the first packet that says the same in both; 0: none does. */
static uint32_t numbers_ahead(const struct trace *a, const struct trace *b, enum side side)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct trace_record *r = &a->records[i];
		const struct trace_record *same = r->side == (uint8_t)side && r->letters != 0 ? find_same(b, r) : NULL;
		if (same != NULL)
			return same->seq - r->seq;
	}
	return 0;
}

/* The sequence number from which a side is counted where nothing else is known: that of its first packet. */
static uint32_t first_of(const struct trace *t, enum side side)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->records[i].side == (uint8_t)side)
			return t->records[i].seq;
	return 0;
}

/*
 * Both count from their own SYNs or, where one lacks these, from a packet that says the same in both: a device between may
 * have made up sequence numbers of its own. Failing that, numbers are taken to be the same.
 */
void match_place(struct trace *a, struct trace *b)
{
	for (int side = 0; side < SIDES; side++) {
		if (a->based[side] && b->based[side])
			continue;
		const uint32_t ahead = numbers_ahead(a, b, (enum side)side);
		if (!a->based[side])
			a->base[side] = b->based[side] ? b->base[side] - ahead : first_of(a, (enum side)side);
		if (!b->based[side])
			b->base[side] = a->base[side] + ahead;
	}
	place(a);
	place(b);
}

/* Pointers to records, ordered so that the same packets of both captures come in the same order. */
int match_compare(const void *a, const void *b)
{
	const struct trace_record *left = *(const struct trace_record *const *)a;
	const struct trace_record *right = *(const struct trace_record *const *)b;

	if (left->side != right->side)
		return left->side < right->side ? -1 : 1;
	if (left->from != right->from)
		return left->from < right->from ? -1 : 1;
	if (left->size != right->size)
		return left->size < right->size ? -1 : 1;
	if ((left->flags & TRACE_ENDS) != (right->flags & TRACE_ENDS))
		return (left->flags & TRACE_ENDS) < (right->flags & TRACE_ENDS) ? -1 : 1;
	return 0;
}

static int by_place_and_time(const void *a, const void *b)
{
	const struct trace_record *left = *(const struct trace_record *const *)a;
	const struct trace_record *right = *(const struct trace_record *const *)b;
	const int order = match_compare(a, b);

	return order != 0 ? order : left->time < right->time ? -1 : left->time > right->time;
}

/* Whether it can be told from others: bare acknowledgements cannot. */
static bool is_distinct(const struct trace_record *r)
{
	return r->size > 0 || (r->flags & TRACE_ENDS) != 0;
}

struct order match_order(const struct trace *t)
{
	struct order o = {.records = xcalloc(t->count + 1, sizeof *o.records)};

	for (size_t i = 0; i < t->count; i++)
		if (is_distinct(&t->records[i]))
			o.records[o.count++] = &t->records[i];
	qsort(o.records, o.count, sizeof *o.records, by_place_and_time);
	return o;
}

static int by_time_of_a(const void *a, const void *b)
{
	const struct match *left = a, *right = b;

	return left->a->time < right->a->time ? -1 : left->a->time > right->a->time;
}

/* The first copies of what is in both, in the order of time. The caller frees. */
struct match *match_firsts(const struct order *a, const struct order *b, size_t *count)
{
	struct match *matches = xcalloc(a->count + 1, sizeof *matches);
	size_t i = 0, k = 0;

	*count = 0;
	while (i < a->count && k < b->count) {
		const int order = match_compare(&a->records[i], &b->records[k]);
		if (order == 0)
			matches[(*count)++] = (struct match){a->records[i], b->records[k]};
		const struct trace_record *const *at = &a->records[i], *const *bt = &b->records[k];
		while (order <= 0 && i < a->count && match_compare(&a->records[i], at) == 0)
			i++;
		while (order >= 0 && k < b->count && match_compare(&b->records[k], bt) == 0)
			k++;
	}
	qsort(matches, *count, sizeof *matches, by_time_of_a);
	return matches;
}

size_t match_copies(const struct order *o, const struct trace_record *r)
{
	size_t low = 0, high = o->count, count = 0;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (match_compare(&o->records[middle], &r) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	while (low < o->count && match_compare(&o->records[low], &r) == 0) {
		low++;
		count++;
	}
	return count;
}
