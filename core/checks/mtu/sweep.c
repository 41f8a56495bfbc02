#include "checks/mtu/sweep.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "checks/mtu/sizes.h"
#include "checks/mtu/sweep_state.h"
#include "model/target.h"

#include <math.h>
#include <poll.h>
#include <stdlib.h>

#define WINDOW         8           /* TTLs that are asked together where the target is mute */
#define ROUND          ((size_t)3) /* sizes that are asked together: fewer than half of them should cost the target an answer */
#define BURST          6.0         /* answers that Linux gives one peer in a row, */
#define PER_SECOND_V4  1.0         /* and then each second; "too big" is not rationed */
#define PER_SECOND_V6  10.0
#define PAUSE_S        1.1  /* after which a used-up ration has one answer again */
#define SILENCES       2    /* that count, until a size is taken for too large */
#define SILENCES_LOSSY 6    /* the same where packets are lost anyway */
#define LIMIT_S        15.0 /* for a sweep, whatever there is to wait for */
#define SETTLE_MAX     20   /* rounds of search and confirmation */

/* An allowance of answers, as the one who answers keeps it for us. */
struct ration {
	double began; /* clock_now() */
	double burst, per_second;
	size_t spent_before; /* answers that were got before it began */
};

struct search {
	struct sweep *sweep;
	struct ration ration;
	int passes, fails; /* bytes; the largest that arrives, the smallest known not to */
	int hint;          /* bytes; what a router said; 0: none did */
};

struct path sweep_path(const struct sweep *s)
{
	return (struct path){.prober = &s->p, .kind = s->kind, .last = s->last, .ends_at_target = s->target_answers};
}

const struct probe *sweep_answer(const struct sweep *s, enum probe_kind kind, int size)
{
	for (size_t i = 0; i < s->p.count; i++) {
		const struct probe *probe = &s->p.probes[i];
		if (probe->kind == kind && probe->ttl == TTL_TARGET && probe->size == size &&
		    probe->answer == PROBE_ARRIVED && address_equal(&probe->to, &s->p.target))
			return probe;
	}
	return NULL;
}

static bool ask(struct sweep *s, int ttl, int size)
{
	return prober_add(&s->p, s->kind, &s->p.target, ttl, size);
}

/* The TTL that brings a packet to whoever answers for the far end of the path. */
static int far_ttl(const struct sweep *s)
{
	return s->target_answers ? TTL_TARGET : s->last;
}

/* --- is there anything to find? */

/* The target's answer by that kind of packet, to whichever size; NULL: none came. */
static const struct probe *any_answer(const struct sweep *s, enum probe_kind kind)
{
	const struct probe *small = sweep_answer(s, kind, prober_smallest(&s->p));

	return small != NULL ? small : sweep_answer(s, kind, s->p.full);
}

/* UDP before echo: a large echo request that is not answered may have been lost on the way back. */
static void choose_kind(struct sweep *s)
{
	const struct probe *udp = any_answer(s, PROBE_UDP);
	const struct probe *echo = any_answer(s, PROBE_ECHO);

	s->target_answers = udp != NULL || echo != NULL;
	s->kind = udp == NULL && echo != NULL ? PROBE_ECHO : PROBE_UDP;
	if (s->target_answers)
		s->last = path_distance((udp != NULL ? udp : echo)->back_ttl);
}

static bool full_arrives(const struct sweep *s)
{
	return sweep_answer(s, PROBE_UDP, s->p.full) != NULL || sweep_answer(s, PROBE_ECHO, s->p.full) != NULL;
}

/* Small and full-size packets to the target; small ones once more by both ways when none came back. */
static void ask_target(struct sweep *s)
{
	const int small = prober_smallest(&s->p);

	prober_add(&s->p, PROBE_UDP, &s->p.target, TTL_TARGET, s->p.full);
	prober_add(&s->p, PROBE_ECHO, &s->p.target, TTL_TARGET, s->p.full);
	prober_add(&s->p, PROBE_UDP, &s->p.target, TTL_TARGET, small);
	prober_run(&s->p, 0, 1, s->deadline);
	if (!full_arrives(s) && sweep_answer(s, PROBE_UDP, small) == NULL) {
		const size_t first = s->p.count - 1;
		prober_add(&s->p, PROBE_ECHO, &s->p.target, TTL_TARGET, small);
		prober_run(&s->p, first, 1, s->deadline);
	}
	choose_kind(s);
}

/* --- the hops */

static void ask_hops(struct sweep *s, int from, int to)
{
	const size_t first = s->p.count;

	for (int ttl = from; ttl <= to; ttl++) {
		ask(s, ttl, s->p.full);
		ask(s, ttl, prober_smallest(&s->p));
	}
	prober_run(&s->p, first, 1, s->deadline);
	sweep_progress(s, prober_smallest(&s->p), s->p.full + 1);
}

/* The hop at which probes end that were sent towards the target; 0: none of the TTLs did. */
static int hop_of_target(const struct sweep *s)
{
	int first = 0;

	for (size_t i = 0; i < s->p.count; i++) {
		const struct probe *probe = &s->p.probes[i];
		if (probe->kind == s->kind && probe->ttl < TTL_TARGET && probe->answer == PROBE_ARRIVED &&
		    (first == 0 || probe->ttl < first))
			first = probe->ttl;
	}
	return first;
}

/* The last hop of which anything was heard. */
static int last_heard(const struct sweep *s)
{
	int last = 0;

	for (size_t i = 0; i < s->p.count; i++) {
		const struct probe *probe = &s->p.probes[i];
		if (probe->kind == s->kind && probe->ttl <= TTL_HOPS && probe->ttl > last &&
		    (probe->answer == PROBE_HOP || probe->answer == PROBE_BARRED))
			last = probe->ttl;
	}
	return last;
}

/* The way back tells how far the target is; the way there may be longer or shorter. */
void sweep_hops(struct sweep *s)
{
	int end = s->last < TTL_HOPS ? s->last : TTL_HOPS;

	ask_hops(s, 1, end);
	while (hop_of_target(s) == 0 && last_heard(s) == end && end < TTL_HOPS) {
		ask_hops(s, end + 1, end + 2);
		end += 2;
	}
	s->last = hop_of_target(s) > 0 ? hop_of_target(s) : end;
}

/* Where the target is mute, the last router that answers takes its place. */
static void find_last_hop(struct sweep *s)
{
	int end = 0;

	while (end < TTL_HOPS && last_heard(s) > end - WINDOW / 2) {
		ask_hops(s, end + 1, end + WINDOW < TTL_HOPS ? end + WINDOW : TTL_HOPS);
		end += WINDOW;
	}
	s->last = last_heard(s);
	if (hop_of_target(s) > 0) { /* it does answer: the packets before were lost */
		s->last = hop_of_target(s);
		s->target_answers = true;
	}
}

/* --- the size */

static size_t answers_from_far(const struct sweep *s)
{
	size_t count = 0;

	for (size_t i = 0; i < s->p.count; i++) {
		const struct probe *probe = &s->p.probes[i];
		count += probe->kind == s->kind && probe->ttl >= s->last &&
		         (probe->answer == PROBE_ARRIVED || probe->answer == PROBE_HOP);
	}
	return count;
}

static void ration_begin(struct search *f, double burst, double per_second)
{
	f->ration = (struct ration){.began = clock_now(), .burst = burst, .per_second = per_second};
	if (burst < BURST)
		f->ration.spent_before = answers_from_far(f->sweep);
}

/* Waits until there is at least one answer to be had: a size that arrives and is not answered would seem lost. */
static void ration_wait(const struct search *f)
{
	const struct sweep *s = f->sweep;
	const struct ration *r = &f->ration;
	double spent = (double)(answers_from_far(s) - r->spent_before);
	double until = r->began + (spent + 1 - r->burst) / r->per_second;

	if (s->kind == PROBE_UDP && until > clock_now())
		poll(NULL, 0, clock_ms_until(fmin(until, s->deadline)));
}

/* What the answers to probes from `first` on say. An answer to a larger one outweighs silence about a smaller one. */
static void learn(struct search *f, size_t first)
{
	const struct prober *p = &f->sweep->p;

	for (size_t i = first; i < p->count; i++)
		if (p->probes[i].answer != PROBE_SILENT && p->probes[i].answer != PROBE_TOO_BIG &&
		    p->probes[i].ttl >= f->sweep->last && p->probes[i].size > f->passes)
			f->passes = p->probes[i].size;
	for (size_t i = first; i < p->count; i++) {
		const struct probe *probe = &p->probes[i];
		if (probe->answer != PROBE_SILENT && probe->answer != PROBE_TOO_BIG)
			continue;
		if (probe->ttl >= f->sweep->last && probe->size > f->passes && probe->size < f->fails)
			f->fails = probe->size;
		if (probe->answer == PROBE_TOO_BIG && probe->mtu > 0)
			f->hint = probe->mtu;
	}
}

/* Largest first: while the ration has a single answer left, that one is about the largest size that arrives. */
static void search_size(struct search *f)
{
	struct sweep *s = f->sweep;

	while (f->fails - f->passes > 1 && clock_now() < s->deadline) {
		const size_t first = s->p.count;
		int sizes[ROUND];
		size_t count = 0;
		for (int size = f->passes; count < ROUND; count++) {
			size = sizes_next(size, f->fails, f->hint);
			if (size == 0)
				break;
			sizes[count] = size;
		}
		ration_wait(f);
		while (count > 0)
			if (!ask(s, far_ttl(s), sizes[--count]))
				return;
		prober_run(&s->p, first, 1, s->deadline);
		learn(f, first);
		sweep_progress(s, f->passes, f->fails);
	}
}

/* Whether anything was lost on the way that was not too large: then silence needs more asking. */
static bool is_lossy(const struct sweep *s, int passes)
{
	for (size_t i = 0; i < s->p.count; i++) {
		const struct probe *probe = &s->p.probes[i];
		if (probe->kind != s->kind || probe->asked == 0)
			continue;
		if (probe->answer == PROBE_SILENT ? probe->ttl == far_ttl(s) && probe->size <= passes
		                                  : probe->asked > 1)
			return true;
	}
	return false;
}

/* Every hop is asked for that size; the mute ones also once more for a small packet. */
static void add_hops(struct sweep *s, int size)
{
	const struct path path = sweep_path(s);
	struct hop hop;

	for (int ttl = 1; ttl < s->last; ttl++) {
		path_hop(&path, ttl, &hop);
		ask(s, ttl, size);
		if (hop.address.ss_family == AF_UNSPEC)
			ask(s, ttl, prober_smallest(&s->p));
	}
}

/* Nothing came, not even the small one: the ration was used up, or it was lost. */
static void pause_for_ration(struct search *f)
{
	poll(NULL, 0, clock_ms_until(fmin(clock_now() + PAUSE_S, f->sweep->deadline)));
	ration_begin(f, 1, PER_SECOND_V4);
}

/*
 * Asks every hop and the far end for one byte more than arrives, and behind it the far end for a small packet. Returns
 * whether that settles the size: by ICMP, or because the one meets silence time and again while the other is answered.
 */
static bool confirm_size(struct search *f)
{
	struct sweep *s = f->sweep;
	const size_t first = s->p.count;
	const int size = f->passes + 1;

	add_hops(s, size);
	const size_t larger = s->p.count;
	ask(s, far_ttl(s), size);
	for (int silences = 0; silences < (is_lossy(s, f->passes) ? SILENCES_LOSSY : SILENCES);) {
		ration_wait(f);
		if (!ask(s, far_ttl(s), prober_smallest(&s->p)) || clock_now() >= s->deadline)
			return false;
		prober_run(&s->p, first, 1, s->deadline);
		if (s->p.probes[larger].answer != PROBE_SILENT)
			break;
		if (s->p.probes[s->p.count - 1].answer != PROBE_SILENT)
			silences++;
		else
			pause_for_ration(f);
	}
	f->fails = s->p.full;
	learn(f, first);
	sweep_progress(s, f->passes, f->fails);
	return f->passes < size;
}

/* The largest size that arrives at the far end, of which the smallest is known to. */
static void find_size(struct sweep *s)
{
	struct search f = {.sweep = s, .passes = prober_smallest(&s->p), .fails = s->p.full + 1, .hint = s->likely};

	ration_begin(&f, BURST, s->p.target.ss_family == AF_INET6 ? PER_SECOND_V6 : PER_SECOND_V4);
	learn(&f, 0);
	/* A large echo may be lost on the way back: what is proven to get there needs no asking. */
	if (s->kind == PROBE_ECHO && s->likely > f.passes)
		f.passes = s->likely;
	for (int i = 0; i < SETTLE_MAX && !s->settled && clock_now() < s->deadline; i++) {
		search_size(&f);
		s->settled = f.passes >= s->p.full || (f.fails - f.passes == 1 && confirm_size(&f));
	}
	s->passes = f.passes;
}

/* --- the whole */

static enum sweep_outcome conclude(struct sweep *s)
{
	const struct path path = sweep_path(s);

	if (s->passes >= s->p.full)
		return s->target_answers ? SWEEP_FULL : SWEEP_PARTIAL;
	path_link(&path, s->passes + 1, &s->link);
	if (s->link.by_icmp)
		return SWEEP_ICMP;
	/* Echo alone does not tell whether the request was lost or the reply. */
	if (s->kind == PROBE_ECHO && s->target_answers && s->link.far.number == s->last && s->passes != s->likely) {
		s->link = (struct link){0};
		return SWEEP_PARTIAL;
	}
	return SWEEP_SILENT;
}

static enum sweep_outcome sweep(struct sweep *s)
{
	ask_target(s);
	if (full_arrives(s) || (s->target_answers && s->likely >= s->p.full)) {
		s->passes = s->p.full;
		s->settled = true;
		return SWEEP_FULL;
	}
	if (s->target_answers)
		sweep_hops(s);
	else
		find_last_hop(s);
	if (s->last == 0)
		return SWEEP_MUTE;
	find_size(s);
	return conclude(s);
}

struct sweep *sweep_begin(const struct sweep_plan *plan, struct err *err)
{
	struct sweep *s = xcalloc(1, sizeof *s);

	*s = (struct sweep){.likely = plan->likely, .began = clock_now(), .subject = plan->subject, .e = plan->e};
	s->deadline = fmin(plan->deadline, s->began + LIMIT_S);
	if (prober_open(&s->p, plan->target, err) != 0) {
		prober_close(&s->p);
		free(s);
		return NULL;
	}
	s->outcome = sweep(s);
	sweep_back(s);
	s->took = clock_now() - s->began;
	return s;
}

int sweep_back_size(const struct sweep *s)
{
	return s->back.passes;
}

int sweep_end(struct sweep *s, double deadline, struct err *err)
{
	int result = 0;

	s->began = clock_now() - s->took;
	s->deadline = fmin(deadline, s->began + LIMIT_S);
	sweep_back_hops(s);
	sweep_tell(s);
	if (s->outcome != SWEEP_MUTE && !s->settled)
		result = err_set(err, _("%s: the time allowed was over before the path MTU was known"), s->subject);
	prober_close(&s->p);
	free(s);
	return result;
}
