/*
 * ports - one port number that is free on several loopback addresses at once
 */
#ifndef SMTPDX_DEMO_PORTS_H
#define SMTPDX_DEMO_PORTS_H

#include "base/err.h"
#include "demo/scenario.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define PORT_SOCKETS_MAX (SCENARIO_PARTS_MAX * PART_ADDRESSES_MAX)

struct port_socket {
	struct sockaddr_storage address; /* its port is filled in */
	bool closed; /* the kernel is to refuse clients, so it does not matter when the machine lacks the address */
	int tcp;     /* non-blocking, bound, not listening; -1: closed, and the machine lacks the address */
	int udp;     /* non-blocking, bound; -1 as above, and unless wanted */
};

/*
 * Binds all sockets to one port that the kernel picks: TCP, and UDP as well for DNS. Returns the port, or -1 with the
 * reason. ports_close() closes them.
 */
int ports_bind(struct port_socket *sockets, size_t count, bool udp, struct err *err);
/*
 * The next client of a listening socket, non-blocking, or -1. When the system is out of descriptors, *deaf_until becomes
 * the time before which the socket is better not asked again.
 */
int port_accept(int listener, struct sockaddr_storage *client, double *deaf_until);

void ports_close(struct port_socket *sockets, size_t count);

#endif
