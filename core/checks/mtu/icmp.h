/*
 * icmp - ICMP and ICMPv6 as ordinary sockets show them: errors in the error queue, echo replies
 *
 * All of it comes from the network: sizes are checked, nothing is believed before the prober has found the probe that
 * it quotes.
 */
#ifndef SMTPDX_CHECKS_MTU_ICMP_H
#define SMTPDX_CHECKS_MTU_ICMP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define ICMP_HEADER_SIZE 8 /* bytes, of an echo request */

enum probe_kind { PROBE_UDP, PROBE_ECHO };

enum icmp_message_type {
	ICMP_MESSAGE_TTL,         /* the TTL ended on the way */
	ICMP_MESSAGE_TOO_BIG,     /* v4 "fragmentation needed", v6 "packet too big" */
	ICMP_MESSAGE_UNREACHABLE, /* port, host, net, administratively */
	ICMP_MESSAGE_REPLY,       /* an echo reply, or a UDP answer */
};

struct icmp_socket {
	int fd; /* -1: there is none */
	enum probe_kind kind;
	bool raw; /* we make header and checksum, and see everybody's messages */
	bool v6;
};

struct icmp_message {
	enum icmp_message_type type;
	bool local;                       /* from our own kernel, which refused to send */
	struct sockaddr_storage from, to; /* who sent it; for errors, whom the quoted packet was for */
	size_t index;                     /* of the probe; not checked */
	int mtu;                          /* bytes, of too big */
	int ttl;                          /* 0: not known */
	int fragment;                     /* bytes of the largest fragment of a reply; 0: it came whole */
};

/* The UDP port of a probe: where traceroute begins, since nothing listens there. */
int icmp_port(size_t index);

/* An echo request of `size` bytes with its header; the rest of the packet is left as it is. */
void icmp_make_echo(char *packet, size_t size, bool v6, size_t index);

/* Makes a raw socket deaf to all but echo replies. 0 or -1. */
int icmp_only_replies(const struct icmp_socket *s);

/*
 * The next message of the socket's error queue, or of its own queue; what cannot be an answer to a probe is passed over.
 * 0, or -1 when there is none.
 */
int icmp_read_error(const struct icmp_socket *s, struct icmp_message *message);
int icmp_read_reply(const struct icmp_socket *s, struct icmp_message *message);

#endif
