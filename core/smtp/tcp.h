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
	double
	    segments; /* with data that were sent, again or not, since the connection began; 0: the kernel does not say */
	double unacked;    /* segments in flight */
	double backoff;    /* doublings of the retransmission timer */
	double queued;     /* bytes sent or to be sent that the peer has not acknowledged */
	double window;     /* bytes that the peer's window leaves beyond those in flight; -1: the kernel does not say */
	double received;   /* bytes, since the connection began */
	double acked;      /* bytes that the peer has acknowledged, since the connection began */
	double sacked;     /* segments that arrived beyond a hole (RFC 2018) */
	double rto;        /* s; the retransmission timer as it stands */
	double options;    /* bytes of TCP options in each segment (RFC 7323: 12 with timestamps) */
	double advertised; /* bytes; the largest segment that the peer may send, less the options */
	double largest;    /* bytes; of the segments that came; what the kernel guesses to begin with is left out: 0 */
	double out_of_order; /* segments that came with a hole before them; 0 too where the kernel does not say */
	double peer_window;  /* bytes; the whole window that the peer offers; -1: the kernel does not say */
	bool scaled;         /* windows are scaled (RFC 7323) */
};

/* 0, or -1 when the kernel does not tell (the socket is gone). */
int tcp_sample(int fd, struct tcp_sample *sample);

#endif
