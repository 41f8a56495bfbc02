/*
 * trace - the packets of one session out of a capture, as far as they tell it from others: when, from where to where in the
 * stream, how large
 *
 * What join.h compares two of. Collected in a second pass over a file, once it is known which session matters.
 */
#ifndef SMTPDX_CAPTURE_TRACE_H
#define SMTPDX_CAPTURE_TRACE_H

#include "capture/flow.h"

#define TRACE_RECORDS 20000 /* packets of the session that are compared, of each capture */

#define TRACE_ENDS (TCP_SYN | TCP_FIN | TCP_RST) /* flags by which packets without data are told apart */

struct trace_record {
	double time; /* s since the first frame of its file */
	uint32_t seq, ack;
	int64_t from; /* position, once its base is known */
	uint32_t size;
	uint32_t letters; /* a sum of the first bytes of the payload; 0: not captured */
	uint32_t number;
	uint16_t mss;
	uint8_t flags;
	uint8_t side;
};

/* One capture of the session. */
struct trace {
	struct flow_endpoint ends[SIDES];
	struct trace_record *records;
	size_t count;
	double end;           /* s, of the last frame that was read */
	double start;         /* s since 1970, of its first frame */
	bool based[SIDES];    /* the SYN is there */
	uint32_t base[SIDES]; /* sequence number of position 0 */
};

void trace_done(struct trace *t);

/* Collects the packets of the session between these ends. False when there are none, or the file cannot be read. */
bool trace_read(struct trace *t, const char *path, const struct flow_endpoint ends[SIDES]);

/*
 * Which session of a file is that of the trace, under other addresses: the one with its sequence numbers or, where a device
 * makes up its own, the one in which the same is said. False when there is none, or more than one that it could be.
 */
bool trace_find(const char *path, const struct trace *like, struct flow_endpoint ends[SIDES]);

#endif
