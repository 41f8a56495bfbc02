/*
 * flow - one TCP connection that speaks SMTP, as far as a capture shows it: who said what, who kept whom waiting
 *
 * Fed packet by packet. Both directions are followed (stream.h), the dialog is rebuilt from what they carry (dialog.h),
 * and every pause is attributed to whoever had to act: a program that had received everything and said nothing, data
 * that was not acknowledged or never arrived, a receiver whose window was closed. Nothing here judges what is wrong.
 */
#ifndef SMTPDX_CAPTURE_FLOW_H
#define SMTPDX_CAPTURE_FLOW_H

#include "capture/dialog.h"
#include "capture/packet.h"
#include "capture/stream.h"

#include <string.h>

struct flow_endpoint {
	uint8_t address[16]; /* 4 bytes of it with IPv4, the others 0 */
	bool v6;
	uint16_t port;
};

/* Asked several times a packet: sizes that the compiler knows need no call. */
static inline bool flow_endpoint_is(const struct flow_endpoint *end, const uint8_t *address, uint16_t port, bool v6)
{
	if (end->port != port || end->v6 != v6)
		return false;
	return v6 ? memcmp(end->address, address, 16) == 0 : memcmp(end->address, address, 4) == 0;
}

#define FLOW_HELD      4   /* segments before their turn that are kept for the dialog */
#define FLOW_HELD_SIZE 512 /* B of each */

/* What only sessions need whose dialog is read. */
struct detail {
	struct ladder ladder;
	struct {
		enum side side;
		int64_t from;
		size_t size, captured; /* 0: free */
		uint8_t bytes[FLOW_HELD_SIZE];
	} held[FLOW_HELD];
};

/* A program that kept the other side waiting, or lost patience. */
struct wait {
	double seconds; /* -1: none */
	enum smtp_phase phase;
	enum waits_for waits;
};

struct flow {
	/* Of the table that it is in, beside what it is looked up by */
	struct flow *chain, *older, *newer;
	uint32_t hash;
	bool counted; /* among the open ones of its client */

	struct flow_endpoint ends[SIDES];
	struct stream streams[SIDES];
	struct detail *detail;
	bool is_smtp; /* by its port, or by what was said */
	bool begun;   /* its first packet was captured */

	double first, last; /* s, packets */
	unsigned long packets;
	double syn_at, syn_ack_at, connected_at; /* -1: not seen */
	unsigned syns;

	/* Pauses */
	double progress_at; /* of the last packet that brought something new; -1: none */
	struct {
		double at; /* since then: when all that a side had sent before was acknowledged; -1: not yet */
		unsigned long packet;
	} delivered[SIDES];
	unsigned repeats;                             /* since then */
	unsigned repeats_of[SIDES], probes_of[SIDES]; /* probes: for a closed window */
	unsigned unanswered[SIDES];                   /* probes of that side since the other was heard */
	int64_t hole_before;     /* B missing in the stream of the packet under way, before it came */
	bool outstanding[SIDES]; /* what that side had sent then was not acknowledged */
	double closed_s[SIDES];  /* of the streams then */
	struct gap paused;       /* the one that the packet under way has ended; seconds 0: none */
	struct gap worst;        /* the longest pause in which somebody had to act; seconds 0: none */
	double waited[WAITS_KINDS];
	enum side turn; /* SIDES: nobody's */
	double turn_since;
	enum smtp_phase turn_phase;
	enum side spoke_before_gap; /* where what is said cannot be read: who did before the last pause */
	double lost_pause[SIDES];   /* the pause before the segment that is not acknowledged */
	double turn_taken;          /* s that it took whose turn it was to say the last that was said */
	bool turn_taken_disturbed;  /* the same of turn_disturbed */
	bool turn_disturbed;        /* the network or a closed window had a part in it */
	double idle_s;              /* the longest pause between two messages of a session that is kept */
	struct wait late[SIDES];    /* the longest that a program made the other wait for its next word */
	struct wait gave_up[SIDES]; /* who closed after waiting for the other, and how long */

	/* The end */
	bool closed[SIDES]; /* FIN or RST */
	bool reset[SIDES];
	double closed_at[SIDES];
	bool reset_odd; /* an RST of the last has another TTL or identification than the other packets of its sender */
	enum smtp_phase end_phase;
	enum side ended_by;
	double late_bytes; /* B that one side sent after the other had closed */
	double late_after; /* s after which they came; -1: none did */
	enum side late_side;
	bool reset_after_fin;

	/* Around it */
	uint8_t ttl[SIDES];
	uint16_t ip_id[SIDES];
	uint16_t ip_id_step[SIDES];
	struct {
		unsigned too_big, unreachable;
		uint32_t mtu;    /* that routers named, the smallest; 0: none */
		bool prohibited; /* what is unreachable is so by somebody's will */
		double at;
		unsigned ignored; /* large segments sent all the same, later on */
	} icmp[SIDES];            /* about segments of that side */
	unsigned duplicates;      /* packets that the capture holds twice */
	struct {
		double time;
		uint32_t seq, ack;
		uint16_t id;
		size_t size;
		uint8_t flags;
		uint16_t window;
	} before[SIDES]; /* the packet before */

	struct capture_dialog dialog; /* the last: it is large, and cleared by dialog_init() */
};

/* client, server: source and destination of its first packet, or the other way round. detail is the caller's. */
void flow_init(struct flow *s, const struct flow_endpoint *client, const struct flow_endpoint *server, bool mail_port,
               struct detail *detail);

/* Whether that endpoint is the client's. */
enum side flow_side(const struct flow *s, const uint8_t *address, uint16_t port, bool v6);

/* A TCP packet of one side. */
void flow_take(struct flow *s, enum side side, const struct packet *packet, double time, unsigned long number);

/* An ICMP error about a segment of that side. */
void flow_icmp(struct flow *s, enum side side, const struct packet *packet, double time, unsigned long number);

/* Nothing more will come; now: the end of the capture, or of the session's place in the table. */
void flow_end(struct flow *s, double now);

/* Whether the capture holds the packets of one side only. */
bool flow_is_one_sided(const struct flow *s);

/* Keep-alives in a row, to the end, that the other side did not answer; 0: the capture holds one side only. */
unsigned flow_unanswered(const struct flow *s);

/* Whether both sides have closed. */
bool flow_is_over(const struct flow *s);

/* Seconds that the capture shows it. */
double flow_seconds(const struct flow *s);

#endif
