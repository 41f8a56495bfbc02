/*
 * The way back, by echo: what a large request brings. A router that has to forward a reply which is too large cuts it
 * into fragments (IPv4; hosts do not forbid that in echo replies) or the replying host does so once it knows (IPv6), and
 * our kernel tells how large the largest was; or the reply is lost. Replies are not rationed, as errors are.
 */
#include "base/clock.h"
#include "checks/mtu/sizes.h"
#include "checks/mtu/sweep_state.h"
#include "model/target.h"

#define TRIES     2 /* IPv6: the first reply is lost while the host learns the size, the next one comes in fragments */
#define ROUND     ((size_t)12) /* sizes that are asked together */
#define ALIGNMENT 8            /* bytes; fragments are cut at multiples of it (RFC 791, RFC 8200) */

enum reply { REPLY_NONE, REPLY_PIECES, REPLY_WHOLE };

/* The best that an echo of that size brought from there. */
static enum reply reply_of(const struct sweep *s, const struct sockaddr_storage *from, int size, int *fragment)
{
	enum reply best = REPLY_NONE;

	for (size_t i = 0; i < s->p.count; i++) {
		const struct probe *probe = &s->p.probes[i];
		if (probe->kind != PROBE_ECHO || probe->size != size || probe->answer != PROBE_ARRIVED ||
		    !address_equal(&probe->to, from))
			continue;
		if (probe->fragment == 0)
			return REPLY_WHOLE;
		*fragment = probe->fragment;
		best = REPLY_PIECES;
	}
	return best;
}

static void ask_sizes(struct sweep *s, const int *sizes, size_t count)
{
	const size_t first = s->p.count;

	for (size_t i = 0; i < count; i++)
		prober_add(&s->p, PROBE_ECHO, &s->p.target, TTL_TARGET, sizes[i]);
	prober_run(&s->p, first, TRIES, s->deadline);
}

/* The largest of the sizes whose reply came whole; `passes` when none did. */
static int largest_whole(const struct sweep *s, const int *sizes, size_t count, int passes)
{
	int fragment;

	for (size_t i = 0; i < count; i++)
		if (sizes[i] > passes && reply_of(s, &s->p.target, sizes[i], &fragment) == REPLY_WHOLE)
			passes = sizes[i];
	return passes;
}

/* The size of the largest fragment is that of the link, or a few bytes less. */
static void find_size_by_fragment(struct sweep *s, int fragment)
{
	int sizes[ALIGNMENT - 1];

	for (int i = 0; i < ALIGNMENT - 1; i++)
		sizes[i] = fragment + 1 + i;
	ask_sizes(s, sizes, ALIGNMENT - 1);
	s->back.passes = largest_whole(s, sizes, ALIGNMENT - 1, fragment);
}

static void find_size_by_silence(struct sweep *s)
{
	int fails = s->passes;
	int sizes[ROUND];
	size_t count;

	s->back.passes = prober_smallest(&s->p);
	while (clock_now() < s->deadline && (count = sizes_ladder(s->back.passes, fails, sizes, ROUND)) > 0) {
		ask_sizes(s, sizes, count);
		const int passes = largest_whole(s, sizes, count, s->back.passes);
		for (size_t i = count; i-- > 0;)
			if (sizes[i] > passes && sizes[i] < fails)
				fails = sizes[i];
		s->back.passes = passes;
	}
}

static void ask_routers(struct sweep *s)
{
	const struct path path = sweep_path(s);
	const size_t first = s->p.count;
	struct hop hop;

	for (int number = 1; number < s->last; number++) {
		path_hop(&path, number, &hop);
		if (hop.address.ss_family == AF_UNSPEC)
			continue;
		prober_add(&s->p, PROBE_ECHO, &hop.address, TTL_TARGET, s->passes);
		prober_add(&s->p, PROBE_ECHO, &hop.address, TTL_TARGET, prober_smallest(&s->p));
	}
	prober_run(&s->p, first, TRIES, s->deadline);
}

/* The first hop whose large replies do not come whole, though its small ones do, and the last before it whose do. */
static void find_link(struct sweep *s)
{
	const struct path path = sweep_path(s);
	struct link *link = &s->back.link;
	struct hop hop;
	int fragment;

	for (int number = 1; number <= s->last; number++) {
		path_hop(&path, number, &hop);
		if (hop.address.ss_family == AF_UNSPEC ||
		    reply_of(s, &hop.address, prober_smallest(&s->p), &fragment) == REPLY_NONE)
			continue;
		if (reply_of(s, &hop.address, s->passes, &fragment) == REPLY_WHOLE) {
			link->near = hop;
		} else {
			link->far = hop;
			return;
		}
	}
}

void sweep_back(struct sweep *s)
{
	const int sizes[] = {s->passes, prober_smallest(&s->p)};
	int fragment = 0;

	if (s->p.echo.fd < 0 || !s->target_answers || !s->settled)
		return;
	enum reply reply = reply_of(s, &s->p.target, s->passes, &fragment);
	if (reply != REPLY_WHOLE) {
		ask_sizes(s, sizes, 2);
		reply = reply_of(s, &s->p.target, s->passes, &fragment);
	}
	if (reply == REPLY_WHOLE) {
		s->back.outcome = BACK_FULL;
		s->back.passes = s->passes;
		return;
	}
	if (reply_of(s, &s->p.target, prober_smallest(&s->p), &fragment) == REPLY_NONE)
		return;
	s->back.outcome = reply == REPLY_PIECES ? BACK_FRAGMENTED : BACK_SILENT;
	if (reply == REPLY_PIECES)
		find_size_by_fragment(s, fragment);
	else
		find_size_by_silence(s);
}

void sweep_back_hops(struct sweep *s)
{
	if (s->back.outcome != BACK_FRAGMENTED && s->back.outcome != BACK_SILENT)
		return;
	if (s->outcome == SWEEP_FULL) /* nobody needed to know the hops until now */
		sweep_hops(s);
	ask_routers(s);
	find_link(s);
}
