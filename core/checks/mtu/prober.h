/*
 * prober - packets of chosen size and TTL, and what became of each
 *
 * Speaks UDP, and ICMP echo where the system permits it, through ordinary sockets that collect ICMP errors
 * (IP_RECVERR) and never fragment (IP_PMTUDISC_PROBE, which goes past what the kernel believes about the path, up to the
 * interface's MTU). Each probe has a UDP destination port or an echo sequence number of its own, which every ICMP error
 * quotes (RFC 792, RFC 4443), so that a late answer still finds its question.
 */
#ifndef SMTPDX_CHECKS_MTU_PROBER_H
#define SMTPDX_CHECKS_MTU_PROBER_H

#include "base/err.h"
#include "checks/mtu/icmp.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define PROBES_MAX 400 /* in one sweep; more are not sent */

enum probe_answer {
	PROBE_SILENT,
	PROBE_HOP,     /* its TTL ended at `from` */
	PROBE_ARRIVED, /* the host it was for answered */
	PROBE_TOO_BIG, /* `from` says that it may have at most `mtu` bytes */
	PROBE_BARRED,  /* `from` says by ICMP that it does not let it go on */
};

struct probe {
	enum probe_kind kind;
	struct sockaddr_storage to;
	int ttl;
	int size; /* bytes, with the IP header */
	int asked;
	double sent_at; /* clock_now(), of the last time */
	enum probe_answer answer;
	struct sockaddr_storage from; /* who answered; ss_family is AF_UNSPEC before */
	double delay;                 /* s; until the answer */
	int mtu;                      /* bytes, of PROBE_TOO_BIG; 0: an old router did not say (RFC 1191 5) */
	int back_ttl;                 /* TTL that the answer arrived with; 0: not known */
	int fragment;                 /* bytes of the largest fragment in which an echo reply came; 0: it came whole */
};

struct prober {
	struct sockaddr_storage target, source; /* source: the address from which this machine speaks to the target */
	struct icmp_socket udp, echo;           /* echo.fd is -1 where the system does not permit it */
	int full;                               /* bytes; the MTU of the interface towards the target */
	double slowest;                         /* s; the longest delay of an answer so far; 0: none came */
	struct probe *probes;                   /* PROBES_MAX */
	size_t count;
};

/* Opens the sockets. -1 with the reason: no route, a target that is this machine itself. prober_close() in any case. */
int prober_open(struct prober *p, const struct sockaddr_storage *target, struct err *err);
void prober_close(struct prober *p);

/* Size of the smallest probe of use: large enough for all headers and the mark of an echo request. */
int prober_smallest(const struct prober *p);

/* Adds a probe, to be sent by prober_run(); false when there are PROBES_MAX, or the size cannot be sent from here. */
bool prober_add(struct prober *p, enum probe_kind kind, const struct sockaddr_storage *to, int ttl, int size);

/*
 * Sends all probes from `first` on that are not answered, and waits for their answers; what is still unanswered after a
 * patience that follows from the delays seen so far is sent again, up to `tries` times in all. Returns when all are
 * answered or given up, or at the deadline. Answers to earlier probes are taken too.
 */
void prober_run(struct prober *p, size_t first, int tries, double deadline);

#endif
