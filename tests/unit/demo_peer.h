/*
 * demo_peer - a scenario served by a thread of the test program, and a client for it
 */
#ifndef SMTPDX_UNIT_DEMO_PEER_H
#define SMTPDX_UNIT_DEMO_PEER_H

#include "demo/server.h"

#include <pthread.h>

struct demo_peer {
	struct server server;
	pthread_t thread;
	int stop[2];
};

/* Serves the text of a scenario; fails the test when it is wrong. A title and a target are put before it. */
void demo_peer_start(struct demo_peer *peer, const char *text);
void demo_peer_stop(struct demo_peer *peer);

/* A blocking socket connected to the i-th address of the scenario; reads give up after 5 s. -1: refused. */
int demo_peer_smtp(const struct demo_peer *peer, size_t i);
int demo_peer_dns(const struct demo_peer *peer, size_t i, int type); /* SOCK_DGRAM or SOCK_STREAM */

/* Whether what comes next is exactly this text; "" stands for the end of the connection. */
void demo_peer_expect(int fd, const char *text);
void demo_peer_say(int fd, const char *text);

#endif
