#include "smtp/icmp.h"

#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <string.h>

void icmp_listen(int fd, int family, bool on)
{
	const int value = on ? 1 : 0;

	/* A kernel without error queues leaves us with errno, as before. */
	if (family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &value, sizeof value);
	else
		(void)setsockopt(fd, IPPROTO_IP, IP_RECVERR, &value, sizeof value);
}

/* The codes of RFC 792 and RFC 1812 5.2.7.1. */
static enum icmp_says says_v4(const struct sock_extended_err *error)
{
	if (error->ee_type != ICMP_DEST_UNREACH)
		return ICMP_SAYS_NOTHING;
	switch (error->ee_code) {
	case ICMP_PORT_UNREACH:
		return ICMP_SAYS_PORT;
	case ICMP_NET_ANO:
	case ICMP_HOST_ANO:
	case ICMP_PKT_FILTERED:
		return ICMP_SAYS_PROHIBITED;
	case ICMP_NET_UNREACH:
	case ICMP_NET_UNKNOWN:
		return ICMP_SAYS_NET;
	default:
		return ICMP_SAYS_HOST;
	}
}

/* The codes of RFC 4443 3.1. */
static enum icmp_says says_v6(const struct sock_extended_err *error)
{
	if (error->ee_type != ICMP6_DST_UNREACH)
		return ICMP_SAYS_NOTHING;
	switch (error->ee_code) {
	case ICMP6_DST_UNREACH_NOPORT:
		return ICMP_SAYS_PORT;
	case ICMP6_DST_UNREACH_ADMIN:
	case 5: /* source address failed the policy */
	case 6: /* route is to be rejected */
		return ICMP_SAYS_PROHIBITED;
	case ICMP6_DST_UNREACH_NOROUTE:
		return ICMP_SAYS_NET;
	default:
		return ICMP_SAYS_HOST;
	}
}

static void read_notice(const struct cmsghdr *header, struct icmp_notice *notice)
{
	struct sock_extended_err error;
	const unsigned char *data = CMSG_DATA(header);
	const bool v6 = header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_RECVERR;
	const size_t address_size = v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);

	if (!v6 && !(header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_RECVERR))
		return;
	if (header->cmsg_len < CMSG_LEN(sizeof error + address_size))
		return;
	memcpy(&error, data, sizeof error);
	enum icmp_says says = error.ee_origin == SO_EE_ORIGIN_ICMP    ? says_v4(&error)
	                      : error.ee_origin == SO_EE_ORIGIN_ICMP6 ? says_v6(&error)
	                                                              : ICMP_SAYS_NOTHING;
	if (says == ICMP_SAYS_NOTHING)
		return;
	notice->says = says;
	memcpy(&notice->from, data + sizeof error, address_size); /* SO_EE_OFFENDER */
}

struct icmp_notice icmp_notice(int fd)
{
	struct icmp_notice notice = {.says = ICMP_SAYS_NOTHING};

	for (int i = 0; i < 16; i++) {
		char payload[256], control[512];
		struct iovec part = {payload, sizeof payload};
		struct msghdr message = {
		    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};

		if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
			break;
		for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
		     header = CMSG_NXTHDR(&message, header))
			read_notice(header, &notice);
	}
	return notice;
}

const char *icmp_says_name(enum icmp_says says)
{
	static const char *const names[] = {
	    [ICMP_SAYS_NOTHING] = "",
	    [ICMP_SAYS_NET] = "net",
	    [ICMP_SAYS_HOST] = "host",
	    [ICMP_SAYS_PORT] = "port",
	    [ICMP_SAYS_PROHIBITED] = "prohibited",
	};

	return names[says];
}
