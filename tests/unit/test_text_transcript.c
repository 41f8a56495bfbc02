/* Pasted sessions: who waits for whom. */
#include "unit.h"

#include "text/transcript.h"

#include <stdio.h>

/* Feeds lines that are joined by newlines; the verdict comes back as words joined by blanks. */
static const char *verdict_of(const char *session)
{
	static char result[400];
	const char *words[16];
	char line[400];
	struct transcript t;

	transcript_init(&t);
	for (const char *p = session; *p != '\0';) {
		const size_t size = strcspn(p, "\n");
		snprintf(line, sizeof line, "%.*s", (int)size, p);
		if (strstr(line, "Connected") != NULL)
			transcript_connected(&t);
		else
			transcript_line(&t, line, true);
		p += size + (p[size] == '\n');
	}
	result[0] = '\0';
	const int count = transcript_verdict(&t, words, 16);
	for (int i = 0; i < count; i++)
		snprintf(result + strlen(result), sizeof result - strlen(result), "%s%s", i > 0 ? " " : "", words[i]);
	return result;
}

static void marks_of_many_programs_are_known(void **state)
{
	static const struct {
		const char *line;
		enum transcript_side side;
		const char *text;
	} cases[] = {
	    {">>> EHLO me", SIDE_CLIENT, "EHLO me"},
	    {"  SMTP<< 220 you", SIDE_SERVER, "220 you"},
	    {"2026-01-01 10:00:00 CLIENT -> SERVER: QUIT", SIDE_CLIENT, "QUIT"},
	    {"[2026-01-01 10:00:00] DEBUG: [x] S: 250 OK", SIDE_SERVER, "250 OK"},
	    {"reply: b'250 ok\\r\\n'", SIDE_SERVER, "250 ok\\r\\n'"},
	    {"2026-01-01T10:00:00Z,EX,1,2,a,b,<,250 you,", SIDE_SERVER, "250 you,"},
	    {"10:00:00 SMTP INBOUND: \"250-you\"", SIDE_SERVER, "250-you\""},
	    {"1/1/99 10:00:00 AM : IO: |220 you", SIDE_SERVER, "220 you"},
	    {"[2026.01.01] 10:00:00.1 [192.0.2.1][3] rsp: 354 go", SIDE_SERVER, "354 go"},
	    {"[smtp.1] DEBUG -- : [Z2] <= EHLO me", SIDE_CLIENT, "EHLO me"},
	    /* Logs of servers, whose arrows point the other way: what is said tells who says it. */
	    {"2026-01-01T10:00:00Z,EX,1,2,a,b,<,EHLO me,", SIDE_CLIENT, "EHLO me,"},
	    {"--> 220 you", SIDE_SERVER, "220 you"},
	    {" -> MAIL FROM:<a@b>", SIDE_CLIENT, "MAIL FROM:<a@b>"},
	    {"<** 421 no", SIDE_SERVER, "421 no"},
	    {"Sent: STARTTLS", SIDE_CLIENT, "STARTTLS"},
	    {"Got: 500 no", SIDE_SERVER, "500 no"},
	    {"250-PIPELINING", SIDE_SERVER, "250-PIPELINING"},
	    {"mail from:<a@b>", SIDE_CLIENT, "mail from:<a@b>"},
	    {"nothing of the kind", SIDE_NONE, NULL},
	    {"2500 messages", SIDE_NONE, NULL},
	};
	const char *text;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		if (transcript_side(cases[i].line, true, &text) != cases[i].side)
			fail_msg("wrong side: %s", cases[i].line);
		if (cases[i].text != NULL)
			assert_string_equal(text, cases[i].text);
	}
	/* In a line of a log only an unmistakable mark counts. */
	assert_int_equal(transcript_side("250 ok", false, &text), SIDE_NONE);
	assert_int_equal(transcript_side("x SMTP>> QUIT", false, &text), SIDE_CLIENT);
}

#define GREETED  "< 220 mx\n> EHLO me\n< 250-mx\n< 250 SIZE\n"
#define ENVELOPE "> MAIL FROM:<a@b>\n< 250 ok\n> RCPT TO:<c@d>\n< 250 ok\n> DATA\n< 354 go\n"

static void the_one_who_is_waited_for_is_named(void **state)
{
	(void)state;
	assert_string_equal(verdict_of("Connected to mx\n"), "waits-for-banner");
	assert_string_equal(verdict_of(GREETED "> MAIL FROM:<a@b>\n"), "waits-for-reply");
	assert_string_equal(verdict_of(GREETED ENVELOPE), "waits-for-body");
	assert_string_equal(verdict_of(GREETED ENVELOPE "> Subject: x\n> \n> text\n"), "waits-for-dot");
	assert_string_equal(verdict_of(GREETED ENVELOPE "> Subject: x\n> .\n"), "waits-for-end");
	assert_string_equal(verdict_of(GREETED ENVELOPE "> \n.\n"), "waits-for-end");
	assert_string_equal(verdict_of(GREETED ENVELOPE "> Subject: x\n> .\n< 250 queued\n"), "delivered");
	assert_string_equal(verdict_of(GREETED ENVELOPE "> Subject: x\n> .\n< 421 tired\n"), "cut-at-end");
	assert_string_equal(verdict_of(GREETED ENVELOPE "> Subject: x\n> .\n> MAIL FROM:<e@f>\n"), "reply-mixup");
	assert_string_equal(verdict_of("< 220 mx\n> EHLO me\n< 500 what\n"), "ehlo-refused");
	assert_string_equal(verdict_of("hello\nworld\n"), "");
	/* What is not the client's is no message, as long as its own lines can be told. */
	assert_string_equal(verdict_of(GREETED ENVELOPE "example.org: Name server timeout\n"), "waits-for-body");
	assert_string_equal(verdict_of("220 mx\nEHLO me\n250 ok\nMAIL FROM:<a@b>\n250 ok\nRCPT TO:<c@d>\n250 ok\nDATA\n"
	                               "354 go\nSubject: x\n"),
	                    "waits-for-dot");
}

/* RFC 2920: commands sent together are answered one by one. */
static void pipelined_commands_wait_for_all_their_replies(void **state)
{
	(void)state;
	assert_string_equal(verdict_of(GREETED "> MAIL FROM:<a@b>\n> RCPT TO:<c@d>\n> DATA\n< 250 ok\n< 250 ok\n"),
	                    "waits-for-reply");
	assert_string_equal(
	    verdict_of(GREETED "> MAIL FROM:<a@b>\n> RCPT TO:<c@d>\n> DATA\n< 250 ok\n< 250 ok\n< 354 go\n"),
	    "waits-for-body");
}

static void pauses_are_measured_or_believed(void **state)
{
	(void)state;
	assert_string_equal(verdict_of("[10:00:00] S: x\n[2026-01-01 10:00:01] x: [a] S: 250 OK\n"
	                               "[2026-01-01 10:05:01] x: [a] C: MAIL FROM:<a@b>\n"),
	                    "waits-for-reply silent-after-idle");
	assert_string_equal(verdict_of("[2026-01-01 10:00:01] x: [a] S: 250 OK\n"
	                               "[2026-01-01 10:00:02] x: [a] C: MAIL FROM:<a@b>\n"),
	                    "waits-for-reply");
	assert_string_equal(verdict_of("Connected to mx\n(20 seconds of nothing)\n220 mx\n"), "late-banner");
	assert_string_equal(verdict_of("10:00:01.5 send: 'data\\r\\n'\n10:00:01.5 reply: b'354 go'\n10:00:01.5 send: "
	                               "b'Subject: x\\r\\n.\\r\\n'\n"
	                               "10:00:02.0 reply: b'250 ok'\n10:00:09.0 send: 'mail FROM:<>\\r\\n'\n"
	                               "10:00:09.1 reply: b'421 4.4.2 timeout'\n"),
	                    "session-expired delivered");
	/* Nothing was said when it was closed; that a device forgot it would show as a reset, or as silence. */
#define KEPT                                                                                                        \
	"10:00:01.5 send: 'data\\r\\n'\n10:00:01.5 reply: b'354 go'\n10:00:01.5 send: b'Subject: x\\r\\n.\\r\\n'\n" \
	"10:00:02.0 reply: b'250 ok'\n10:00:09.0 send: 'mail FROM:<>\\r\\n'\n"
	assert_string_equal(verdict_of(KEPT "SMTPServerDisconnected: Connection unexpectedly closed\n"),
	                    "waits-for-reply session-expired delivered");
	assert_string_equal(verdict_of(KEPT "SMTPServerDisconnected: Connection unexpectedly closed: [Errno 104] "
	                                    "Connection reset by peer\n"),
	                    "waits-for-reply delivered");
	assert_string_equal(verdict_of(KEPT "    raise SMTPServerDisconnected(\"Connection unexpectedly closed: \"\n"
	                                    "SMTPServerDisconnected: Connection unexpectedly closed: timed out\n"),
	                    "waits-for-reply delivered");
	assert_string_equal(
	    verdict_of("10:00:01 >>> DATA\n10:00:01 <<< 354 go\n10:00:31 >>> Subject: x\n10:00:31 <<< 421 late\n"),
	    "late-body");
	assert_string_equal(verdict_of("(nothing for 15 seconds, then)\n220 mx\nQUIT\n221 bye\n"), "late-banner");
	assert_string_equal(verdict_of("(we set the timeout to 15 s)\n220 mx\nQUIT\n221 bye\n"), "");
	assert_string_equal(verdict_of("220 mx\nEHLO me\n250 mx\nMAIL FROM:<>\n(2 min)\n250 ok\n"), "late-reply");
	assert_string_equal(verdict_of("--> EHLO me\n(20 s)\n<-- 250 mx\n--> MAIL FROM:<>\n(20 s)\n<-- 250 ok\n"
	                               "--> RCPT TO:<a@b>\n(20 s)\n<-- 250 ok\n"),
	                    "late-replies");
	assert_string_equal(verdict_of("10:00:00 >>> MAIL FROM:<>\n10:00:01 <<< 250 ok\n10:00:01 >>> RCPT TO:<a@b>\n"
	                               "10:00:31 <<< 250 ok\n"),
	                    "late-reply");
	/* postscreen's test for those who speak before it is through */
	assert_string_equal(verdict_of("Connected to mx\n220-mx\n(some 15 seconds)\n220 mx ESMTP\n"), "tarpit");
	assert_string_equal(verdict_of("Connected to mx\n(2 seconds of nothing)\n220 mx\nQUIT\n221 bye\n"), "");
}

/* What the server makes of a command tells more than the reply's words, which differ. */
static void refused_commands_are_told_apart(void **state)
{
	(void)state;
	assert_string_equal(verdict_of(GREETED "> STARTTLS\n< 502 what\n> QUIT\n< 221 bye\n"), "no-starttls");
	assert_string_equal(verdict_of(GREETED "> STARTTLS\n< 220 go\n> QUIT\n"), "waits-for-reply tls-failed");
	assert_string_equal(verdict_of(GREETED "> STARTTLS\n< 220 go\n> EHLO me\n< 250 mx\n> QUIT\n< 221 bye\n"), "");
	assert_string_equal(verdict_of(GREETED "> AUTH PLAIN AAA\n< 500 what\n> QUIT\n< 221 bye\n"), "auth");
	assert_string_equal(verdict_of(GREETED "> AUTH LOGIN\n< 334 VXNlcg==\n> QUIT\n< 221 bye\n"), "auth");
	assert_string_equal(verdict_of(GREETED "> AUTH LOGIN\n< 334 VXNlcg==\n> eA==\n< 235 ok\n> QUIT\n< 221 bye\n"),
	                    "");
	assert_string_equal(verdict_of(GREETED "> RSET\n< 500 what\n> QUIT\n< 221 bye\n"), "");
}

/* telnet has no word for silence. */
static void an_attempt_without_an_end_met_silence(void **state)
{
	(void)state;
	assert_string_equal(verdict_of("$ telnet mx.example.com 25\nTrying 192.0.2.1...\n"), "out-connect-timeout");
	assert_string_equal(verdict_of("=== Trying mx.example.com:25...\n"), "out-connect-timeout");
	assert_string_equal(verdict_of("Trying 192.0.2.1...\n220 mx\nQUIT\n221 bye\n"), "");
	assert_string_equal(verdict_of("Trying 192.0.2.1...\ntelnet: connect to address 192.0.2.1: refused\n"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(marks_of_many_programs_are_known),
	    cmocka_unit_test(the_one_who_is_waited_for_is_named),
	    cmocka_unit_test(pipelined_commands_wait_for_all_their_replies),
	    cmocka_unit_test(pauses_are_measured_or_believed),
	    cmocka_unit_test(refused_commands_are_told_apart),
	    cmocka_unit_test(an_attempt_without_an_end_met_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
