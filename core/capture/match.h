/*
 * match - which packets of two traces of a session are the same ones: those of one side at one place in its stream, of one size
 *
 * Places count from each trace's own SYN, or else from a packet that says the same in both. Bare acknowledgements cannot be
 * told apart and are left out.
 *
 * Internal to join.c.
 */
#ifndef SMTPDX_CAPTURE_MATCH_H
#define SMTPDX_CAPTURE_MATCH_H

#include "capture/trace.h"

/* The packets of a trace by side, place, size and time: those that are the same are neighbours. The caller frees records. */
struct order {
	const struct trace_record **records;
	size_t count;
};

/* The same packet in both. */
struct match {
	const struct trace_record *a, *b;
};

/* Gives each packet of both its place. */
void match_place(struct trace *a, struct trace *b);

struct order match_order(const struct trace *t);

/* Two elements of an order's records: 0: the same packet, or its copies. */
int match_compare(const void *a, const void *b);

/* The first copies of what is in both, in the order of time. The caller frees. */
struct match *match_firsts(const struct order *a, const struct order *b, size_t *count);

/* How often that packet is in there. */
size_t match_copies(const struct order *o, const struct trace_record *r);

#endif
