/*
 * Towards the server: message text in packets of full size, then in small ones. When only the small ones arrive, the
 * largest size that passes is found by a ladder: segments of rising size, one behind the other on one connection, of which
 * the server's TCP acknowledges all up to the first that did not get through.
 */
#include "base/buf.h"
#include "base/clock.h"
#include "base/xalloc.h"
#include "checks/mtu/probe.h"
#include "checks/mtu/sizes.h"

#include <math.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define SMALL            ((size_t)200) /* bytes: so small a piece passes every path */
#define SEGMENTS         8           /* of full size; with what is small around them a first flight of TCP (RFC 6928) */
#define CLAMPED_MSS_V4   536         /* RFC 9293 3.7.1: what every IPv4 host takes, 576 bytes in all */
#define CLAMPED_MSS_V6   1220        /* the same for IPv6: packets of 1280 bytes */
#define GROUP            ((size_t)8) /* pieces of a ladder that are under way together */
#define PROBING_PATIENCE 15.0        /* s: tcp_mtu_probing begins after three retransmissions, and halves then */
#define ROUNDS           4           /* ladders; each makes the rest about fifty times smaller */

static int clamped_mss(const struct mtu_probe *p)
{
	return p->endpoint->address.ss_family == AF_INET6 ? CLAMPED_MSS_V6 : CLAMPED_MSS_V4;
}

double outward_patience(const struct mtu_probe *p)
{
	return p->host_probes ? PROBING_PATIENCE : 0;
}

/* Something small, full segments, and a rest that is small: when only the rest arrives behind a hole, size is the reason. */
size_t outward_full_plan(void *context, const struct smtp_session *s, size_t *pieces, size_t room)
{
	const double room_in_window = s->tcp.peer_window - 3 * (double)SMALL;
	const double segments = fmin(fmax(floor(room_in_window / s->tcp.mss), 1), SEGMENTS);

	(void)context;
	(void)room;
	pieces[0] = SMALL;
	pieces[1] = (size_t)(s->tcp.mss * segments) + SMALL;
	return 2;
}

/* --- facts */

static void tell(const struct mtu_probe *p, const char *run, const char *what, double value)
{
	char *name = xasprintf("mtu.%s.%s", run, what);

	emit_number(p->e, name, p->subject, value);
	free(name);
}

static void tell_text(const struct mtu_probe *p, const char *run, const char *what, const char *value)
{
	char *name = xasprintf("mtu.%s%s", run, what);

	emit_text(p->e, name, p->subject, value);
	free(name);
}

/* "0.001:200 0.254:11984" */
static char *progress_text(const struct flight *f)
{
	struct buf text;

	buf_init(&text, 4096);
	buf_puts(&text, "0:0");
	for (size_t i = 0; i < f->point_count; i++)
		buf_printf(&text, " %.6f:%.0f", f->points[i].at, f->points[i].acked);
	buf_printf(&text, " %.6f:%.0f", f->delay, f->acked);
	return buf_take(&text);
}

static int packet_size(const struct mtu_probe *p, const struct flight *f)
{
	return p->header + (int)(f->tcp.options + f->mss);
}

/* The largest packet of which it is certain that it was one: TCP may have gone over to smaller ones on the way. */
static int whole_size(const struct mtu_probe *p, const struct flight *f)
{
	return p->header + (int)(f->tcp.options + fmin(f->mss, f->tcp.mss));
}

static void tell_flight(const struct mtu_probe *p, const char *run, const struct flight *f)
{
	char *progress = progress_text(f);

	tell_text(p, run, "", flight_end_name(f->end));
	tell(p, run, "mss", f->mss);
	tell(p, run, "packet", packet_size(p, f));
	tell(p, run, "pmtu", f->tcp.pmtu);
	tell(p, run, "bytes", f->sent);
	tell(p, run, "acked", f->acked);
	tell(p, run, "unacked", f->tcp.unacked);
	tell(p, run, "retransmits", f->resent);
	tell(p, run, "backoff", f->tcp.backoff);
	tell(p, run, "rto", f->tcp.rto);
	if (f->tcp.peer_window >= 0)
		tell(p, run, "window", f->tcp.peer_window);
	tell(p, run, "delay", f->delay);
	tell_text(p, run, ".progress", progress);
	free(progress);
}

static void tell_size(const struct mtu_probe *p)
{
	if (p->out_size <= 0)
		return;
	emit_number(p->e, "mtu.out.size", p->subject, p->out_size);
	emit_number(p->e, "mtu.out.mss", p->subject, p->out_size - p->header);
	emit_flag(p->e, "mtu.out.exact", p->subject, p->out_exact);
}

/* --- the ladder */

struct ladder {
	const struct mtu_probe *p;
	int passes, fails;
	int sizes[ATTEMPT_PIECES_MAX];
	size_t count; /* of pieces: each group ends with a small one, size 0 here */
	int overhead; /* bytes of headers and options of a packet */
};

static size_t plan_ladder(void *context, const struct smtp_session *s, size_t *pieces, size_t room)
{
	struct ladder *l = context;
	int sizes[ATTEMPT_PIECES_MAX];
	size_t count = sizes_ladder(l->passes, l->fails, sizes, room - room / (GROUP - 1) - 1);

	l->overhead = l->p->header + (int)s->tcp.options;
	l->count = 0;
	for (size_t i = 0; i < count; i++) {
		l->sizes[l->count] = sizes[i];
		pieces[l->count++] = (size_t)(sizes[i] - l->overhead);
		if (l->count % GROUP == GROUP - 1 || i + 1 == count) {
			l->sizes[l->count] = 0;
			pieces[l->count++] = SMALL;
		}
	}
	return l->count;
}

/* What a router has said meanwhile: nothing larger leaves here any more, other than in pieces. */
static void heed_pmtu(struct ladder *l, const struct flight *f)
{
	const int pmtu = (int)f->tcp.pmtu;

	if (pmtu > 0 && pmtu < l->fails)
		l->fails = pmtu + 1;
}

/* How far up the ladder the server's TCP has acknowledged. */
static void read_ladder(struct ladder *l, const struct flight *f)
{
	const int whole = whole_size(l->p, f);
	const bool stuck = f->end == FLIGHT_STALL || f->end == FLIGHT_STOPPED || f->end == FLIGHT_DEAD;
	double acked = f->acked;

	for (size_t i = 0; i < l->count; i++) {
		const double piece = l->sizes[i] > 0 ? l->sizes[i] - l->overhead : (double)SMALL;
		if (l->sizes[i] > whole)
			return;
		if (f->end != FLIGHT_PASS && acked < piece) {
			if (stuck && l->sizes[i] > 0)
				l->fails = l->sizes[i];
			return;
		}
		acked -= piece;
		if (l->sizes[i] > 0)
			l->passes = l->sizes[i];
	}
}

/* Climbs once; false when that brings nothing more. */
static bool climb(struct mtu_probe *p, struct ladder *l)
{
	const struct attempt_plan plan = {
	    .what = "ladder", .greeting = GREETING_PLAIN, .plan = plan_ladder, .context = l, .together = GROUP};
	const int passes = l->passes, fails = l->fails;
	struct attempt *a = xcalloc(1, sizeof *a);

	attempt_run(p, &plan, a);
	if (a->flew) {
		read_ladder(l, &a->flight);
		heed_pmtu(l, &a->flight);
	}
	free(a);
	return l->passes > passes || l->fails < fails;
}

/* Where a server takes no mail without TLS: a connection for each size, its segments clamped to that. */
static bool halve(struct mtu_probe *p, struct ladder *l)
{
	const int size = sizes_next(l->passes, l->fails, 0), passes = l->passes, fails = l->fails;
	const struct attempt_plan plan = {.what = "size",
	                                  .greeting = GREETING_TLS,
	                                  .mss = size - p->header,
	                                  .plan = outward_full_plan,
	                                  .together = 2};
	struct attempt *a = xcalloc(1, sizeof *a);

	attempt_run(p, &plan, a);
	const int flown = whole_size(p, &a->flight);
	if (a->flew && a->flight.end == FLIGHT_PASS && flown > l->passes)
		l->passes = flown;
	else if (a->flew && a->flight.end == FLIGHT_STALL && flown < l->fails)
		l->fails = flown;
	if (a->flew)
		heed_pmtu(l, &a->flight);
	free(a);
	return l->passes > passes || l->fails < fails;
}

/* The largest packet that passes, between one that does and one that does not. */
static void narrow(struct mtu_probe *p, const struct flight *clamped, const struct flight *full)
{
	struct ladder *l = xcalloc(1, sizeof *l);
	/* Records of TLS have sizes of their own. */
	bool climbs = !envelope_is_implicit_tls(&p->endpoint->address);

	*l = (struct ladder){.p = p, .passes = packet_size(p, clamped), .fails = packet_size(p, full)};
	heed_pmtu(l, full);
	for (int round = 0;
	     l->fails - l->passes > 1 && p->connections < PROBE_CONNECTIONS_MAX && clock_now() < p->deadline; round++) {
		climbs = climbs && round < ROUNDS && climb(p, l);
		if (!climbs && !halve(p, l))
			break;
	}
	p->out_size = l->passes;
	p->out_exact = l->fails - l->passes == 1;
	free(l);
}

/* --- the proof */

/* The message arrived: what that says about the size of packets. */
static void settle_healthy(struct mtu_probe *p, const struct flight *full)
{
	const int packet = packet_size(p, full), pmtu = (int)full->tcp.pmtu;
	const bool learned = pmtu > 0 && pmtu < route_mtu(&p->route);
	const bool probed = !learned && full->tcp.mss < full->mss;
	const char *how = probed ? "probing" : learned || p->route.learned > 0 ? "works" : "unneeded";

	probe_settle(p, false, clock_now());
	tell_flight(p, "full", full);
	p->out_size = pmtu > 0 && pmtu < packet ? pmtu : packet;
	if (probed)
		p->out_size -= (int)(full->mss - full->tcp.mss);
	/* Nothing larger leaves here than the route lets through, and a router that says a size means it. */
	p->out_exact = p->out_size == route_mtu(&p->route) || (learned && p->out_size == pmtu);
	emit_text(p->e, "mtu.discovery", p->subject, how);
}

/* A message in packets of full size once more, or in small ones. False when none could be sent. */
static bool fly(struct mtu_probe *p, const char *what, enum greeting greeting, int mss, struct flight *flight)
{
	const struct attempt_plan plan = {
	    .what = what, .greeting = greeting, .mss = mss, .plan = outward_full_plan, .together = 2};
	struct attempt *a = xcalloc(1, sizeof *a);

	attempt_run(p, &plan, a);
	const bool flew = a->flew;
	*flight = a->flight;
	free(a);
	return flew;
}

/* Where it may have been chance: does a message in packets of full size arrive after all? */
static bool arrives_after_all(struct mtu_probe *p, enum greeting greeting)
{
	struct flight again;

	if (p->connections >= PROBE_CONNECTIONS_MAX || !fly(p, "again", greeting, 0, &again) ||
	    again.end != FLIGHT_PASS)
		return false;
	settle_healthy(p, &again);
	return true;
}

/* The message did not arrive. Is it the size? */
static void settle(struct mtu_probe *p, const struct flight *full, enum greeting greeting)
{
	struct flight clamped;
	const bool flew = fly(p, "clamped", greeting, clamped_mss(p), &clamped);
	const bool passed = flew && clamped.end == FLIGHT_PASS;
	const bool proven = passed && full->end == FLIGHT_STALL;
	const double proven_at = clock_now();

	/* Small packets are lost as well: small pieces arrived of one message and not of the other, or had to be sent again. */
	if (passed && (full->end == FLIGHT_DEAD || clamped.resent > 0) && arrives_after_all(p, greeting))
		return;
	if (proven)
		narrow(p, &clamped, full);
	/* Every size but its own gets through. */
	if (proven && p->out_size == packet_size(p, full) - 1 && arrives_after_all(p, greeting))
		return;
	tell_flight(p, "full", full);
	if (flew)
		tell_flight(p, "clamped", &clamped);
	if (proven) {
		probe_settle(p, true, proven_at);
		emit_text(p->e, "mtu.discovery", p->subject, "silent");
	}
}

void outward_run(struct mtu_probe *p, const struct flight *full, enum greeting greeting)
{
	emit_flag(p->e, "mtu.full.scaled", p->subject, full->tcp.scaled);
	if (full->end == FLIGHT_PASS)
		settle_healthy(p, full);
	else if (full->end == FLIGHT_REPLY || full->end == FLIGHT_CUT)
		tell_flight(p, "full", full);
	else
		settle(p, full, greeting);
	tell_size(p);
}
