/*
 * join - one session in two captures, one taken at each end: which packets left one end and never arrived at the other
 *
 * The two are one session when they have the same addresses and ports or, where a device between translates these, the same
 * sequence and acknowledgement numbers or, where it makes up its own, when the same is said in them (trace.h). Segments are
 * matched by side, position and size; positions count from each capture's own SYN, so a device that rewrites sequence numbers
 * does no harm. The clocks' offset is what makes the delays of both directions equal (as NTP has it, RFC 5905 8). What the
 * receiver acknowledged arrived, even where its capture lacks it.
 */
#ifndef SMTPDX_CAPTURE_JOIN_H
#define SMTPDX_CAPTURE_JOIN_H

#include "capture/trace.h"

/* What became of what one side sent. */
struct crossing {
	unsigned sent, vanished;        /* segments with data, each counted once */
	uint32_t smallest;              /* B of those that vanished */
	uint32_t largest;               /* B of those that arrived */
	unsigned times;                 /* how often one of those that vanished was sent, at most */
	bool later;                     /* packets that left after the first of them arrived */
	unsigned copies, lost;          /* segments as often as they were sent, and how many of these did not arrive */
	uint16_t mss_sent, mss_arrived; /* B; 0: not seen */
};

/* What became of a packet: for a picture. */
struct crossed {
	enum side side;
	double time;            /* s since the first packet of the session, by the clock of the first trace */
	double late;            /* s on the way; -1: it never arrived */
	uint32_t sent, arrived; /* packet numbers; arrived 0: it did not */
	uint32_t size;
	uint8_t flags;
};

struct joined {
	const struct trace *ends[SIDES]; /* the capture taken nearer to the client, and the other */
	double offset;                   /* s that the clock of the server's end is ahead */
	double delay;                    /* s on the way, one direction */
	struct crossing sides[SIDES];
	unsigned rewritten; /* segments whose content was changed on the way */
	bool forged[SIDES]; /* an RST in the name of that side arrived, and it never sent one */
	struct crossed *steps;
	size_t step_count;
};

/* False when they are not two ends of one session: too few packets are in both. The traces stay the caller's. */
bool join(struct trace *a, struct trace *b, struct joined *joined);
void joined_done(struct joined *joined);

#endif
