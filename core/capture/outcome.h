/*
 * outcome - how a session ended, or how far it had come when the capture did
 *
 * Judged from what flow.c and pause.c noted on the way: who closed first, who had lost patience before, what was refused.
 * Where one side's packets are missing or what was said cannot be read, the outcome says so rather than guess.
 */
#ifndef SMTPDX_CAPTURE_OUTCOME_H
#define SMTPDX_CAPTURE_OUTCOME_H

#include "capture/flow.h"

enum flow_outcome {
	FLOW_COMPLETE,       /* a message was accepted, or the client left in order */
	FLOW_ENCRYPTED,      /* TLS began and the session was closed in order; what was said cannot be read */
	FLOW_UNREAD,         /* the same where the capture holds headers only */
	FLOW_REFUSED,        /* by a reply, other than for silence */
	FLOW_SERVER_GAVE_UP, /* it closed while the client had to act */
	FLOW_CLIENT_GAVE_UP, /* it closed while the server had to act */
	FLOW_SERVER_CLOSED,  /* it closed instead of acting */
	FLOW_SERVER_RESET,
	FLOW_CLIENT_CLOSED,
	FLOW_CLIENT_RESET,
	FLOW_NOT_CONNECTED,
	FLOW_FOREIGN,   /* what answered is no mail server */
	FLOW_STALLED,   /* the capture ended in a long pause */
	FLOW_OPEN,      /* the capture ended in mid-session */
	FLOW_ONE_SIDED, /* the capture holds the packets of one side only */
	FLOW_OUTCOMES
};

/* The word for it in facts: "server-gave-up". */
const char *flow_outcome_name(enum flow_outcome outcome);

/* After flow_end(). */
enum flow_outcome flow_outcome(const struct flow *s);

#endif
