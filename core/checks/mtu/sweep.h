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

/*
 * Sweeps the path to the target's address and emits the facts mtu.sweep, mtu.path, mtu.link and mtu.back (see the fact
 * table) about the subject, and mtu.hop facts about each hop, whose subject is "SUBJECT hop N [ADDRESS]". Needs one round
 * trip where packets of full size arrive, about half a second where they vanish, a second where nobody answers. `likely` is
 * a size that other evidence names as the largest, and saves questions when it is; 0: there is none. Ends by the
 * deadline, a clock_now() value. Returns 0, also when nobody answered (mtu.sweep is then "mute"), or -1 with the
 * reason: no route, no sockets, a target on this machine, the deadline.
 */
int sweep_run(const struct sockaddr_storage *target, const char *subject, int likely, double deadline, struct emit *e,
              struct err *err);

#endif
