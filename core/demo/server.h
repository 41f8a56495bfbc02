/*
 * server - a scenario being served: all its sockets and the one poll loop
 */
#ifndef SMTPDX_DEMO_SERVER_H
#define SMTPDX_DEMO_SERVER_H

#include "demo/ports.h"
#include "demo/scenario.h"

struct server {
	struct scenario *scenario;
	int smtp_port, dns_port;                                          /* 0 when there is no such part */
	struct port_socket smtp[PORT_SOCKETS_MAX], dns[PORT_SOCKETS_MAX]; /* for their addresses */
	size_t smtp_count, dns_count;
	struct smtp_server *smtp_server;
	struct dns_server *dns_server;
};

/* Opens all sockets: from here on connections are accepted. Takes the scenario over, also when it fails. 0 or -1. */
int server_open(struct server *server, struct scenario *scenario, struct err *err);
void server_close(struct server *server);

/* Serves until something is to be read from stop_fd, or its other end closes. */
void server_run(struct server *server, int stop_fd);

#endif
