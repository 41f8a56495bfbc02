#include "checks/mtu/host.h"

#include "base/clock.h"
#include "base/file.h"
#include "checks/emit.h"
#include "dns/dns.h"
#include "model/target.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ANSWER_SIZE 8192
#define ANSWER_S    1.0 /* the kernel answers at once, or never */

/* --- routes, by rtnetlink(7) */

struct question {
	struct nlmsghdr header;
	struct rtmsg route;
	char attributes[RTA_SPACE(sizeof(struct in6_addr))];
};

/* RTM_GETROUTE for one address. match: the route as it is configured, else as it is used (with what was learned). */
static void make_question(struct question *q, const struct sockaddr_storage *to, bool match)
{
	const bool is_v6 = to->ss_family == AF_INET6;
	const void *address = is_v6 ? (const void *)&((const struct sockaddr_in6 *)to)->sin6_addr
	                            : (const void *)&((const struct sockaddr_in *)to)->sin_addr;
	const unsigned size = is_v6 ? sizeof(struct in6_addr) : sizeof(struct in_addr);

	memset(q, 0, sizeof *q);
	q->header.nlmsg_type = RTM_GETROUTE;
	q->header.nlmsg_flags = NLM_F_REQUEST;
	q->route.rtm_family = (unsigned char)to->ss_family;
	q->route.rtm_dst_len = (unsigned char)(8 * size);
	q->route.rtm_flags = match ? RTM_F_FIB_MATCH : 0;
	struct rtattr *attribute = (struct rtattr *)(void *)q->attributes;
	attribute->rta_type = RTA_DST;
	attribute->rta_len = (unsigned short)RTA_LENGTH(size);
	memcpy(RTA_DATA(attribute), address, size);
	q->header.nlmsg_len = (unsigned)(NLMSG_LENGTH(sizeof q->route) + RTA_SPACE(size));
}

/* The size of the answer in `answer`; -1 when the kernel does not answer or refuses. */
static ssize_t ask(const struct sockaddr_storage *to, bool match, void *answer, size_t room)
{
	struct question q;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	struct pollfd pfd = {.fd = fd, .events = POLLIN};
	ssize_t size = -1;

	if (fd < 0)
		return -1;
	make_question(&q, to, match);
	if (send(fd, &q, q.header.nlmsg_len, 0) == (ssize_t)q.header.nlmsg_len &&
	    poll(&pfd, 1, clock_ms_until(clock_now() + ANSWER_S)) > 0)
		size = recv(fd, answer, room, 0);
	close(fd);
	const struct nlmsghdr *header = answer;
	if (size < (ssize_t)NLMSG_LENGTH(sizeof(struct rtmsg)) || !NLMSG_OK(header, (size_t)size) ||
	    header->nlmsg_type != RTM_NEWROUTE)
		return -1;
	return size;
}

static unsigned number_of(const struct rtattr *attribute)
{
	unsigned number = 0;

	if (RTA_PAYLOAD(attribute) >= sizeof number)
		memcpy(&number, RTA_DATA(attribute), sizeof number);
	return number;
}

/* What the metrics of a route say of its MTU; 0: nothing. */
static int metrics_mtu(const struct rtattr *metrics, bool *locked)
{
	const struct rtattr *metric = RTA_DATA(metrics);
	size_t left = RTA_PAYLOAD(metrics);
	int mtu = 0;

	for (; RTA_OK(metric, left); metric = RTA_NEXT(metric, left)) {
		if (metric->rta_type == RTAX_MTU)
			mtu = (int)number_of(metric);
		else if (metric->rta_type == RTAX_LOCK)
			*locked = (number_of(metric) & (1U << RTAX_MTU)) != 0;
	}
	return mtu;
}

static void read_gateway(struct route *route, int family, const struct rtattr *attribute)
{
	if (family == AF_INET && RTA_PAYLOAD(attribute) == sizeof(struct in_addr)) {
		struct sockaddr_in *via = (struct sockaddr_in *)&route->via;
		via->sin_family = AF_INET;
		memcpy(&via->sin_addr, RTA_DATA(attribute), sizeof via->sin_addr);
	} else if (family == AF_INET6 && RTA_PAYLOAD(attribute) == sizeof(struct in6_addr)) {
		struct sockaddr_in6 *via = (struct sockaddr_in6 *)&route->via;
		via->sin6_family = AF_INET6;
		memcpy(&via->sin6_addr, RTA_DATA(attribute), sizeof via->sin6_addr);
	}
}

/* The route as it is used now. An MTU of a route that expires was learned from ICMP. */
static void read_used(struct route *route, const struct nlmsghdr *header)
{
	const struct rtmsg *message = NLMSG_DATA(header);
	const struct rtattr *attribute = RTM_RTA(message);
	size_t left = RTM_PAYLOAD(header);
	bool locked = false;
	int mtu = 0;

	route->known = true;
	route->local = message->rtm_type == RTN_LOCAL;
	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
		if (attribute->rta_type == RTA_OIF) {
			if (if_indextoname(number_of(attribute), route->interface) == NULL)
				route->interface[0] = '\0';
		} else if (attribute->rta_type == RTA_GATEWAY) {
			read_gateway(route, message->rtm_family, attribute);
		} else if (attribute->rta_type == RTA_METRICS) {
			mtu = metrics_mtu(attribute, &locked);
		} else if (attribute->rta_type == RTA_CACHEINFO &&
		           RTA_PAYLOAD(attribute) >= sizeof(struct rta_cacheinfo)) {
			struct rta_cacheinfo info;
			memcpy(&info, RTA_DATA(attribute), sizeof info);
			route->learned_left = info.rta_expires / (double)sysconf(_SC_CLK_TCK);
		}
	}
	if (route->learned_left > 0)
		route->learned = mtu;
}

static void read_configured(struct route *route, const struct nlmsghdr *header)
{
	const struct rtattr *attribute = RTM_RTA((const struct rtmsg *)NLMSG_DATA(header));
	size_t left = RTM_PAYLOAD(header);

	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left))
		if (attribute->rta_type == RTA_METRICS)
			route->mtu = metrics_mtu(attribute, &route->locked);
}

/* An ioctl about an interface, on any socket. */
static int interface_ioctl(const char *interface, unsigned long request, struct ifreq *ifr)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	snprintf(ifr->ifr_name, sizeof ifr->ifr_name, "%s", interface);
	int result = ioctl(fd, request, ifr);
	close(fd);
	return result;
}

void route_find(const struct sockaddr_storage *to, struct route *route)
{
	_Alignas(struct nlmsghdr) char answer[ANSWER_SIZE];
	struct ifreq ifr = {0};

	memset(route, 0, sizeof *route);
	if (dns_source_address(to, &route->source) != 0)
		route->source.ss_family = AF_UNSPEC;
	if (ask(to, false, answer, sizeof answer) < 0)
		return;
	read_used(route, (const struct nlmsghdr *)(const void *)answer);
	if (ask(to, true, answer, sizeof answer) >= 0)
		read_configured(route, (const struct nlmsghdr *)(const void *)answer);
	if (route->learned == route->mtu)
		route->learned = 0; /* the route itself expires, one that a router advertises, say */
	if (route->interface[0] != '\0' && interface_ioctl(route->interface, SIOCGIFMTU, &ifr) == 0)
		route->interface_mtu = ifr.ifr_mtu;
}

int route_mtu(const struct route *route)
{
	if (route->learned > 0)
		return route->learned;
	return route->mtu > 0 ? route->mtu : route->interface_mtu;
}

void host_tell_route(struct emit *e, const char *subject, const struct route *route)
{
	char address[INET6_ADDRSTRLEN];

	if (route->source.ss_family != AF_UNSPEC)
		emit_text(e, "mtu.route.source", subject, address_text(&route->source, address));
	if (!route->known)
		return;
	if (route->interface[0] != '\0')
		emit_text(e, "mtu.route.interface", subject, route->interface);
	if (route->via.ss_family != AF_UNSPEC)
		emit_text(e, "mtu.route.via", subject, address_text(&route->via, address));
	if (route->interface_mtu > 0)
		emit_number(e, "mtu.interface.mtu", subject, route->interface_mtu);
	if (route->mtu > 0)
		emit_number(e, "mtu.route.mtu", subject, route->mtu);
	emit_flag(e, "mtu.route.locked", subject, route->locked);
	if (route->learned > 0) {
		emit_number(e, "mtu.learned", subject, route->learned);
		emit_number(e, "mtu.learned.left", subject, route->learned_left);
	}
}

/* --- settings of the whole machine */

/* The number in a file of /proc/sys; -1 when it cannot be read. */
static int sysctl_number(const char *path)
{
	size_t size;
	char *text = file_read(path, 64, &size, NULL);
	int number = text != NULL && text[0] >= '0' && text[0] <= '9' ? (int)strtol(text, NULL, 10) : -1;

	free(text);
	return number;
}

/* Offloads that make captures on this machine show larger packets than go over the wire. */
static void tell_offloads(struct emit *e, const char *interface)
{
	static const struct {
		const char *name;
		unsigned command;
	} offloads[] = {{"tso", ETHTOOL_GTSO}, {"gso", ETHTOOL_GGSO}, {"gro", ETHTOOL_GGRO}};
	char text[64] = "";
	bool known = false;

	for (size_t i = 0; i < sizeof offloads / sizeof offloads[0]; i++) {
		struct ethtool_value value = {.cmd = offloads[i].command};
		struct ifreq ifr = {.ifr_data = (char *)&value};
		if (interface_ioctl(interface, SIOCETHTOOL, &ifr) != 0)
			continue;
		known = true;
		if (value.data == 0)
			continue;
		size_t used = strlen(text);
		snprintf(text + used, sizeof text - used, "%s%s", used > 0 ? " " : "", offloads[i].name);
	}
	if (known)
		emit_text(e, "mtu.host.offloads", "self", text[0] != '\0' ? text : "none");
}

static int probing_mode(void)
{
	return sysctl_number("/proc/sys/net/ipv4/tcp_mtu_probing");
}

bool host_probes(void)
{
	return probing_mode() > 0;
}

void host_tell_settings(struct emit *e, const char *interface)
{
	static const char *const probing[] = {"off", "black-hole", "always"};
	const int mode = probing_mode();
	const int base = sysctl_number("/proc/sys/net/ipv4/tcp_base_mss");
	const int discovery = sysctl_number("/proc/sys/net/ipv4/ip_no_pmtu_disc");

	if (mode >= 0 && mode < (int)(sizeof probing / sizeof probing[0]))
		emit_text(e, "mtu.host.probing", "self", probing[mode]);
	if (base > 0)
		emit_number(e, "mtu.host.probing.mss", "self", base);
	if (discovery >= 0)
		emit_flag(e, "mtu.host.discovery", "self", discovery == 0);
	if (interface[0] != '\0')
		tell_offloads(e, interface);
}
