/* The DNS half of the demo server, asked over the network and read by libresolv. */
#include "base/clock.h"
#include "demo/dns_server.h"
#include "demo_peer.h"
#include "unit.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <poll.h>
#include <resolv.h>
#include <stdio.h>
#include <unistd.h>

static const char zone[] = "scale: 0.1\n"
			   "dns 127.0.0.53\n"
			   " soa demo.test ns1.demo.test\n"
			   " mx demo.test 10 mx1.demo.test\n"
			   " mx null.test 0 .\n"
			   " a mx1.demo.test 127.0.0.2\n"
			   " aaaa mx1.demo.test ::1\n"
			   " cname www.demo.test mx1.demo.test\n"
			   " cname lost.demo.test nowhere.demo.test\n"
			   " cname loop1.demo.test loop2.demo.test\n"
			   " cname loop2.demo.test loop1.demo.test\n"
			   " ns demo.test ns1.demo.test\n"
			   " ptr 127.0.0.2 mx1.demo.test\n"
			   " txt demo.test \"v=spf1 \" \"-all\"\n"
			   " tlsa _25._tcp.mx1.demo.test 3 1 1 00ffAB\n"
			   " a small.test 127.0.0.1\n"
			   " on a slow.test delay 3s\n"
			   " a slow.test 127.0.0.1\n"
			   " on any silent.test silent\n"
			   " on any servfail.test servfail\n"
			   " on any refused.test refused\n"
			   " on a nxdomain.test nxdomain\n"
			   " a nxdomain.test 127.0.0.1\n"
			   " aaaa nxdomain.test ::1\n"
			   " on any cut.test truncate\n"
			   " a cut.test 127.0.0.1\n"
			   " on any lame.test lame\n"
			   " on any garbage.test garbage\n"
			   " on any once.test first 1 servfail\n"
			   " a once.test 127.0.0.1\n";

struct reply {
	unsigned char bytes[NS_MAXMSG];
	ns_msg message;
	int rcode;
	size_t answers;
	double seconds;
};

static struct demo_peer peer;

static int start(void **state)
{
	static char text[16384];

	(void)state;
	snprintf(text, sizeof text, "%s", zone);
	for (int i = 0; i < 40; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), " txt big.test \"%0200d\"\n", i);
	snprintf(text + strlen(text), sizeof text - strlen(text),
	         "dns 127.0.0.54\n on any * servfail\ndns 127.0.0.55\n closed\n");
	demo_peer_start(&peer, text);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	demo_peer_stop(&peer);
	return 0;
}

static int make_query(const char *name, int type, unsigned char query[static 512])
{
	struct __res_state resolver = {0};
	int size;

	assert_int_equal(res_ninit(&resolver), 0);
	size = res_nmkquery(&resolver, ns_o_query, name, ns_c_in, type, NULL, 0, NULL, query, 512);
	res_nclose(&resolver);
	assert_true(size > 0);
	return size;
}

static void read_reply(struct reply *reply, ssize_t size, const unsigned char *query)
{
	assert_true(size >= NS_HFIXEDSZ);
	assert_memory_equal(reply->bytes, query, 2);
	assert_int_equal(ns_initparse(reply->bytes, (int)size, &reply->message), 0);
	assert_int_equal(ns_msg_getflag(reply->message, ns_f_qr), 1);
	assert_int_equal(ns_msg_count(reply->message, ns_s_qd), 1);
	reply->rcode = (int)ns_msg_getflag(reply->message, ns_f_rcode);
	reply->answers = ns_msg_count(reply->message, ns_s_an);
}

/* -1: no answer within a third of a second and a bit. */
static int ask_udp(size_t server, const char *name, int type, struct reply *reply)
{
	unsigned char query[512];
	int size = make_query(name, type, query);
	int fd = demo_peer_dns(&peer, server, SOCK_DGRAM);
	struct pollfd pfd = {.fd = fd, .events = POLLIN};
	double begun = clock_now();
	ssize_t got = -1;

	assert_true(fd >= 0);
	assert_int_equal(send(fd, query, (size_t)size, 0), size);
	if (poll(&pfd, 1, 1000) == 1)
		got = recv(fd, reply->bytes, sizeof reply->bytes, 0);
	reply->seconds = clock_now() - begun;
	close(fd);
	if (got < 0)
		return -1;
	assert_true(got <= 512);
	read_reply(reply, got, query);
	return 0;
}

static void receive_all(int fd, unsigned char *bytes, size_t size)
{
	assert_int_equal(recv(fd, bytes, size, MSG_WAITALL), (int)size);
}

static void receive_tcp(int fd, const unsigned char *query, struct reply *reply)
{
	unsigned char length[2];
	size_t size;

	receive_all(fd, length, 2);
	size = (size_t)length[0] << 8 | length[1];
	receive_all(fd, reply->bytes, size);
	read_reply(reply, (ssize_t)size, query);
}

static void send_tcp(int fd, const unsigned char *query, int size)
{
	const unsigned char length[2] = {(unsigned char)(size >> 8), (unsigned char)size};

	assert_int_equal(send(fd, length, 2, MSG_NOSIGNAL), 2);
	assert_int_equal(send(fd, query, (size_t)size, MSG_NOSIGNAL), size);
}

static void ask_tcp(const char *name, int type, struct reply *reply)
{
	unsigned char query[512];
	int size = make_query(name, type, query);
	int fd = demo_peer_dns(&peer, 0, SOCK_STREAM);

	assert_true(fd >= 0);
	send_tcp(fd, query, size);
	receive_tcp(fd, query, reply);
	close(fd);
}

/* RDATA with names in it that are not compressed, so it can be compared as it is. */
struct rdata {
	const char *bytes;
	size_t size;
};

#define NAME(text)                \
	{                         \
		text, sizeof text \
	} /* with the NUL as the root label */
#define BYTES(text)                   \
	{                             \
		text, sizeof text - 1 \
	}

static const struct rdata mx1 = NAME("\003mx1\004demo\004test");
static const struct rdata v4 = BYTES("\177\0\0\002");

static void check_answer(struct reply *reply, int i, const char *name, int type, const struct rdata *data)
{
	ns_rr rr;

	assert_int_equal(ns_parserr(&reply->message, ns_s_an, i, &rr), 0);
	assert_string_equal(ns_rr_name(rr), name);
	assert_int_equal(ns_rr_type(rr), type);
	assert_int_equal(ns_rr_rdlen(rr), (int)data->size);
	assert_memory_equal(ns_rr_rdata(rr), data->bytes, data->size);
}

static void records(void **state)
{
	static const struct {
		const char *name;
		int type;
		struct rdata data;
	} cases[] = {
	    {"demo.test", ns_t_mx, NAME("\0\012\003mx1\004demo\004test")},
	    {"DEMO.Test", ns_t_ns, NAME("\003ns1\004demo\004test")},
	    {"null.test", ns_t_mx, BYTES("\0\0\0")},
	    {"mx1.demo.test", ns_t_a, BYTES("\177\0\0\002")},
	    {"mx1.demo.test", ns_t_aaaa, BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\001")},
	    {"2.0.0.127.in-addr.arpa", ns_t_ptr, NAME("\003mx1\004demo\004test")},
	    {"demo.test", ns_t_txt, BYTES("\007v=spf1 \004-all")},
	    {"_25._tcp.mx1.demo.test", ns_t_tlsa, BYTES("\003\001\001\0\377\253")},
	};
	struct reply reply;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(ask_udp(0, cases[i].name, cases[i].type, &reply), 0);
		assert_int_equal(reply.rcode, ns_r_noerror);
		assert_int_equal(reply.answers, 1);
		assert_int_equal(ns_msg_getflag(reply.message, ns_f_aa), 1);
		assert_int_equal(ns_msg_getflag(reply.message, ns_f_ra), 1);
		check_answer(&reply, 0, i == 1 ? "demo.test" : cases[i].name, cases[i].type, &cases[i].data);
	}
}

static void aliases(void **state)
{
	static const struct rdata loop1 = NAME("\005loop1\004demo\004test");
	static const struct rdata loop2 = NAME("\005loop2\004demo\004test");
	struct reply reply;

	(void)state;
	assert_int_equal(ask_udp(0, "www.demo.test", ns_t_a, &reply), 0);
	assert_int_equal(reply.answers, 2);
	check_answer(&reply, 0, "www.demo.test", ns_t_cname, &mx1);
	check_answer(&reply, 1, "mx1.demo.test", ns_t_a, &v4);
	assert_int_equal(ask_udp(0, "lost.demo.test", ns_t_a, &reply), 0);
	assert_int_equal(reply.answers, 1);
	assert_int_equal(reply.rcode, ns_r_nxdomain);
	assert_int_equal(ask_udp(0, "loop1.demo.test", ns_t_a, &reply), 0);
	assert_int_equal(reply.rcode, ns_r_noerror);
	assert_true(reply.answers >= 2);
	check_answer(&reply, 0, "loop1.demo.test", ns_t_cname, &loop2);
	check_answer(&reply, 1, "loop2.demo.test", ns_t_cname, &loop1);
}

static void negative_answers(void **state)
{
	struct reply reply;
	ns_rr rr;

	(void)state;
	assert_int_equal(ask_udp(0, "nothing.demo.test", ns_t_a, &reply), 0);
	assert_int_equal(reply.rcode, ns_r_nxdomain);
	assert_int_equal(ns_msg_count(reply.message, ns_s_ns), 1);
	assert_int_equal(ns_parserr(&reply.message, ns_s_ns, 0, &rr), 0);
	assert_string_equal(ns_rr_name(rr), "demo.test");
	assert_int_equal(ns_rr_type(rr), ns_t_soa);
	assert_int_equal(ask_udp(0, "mx1.demo.test", ns_t_txt, &reply), 0);
	assert_int_equal(reply.rcode, ns_r_noerror);
	assert_int_equal(reply.answers, 0);
	assert_int_equal(ask_udp(0, "_tcp.mx1.demo.test", ns_t_a, &reply), 0); /* something is below it */
	assert_int_equal(reply.rcode, ns_r_noerror);
	assert_int_equal(ask_udp(0, "1.demo.test", ns_t_a, &reply), 0); /* mx1.demo.test is not below it */
	assert_int_equal(reply.rcode, ns_r_nxdomain);
}

static void deeds(void **state)
{
	struct reply reply;

	(void)state;
	assert_int_equal(ask_udp(0, "servfail.test", ns_t_a, &reply), 0);
	assert_int_equal(reply.rcode, ns_r_servfail);
	assert_int_equal(ask_udp(0, "refused.test", ns_t_mx, &reply), 0);
	assert_int_equal(reply.rcode, ns_r_refused);
	assert_int_equal(ask_udp(0, "nxdomain.test", ns_t_a, &reply), 0);
	assert_int_equal(reply.rcode, ns_r_nxdomain);
	assert_int_equal(ask_udp(0, "nxdomain.test", ns_t_aaaa, &reply), 0); /* the rule is about A only */
	assert_int_equal(reply.answers, 1);
	assert_int_equal(ask_udp(0, "lame.test", ns_t_mx, &reply), 0);
	assert_int_equal(reply.rcode, ns_r_noerror);
	assert_int_equal(reply.answers, 0);
	assert_int_equal(ns_msg_getflag(reply.message, ns_f_aa), 0);
	assert_int_equal(ask_udp(0, "once.test", ns_t_a, &reply), 0);
	assert_int_equal(reply.rcode, ns_r_servfail);
	assert_int_equal(ask_udp(0, "once.test", ns_t_a, &reply), 0);
	assert_int_equal(reply.answers, 1);
	assert_int_equal(ask_udp(1, "mx1.demo.test", ns_t_a, &reply), 0); /* each server has rules of its own */
	assert_int_equal(reply.rcode, ns_r_servfail);
}

static void garbage(void **state)
{
	unsigned char query[512], bytes[512];
	int size = make_query("garbage.test", ns_t_a, query);
	int fd = demo_peer_dns(&peer, 0, SOCK_DGRAM);
	ns_msg message;
	ns_rr rr;

	(void)state;
	assert_int_equal(send(fd, query, (size_t)size, 0), size);
	ssize_t got = recv(fd, bytes, sizeof bytes, 0);
	close(fd);
	assert_true(got > 12);
	assert_memory_equal(bytes, query, 2);
	assert_true(ns_initparse(bytes, (int)got, &message) != 0 || ns_parserr(&message, ns_s_an, 0, &rr) != 0);
}

static void delays_hold_back_only_their_own(void **state)
{
	unsigned char query[512];
	int size = make_query("slow.test", ns_t_a, query);
	int fd = demo_peer_dns(&peer, 0, SOCK_DGRAM);
	struct reply reply;
	double begun = clock_now();

	(void)state;
	assert_int_equal(send(fd, query, (size_t)size, 0), size);
	assert_int_equal(ask_udp(0, "small.test", ns_t_a, &reply), 0);
	assert_true(reply.seconds < 0.29);
	assert_true(recv(fd, reply.bytes, sizeof reply.bytes, 0) > 12);
	assert_true(clock_now() - begun >= 0.299);
	assert_true(clock_now() - begun < 2);
	close(fd);
	assert_int_equal(ask_udp(0, "silent.test", ns_t_a, &reply), -1);
}

static void long_answers_are_cut_and_tcp_has_them_whole(void **state)
{
	struct reply reply;

	(void)state;
	assert_int_equal(ask_udp(0, "big.test", ns_t_txt, &reply), 0);
	assert_int_equal(ns_msg_getflag(reply.message, ns_f_tc), 1);
	assert_true(reply.answers < 40);
	ask_tcp("big.test", ns_t_txt, &reply);
	assert_int_equal(ns_msg_getflag(reply.message, ns_f_tc), 0);
	assert_int_equal(reply.answers, 40);
	assert_int_equal(ask_udp(0, "cut.test", ns_t_a, &reply), 0);
	assert_int_equal(ns_msg_getflag(reply.message, ns_f_tc), 1);
	assert_int_equal(reply.answers, 0);
	ask_tcp("cut.test", ns_t_a, &reply);
	assert_int_equal(reply.answers, 1);
}

static void tcp_answers_in_order_after_delays(void **state)
{
	unsigned char slow[512], fast[512];
	int slow_size = make_query("slow.test", ns_t_a, slow);
	int fast_size = make_query("small.test", ns_t_a, fast);
	int fd = demo_peer_dns(&peer, 0, SOCK_STREAM);
	struct reply reply;
	double begun = clock_now();

	(void)state;
	send_tcp(fd, slow, slow_size);
	send_tcp(fd, fast, fast_size);
	receive_tcp(fd, slow, &reply);
	assert_true(clock_now() - begun >= 0.299);
	receive_tcp(fd, fast, &reply);
	assert_int_equal(reply.answers, 1);
	close(fd);
}

static void closed_server_refuses(void **state)
{
	int fd = demo_peer_dns(&peer, 2, SOCK_DGRAM);
	unsigned char byte = 0;

	(void)state;
	assert_int_equal(demo_peer_dns(&peer, 2, SOCK_STREAM), -1);
	assert_int_equal(errno, ECONNREFUSED);
	assert_int_equal(send(fd, &byte, 1, 0), 1);
	assert_int_equal(recv(fd, &byte, 1, 0), -1);
	assert_int_equal(errno, ECONNREFUSED);
	close(fd);
}

/* Whatever strangers send, the next client is answered. */
static void hostile_clients(void **state)
{
	static const unsigned char junk[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	                                     0xff, 0xff, 0xff, 0xff, 0xff, 0xc0, 0x0c};
	unsigned char query[512], loop[NS_HFIXEDSZ + 6] = {1, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 0x0c, 0, 1, 0, 1};
	int size = make_query("small.test", ns_t_a, query);
	int udp = demo_peer_dns(&peer, 0, SOCK_DGRAM);
	int tcp[DNS_TCP_MAX + 8];
	struct reply reply;
	unsigned char byte;

	(void)state;
	for (size_t cut = 0; cut < (size_t)size; cut++)
		assert_int_equal(send(udp, query, cut, 0), (int)cut);
	assert_int_equal(send(udp, junk, sizeof junk, 0), (int)sizeof junk);
	assert_int_equal(send(udp, loop, sizeof loop, 0), (int)sizeof loop);
	query[2] |= 0x80; /* an answer is no question: two servers must not talk to each other for ever */
	assert_int_equal(send(udp, query, (size_t)size, 0), size);
	assert_int_equal(ask_udp(0, "small.test", ns_t_a, &reply), 0);
	assert_int_equal(recv(udp, &byte, 1, MSG_DONTWAIT), -1);
	close(udp);
	for (size_t i = 0; i < DNS_TCP_MAX + 8; i++)
		tcp[i] = demo_peer_dns(&peer, 0, SOCK_STREAM);
	assert_int_equal(send(tcp[0], "\xff\xff", 2, MSG_NOSIGNAL), 2); /* longer than any question */
	assert_int_equal(recv(tcp[0], &byte, 1, 0), 0);
	assert_int_equal(recv(tcp[DNS_TCP_MAX + 7], &byte, 1, 0), 0); /* one too many */
	for (size_t i = 0; i < DNS_TCP_MAX + 8; i++)
		close(tcp[i]);
	assert_int_equal(ask_udp(0, "small.test", ns_t_a, &reply), 0);
	usleep(50000); /* the server has seen them go */
	ask_tcp("small.test", ns_t_a, &reply);
	assert_int_equal(reply.answers, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(records),
	    cmocka_unit_test(aliases),
	    cmocka_unit_test(negative_answers),
	    cmocka_unit_test(deeds),
	    cmocka_unit_test(garbage),
	    cmocka_unit_test(delays_hold_back_only_their_own),
	    cmocka_unit_test(long_answers_are_cut_and_tcp_has_them_whole),
	    cmocka_unit_test(tcp_answers_in_order_after_delays),
	    cmocka_unit_test(closed_server_refuses),
	    cmocka_unit_test(hostile_clients),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
