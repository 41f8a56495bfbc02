/*
 * ladder - what happened in a session, step by step, in bounded memory
 *
 * The steps of a sequence diagram: segments that mean something to TCP, lines of the dialog, amounts of content, pauses.
 * Of a long session the beginning and the end are kept. Texts are clean; content of messages and credentials are never
 * among them.
 */
#ifndef SMTPDX_CAPTURE_LADDER_H
#define SMTPDX_CAPTURE_LADDER_H

#include "capture/packet.h"
#include "capture/side.h"
#include "smtp/phase.h"

#include <stddef.h>

#define LADDER_TEXT 112 /* bytes of a line that are kept, cleaned, with the NUL */
#define LADDER_HEAD 30
#define LADDER_TAIL 26

enum step_kind {
	STEP_LINE,    /* a command or reply: text; count: its lines */
	STEP_CONTENT, /* of a message: count segments, bytes */
	STEP_TLS,     /* records: count segments, bytes; text: what the first of them is */
	STEP_SYN,     /* count: how often it was sent */
	STEP_SYN_ACK,
	STEP_FIN,
	STEP_RST,
	STEP_REPEAT, /* a segment sent again: count times, bytes */
	STEP_ICMP,   /* icmp; bytes: the MTU that it names, 0: none */
	STEP_GAP,    /* gap */
	STEP_MISSED, /* bytes that the capture does not hold */
};

struct step {
	enum step_kind kind;
	enum side side; /* who sent it */
	enum smtp_phase phase;
	double time, until;   /* of the first and the last segment */
	unsigned long packet; /* of the first */
	unsigned count;
	double bytes;
	union {
		char text[LADDER_TEXT];
		struct gap gap;
		enum icmp_says icmp;
	};
};

struct ladder {
	size_t count; /* steps in all */
	struct step head[LADDER_HEAD];
	struct step tail[LADDER_TAIL]; /* a ring */
};

void ladder_init(struct ladder *l);

/* A new step at the end, for the caller to fill in; valid until the next one. */
struct step *ladder_add(struct ladder *l, enum step_kind kind, enum side side, double time, unsigned long packet);

/* The last step, when it is of that kind and side; NULL otherwise. */
struct step *ladder_last(struct ladder *l, enum step_kind kind, enum side side);

/* The last pause; NULL: there was none, or it is not kept. */
struct step *ladder_last_gap(struct ladder *l);

/* Steps that are kept, counted from 0. */
size_t ladder_kept(const struct ladder *l);
const struct step *ladder_step(const struct ladder *l, size_t index);
size_t ladder_left_out(const struct ladder *l); /* how many, behind step LADDER_HEAD - 1 */

#endif
