#include "capture/stream.h"

#include <string.h>

#define OVERTAKEN    0.02      /* s; packets that overtake one another are not farther apart */
#define WINDOW_MAX   (1 << 30) /* B; RFC 7323 2.3 */
#define WINDOW_SMALL 64.0      /* B; a window below, once its scale is known, is as good as closed */

void stream_init(struct stream *s)
{
	memset(s, 0, sizeof *s);
	s->scale = -1;
	s->closed_since = -1;
	s->acked_at = s->sent_at = s->seen_at = -1;
	s->fin_at = -1;
}

/* The position of a sequence number: the one nearest to the end of the stream. */
static int64_t position(const struct stream *s, uint32_t seq)
{
	return s->end + (int32_t)(seq - (s->origin + (uint32_t)s->end));
}

static void sync(struct stream *s, uint32_t origin)
{
	s->synced = true;
	s->origin = origin;
	s->next = s->end = s->acked = 0;
}

/* --- islands behind a hole */

static void remove_range(struct stream *s, int i)
{
	s->range_count--;
	memmove(&s->ranges[i], &s->ranges[i + 1], (size_t)(s->range_count - i) * sizeof s->ranges[0]);
}

static bool is_seen(const struct stream *s, int64_t from, int64_t to)
{
	if (to <= s->next)
		return true;
	for (int i = 0; i < s->range_count; i++)
		if (from >= s->ranges[i].from && to <= s->ranges[i].to)
			return true;
	return false;
}

/* Whether what lies behind that position was seen so long ago that what comes now was sent again. */
static bool is_late(const struct stream *s, int64_t from, double time)
{
	for (int i = 0; i < s->range_count; i++)
		if (s->ranges[i].from > from)
			return time - s->ranges[i].since >= OVERTAKEN;
	return false;
}

/* Joins it with those that it touches. When there are too many, the last two become one: a hole less is told of. */
static void add_range(struct stream *s, int64_t from, int64_t to, double since)
{
	int i = 0;

	while (i < s->range_count && s->ranges[i].to < from)
		i++;
	while (i < s->range_count && s->ranges[i].from <= to) {
		from = s->ranges[i].from < from ? s->ranges[i].from : from;
		to = s->ranges[i].to > to ? s->ranges[i].to : to;
		since = s->ranges[i].since < since ? s->ranges[i].since : since;
		remove_range(s, i);
	}
	if (s->range_count == STREAM_RANGES) {
		if (i == STREAM_RANGES)
			i--;
		s->ranges[i].from = s->ranges[i].from < from ? s->ranges[i].from : from;
		s->ranges[i].to = s->ranges[i].to > to ? s->ranges[i].to : to;
		return;
	}
	memmove(&s->ranges[i + 1], &s->ranges[i], (size_t)(s->range_count - i) * sizeof s->ranges[0]);
	s->ranges[i] = (struct stream_range){.from = from, .to = to, .since = since};
	s->range_count++;
}

size_t stream_join(struct stream *s)
{
	while (s->range_count > 0 && s->ranges[0].from <= s->next) {
		const int64_t size = s->ranges[0].to - s->next;
		remove_range(s, 0);
		if (size <= 0)
			continue;
		s->next += size;
		return (size_t)size;
	}
	return 0;
}

/* --- which sizes pass */

static void remove_flying(struct stream *s, int i)
{
	s->flying_count--;
	memmove(&s->flying[i], &s->flying[i + 1], (size_t)(s->flying_count - i) * sizeof s->flying[0]);
}

/* A segment larger than all that passed: whether it does will be seen. Sent again in smaller pieces it proves nothing. */
static void note_size(struct stream *s, int64_t from, int64_t to, uint32_t size)
{
	for (int i = s->flying_count; i-- > 0;)
		if (s->flying[i].size > size && from <= s->flying[i].from && to > s->flying[i].from)
			remove_flying(s, i);
	if (size <= s->passed || s->flying_count == STREAM_SIZES)
		return;
	for (int i = 0; i < s->flying_count; i++)
		if (s->flying[i].size == size)
			return;
	s->flying[s->flying_count].from = from;
	s->flying[s->flying_count].to = to;
	s->flying[s->flying_count].size = size;
	s->flying_count++;
}

static void note_passed(struct stream *s, int64_t from, int64_t to)
{
	for (int i = s->flying_count; i-- > 0;) {
		if (s->flying[i].from < from || s->flying[i].to > to)
			continue;
		if (s->flying[i].size > s->passed)
			s->passed = s->flying[i].size;
		remove_flying(s, i);
	}
}

/* The same segment again and again, and no acknowledgement: remembered for the one that was sent most often. */
static void note_stuck(struct stream *s, int64_t from, uint32_t size, bool again, double time)
{
	/* Where the receiver's packets are not captured, the segment that was repeated last is the one. */
	const bool passed = from <= s->acked || s->stuck_times == 0 || (!s->acks_seen && from != s->stuck_from);

	if (from == s->stuck_from && s->stuck_times > 0) {
		s->stuck_times++;
		if (size > s->stuck_size)
			s->stuck_size = size;
	} else if (passed) {
		s->stuck_from = from;
		s->stuck_size = size;
		s->stuck_times = again ? 2 : 1;
		s->stuck_since = time;
	}
	if (s->stuck_times > s->lost_times) {
		s->lost_times = s->stuck_times;
		s->lost_size = s->stuck_size;
	}
}

/* --- segments */

/* A byte or none just before what comes next is no news: it asks whether the peer is there, or its window open. */
static bool is_probe(const struct stream *s, int64_t from, size_t size, bool fin)
{
	if (size > 1 || fin)
		return false;
	if (size == 0)
		return from == s->end - 1 && s->end > 0;
	return from == s->end - 1 || (from == s->end && stream_is_closed(s));
}

static void take_syn(struct stream *s, const struct packet *p)
{
	if (!s->synced)
		sync(s, p->seq + 1);
	s->syn = !p->options_cut;
	s->mss = p->mss;
	s->scale = p->scale;
	s->sack_permitted = p->sack_permitted;
}

/* What repeats and sizes of a segment tell, before its bytes count. */
static void note_segment(struct stream *s, const struct arrival *arrival, size_t size, double time, uint16_t mss)
{
	const int64_t from = arrival->at;
	const uint32_t segment = (uint32_t)(mss > 0 && size > mss ? mss : size);
	const unsigned count = (unsigned)((size + segment - 1) / segment); /* that the network card makes of it */

	if (arrival->repeat)
		s->repeats += count;
	if (arrival->repeat || s->stuck_times == 0 || from == s->acked)
		note_stuck(s, from, segment, arrival->repeat, time);
	if (arrival->fresh) {
		/* Who has sent again and again sends something new only when that was acknowledged. */
		if (!s->acks_seen && s->stuck_times >= 2)
			s->stuck_times = 0;
		if (is_late(s, from, time))
			s->repaired += count;
		s->segments += count;
		s->bytes += (double)size;
		s->sent_at = time;
	}
	if (segment > s->largest) {
		s->largest = segment;
		s->largest_count = 0;
	}
	if (segment == s->largest)
		s->largest_count += count;
	note_size(s, from, from + (int64_t)size, segment);
}

static void take_bytes(struct stream *s, struct arrival *arrival, size_t size, double time, uint16_t mss)
{
	const int64_t from = arrival->at, to = from + (int64_t)size;

	arrival->repeat = from < s->next || is_seen(s, from, to);
	arrival->fresh = !is_seen(s, from, to);
	note_segment(s, arrival, size, time, mss);
	if (from <= s->next && to > s->next) {
		arrival->in_order = true;
		arrival->skip = (size_t)(s->next - from);
		arrival->size = (size_t)(to - s->next);
		s->next = to;
	} else if (from > s->next && arrival->fresh) {
		add_range(s, from, to, time);
	}
}

struct arrival stream_take(struct stream *s, const struct packet *p, double time, uint16_t mss)
{
	struct arrival arrival = {0};
	const bool fin = (p->flags & TCP_FIN) != 0;

	s->seen = true;
	s->seen_at = time;
	if ((p->flags & TCP_SYN) != 0) {
		take_syn(s, p);
		return arrival;
	}
	if (!s->synced)
		sync(s, p->seq);
	const int64_t from = position(s, p->seq), to = from + (int64_t)p->payload_size;
	arrival.at = from;
	if (is_probe(s, from, p->payload_size, fin)) {
		s->probes++;
		arrival.probe = true;
		return arrival;
	}
	if (p->payload_size > 0)
		take_bytes(s, &arrival, p->payload_size, time, mss);
	/* Even a bare acknowledgement carries how far its sender has come; behind a FIN, which takes a number, is nothing. */
	if (to > s->end && !s->fin)
		s->end = to;
	if (fin && !s->fin) {
		s->fin = true;
		s->fin_at = to;
		arrival.fin = true;
	}
	return arrival;
}

int stream_has(const struct stream *s, const struct packet *p)
{
	if (!s->synced)
		return -1;
	if ((p->flags & TCP_SYN) != 0)
		return p->seq + 1 == s->origin;
	if (p->payload_size == 0)
		return -1;
	const int64_t from = position(s, p->seq);
	return is_seen(s, from, from + (int64_t)p->payload_size);
}

/* --- acknowledgements */

bool stream_is_closed(const struct stream *s)
{
	return s->closed_since >= 0;
}

/* scale: -1: not known, then only no window at all is sure to be closed */
static void note_window(struct stream *s, const struct packet *p, double time, int scale)
{
	s->window = (double)((uint32_t)p->window << (scale > 0 ? scale : 0));
	if (scale >= 0 && (p->flags & TCP_SYN) == 0 && s->window > s->window_most)
		s->window_most = s->window;
	if (s->window < (scale >= 0 ? WINDOW_SMALL : 1)) {
		if (s->closed_since < 0)
			s->closed_since = time;
	} else if (s->closed_since >= 0) {
		const double closed = time - s->closed_since;
		s->closed_s += closed;
		if (closed > s->closed_longest)
			s->closed_longest = closed;
		s->closed_since = -1;
	}
}

/*
 * What was acknowledged up to there arrived: the bytes that the capture does not hold of it are stepped over, up to the
 * next island only, since what is in there was seen. Returns how many.
 */
static size_t skip_missed(struct stream *s, int64_t acked)
{
	const int64_t to = s->range_count > 0 && s->ranges[0].from < acked ? s->ranges[0].from : acked;

	if (to <= s->next)
		return 0;
	const size_t missed = (size_t)(to - s->next);
	s->missed += (double)missed;
	s->next = to;
	return missed;
}

static void take_sacks(struct stream *s, const struct packet *p)
{
	for (int i = 0; i < p->sacks; i++) {
		const int64_t from = position(s, p->sack_from[i]), to = position(s, p->sack_to[i]);
		if (from < s->acked || to <= from || to > s->end + (s->seen ? 0 : WINDOW_MAX))
			continue;
		if (to > s->end)
			s->end = to; /* the sender's packets are not captured: this tells how far it was */
		note_passed(s, from, to);
		if (to > s->sacked)
			s->sacked = to;
	}
	s->sack_seen += p->sacks > 0;
}

size_t stream_acknowledge(struct stream *s, const struct packet *p, double time, int scale)
{
	size_t missed = 0;

	s->acks_seen = true;
	if (!s->synced)
		sync(s, p->ack);
	int64_t acked = position(s, p->ack);
	if (s->fin && acked == s->fin_at + 1)
		acked = s->fin_at; /* the FIN takes a number too */
	if (acked > s->acked) {
		note_passed(s, 0, acked);
		s->acked = acked;
		s->acked_at = time;
		s->stuck_times = 0;
		if (acked > s->end)
			s->end = acked;
		missed = skip_missed(s, acked);
	}
	take_sacks(s, p);
	note_window(s, p, time, scale);
	return missed;
}

int64_t stream_unacked(const struct stream *s)
{
	if (!s->acks_seen || !s->synced)
		return 0;
	return s->end > s->acked ? s->end - s->acked : 0;
}

int64_t stream_hole(const struct stream *s)
{
	int64_t at = s->next, hole = 0;

	if (!s->synced)
		return 0;
	for (int i = 0; i < s->range_count; i++) {
		if (s->ranges[i].from > at)
			hole += s->ranges[i].from - at;
		at = s->ranges[i].to > at ? s->ranges[i].to : at;
	}
	return s->end > at ? hole + s->end - at : hole;
}
