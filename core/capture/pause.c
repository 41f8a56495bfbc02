#include "capture/pause.h"

#include <math.h>

#define GAP_MIN  0.5  /* s; shorter pauses are not worth a word */
#define ACK_LATE 0.25 /* s; acknowledgements are delayed on purpose by less in practice (RFC 1122: half a second) */
#define RESEND_MAX \
	4.0 /* s until something that was not acknowledged is sent again, at the latest (RFC 6298: 1 s, once 3) */
#define SMTP_LINE_MAX 512 /* B of a command or reply (RFC 5321 4.5.3.1.4) */
#define REPEATS_MANY  3   /* that nobody would send who gets acknowledgements */
#define AT_ONCE       0.2 /* s between the last word and the end */
#define CLOSED_SHARE  0.5 /* of a pause with a closed window: then that is what it was */

const char *waits_for_name(enum waits_for waits)
{
	static const char *const names[] = {
	    [WAITS_CLIENT] = "client", [WAITS_SERVER] = "server", [WAITS_NETWORK] = "network",
	    [WAITS_WINDOW] = "window", [WAITS_NOBODY] = "nobody",
	};
	return names[waits];
}

static double closed_in_all(const struct stream *stream, double time)
{
	return stream->closed_s + (stream->closed_since >= 0 ? time - stream->closed_since : 0);
}

/* Something new was said at that time: from here on the next pause counts. */
void pause_begin(struct flow *s, double time)
{
	s->progress_at = time;
	s->repeats = s->repeats_of[CLIENT] = s->repeats_of[SERVER] = 0;
	s->probes_of[CLIENT] = s->probes_of[SERVER] = 0;
	for (int side = 0; side < SIDES; side++) {
		s->outstanding[side] = stream_unacked(&s->streams[side]) > 0;
		s->delivered[side].at = -1;
		s->closed_s[side] = closed_in_all(&s->streams[side], time);
	}
}

/* As the handshake took it; 0: not seen. */
static double round_trip(const struct flow *s)
{
	return s->syn_at >= 0 && s->connected_at >= 0 && s->syns == 1 ? s->connected_at - s->syn_at : 0;
}

/*
 * Whether bytes are missing that were sent before the pause ended. What its last packet has overtaken was hardly sent long
 * before: a line, such as the 421 before a FIN.
 */
static bool has_hole(const struct flow *s, enum side side, const struct gap *gap)
{
	const int64_t overtaken = side == gap->ended_by && s->hole_before == 0 ? SMTP_LINE_MAX : 0;

	return stream_hole(&s->streams[side]) > overtaken;
}

/* Whether what that side had sent before the pause did not arrive in time, or has a hole. */
static bool is_undelivered(const struct flow *s, enum side side, const struct gap *gap)
{
	const struct stream *stream = &s->streams[side];
	const double seconds = gap->seconds;

	if (!stream->acks_seen)
		return s->repeats_of[side] >= REPEATS_MANY; /* the receiver's packets were not captured */
	if (has_hole(s, side, gap) || stream->sacked > stream->acked)
		return true;
	if (!s->outstanding[side])
		return false;
	/* Nobody waits so long without sending again: the acknowledgement came, and the capture missed it. */
	if (stream->seen && seconds > RESEND_MAX && s->repeats_of[side] == 0)
		return false;
	const double delivered = s->delivered[side].at;
	return delivered < 0 || delivered - s->progress_at > fmax(ACK_LATE + round_trip(s), seconds / 2);
}

void pause_probe(struct flow *s, enum side side, double time)
{
	if (s->probes_of[side] > 0 || time - s->progress_at <= RESEND_MAX)
		s->probes_of[side]++;
}

static bool is_unreadable(const struct flow *s)
{
	return s->dialog.state == DIALOG_TLS || s->dialog.state == DIALOG_BLIND;
}

/* Where the receiver's packets are not captured, only the sender's asking whether its window is open is. */
static bool asks_for_room(const struct flow *s, enum side side)
{
	return !s->streams[side].acks_seen && s->probes_of[side] >= REPEATS_MANY && !dialog_is_idle(&s->dialog);
}

static void attribute(const struct flow *s, struct gap *gap)
{
	const double now = gap->from + gap->seconds;

	for (int side = 0; side < SIDES; side++) {
		const bool asks = asks_for_room(s, (enum side)side);
		if (asks || closed_in_all(&s->streams[side], now) - s->closed_s[side] >= CLOSED_SHARE * gap->seconds) {
			gap->waits = WAITS_WINDOW;
			gap->side = other_side((enum side)side);
			return;
		}
	}
	for (int side = 0; side < SIDES; side++) {
		if (is_undelivered(s, (enum side)side, gap)) {
			gap->waits = WAITS_NETWORK;
			gap->side = (enum side)side;
			return;
		}
	}
	gap->side = s->turn;
	if (is_unreadable(s) && gap->end == GAP_DATA && gap->ended_by == s->dialog.spoke)
		gap->side = gap->ended_by; /* it had not finished: what it says cannot be read */
	gap->waits = gap->side == CLIENT ? WAITS_CLIENT : gap->side == SERVER ? WAITS_SERVER : WAITS_NOBODY;
	if (dialog_is_idle(&s->dialog))
		gap->waits = WAITS_NOBODY;
	if (gap->side == SIDES)
		gap->side = CLIENT;
}

/* When what was said before was acknowledged; by preference, what the side that the pause waits for has to answer. */
static void note_delivery(const struct flow *s, struct gap *gap)
{
	const enum side asks = other_side(gap->side), side = s->delivered[asks].at >= 0 ? asks : gap->side;

	if (s->delivered[side].at < 0)
		return;
	gap->acked_after = s->delivered[side].at - s->progress_at;
	gap->ack = s->delivered[side].packet;
}

/* An unanswered QUIT, or silence after a side has ended the session, keeps nobody from anything. */
static bool matters(const struct flow *s, const struct gap *gap)
{
	return gap->waits != WAITS_NOBODY && !s->closed[CLIENT] && !s->closed[SERVER] && gap->phase != SMTP_QUIT;
}

void pause_end(struct flow *s, double time, unsigned long number, enum gap_end end, enum side by)
{
	struct gap gap = {
	    .from = s->progress_at,
	    .seconds = time - s->progress_at,
	    .phase = dialog_phase(&s->dialog),
	    .acked_after = -1,
	    .repeats = s->repeats,
	    .end = end,
	    .ended_by = by,
	};

	s->paused.seconds = 0;
	if (s->progress_at < 0 || gap.seconds < GAP_MIN)
		return;
	attribute(s, &gap);
	note_delivery(s, &gap);
	s->paused = gap;
	s->spoke_before_gap = s->dialog.spoke;
	s->waited[gap.waits] += gap.seconds;
	if (gap.waits == WAITS_NETWORK || gap.waits == WAITS_WINDOW)
		s->turn_disturbed = true;
	if (matters(s, &gap) && gap.seconds > s->worst.seconds)
		s->worst = gap;
	ladder_add(&s->detail->ladder, STEP_GAP, gap.side, gap.from, number)->gap = gap;
}

/* --- whose turn it is */

void pause_turn(struct flow *s, double time)
{
	const enum side turn = dialog_turn(&s->dialog);

	/* Of what cannot be read nobody knows whether it is whole: the turn begins with its last segment. */
	if (turn != s->turn || is_unreadable(s)) {
		s->turn = turn;
		s->turn_since = time;
		s->turn_disturbed = false;
	}
	s->turn_phase = dialog_phase(&s->dialog);
}

/* A side whose turn it was says something at last. */
void pause_late(struct flow *s, enum side side, double time)
{
	const double seconds = time - s->turn_since;

	if (s->turn != side)
		return;
	if (dialog_is_idle(&s->dialog))
		s->idle_s = fmax(s->idle_s, seconds);
	else if (!s->turn_disturbed && seconds > s->late[side].seconds)
		s->late[side] = (struct wait){.seconds = seconds, .phase = s->turn_phase};
	s->turn_taken = seconds;
	s->turn_taken_disturbed = s->turn_disturbed;
	s->turn_since = time;
	s->turn_disturbed = false;
}

/*
 * A program that gives up in the middle of a message has often handed the rest of it to its kernel, which sends it when
 * the path or the window opens at last, with the end behind it.
 */
static bool is_stuck_in_body(const struct flow *s, double time)
{
	const bool held_up = s->worst.waits == WAITS_NETWORK || s->worst.waits == WAITS_WINDOW;

	return held_up && dialog_phase(&s->dialog) == SMTP_BODY && s->worst.seconds > (time - s->first) / 2;
}

/*
 * The server speaks after a pause and closes at once, and what it says cannot be read: it was no answer that took long,
 * it was the end of its patience with the client.
 */
static void reconsider(struct flow *s, enum side side, double time)
{
	struct step *step = side == SERVER && is_unreadable(s) ? ladder_last_gap(&s->detail->ladder) : NULL;
	struct gap *gap = step != NULL ? &step->gap : NULL;

	if (gap == NULL || gap->waits != WAITS_SERVER || gap->end != GAP_DATA || gap->ended_by != SERVER ||
	    gap->seconds < PATIENCE_MIN || time - gap->from - gap->seconds > AT_ONCE || s->spoke_before_gap != SERVER ||
	    s->streams[CLIENT].sent_at > gap->from)
		return;
	s->waited[WAITS_SERVER] -= gap->seconds;
	s->waited[WAITS_CLIENT] += gap->seconds;
	gap->waits = WAITS_CLIENT;
	gap->side = CLIENT;
	if (gap->seconds >= s->worst.seconds)
		s->worst = *gap;
	s->late[SERVER].seconds = -1;
	s->gave_up[SERVER] = (struct wait){.seconds = gap->seconds, .phase = gap->phase, .waits = WAITS_CLIENT};
}

/* Below it nobody has lost patience; clients have timers of a second at times, servers that hang up so early died. */
static double least_patience(const struct flow *s, enum side side, bool says_so)
{
	return side == SERVER && s->reset[SERVER] && !says_so ? PATIENCE_MIN : GAP_MIN;
}

void pause_close(struct flow *s, enum side side, double time, bool says_so)
{
	const bool just_said = says_so && s->turn == side;
	const double waited = just_said ? s->turn_taken : time - s->turn_since;
	const bool disturbed = s->worst.seconds > 0 && (s->turn_disturbed || is_stuck_in_body(s, time) ||
	                                                (just_said && s->turn_taken_disturbed));
	const bool in_turn = s->turn == side && !disturbed && !says_so;

	if (s->closed[CLIENT] || s->closed[SERVER] || s->gave_up[CLIENT].seconds >= 0 ||
	    s->gave_up[SERVER].seconds >= 0)
		return;
	reconsider(s, side, time);
	if (dialog_is_idle(&s->dialog))
		s->idle_s = fmax(s->idle_s, time - s->turn_since);
	s->ended_by = side;
	s->end_phase = s->turn_phase;
	if (s->gave_up[side].seconds >= 0 || s->turn == SIDES || in_turn || s->dialog.quit ||
	    dialog_is_idle(&s->dialog) || (waited < least_patience(s, side, says_so) && !disturbed))
		return;
	s->gave_up[side] = (struct wait){
	    .seconds = waited < GAP_MIN ? s->worst.seconds : waited,
	    .phase = s->turn_phase,
	    .waits = disturbed        ? s->worst.waits
	             : side == SERVER ? WAITS_CLIENT
	                              : WAITS_SERVER,
	};
}
