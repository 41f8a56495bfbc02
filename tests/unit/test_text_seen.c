/* Lines of all kinds become words, contacts, settings and explanations. */
#include "unit.h"

#include "base/xalloc.h"
#include "checks/emit.h"
#include "text/seen.h"

#include <stdio.h>

#define SUBJECT "./case.txt"

struct evidence {
	struct seen *seen;
	struct case_file *c;
	long number;
	bool known; /* the last line */
};

static void begin(struct evidence *evidence)
{
	struct err err = {""};

	*evidence = (struct evidence){.seen = seen_new(&err), .c = case_new(SUBJECT)};
	assert_string_equal(err.text, "");
	assert_non_null(evidence->seen);
}

static void add(struct evidence *evidence, const char *line)
{
	struct slice slice = {.at = line, .size = strlen(line)};
	struct log_event event;
	const bool is_log = log_event_parse(NULL, slice.at, slice.size, &event);

	evidence->known = seen_line(evidence->seen, SUBJECT, ++evidence->number, slice, is_log ? &event : NULL);
}

static void end(struct evidence *evidence)
{
	struct emit *e = emit_new("log", NULL, evidence->c);

	seen_end_of_file(evidence->seen);
	seen_emit(evidence->seen, e, SUBJECT);
	emit_free(e);
	seen_free(evidence->seen);
}

static bool says(const struct evidence *evidence, const char *fact, const char *text)
{
	for (size_t i = 0; i < evidence->c->fact_count; i++)
		if (strcmp(evidence->c->facts[i].def->name, fact) == 0 && strcmp(evidence->c->facts[i].text, text) == 0)
			return true;
	return false;
}

static void each_line_is_recognised_for_itself(void **state)
{
	static const struct {
		const char *line, *word;
	} cases[] = {
	    {"Nov 21 10:00:00 mx postfix/smtpd[9]: timeout after DATA (0 bytes) from a[192.0.2.1]",
	     "in-timeout-body-empty"},
	    {"2026-01-01 10:00:00 SMTP data timeout (message abandoned) on connection from a [192.0.2.1] F=<a@b>",
	     "in-timeout-body"},
	    {"421 4.7.0 mx Error: too many connections from 192.0.2.1", "too-many-connections"},
	    {"Error: connect ETIMEDOUT 192.0.2.1:25", "out-connect-timeout"},
	    {"ssl.SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1129)", "not-tls"},
	    {"Diagnostic-Code: smtp; 451 4.7.1 <a@b>: Recipient address rejected: Greylisted", "greylist"},
	    {"example.org: Name server timeout", "dns-slow"},
	    {"dial tcp 192.0.2.1:587: connect: connection refused", "out-connect-refused"},
	    {"(small mails work, attachments never arrive)", "large-only"},
	};
	struct evidence evidence;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		begin(&evidence);
		add(&evidence, cases[i].line);
		assert_true(evidence.known);
		end(&evidence);
		if (!says(&evidence, "seen.says", cases[i].word))
			fail_msg("not %s: %s", cases[i].word, cases[i].line);
		case_free(evidence.c);
	}
}

static void what_nobody_knows_is_not_understood(void **state)
{
	struct evidence evidence;

	(void)state;
	begin(&evidence);
	add(&evidence, "the quick brown fox");
	assert_false(evidence.known);
	add(&evidence, "   ");
	assert_true(evidence.known); /* an empty line hides nothing */
	end(&evidence);
	assert_int_equal(evidence.c->fact_count, 0);
	case_free(evidence.c);
}

/* The words of a reply belong to the server; the wording around it says who was told so. */
static void a_quoted_reply_counts_by_its_own_catalogue(void **state)
{
	struct evidence evidence;

	(void)state;
	begin(&evidence);
	add(&evidence, "host mx[192.0.2.1] said: 421 4.4.1 Connection timed out (in reply to RCPT TO command)");
	end(&evidence);
	assert_true(says(&evidence, "seen.says", "idle-timeout"));
	assert_false(says(&evidence, "seen.says", "out-connect-timeout")); /* the server's words, not the sender's */
	case_free(evidence.c);
}

/* Settings of a mail server among other lines are read as its own configuration is. */
static void expect(const char *const *lines, const char *word, bool is)
{
	struct evidence evidence;

	begin(&evidence);
	for (; *lines != NULL; lines++)
		add(&evidence, *lines);
	end(&evidence);
	if (says(&evidence, "seen.says", word) != is)
		fail_msg("%s: %s", is ? "not" : "wrongly", word);
	case_free(evidence.c);
}

/* "unsolicited" in a greeting and "blacklist" in a setting are no refusals. */
static void greetings_and_settings_are_no_complaints(void **state)
{
	static const char *const greeting[] = {
	    "220-mx.example.com ESMTP Exim 4.97",
	    "220-We do not authorize the use of this system to transport unsolicited,", "220 and/or bulk e-mail.",
	    NULL};
	static const char *const refusal[] = {"550 no unsolicited mail", NULL};
	static const char *const setting[] = {"postscreen_blacklist_action = drop", NULL};
	static const char *const log[] = {"warning: the client is on the blacklist", NULL};
	static const char *const stars[] = {"220 ************************", NULL};

	(void)state;
	expect(greeting, "reputation", false);
	expect(refusal, "reputation", true);
	expect(setting, "reputation", false);
	expect(log, "reputation", true);
	expect(stars, "inspection", true);
}

/* The words that decide may stand across two lines of a reply; other lines end it. */
static void lines_of_a_reply_are_read_as_one(void **state)
{
	static const char *const whole[] = {"Remote host said: 550-5.7.1 [192.0.2.1] this message does not meet IPv6",
	                                    "550-5.7.1 sending guidelines regarding PTR records and",
	                                    "550 5.7.1 authentication.", NULL};
	static const char *const cut[] = {"550-5.7.1 [192.0.2.1] this message is one of those", "(that was all of it)",
	                                  "550 5.1.1 User unknown", NULL};
	static const char *const last[] = {"<- 452-4.2.2 the mailbox", "<- 452-4.2.2 is full", NULL};

	(void)state;
	expect(whole, "ptr-refused", true);
	expect(whole, "auth", false);
	expect(cut, "policy", true);
	expect(cut, "unknown-recipient", true);
	expect(last, "unknown-recipient", true);
}

/* A bounce wraps its lines where it likes. */
static void wrapped_entries_of_a_bounce_are_read_as_one(void **state)
{
	static const char *const wrapped[] = {"<u@example.org>: connect to example.org[192.0.2.1]:25: Connection",
	                                      "    refused", NULL};
	static const char *const apart[] = {"<u@example.org>: connect to example.org[192.0.2.1]:25: Connection",
	                                    "refused", NULL};

	(void)state;
	expect(wrapped, "out-connect-refused", true);
	expect(apart, "out-connect-refused", false);
}

/* A line may quote two replies, of which only one has words that anybody knows. */
static void every_reply_of_a_line_is_tried(void **state)
{
	static const char *const lines[] = {"StatusCode: 451 ErrorInProcessing. Exception: 4.7.500 Access denied",
	                                    NULL};
	static const char *const unknown[] = {"550 we are closed today", NULL};
	static const char *const recipient[] = {
	    "host mx[192.0.2.1] said: 550 closed today (in reply to RCPT TO command)", NULL};

	(void)state;
	expect(lines, "policy", true);
	/* Without a word about whom it is about, only the phase tells. */
	expect(unknown, "unknown-recipient", false);
	expect(recipient, "unknown-recipient", true);
}

/* What a server says of its own timer is not the timer of the library that prints it. */
static void a_server_speaks_for_itself(void **state)
{
	static const char *const server[] = {"421 4.0.0 read tcp 192.0.2.1:25->192.0.2.2:50000: i/o timeout", NULL};
	static const char *const library[] = {"read tcp 192.0.2.2:50000->192.0.2.1:25: i/o timeout", NULL};

	(void)state;
	expect(server, "idle-timeout", true);
	expect(server, "out-timeout-read", false);
	expect(library, "out-timeout-read", true);
}

/* People have many ways to say that time was up. */
static void spellings_do_not_matter(void **state)
{
	static const char *const late[] = {"the reverse DNS lookup times out", NULL};
	static const char *const timers[] = {"timed out after 30 seconds",     "timed out after 30000ms",
	                                     "timed out after 30000 ms",       "timed out after 0m30s",
	                                     "timed out after thirty seconds", NULL};

	(void)state;
	for (size_t i = 0; timers[i] != NULL; i++)
		expect((const char *const[]){timers[i], NULL}, "short-timer", true);
	expect(late, "dns-ptr-slow", true);
}

static void settings_are_read_as_the_server_does(void **state)
{
	static const struct {
		const char *line, *fact;
		double value; /* < 0: the fact must not be there */
	} rows[] = {
	    {"smtpd_timeout = 10s", "config.server-timeout", 10},
	    {"smtpd_timeout = ${stress?{10}:{60}}s", "config.server-timeout", 60},
	    {"smtpd_timeout = ${stress?{10}:{60}}s", "config.server-timeout.stress", 10},
	    {"submission/inet/smtpd_timeout = 5s", "config.server-timeout", -1}, /* of another service */
	    {"smtpd_timeout = 99999999999999s", "config.server-timeout", -1},
	    {"smtp_receive_timeout = 2m", "config.server-timeout", 120},
	    {"O Timeout.command=2m", "config.server-timeout", 120},
	    {"O Timeout.datablock=10", "config.data-timeout", 600},
	    {"smtp limit max-mails 9", "config.session-limit", 9},
	    {"message_size_limit = 1000", "config.message-limit", 1000},
	    {"smtp_helo_timeout = 15s", "config.client-banner-timeout", 15},
	    {"command_timeout = 15", "config.client-banner-timeout", -1}, /* many a library has that */
	    {"smtpd_timeout", "config.server-timeout", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct evidence evidence;
		begin(&evidence);
		add(&evidence, rows[i].line);
		end(&evidence);
		const struct fact *fact = case_find_fact(evidence.c, rows[i].fact, SUBJECT);
		if ((fact != NULL) != (rows[i].value >= 0) ||
		    (fact != NULL && (fact->number < rows[i].value || fact->number > rows[i].value)))
			fail_msg("%s: %s is %g", rows[i].line, rows[i].fact, fact != NULL ? fact->number : -1);
		case_free(evidence.c);
	}
}

static void the_first_line_of_each_kind_is_explained(void **state)
{
	struct evidence evidence;

	(void)state;
	begin(&evidence);
	for (int i = 0; i < 3; i++)
		add(&evidence, "Nov 21 10:00:00 mx postfix/smtpd[9]: timeout after DATA (0 bytes) from a[192.0.2.1]");
	end(&evidence);
	const struct fact *line = case_find_fact(evidence.c, "seen.line", SUBJECT " line 1");
	assert_non_null(line);
	assert_non_null(strstr(line->text, "timeout after DATA"));
	assert_null(case_find_fact(evidence.c, "seen.line", SUBJECT " line 2"));
	assert_true(says(&evidence, "seen.line.who", "postfix"));
	assert_true(says(&evidence, "seen.line.phase", "body"));
	assert_true(says(&evidence, "seen.line.setting", "smtpd_timeout"));
	assert_non_null(case_find_fact(evidence.c, "seen.line.read", NULL));
	assert_non_null(case_find_fact(evidence.c, "seen.line.change", NULL));
	case_free(evidence.c);
}

static void attempts_tell_family_port_and_hosts(void **state)
{
	struct evidence evidence;

	(void)state;
	begin(&evidence);
	add(&evidence, "postfix/smtp[1]: connect to a.example[192.0.2.1]:25: Connection timed out");
	add(&evidence, "postfix/smtp[1]: connect to b.example[192.0.2.2]:25: Connection timed out");
	add(&evidence, "postfix/smtp[1]: connect to b.example[2001:db8::2]:25: Network is unreachable");
	end(&evidence);
	assert_true(says(&evidence, "seen.connect", "v4-timeout"));
	assert_true(says(&evidence, "seen.connect", "v6-unreachable"));
	assert_false(says(&evidence, "seen.connect", "v4-unreachable"));
	assert_true(case_find_fact(evidence.c, "seen.port", SUBJECT)->number == 25);
	assert_true(case_find_fact(evidence.c, "seen.hosts", SUBJECT)->number == 3);
	case_free(evidence.c);
}

/* In a large log every wording occurs somewhere: a single one says nothing. */
static void in_a_large_file_a_word_must_come_often(void **state)
{
	struct evidence evidence;

	(void)state;
	begin(&evidence);
	for (int i = 0; i < 2000; i++)
		add(&evidence, "Nov 21 10:00:00 mx postfix/qmgr[9]: 4F1B2C3D: removed");
	add(&evidence, "Nov 21 10:00:00 mx postfix/smtpd[9]: timeout after DATA (0 bytes) from a[192.0.2.1]");
	add(&evidence, "Nov 21 10:00:00 mx dovecot: imap-login: Aborted login (auth failed, 1 attempts)");
	end(&evidence);
	assert_false(says(&evidence, "seen.says", "auth"));
	assert_false(says(&evidence, "seen.says", "in-timeout-body-empty")); /* the statistics tell (facts log.*) */
	case_free(evidence.c);
}

static void looking_up_is_bounded(void **state)
{
	struct evidence evidence;

	(void)state;
	begin(&evidence);
	for (int i = 0; i < 20100; i++)
		add(&evidence, "foo");
	assert_false(evidence.known);
	end(&evidence);
	assert_true(case_find_fact(evidence.c, "seen.lines.unread", SUBJECT)->number == 100);
	case_free(evidence.c);
}

static void any_bytes_may_come(void **state)
{
	static const char *const lines[] = {"\xff\xfe\x80 421 4.4.2 x",
	                                    "\x1b[2J421",
	                                    "\"\"\"\"",
	                                    "((((((",
	                                    "421",
	                                    "4.4.2 ",
	                                    "[::::::]:25",
	                                    "Flags [",
	                                    "=",
	                                    ": : :",
	                                    ">>> ",
	                                    "220-"};
	struct evidence evidence;
	char large[9000];

	(void)state;
	begin(&evidence);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		add(&evidence, lines[i]);
	memset(large, '4', sizeof large - 1);
	large[sizeof large - 1] = '\0';
	add(&evidence, large);
	end(&evidence);
	for (size_t i = 0; i < evidence.c->fact_count; i++)
		if (evidence.c->facts[i].text != NULL)
			assert_null(strchr(evidence.c->facts[i].text, '\x1b'));
	case_free(evidence.c);
}

/* The same large segment thrice, and a SYN that is reset, as three programs print them. */
static void packets_are_read_however_they_are_printed(void **state)
{
	static const struct {
		const char *large[3], *reset[2];
	} prints[] = {
	    {{"10:00:01 IP a.4000 > mx.25: Flags [.], seq 1:1449, ack 1, win 8, length 1448",
	      "10:00:02 IP a.4000 > mx.25: Flags [.], seq 1:1449, ack 1, win 8, length 1448",
	      "10:00:04 IP a.4000 > mx.25: Flags [.], seq 1:1449, ack 1, win 8, length 1448"},
	     {"10:00:01 IP a.4000 > mx.25: Flags [S], seq 9, win 8, length 0",
	      "10:00:02 IP mx.25 > a.4000: Flags [R.], seq 0, ack 10, win 0, length 0"}},
	    {{"10:00:01.0 a.4000 > mx.25: . 1:1449(1448) ack 1 win 8",
	      "10:00:02.0 a.4000 > mx.25: . 1:1449(1448) ack 1 win 8",
	      "10:00:04.0 a.4000 > mx.25: . 1:1449(1448) ack 1 win 8"},
	     {"10:00:01.0 a.4000 > mx.25: S 9:9(0) win 8", "10:00:02.0 mx.25 > a.4000: R 0:0(0) ack 10 win 0"}},
	    {{"7 0.1 10.0.0.5 192.0.2.9 TCP 1514 4000 \xe2\x86\x92 25 [ACK] Seq=1 Ack=1 Win=8 Len=1448",
	      "8 0.3 10.0.0.5 192.0.2.9 TCP 1514 [TCP Retransmission] 4000 \xe2\x86\x92 25 [ACK] Seq=1 Ack=1 Win=8 "
	      "Len=1448",
	      "9 0.7 10.0.0.5 192.0.2.9 TCP 1514 [TCP Retransmission] 4000 \xe2\x86\x92 25 [ACK] Seq=1 Ack=1 Win=8 "
	      "Len=1448"},
	     {"1 0.0 10.0.0.5 192.0.2.9 TCP 74 4000 \xe2\x86\x92 25 [SYN] Seq=0 Win=8 Len=0",
	      "2 0.1 192.0.2.9 10.0.0.5 TCP 60 25 \xe2\x86\x92 4000 [RST, ACK] Seq=1 Ack=1 Win=0 Len=0"}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof prints / sizeof prints[0]; i++) {
		struct evidence evidence;

		begin(&evidence);
		for (size_t j = 0; j < 3; j++)
			add(&evidence, prints[i].large[j]);
		end(&evidence);
		assert_true(says(&evidence, "seen.says", "retransmits"));
		assert_true(says(&evidence, "seen.says", "large-lost"));
		case_free(evidence.c);
		begin(&evidence);
		add(&evidence, prints[i].reset[0]);
		add(&evidence, prints[i].reset[1]);
		end(&evidence);
		assert_true(says(&evidence, "seen.says", "out-connect-refused"));
		assert_false(says(&evidence, "seen.says", "large-lost"));
		case_free(evidence.c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(packets_are_read_however_they_are_printed),
	    cmocka_unit_test(each_line_is_recognised_for_itself),
	    cmocka_unit_test(what_nobody_knows_is_not_understood),
	    cmocka_unit_test(a_quoted_reply_counts_by_its_own_catalogue),
	    cmocka_unit_test(greetings_and_settings_are_no_complaints),
	    cmocka_unit_test(lines_of_a_reply_are_read_as_one),
	    cmocka_unit_test(wrapped_entries_of_a_bounce_are_read_as_one),
	    cmocka_unit_test(every_reply_of_a_line_is_tried),
	    cmocka_unit_test(a_server_speaks_for_itself),
	    cmocka_unit_test(spellings_do_not_matter),
	    cmocka_unit_test(settings_are_read_as_the_server_does),
	    cmocka_unit_test(the_first_line_of_each_kind_is_explained),
	    cmocka_unit_test(attempts_tell_family_port_and_hosts),
	    cmocka_unit_test(in_a_large_file_a_word_must_come_often),
	    cmocka_unit_test(looking_up_is_bounded),
	    cmocka_unit_test(any_bytes_may_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
