/*
 * side - the two ends of a session, and the pauses between what they say
 *
 * Times are seconds since the first frame of the capture.
 */
#ifndef SMTPDX_CAPTURE_SIDE_H
#define SMTPDX_CAPTURE_SIDE_H

#include "smtp/phase.h"

enum side { CLIENT, SERVER, SIDES };

static inline enum side other_side(enum side side)
{
	return side == CLIENT ? SERVER : CLIENT;
}

#define PATIENCE_MIN 4.0 /* s; nobody hangs up on a silent peer earlier, unless by mistake */

/* The word for it in facts. */
static inline const char *side_name(enum side side)
{
	return side == CLIENT ? "client" : "server";
}

/* Whom a pause was waiting for. */
enum waits_for {
	WAITS_CLIENT,  /* the client's program: everything for it had arrived */
	WAITS_SERVER,  /* the server's program */
	WAITS_NETWORK, /* what was sent was not acknowledged, or did not arrive */
	WAITS_WINDOW,  /* the receiver's window was closed: its program does not read */
	WAITS_NOBODY,  /* nobody had to say anything */
	WAITS_KINDS
};

const char *waits_for_name(enum waits_for waits); /* "client", "server", "network", "window", "nobody" */

enum gap_end { GAP_DATA, GAP_FIN, GAP_RST, GAP_OPEN }; /* OPEN: the capture ended first */

struct gap {
	double from, seconds;
	enum waits_for waits;
	enum side side;        /* whose program, data, or receiving window it was */
	enum smtp_phase phase; /* of the session, when it began */
	double acked_after;    /* s until what had been said before was acknowledged; -1: never seen */
	unsigned long ack;     /* number of the packet that did; 0: none */
	unsigned repeats;      /* segments that were sent again meanwhile */
	enum gap_end end;
	enum side ended_by;
};

#endif
