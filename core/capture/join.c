#include "capture/join.h"

#include "base/xalloc.h"
#include "capture/match.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MATCHES_MIN   4    /* packets in both, so that they are one session */
#define SHARE_MIN     0.25 /* of the smaller trace */
#define SAME_PLACE    3e-6 /* s of delay; below, both were taken at one place */
#define CLOCK_MATCHES 8    /* packets in both that tell the clocks' offset, at least; ... */
#define CLOCK_SPAN    5.0  /* ... s of the session that do */
#define DRIFT         1e-4 /* of the time that has passed: by so much clocks run apart, at most */
#define AFTERWARDS    2.0  /* s after the end of a capture, until which a packet may be missing in it */

/* --- clocks */

/* Near the client its question comes before the answer by the whole round trip, near the server by nothing. */
static bool is_a_near_client(const struct match *matches, size_t count)
{
	double sum = 0;

	for (size_t i = 1; i < count; i++) {
		if (matches[i].a->side == matches[i - 1].a->side)
			continue;
		const double more =
		    (matches[i].a->time - matches[i - 1].a->time) - (matches[i].b->time - matches[i - 1].b->time);
		sum += matches[i].a->side == SERVER ? more : -more;
	}
	return sum >= 0;
}

/*
 * near: the client's end is a. Packets that were sent again may be matched with the wrong copy: the quickest count. Clocks
 * drift apart, so the beginning of the session does.
 */
static void set_clocks(struct joined *j, const struct match *matches, size_t count, bool near)
{
	double to_server = INFINITY, to_client = -INFINITY;

	for (size_t i = 0; i < count; i++) {
		if (i >= CLOCK_MATCHES && matches[i].a->time - matches[0].a->time > CLOCK_SPAN)
			break;
		const double difference =
		    near ? matches[i].b->time - matches[i].a->time : matches[i].a->time - matches[i].b->time;
		if (matches[i].a->side == CLIENT)
			to_server = fmin(to_server, difference);
		else
			to_client = fmax(to_client, difference);
	}
	if (isinf(to_server))
		to_server = to_client;
	if (isinf(to_client))
		to_client = to_server;
	j->offset = (to_server + to_client) / 2;
	j->delay = (to_server - to_client) / 2;
}

/* --- what arrived */

/* How far the other side acknowledged, in either capture. */
static int64_t acknowledged(const struct joined *j, enum side side)
{
	int64_t most = 0;

	for (int end = 0; end < SIDES; end++) {
		const struct trace *t = j->ends[end];
		for (size_t i = 0; i < t->count; i++) {
			const struct trace_record *r = &t->records[i];
			if (r->side == (uint8_t)side || (r->flags & TCP_ACK) == 0 || (r->flags & TCP_RST) != 0)
				continue;
			const int64_t to = (int32_t)(r->ack - t->base[side]);
			most = to > most ? to : most;
		}
	}
	return most;
}

/* What arrived of one side, without gaps within and in order. */
struct cover {
	struct stream_range *ranges;
	size_t count;
};

static struct cover cover_of(const struct order *o, enum side side)
{
	struct cover cover = {.ranges = xcalloc(o->count + 1, sizeof *cover.ranges)};

	for (size_t i = 0; i < o->count; i++) {
		const struct trace_record *r = o->records[i];
		const int64_t to = r->from + (int64_t)r->size;
		struct stream_range *last = cover.count > 0 ? &cover.ranges[cover.count - 1] : NULL;
		if (r->side != (uint8_t)side || r->size == 0)
			continue;
		if (last != NULL && r->from <= last->to)
			last->to = to > last->to ? to : last->to;
		else
			cover.ranges[cover.count++] = (struct stream_range){.from = r->from, .to = to};
	}
	return cover;
}

static bool is_covered(const struct cover *cover, int64_t from, int64_t to)
{
	size_t low = 0, high = cover->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (cover->ranges[middle].to < to)
			low = middle + 1;
		else
			high = middle;
	}
	return low < cover->count && cover->ranges[low].from <= from;
}

static uint32_t on_the_wire(uint32_t size, uint16_t mss)
{
	return mss > 0 && size > mss ? mss : size; /* the network card cuts what is larger */
}

/* Whether the capture at that side's end was under way when a packet of it left that came to the other end at that time. */
static bool was_under_way(const struct joined *j, enum side side, double time)
{
	const double left = time - (side == CLIENT ? j->offset : -j->offset);

	return left >= 0 && left <= j->ends[side]->end + AFTERWARDS;
}

/* Whether the other capture was under way when the packet came there, or would have. */
static bool is_in_time(const struct joined *j, enum side side, double time)
{
	const struct trace *far = j->ends[other_side(side)];
	const double there = time + (side == CLIENT ? j->offset : -j->offset);

	return there >= 0 && there <= far->end + AFTERWARDS;
}

static void note_vanished(struct crossing *c, const struct order *near, const struct trace_record *r, uint16_t mss)
{
	const uint32_t size = on_the_wire(r->size, mss);
	const unsigned times = (unsigned)match_copies(near, r);

	c->vanished++;
	if (c->smallest == 0 || size < c->smallest)
		c->smallest = size;
	if (times > c->times)
		c->times = times;
}

/* Which of what left arrived; returns when the first that did not left, INFINITY when all did. */
static double compare(const struct joined *j, struct crossing *c, enum side side, const struct order *near,
                      const struct order *far, uint16_t mss)
{
	const int64_t acked = acknowledged(j, side);
	struct cover cover = cover_of(far, side);
	double first = INFINITY;

	for (size_t i = 0; i < near->count; i++) {
		const struct trace_record *r = near->records[i];
		const int64_t to = r->from + (int64_t)r->size;
		if (r->side != (uint8_t)side || r->size < 2 || !is_in_time(j, side, r->time))
			continue; /* single bytes ask whether a window is open */
		c->copies++;
		if (c->sent > 0 && match_compare(&near->records[i - 1], &near->records[i]) == 0)
			continue;
		c->sent++;
		const size_t left = match_copies(near, r), came = match_copies(far, r);
		if (came > 0 && left > came)
			c->lost += (unsigned)(left - came);
		if (to <= acked || is_covered(&cover, r->from, to))
			continue;
		note_vanished(c, near, r, mss);
		c->lost += (unsigned)left;
		first = fmin(first, r->time);
	}
	free(cover.ranges);
	return first;
}

static void follow(struct joined *j, enum side side, const struct order *near, const struct order *far)
{
	const struct trace *there = j->ends[other_side(side)];
	struct crossing *c = &j->sides[side];
	uint16_t mss = 0;

	for (size_t i = 0; i < near->count; i++) {
		const struct trace_record *r = near->records[i];
		if (r->side == (uint8_t)side)
			c->mss_sent = r->mss > 0 ? r->mss : c->mss_sent;
		else
			mss = r->mss > 0 ? r->mss : mss; /* the largest that it was told to send */
	}
	for (size_t i = 0; i < far->count; i++) {
		const struct trace_record *r = far->records[i];
		const uint32_t size = on_the_wire(r->size, mss);
		if (r->side != (uint8_t)side)
			continue;
		c->mss_arrived = r->mss > 0 ? r->mss : c->mss_arrived;
		c->largest = size > c->largest ? size : c->largest;
	}
	const double first = compare(j, c, side, near, far, mss) + (side == CLIENT ? j->offset : -j->offset);
	for (size_t i = 0; i < there->count && !c->later; i++)
		c->later = there->records[i].side == (uint8_t)side && there->records[i].time > first + j->delay;
}

/* --- what was changed on the way */

static void note_changes(struct joined *j, const struct match *matches, size_t count)
{
	bool left[SIDES] = {false}, came[SIDES] = {false};
	unsigned compared = 0, changed = 0;

	for (size_t i = 0; i < count; i++) {
		const bool both = matches[i].a->letters != 0 && matches[i].b->letters != 0;
		compared += both;
		changed += both && matches[i].a->letters != matches[i].b->letters;
	}
	if (2 * changed <= compared) /* otherwise somebody has blanked one of the captures */
		j->rewritten = changed;
	for (int end = 0; end < SIDES; end++) {
		const struct trace *t = j->ends[end];
		for (size_t i = 0; i < t->count; i++) {
			if ((t->records[i].flags & TCP_RST) == 0)
				continue;
			if (t->records[i].side == (uint8_t)end)
				left[end] = true;
			else if (was_under_way(j, (enum side)t->records[i].side, t->records[i].time))
				came[t->records[i].side] = true;
		}
	}
	for (int side = 0; side < SIDES; side++)
		j->forged[side] = came[side] && !left[side];
}

/* --- the picture */

static int by_time(const void *a, const void *b)
{
	const struct crossed *left = a, *right = b;

	return left->time < right->time ? -1 : left->time > right->time;
}

/* The k-th copy that left is taken for the k-th that arrived, unless that would have been before. */
static void add_steps(struct joined *j, enum side side, const struct order *near, const struct order *far, double first)
{
	const double shift = side == CLIENT ? 0 : -j->offset; /* to the clock of the client's end */
	const double there = side == CLIENT ? -j->offset : 0;
	size_t k = 0;

	for (size_t i = 0; i < near->count; i++) {
		const struct trace_record *r = near->records[i];
		if (r->side != (uint8_t)side)
			continue;
		struct crossed *step = &j->steps[j->step_count++];
		*step = (struct crossed){.side = side,
		                         .time = r->time + shift - first,
		                         .late = -1,
		                         .sent = r->number,
		                         .size = r->size,
		                         .flags = r->flags};
		while (k < far->count && (match_compare(&far->records[k], &near->records[i]) < 0 ||
		                          (match_compare(&far->records[k], &near->records[i]) == 0 &&
		                           far->records[k]->time + there < r->time + shift - DRIFT * step->time)))
			k++;
		const bool next_is_nearer = i + 1 < near->count && k < far->count &&
		                            match_compare(&near->records[i + 1], &near->records[i]) == 0 &&
		                            near->records[i + 1]->time + shift <= far->records[k]->time + there;
		if (k >= far->count || match_compare(&far->records[k], &near->records[i]) != 0 || next_is_nearer)
			continue;
		step->arrived = far->records[k]->number;
		step->late = fmax(0, far->records[k]->time + there - r->time - shift);
		k++;
	}
}

static void draw(struct joined *j, const struct order orders[SIDES])
{
	const double first = j->ends[CLIENT]->records[0].time;

	j->steps = xcalloc(j->ends[CLIENT]->count + j->ends[SERVER]->count + 1, sizeof *j->steps);
	for (int side = 0; side < SIDES; side++)
		add_steps(j, (enum side)side, &orders[side], &orders[other_side((enum side)side)], first);
	qsort(j->steps, j->step_count, sizeof *j->steps, by_time);
}

bool join(struct trace *a, struct trace *b, struct joined *j)
{
	size_t count;

	*j = (struct joined){.ends = {a, b}};
	match_place(a, b);
	struct order orders[SIDES] = {match_order(a), match_order(b)};
	struct match *matches = match_firsts(&orders[0], &orders[1], &count);
	const size_t smaller = orders[0].count < orders[1].count ? orders[0].count : orders[1].count;
	bool joins = count >= MATCHES_MIN && (double)count >= SHARE_MIN * (double)smaller;
	if (joins) {
		const bool near = is_a_near_client(matches, count);
		if (!near) {
			const struct order other = orders[0];
			orders[0] = orders[1];
			orders[1] = other;
			j->ends[CLIENT] = b;
			j->ends[SERVER] = a;
		}
		set_clocks(j, matches, count, near);
		joins = j->delay > SAME_PLACE;
	}
	if (joins) {
		for (int side = 0; side < SIDES; side++)
			follow(j, (enum side)side, &orders[side], &orders[other_side((enum side)side)]);
		note_changes(j, matches, count);
		draw(j, orders);
	}
	free(matches);
	free(orders[0].records);
	free(orders[1].records);
	return joins;
}

void joined_done(struct joined *j)
{
	free(j->steps);
	j->steps = NULL;
}
