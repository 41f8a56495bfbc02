/*
 * flows - all TCP connections of a capture that may speak SMTP, in a table of fixed size
 *
 * A connection belongs here when it uses a port of mail, or when its first words are SMTP; others are dropped as soon as
 * that is known. When the table is full, whoever has been quiet for longest is summarised and gives way. Of the sessions
 * that ended the most telling are kept whole, one for each way in which sessions went; the others are counted.
 */
#ifndef SMTPDX_CAPTURE_FLOWS_H
#define SMTPDX_CAPTURE_FLOWS_H

#include "capture/outcome.h"

#define FLOWS_MAX  2000 /* sessions at a time */
#define FLOWS_KEPT 12   /* kept of those that ended */

struct flow_kept {
	struct flow *session;
	double score;        /* the worse, the higher */
	unsigned long alike; /* sessions that went the same way, this one included */
	uint64_t way;
};

struct flow_totals {
	unsigned long sessions;  /* that speak SMTP */
	unsigned long troubled;  /* that did not end well, or in which somebody kept the other waiting */
	unsigned long displaced; /* summarised before their end: the table was full */
	unsigned long left_out;  /* ways of going wrong for which there was no room */
	double messages;
	double missed;            /* B that the capture did not hold */
	unsigned long duplicates; /* packets that it holds twice */
	unsigned most_open;       /* sessions of one client to one server at a time */
	struct flow_endpoint most_client;
};

struct flows;

struct flows *flows_new(void);
void flows_free(struct flows *f);

/* A TCP packet, or an ICMP error that quotes one. Returns whether it belongs to a session. */
bool flows_take(struct flows *f, const struct packet *packet, double time, unsigned long number);

/*
 * Whether the packet's data (or SYN) was there before: 1: it was, 0: it was not, -1: it says nothing, or is of no session that
 * is followed now.
 */
int flows_have(const struct flows *f, const struct packet *p);

/* The end of the capture: all sessions are ended. */
void flows_end(struct flows *f, double now);

const struct flow_totals *flows_totals(const struct flows *f);

/* The sessions that were kept, the worst first, after flows_end(). Owned by the table. */
const struct flow_kept *flows_kept(struct flows *f, size_t *count);

#endif
