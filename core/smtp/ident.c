#include "smtp/ident.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define IDENT_PORT 113
#define KEPT       80   /* bytes of a packet: both headers */
#define PACKETS    1000 /* that are looked at */
#define TRIES \
	3 /* SYNs: the third comes 3 s after the first; on a slow line the second is sent before the answer is there */
#define QUESTIONS 32 /* from different ports, for other checks may be connected as well */

/* Programs of bpf(4) that let TCP to the port pass, seen from the IP header on; later fragments have no port. */
static const struct sock_filter filter_v4[] = {
    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, offsetof(struct iphdr, protocol)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 0, 6),
    BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(struct iphdr, frag_off)),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, IP_OFFMASK, 4, 0),
    BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
    BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IDENT_PORT, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, KEPT),
    BPF_STMT(BPF_RET | BPF_K, 0),
};
static const struct sock_filter filter_v6[] = {
    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, offsetof(struct ip6_hdr, ip6_nxt)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 0, 3),
    BPF_STMT(BPF_LD | BPF_H | BPF_ABS, sizeof(struct ip6_hdr) + 2),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IDENT_PORT, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, KEPT),
    BPF_STMT(BPF_RET | BPF_K, 0),
};

int ident_watch(const struct sockaddr_storage *peer)
{
	const bool v6 = peer->ss_family == AF_INET6;
	const struct sock_fprog program = {
	    .len = v6 ? sizeof filter_v6 / sizeof filter_v6[0] : sizeof filter_v4 / sizeof filter_v4[0],
	    .filter = (struct sock_filter *)(v6 ? filter_v6 : filter_v4), /* the kernel only reads it */
	};
	const struct sockaddr_ll from = {.sll_family = AF_PACKET, .sll_protocol = htons(v6 ? ETH_P_IPV6 : ETH_P_IP)};
	/* Protocol 0 hears nothing until bind() names one, when the filter is in place. */
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0 &&
	    bind(fd, (const struct sockaddr *)&from, sizeof from) == 0)
		return fd;
	close(fd);
	return -1;
}

static bool is_from(const unsigned char *packet, size_t size, const struct sockaddr_storage *peer)
{
	if (peer->ss_family == AF_INET6) {
		const size_t at = offsetof(struct ip6_hdr, ip6_src);
		const struct in6_addr *address = &((const struct sockaddr_in6 *)peer)->sin6_addr;
		return size >= at + sizeof *address && memcmp(packet + at, address, sizeof *address) == 0;
	}
	const size_t at = offsetof(struct iphdr, saddr);
	const struct in_addr *address = &((const struct sockaddr_in *)peer)->sin_addr;
	return size >= at + sizeof *address && memcmp(packet + at, address, sizeof *address) == 0;
}

/* The TCP header behind the IP header; NULL when it was cut. */
static const struct tcphdr *tcp_header(const unsigned char *packet, size_t size, bool v6)
{
	const size_t at = v6 ? sizeof(struct ip6_hdr) : (size_t)(packet[0] & 0x0f) * 4;

	return size >= at + sizeof(struct tcphdr) ? (const struct tcphdr *)(packet + at) : NULL;
}

const char *ident_question(int fd, const struct sockaddr_storage *peer)
{
	unsigned char packet[KEPT] __attribute__((aligned(4)));
	struct {
		in_port_t port;
		unsigned times;
	} asked[QUESTIONS];
	size_t count = 0;

	for (int i = 0; i < PACKETS; i++) {
		struct sockaddr_ll from;
		socklen_t from_size = sizeof from;
		ssize_t size = recvfrom(fd, packet, sizeof packet, 0, (struct sockaddr *)&from, &from_size);
		if (size < 0)
			break;
		/* On loopback each packet is seen twice. */
		if (from.sll_pkttype == PACKET_OUTGOING || !is_from(packet, (size_t)size, peer))
			continue;
		const struct tcphdr *tcp = tcp_header(packet, (size_t)size, peer->ss_family == AF_INET6);
		if (tcp == NULL || !tcp->syn || tcp->ack)
			continue;
		size_t j = 0;
		while (j < count && asked[j].port != tcp->source)
			j++;
		if (j == QUESTIONS)
			continue;
		if (j == count) {
			asked[count].port = tcp->source;
			asked[count++].times = 0;
		}
		if (++asked[j].times == TRIES)
			return "unanswered";
	}
	return count > 0 ? "answered" : "none";
}
