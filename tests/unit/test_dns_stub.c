/*
 * dns stub: the dns check with a resolv.conf, and what a look-up costs the C library with it.
 *
 * The program puts itself into name spaces of its own, with an /etc/resolv.conf and a port 53 that nobody else sees. Where
 * that is not allowed the tests are skipped.
 */
#include "unit.h"

#include "base/clock.h"
#include "base/xalloc.h"
#include "checks/check.h"
#include "dns_peer.h"

#include <arpa/nameser.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#define SILENT "127.0.0.9"
#define WORKS  "127.0.0.10"

static char path[] = "/tmp/smtpdx-stub-XXXXXX";
static bool alone; /* in name spaces of our own */

static int enter_name_spaces(void)
{
	const int spaces = CLONE_NEWNS | CLONE_NEWNET;
	char map[64];

	snprintf(map, sizeof map, "0 %u 1", (unsigned)geteuid());
	if (unshare(spaces) != 0) {
		if (unshare(spaces | CLONE_NEWUSER) != 0)
			return -1;
		int fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
		ssize_t written = fd >= 0 ? write(fd, map, strlen(map)) : -1;
		if (fd >= 0)
			close(fd);
		if (written < 0)
			return -1;
	}
	/* from here on no mount of ours reaches the rest of the machine */
	return mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL);
}

static int raise_loopback(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	int failed = ioctl(fd, SIOCSIFFLAGS, &request);
	close(fd);
	return failed;
}

static int set_up(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0 || close(fd) != 0)
		return -1;
	alone = enter_name_spaces() == 0 && raise_loopback() == 0 &&
	        mount(path, "/etc/resolv.conf", "none", MS_BIND, NULL) == 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

static const struct peer_record records[] = {
    {"a.test", ns_t_mx, "10 mx.test"}, {"mx.test", ns_t_a, "127.0.0.21"}, {".", ns_t_ns, "ns.test"}, {NULL, 0, NULL}};

/* The question that the C library is made to ask takes longer than any of ours. */
static const struct peer_rule rules[] = {{.server = SILENT, .deed = PEER_SILENT}, {.name = ".", .delay = 0.3}};

static const struct peer_script script = {
    .addresses = {SILENT, WORKS}, .records = records, .rules = rules, .rule_count = 2, .port = 53};

/* Runs the check with that resolv.conf. The case is the caller's to free. */
static struct case_file *measure(const char *conf)
{
	struct settings settings = {.timeout = 4};
	struct case_file *c = case_new("a.test");
	struct emit *e = emit_new("dns", NULL, c);
	struct target target;
	struct peer peer;
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(conf, file) >= 0);
	assert_int_equal(fclose(file), 0);
	peer_start(&peer, &script);
	assert_int_equal(target_parse("a.test", &target, NULL), 0);
	assert_int_equal(check_run(&check_dns, &target, &settings, e), CHECK_DONE);
	emit_free(e);
	target_done(&target);
	peer_stop(&peer);
	return c;
}

static double number(const struct case_file *c, const char *name)
{
	const struct fact *fact = case_find_fact(c, name, "self");

	assert_non_null(fact);
	return fact->number;
}

static const char *text(const struct case_file *c, const char *name, const char *subject)
{
	const struct fact *fact = case_find_fact(c, name, subject);

	return fact != NULL ? fact->text : "";
}

static void test_a_resolver_that_works(void **state)
{
	(void)state;
	if (!alone)
		skip();
	struct case_file *c = measure("nameserver " WORKS "\n");
	assert_string_equal(text(c, "dns.mx.status", "a.test"), "ok");
	assert_string_equal(text(c, "dns.first.state", "self"), "answers");
	assert_string_equal(text(c, "dns.resolver.state", "resolver [" WORKS "]:53"), "answers");
	assert_in_range((int)(number(c, "dns.stub.delay") * 1000), 300, 800);
	assert_null(case_find_fact(c, "dns.conf.fault", NULL));
	case_free(c);
}

/* Worked out from our own questions it would be 1.0 s. */
static void test_a_dead_first_resolver_costs_its_timeout(void **state)
{
	(void)state;
	if (!alone)
		skip();
	struct case_file *c = measure("options timeout:1\nnameserver " SILENT "\nnameserver " WORKS "\n");
	assert_string_equal(text(c, "dns.mx.status", "a.test"), "ok");
	assert_string_equal(text(c, "dns.first.state", "self"), "silent");
	assert_in_range((int)(number(c, "dns.stub.delay") * 1000), 1300, 1900);
	assert_in_range((int)number(c, "dns.resolvers.dead"), 1, 1);
	case_free(c);
}

/* The C library goes on for 10 s; the check does not wait for that and works it out. */
static void test_a_look_up_that_takes_too_long_is_worked_out(void **state)
{
	(void)state;
	if (!alone)
		skip();
	double began = clock_now();
	struct case_file *c = measure("nameserver " SILENT "\n");
	assert_true(clock_now() - began < 4);
	assert_in_range((int)(number(c, "dns.stub.delay") * 1000), 10000, 10000);
	case_free(c);
}

static void test_a_resolver_named_twice_is_one(void **state)
{
	(void)state;
	if (!alone)
		skip();
	struct case_file *c = measure("nameserver " WORKS "\nnameserver " WORKS "\n");
	assert_in_range((int)number(c, "dns.resolvers.count"), 1, 1);
	assert_string_equal(text(c, "dns.resolver.state", "resolver [" WORKS "]:53"), "answers");
	case_free(c);
}

static void test_the_fault_of_a_resolv_conf(void **state)
{
	(void)state;
	if (!alone)
		skip();
	struct case_file *c = measure("nameserver ns.example.com\nnameserver " WORKS "\n");
	assert_non_null(strstr(text(c, "dns.conf.fault", "self"), "/etc/resolv.conf:1: \"ns.example.com\""));
	assert_string_equal(text(c, "dns.mx.status", "a.test"), "ok");
	case_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_resolver_that_works),
	    cmocka_unit_test(test_a_dead_first_resolver_costs_its_timeout),
	    cmocka_unit_test(test_a_look_up_that_takes_too_long_is_worked_out),
	    cmocka_unit_test(test_a_resolver_named_twice_is_one),
	    cmocka_unit_test(test_the_fault_of_a_resolv_conf),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
