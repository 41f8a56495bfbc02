/* The scenario language: what it means, and that every mistake is told with file and line. */
#include "demo/scenario.h"

#include "base/buf.h"
#include "base/xalloc.h"
#include "unit.h"

#include <arpa/nameser.h>
#include <stdio.h>
#include <unistd.h>

#define HEAD "title: t\ntarget: demo.test\n"

static void whole_scenario(void **state)
{
	static const char text[] = "# a remark\n"
				   "title: Two words\n"
				   "expect: greylisting\n"
				   "target: 127.0.0.1:{port}\n"
				   "options: --idle data --yes\n"
				   "scale: 0.5\n"
				   "\n"
				   "dns 127.0.0.53 127.0.0.54   # two servers\n"
				   "  mx Demo.TEST. 10 mx1.demo.test\n"
				   "  on a * first 2 delay 3s servfail\n"
				   "smtp ::1\n"
				   "  host mx1.demo.test\n"
				   "  rcpt first 1 delay 2s reply \"450 later\"\n"
				   "                              \"# no remark\"\n"
				   "       close\n";
	struct err err = {""};
	struct scenario *s = scenario_parse("f", text, &err);
	const struct smtp_rule *rule;

	(void)state;
	assert_null(s); /* the last line is no continuation, since it does not begin with a quote */
	assert_string_equal(
	    err.text, "f:15: expected host, closed, filtered, or an event (banner, ehlo, helo, starttls, auth, mail, "
		      "rcpt, data, rset, noop, quit, other, body, end, idle, limit), found \"close\"");
	char *corrected = xstrdup(text);
	strstr(corrected, "\n       close")[0] = ' ';
	s = scenario_parse("f", corrected, &err);
	free(corrected);
	assert_non_null(s);
	assert_string_equal(s->title, "Two words");
	assert_string_equal(s->expect, "greylisting");
	assert_string_equal(s->options, "--idle data --yes");
	assert_int_equal(s->dns_count, 1);
	assert_int_equal(s->dns[0].address_count, 2);
	assert_string_equal(s->dns[0].records[0].name, "demo.test");
	assert_int_equal(s->dns[0].records[0].type, ns_t_mx);
	assert_memory_equal(s->dns[0].records[0].data, "\0\012\003mx1\004demo\004test\0", s->dns[0].records[0].size);
	assert_int_equal(s->dns[0].rules[0].first, 2);
	assert_int_equal(s->dns[0].rules[0].deed, DNS_DEED_SERVFAIL);
	assert_true(s->dns[0].rules[0].delay > 1.49 && s->dns[0].rules[0].delay < 1.51);
	assert_null(s->dns[0].rules[0].name);
	assert_string_equal(s->smtp[0].host, "mx1.demo.test");
	rule = &s->smtp[0].rules[0];
	assert_int_equal(rule->event, SMTP_RCPT);
	assert_int_equal(rule->first, 1);
	assert_int_equal(rule->step_count, 3);
	assert_true(rule->steps[0].seconds > 0.99 && rule->steps[0].seconds < 1.01);
	assert_string_equal(rule->steps[1].text, "450 later\r\n# no remark\r\n");
	assert_int_equal(rule->steps[2].kind, SMTP_STEP_CLOSE);
	scenario_free(s);
}

/* Every event has a rule, so that a session never runs into one without. */
static void defaults_cover_every_event(void **state)
{
	struct err err = {""};
	struct scenario *s = scenario_parse("f", HEAD "smtp 127.0.0.1\n", &err);

	(void)state;
	assert_non_null(s);
	for (int event = 0; event < SMTP_EVENT_COUNT; event++) {
		bool found = event == SMTP_BODY || event == SMTP_LIMIT; /* nothing special happens */

		for (size_t i = 0; i < s->smtp[0].rule_count; i++)
			found = found || (int)s->smtp[0].rules[i].event == event;
		assert_true(found);
	}
	scenario_free(s);
}

static void escapes(void **state)
{
	struct err err = {""};
	struct scenario *s =
	    scenario_parse("f", HEAD "smtp 127.0.0.1\n banner bytes \"\\x00\\xfF\\n\\r\\t\\\\\\\"a\"\n", &err);

	(void)state;
	assert_non_null(s);
	assert_int_equal(s->smtp[0].rules[0].steps[0].size, 8);
	assert_memory_equal(s->smtp[0].rules[0].steps[0].text, "\0\xff\n\r\t\\\"a", 8);
	scenario_free(s);
}

static void mistakes(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
	    {"target: x\nsmtp 127.0.0.1\n", "f: expected a line \"title: ...\""},
	    {"title: x\nsmtp 127.0.0.1\n", "f: expected a line \"target: ...\""},
	    {HEAD, "f: expected a dns or an smtp part"},
	    {HEAD "title: u\n", "f:3: a second title"},
	    {"title:\n", "f:1: title: expected a text after it"},
	    {"colour: red\n", "f:1: expected title, expect, target, options or scale, found \"colour\""},
	    {HEAD "scale: 0\n", "f:3: scale: expected a number from 0.001 to 1000, found \"0\""},
	    {HEAD "scale: 1s\n", "f:3: scale: expected a number from 0.001 to 1000, found \"1s\""},
	    {HEAD "smtp 127.0.0.1\nscale: 2\n", "f:4: scale: expected before the first dns or smtp part"},
	    {HEAD "banner close\n",
	     "f:3: expected a header such as \"title: ...\", or dns or smtp with an address, found \"banner\""},
	    {HEAD "smtp\n", "f:3: expected a loopback address (127.x.y.z or ::1), found the end of the line"},
	    {HEAD "smtp 192.0.2.1\n", "f:3: expected a loopback address (127.x.y.z or ::1), found \"192.0.2.1\""},
	    {HEAD "dns ::\n", "f:3: expected a loopback address (127.x.y.z or ::1), found \"::\""},
	    {HEAD "smtp 127.0.0.1 127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5\n",
	     "f:3: expected the end of the line, found \"127.0.0.5\""},
	    {HEAD "dns 127.0.0.1\n a x.test 192.0.2.1\n",
	     "f:4: expected a loopback address (127.x.y.z or ::1), found \"192.0.2.1\""},
	    {HEAD "dns 127.0.0.1\n a x.test ::1\n", "f:4: expected an IPv4 address, found \"::1\""},
	    {HEAD "dns 127.0.0.1\n aaaa x.test 127.0.0.1\n", "f:4: expected an IPv6 address, found \"127.0.0.1\""},
	    {HEAD "dns 127.0.0.1\n a x..test 127.0.0.1\n", "f:4: expected a domain name, found \"x..test\""},
	    {HEAD "dns 127.0.0.1\n a x\033.test 127.0.0.1\n", "f:4: expected a domain name, found \"x\\x1b.test\""},
	    {HEAD "dns 127.0.0.1\n mx x.test 65536 y\n",
	     "f:4: expected an MX preference from 0 to 65535, found \"65536\""},
	    {HEAD "dns 127.0.0.1\n txt x.test y\n", "f:4: expected a text in quotes, found \"y\""},
	    {HEAD "dns 127.0.0.1\n tlsa x.test 3 1 1 abc\n",
	     "f:4: expected an even number of hexadecimal digits, found \"abc\""},
	    {HEAD "dns 127.0.0.1\n spf x.test y\n",
	     "f:4: expected a record (a, aaaa, cname, mx, ns, ptr, soa, tlsa, txt), on or closed, found \"spf\""},
	    {HEAD "dns 127.0.0.1\n on b * silent\n", "f:4: expected a record type or any, found \"b\""},
	    {HEAD "dns 127.0.0.1\n on a *\n",
	     "f:4: expected delay, silent, servfail, refused, nxdomain, truncate, lame or "
	     "garbage, found the end of the line"},
	    {HEAD "dns 127.0.0.1\n on a * delay 5\n", "f:4: expected a time such as 5s or 200ms, found \"5\""},
	    {HEAD "dns 127.0.0.1\n on a * silent servfail\n", "f:4: expected the end of the line, found \"servfail\""},
	    {HEAD "dns 127.0.0.1\n on a * first 0 silent\n",
	     "f:4: expected how many times, at least once, found \"0\""},
	    {HEAD "smtp 127.0.0.1\n greeting close\n",
	     "f:4: expected host, closed, filtered, or an event (banner, ehlo, helo, "
	     "starttls, auth, mail, rcpt, data, rset, noop, "
	     "quit, other, body, end, idle, limit), found \"greeting\""},
	    {HEAD "smtp 127.0.0.1\n banner\n",
	     "f:4: expected delay, wait, reply, bytes, close, reset, silent or stall, "
	     "found the end of the line"},
	    {HEAD "smtp 127.0.0.1\n banner reply 220\n", "f:4: expected a text in quotes, found \"220\""},
	    {HEAD "smtp 127.0.0.1\n banner reply \"220\n", "f:4: expected a closing quote, found the end of the line"},
	    {HEAD "smtp 127.0.0.1\n banner reply \"220\"\n  \"x\\q\"\n",
	     "f:5: expected \\n, \\r, \\t, \\\\, \\\" or \\xNN after a backslash"},
	    {HEAD "smtp 127.0.0.1\n banner reply \"220\"\n  \"{x}\"\n",
	     "f:5: expected {host}, {client} or {date}, found \"{x}\""},
	    {HEAD "smtp 127.0.0.1\n banner reply \"220\"\n  \"x\" shut\n",
	     "f:5: expected delay, wait, reply, bytes, close, reset, silent or stall, found \"shut\""},
	    {HEAD "smtp 127.0.0.1\n banner reply \"\\x1\"\n",
	     "f:4: expected \\n, \\r, \\t, \\\\, \\\" or \\xNN after a backslash"},
	    {HEAD "smtp 127.0.0.1\n banner reply \"220 {name}\"\n",
	     "f:4: expected {host}, {client} or {date}, found \"{name}\""},
	    {HEAD "smtp 127.0.0.1\n banner reply \"220 \\x00{\"\n", "f:4: a reply cannot hold a NUL byte, bytes can"},
	    {HEAD "smtp 127.0.0.1\n banner close delay 5s\n", "f:4: expected the end of the line, found \"delay\""},
	    {HEAD "smtp 127.0.0.1\n idle close\n", "f:4: expected a time such as 5s or 200ms, found \"close\""},
	    {HEAD "smtp 127.0.0.1\n idle 0s close\n", "f:4: expected a time longer than 0s, found \"0s\""},
	    {HEAD "smtp 127.0.0.1\n limit 3 close\n", "f:4: expected connections, found \"3\""},
	    {HEAD "smtp 127.0.0.1\n body after 5s close\n", "f:4: expected a size such as 4kB, found \"5s\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct err err = {""};
		struct scenario *s = scenario_parse("f", cases[i].text, &err);

		if (s != NULL)
			fail_msg("was accepted:\n%s", cases[i].text);
		assert_string_equal(err.text, cases[i].error);
	}
}

/* What a file can make grow is bounded. */
static void too_much(void **state)
{
	static const struct {
		const char *head, *repeated, *error;
		int times;
	} cases[] = {
	    {HEAD, "dns 127.0.0.1\n", "f:19: more than 16 parts", 17},
	    {HEAD "dns 127.0.0.1\n", "a x.test 127.0.0.1\n", "f:1004: more than 1000 records", 1001},
	    {HEAD "dns 127.0.0.1\n", "on a * silent\n", "f:104: more than 100 rules", 101},
	    {HEAD "smtp 127.0.0.1\n", "noop close\n", "f:204: more than 200 rules", 201},
	    {HEAD "smtp 127.0.0.1\nnoop", " delay 1s", "f:4: more than 50 steps", 51},
	    {HEAD "smtp 127.0.0.1\nnoop", " x", "f:4: more than 256 words in one statement", 300},
	    {HEAD "dns 127.0.0.1\ntxt x.test", " \"01234567890123456789012345678901234567890123456789\"",
	     "f:4: more than 4096 bytes in one record", 100},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct err err = {""};
		struct buf text;

		buf_init(&text, 100000);
		buf_puts(&text, cases[i].head);
		for (int n = 0; n < cases[i].times; n++)
			buf_puts(&text, cases[i].repeated);
		assert_null(scenario_parse("f", text.text, &err));
		assert_string_equal(err.text, cases[i].error);
		buf_done(&text);
	}
}

static void loads_from_names_and_paths(void **state)
{
	char path[] = "/tmp/smtpdx-demo-XXXXXX";
	int fd = mkstemp(path);
	struct err err = {""};
	struct scenario *s;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, HEAD "smtp 127.0.0.1\n", sizeof HEAD "smtp 127.0.0.1\n" - 1),
	                 (int)sizeof HEAD "smtp 127.0.0.1\n" - 1);
	s = scenario_load(path, &err);
	assert_non_null(s);
	scenario_free(s);
	assert_int_equal(write(fd, "\0", 1), 1);
	assert_null(scenario_load(path, &err));
	assert_non_null(strstr(err.text, "contains a NUL byte"));
	close(fd);
	unlink(path);
	assert_null(scenario_load(path, &err));
	assert_non_null(strstr(err.text, "No such file"));
	assert_null(scenario_load("no-such-scenario", &err));
	assert_string_equal(err.text,
	                    "demo/no-such-scenario.demo: no such help file (smtpdx demo --list shows the scenarios)");
	s = scenario_load("healthy", &err);
	assert_non_null(s);
	scenario_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole_scenario), cmocka_unit_test(defaults_cover_every_event),
	    cmocka_unit_test(escapes),        cmocka_unit_test(mistakes),
	    cmocka_unit_test(too_much),       cmocka_unit_test(loads_from_names_and_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
