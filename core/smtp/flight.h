/*
 * flight - what becomes of segments of chosen sizes, watched by TCP_INFO until it is certain
 *
 * A path that loses large packets acknowledges the small ones, and no wait makes it any surer: as soon as a segment has
 * been sent three times without an answer, the matter is settled. How it ended says what was seen, not why: that the size
 * is the reason follows only from comparing flights of different sizes.
 */
#ifndef SMTPDX_SMTP_FLIGHT_H
#define SMTPDX_SMTP_FLIGHT_H

#include "smtp/session.h"

#define FLIGHT_POINTS_MAX 64

enum flight_end {
	FLIGHT_PASS,    /* all of it was acknowledged */
	FLIGHT_STALL,   /* small segments were acknowledged, not one of full size */
	FLIGHT_DEAD,    /* not one segment was acknowledged */
	FLIGHT_STOPPED, /* segments of full size were acknowledged, then nothing more */
	FLIGHT_WINDOW,  /* the peer's window leaves no room for a segment: its program does not read */
	FLIGHT_REPLY,   /* the server replied in the middle of it: session.reply */
	FLIGHT_CLOSED,
	FLIGHT_RESET,
	FLIGHT_CUT, /* the deadline came first */
};

const char *flight_end_name(enum flight_end end); /* "pass", "stall", ... */

struct flight_point {
	double at;    /* s since the flight began */
	double acked; /* bytes acknowledged by then */
};

struct flight;

/* Pieces of a text. Each goes out by itself; one that is larger than a segment becomes several. */
struct flight_plan {
	const char *bytes;
	const size_t *pieces; /* sizes */
	size_t count;
	size_t together; /* pieces in a group; the next group waits until the last is acknowledged */
	/*
	 * 0: it is over as soon as the retransmissions leave no doubt. Otherwise s: it is over when nothing has been
	 * acknowledged for so long although something was sent again, for whoever wants patience rather than speed.
	 */
	double patience;
	/* Who looks on, at each acknowledgement and while there is none; may be NULL. */
	void (*look)(void *context, const struct flight *flight);
	void *context;
};

struct flight {
	enum flight_end end;
	double delay;          /* s until it was certain */
	double sent, acked;    /* bytes as they went over the wire */
	double resent;         /* segments that were sent again */
	double mss;            /* bytes; of a full segment, as the flight began */
	struct tcp_sample tcp; /* when it was certain */
	struct flight_point points[FLIGHT_POINTS_MAX];
	size_t point_count;
};

/* Sends within a session that is in its body. The session's status is SMTP_OK only after FLIGHT_PASS. */
enum smtp_status flight_send(struct smtp_session *s, const struct flight_plan *plan, struct flight *flight);

#endif
