#include "capture/packet.h"

#include <string.h>

/* The numbers that files hold (LINKTYPE_) and those that libpcap turns them into (DLT_), where the two differ. */
enum link {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_PPP = 9,
	LINK_RAW_LINUX = 12,
	LINK_RAW_OPENBSD = 14,
	LINK_PPP_SERIAL = 50,
	LINK_PPP_ETHER = 51,
	LINK_RAW = 101,
	LINK_LOOP = 108,
	LINK_SLL = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_SLL2 = 276,
};

enum ether_type {
	ETHER_IPV4 = 0x0800,
	ETHER_IPV6 = 0x86dd,
	ETHER_VLAN = 0x8100,
	ETHER_QINQ = 0x88a8,
	ETHER_QINQ_OLD = 0x9100,
	ETHER_PPPOE = 0x8864,
};

enum ppp_protocol { PPP_IPV4 = 0x0021, PPP_IPV6 = 0x0057 };

enum protocol {
	PROTOCOL_HOP_BY_HOP = 0,
	PROTOCOL_ICMP = 1,
	PROTOCOL_TCP = 6,
	PROTOCOL_ROUTING = 43,
	PROTOCOL_FRAGMENT = 44,
	PROTOCOL_AUTH = 51,
	PROTOCOL_ICMPV6 = 58,
	PROTOCOL_OPTIONS = 60,
};

#define TAGS_MAX       4 /* VLAN tags in a row */
#define EXTENSIONS_MAX 8 /* IPv6 extension headers in a row */
#define IPV4_HEADER    20
#define IPV6_HEADER    40
#define TCP_HEADER     20
#define TCP_LEAST      14 /* up to the flags: what a short snap length leaves behind IPv6 */
#define ICMP_HEADER    8
#define QUOTED_PORTS   4 /* bytes of the quoted segment that tell its connection; a snap length of 68 leaves no more */

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

/* What is left of a frame. */
struct rest {
	const uint8_t *at;
	size_t captured, size;
};

/* Steps over a header; false when the frame was cut within it. */
static bool skip(struct rest *rest, size_t size)
{
	if (rest->captured < size)
		return false;
	rest->at += size;
	rest->captured -= size;
	rest->size = rest->size > size ? rest->size - size : 0;
	return true;
}

bool packet_link_is_known(int link)
{
	switch (link) {
	case LINK_NULL:
	case LINK_ETHERNET:
	case LINK_PPP:
	case LINK_RAW_LINUX:
	case LINK_RAW_OPENBSD:
	case LINK_PPP_SERIAL:
	case LINK_PPP_ETHER:
	case LINK_RAW:
	case LINK_LOOP:
	case LINK_SLL:
	case LINK_IPV4:
	case LINK_IPV6:
	case LINK_SLL2:
		return true;
	default:
		return false;
	}
}

bool packet_is_mail_port(uint16_t port)
{
	return port == 25 || port == 465 || port == 587 || port == 2525;
}

/* --- TCP */

enum tcp_option {
	OPTION_END = 0,
	OPTION_NOTHING = 1,
	OPTION_MSS = 2,
	OPTION_SCALE = 3,
	OPTION_SACK_PERMITTED = 4,
	OPTION_SACK = 5,
};

static void read_sacks(struct packet *p, const uint8_t *at, size_t size)
{
	for (; size >= 8 && p->sacks < PACKET_SACKS; at += 8, size -= 8) {
		p->sack_from[p->sacks] = get32(at);
		p->sack_to[p->sacks] = get32(at + 4);
		p->sacks++;
	}
}

static void read_options(struct packet *p, const uint8_t *at, size_t size)
{
	while (size > 0 && at[0] != OPTION_END) {
		if (at[0] == OPTION_NOTHING) {
			at++;
			size--;
			continue;
		}
		if (size < 2 || at[1] < 2 || at[1] > size)
			return;
		const size_t length = at[1];
		if (at[0] == OPTION_MSS && length == 4)
			p->mss = get16(at + 2);
		else if (at[0] == OPTION_SCALE && length == 3)
			p->scale = at[2] > 14 ? 14 : at[2]; /* RFC 7323 2.3 */
		else if (at[0] == OPTION_SACK_PERMITTED)
			p->sack_permitted = true;
		else if (at[0] == OPTION_SACK)
			read_sacks(p, at + 2, length - 2);
		at += length;
		size -= length;
	}
}

static void decode_tcp(struct packet *p)
{
	const uint8_t *at = p->transport;
	const size_t captured = p->transport_captured;

	p->scale = -1;
	p->mss = 0;
	p->sacks = 0;
	p->sack_permitted = false;
	p->options_cut = false;
	p->cut = captured < TCP_HEADER;
	if (captured < TCP_LEAST)
		return;
	const size_t header = (size_t)(at[12] >> 4) * 4;
	if (header < TCP_HEADER || header > p->transport_size)
		return;
	p->kind = PACKET_TCP;
	p->source_port = get16(at);
	p->destination_port = get16(at + 2);
	p->seq = get32(at + 4);
	p->ack = get32(at + 8);
	p->flags = at[13];
	p->window = captured >= TCP_LEAST + 2 ? get16(at + 14) : UINT16_MAX;
	p->payload_size = p->transport_size - header;
	p->options_cut = captured < header;
	if (header > TCP_HEADER && captured > TCP_HEADER)
		read_options(p, at + TCP_HEADER, (header < captured ? header : captured) - TCP_HEADER);
	p->payload = captured > header ? at + header : at + captured;
	p->payload_captured = captured > header ? captured - header : 0;
	if (p->payload_captured > p->payload_size)
		p->payload_captured = p->payload_size;
}

/* --- ICMP errors, which quote the beginning of the packet that they are about */

static void read_quoted(struct packet *p)
{
	const uint8_t *at = p->transport + ICMP_HEADER;
	size_t captured = p->transport_captured - ICMP_HEADER;
	size_t header = IPV6_HEADER;
	uint8_t protocol;

	if (captured < (p->v6 ? IPV6_HEADER : IPV4_HEADER))
		return;
	if (p->v6) {
		protocol = at[6];
		p->quoted_source = at + 8;
		p->quoted_destination = at + 24;
	} else {
		header = (size_t)(at[0] & 0x0f) * 4;
		protocol = at[9];
		p->quoted_source = at + 12;
		p->quoted_destination = at + 16;
	}
	if (protocol != PROTOCOL_TCP || header < IPV4_HEADER || captured < header + QUOTED_PORTS)
		return;
	p->source_port = get16(at + header);
	p->destination_port = get16(at + header + 2);
	p->kind = PACKET_ICMP;
}

/* RFC 792 and RFC 1191; RFC 4443 */
static void decode_icmp(struct packet *p)
{
	enum { V4_UNREACHABLE = 3, V4_EXPIRED = 11, V4_CODE_TOO_BIG = 4 };
	enum { V6_UNREACHABLE = 1, V6_TOO_BIG = 2, V6_EXPIRED = 3 };
	const uint8_t *at = p->transport;

	if (p->transport_captured < ICMP_HEADER) {
		p->cut = true;
		return;
	}
	const int type = at[0];
	p->icmp_code = at[1];
	p->mtu = 0;
	if (type == (p->v6 ? V6_EXPIRED : V4_EXPIRED)) {
		p->icmp = ICMP_EXPIRED;
	} else if (p->v6 ? type == V6_TOO_BIG : type == V4_UNREACHABLE && at[1] == V4_CODE_TOO_BIG) {
		p->icmp = ICMP_TOO_BIG;
		p->mtu = p->v6 ? get32(at + 4) : get16(at + 6);
	} else if (type == (p->v6 ? V6_UNREACHABLE : V4_UNREACHABLE)) {
		p->icmp = ICMP_UNREACHABLE;
	} else {
		return;
	}
	read_quoted(p);
}

/* RFC 1812 5.2.7.1, RFC 4443 3.1 */
bool packet_is_prohibited(const struct packet *p)
{
	enum { V4_NET_PROHIBITED = 9, V4_HOST_PROHIBITED = 10, V4_PROHIBITED = 13 };
	enum { V6_PROHIBITED = 1, V6_POLICY = 5, V6_REJECT = 6 };
	const int code = p->icmp_code;

	return p->v6 ? code == V6_PROHIBITED || code == V6_POLICY || code == V6_REJECT
	             : code == V4_NET_PROHIBITED || code == V4_HOST_PROHIBITED || code == V4_PROHIBITED;
}

const struct tunnel *packet_tunnel(const struct packet *p)
{
	static const struct tunnel tunnels[] = {
	    {.name = "GRE", .protocol = 47, .chop = "14:24"},
	    {.name = "IP in IP", .protocol = 4, .chop = "14:20"},
	    {.name = "IPv6 in IP", .protocol = 41, .chop = "14:20"},
	    {.name = "VXLAN", .protocol = 17, .port = 4789, .chop = "50"},
	};

	for (size_t i = 0; i < sizeof tunnels / sizeof tunnels[0]; i++)
		if (p->protocol == tunnels[i].protocol &&
		    (tunnels[i].port == 0 ||
		     (p->transport_captured >= 4 && get16(p->transport + 2) == tunnels[i].port)))
			return &tunnels[i];
	return NULL;
}

void packet_decode_transport(struct packet *p)
{
	p->kind = PACKET_OTHER;
	if (p->protocol == PROTOCOL_TCP)
		decode_tcp(p);
	else if (p->protocol == (p->v6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP))
		decode_icmp(p);
}

/* --- IP */

static void set_transport(struct packet *p, const struct rest *rest)
{
	p->transport = rest->at;
	p->transport_size = rest->size;
	p->transport_captured = rest->captured < rest->size ? rest->captured : rest->size;
	if (p->fragment_offset > 0 || p->fragment_more)
		p->kind = PACKET_FRAGMENT;
	else
		packet_decode_transport(p);
}

/* Link layers pad short frames: the IP header knows better. A length of 0 is that of a packet that offload will split. */
static void trim(struct rest *rest, size_t length)
{
	if (length > 0)
		rest->size = length;
}

static void decode_ipv4(struct packet *p, struct rest *rest)
{
	if (rest->captured < IPV4_HEADER) {
		p->cut = true;
		return;
	}
	const uint8_t *at = rest->at;
	const size_t header = (size_t)(at[0] & 0x0f) * 4;
	const size_t length = get16(at + 2);
	if (header < IPV4_HEADER || (length != 0 && length < header))
		return;
	p->ip = at;
	p->source = at + 12;
	p->destination = at + 16;
	p->ttl = at[8];
	p->id = get16(at + 4);
	p->protocol = at[9];
	p->fragment_id = p->id;
	p->fragment_offset = (size_t)(get16(at + 6) & 0x1fff) * 8;
	p->fragment_more = (at[6] & 0x20) != 0;
	trim(rest, length);
	if (skip(rest, header))
		set_transport(p, rest);
	else
		p->cut = true;
}

/* The length of an extension header; 0 when there is none of that number. */
static size_t extension_size(uint8_t protocol, const uint8_t *at)
{
	switch (protocol) {
	case PROTOCOL_HOP_BY_HOP:
	case PROTOCOL_ROUTING:
	case PROTOCOL_OPTIONS:
		return ((size_t)at[1] + 1) * 8;
	case PROTOCOL_AUTH:
		return ((size_t)at[1] + 2) * 4;
	case PROTOCOL_FRAGMENT:
		return 8;
	default:
		return 0;
	}
}

static void decode_ipv6(struct packet *p, struct rest *rest)
{
	if (rest->captured < IPV6_HEADER) {
		p->cut = true;
		return;
	}
	const uint8_t *at = rest->at;
	const size_t length = get16(at + 4);
	p->v6 = true;
	p->ip = at;
	p->source = at + 8;
	p->destination = at + 24;
	p->ttl = at[7];
	p->protocol = at[6];
	skip(rest, IPV6_HEADER);
	trim(rest, length);
	for (int i = 0; i < EXTENSIONS_MAX && extension_size(p->protocol, (const uint8_t[8]){0}) > 0; i++) {
		if (rest->captured < 8) {
			p->cut = true;
			return;
		}
		const uint8_t *extension = rest->at;
		const uint8_t protocol = p->protocol;
		if (protocol == PROTOCOL_FRAGMENT) {
			p->fragment_offset = get16(extension + 2) & 0xfff8;
			p->fragment_more = (extension[3] & 1) != 0;
			p->fragment_id = get32(extension + 4);
		}
		p->protocol = extension[0];
		if (!skip(rest, extension_size(protocol, extension))) {
			p->cut = true;
			return;
		}
		if (p->fragment_offset > 0)
			break; /* what follows is the middle of something */
	}
	set_transport(p, rest);
}

/* What has no type of its own says so in the first half byte. */
static void decode_ip(struct packet *p, struct rest *rest)
{
	if (rest->captured == 0)
		p->cut = true;
	else if (rest->at[0] >> 4 == 4)
		decode_ipv4(p, rest);
	else if (rest->at[0] >> 4 == 6)
		decode_ipv6(p, rest);
}

/* --- the link layer */

/* `type`: the EtherType of what follows, after which VLAN tags and PPPoE may come. */
static void decode_ether_type(struct packet *p, struct rest *rest, uint16_t type)
{
	for (int i = 0; i < TAGS_MAX && (type == ETHER_VLAN || type == ETHER_QINQ || type == ETHER_QINQ_OLD); i++) {
		if (rest->captured < 4) {
			p->cut = true;
			return;
		}
		type = get16(rest->at + 2);
		skip(rest, 4);
	}
	if (type == ETHER_PPPOE) {
		if (rest->captured < 8) {
			p->cut = true;
			return;
		}
		const uint16_t protocol = get16(rest->at + 6);
		type = protocol == PPP_IPV4 ? ETHER_IPV4 : protocol == PPP_IPV6 ? ETHER_IPV6 : 0;
		skip(rest, 8);
	}
	if (type == ETHER_IPV4 || type == ETHER_IPV6)
		decode_ip(p, rest);
}

/* A header of fixed size with the EtherType at a fixed place in it. */
static void decode_typed(struct packet *p, struct rest *rest, size_t header, size_t type_at)
{
	const uint8_t *at = rest->at;

	if (skip(rest, header))
		decode_ether_type(p, rest, get16(at + type_at));
	else
		p->cut = true;
}

/* RFC 1662 framing may come before the protocol, or not. */
static void decode_ppp(struct packet *p, struct rest *rest)
{
	if (rest->captured >= 2 && rest->at[0] == 0xff && rest->at[1] == 0x03)
		skip(rest, 2);
	if (skip(rest, 2))
		decode_ip(p, rest);
	else
		p->cut = true;
}

void packet_decode(const struct frame *frame, struct packet *p)
{
	struct rest rest = {.at = frame->bytes, .captured = frame->captured, .size = frame->size};

	/* What not every packet of a kind sets; clearing all of it would take longer than the rest. */
	p->kind = PACKET_OTHER;
	p->v6 = p->cut = p->fragment_more = false;
	p->id = 0;
	p->protocol = 0;
	p->transport_captured = 0;
	p->fragment_id = 0;
	p->fragment_offset = 0;
	switch (frame->link) {
	case LINK_ETHERNET:
		decode_typed(p, &rest, 14, 12);
		break;
	case LINK_SLL:
		decode_typed(p, &rest, 16, 14);
		break;
	case LINK_SLL2:
		decode_typed(p, &rest, 20, 0);
		break;
	case LINK_NULL: /* an address family of the machine that captured, in its byte order */
	case LINK_LOOP:
		if (skip(&rest, 4))
			decode_ip(p, &rest);
		break;
	case LINK_PPP:
	case LINK_PPP_SERIAL:
		decode_ppp(p, &rest);
		break;
	case LINK_PPP_ETHER:
		decode_ether_type(p, &rest, ETHER_PPPOE);
		break;
	default:
		decode_ip(p, &rest);
		break;
	}
}
