/* What is pasted: undressed, wrapped lines whole again; and what must stay as it is. */
#include "unit.h"

#include "text/excerpt.h"

/* What comes out of a text, its lines with a newline behind each. */
static void expect(const char *text, const char *whole)
{
	struct excerpt *excerpt = excerpt_new();
	char out[4096];
	size_t used = 0;
	struct slice line;
	int parts, in = 0, all = 0;

	for (const char *p = text; *p != '\0'; in++) {
		const size_t size = strcspn(p, "\n");
		assert_true(excerpt_add(excerpt, (struct slice){.at = p, .size = size}));
		p += size + (p[size] == '\n');
	}
	excerpt_tidy(excerpt);
	while (excerpt_next(excerpt, &line, &parts)) {
		assert_true(used + line.size + 2 < sizeof out);
		memcpy(out + used, line.at, line.size);
		used += line.size;
		out[used++] = '\n';
		all += parts;
	}
	out[used] = '\0';
	excerpt_free(excerpt);
	assert_string_equal(out, whole);
	assert_int_equal(all, in);
}

static void what_surrounds_a_line_goes(void **state)
{
	(void)state;
	expect("&lt;user@example.com&gt;: 421 &quot;busy&quot; a&amp;b\n", "<user@example.com>: 421 \"busy\" a&b\n");
	expect("<pre>421 Too many<br>\n220 ok</pre>\n", "421 Too many\n220 ok\n");
	expect("\x1b[31mtimed\tout\x1b[0m  \r\n", "timed out\n");
	expect("couldn\xe2\x80\x99t\xc2\xa0look\n", "couldn't look\n");
	expect("```text\n`421 busy`\n```\n", "\n421 busy\n\n");
	expect("a \x1b[ and &unknown; <tag> stay\n", "a \x1b[ and &unknown; <tag> stay\n");
}

static void what_stands_before_each_line_goes(void **state)
{
	(void)state;
	expect("> > one\n> > two\n", "one\ntwo\n");
	expect("mail-1  | one\nmail-1  | two\n", "one\ntwo\n");
	expect("/var/log/mail.log:one\n/var/log/mail.log:two\n", "one\ntwo\n");
	expect("mail.log.1:12:one\nmail.log:13:two\n", "one\ntwo\n");
	expect("12:one\n13:two\n", "one\ntwo\n");
	expect("@400000005f5e10001a2b3c4d one\n", "one\n");
}

static void marks_of_a_dialog_and_codes_and_times_stay(void **state)
{
	(void)state;
	expect("> EHLO x\n< 250 y\n", "> EHLO x\n< 250 y\n");
	expect("> EHLO x\n\n", "> EHLO x\n\n");
	expect("421: busy\n450: later\n", "421: busy\n450: later\n");
	expect("10:00:01 one\n10:00:02 two\n", "10:00:01 one\n10:00:02 two\n");
}

static void wrapped_lines_are_whole_again(void **state)
{
	(void)state;
	expect("Mar  3 10:20:30 mail postfix/smtp[12]: A1B2C3: to=<u@example.com>,\n"
	       "relay=none, delay=30, status=deferred (connect to mx[192.0.2.1]:25:\n"
	       "Connection timed out)\n"
	       "Mar  3 10:20:31 mail postfix/smtpd[13]: connect from unknown[192.0.2.2]\n",
	       "Mar  3 10:20:30 mail postfix/smtp[12]: A1B2C3: to=<u@example.com>, relay=none, delay=30, "
	       "status=deferred (connect to mx[192.0.2.1]:25: Connection timed out)\n"
	       "Mar  3 10:20:31 mail postfix/smtpd[13]: connect from unknown[192.0.2.2]\n");
	expect("Since we moved to the new data centre all of the large mails are lost\n"
	       "in transit, and the small ones are not.\n",
	       "Since we moved to the new data centre all of the large mails are lost in transit, and the small ones "
	       "are not.\n");
	/* at the edge of a terminal, within a word */
	expect("postfix/smtp[12]: connect to alt4.gmail-smtp-in.l.google.com[192.0.2.26]:25: Ope\nration timed out\n",
	       "postfix/smtp[12]: connect to alt4.gmail-smtp-in.l.google.com[192.0.2.26]:25: Operation timed out\n");
	/* a folded field, however short */
	expect("Diagnostic-Code: X-Postfix; connect to\n    mx.example.com: Operation timed out\n",
	       "Diagnostic-Code: X-Postfix; connect to mx.example.com: Operation timed out\n");
}

static void lines_of_their_own_are_not_joined(void **state)
{
	static const char *const texts[] = {
	    "Mar  3 10:20:30 mail postfix/smtpd[12]: connect from mx.example.com[192.0.2.1]\nafter RCPT it hangs\n",
	    "8D3E21C0A1      412 Mon Jan  6 10:15:02  root@vps.example.com\n(connect to mx: timed out)\n",
	    "250-mx.example.com Hello client.example.net [192.0.2.1], nice to meet you\n250 OK\n",
	    "10:00:01.100 IP 192.0.2.1.40000 > 203.0.113.1.25: Flags [.], length 1448\n10:00:01.320 IP 192.0.2.1 > x\n",
	    "postfix/smtpd[2077]: warning: TLS library problem: no shared cipher\npostfix/smtpd[2077]: lost\n",
	    "one\ntwo\nNov 22 05:00:00 mx postfix/smtpd[1]: disconnect from a.example quit=1\n25m  2.9K 1xUzMc\n",
	    "Exception in thread \"main\" javax.mail.MessagingException: Could not connect\n    at com.sun.mail\n",
	    "    host: mail.example.com, which is our own server in the next room\n    port: 25\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		expect(texts[i], texts[i]);
}

static void line_ends_that_are_spelled_out_end_lines(void **state)
{
	(void)state;
	expect("421 busy\\r\\n220 ok\\n", "421 busy\n220 ok\n\n");
	expect("{\"level\":\"error\",\"msg\":\"says \\\"no\\\"\\nat 10:00\"}\n",
	       "{\"level\nerror\nmsg\nsays \"no\"\nat 10:00\n\n");
	expect("one\\n\\u003cthree\\u003e\\tfour\n", "one\n<three> four\n");
}

static void backslashes_that_mean_something_else_stay(void **state)
{
	static const char *const texts[] = {
	    "send: 'ehlo x\\r\\n'\n", /* the bytes of one line, as a library shows them */
	    "reply: b'250 two\\r\\n250 three\\r\\n'\n",
	    "file=C:\\new\\nodes\\log.txt: timed out\n",
	    "a regular expression: ^\\d+\\s$\n",
	    "{\"level\":\"error\",\"msg\":\"timed out\"}\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		expect(texts[i], texts[i]);
}

static void lines_of_a_log_on_one_line_are_told_apart(void **state)
{
	(void)state;
	expect("Feb  1 10:00:00 mx postfix/smtpd[1]: connect from a[192.0.2.1] "
	       "Feb  1 10:00:01 mx postfix/smtpd[1]: disconnect from a[192.0.2.1]\n",
	       "Feb  1 10:00:00 mx postfix/smtpd[1]: connect from a[192.0.2.1]\n"
	       "Feb  1 10:00:01 mx postfix/smtpd[1]: disconnect from a[192.0.2.1]\n");
	/* A time that a line is about begins none. */
	expect("Feb  1 10:00:00 mx postfix/anvil[1]: statistics: max connection count 12 at Feb  1 09:58:00\n",
	       "Feb  1 10:00:00 mx postfix/anvil[1]: statistics: max connection count 12 at Feb  1 09:58:00\n");
}

static void quoted_printable_is_decoded_where_it_is_certain(void **state)
{
	(void)state;
	expect("host mx.example.com[192.0.2.1] said: 421 4.7.0 too many connections =\nfrom you, delay=3D20\n",
	       "host mx.example.com[192.0.2.1] said: 421 4.7.0 too many connections from you, delay=20\n");
	expect("dsn=3D4.4.2, caf=C3=A9\n", "dsn=4.4.2, caf\xc3\xa9\n");
	expect("delay=20, dsn=4.4.2\n", "delay=20, dsn=4.4.2\n");
	expect("delay=20\n", "delay=20\n");
	expect("relayhost =\n", "relayhost =\n");
	expect("a=3Db\nc=d\n", "a=3Db\nc=d\n");
}

static void a_long_text_is_no_excerpt(void **state)
{
	struct excerpt *excerpt = excerpt_new();
	char line[1000];
	int taken = 0;

	(void)state;
	memset(line, 'x', sizeof line);
	while (excerpt_add(excerpt, (struct slice){.at = line, .size = sizeof line}))
		taken++;
	assert_in_range(taken, 10, 100);
	excerpt_free(excerpt);
	excerpt = excerpt_new();
	for (taken = 0; excerpt_add(excerpt, (struct slice){.at = NULL, .size = 0}); taken++)
		;
	assert_in_range(taken, 100, 1000);
	excerpt_tidy(excerpt);
	excerpt_free(excerpt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_surrounds_a_line_goes),
	    cmocka_unit_test(what_stands_before_each_line_goes),
	    cmocka_unit_test(marks_of_a_dialog_and_codes_and_times_stay),
	    cmocka_unit_test(wrapped_lines_are_whole_again),
	    cmocka_unit_test(lines_of_their_own_are_not_joined),
	    cmocka_unit_test(line_ends_that_are_spelled_out_end_lines),
	    cmocka_unit_test(backslashes_that_mean_something_else_stay),
	    cmocka_unit_test(lines_of_a_log_on_one_line_are_told_apart),
	    cmocka_unit_test(quoted_printable_is_decoded_where_it_is_certain),
	    cmocka_unit_test(a_long_text_is_no_excerpt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
