/*
 * dns conf: resolv.conf as the C library reads it, and what is wrong with it.
 */
#include "unit.h"

#include "base/xalloc.h"
#include "dns/dns.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/smtpdx-resolv-XXXXXX";

static int set_up(void **state)
{
	(void)state;
	int fd = mkstemp(path);
	return fd >= 0 ? close(fd) : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

static struct dns_conf load(const char *text)
{
	struct dns_conf conf;
	struct err err = {""};
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(dns_conf_load(&conf, path, NULL, &err), 0);
	return conf;
}

static void expect_server(const struct dns_conf *conf, size_t i, const char *address, int port)
{
	char text[46];

	assert_true(i < conf->server_count);
	assert_string_equal(address_text(&conf->servers[i], text), address);
	assert_int_equal(address_port(&conf->servers[i]), port);
}

static void test_servers_and_options_are_read(void **state)
{
	struct dns_conf conf = load("# a comment\n"
	                            "; another\n"
	                            "search example.com\n"
	                            "nameserver 192.0.2.53\n"
	                            "nameserver\t2001:db8::53   \r\n"
	                            "options rotate timeout:2 attempts:4 edns0\n"
	                            "nameserver fe80::1%lo");

	(void)state;
	assert_string_equal(conf.fault, "");
	assert_int_equal(conf.server_count, 3);
	expect_server(&conf, 0, "192.0.2.53", 53);
	expect_server(&conf, 1, "2001:db8::53", 53);
	expect_server(&conf, 2, "fe80::1", 53);
	assert_true(conf.timeout >= 2 && conf.timeout <= 2);
	assert_int_equal(conf.attempts, 4);
}

static void test_options_are_bounded_as_in_the_c_library(void **state)
{
	struct dns_conf conf = load("nameserver 192.0.2.53\noptions timeout:1000000 attempts:99999999999999999999\n");

	(void)state;
	assert_true(conf.timeout >= 30 && conf.timeout <= 30);
	assert_int_equal(conf.attempts, 5);
	conf = load("nameserver 192.0.2.53\noptions timeout:-3 attempts:x timeout\n");
	assert_true(conf.timeout >= 5 && conf.timeout <= 5);
	assert_int_equal(conf.attempts, 2);
}

static void test_faults_are_told(void **state)
{
	static const struct {
		const char *text, *fault;
		size_t servers;
		const char *first;
	} cases[] = {
	    {"", "no name server", 1, "127.0.0.1"},
	    {"search example.com\n", "no name server", 1, "127.0.0.1"},
	    {" nameserver 192.0.2.53\n", "no name server", 1, "127.0.0.1"}, /* the keyword begins the line */
	    {"nameserver 192.0.2.300\nnameserver 192.0.2.53\n", ":1: \"192.0.2.300\" is no address", 1, "192.0.2.53"},
	    {"nameserver 192.0.2.53\nnameserver dns.example.com\n", ":2: \"dns.example.com\" is no address", 1,
	     "192.0.2.53"},
	    {"nameserver\n", ":1: \"\" is no address", 1, "127.0.0.1"},
	    {"nameserver 192.0.2.\033[2J53\n", "\\x1b[2J53", 1, "127.0.0.1"},
	    {"nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n",
	     "more than 3 name servers", 4, "192.0.2.1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct dns_conf conf = load(cases[i].text);
		if (strstr(conf.fault, cases[i].fault) == NULL)
			fail_msg("case %zu: \"%s\" does not contain \"%s\"", i, conf.fault, cases[i].fault);
		assert_int_equal(conf.server_count, cases[i].servers);
		expect_server(&conf, 0, cases[i].first, 53);
	}
}

static void test_no_more_servers_than_there_is_room_for(void **state)
{
	char text[4096] = "";

	(void)state;
	for (int i = 1; i <= 100; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "nameserver 192.0.2.%d\n", i);
	struct dns_conf conf = load(text);
	assert_int_equal(conf.server_count, DNS_SERVERS_MAX);
	expect_server(&conf, DNS_SERVERS_MAX - 1, "192.0.2.8", 53);
}

static void test_a_missing_file_is_a_fault_and_no_failure(void **state)
{
	struct dns_conf conf;
	struct err err = {""};

	(void)state;
	assert_int_equal(dns_conf_load(&conf, "/nonexistent/resolv.conf", NULL, &err), 0);
	assert_non_null(strstr(conf.fault, "/nonexistent/resolv.conf: No such file"));
	assert_int_equal(conf.server_count, 1);
	expect_server(&conf, 0, "127.0.0.1", 53);
}

static void test_resolver_replaces_the_file(void **state)
{
	struct dns_conf conf;
	struct err err = {""};

	(void)state;
	assert_int_equal(dns_conf_load(&conf, "/nonexistent", "192.0.2.53", &err), 0);
	assert_string_equal(conf.fault, "");
	assert_int_equal(conf.server_count, 1);
	expect_server(&conf, 0, "192.0.2.53", 53);
	assert_int_equal(dns_conf_load(&conf, NULL, "192.0.2.53:5353,[2001:db8::53]:54,2001:db8::54", &err), 0);
	assert_int_equal(conf.server_count, 3);
	expect_server(&conf, 0, "192.0.2.53", 5353);
	expect_server(&conf, 1, "2001:db8::53", 54);
	expect_server(&conf, 2, "2001:db8::54", 53);
}

static void test_resolvers_that_are_refused(void **state)
{
	static const char *const cases[] = {
	    "",
	    "dns.example.com",
	    "192.0.2.53:",
	    "192.0.2.53:0",
	    "192.0.2.53:65536",
	    "192.0.2.53,",
	    ",192.0.2.53",
	    "192.0.2.53 192.0.2.54",
	    "[2001:db8::53",
	    "1.1.1.1,1.1.1.2,1.1.1.3,1.1.1.4,1.1.1.5,1.1.1.6,1.1.1.7,1.1.1.8,1.1.1.9",
	    "192.0.2.53xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct dns_conf conf;
		struct err err = {""};
		if (dns_conf_load(&conf, NULL, cases[i], &err) != -1)
			fail_msg("\"%s\" was taken for a name server", cases[i]);
		assert_non_null(strstr(err.text, "--resolver: "));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_servers_and_options_are_read),
	    cmocka_unit_test(test_options_are_bounded_as_in_the_c_library),
	    cmocka_unit_test(test_faults_are_told),
	    cmocka_unit_test(test_no_more_servers_than_there_is_room_for),
	    cmocka_unit_test(test_a_missing_file_is_a_fault_and_no_failure),
	    cmocka_unit_test(test_resolver_replaces_the_file),
	    cmocka_unit_test(test_resolvers_that_are_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
