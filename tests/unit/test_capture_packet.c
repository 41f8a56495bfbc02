/* Frames taken apart: each link layer, what stands between it and TCP, options, and a cut at any byte. */
#include "capture/packet.h"

#include "unit.h"

#define SYN_SIZE 48

/* 192.0.2.10:40000 -> 198.51.100.25:25, SYN, MSS 1460, window scale 7, SACK permitted */
static const uint8_t ipv4_syn[SYN_SIZE] = {
    0x45, 0,    0,    SYN_SIZE, 0x12, 0x34, 0x40, 0, 64, 6, 0, 0, 192,  0,    2,    10,   198, 51, 100, 25, /* IPv4 */
    0x9c, 0x40, 0,    25,       0,    0,    0,    1, 0,  0, 0, 0, 0x70, 0x02, 0xff, 0xff, 0,   0,  0,   0,  /* TCP */
    2,    4,    0x05, 0xb4,     3,    3,    7,    1, /* options */
};

static void put_frame(uint8_t *frame, size_t *size, const uint8_t *header, size_t header_size, const uint8_t *rest,
                      size_t rest_size)
{
	memcpy(frame, header, header_size);
	memcpy(frame + header_size, rest, rest_size);
	*size = header_size + rest_size;
}

static void decode(int link, const uint8_t *bytes, size_t captured, size_t size, struct packet *p)
{
	uint8_t *copy =
	    malloc(captured > 0 ? captured : 1); /* exactly as large, so that reading behind it is noticed */
	static uint8_t kept[4096];

	assert_non_null(copy);
	memcpy(copy, bytes, captured);
	const struct frame frame = {.link = link, .bytes = copy, .captured = captured, .size = size, .number = 1};
	packet_decode(&frame, p);
	/* What it points to must outlive the copy. */
	memcpy(kept, copy, captured);
	if (p->kind == PACKET_TCP || p->kind == PACKET_FRAGMENT || p->kind == PACKET_ICMP) {
		p->source = kept + (p->source - copy);
		p->destination = kept + (p->destination - copy);
	}
	if (p->kind == PACKET_TCP)
		p->payload = kept + (p->payload - copy);
	free(copy);
}

static void expect_syn(const struct packet *p)
{
	static const uint8_t source[] = {192, 0, 2, 10};

	assert_int_equal(p->kind, PACKET_TCP);
	assert_false(p->cut);
	assert_memory_equal(p->source, source, sizeof source);
	assert_int_equal(p->source_port, 40000);
	assert_int_equal(p->destination_port, 25);
	assert_int_equal(p->flags, TCP_SYN);
	assert_int_equal(p->mss, 1460);
	assert_int_equal(p->scale, 7);
	assert_int_equal(p->ttl, 64);
	assert_int_equal(p->id, 0x1234);
	assert_int_equal(p->payload_size, 0);
}

static void each_link_layer(void **state)
{
	static const struct {
		int link;
		size_t size;
		uint8_t header[30];
	} links[] = {
	    {1, 14, {0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0x08, 0x00}},
	    {1, 18, {0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0x81, 0x00, 0, 5, 0x08, 0x00}},
	    {1, 22, {0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0x88, 0xa8, 0, 5, 0x81, 0x00, 0, 6, 0x08, 0x00}},
	    {1, 22, {0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0x88, 0x64, 0x11, 0, 0, 1, 0, 50, 0x00, 0x21}},
	    {113, 16, {0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00}},
	    {276, 20, {0x08, 0x00, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6}},
	    {101, 0, {0}},
	    {12, 0, {0}},
	    {228, 0, {0}},
	    {0, 4, {2, 0, 0, 0}},
	    {108, 4, {0, 0, 0, 2}},
	    {9, 4, {0xff, 0x03, 0x00, 0x21}},
	    {51, 8, {0x11, 0, 0, 1, 0, 50, 0x00, 0x21}},
	};
	uint8_t frame[128];
	struct packet p;
	size_t size;

	(void)state;
	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
		put_frame(frame, &size, links[i].header, links[i].size, ipv4_syn, sizeof ipv4_syn);
		memset(frame + size, 0, 6); /* Ethernet pads short frames */
		decode(links[i].link, frame, size + 6, size + 6, &p);
		expect_syn(&p);
		assert_true(packet_link_is_known(links[i].link));
	}
	assert_false(packet_link_is_known(147));
}

static void ipv6_with_extension_headers(void **state)
{
	uint8_t packet[128] = {0x60, 0, 0, 0, 0, 36, 0, 63};
	static const uint8_t hop_by_hop[8] = {60, 0}, options[8] = {6, 0};
	struct packet p;

	(void)state;
	packet[8] = 0x20;
	packet[23] = 1;
	packet[24] = 0x20;
	packet[39] = 2;
	memcpy(packet + 40, hop_by_hop, 8);
	memcpy(packet + 48, options, 8);
	memcpy(packet + 56, ipv4_syn + 20, 20);
	packet[56 + 12] = 0x50; /* no TCP options */
	decode(101, packet, 76, 76, &p);
	assert_int_equal(p.kind, PACKET_TCP);
	assert_true(p.v6);
	assert_int_equal(p.destination_port, 25);
	assert_int_equal(p.ttl, 63);
}

static void a_fragment_is_no_segment(void **state)
{
	uint8_t packet[SYN_SIZE];
	struct packet p;

	(void)state;
	memcpy(packet, ipv4_syn, sizeof packet);
	packet[6] = 0x20; /* more fragments */
	packet[7] = 3;    /* offset 24 */
	decode(101, packet, sizeof packet, sizeof packet, &p);
	assert_int_equal(p.kind, PACKET_FRAGMENT);
	assert_int_equal(p.fragment_offset, 24);
	assert_true(p.fragment_more);
	assert_int_equal(p.transport_size, SYN_SIZE - 20);
}

static void too_big_names_the_mtu_and_the_segment(void **state)
{
	uint8_t packet[20 + 8 + 28] = {0x45, 0, 0,   56, 0,   0, 0, 0,  60, 1, 0, 0,
	                               203,  0, 113, 1,  192, 0, 2, 10, 3,  4, 0, 0};
	struct packet p;

	(void)state;
	packet[26] = 0x05; /* MTU 1400 */
	packet[27] = 0x78;
	memcpy(packet + 28, ipv4_syn, 28);
	decode(101, packet, sizeof packet, sizeof packet, &p);
	assert_int_equal(p.kind, PACKET_ICMP);
	assert_int_equal(p.icmp, ICMP_TOO_BIG);
	assert_int_equal(p.mtu, 1400);
	assert_int_equal(p.source_port, 40000);
}

static void the_snap_length_cuts_content_not_sizes(void **state)
{
	uint8_t packet[40 + 1000] = {0};
	struct packet p;

	(void)state;
	memcpy(packet, ipv4_syn, 40);
	packet[2] = sizeof packet >> 8;
	packet[3] = sizeof packet & 0xff;
	packet[32] = 0x50;
	packet[33] = TCP_ACK;
	decode(101, packet, 60, sizeof packet, &p);
	assert_int_equal(p.kind, PACKET_TCP);
	assert_int_equal(p.payload_size, 1000);
	assert_int_equal(p.payload_captured, 20);
	packet[2] = packet[3] = 0; /* segmentation offload leaves the length out */
	decode(101, packet, 60, sizeof packet, &p);
	assert_int_equal(p.payload_size, 1000);
}

static void cut_at_any_byte(void **state)
{
	static const uint8_t header[] = {0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0x81, 0x00, 0, 5, 0x08, 0x00};
	uint8_t frame[128];
	struct packet p;
	size_t size;

	(void)state;
	put_frame(frame, &size, header, sizeof header, ipv4_syn, sizeof ipv4_syn);
	for (size_t cut = 0; cut < size; cut++) {
		decode(1, frame, cut, size, &p);
		/* Up to the flags a TCP header can be read, and the size of what it carries told. */
		const bool has_flags = cut >= sizeof header + 20 + 14;
		assert_int_equal(p.kind, has_flags ? PACKET_TCP : PACKET_OTHER);
		assert_int_equal(p.cut, cut < sizeof header + 40);
		if (!has_flags)
			continue;
		assert_int_equal(p.payload_size, 0);
		assert_int_equal(p.options_cut, cut < sizeof header + SYN_SIZE);
		assert_int_equal(p.window, 65535);
	}
}

static void options_that_lie_about_their_length(void **state)
{
	uint8_t packet[SYN_SIZE];
	struct packet p;

	(void)state;
	for (int length = 0; length < 256; length++) {
		memcpy(packet, ipv4_syn, sizeof packet);
		packet[41] = (uint8_t)length;
		decode(101, packet, sizeof packet, sizeof packet, &p);
		assert_int_equal(p.kind, PACKET_TCP);
		assert_int_equal(p.mss, length == 4 ? 1460 : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_link_layer),
	    cmocka_unit_test(ipv6_with_extension_headers),
	    cmocka_unit_test(a_fragment_is_no_segment),
	    cmocka_unit_test(too_big_names_the_mtu_and_the_segment),
	    cmocka_unit_test(the_snap_length_cuts_content_not_sizes),
	    cmocka_unit_test(cut_at_any_byte),
	    cmocka_unit_test(options_that_lie_about_their_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
