#include "base/i18n.h"
#include "base/xalloc.h"
#include "checks/capture/capture.h"
#include "log/timers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_MIN  0.5 /* s; shorter waits are not worth a fact */
#define IDLE_MIN  20.0
#define ALIVE     1.0  /* s after which a peer that still speaks is alive */
#define LARGE     400  /* B; smaller segments fit every path (RFC 8200 and RFC 791 want 1280 and 576) */
#define ETHERNET  1460 /* B; the MSS where nobody announced one */
#define HEADROOM  100  /* B by which options and tunnels make segments smaller than announced */
#define HOLE_MIN  2    /* B; a single one is the number that a FIN takes */
#define LOSS_MIN  5    /* repeats, so that their share means something */
#define FULL_MANY 3    /* segments of the largest size, so that they are no tail of something */
#define LOST_MANY 3    /* times that a segment is sent before that is no accident */

static void number(const struct told *t, const char *fact, double value)
{
	emit_number(t->e, fact, t->subject, value);
}

static void positive(const struct told *t, const char *fact, double value)
{
	if (value > 0)
		number(t, fact, value);
}

static void text(const struct told *t, const char *fact, const char *value)
{
	emit_text(t->e, fact, t->subject, value);
}

static void raised(const struct told *t, const char *fact, bool value)
{
	if (value)
		emit_flag(t->e, fact, t->subject, true);
}

void capture_tell_side_number(const struct told *t, enum side side, const char *name, double value)
{
	char *fact = xasprintf("capture.%s.%s", side_name(side), name);

	positive(t, fact, value);
	free(fact);
}

static void side_text(const struct told *t, enum side side, const char *name, const char *value)
{
	char *fact = xasprintf("capture.%s.%s", side_name(side), name);

	text(t, fact, value);
	free(fact);
}

static void phase(const struct told *t, const char *fact, enum smtp_phase value)
{
	if (value < SMTP_PHASES)
		text(t, fact, smtp_phases[value].name);
}

/* --- pauses */

/*
 * Of the side that the session waits for the capture holds nothing: what it said may have got lost on the way, unless it
 * is known to have come later.
 */
static bool is_unsure(const struct flow *s, const struct gap *gap)
{
	const bool waits = gap->waits == WAITS_CLIENT || gap->waits == WAITS_SERVER;
	const bool came = (gap->end == GAP_DATA && gap->ended_by == gap->side) || s->late_after >= 0;

	return waits && flow_is_one_sided(s) && !s->streams[gap->side].seen && !came;
}

static void tell_gap(const struct told *t)
{
	static const char *const ends[] = {
	    [GAP_DATA] = "data", [GAP_FIN] = "fin", [GAP_RST] = "rst", [GAP_OPEN] = "open"};
	const struct gap *gap = &t->session->worst;

	if (gap->seconds < WAIT_MIN)
		return;
	number(t, "capture.gap", gap->seconds);
	text(t, "capture.gap.waits-for", waits_for_name(gap->waits));
	text(t, "capture.gap.side", side_name(gap->side));
	phase(t, "capture.gap.phase", gap->phase);
	if (gap->acked_after >= 0)
		number(t, "capture.gap.acked", gap->acked_after);
	positive(t, "capture.gap.repeats", gap->repeats);
	raised(t, "capture.gap.unsure", is_unsure(t->session, gap));
	text(t, "capture.gap.end", ends[gap->end]);
	if (gap->end != GAP_OPEN)
		text(t, "capture.gap.ended-by", side_name(gap->ended_by));
}

static void tell_waits(const struct told *t)
{
	const struct flow *s = t->session;

	for (int kind = 0; kind < WAITS_NOBODY; kind++) {
		char *fact = xasprintf("capture.waited.%s", waits_for_name((enum waits_for)kind));
		positive(t, fact, s->waited[kind]);
		free(fact);
	}
	for (int side = 0; side < SIDES; side++) {
		const struct wait *late = &s->late[side];
		if (late->seconds < WAIT_MIN)
			continue;
		capture_tell_side_number(t, (enum side)side, "late", late->seconds);
		if (late->phase < SMTP_PHASES)
			side_text(t, (enum side)side, "late.phase", smtp_phases[late->phase].name);
	}
	if (s->idle_s >= IDLE_MIN)
		number(t, "capture.idle", s->idle_s);
}

/* --- timers */

static enum log_mta mta_of(const char *software)
{
	for (int mta = LOG_MTA_UNKNOWN + 1; mta < LOG_MTA_COUNT; mta++)
		if (strcmp(log_mta_name((enum log_mta)mta), software) == 0)
			return (enum log_mta)mta;
	return LOG_MTA_UNKNOWN;
}

static enum log_phase log_phase_of(enum smtp_phase at)
{
	return at == SMTP_TLS        ? PHASE_TLS
	       : at == SMTP_STARTTLS ? PHASE_STARTTLS
	       : at == SMTP_BODY     ? PHASE_BODY
	                             : PHASE_NONE;
}

/* The server's own timer; a client's program is not known. */
static void tell_timer(const struct told *t, double seconds, enum smtp_phase at)
{
	const double value = timer_value(seconds);
	const struct timer *timer = timer_find(mta_of(t->software.name), LOG_IN, log_phase_of(at));

	if (value <= 0 || seconds < PATIENCE_MIN)
		return;
	number(t, "capture.timer", value);
	if (timer == NULL || timer->default_s <= 0)
		return;
	text(t, "capture.timer.setting", timer->setting);
	number(t, "capture.timer.default", timer->default_s);
	text(t, "capture.timer.state",
	     value == timer->default_s                         ? "default"
	     : timer->stress_s > 0 && value == timer->stress_s ? "stress"
	     : value < timer->default_s                        ? "short"
	                                                       : "long");
}

static void tell_patience(const struct told *t)
{
	const struct flow *s = t->session;
	const struct wait *server = &s->gave_up[SERVER], *client = &s->gave_up[CLIENT];

	if (server->seconds >= WAIT_MIN) {
		number(t, "capture.server.gave-up", server->seconds);
		phase(t, "capture.gave-up.phase", server->phase);
		tell_timer(t, server->seconds, server->phase);
	}
	if (client->seconds >= WAIT_MIN) {
		number(t, "capture.client.gave-up", client->seconds);
		phase(t, "capture.gave-up.phase", client->phase);
		if (client->phase < SMTP_PHASES && smtp_phases[client->phase].minimum > 0)
			emit_flag(t->e, "capture.client.impatient", t->subject,
			          client->seconds < smtp_phases[client->phase].minimum - 1);
	}
}

/* --- what got lost */

/* The largest segment that the sender would use, as far as it is known. */
static uint32_t full_size(const struct flow *s, enum side sender)
{
	const uint16_t mss = s->streams[other_side(sender)].mss;
	const uint16_t own = s->streams[sender].mss;
	uint32_t size = mss > 0 ? mss : ETHERNET;

	if (own > 0 && own < size)
		size = own;
	return size;
}

/*
 * Whether the receiver said anything after `since`: segments of it are there or, where its packets were not captured, the
 * sender's acknowledgements of them.
 */
static bool is_alive(const struct flow *s, enum side sender, double since)
{
	const struct stream *theirs = &s->streams[other_side(sender)];

	return fmax(theirs->seen_at, theirs->acked_at) > since + ALIVE;
}

static bool is_stuck(const struct stream *stream)
{
	return stream->stuck_times >= 2 && stream_unacked(stream) > 0;
}

/* Bytes that never came where the capture was taken, and that the receiver does not have either. */
static int64_t lost_hole(const struct stream *stream)
{
	return stream->acks_seen ? stream_hole(stream) : 0;
}

/* Only the sender's packets were captured, and it sent one of them again and again. */
static bool is_one_way(const struct stream *stream)
{
	return !stream->acks_seen && stream->stuck_times >= LOST_MANY;
}

/* A word of capture.client.lost; NULL: nothing did. */
static const char *lost_word(const struct flow *s, enum side sender, bool went_well)
{
	const struct stream *stream = &s->streams[sender];
	const bool repaired = stream->repeats > 0 || stream->repaired > 0;

	if (went_well && stream->stuck_times < LOST_MANY)
		return repaired ? "repaired" : NULL;
	if (is_one_way(stream) && stream->stuck_size < LARGE)
		return "any";
	if (is_one_way(stream))
		return is_alive(s, sender, stream->stuck_since) ? "large" : "large-unanswered";
	if (!stream->seen && stream->sacked - stream->acked >= LARGE)
		return is_alive(s, sender, stream->acked_at) ? "large" : "large-unanswered";
	if (is_stuck(stream)) {
		if (stream->stuck_size <= stream->passed || stream->stuck_size < LARGE)
			return "any";
		return is_alive(s, sender, stream->stuck_since) ? "large" : "large-unanswered";
	}
	if (stream->acks_seen && stream->lost_times >= LOST_MANY && stream->lost_size > stream->passed &&
	    stream->lost_size >= LARGE)
		return "large";
	/* Several of one size are full ones of a path whose segment size nobody saw announced. */
	const bool small_only = stream->largest + HEADROOM < full_size(s, sender) && stream->largest_count < FULL_MANY;
	if (lost_hole(stream) >= LARGE)
		return small_only ? "large" : "any";
	if (!stream->acks_seen && small_only && stream_hole(stream) >= LARGE)
		return "large";
	return repaired ? "repaired" : NULL;
}

/* What share of the segments had to be sent again; 0: hardly any, or a router had asked for it. */
static double loss_share(const struct flow *s, enum side sender)
{
	const struct stream *stream = &s->streams[sender];
	const unsigned stuck =
	    stream->lost_times > 1 ? stream->lost_times - 1 : 0; /* one that does not pass is no bad line */
	const unsigned again = stream->repeats - (stuck < stream->repeats ? stuck : stream->repeats) + stream->repaired;

	if (again < LOSS_MIN || s->icmp[sender].too_big > 0)
		return 0;
	return again / (double)(stream->segments + again);
}

static void tell_lost(const struct told *t, enum side side)
{
	const struct stream *stream = &t->session->streams[side];
	/* What is missing then was missed by the capture, not lost. */
	const bool went_well = t->outcome == FLOW_COMPLETE || t->outcome == FLOW_ENCRYPTED || t->outcome == FLOW_UNREAD;
	const char *word = lost_word(t->session, side, went_well);

	if (word == NULL)
		return;
	side_text(t, side, "lost", word);
	if ((lost_hole(stream) >= HOLE_MIN && !went_well) || strcmp(word, "large") == 0)
		capture_tell_side_number(t, side, "hole", (double)stream_hole(stream));
	if (strcmp(word, "repaired") == 0)
		return;
	if (is_stuck(stream) || is_one_way(stream)) {
		capture_tell_side_number(t, side, "lost.size", stream->stuck_size);
		capture_tell_side_number(t, side, "lost.times", stream->stuck_times);
	} else if (stream->acks_seen && stream->lost_size > stream->passed) {
		capture_tell_side_number(t, side, "lost.size", stream->lost_size);
		capture_tell_side_number(t, side, "lost.times", stream->lost_times);
	}
	if (t->session->lost_pause[side] >= WAIT_MIN)
		number(t, "capture.lost.pause", t->session->lost_pause[side]);
}

static void tell_tcp(const struct told *t)
{
	const struct flow *s = t->session;

	for (int i = 0; i < SIDES; i++) {
		const enum side side = (enum side)i;
		const struct stream *stream = &s->streams[side];
		capture_tell_side_number(t, side, "mss", stream->mss);
		capture_tell_side_number(t, side, "passed", stream->passed);
		capture_tell_side_number(t, side, "repeats", stream->repeats);
		capture_tell_side_number(t, side, "loss", loss_share(s, side));
		capture_tell_side_number(t, other_side(side), "sacks", stream->sack_seen);
		capture_tell_side_number(t, other_side(side), "closed", stream->closed_longest);
		if (stream->window_most < full_size(s, side))
			capture_tell_side_number(t, other_side(side), "window", stream->window_most);
		tell_lost(t, side);
	}
	if (s->streams[CLIENT].syn && s->streams[SERVER].syn) {
		emit_flag(t->e, "capture.sack", t->subject,
		          s->streams[CLIENT].sack_permitted && s->streams[SERVER].sack_permitted);
		emit_flag(t->e, "capture.scale", t->subject,
		          s->streams[CLIENT].scale >= 0 && s->streams[SERVER].scale >= 0);
	}
	positive(t, "capture.icmp.too-big", s->icmp[CLIENT].too_big + s->icmp[SERVER].too_big);
	positive(t, "capture.icmp.mtu", fmax(s->icmp[CLIENT].mtu, s->icmp[SERVER].mtu));
	positive(t, "capture.icmp.ignored", s->icmp[CLIENT].ignored + s->icmp[SERVER].ignored);
	positive(t, "capture.icmp.unreachable", s->icmp[CLIENT].unreachable + s->icmp[SERVER].unreachable);
	raised(t, "capture.icmp.prohibited", s->icmp[CLIENT].prohibited || s->icmp[SERVER].prohibited);
}

/* --- the session */

/*
 * The handshake tells: near the server its answer comes at once, near the client the client's. Where the whole round
 * trip takes less than that, nobody is far from anybody.
 */
static void tell_place(const struct told *t)
{
	const struct flow *s = t->session;
	const double far = 0.8, near = 2e-4;

	if (s->syn_at < 0 || s->connected_at < 0 || s->syns > 1)
		return;
	const double rtt = s->connected_at - s->syn_at, server = s->syn_ack_at - s->syn_at;
	number(t, "capture.rtt", rtt);
	if (rtt < near || s->syn_ack_at < 0)
		return;
	text(t, "capture.at", server < (1 - far) * rtt ? "server" : server > far * rtt ? "client" : "between");
}

static void tell_sides(const struct told *t)
{
	text(t, "capture.sides",
	     !flow_is_one_sided(t->session)     ? "both"
	     : t->session->streams[CLIENT].seen ? "client"
	                                        : "server");
}

static void tell_content(const struct told *t)
{
	const struct capture_dialog *d = &t->session->dialog;

	text(t, "capture.content",
	     d->state == DIALOG_BLIND            ? "headers"
	     : d->is_tls                         ? "tls"
	     : d->replies > 0 || d->commands > 0 ? "text"
	                                         : "none");
}

static void tell_tls(const struct told *t)
{
	const struct capture_dialog *d = &t->session->dialog;

	if (!d->is_tls)
		return;
	text(t, "capture.tls.stage",
	     d->tls.done           ? "done"
	     : d->tls.server_hello ? "server-hello"
	     : d->tls.client_hello ? "client-hello"
	                           : "none");
	if (d->tls.alert >= 0) {
		char *alert =
		    xasprintf("%s: %s (%d)", side_name(d->tls.alert_side), tls_alert_name(d->tls.alert), d->tls.alert);
		text(t, "capture.tls.alert", alert);
		free(alert);
	}
	raised(t, "capture.tls.on-plain-port", d->tls_from_start && !d->tls_port && !d->tls.server_hello);
}

static void tell_end(const struct told *t)
{
	const struct flow *s = t->session;

	if (s->late_after >= WAIT_MIN) {
		number(t, "capture.after-end", s->late_after);
		positive(t, "capture.after-end.bytes", s->late_bytes);
		if (s->late_side == CLIENT && !s->begun && s->dialog.commands + s->dialog.body_total > 0)
			text(t, "capture.after-end.what", s->dialog.body_total > 0 ? "message" : "command");
		text(t, "capture.after-end.side", side_name(s->late_side));
	}
	positive(t, "capture.unanswered", flow_unanswered(s));
	raised(t, "capture.reset.after-fin", s->reset_after_fin);
	raised(t, "capture.reset.foreign", s->reset_odd);
	raised(t, "capture.dot.split", s->dialog.dot_split || dialog_ends_at_dot(&s->dialog));
	raised(t, "capture.plain.on-tls-port",
	       s->dialog.tls_port && s->connected_at >= 0 && s->dialog.state == DIALOG_GREETING &&
	           flow_seconds(s) > PATIENCE_MIN);
}

void capture_tell_flow(struct told *t, const struct flow_kept *kept)
{
	const struct flow *s = t->session;

	text(t, "capture.outcome", flow_outcome_name(t->outcome));
	phase(t, "capture.phase", s->closed[CLIENT] || s->closed[SERVER] ? s->end_phase : dialog_phase(&s->dialog));
	number(t, "capture.alike", (double)kept->alike);
	tell_sides(t);
	tell_content(t);
	emit_flag(t->e, "capture.begun", t->subject, s->begun);
	tell_place(t);
	number(t, "capture.seconds", flow_seconds(s));
	positive(t, "capture.session.messages", s->dialog.accepted);
	positive(t, "capture.session.bytes", s->dialog.body_total);
	tell_gap(t);
	tell_waits(t);
	tell_patience(t);
	tell_end(t);
	tell_tls(t);
	tell_tcp(t);
}
