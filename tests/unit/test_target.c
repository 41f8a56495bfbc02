/*
 * target: what a user may type, what is refused, and subjects both ways.
 */
#include "unit.h"

#include "base/xalloc.h"
#include "model/target.h"

#include <netinet/in.h>

#define LABEL_63 "a23456789012345678901234567890123456789012345678901234567890123"

static void test_targets_that_are_understood(void **state)
{
	static const struct {
		const char *text, *name, *address, *recipient;
		int port;
		bool is_domain;
	} cases[] = {
	    {"example.com", "example.com", NULL, NULL, 25, true},
	    {"EXAMPLE.Com.", "example.com", NULL, NULL, 25, true},
	    {"localhost", "localhost", NULL, NULL, 25, true},
	    {"Anna.B+c@Example.com", "example.com", NULL, "Anna.B+c@example.com", 25, true},
	    {"x@example.com.", "example.com", NULL, "x@example.com", 25, true},
	    {"mx1.example.com:587", "mx1.example.com", NULL, NULL, 587, false},
	    {"localhost:25", "localhost", NULL, NULL, 25, false},
	    {"192.0.2.25", "", "192.0.2.25", NULL, 25, false},
	    {"192.0.2.25:465", "", "192.0.2.25", NULL, 465, false},
	    {"2001:DB8::25", "", "2001:db8::25", NULL, 25, false},
	    {"[2001:db8::25]", "", "2001:db8::25", NULL, 25, false},
	    {"[2001:db8::25]:2525", "", "2001:db8::25", NULL, 2525, false},
	    {"_dmarc.example.com", "_dmarc.example.com", NULL, NULL, 25, true},
	    {LABEL_63 "x@example.com", "example.com", NULL, LABEL_63 "x@example.com", 25, true},
	    {"1and1.de", "1and1.de", NULL, NULL, 25, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct target target;
		struct err err = {""};
		char text[46];

		if (target_parse(cases[i].text, &target, &err) != 0)
			fail_msg("%s: %s", cases[i].text, err.text);
		assert_string_equal(target.text, cases[i].text);
		assert_string_equal(target.name, cases[i].name);
		assert_int_equal(target.port, cases[i].port);
		assert_int_equal(target.is_domain, cases[i].is_domain);
		if (cases[i].address != NULL) {
			assert_string_equal(address_text(&target.address, text), cases[i].address);
			assert_int_equal(address_port(&target.address), cases[i].port);
		} else {
			assert_int_equal(target.address.ss_family, AF_UNSPEC);
		}
		if (cases[i].recipient != NULL)
			assert_string_equal(target.recipient, cases[i].recipient);
		else
			assert_null(target.recipient);
		target_done(&target);
	}
}

static void test_targets_that_are_refused(void **state)
{
	static const char *const cases[] = {
	    "",
	    ".",
	    "..",
	    "a..b",
	    ".example.com",
	    "-x.example.com",
	    "x-.example.com",
	    "example.com-",
	    "exa mple.com",
	    "ex\033[2Jample.com",
	    "b\xc3\xbc"
	    "cher.example",
	    "example.com:0",
	    "example.com:65536",
	    "example.com:",
	    "example.com:25x",
	    "example.com:+25",
	    "192.0.2.256",
	    "192.0.2",
	    "1.2.3.4.5",
	    "192.0.2.25:99999",
	    "[192.0.2.25]:25",
	    "[example.com]:25",
	    "[2001:db8::25",
	    "[2001:db8::25]25",
	    "2001:db8:::25",
	    "@example.com",
	    "a@",
	    "a@b@",
	    "a@192.0.2.1",
	    "a@example.com:25",
	    "a<b>@example.com",
	    "a b@example.com",
	    ".a@example.com",
	    "a;reboot@example.com",
	    "$(reboot)",
	    "example.com/x",
	    LABEL_63 "4.example.com",
	    LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63,
	    LABEL_63 "xy@example.com",
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct target target;
		struct err err = {""};

		if (target_parse(cases[i], &target, &err) == 0)
			fail_msg("\"%s\" was taken for a target", cases[i]);
		assert_true(strlen(err.text) > 0);
		assert_null(strchr(err.text, '\033'));
		assert_null(target.text); /* nothing is left to free */
	}
}

static void test_a_target_of_any_length_is_refused(void **state)
{
	struct target target;
	struct err err = {""};
	char *text = xmalloc(100001);

	(void)state;
	memset(text, 'a', 100000);
	text[100000] = '\0';
	assert_int_equal(target_parse(text, &target, &err), -1);
	memcpy(text, "[::1", 4);
	assert_int_equal(target_parse(text, &target, &err), -1);
	free(text);
}

static void test_host_names(void **state)
{
	(void)state;
	assert_true(target_is_host_name(LABEL_63 ".example"));
	assert_true(target_is_host_name("_25._tcp.mx.example"));
	assert_true(target_is_host_name("xn--bcher-kva.example"));
	assert_false(target_is_host_name(LABEL_63 "x.example"));
	assert_false(target_is_host_name("example.")); /* a final dot is the caller's to take off */
	assert_false(target_is_host_name("a\\.b.example"));
	assert_false(target_is_host_name("a\\032b.example"));
	assert_false(target_is_host_name("192.0.2.1"));
	assert_false(target_is_host_name("*.example"));
}

static void test_addresses_are_compared_without_their_ports(void **state)
{
	struct sockaddr_storage a, b;

	(void)state;
	assert_int_equal(address_parse("192.0.2.1", 25, &a), 0);
	assert_int_equal(address_parse_port("192.0.2.1:53", 25, &b), 0);
	assert_int_equal(address_port(&b), 53);
	assert_true(address_equal(&a, &b));
	address_set_port(&b, 5353);
	assert_int_equal(address_port(&b), 5353);
	assert_int_equal(address_parse_port("[2001:db8::1]:53", 25, &a), 0);
	assert_false(address_equal(&a, &b));
	assert_int_equal(address_parse("2001:db8::1", 25, &b), 0);
	assert_true(address_equal(&a, &b));
	address_set_port(&b, 1);
	assert_int_equal(address_port(&b), 1);
	assert_int_equal(address_parse("2001:db8::2", 25, &b), 0);
	assert_false(address_equal(&a, &b));
	assert_int_equal(address_parse("fe80::1%lo", 53, &a), 0);
	assert_int_equal(address_port(&a), 53);
	assert_int_not_equal(((struct sockaddr_in6 *)&a)->sin6_scope_id, 0);
	assert_int_equal(address_parse("fe80::1%no-such-interface", 53, &a), -1);
	assert_int_equal(address_parse("127.1", 53, &a), -1);
	assert_int_equal(a.ss_family, AF_UNSPEC);
}

static void expect_subject(const char *name, const char *address, const char *plain, const char *endpoint)
{
	struct sockaddr_storage parsed;

	assert_int_equal(address_parse(address, 25, &parsed), 0);
	char *subject = subject_address(name, &parsed);
	assert_string_equal(subject, plain);
	free(subject);
	subject = subject_endpoint(name, &parsed);
	assert_string_equal(subject, endpoint);
	free(subject);
}

static void test_subjects(void **state)
{
	(void)state;
	expect_subject("mx1.example.com", "192.0.2.25", "mx1.example.com [192.0.2.25]",
	               "mx1.example.com [192.0.2.25]:25");
	expect_subject("mx1.example.com", "2001:db8::25", "mx1.example.com [2001:db8::25]",
	               "mx1.example.com [2001:db8::25]:25");
	expect_subject("", "192.0.2.25", "[192.0.2.25]", "[192.0.2.25]:25");
	expect_subject(NULL, "2001:db8::25", "[2001:db8::25]", "[2001:db8::25]:25");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_targets_that_are_understood),
	    cmocka_unit_test(test_targets_that_are_refused),
	    cmocka_unit_test(test_a_target_of_any_length_is_refused),
	    cmocka_unit_test(test_host_names),
	    cmocka_unit_test(test_addresses_are_compared_without_their_ports),
	    cmocka_unit_test(test_subjects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
