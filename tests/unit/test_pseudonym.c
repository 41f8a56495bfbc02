/* One thing, one pseudonym, and of its own kind; what identifies nobody stays. */
#include "model/pseudonym.h"

#include "model/target.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void expect(struct pseudonyms *p, enum pseudonym_scan scan, const char *text, const char *expected)
{
	char *result = pseudonym_text(p, text, scan);

	assert_string_equal(result, expected);
	free(result);
}

static void same_thing_same_pseudonym(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
	    {"220 mx1.corp.de ESMTP Postfix", "220 host1.domain1.example ESMTP Postfix"},
	    {"connect to MX1.corp.de[93.184.216.34]:25: timed out",
	     "connect to host1.domain1.example[192.0.2.1]:25: timed out"},
	    {"to=<ann.lee@corp.de>, relay=mx2.corp.de[93.184.216.35]:25",
	     "to=<user1@domain1.example>, relay=host2.domain1.example[192.0.2.2]:25"},
	    {"Postmaster@corp.de ann.lee@mail.other.co.uk.", "Postmaster@domain1.example user1@host3.domain2.example."},
	    {"250 2.0.0 Ok: queued as 4ZkP01Qm8zJ1", "250 2.0.0 Ok: queued as QUEUEID1"},
	    {"mx postfix/smtp[77]: B1D8EED3A: from=<>, 4ZkP01Qm8zJ1",
	     "host4 postfix/smtp[77]: QUEUEID2: from=<>, QUEUEID1"},
	    {"250 OK id=1qWxyZ-0003aB-Cd", "250 OK id=QUEUEID3"},
	    {"[10.1.2.3] 172.20.1.1 192.168.7.9 8.8.8.8 127.0.0.1",
	     "[10.0.0.1] 172.16.0.1 192.168.0.1 192.0.2.3 127.0.0.1"},
	    {"[IPv6:2a00:1450::1b] fe80::1 fd12::9 ::1", "[IPv6:2001:db8::1] fe80::1 fd00::2 ::1"},
	    {"a 10.1.2.3. And 93.184.216.34:587!", "a 10.0.0.1. And 192.0.2.1:587!"},
	};
	struct pseudonyms *p = pseudonyms_new(false);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		expect(p, PSEUDONYM_FIND, cases[i].text, cases[i].expected);
	pseudonyms_free(p);
}

static void what_is_no_name_stays(void **state)
{
	static const char *const texts[] = {
	    "421 4.4.2 Error: timeout exceeded",
	    "250-SIZE 10240000",
	    "TLS_AES_256_GCM_SHA384 ECDHE-RSA-AES256-GCM-SHA384 TLSv1.3",
	    "/etc/postfix/main.cf, line 7: smtpd_timeout=300s",
	    "Postfix 3.7.11, Exim 4.96, at 12:30:45.123 on 2026-03-01T10:00:00Z",
	    "java.net.SocketTimeoutException: Read timed out",
	    "ehlo [127.0.0.1] localhost",
	    "",
	};
	struct pseudonyms *p = pseudonyms_new(false);

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		expect(p, PSEUDONYM_FIND, texts[i], texts[i]);
	pseudonyms_free(p);
}

static void own_text_has_only_what_was_found(void **state)
{
	struct pseudonyms *p = pseudonyms_new(false);

	(void)state;
	expect(p, PSEUDONYM_KNOWN, "RFC 5321 4.5.3.2 and smtp.banner.delay of mx1.corp.de",
	       "RFC 5321 4.5.3.2 and smtp.banner.delay of mx1.corp.de");
	expect(p, PSEUDONYM_FIND, "mx1.corp.de [93.184.216.34]:25", "host1.domain1.example [192.0.2.1]:25");
	expect(p, PSEUDONYM_KNOWN, "RFC 5321 4.5.3.2 and smtp.banner.delay of mx1.corp.de at 93.184.216.34",
	       "RFC 5321 4.5.3.2 and smtp.banner.delay of host1.domain1.example at 192.0.2.1");
	/* A host may be called like a word. */
	char *host = pseudonym_host(p, "mail");
	assert_string_equal(host, "host2");
	free(host);
	expect(p, PSEUDONYM_FIND, "EHLO mail", "EHLO host2");
	expect(p, PSEUDONYM_KNOWN, "the mail waits", "the mail waits");
	pseudonyms_free(p);
}

static void same_size_keeps_the_size(void **state)
{
	static const char *const texts[] = {
	    "EHLO mail.some-company.example.org",
	    "MAIL FROM:<ann.lee@some-company.example.org> SIZE=1000",
	    "250 2.0.0 Ok: queued as 4ZkP01Qm8zJ1",
	};
	struct pseudonyms *p = pseudonyms_new(true);

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		char *result = pseudonym_text(p, texts[i], PSEUDONYM_FIND);
		assert_int_equal(strlen(result), strlen(texts[i]));
		assert_string_not_equal(result, texts[i]);
		assert_null(strstr(result, "some-company"));
		assert_null(strstr(result, "ann"));
		free(result);
	}
	pseudonyms_free(p);
}

static void many_addresses_stay_apart(void **state)
{
	struct pseudonyms *p = pseudonyms_new(false);
	struct sockaddr_storage from, to, first;
	char text[46];

	(void)state;
	for (int i = 0; i < 2000; i++) {
		snprintf(text, sizeof text, "5.%d.%d.1", i / 200, i % 200);
		assert_int_equal(address_parse(text, 25, &from), 0);
		pseudonym_address(p, &from, &to);
		assert_int_equal(address_port(&to), 25);
		address_text(&to, text);
		assert_true(strncmp(text, "192.0.2.", 8) == 0 || strncmp(text, "198.51.100.", 11) == 0 ||
		            strncmp(text, "203.0.113.", 10) == 0 || strncmp(text, "198.18.", 7) == 0);
		if (i == 0)
			first = to;
		else
			assert_false(address_equal(&to, &first));
	}
	pseudonyms_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(same_thing_same_pseudonym),        cmocka_unit_test(what_is_no_name_stays),
	    cmocka_unit_test(own_text_has_only_what_was_found), cmocka_unit_test(same_size_keeps_the_size),
	    cmocka_unit_test(many_addresses_stay_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
