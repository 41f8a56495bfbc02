#include "capture/flow.h"

#include "capture/pause.h"
#include "capture/reassembly.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SMTPS_PORT    465   /* TLS from the start (RFC 8314 7.3) */
#define TWICE_SAME    0.005 /* s between two copies of a packet with the same identification */
#define TWICE_QUICK   2e-4  /* s, where packets have none */
#define TTL_JUMP      3     /* paths change by a hop or two; more is another machine */
#define ID_NEAR       256
#define ID_JUMP       4096
#define STUCK_MIN     3   /* repeats in a pause, so that they were not answered */
#define HEADERS_MIN   40  /* B of IP and TCP headers */
#define ICMP_REACTION 0.5 /* s until a sender can have heeded an ICMP message */

void flow_init(struct flow *s, const struct flow_endpoint *client, const struct flow_endpoint *server, bool mail_port,
               struct detail *detail)
{
	memset(s, 0, offsetof(struct flow, dialog));
	s->ends[CLIENT] = *client;
	s->ends[SERVER] = *server;
	s->detail = detail;
	dialog_init(&s->dialog, &detail->ladder);
	s->is_smtp = mail_port;
	s->dialog.tls_port = server->port == SMTPS_PORT;
	s->syn_at = s->syn_ack_at = s->connected_at = s->progress_at = s->late_after = -1;
	s->turn = SIDES;
	for (int side = 0; side < SIDES; side++) {
		stream_init(&s->streams[side]);
		s->late[side].seconds = s->gave_up[side].seconds = -1;
	}
	ladder_init(&detail->ladder);
	for (int i = 0; i < FLOW_HELD; i++)
		detail->held[i].size = 0;
}

enum side flow_side(const struct flow *s, const uint8_t *address, uint16_t port, bool v6)
{
	return flow_endpoint_is(&s->ends[CLIENT], address, port, v6) ? CLIENT : SERVER;
}

bool flow_is_over(const struct flow *s)
{
	return s->closed[CLIENT] && s->closed[SERVER];
}

static struct step *add_step(struct flow *s, enum step_kind kind, enum side side, double time, unsigned long number)
{
	return ladder_add(&s->detail->ladder, kind, side, time, number);
}

/* --- packets */

/* The same packet recorded twice: on two interfaces, or before and after a router. */
static bool is_copy(struct flow *s, enum side side, const struct packet *p, double time)
{
	const bool copy = s->before[side].flags == p->flags && s->before[side].seq == p->seq &&
	                  s->before[side].ack == p->ack && s->before[side].size == p->payload_size &&
	                  s->before[side].id == p->id && s->before[side].window == p->window && s->packets > 0 &&
	                  time - s->before[side].time <= (p->id != 0 ? TWICE_SAME : TWICE_QUICK) &&
	                  (p->payload_size > 0 || (p->flags & (TCP_SYN | TCP_FIN)) != 0);

	s->before[side].time = time;
	s->before[side].seq = p->seq;
	s->before[side].ack = p->ack;
	s->before[side].id = p->id;
	s->before[side].size = p->payload_size;
	s->before[side].flags = p->flags;
	s->before[side].window = p->window;
	return copy;
}

static void note_header(struct flow *s, enum side side, const struct packet *p)
{
	s->ip_id_step[side] = (uint16_t)(p->id - s->ip_id[side]);
	s->ttl[side] = p->ttl;
	s->ip_id[side] = p->id;
}

/* Whether an RST comes from another machine than the packets before it. */
static bool is_odd(const struct flow *s, enum side side, const struct packet *p)
{
	if (s->ttl[side] == 0)
		return false;
	if (abs(p->ttl - s->ttl[side]) >= TTL_JUMP)
		return true;
	const uint16_t step = (uint16_t)(p->id - s->ip_id[side]);
	return p->id != 0 && s->ip_id[side] != 0 && s->ip_id_step[side] > 0 && s->ip_id_step[side] < ID_NEAR &&
	       step > ID_JUMP && step < UINT16_MAX - ID_JUMP;
}

/* Whether the capture holds packets of that side. */
static bool is_heard(const struct flow *s, enum side side)
{
	return s->streams[side].seen || s->reset[side];
}

static void take_reset(struct flow *s, enum side side, const struct packet *p, double time, unsigned long number)
{
	if (s->reset[side])
		return;
	pause_end(s, time, number, GAP_RST, side);
	s->reset[side] = true;
	pause_close(s, side, time, false);
	s->reset_odd = s->reset_odd || is_odd(s, side, p);
	s->reset_after_fin = s->reset_after_fin || s->closed[side];
	if (s->closed[side] && !is_heard(s, other_side(side)) && s->late_after < 0) {
		/* It answers what came too late and is not in the capture. */
		s->late_after = time - s->closed_at[side];
		s->late_side = other_side(side);
	}
	if (!s->closed[side])
		s->closed_at[side] = time;
	s->closed[side] = true;
	add_step(s, STEP_RST, side, time, number);
	pause_begin(s, time);
}

static void take_syn(struct flow *s, enum side side, const struct packet *p, double time, unsigned long number)
{
	const bool answer = (p->flags & TCP_ACK) != 0;
	struct step *again = ladder_last(&s->detail->ladder, answer ? STEP_SYN_ACK : STEP_SYN, side);

	s->begun = true;
	if (again != NULL) {
		again->count++;
		again->until = time;
	} else {
		add_step(s, answer ? STEP_SYN_ACK : STEP_SYN, side, time, number);
	}
	if (!answer) {
		s->syns++;
		if (s->syn_at < 0)
			s->syn_at = time;
	} else if (s->syn_ack_at < 0) {
		s->syn_ack_at = time;
	}
	pause_begin(s, time);
}

/* Of the server's packets alone nobody sees the third of the handshake. */
static void note_answered(struct flow *s)
{
	if (s->connected_at >= 0 || s->syn_at >= 0 || s->syn_ack_at < 0)
		return;
	s->connected_at = s->dialog.connected_at = s->syn_ack_at;
	s->dialog.phase = SMTP_CONNECT;
	pause_turn(s, s->syn_ack_at);
}

static void note_connected(struct flow *s, enum side side, double time)
{
	if (s->connected_at >= 0 || side != CLIENT || s->syn_at < 0)
		return;
	s->connected_at = s->dialog.connected_at = time;
	s->dialog.phase = SMTP_CONNECT;
	pause_turn(s, time);
}

/* The scale of a side's windows: 0 in a SYN and where one side has none (RFC 7323 2.2), -1 when not seen. */
static int scale_of(const struct flow *s, enum side side, const struct packet *p)
{
	const struct stream *mine = &s->streams[side], *theirs = &s->streams[other_side(side)];

	if ((p->flags & TCP_SYN) != 0)
		return 0;
	if (!mine->syn || !theirs->syn)
		return -1;
	return mine->scale >= 0 && theirs->scale >= 0 ? mine->scale : 0;
}

static void take_fin(struct flow *s, enum side side, double time, unsigned long number)
{
	pause_close(s, side, time, false);
	if (!s->closed[side])
		s->closed_at[side] = time;
	s->closed[side] = true;
	add_step(s, STEP_FIN, side, time, number);
}

/* A FIN that is not in the capture: its number is acknowledged, and nothing in SMTP has a single byte. */
static void miss_fin(struct flow *s, enum side side, double time, unsigned long number)
{
	if (side == CLIENT && dialog_may_be_through(&s->dialog) && time - s->dialog.body_last >= PATIENCE_MIN)
		pause_turn(s, dialog_end_body(&s->dialog));
	pause_end(s, time, number, GAP_FIN, side);
	take_fin(s, side, time, number);
	pause_begin(s, time);
}

/* What a side said is not in the capture; its acknowledgement is, and tells when at the latest it was said. */
static void note_missed(struct flow *s, enum side side, size_t size, double time, unsigned long number)
{
	struct step *step = ladder_last(&s->detail->ladder, STEP_MISSED, side);

	/*
	 * RFC 5321 3.8: a server that speaks out of turn, once it has greeted, says 421 and closes. So does one that speaks while the client
	 * repeats what it has said: it did not get that.
	 */
	const bool farewell = side == SERVER && !is_heard(s, SERVER) && s->streams[CLIENT].bytes > 0 &&
	                      time - s->turn_since >= PATIENCE_MIN &&
	                      (s->turn == CLIENT || s->repeats_of[CLIENT] >= STUCK_MIN);

	if (size == 1 && !is_heard(s, side)) {
		miss_fin(s, side, time, number);
		return;
	}
	pause_end(s, time, number, GAP_DATA, side);
	pause_late(s, side, time);
	if (farewell) {
		pause_close(s, SERVER, time, true);
		s->closed[SERVER] = true;
		s->closed_at[SERVER] = time;
	}
	if (step == NULL) {
		step = add_step(s, STEP_MISSED, side, time, number);
		step->count = 0;
	}
	step->count++;
	step->bytes += (double)size;
	step->until = time;
	s->dialog.time = time;
	s->dialog.packet = number;
	if (!farewell)
		dialog_miss(&s->dialog, side, size);
	pause_begin(s, time);
	pause_turn(s, time);
}

static void take_ack(struct flow *s, enum side side, const struct packet *p, double time, unsigned long number)
{
	const enum side other = other_side(side);
	struct stream *theirs = &s->streams[other];
	const size_t missed = stream_acknowledge(theirs, p, time, scale_of(s, side, p));

	if (missed > 0)
		note_missed(s, other, missed, time, number);
	reassembly_join(s, other, time, number);
	if (s->outstanding[other] && s->delivered[other].at < 0 && stream_unacked(theirs) == 0) {
		s->delivered[other].at = time;
		s->delivered[other].packet = number;
	}
	note_connected(s, side, time);
}

static void note_repeat(struct flow *s, enum side side, const struct packet *p, double time, unsigned long number)
{
	struct step *step = ladder_last(&s->detail->ladder, STEP_REPEAT, side);

	s->repeats++;
	s->repeats_of[side]++;
	if (step == NULL) {
		step = add_step(s, STEP_REPEAT, side, time, number);
		step->count = 0;
	}
	step->count++;
	step->until = time;
	if ((double)p->payload_size > step->bytes)
		step->bytes = (double)p->payload_size;
}

static void note_too_late(struct flow *s, enum side side, const struct packet *p, double time)
{
	const enum side other = other_side(side);

	if (!s->closed[other] || p->payload_size == 0)
		return;
	if (s->late_after < 0) {
		s->late_after = time - s->closed_at[other];
		s->late_side = side;
	}
	s->late_bytes += (double)p->payload_size;
}

static void note_heeded(struct flow *s, enum side side, const struct packet *p, double time)
{
	const uint16_t mss = s->streams[other_side(side)].mss;
	const size_t segment = mss > 0 && p->payload_size > mss ? mss : p->payload_size;

	if (s->icmp[side].mtu > 0 && time > s->icmp[side].at + ICMP_REACTION &&
	    segment + HEADERS_MIN > s->icmp[side].mtu)
		s->icmp[side].ignored++;
}

/*
 * The last bytes of the message are not in the capture. A reply other than 421 shows that they were sent, and so does a
 * client that hangs up after it has waited for one.
 */
static bool is_end_of_body(const struct flow *s, enum side side, const struct packet *p, const struct arrival *arrival,
                           double time)
{
	if (!dialog_may_be_through(&s->dialog))
		return false;
	if (side == CLIENT)
		return !arrival->fresh && time - s->dialog.body_last >= PATIENCE_MIN &&
		       stream_unacked(&s->streams[CLIENT]) == 0;
	return arrival->in_order && p->payload_captured >= 2 && memcmp(p->payload, "42", 2) != 0;
}

static void take_data(struct flow *s, enum side side, const struct packet *p, double time, unsigned long number)
{
	struct stream *mine = &s->streams[side];
	s->hole_before = stream_hole(mine);
	const struct arrival arrival = stream_take(mine, p, time, s->streams[other_side(side)].mss);

	if (arrival.repeat && !arrival.fresh)
		note_repeat(s, side, p, time, number);
	if (arrival.probe) {
		pause_probe(s, side, time);
		s->unanswered[side]++;
	}
	if (side == SERVER && (p->flags & TCP_SYN) == 0)
		note_answered(s);
	if (!arrival.fresh && !arrival.fin)
		return;
	if (is_end_of_body(s, side, p, &arrival, time))
		pause_turn(s, dialog_end_body(&s->dialog));
	pause_end(s, time, number, arrival.fresh ? GAP_DATA : GAP_FIN, side);
	if (arrival.fresh) {
		if (mine->stuck_times == 1 && mine->stuck_since >= time)
			s->lost_pause[side] = time - s->progress_at;
		note_too_late(s, side, p, time);
		note_heeded(s, side, p, time);
		pause_late(s, side, time);
	}
	if (arrival.in_order) {
		const size_t captured = p->payload_captured > arrival.skip ? p->payload_captured - arrival.skip : 0;
		reassembly_say(s, side, captured > 0 ? p->payload + arrival.skip : p->payload, captured, arrival.size,
		               time, number);
		reassembly_join(s, side, time, number);
	} else if (arrival.fresh) {
		reassembly_hold(s, side, p, arrival.at);
	}
	if (arrival.fin)
		take_fin(s, side, time, number);
	pause_begin(s, time);
	pause_turn(s, time);
}

void flow_take(struct flow *s, enum side side, const struct packet *p, double time, unsigned long number)
{
	if (is_copy(s, side, p, time)) {
		s->duplicates++;
		return;
	}
	if (s->packets++ == 0) {
		s->first = time;
		if ((p->flags & TCP_SYN) == 0)
			s->dialog.state = DIALOG_MIDDLE;
	}
	s->last = time;
	s->unanswered[other_side(side)] = 0;
	if ((p->flags & TCP_RST) != 0) {
		take_reset(s, side, p, time, number);
		return;
	}
	if ((p->flags & TCP_SYN) != 0)
		take_syn(s, side, p, time, number);
	if ((p->flags & TCP_ACK) != 0)
		take_ack(s, side, p, time, number);
	take_data(s, side, p, time, number);
	note_header(s, side, p);
}

void flow_icmp(struct flow *s, enum side side, const struct packet *p, double time, unsigned long number)
{
	struct step *step = ladder_last(&s->detail->ladder, STEP_ICMP, side);

	if (step == NULL) {
		step = add_step(s, STEP_ICMP, side, time, number);
		step->count = 0;
	}
	step->count++;
	step->icmp = p->icmp;
	s->icmp[side].at = time;
	if (p->icmp == ICMP_TOO_BIG) {
		step->bytes = p->mtu;
		s->icmp[side].too_big++;
		if (p->mtu > 0 && (s->icmp[side].mtu == 0 || p->mtu < s->icmp[side].mtu))
			s->icmp[side].mtu = p->mtu;
	} else if (p->icmp == ICMP_UNREACHABLE) {
		s->icmp[side].unreachable++;
		s->icmp[side].prohibited = packet_is_prohibited(p);
	}
}

/* --- the end */

void flow_end(struct flow *s, double now)
{
	if (!flow_is_over(s) && !s->reset[CLIENT] && !s->reset[SERVER])
		pause_end(s, now, 0, GAP_OPEN, CLIENT);
	for (int side = 0; side < SIDES; side++) {
		struct stream *stream = &s->streams[side];
		if (stream->closed_since >= 0 && s->last - stream->closed_since > stream->closed_longest)
			stream->closed_longest = s->last - stream->closed_since;
	}
}

double flow_seconds(const struct flow *s)
{
	return s->last - s->first;
}

bool flow_is_one_sided(const struct flow *s)
{
	return !is_heard(s, CLIENT) || !is_heard(s, SERVER);
}

unsigned flow_unanswered(const struct flow *s)
{
	if (flow_is_one_sided(s))
		return 0;
	return s->unanswered[CLIENT] > s->unanswered[SERVER] ? s->unanswered[CLIENT] : s->unanswered[SERVER];
}
