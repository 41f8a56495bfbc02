/*
 * template: sentences show values, commands take only what matches its kind. No value of any kind can say anything to a
 * shell but itself.
 */
#include "unit.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "diagnose/template.h"
#include "diagnose/template_kind.h"
#include "evidence.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static char *fill(const char *target, const char *facts, const char *text, enum template_use use)
{
	struct case_file *c = evidence_case(target, facts);
	struct err err = {""};
	size_t count;

	if (template_check(text, use, NULL, &err) != 0)
		fail_msg("%s: %s", text, err.text);
	struct scope *scopes = scopes_new(c, &count);
	struct template_values values = {.scope = &scopes[0], .subject = scopes[0].subject};
	char *filled = template_fill(text, use, &values);
	scopes_free(scopes, count);
	case_free(c);
	return filled;
}

static void expect_sentence(const char *facts, const char *text, const char *expected)
{
	char *filled = fill(EVIDENCE_TARGET, facts, text, TEMPLATE_SENTENCE);

	assert_string_equal(filled, expected);
	free(filled);
}

/* expected NULL: no command */
static void expect_command(const char *target, const char *facts, const char *text, const char *expected)
{
	char *filled = fill(target, facts, text, TEMPLATE_COMMAND);

	if (expected == NULL && filled != NULL)
		fail_msg("%s with %s became: %s", text, facts, filled);
	if (expected != NULL && filled == NULL)
		fail_msg("%s with %s became no command", text, facts);
	if (expected != NULL)
		assert_string_equal(filled, expected);
	free(filled);
}

static void test_sentences_show_values_as_people_read_them(void **state)
{
	(void)state;
	expect_sentence("smtp.banner.delay 5.02s", "late by {smtp.banner.delay}!", "late by 5.02 s!");
	expect_sentence("tcp.mss 1448B", "{tcp.mss}", "1448 bytes");
	expect_sentence("dns.banner.share 93%", "{dns.banner.share}", "93 %");
	expect_sentence("smtp.banner.masked yes", "{smtp.banner.masked}", "yes");
	expect_sentence("smtp.reply.text 421 {host} $(id) busy", "said: {smtp.reply.text}",
	                "said: 421 {host} $(id) busy");
	expect_sentence("smtp.outcome refused", "it took {smtp.banner.delay}", "it took (not measured)");
	expect_sentence("smtp.outcome refused", "{subject} {host} {address} {port} {target} {domain} {self}",
	                "mx1.example.com [192.0.2.25]:25 mx1.example.com 192.0.2.25 25 example.com example.com "
	                "(not measured)");
	expect_sentence("smtp.slowest.delay 12s", "{smtp.slowest.delay:timeout} or more", "30s or more");
	expect_sentence("smtp.outcome refused\n@self [192.0.2.9]\ndns.self.ptr.status ok", "{self}", "192.0.2.9");
}

static void test_braces_of_the_shell_stay(void **state)
{
	static const char *const texts[] = {
	    "postconf -e 'smtpd_timeout = ${stress?{10}:{300}}s'",
	    "echo ${HOME} ${path} {} { } {1} {A} {a b} {a,b}",
	    "awk '{print $1}'",
	    "{",
	    "{host",
	    "a}b",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		expect_command(EVIDENCE_TARGET, "smtp.outcome refused", texts[i], texts[i]);
}

static void test_the_timeout_is_the_measured_need_and_a_quarter(void **state)
{
	static const struct {
		const char *measured, *expected;
	} rows[] = {
	    {"smtp.waited 90.5s", "t=120s"}, {"smtp.waited 0s", "t=30s"},    {"smtp.waited 24s", "t=30s"},
	    {"smtp.waited 24.1s", "t=60s"},  {"smtp.waited 48s", "t=60s"},   {"smtp.waited 96s", "t=120s"},
	    {"smtp.waited 96.1s", "t=150s"}, {"smtp.waited 240s", "t=300s"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		expect_command(EVIDENCE_TARGET, rows[i].measured, "t={smtp.waited:timeout}", rows[i].expected);
	expect_command(EVIDENCE_TARGET, "smtp.waited 90.5s", "'t = {smtp.waited:seconds}'", "'t = 91'");
	expect_command(EVIDENCE_TARGET, "tcp.mss 1448B", "{tcp.mss:bytes}", "1448");
	expect_command(EVIDENCE_TARGET, "smtp.reply.code 421", "{smtp.reply.code:code}", "421");
	expect_command(EVIDENCE_TARGET, "dns.mx.count 3", "{dns.mx.count:count}", "3");
	expect_command(EVIDENCE_TARGET, "smtp.waited -3s", "{smtp.waited:seconds}", NULL);
	expect_command(EVIDENCE_TARGET, "smtp.waited 9999999999999999s", "{smtp.waited:seconds}", NULL);
}

static void test_a_command_needs_all_its_values(void **state)
{
	(void)state;
	expect_command(EVIDENCE_TARGET, "smtp.outcome refused", "dig {smtp.banner.name:host}", NULL);
	expect_command(EVIDENCE_TARGET, "smtp.outcome refused", "ping {self}", NULL);
	expect_command(EVIDENCE_TARGET, "smtp.outcome refused", "dig {host} @{address} -p {port}",
	               "dig mx1.example.com @192.0.2.25 -p 25");
	expect_command(EVIDENCE_TARGET, "@mx1.example.com [192.0.2.25]:2525\nsmtp.outcome refused",
	               "ss 'sport = :{mail-port}'", "ss 'sport = :2525'");
	expect_command("./mail.log", "@./mail.log\nlog.lines 2", "ss 'sport = :{mail-port}' # {port}", NULL);
	expect_command("./mail.log", "@./mail.log\nlog.lines 2", "ss 'sport = :{mail-port}'", "ss 'sport = :25'");
	expect_command(EVIDENCE_TARGET, "@[192.0.2.25]:25\nsmtp.outcome refused", "dig {host}", NULL);
	expect_command(EVIDENCE_TARGET, "smtp.server.software postfix", "echo {smtp.server.software}", "echo postfix");
}

static void test_targets_and_subjects_enter_commands_quoted(void **state)
{
	static const struct {
		const char *target, *expected;
	} rows[] = {
	    {"example.com", "smtpdx check example.com"},
	    {"mx1.example.com:587", "smtpdx check mx1.example.com:587"},
	    {"postmaster@example.com", "smtpdx check postmaster@example.com"},
	    {"a.b+c@example.com", "smtpdx check a.b+c@example.com"},
	    {"192.0.2.25", "smtpdx check 192.0.2.25"},
	    {"192.0.2.25:25", "smtpdx check 192.0.2.25:25"},
	    {"2001:db8::25", "smtpdx check 2001:db8::25"},
	    {"[2001:db8::25]:25", "smtpdx check '[2001:db8::25]:25'"},
	    {"", NULL},
	    {"a b", NULL},
	    {"$(id)", NULL},
	    {"`id`@example.com", NULL},
	    {"a'b@example.com", NULL},
	    {"--help", NULL},
	    {"-x@example.com", NULL},
	    {"[::1];id]:25", NULL},
	    {"log of yesterday.txt", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		expect_command(rows[i].target, "smtp.outcome refused", "smtpdx check {target}", rows[i].expected);
}

/* Whoever repeats a measurement asks what was asked. */
static void test_our_own_command_asks_what_was_asked(void **state)
{
#define ASKED                                                                                                       \
	"smtp.asked.from someone@slow.example\nsmtp.asked.rcpt a.b+c@example.com\nsmtp.asked.helo me.example.org\n" \
	"smtp.asked.port 2525\n"
	static const struct {
		const char *facts, *text, *expected;
	} rows[] = {
	    {ASKED, "smtpdx check {target} --only smtp",
	     "smtpdx check example.com --port 2525 --from someone@slow.example --rcpt a.b+c@example.com --helo "
	     "me.example.org --only smtp"},
	    {ASKED, "dig {target}\nsmtpdx check {target} --only dns\nsmtpdx check {target}",
	     "dig example.com\nsmtpdx check example.com --only dns\nsmtpdx check example.com --port 2525 --from "
	     "someone@slow.example --rcpt a.b+c@example.com --helo me.example.org"},
	    {"smtp.asked.from someone@slow.example", "smtpdx check {target} --only mtu",
	     "smtpdx check example.com --from someone@slow.example --only mtu"},
	    {"smtp.asked.helo old.example.org", "smtpdx check {target} --only smtp --helo new.example.org",
	     "smtpdx check example.com --only smtp --helo new.example.org"},
	    {"smtp.asked.rcpt postmaster@example.com", "smtpdx check {target} --only smtp",
	     "smtpdx check example.com --only smtp"},
	    {"smtp.asked.rcpt postmaster@example.com", "smtpdx check {target} --only smtp --deliver",
	     "smtpdx check example.com --rcpt postmaster@example.com --only smtp --deliver"},
	    {"smtp.asked.from $(id)@example.com\nsmtp.asked.rcpt -x@example.com", "smtpdx check {target}",
	     "smtpdx check example.com"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		expect_command("example.com", rows[i].facts, rows[i].text, rows[i].expected);
}

static void test_parts_of_the_subject_of_a_finding(void **state)
{
	static const struct {
		const char *subject, *text, *expected;
	} rows[] = {
	    {"resolver [192.0.2.53]:53", "{subject:address} {subject:port}", "192.0.2.53 53"},
	    {"nameserver ns1.example.com [192.0.2.54]", "{subject:host} {subject:address}",
	     "ns1.example.com 192.0.2.54"},
	    {"mx1.example.com", "{subject:host}", "mx1.example.com"},
	    {"mx1.example.com [2001:db8::1]:25", "{subject:address}", "2001:db8::1"},
	    {"self", "{subject:address}", NULL},
	    {"mx;id [192.0.2.1]:25", "{subject:host}", NULL},
	};
	struct case_file *c = evidence_case(EVIDENCE_TARGET, "smtp.outcome refused");
	size_t count;
	struct scope *scopes = scopes_new(c, &count);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct template_values values = {.scope = &scopes[0], .subject = rows[i].subject};
		char *filled = template_fill(rows[i].text, TEMPLATE_COMMAND, &values);
		if (rows[i].expected == NULL)
			assert_null(filled);
		else
			assert_string_equal(filled, rows[i].expected);
		free(filled);
	}
	scopes_free(scopes, count);
	case_free(c);
}

static void test_the_fact_that_matched_comes_before_the_nearest(void **state)
{
	struct case_file *c = evidence_case(EVIDENCE_TARGET, "@resolver [192.0.2.53]:53\ndns.resolver.delay 1s\n"
	                                                     "@resolver [192.0.2.54]:53\ndns.resolver.delay 4s");
	size_t count;
	struct scope *scopes = scopes_new(c, &count);
	struct match match = {.facts = {&c->facts[1]}, .count = 1};
	struct template_values values = {.scope = &scopes[0], .match = &match, .subject = ""};

	(void)state;
	char *filled = template_fill("{dns.resolver.delay}", TEMPLATE_SENTENCE, &values);
	assert_string_equal(filled, "4.00 s");
	free(filled);
	values.match = NULL;
	filled = template_fill("{dns.resolver.delay}", TEMPLATE_SENTENCE, &values);
	assert_string_equal(filled, "1.00 s");
	free(filled);
	scopes_free(scopes, count);
	case_free(c);
}

static void test_a_long_value_makes_no_half_command(void **state)
{
	char *longest = xmalloc(20001);

	(void)state;
	memset(longest, 'x', 20000);
	longest[20000] = '\0';
	assert_int_equal(template_check(longest, TEMPLATE_COMMAND, NULL, NULL), 0);
	expect_command(EVIDENCE_TARGET, "smtp.outcome refused", longest, NULL);
	free(longest);
}

static void test_mistakes_are_refused(void **state)
{
	static const struct {
		const char *text;
		enum template_use use;
		const char *why;
	} rows[] = {
	    {"{nobody}", TEMPLATE_SENTENCE, "expected a fact or a placeholder, found {nobody}"},
	    {"{host:shell}", TEMPLATE_SENTENCE, "expected a kind of value after {host:, found \"shell\""},
	    {"{host:timeout}", TEMPLATE_SENTENCE, "expected a kind that suits the text {host}, found \"timeout\""},
	    {"{smtp.waited:host}", TEMPLATE_SENTENCE,
	     "expected a kind that suits the number smtp.waited, found \"host\""},
	    {"{smtp.waited:bytes}", TEMPLATE_SENTENCE,
	     "expected a kind that suits the number smtp.waited, found \"bytes\""},
	    {"{smtp.banner.masked:word}", TEMPLATE_COMMAND,
	     "expected a kind that suits the flag smtp.banner.masked, found \"word\""},
	    {"{smtp.reply.text}", TEMPLATE_COMMAND,
	     "expected a kind, as in {smtp.reply.text:host}, for a value in a command, found {smtp.reply.text}"},
	    {"{smtp.waited}", TEMPLATE_COMMAND,
	     "expected a kind, as in {smtp.waited:host}, for a value in a command, found {smtp.waited}"},
	    {"{subject}", TEMPLATE_COMMAND,
	     "expected a kind, as in {subject:host}, for a value in a command, found {subject}"},
	    {"x '{target}'", TEMPLATE_COMMAND,
	     "expected {target} outside quotes, since it brings its own, found it inside"},
	    {"x 'a", TEMPLATE_COMMAND, "expected a command that is whole in its line, found it goes on"},
	    {"x \"a", TEMPLATE_COMMAND, "expected a command that is whole in its line, found it goes on"},
	    {"x \\", TEMPLATE_COMMAND, "expected a command that is whole in its line, found it goes on"},
	    {"x \"a 'b' {target}\"", TEMPLATE_COMMAND,
	     "expected {target} outside quotes, since it brings its own, found it inside"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct err err = {""};
		assert_int_equal(template_check(rows[i].text, rows[i].use, NULL, &err), -1);
		assert_string_equal(err.text, rows[i].why);
	}
	assert_int_equal(template_check("x 'a' \"b\" {target} \\' {target}", TEMPLATE_COMMAND, NULL, NULL), 0);
	assert_int_equal(template_check("# in a remark a quote doesn't count {target}", TEMPLATE_COMMAND, NULL, NULL),
	                 0);
	assert_int_equal(template_check("a sentence doesn't either {target}", TEMPLATE_SENTENCE, NULL, NULL), 0);
	/* An escaped backslash escapes nothing. */
	assert_int_equal(template_check("x \\\\'{target}'", TEMPLATE_COMMAND, NULL, NULL), -1);
	assert_int_equal(template_check("x '\\'{target}", TEMPLATE_COMMAND, NULL, NULL), 0);
}

/* --- hostile values: whatever they are, a shell sees one harmless word, or there is no command */

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16 & 0x7fff;
}

static void random_value(unsigned *seed, char *value, size_t room)
{
	static const char *const pieces[] = {
	    "a", "mx1", ".",    "example.com", "192.0.2.1", ":",  "25",     "[",        "]",    "::1",
	    "'", "\"",  "`id`", "$(id)",       ";",         "|",  "&",      ">",        "<",    "\\",
	    "*", "?",   "~",    "#",           "!",         " ",  "--",     "-",        "/",    "..",
	    "{", "}",   "=",    "%",           "@",         "$",  "{host}", "\xc3\xa9", "(",    ")",
	    "^", ",",   "+",    "_",           "3A7",       "\n", "\t",     "0x1",      "/tmp", "postmaster",
	};
	size_t count = 1 + next_random(seed) % 6;

	value[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		size_t used = strlen(value);
		snprintf(value + used, room - used, "%s",
		         pieces[next_random(seed) % (sizeof pieces / sizeof pieces[0])]);
	}
}

static void test_no_value_ever_says_anything_to_a_shell(void **state)
{
	static const char *const kinds[] = {"host", "address", "port", "target", "queue-id", "path", "word"};
	const char *harmless = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/@+=-";
	unsigned seed = 4242;
	size_t accepted = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char value[128];

		random_value(&seed, value, sizeof value);
		for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
			char *text = template_kind_text(template_kind_find(kinds[k]), value);
			if (text == NULL)
				continue;
			accepted++;
			size_t length = strlen(text);
			bool quoted = text[0] == '\'' && length > 2 && text[length - 1] == '\'';
			const char *inner = quoted ? text + 1 : text;
			size_t inner_length = quoted ? length - 2 : length;
			const char *allowed = quoted ? "ABCDEFabcdef0123456789.:[]" : harmless;
			if (strspn(inner, allowed) < inner_length || *inner == '-')
				fail_msg("%s became %s as %s", value, text, kinds[k]);
			free(text);
		}
	}
	assert_true(accepted > 1000); /* or the test proves nothing */
}

/* The same once more with a real shell as the judge: it must hand the value through unchanged, as one word. */
static void test_a_real_shell_sees_one_word(void **state)
{
	static const char *const values[] = {
	    "example.com", "[2001:db8::25]:25", "a+b@example.com", "192.0.2.1:25", "2001:db8::1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		char *word = template_kind_text(template_kind_find("target"), values[i]);
		assert_non_null(word);
		char *script = xasprintf("set -- %s; test $# -eq 1 && test \"$1\" = \"$VALUE\"", word);
		pid_t pid = fork();
		int status;

		assert_true(pid >= 0);
		if (pid == 0) {
			if (setenv("VALUE", values[i], 1) != 0)
				_exit(3);
			execl("/bin/sh", "sh", "-c", script, (char *)NULL);
			_exit(4);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		free(script);
		free(word);
	}
}

static void test_kinds_take_what_they_should(void **state)
{
	static const struct {
		const char *kind, *value;
		bool fits;
	} rows[] = {
	    {"host", "mx1.example.com", true},
	    {"host", "_25._tcp.mx1.example.com", true},
	    {"host", "-mx1.example.com", false},
	    {"host", "mx1..example.com", false},
	    {"host", "mx1.example.com;id", false},
	    {"host", "", false},
	    {"host",
	     "b\xc3\xbc"
	     "cher.example",
	     false},
	    {"address", "192.0.2.1", true},
	    {"address", "2001:db8::1", true},
	    {"address", "::ffff:192.0.2.1", true},
	    {"address", "192.0.2", false},
	    {"address", "fe80::1%eth0", false},
	    {"address", "192.0.2.1\n", false},
	    {"port", "25", true},
	    {"port", "65535", true},
	    {"port", "65536", false},
	    {"port", "0", false},
	    {"port", "-1", false},
	    {"port", "25 ", false},
	    {"queue-id", "3D1F2A0B", true},
	    {"queue-id", "1abcDE-0002xy-Fg", true},
	    {"queue-id", "4FjK1z2Qx3z1Yc", true},
	    {"queue-id", "-q", false},
	    {"queue-id", "a b", false},
	    {"path", "/var/spool/postfix", true},
	    {"path", "/etc/../etc/shadow", false},
	    {"path", "/var/..", false},
	    {"path", "relative", false},
	    {"path", "/a b", false},
	    {"path", "/a$b", false},
	    {"word", "not-tls", true},
	    {"word", "--all", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *text = template_kind_text(template_kind_find(rows[i].kind), rows[i].value);
		if ((text != NULL) != rows[i].fits)
			fail_msg("%s \"%s\"", rows[i].kind, rows[i].value);
		free(text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sentences_show_values_as_people_read_them),
	    cmocka_unit_test(test_braces_of_the_shell_stay),
	    cmocka_unit_test(test_the_timeout_is_the_measured_need_and_a_quarter),
	    cmocka_unit_test(test_a_command_needs_all_its_values),
	    cmocka_unit_test(test_targets_and_subjects_enter_commands_quoted),
	    cmocka_unit_test(test_our_own_command_asks_what_was_asked),
	    cmocka_unit_test(test_parts_of_the_subject_of_a_finding),
	    cmocka_unit_test(test_the_fact_that_matched_comes_before_the_nearest),
	    cmocka_unit_test(test_a_long_value_makes_no_half_command),
	    cmocka_unit_test(test_mistakes_are_refused),
	    cmocka_unit_test(test_no_value_ever_says_anything_to_a_shell),
	    cmocka_unit_test(test_a_real_shell_sees_one_word),
	    cmocka_unit_test(test_kinds_take_what_they_should),
	};

	return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
