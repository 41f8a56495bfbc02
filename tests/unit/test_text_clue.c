/* Addresses, ports, replies, times and configuration values in lines of any form. */
#include "unit.h"

#include "text/client_options.h"
#include "text/clue.h"
#include "text/segments.h"

static void endpoints_are_found_in_the_forms_that_programs_print(void **state)
{
	static const struct {
		const char *line, *address;
		int port;
		bool is_v6, is_loopback;
	} cases[] = {
	    {"connect to mx.example.com[203.0.113.10]:25: Connection timed out", "203.0.113.10", 25, false, false},
	    {"connect to mx[2001:db8::10]:25: Network is unreachable", "2001:db8::10", 25, true, false},
	    {"Error: connect EHOSTUNREACH 2001:db8::10:587 - Local (:::49175)", "2001:db8::10", 587, true, false},
	    {"Error: connect ECONNREFUSED 127.0.0.1:465", "127.0.0.1", 465, false, true},
	    {"connect(2) for \"2001:db8:4003::1b\" port 25", "2001:db8:4003::1b", 25, true, false},
	    {"Connecting to smtp.example.com [192.0.2.7] port 587", "192.0.2.7", 587, false, false},
	    {"dial tcp [::1]:25: connect: connection refused", "::1", 25, true, true},
	    {"Could not connect to SMTP host: smtp.example.com, port: 465, response: -1", "", 465, false, false},
	    {"smtp.example.com:25 is filtered", "", 25, false, false},
	    {"createTransport({ host: \"x\", port: 465 })", "", 465, false, false},
	    {"localhost refuses", "", 0, false, true},
	    {"H=mx.example.org [2001:db8:1::25] Network is unreachable", "2001:db8:1::25", 0, true, false},
	};
	struct clue_endpoint found;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		if (!clue_endpoint_find(cases[i].line, &found))
			fail_msg("nothing found in: %s", cases[i].line);
		assert_string_equal(found.address, cases[i].address);
		assert_int_equal(found.port, cases[i].port);
		assert_int_equal(found.is_v6, cases[i].is_v6);
		assert_int_equal(found.is_loopback, cases[i].is_loopback);
	}
}

static void what_is_no_endpoint_is_none(void **state)
{
	static const char *const lines[] = {"",
	                                    "at 10:25:31 the mail was gone",
	                                    "dsn=4.4.1, delay=0.1",
	                                    "version 1.2.3.4.5.6.7.8.9",
	                                    "deadbeef: cafe",
	                                    "999.1.1.1 is none",
	                                    "::::",
	                                    "id 25"};
	struct clue_endpoint found;

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		if (clue_endpoint_find(lines[i], &found))
			fail_msg("\"%s\": found \"%s\" port %d", lines[i], found.address, found.port);
}

static void replies_are_found_where_they_are_quoted(void **state)
{
	static const struct {
		const char *line, *reply;
	} cases[] = {
	    {"421 4.4.2 mx Error: timeout exceeded", "421 4.4.2 mx Error: timeout exceeded"},
	    {"<<< 554-5.7.1 no", "554 5.7.1 no"},
	    {"421 4.3.0 Trouble.  Try   again", "421 4.3.0 Trouble. Try again"},
	    {"error: 451: 4.4.2 Timeout - closing connection.", "451 4.4.2 Timeout - closing connection."},
	    {"code \"451\", with message \"451 4.4.2 Timeout waiting\".", "451 4.4.2 Timeout waiting"},
	    {"SMTP Error: [451] 4.3.0 Error: queue file write error", "451 4.3.0 Error: queue file write error"},
	    {"host mx[192.0.2.1] said: 450 4.7.1 later (in reply to RCPT TO command))", "450 4.7.1 later"},
	    {"POPcon keeps getting \"421 4.4.1 Connection timed out\" errors from Exchange",
	     "421 4.4.1 Connection timed out"},
	    {"it says '550 user doesn't exist' each time", "550 user doesn't exist"},
	    {"SMTPDataError: (451, b'4.3.0 Error: queue file write error')", "451 4.3.0 Error: queue file write error"},
	    {"SMTPDataError: (454, b\"Throttling failure\", 'x')", "454 Throttling failure"},
	    {"SMTP error after RCPT TO:<a@b>: 451 Greylisted", "451 Greylisted"},
	    {"(535, b'5.7.8 Error: authentication failed')", "535 5.7.8 Error: authentication failed"},
	    {"message: [\"4.4.2 mail Error: timeout exceeded\"]", "421 4.4.2 mail Error: timeout exceeded"},
	};
	char reply[200];
	size_t begin;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		if (!clue_reply_find(cases[i].line, reply, sizeof reply, &begin))
			fail_msg("no reply in: %s", cases[i].line);
		assert_string_equal(reply, cases[i].reply);
		assert_true(begin < strlen(cases[i].line));
	}
}

static void numbers_are_no_replies(void **state)
{
	static const char *const lines[] = {"port 465 is open",
	                                    "250 2.0.0 Ok",
	                                    "line 442 of the file",
	                                    "size=421 bytes",
	                                    "in 500 ms",
	                                    "192.0.2.451 x",
	                                    "10.421 4 messages",
	                                    "subscriber 4208: EOF",
	                                    "5 of 553 messages",
	                                    "postfix 3.4.5 was here",
	                                    ""};
	char reply[200];
	size_t begin;

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		if (clue_reply_find(lines[i], reply, sizeof reply, &begin))
			fail_msg("\"%s\": taken for the reply \"%s\"", lines[i], reply);
}

static void a_long_reply_is_cut_not_overrun(void **state)
{
	char line[600] = "550 5.7.1 ", reply[20];
	size_t begin;

	(void)state;
	memset(line + 10, 'x', sizeof line - 11);
	line[sizeof line - 1] = '\0';
	assert_true(clue_reply_find(line, reply, sizeof reply, &begin));
	assert_int_equal(strlen(reply), sizeof reply - 1);
}

static void times_and_slots_are_read(void **state)
{
	(void)state;
	assert_true(clue_time_of_day("[2016-02-26 07:10:40] INFO") == 7 * 3600 + 10 * 60 + 40);
	assert_true(clue_time_of_day("Nov 21 23:59:60 mx") == 86400);
	assert_true(clue_time_of_day("from 2001:db8:10:20:30:40 came 1:2:3") < 0);
	assert_true(clue_time_of_day("25:00:00") < 0);
	assert_true(clue_slots_full("tcpserver: status: 120/120"));
	assert_false(clue_slots_full("tcpserver: status: 119/120"));
	assert_false(clue_slots_full("tcpserver: status: 0/0"));
	assert_false(clue_slots_full("exit status: 1"));
}

static void configuration_values_are_read_in_their_units(void **state)
{
	static const struct {
		const char *line;
		double server, client, pool, size;
	} cases[] = {
	    {"ConnectionInactivityTimeout : 00:05:00", 300, 0, 0, 0},
	    {"  greetingTimeout: 30000,", 0, 30, 0, 0},
	    {"mail.smtp.timeout=5000", 0, 5, 0, 0},
	    {"socketTimeout: 5 * 60 * 1000,", 0, 300, 0, 0},
	    {"socketTimeout: 30*1000", 0, 30, 0, 0},
	    {"client timeout: 30 s, all commands", 0, 30, 0, 0},
	    {"$mail->Timeout = 10;", 0, 0, 0, 0}, /* an object's member is none of the names */
	    {"Idle timeout = 60s, Wait timeout = 60s", 0, 0, 60, 0},
	    {"max_message_size: 25000000", 0, 0, 0, 25000000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct client_options config = {0};
		client_options_line(&config, cases[i].line);
		if (config.server_timeout < cases[i].server || config.server_timeout > cases[i].server ||
		    config.client_timeout < cases[i].client || config.client_timeout > cases[i].client ||
		    config.pool_idle < cases[i].pool || config.pool_idle > cases[i].pool ||
		    config.size_limit < cases[i].size || config.size_limit > cases[i].size)
			fail_msg("%s: %g %g %g %g", cases[i].line, config.server_timeout, config.client_timeout,
			         config.pool_idle, config.size_limit);
	}
}

static void published_ports_are_told_apart(void **state)
{
	struct client_options config = {0};

	(void)state;
	assert_true(client_options_line(&config, "587/tcp -> 0.0.0.0:587"));
	assert_true(config.published);
	assert_false(config.published_25);
	assert_true(client_options_line(&config, "      - \"25:25\""));
	assert_true(config.published_25);
	assert_false(client_options_line(&config, "hello there"));
	assert_false(client_options_line(&config, ""));
}

static void feed(struct segments *segments, const char *flags, const char *seq, int length, int times)
{
	char line[200];

	for (int i = 0; i < times; i++) {
		snprintf(line, sizeof line,
		         "10:00:0%d.1 IP 192.0.2.1.4000 > 192.0.2.2.25: Flags [%s], seq %s, length %d", i, flags, seq,
		         length);
		assert_true(segments_line(segments, line));
	}
}

static void repeated_segments_are_counted(void **state)
{
	const char *words[4];
	struct segments segments = {.next = 0};

	(void)state;
	feed(&segments, "S", "100", 0, 3);
	assert_int_equal(segments_verdict(&segments, words, 4), 1);
	assert_string_equal(words[0], "syn-unanswered");
	feed(&segments, "S.", "7", 0, 1);
	assert_int_equal(segments_verdict(&segments, words, 4), 0);
	feed(&segments, ".", "100:1548", 1448, 3);
	assert_int_equal(segments_verdict(&segments, words, 4), 2);
	assert_string_equal(words[0], "retransmits");
	assert_string_equal(words[1], "large-lost");
	/* More segments than are remembered do no harm, and different ones are no repeats. */
	segments = (struct segments){.next = 0};
	for (int i = 0; i < 3 * SEGMENTS_MAX; i++) {
		char seq[sizeof "-2147483648:-2147483648"];
		snprintf(seq, sizeof seq, "%d:%d", i, i + 9);
		feed(&segments, ".", seq, 1448, 1);
	}
	assert_int_equal(segments_verdict(&segments, words, 4), 0);
	assert_false(segments_line(&segments, "IP without flags"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(endpoints_are_found_in_the_forms_that_programs_print),
	    cmocka_unit_test(what_is_no_endpoint_is_none),
	    cmocka_unit_test(replies_are_found_where_they_are_quoted),
	    cmocka_unit_test(numbers_are_no_replies),
	    cmocka_unit_test(a_long_reply_is_cut_not_overrun),
	    cmocka_unit_test(times_and_slots_are_read),
	    cmocka_unit_test(configuration_values_are_read_in_their_units),
	    cmocka_unit_test(published_ports_are_told_apart),
	    cmocka_unit_test(repeated_segments_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
