/*
 * sweep - the path to an endpoint, asked for its sizes hop by hop, without root
 *
 * UDP datagrams of chosen sizes and TTLs that may not be fragmented, to ports where nobody listens: each router that one
 * of them reaches at the end of its TTL says so by ICMP, and so does the target. ICMP echo takes their place where the
 * target does not answer UDP and this machine permits it; it also tells how large the packets are that come back.
 * From the answers follow the largest packet that arrives, whether larger ones are refused by ICMP or vanish, and the
 * link where that happens. A path that answers nothing gives no facts about sizes: never a guess.
 *
 * Routers ration their ICMP, so questions are few, several are under way at once, and silence counts only where the same
 * router answers a small packet right after it.
 */
#ifndef SMTPDX_CHECKS_MTU_SWEEP_H
#define SMTPDX_CHECKS_MTU_SWEEP_H

#include "checks/emit.h"

#include <sys/socket.h>

struct sweep;

/* What is swept, and who is told about it. All of it must outlive the sweep. */
struct sweep_plan {
	const struct sockaddr_storage *target;
	int likely;      /* bytes */
	double deadline; /* clock_now() */
	const char *subject;
	struct emit *e;
};

/*
 * Sweeps the path to the target's address, and tells how far it has come. Needs one round trip where packets of full size arrive, about half a second
 * where they vanish, a second where nobody answers. `likely` is the largest size that TCP has proven to arrive, which saves
 * questions, and tells the way there from the way back where only echo is answered; 0: it is not known. Ends by the
 * deadline. NULL with the reason when there is no route, or no socket, or the target is on this
 * machine; otherwise sweep_end() frees it.
 */
struct sweep *sweep_begin(const struct sweep_plan *plan, struct err *err);

/* The largest packet that comes whole on the way back; 0: it is not known. */
int sweep_back_size(const struct sweep *s);

/*
 * Asks the routers about the way back, where there is something to find, and emits the facts mtu.sweep, mtu.path, mtu.link
 * and mtu.back (see the fact table) about the subject, and mtu.hop facts about each hop, whose subject is "SUBJECT hop N
 * [ADDRESS]". It comes when all else is measured: a router whose own large answers are refused learns the size from that,
 * and Linux then tells it (IPv6) to whom it forwards for, who did not know before. Returns 0, also when nobody answered
 * (mtu.sweep is then "mute"), or -1 with the reason: the deadline.
 */
int sweep_end(struct sweep *s, double deadline, struct err *err);

#endif
