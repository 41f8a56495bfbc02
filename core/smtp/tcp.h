/*
 * tcp - what the kernel knows about a connection (TCP_INFO), for telling "the path loses it" from "the peer is slow"
 */
#ifndef SMTPDX_SMTP_TCP_H
#define SMTPDX_SMTP_TCP_H

#include <stdbool.h>

struct tcp_sample {
	bool closed_by_peer; /* a FIN came */
	bool dead;           /* reset, or given up by the kernel */
	bool connected;      /* the handshake is done (also true after the peer closed) */
	double mss;          /* bytes; the largest segment that we may send */
	double pmtu;         /* bytes */
	double rtt;          /* s, smoothed */
	double retransmits;  /* segments, since the connection began */
	double unacked;      /* segments in flight */
	double backoff;      /* doublings of the retransmission timer */
	double queued;       /* bytes sent or to be sent that the peer has not acknowledged */
	double window;   /* bytes that the peer's window leaves beyond those in flight; -1: the kernel does not say */
	double received; /* bytes, since the connection began */
};

/* 0, or -1 when the kernel does not tell (the socket is gone). */
int tcp_sample(int fd, struct tcp_sample *sample);

#endif
