/*
 * icmp - who on the way said that a connection attempt is in vain, and in which words
 *
 * connect() gives "no route to host" for a host that is off as well as for a firewall that refuses. The message itself
 * tells them apart, and the kernel keeps it for sockets that ask for it (IP_RECVERR, see ip(7)).
 */
#ifndef SMTPDX_SMTP_ICMP_H
#define SMTPDX_SMTP_ICMP_H

#include <stdbool.h>
#include <sys/socket.h>

enum icmp_says { ICMP_SAYS_NOTHING, ICMP_SAYS_NET, ICMP_SAYS_HOST, ICMP_SAYS_PORT, ICMP_SAYS_PROHIBITED };

struct icmp_notice {
	enum icmp_says says;
	struct sockaddr_storage from; /* the router or host that sent it */
};

/*
 * Asks the kernel to keep what ICMP says about this socket, or no longer: once a connection stands, a single message must
 * not end it. Where the kernel cannot, nothing is ever noticed.
 */
void icmp_listen(int fd, int family, bool on);

/* The last destination-unreachable about the socket; ICMP_SAYS_NOTHING when none came from another machine. */
struct icmp_notice icmp_notice(int fd);

/* "net", "host", "port" or "prohibited", words of the fact smtp.connect.icmp. */
const char *icmp_says_name(enum icmp_says says);

#endif
