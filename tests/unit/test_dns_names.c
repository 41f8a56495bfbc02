/*
 * dns names: reverse names, the hosts file, our own source address.
 */
#include "unit.h"

#include "dns/dns.h"

#include <arpa/nameser.h>
#include <stdio.h>
#include <unistd.h>

static void expect_reverse(const char *address, const char *expected)
{
	struct sockaddr_storage parsed;
	char name[DNS_NAME_SIZE];

	assert_int_equal(address_parse(address, 0, &parsed), 0);
	dns_reverse_name(&parsed, name);
	assert_string_equal(name, expected);
}

static void test_reverse_names(void **state)
{
	(void)state;
	expect_reverse("192.0.2.25", "25.2.0.192.in-addr.arpa");
	expect_reverse("2001:db8::567:89ab",
	               "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}

static void test_names_of_types_and_states(void **state)
{
	char text[16];

	(void)state;
	assert_string_equal(dns_type_name(ns_t_mx, text), "MX");
	assert_string_equal(dns_type_name(ns_t_tlsa, text), "TLSA");
	assert_string_equal(dns_type_name(65, text), "TYPE65");
	assert_string_equal(dns_state_name(DNS_OK), "ok");
	assert_string_equal(dns_state_name(DNS_LOOP), "loop");
	assert_string_equal(dns_state_name(DNS_UNREACHABLE), "timeout");
}

static void test_names_are_equal_in_either_case(void **state)
{
	(void)state;
	assert_true(dns_name_equal("MX1.Example.com", "mx1.eXAMPLE.com"));
	assert_false(dns_name_equal("mx1.example.com", "mx1.example.co"));
	assert_false(dns_name_equal("mx1.example.co", "mx1.example.com"));
	assert_false(dns_name_equal("", "a"));
	assert_true(dns_name_equal("", ""));
}

static void test_the_hosts_file(void **state)
{
	static const char text[] = "# comment\n"
				   "127.0.0.1\tlocalhost mail.test\n"
				   "::1 ip6-localhost LOCALHOST # not-this.test\n"
				   "nonsense localhost\n"
				   "192.0.2.7\n"
				   "192.0.2.8 only.test";
	char path[] = "/tmp/smtpdx-hosts-XXXXXX";
	struct sockaddr_storage found[4];
	char shown[46];
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
	assert_int_equal(close(fd), 0);
	assert_int_equal(dns_hosts_file(path, "localhost", found, 4), 2);
	assert_string_equal(address_text(&found[0], shown), "127.0.0.1");
	assert_string_equal(address_text(&found[1], shown), "::1");
	assert_int_equal(dns_hosts_file(path, "localhost", found, 1), 1);
	assert_int_equal(dns_hosts_file(path, "only.test", found, 4), 1);
	assert_string_equal(address_text(&found[0], shown), "192.0.2.8");
	assert_int_equal(dns_hosts_file(path, "not-this.test", found, 4), 0);
	assert_int_equal(dns_hosts_file(path, "192.0.2.7", found, 4), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(dns_hosts_file(path, "localhost", found, 4), 0);
}

static void test_our_source_address(void **state)
{
	struct sockaddr_storage to, from;
	char text[46];

	(void)state;
	assert_int_equal(address_parse("127.0.0.9", 0, &to), 0);
	assert_int_equal(dns_source_address(&to, &from), 0);
	assert_string_equal(address_text(&from, text), "127.0.0.1");
	/* link-local without an interface: no route, whatever the machine */
	assert_int_equal(address_parse("fe80::1", 25, &to), 0);
	assert_int_equal(dns_source_address(&to, &from), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_reverse_names),
	    cmocka_unit_test(test_names_of_types_and_states),
	    cmocka_unit_test(test_names_are_equal_in_either_case),
	    cmocka_unit_test(test_the_hosts_file),
	    cmocka_unit_test(test_our_source_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
