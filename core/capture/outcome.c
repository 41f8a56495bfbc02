#include "capture/outcome.h"

#define STALL_MIN 10.0 /* s of a pause at the end of the capture */

const char *flow_outcome_name(enum flow_outcome outcome)
{
	static const char *const names[] = {
	    [FLOW_COMPLETE] = "complete",
	    [FLOW_ENCRYPTED] = "encrypted",
	    [FLOW_UNREAD] = "unread",
	    [FLOW_REFUSED] = "refused",
	    [FLOW_SERVER_GAVE_UP] = "server-gave-up",
	    [FLOW_CLIENT_GAVE_UP] = "client-gave-up",
	    [FLOW_SERVER_CLOSED] = "server-closed",
	    [FLOW_SERVER_RESET] = "server-reset",
	    [FLOW_CLIENT_CLOSED] = "client-closed",
	    [FLOW_CLIENT_RESET] = "client-reset",
	    [FLOW_NOT_CONNECTED] = "not-connected",
	    [FLOW_FOREIGN] = "foreign",
	    [FLOW_STALLED] = "stalled",
	    [FLOW_OPEN] = "open",
	    [FLOW_ONE_SIDED] = "one-sided",
	};
	return names[outcome];
}

static bool is_closed(const struct flow *s)
{
	return s->closed[CLIENT] || s->closed[SERVER];
}

/* The client hung up in the middle of a message, and all that the server said was said to that ("421 Lost connection"). */
static bool is_left(const struct flow *s)
{
	const struct dialog_reply *last = &s->dialog.refusal;

	return s->ended_by == CLIENT && s->closed[CLIENT] && last->code != 0 && last->phase == SMTP_BODY &&
	       last->time >= s->closed_at[CLIENT];
}

/* The server refused, and nothing went well after it. */
static bool is_refused(const struct flow *s)
{
	return (s->dialog.refusal.code != 0 || s->dialog.refused) && s->dialog.accepted == 0 && !is_left(s);
}

static enum flow_outcome outcome_of_end_by(const struct flow *s)
{
	if (s->ended_by == SERVER)
		return s->reset[SERVER] ? FLOW_SERVER_RESET : FLOW_SERVER_CLOSED;
	return s->reset[CLIENT] ? FLOW_CLIENT_RESET : FLOW_CLIENT_CLOSED;
}

/* It went through to its end, as far as that can be read. */
static enum flow_outcome outcome_in_order(const struct flow *s)
{
	return s->dialog.is_tls ? FLOW_ENCRYPTED : s->dialog.state == DIALOG_BLIND ? FLOW_UNREAD : FLOW_COMPLETE;
}

/* What was said last in TLS cannot be read: who closes soon after it has not lost patience, unless a reply is due. */
static bool is_left_in_tls(const struct flow *s, enum side side)
{
	const enum smtp_phase phase = s->gave_up[side].phase;
	const bool due = side == CLIENT && (phase == SMTP_BANNER || phase == SMTP_END);

	return s->dialog.is_tls && s->dialog.tls.done && s->gave_up[side].seconds < (due ? PATIENCE_MIN : STALL_MIN);
}

/* Who closed first, and nobody had lost patience. */
static enum flow_outcome outcome_of_end(const struct flow *s)
{
	if (flow_is_one_sided(s))
		return FLOW_ONE_SIDED; /* the other side may have closed before */
	if (s->dialog.is_tls && !s->dialog.tls.done)
		return outcome_of_end_by(s);
	if (s->dialog.is_tls)
		return FLOW_ENCRYPTED;
	return s->dialog.state == DIALOG_BLIND ? FLOW_UNREAD : outcome_of_end_by(s);
}

enum flow_outcome flow_outcome(const struct flow *s)
{
	const struct capture_dialog *d = &s->dialog;

	if (s->begun && s->connected_at < 0 && s->dialog.replies == 0 && !s->dialog.guessed)
		return flow_is_one_sided(s) && s->syns <= 1 && !s->reset[SERVER] ? FLOW_ONE_SIDED : FLOW_NOT_CONNECTED;
	if (d->state == DIALOG_FOREIGN)
		return FLOW_FOREIGN;
	if (dialog_is_idle(d) && s->gave_up[CLIENT].seconds < 0)
		return outcome_in_order(s);
	if (s->gave_up[SERVER].seconds >= 0 && !is_left_in_tls(s, SERVER))
		return FLOW_SERVER_GAVE_UP;
	if (is_refused(s) && !(s->gave_up[CLIENT].seconds >= STALL_MIN))
		return FLOW_REFUSED;
	if (s->gave_up[CLIENT].seconds >= 0 && !is_left_in_tls(s, CLIENT))
		return FLOW_CLIENT_GAVE_UP;
	if (d->quit)
		return outcome_in_order(s);
	if (!is_closed(s) && s->worst.end == GAP_OPEN && s->worst.seconds >= STALL_MIN)
		return FLOW_STALLED;
	if (!is_closed(s))
		return flow_is_one_sided(s) ? FLOW_ONE_SIDED : FLOW_OPEN;
	return outcome_of_end(s);
}
