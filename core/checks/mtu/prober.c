#include "checks/mtu/prober.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "checks/mtu/icmp.h"
#include "model/target.h"

#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_S       0.05 /* for an answer, beyond twice the slowest so far: making ICMP is not a router's first duty */
#define PATIENCE_FIRST_S 0.3 /* before any answer came */
#define DATA_SMALLEST    32  /* bytes behind the headers */
#define PORT_DISCARD     9   /* for the datagrams that never leave this machine */
#define SIZE_LARGEST     65535
#define SEND_TRIES       8 /* an error that waits in the socket takes the place of a send, once each */

static bool is_v6(const struct prober *p)
{
	return p->target.ss_family == AF_INET6;
}

/* Bytes of the IP header and of the UDP or ICMP header, which are of one size. */
static int header_size(const struct prober *p)
{
	return (is_v6(p) ? 40 : 20) + 8;
}

int prober_smallest(const struct prober *p)
{
	return header_size(p) + DATA_SMALLEST;
}

static int set_option(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof value);
}

/* No fragments, and whatever ICMP says about our packets, with the TTL it came with. */
static int set_options(int fd, bool v6)
{
	if (v6)
		return set_option(fd, IPPROTO_IPV6, IPV6_RECVERR, 1) |
		       set_option(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE) |
		       set_option(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1) |
		       set_option(fd, IPPROTO_IPV6, IPV6_RECVFRAGSIZE, 1);
	return set_option(fd, IPPROTO_IP, IP_RECVERR, 1) |
	       set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE) |
	       set_option(fd, IPPROTO_IP, IP_RECVTTL, 1) | set_option(fd, IPPROTO_IP, IP_RECVFRAGSIZE, 1);
}

static struct icmp_socket open_socket(const struct prober *p, enum probe_kind kind, int type, int protocol)
{
	struct icmp_socket s = {.kind = kind, .raw = type == SOCK_RAW, .v6 = is_v6(p)};

	s.fd = socket(p->target.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
	if (s.fd < 0)
		return s;
	if (set_options(s.fd, s.v6) == 0 && (!s.raw || icmp_only_replies(&s) == 0) &&
	    bind(s.fd, (const struct sockaddr *)&p->source, address_size(&p->source)) == 0)
		return s;
	close(s.fd);
	s.fd = -1;
	return s;
}

/* The ICMP echo of everybody (net.ipv4.ping_group_range), or the raw sockets of root. */
static struct icmp_socket open_echo(const struct prober *p)
{
	const int protocol = is_v6(p) ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	struct icmp_socket s = open_socket(p, PROBE_ECHO, SOCK_DGRAM, protocol);

	return s.fd >= 0 ? s : open_socket(p, PROBE_ECHO, SOCK_RAW, protocol);
}

/* The address that the kernel would use towards the target: nothing is sent for that. */
static int find_source(struct prober *p, struct err *err)
{
	socklen_t size = sizeof p->source;
	struct sockaddr_storage to = p->target;
	char text[46];
	int error = 0;

	address_set_port(&to, PORT_DISCARD);
	int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, address_size(&to)) != 0 ||
	    getsockname(fd, (struct sockaddr *)&p->source, &size) != 0)
		error = errno;
	if (fd >= 0)
		close(fd);
	if (error != 0)
		return err_sys(err, error, "%s", address_text(&p->target, text));
	address_set_port(&p->source, 0);
	if (address_equal(&p->source, &p->target))
		return err_set(err, _("%s: is this machine itself, there is no path"), address_text(&p->target, text));
	return 0;
}

/* The kernel refuses a datagram that is too large for the interface, and tells that one's MTU. */
static int find_full(struct prober *p, struct err *err)
{
	static const char data[SIZE_LARGEST];
	struct sockaddr_storage to = p->target;
	struct icmp_message message;
	char text[46];

	address_set_port(&to, PORT_DISCARD);
	if (sendto(p->udp.fd, data, (size_t)(SIZE_LARGEST - header_size(p)), 0, (const struct sockaddr *)&to,
	           address_size(&to)) >= 0)
		return err_set(err, _("%s: the interface has no limit to speak of"), address_text(&to, text));
	if (errno != EMSGSIZE)
		return err_sys(err, errno, "%s", address_text(&to, text));
	if (icmp_read_error(&p->udp, &message) != 0 || !message.local || message.mtu < header_size(p))
		return err_set(err, _("%s: the kernel does not tell the interface's MTU"), address_text(&to, text));
	p->full = message.mtu;
	return 0;
}

int prober_open(struct prober *p, const struct sockaddr_storage *target, struct err *err)
{
	*p = (struct prober){.target = *target, .udp.fd = -1, .echo.fd = -1};
	p->probes = xcalloc(PROBES_MAX, sizeof *p->probes);
	if (find_source(p, err) != 0)
		return -1;
	p->udp = open_socket(p, PROBE_UDP, SOCK_DGRAM, 0);
	if (p->udp.fd < 0)
		return err_sys(err, errno, _("no socket for probes"));
	if (find_full(p, err) != 0)
		return -1;
	p->echo = open_echo(p);
	return 0;
}

void prober_close(struct prober *p)
{
	if (p->udp.fd >= 0)
		close(p->udp.fd);
	if (p->echo.fd >= 0)
		close(p->echo.fd);
	free(p->probes);
}

bool prober_add(struct prober *p, enum probe_kind kind, const struct sockaddr_storage *to, int ttl, int size)
{
	if (p->count == PROBES_MAX || size > p->full || size < prober_smallest(p) ||
	    (kind == PROBE_ECHO && p->echo.fd < 0))
		return false;
	p->probes[p->count++] = (struct probe){.kind = kind, .to = *to, .ttl = ttl, .size = size};
	return true;
}

static void send_probe(struct prober *p, size_t index)
{
	static char packet[SIZE_LARGEST];
	struct probe *probe = &p->probes[index];
	struct sockaddr_storage to = probe->to;
	const int fd = probe->kind == PROBE_UDP ? p->udp.fd : p->echo.fd;
	const size_t size = (size_t)(probe->size - header_size(p));
	const char *at = packet;

	address_set_port(&to, probe->kind == PROBE_UDP ? icmp_port(index) : 0);
	if (probe->kind == PROBE_ECHO) {
		icmp_make_echo(packet, size + ICMP_HEADER_SIZE, is_v6(p), index);
	} else {
		at = packet + ICMP_HEADER_SIZE;
	}
	set_option(fd, is_v6(p) ? IPPROTO_IPV6 : IPPROTO_IP, is_v6(p) ? IPV6_UNICAST_HOPS : IP_TTL, probe->ttl);
	probe->asked++;
	probe->sent_at = clock_now();
	for (int i = 0; i < SEND_TRIES; i++)
		if (sendto(fd, at, size + (size_t)(packet + ICMP_HEADER_SIZE - at), 0, (const struct sockaddr *)&to,
		           address_size(&to)) >= 0)
			return;
}

static size_t send_unanswered(struct prober *p, size_t first)
{
	size_t sent = 0;

	for (size_t i = first; i < p->count; i++) {
		if (p->probes[i].answer != PROBE_SILENT)
			continue;
		send_probe(p, i);
		sent++;
	}
	return sent;
}

static bool all_answered(const struct prober *p, size_t first)
{
	for (size_t i = first; i < p->count; i++)
		if (p->probes[i].answer == PROBE_SILENT)
			return false;
	return true;
}

static void take(struct prober *p, enum probe_kind kind, const struct icmp_message *message)
{
	struct probe *probe;
	const bool is_reply = message->type == ICMP_MESSAGE_REPLY;

	if (message->local || message->index >= p->count)
		return;
	probe = &p->probes[message->index];
	if (probe->kind != kind || probe->asked == 0 || probe->answer != PROBE_SILENT ||
	    !address_equal(is_reply ? &message->from : &message->to, &probe->to))
		return;
	switch (message->type) {
	case ICMP_MESSAGE_TTL:
		probe->answer = PROBE_HOP;
		break;
	case ICMP_MESSAGE_TOO_BIG:
		probe->answer = PROBE_TOO_BIG;
		probe->mtu = message->mtu < probe->size ? message->mtu : 0;
		break;
	case ICMP_MESSAGE_UNREACHABLE:
		probe->answer = address_equal(&message->from, &probe->to) ? PROBE_ARRIVED : PROBE_BARRED;
		break;
	case ICMP_MESSAGE_REPLY:
		probe->answer = PROBE_ARRIVED;
		probe->fragment = message->fragment;
		break;
	}
	probe->from = message->from;
	probe->back_ttl = message->ttl;
	probe->delay = clock_now() - probe->sent_at;
	if (probe->asked == 1) /* otherwise the answer may be to the time before */
		p->slowest = fmax(p->slowest, probe->delay);
}

/* Bounded, so that a flood of messages cannot hold us here past a deadline. */
static void read_socket(struct prober *p, const struct icmp_socket *s)
{
	struct icmp_message message;

	for (int i = 0; i < PROBES_MAX && icmp_read_error(s, &message) == 0; i++)
		take(p, s->kind, &message);
	for (int i = 0; i < PROBES_MAX && icmp_read_reply(s, &message) == 0; i++)
		take(p, s->kind, &message);
}

static void wait_for_answers(struct prober *p, double until)
{
	struct pollfd fds[] = {{.fd = p->udp.fd, .events = POLLIN}, {.fd = p->echo.fd, .events = POLLIN}};

	if (poll(fds, 2, clock_ms_until(until)) < 0 && errno != EINTR)
		die("poll failed");
	if (fds[0].revents != 0)
		read_socket(p, &p->udp);
	if (fds[1].revents != 0)
		read_socket(p, &p->echo);
}

static double patience(const struct prober *p)
{
	return p->slowest > 0 ? 2 * p->slowest + PATIENCE_S : PATIENCE_FIRST_S;
}

void prober_run(struct prober *p, size_t first, int tries, double deadline)
{
	for (int try = 1; try <= tries; try++) {
		if (clock_now() >= deadline || send_unanswered(p, first) == 0)
			return;
		const double sent_at = clock_now();
		while (!all_answered(p, first)) {
			double until = fmin(sent_at + (try > 1 ? 2 : 1) * patience(p), deadline);
			if (clock_now() >= until)
				break;
			wait_for_answers(p, until);
		}
	}
}
