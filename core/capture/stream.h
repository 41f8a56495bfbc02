/*
 * stream - one direction of a TCP connection: what was sent, what arrived, what was acknowledged
 *
 * Positions count bytes of the stream from 0 in 64 bits, so sequence numbers may wrap; SYN and FIN do not count. A
 * capture sees a segment on its way, not its arrival: only the receiver's acknowledgements tell that, and where it was
 * taken behind the loss, only a hole does. What the receiver acknowledged and the capture does not hold was missed by
 * the capture, not by the network.
 */
#ifndef SMTPDX_CAPTURE_STREAM_H
#define SMTPDX_CAPTURE_STREAM_H

#include "capture/packet.h"

#define STREAM_RANGES 6 /* islands behind a hole that are told apart */
#define STREAM_SIZES  3 /* segment sizes in flight that are told apart */

struct stream_range {
	int64_t from, to;
	double since; /* s, when the first of it was seen */
};

struct stream {
	bool seen;       /* a packet of this direction was captured */
	bool synced;     /* positions are known */
	uint32_t origin; /* sequence number of position 0 */
	int64_t next;    /* position behind what was seen without a hole */
	int64_t end;     /* behind the furthest byte that the sender is known to have sent */
	bool acks_seen;  /* the receiver's packets were captured */
	int64_t acked;   /* by the receiver */
	double acked_at; /* when that last moved on */
	double sent_at;  /* when new bytes were last seen */
	double seen_at;  /* when a packet of the sender was */
	bool fin;        /* the sender closed; at position end */
	int64_t fin_at;

	/* What the sender announced about itself as a receiver, in its SYN. */
	bool syn;     /* it was seen, with all options */
	uint16_t mss; /* B; 0: not seen */
	int scale;    /* -1: none */
	bool sack_permitted;

	/* Behind a hole */
	struct stream_range ranges[STREAM_RANGES];
	int range_count;
	int64_t sacked;     /* behind the furthest byte that the receiver has without those before it; 0: none */
	unsigned sack_seen; /* acknowledgements with SACK blocks */
	double missed;      /* B that arrived and are not in the capture */

	/* Sizes */
	double bytes; /* B seen for the first time */
	unsigned segments;
	uint32_t largest;       /* segment seen, B, no larger than the receiver's MSS */
	unsigned largest_count; /* how many had that size */
	uint32_t passed;        /* largest segment that was acknowledged */
	struct {
		int64_t from, to;
		uint32_t size;
	} flying[STREAM_SIZES]; /* larger ones that are not acknowledged yet, the first of each size */
	int flying_count;

	/* Repeats */
	unsigned repeats;     /* segments seen again */
	unsigned probes;      /* keep-alives and probes of a closed window */
	int64_t stuck_from;   /* the first segment not acknowledged: where it begins, ... */
	uint32_t stuck_size;  /* ... its size, ... */
	unsigned stuck_times; /* ... how often it was sent */
	double stuck_since;   /* ... and since when */
	uint32_t lost_size;   /* the same of the segment that was sent most often before it was acknowledged */
	unsigned lost_times;
	unsigned repaired; /* segments that filled holes, too late to have been overtaken on the way */

	/* The receiver's window, for this stream */
	double window;       /* B from acked on */
	double window_most;  /* the largest of those whose scale is known; 0: none */
	double closed_since; /* -1: it is open */
	double closed_s;     /* in all, without the one under way */
	double closed_longest;
};

void stream_init(struct stream *s);

/* What a segment brought. */
struct arrival {
	bool fresh;    /* bytes that were not seen before */
	bool repeat;   /* bytes that were */
	bool probe;    /* a keep-alive or a probe of a closed window */
	int64_t at;    /* position of the payload */
	bool in_order; /* some of it continues the stream; then ... */
	size_t skip;   /* ... B of the payload that are old, ... */
	size_t size;   /* ... and B that are new, from there on */
	bool fin;      /* the first FIN */
};

/* A packet of the sender (not an RST). mss: of the receiver, to see through segmentation offload; 0: not known. */
struct arrival stream_take(struct stream *s, const struct packet *packet, double time, uint16_t mss);

/* Whether the packet's data, or SYN, was seen before: 1: it was, 0: it was not, -1: it has neither. */
int stream_has(const struct stream *s, const struct packet *packet);

/* After the in-order part was used: how many bytes of an island join the stream now; 0: none. Call until it is 0. */
size_t stream_join(struct stream *s);

/*
 * A packet of the receiver with the flag ACK. Returns how many bytes in front of it were not captured although they
 * arrived; the stream has then stepped over them. scale: of the receiver's window; -1: not known.
 */
size_t stream_acknowledge(struct stream *s, const struct packet *packet, double time, int scale);

/* Bytes that were sent and are not acknowledged, as far as is known; 0 when the receiver's packets are not captured. */
int64_t stream_unacked(const struct stream *s);

/* Bytes of the stream that are missing in the middle: lost before they came here, as the receiver does not have them either. */
int64_t stream_hole(const struct stream *s);

/* Whether the receiver leaves no room for another segment. */
bool stream_is_closed(const struct stream *s);

#endif
