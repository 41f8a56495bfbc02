/*
 * path - what the answers to probes say about the hops of a path
 *
 * Pure inference over the probes of a sweep towards its target. Hop N is where a TTL of N ends: router N, or the target.
 * A packet that reached hop N has passed all hops before it; one of a size that vanishes before hop N is missed at all
 * hops behind it. A hop that never answers at all is mute: its silence means nothing.
 */
#ifndef SMTPDX_CHECKS_MTU_PATH_H
#define SMTPDX_CHECKS_MTU_PATH_H

#include "checks/mtu/prober.h"

#define TTL_TARGET 64 /* far enough for the target (RFC 1700); hops are looked for up to TTL_HOPS */
#define TTL_HOPS   30

struct hop {
	int number;
	struct sockaddr_storage address; /* AF_UNSPEC: it is mute */
	int passed;                      /* bytes; the largest packet that came so far; 0: none did */
	int silent;   /* bytes; the smallest that this hop, which answers others, did not answer; 0: none */
	int refused;  /* bytes; the smallest for this hop that a router before it refused; 0: none */
	double delay; /* s; its quickest answer */
};

/* The path from a sweep's probes of one kind. `last` is the number of the last hop that is of interest. */
struct path {
	const struct prober *prober;
	enum probe_kind kind;
	int last;
	bool ends_at_target; /* hop `last` is the target */
};

void path_hop(const struct path *path, int number, struct hop *hop);

/* Where a size ends. */
struct link {
	struct hop near; /* the last that it reached; number 0: not even the first router, near is this machine */
	struct hop
	    far; /* the first known hop that it did not reach, though smaller packets did; number 0: there is none */
	bool by_icmp; /* near said so */
};

void path_link(const struct path *path, int size, struct link *link);

/* Hops between us and who answered, from the TTL that the answer came with: common systems begin at 64, 128 or 255. */
int path_distance(int back_ttl);

#endif
