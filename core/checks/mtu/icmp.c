#include "checks/mtu/icmp.h"

#include "model/target.h"

#include <arpa/inet.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/errqueue.h> /* wants struct timespec */

#define PORT_FIRST 33434

/* The mark of our echo requests. Ping sockets have one of the kernel's making instead. */
static unsigned our_id(void)
{
	return (unsigned)getpid() & 0xffff;
}

int icmp_port(size_t index)
{
	return PORT_FIRST + (int)index;
}

/* RFC 1071, over an even number of bytes or with a zero behind the last one. */
static unsigned checksum(const unsigned char *bytes, size_t size)
{
	unsigned sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += i % 2 == 0 ? (unsigned)bytes[i] << 8 : bytes[i];
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

static void put16(unsigned char *at, unsigned value)
{
	at[0] = (unsigned char)(value >> 8);
	at[1] = (unsigned char)(value & 0xff);
}

static unsigned get16(const unsigned char *at)
{
	return (unsigned)(at[0] << 8 | at[1]);
}

void icmp_make_echo(char *packet, size_t size, bool v6, size_t index)
{
	unsigned char *header = (unsigned char *)packet;

	memset(header, 0, ICMP_HEADER_SIZE);
	header[0] = v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
	put16(header + 4, our_id());
	put16(header + 6, (unsigned)index);
	if (!v6) /* of ICMPv6 the kernel knows the addresses that it is made over */
		put16(header + 2, checksum(header, size));
}

int icmp_only_replies(const struct icmp_socket *s)
{
	if (s->v6) {
		struct icmp6_filter filter;
		ICMP6_FILTER_SETBLOCKALL(&filter);
		ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
		return setsockopt(s->fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
	}
	struct icmp_filter filter = {.data = ~(1U << ICMP_ECHOREPLY)};
	return setsockopt(s->fd, SOL_RAW, ICMP_FILTER, &filter, sizeof filter);
}

/* Whether the type is one that tells something about a probe. */
static bool read_type(const struct sock_extended_err *error, struct icmp_message *message)
{
	const bool v6 = error->ee_origin == SO_EE_ORIGIN_ICMP6;
	const int type = error->ee_type;
	const int code = error->ee_code;

	message->mtu = error->ee_info <= 65535 ? (int)error->ee_info : 0;
	message->local = error->ee_origin == SO_EE_ORIGIN_LOCAL;
	if (message->local)
		return true;
	if (!v6 && error->ee_origin != SO_EE_ORIGIN_ICMP)
		return false;
	if (type == (v6 ? ICMP6_TIME_EXCEEDED : ICMP_TIME_EXCEEDED) && code == 0)
		message->type = ICMP_MESSAGE_TTL;
	else if (v6 ? type == ICMP6_PACKET_TOO_BIG : type == ICMP_DEST_UNREACH && code == ICMP_FRAG_NEEDED)
		message->type = ICMP_MESSAGE_TOO_BIG;
	else if (type == (v6 ? ICMP6_DST_UNREACH : ICMP_DEST_UNREACH))
		message->type = ICMP_MESSAGE_UNREACHABLE;
	else
		return false;
	return true;
}

static void copy_address(struct sockaddr_storage *to, const struct sockaddr *from, size_t room)
{
	size_t size = from->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);

	if (room >= size && (from->sa_family == AF_INET || from->sa_family == AF_INET6))
		memcpy(to, from, size);
}

static int int_of(const struct cmsghdr *c)
{
	int value = 0;

	if (c->cmsg_len >= CMSG_LEN(sizeof value))
		memcpy(&value, CMSG_DATA(c), sizeof value);
	return value;
}

/* What the kernel puts beside a message. False when it belongs to none of ours. */
static bool read_control(struct msghdr *header, struct icmp_message *message)
{
	bool known = false;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c)) {
		const bool v6 = c->cmsg_level == IPPROTO_IPV6;
		if (!v6 && c->cmsg_level != IPPROTO_IP)
			continue;
		if (c->cmsg_type == (v6 ? IPV6_HOPLIMIT : IP_TTL)) {
			message->ttl = int_of(c);
		} else if (c->cmsg_type == (v6 ? IPV6_RECVFRAGSIZE : IP_RECVFRAGSIZE)) {
			message->fragment = int_of(c);
		} else if (c->cmsg_type == (v6 ? IPV6_RECVERR : IP_RECVERR) &&
		           c->cmsg_len >= CMSG_LEN(sizeof(struct sock_extended_err))) {
			const struct sock_extended_err *error = (const void *)CMSG_DATA(c);
			size_t room = c->cmsg_len - CMSG_LEN(sizeof *error);
			if (room >= sizeof(struct sockaddr_in))
				copy_address(&message->from, SO_EE_OFFENDER(error), room);
			known = read_type(error, message);
		}
	}
	return known;
}

/* One message with its control data; the number of bytes, or -1 when there is none. */
static ssize_t receive(int fd, int flags, void *bytes, size_t room, struct sockaddr_storage *address,
                       struct icmp_message *message, bool *known)
{
	union {
		char bytes[512];
		struct cmsghdr align;
	} control;
	struct iovec vector = {.iov_base = bytes, .iov_len = room};
	struct msghdr header = {
	    .msg_name = address,
	    .msg_namelen = sizeof *address,
	    .msg_iov = &vector,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof control.bytes,
	};

	memset(message, 0, sizeof *message);
	memset(address, 0, sizeof *address);
	ssize_t size = recvmsg(fd, &header, flags | MSG_DONTWAIT);
	if (size >= 0)
		*known = read_control(&header, message);
	return size;
}

/* The probe that an echo request, quoted, or an echo reply belongs to. */
static bool find_echo(const struct icmp_socket *s, const unsigned char *bytes, size_t size,
                      struct icmp_message *message)
{
	if (size < ICMP_HEADER_SIZE || (s->raw && get16(bytes + 4) != our_id()))
		return false;
	message->index = get16(bytes + 6);
	return true;
}

/* Of UDP: a port below the first gives a very large index, which no probe has. */
static void find_datagram(const struct sockaddr_storage *peer, struct icmp_message *message)
{
	message->index = (size_t)(address_port(peer) - PORT_FIRST);
}

int icmp_read_error(const struct icmp_socket *s, struct icmp_message *message)
{
	unsigned char quote[64];
	bool known = false;

	for (;;) {
		struct sockaddr_storage to;
		ssize_t size = receive(s->fd, MSG_ERRQUEUE, quote, sizeof quote, &to, message, &known);
		if (size < 0)
			return -1;
		message->to = to;
		find_datagram(&to, message);
		if (known && (s->kind == PROBE_UDP || message->local || find_echo(s, quote, (size_t)size, message)))
			return 0;
	}
}

int icmp_read_reply(const struct icmp_socket *s, struct icmp_message *message)
{
	const unsigned reply = s->v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
	unsigned char packet[128];
	bool known;

	for (;;) {
		struct sockaddr_storage from;
		ssize_t size = receive(s->fd, 0, packet, sizeof packet, &from, message, &known);
		if (size < 0)
			return -1;
		message->type = ICMP_MESSAGE_REPLY;
		message->from = from;
		find_datagram(&from, message);
		if (s->kind == PROBE_UDP)
			return 0;
		/* What a raw socket reads begins with the IPv4 header; of IPv6 it begins behind it. */
		size_t skip = s->raw && !s->v6 && size > 0 ? (size_t)(packet[0] & 0xf) * 4 : 0;
		if (skip < (size_t)size && packet[skip] == reply &&
		    find_echo(s, packet + skip, (size_t)size - skip, message))
			return 0;
	}
}
