/*
 * host - what this machine already knows of a path: its route, what it has learned of the path MTU, and its settings
 *
 * Nothing is sent; nothing needs privileges. What the kernel does not tell is left out.
 */
#ifndef SMTPDX_CHECKS_MTU_HOST_H
#define SMTPDX_CHECKS_MTU_HOST_H

#include <net/if.h>
#include <stdbool.h>
#include <sys/socket.h>

struct emit;

struct route {
	bool known;
	bool local;                  /* the address is this machine's own: there is no path */
	char interface[IF_NAMESIZE]; /* "" when not known */
	struct sockaddr_storage via; /* ss_family AF_UNSPEC: no gateway */
	struct sockaddr_storage source;
	int interface_mtu;   /* bytes; the following too; 0: not known */
	int mtu;             /* set for the route; 0: not set */
	bool locked;         /* "mtu lock": what ICMP says does not change it */
	int learned;         /* what ICMP has said about this address; 0: nothing that is remembered */
	double learned_left; /* s until that is forgotten */
};

void route_find(const struct sockaddr_storage *to, struct route *route);

/* The largest packet that leaves here for that address as long as ICMP says nothing new; 0: not known. */
int route_mtu(const struct route *route);

/* The route as facts about the endpoint; the settings of the whole machine as facts about "self". */
void host_tell_route(struct emit *e, const char *subject, const struct route *route);
void host_tell_settings(struct emit *e, const char *interface);

/* Whether TCP here looks for a smaller size by itself once it has met a black hole (tcp_mtu_probing). */
bool host_probes(void);

#endif
