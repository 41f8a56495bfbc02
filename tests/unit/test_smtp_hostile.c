/* The smtp check against servers that are silent, rude, broken or malicious: each ends in the right fact, in time. */
#include "base/clock.h"
#include "smtp_peer.h"
#include "unit.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE 1.0 /* s given to a run that has to wait for nothing */

static bool is_slow(void)
{
	const char *slow = getenv("SMTPDX_SLOW");

	return slow != NULL && slow[0] != '\0';
}

/* Runs the check against the server and holds it to its time. */
static struct case_file *probe_with(void (*serve)(int fd, int connection), double seconds,
                                    const struct settings *settings)
{
	struct smtp_peer peer;
	const double began = clock_now();

	smtp_peer_start(&peer, serve);
	struct case_file *c = smtp_check("127.0.0.1", peer.port, seconds, settings);
	smtp_peer_stop(&peer);
	if (!is_slow())
		assert_true(clock_now() - began < seconds + 1.5);
	return c;
}

static struct case_file *probe(void (*serve)(int fd, int connection))
{
	return probe_with(serve, 5, NULL);
}

static void hang(void)
{
	for (;;)
		pause();
}

/* --- silence and ends, phase by phase */

static void serve_silent_banner(int fd, int connection)
{
	(void)fd;
	(void)connection;
	hang();
}

static void test_silent_banner(void **state)
{
	(void)state;
	struct case_file *c = probe_with(serve_silent_banner, PATIENCE, NULL);
	expect_fact(c, "smtp.connect.outcome", "connected");
	expect_fact(c, "smtp.outcome", "silent");
	expect_fact(c, "smtp.stage", "banner");
	assert_true(is_slow() || fact_number(c, "smtp.waited") > PATIENCE * 0.8);
	assert_true(fact_number(c, "smtp.waited") < PATIENCE * 1.2);
	expect_no_fact(c, "smtp.banner.delay");
	expect_no_fact(c, "smtp.banner.protocol");
	expect_no_fact(c, "smtp.server.software");
	case_free(c);
}

static const char *silent_at;

static void serve_silent_at(int fd, int connection)
{
	(void)connection;
	smtp_peer_serve_until(fd, silent_at);
	hang();
}

static void serve_close_at(int fd, int connection)
{
	(void)connection;
	smtp_peer_serve_until(fd, silent_at);
}

static void serve_reset_at(int fd, int connection)
{
	(void)connection;
	smtp_peer_serve_until(fd, silent_at);
	smtp_peer_reset(fd);
}

static void serve_421_at(int fd, int connection)
{
	(void)connection;
	if (!smtp_peer_serve_until(fd, silent_at))
		return;
	smtp_peer_say(fd, "421 4.3.2 peer.test shutting down\r\n");
}

static void test_ends_in_every_phase(void **state)
{
	static const struct {
		const char *command, *stage;
	} phases[] = {{"EHLO", "ehlo"}, {"MAIL", "mail"}, {"RCPT", "rcpt"}, {"DATA", "data"}};

	(void)state;
	for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
		silent_at = phases[i].command;

		struct case_file *c = probe_with(serve_silent_at, 0.6, NULL);
		expect_fact(c, "smtp.outcome", "silent");
		expect_fact(c, "smtp.stage", phases[i].stage);
		case_free(c);

		c = probe(serve_close_at);
		expect_fact(c, "smtp.outcome", "closed");
		expect_fact(c, "smtp.stage", phases[i].stage);
		case_free(c);

		c = probe(serve_reset_at);
		expect_fact(c, "smtp.outcome", "reset");
		expect_fact(c, "smtp.stage", phases[i].stage);
		case_free(c);

		c = probe(serve_421_at);
		expect_fact(c, "smtp.outcome", "refused");
		expect_fact(c, "smtp.stage", phases[i].stage);
		expect_fact(c, "smtp.reply.phase", phases[i].stage);
		assert_int_equal(fact_number(c, "smtp.reply.code"), 421);
		expect_fact(c, "smtp.reply.enhanced", "4.3.2");
		expect_fact(c, "smtp.reply.text", "peer.test shutting down");
		expect_fact(c, "smtp.reply.class", "shutdown");
		assert_int_equal(lines_said(c, LINE_OUT, "QUIT"), 0); /* a 421 has closed the session */
		case_free(c);
	}
}

static void serve_close_at_once(int fd, int connection)
{
	(void)fd;
	(void)connection;
}

static void serve_reset_at_once(int fd, int connection)
{
	(void)connection;
	smtp_peer_reset(fd);
}

static void test_ends_before_the_banner(void **state)
{
	(void)state;
	struct case_file *c = probe(serve_close_at_once);
	expect_fact(c, "smtp.outcome", "closed");
	expect_fact(c, "smtp.stage", "banner");
	case_free(c);

	c = probe(serve_reset_at_once);
	expect_fact(c, "smtp.outcome", "reset");
	case_free(c);
}

/* --- refusals */

static const char *banner;

static void serve_banner(int fd, int connection)
{
	(void)connection;
	smtp_peer_say(fd, banner);
	if (smtp_peer_hear(fd, "QUIT"))
		smtp_peer_say(fd, "221 bye\r\n");
}

static void test_refusing_banner_gets_quit(void **state)
{
	(void)state;
	banner = "554-no\r\n554 service for you\r\n";
	struct case_file *c = probe(serve_banner);
	expect_fact(c, "smtp.outcome", "refused");
	expect_fact(c, "smtp.stage", "banner");
	expect_fact(c, "smtp.reply.text", "no service for you");
	expect_fact(c, "smtp.reply.class", "policy");
	assert_int_equal(fact_number(c, "smtp.banner.lines"), 2);
	assert_int_equal(lines_said(c, LINE_OUT, "QUIT"), 1);
	assert_int_equal(fact_number(c, "smtp.quit.code"), 221);
	case_free(c);
}

static void serve_refused_rcpt(int fd, int connection)
{
	(void)connection;
	smtp_peer_serve_until(fd, "RCPT");
	smtp_peer_say(fd, "450 4.2.0 <postmaster>: Recipient address rejected: Greylisted, see http://x\r\n");
	if (smtp_peer_hear(fd, "QUIT"))
		smtp_peer_say(fd, "221 bye\r\n");
}

static void test_refused_rcpt(void **state)
{
	(void)state;
	struct case_file *c = probe(serve_refused_rcpt);
	expect_fact(c, "smtp.outcome", "refused");
	expect_fact(c, "smtp.reply.class", "greylist");
	expect_fact(c, "smtp.reply.server", "postfix");
	expect_fact(c, "smtp.server.software", "postfix");
	assert_int_equal(fact_number(c, "smtp.quit.code"), 221);
	expect_no_fact(c, "smtp.data.delay");
	case_free(c);
}

/* --- replies that are none */

static void test_protocols(void **state)
{
	static const struct {
		const char *banner, *protocol;
	} greetings[] = {
	    {"SSH-2.0-OpenSSH_9.2p1\r\n", "ssh"}, {"HTTP/1.1 400 Bad Request\r\n", "http"},
	    {"+OK POP3 ready\r\n", "pop3"},       {"* OK IMAP4rev1\r\n", "imap"},
	    {"hello there\r\n", "other"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof greetings / sizeof greetings[0]; i++) {
		banner = greetings[i].banner;
		struct case_file *c = probe(serve_banner);
		expect_fact(c, "smtp.outcome", "garbage");
		expect_fact(c, "smtp.stage", "banner");
		expect_fact(c, "smtp.banner.protocol", greetings[i].protocol);
		expect_fact(c, "smtp.protocol.fault", "malformed-reply");
		assert_int_equal(lines_said(c, LINE_OUT, "QUIT"), 0);
		case_free(c);
	}
	banner = "220 ProFTPD Server (FTP) ready\r\n";
	struct case_file *c = probe_with(serve_banner, 0.5, NULL);
	expect_fact(c, "smtp.banner.protocol", "ftp");
	case_free(c);
}

static void serve_long_line(int fd, int connection)
{
	static char line[70000];

	(void)connection;
	memset(line, 'A', sizeof line - 3);
	memcpy(line, "220 ", 4);
	memcpy(line + sizeof line - 3, "\r\n", 3);
	smtp_peer_say(fd, line);
	hang();
}

static void test_line_of_64_kib(void **state)
{
	(void)state;
	struct case_file *c = probe(serve_long_line);
	expect_fact(c, "smtp.outcome", "garbage");
	expect_fact(c, "smtp.stage", "banner");
	expect_fact(c, "smtp.protocol.fault", "line-too-long");
	assert_true(strlen(fact_text(c, "smtp.protocol.detail")) < 600);
	case_free(c);
}

static void serve_line_without_end(int fd, int connection)
{
	(void)connection;
	for (;;)
		smtp_peer_say(fd, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
}

static void test_line_without_end(void **state)
{
	(void)state;
	struct case_file *c = probe(serve_line_without_end);
	expect_fact(c, "smtp.outcome", "garbage");
	expect_fact(c, "smtp.protocol.fault", "line-too-long");
	case_free(c);
}

static void serve_endless_banner(int fd, int connection)
{
	(void)connection;
	for (;;)
		smtp_peer_say(fd, "220-and so on\r\n");
}

static void test_endless_banner(void **state)
{
	(void)state;
	struct case_file *c = probe(serve_endless_banner);
	expect_fact(c, "smtp.outcome", "garbage");
	expect_fact(c, "smtp.protocol.fault", "endless-reply");
	assert_true(c->dialogs[0].line_count <= 110);
	case_free(c);
}

static void serve_slow_banner_lines(int fd, int connection)
{
	(void)connection;
	for (;;) {
		smtp_peer_say(fd, "220-wait\r\n");
		usleep(100000);
	}
}

static void test_banner_that_never_ends_in_time(void **state)
{
	(void)state;
	struct case_file *c = probe_with(serve_slow_banner_lines, PATIENCE, NULL);
	expect_fact(c, "smtp.outcome", "cut"); /* not silent: it was talking all the time */
	expect_fact(c, "smtp.stage", "banner");
	case_free(c);
}

static void serve_odd_banner(int fd, int connection)
{
	(void)connection;
	if (send(fd, "220 \x1b[31mx\0y\r\n", 14, MSG_NOSIGNAL) == 14)
		hang();
}

static void test_nul_and_escapes(void **state)
{
	(void)state;
	struct case_file *c = probe_with(serve_odd_banner, PATIENCE, NULL);
	expect_fact(c, "smtp.banner.text", "\\x1b[31mx\\x00y");
	expect_fact(c, "smtp.protocol.fault", "nul");
	expect_fact(c, "smtp.stage", "ehlo");
	case_free(c);
}

static void serve_bare_lf(int fd, int connection)
{
	(void)connection;
	smtp_peer_say(fd, "220 peer.test\n");
	if (smtp_peer_hear(fd, "EHLO"))
		smtp_peer_say(fd, "250 peer.test\n");
	if (smtp_peer_hear(fd, "MAIL"))
		smtp_peer_say(fd, "550 no\n");
}

static void test_bare_line_feeds(void **state)
{
	(void)state;
	struct case_file *c = probe(serve_bare_lf);
	expect_fact(c, "smtp.protocol.fault", "bare-lf");
	expect_fact(c, "smtp.stage", "mail");
	assert_int_equal(fact_number(c, "smtp.reply.code"), 550);
	case_free(c);
}

static void serve_mixed_codes(int fd, int connection)
{
	(void)connection;
	smtp_peer_serve_until(fd, "MAIL");
	smtp_peer_say(fd, "250-fine\r\n451 or not\r\n");
}

static void test_mixed_codes(void **state)
{
	(void)state;
	struct case_file *c = probe(serve_mixed_codes);
	expect_fact(c, "smtp.protocol.fault", "mixed-codes");
	expect_fact(c, "smtp.outcome", "refused");
	assert_int_equal(fact_number(c, "smtp.reply.code"), 451);
	case_free(c);
}

static void serve_early_talk(int fd, int connection)
{
	(void)connection;
	smtp_peer_serve_until(fd, "MAIL");
	smtp_peer_say(fd, "250 2.1.0 Ok\r\n250 2.1.0 once more\r\n");
	if (smtp_peer_hear(fd, "RCPT"))
		smtp_peer_say(fd, "550 5.1.1 User unknown\r\n");
}

static void test_early_talk(void **state)
{
	(void)state;
	struct case_file *c = probe(serve_early_talk);
	expect_fact(c, "smtp.protocol.fault", "early-talk");
	expect_fact(c, "smtp.protocol.detail", "once more");
	expect_fact(c, "smtp.stage", "rcpt");
	assert_int_equal(fact_number(c, "smtp.reply.code"), 550);
	case_free(c);
}

/* --- the body */

static void serve_421_in_body(int fd, int connection)
{
	char bytes[4096];

	(void)connection;
	smtp_peer_serve_until(fd, "");
	if (recv(fd, bytes, sizeof bytes, 0) > 0)
		smtp_peer_say(fd, "421 4.4.2 peer.test Error: timeout exceeded\r\n");
	hang();
}

static void test_421_while_we_send(void **state)
{
	(void)state;
	struct case_file *c = probe(serve_421_in_body);
	expect_fact(c, "smtp.outcome", "refused");
	expect_fact(c, "smtp.stage", "body");
	expect_fact(c, "smtp.body.outcome", "early-reply");
	assert_int_equal(fact_number(c, "smtp.body.code"), 421);
	expect_fact(c, "smtp.reply.class", "idle-timeout");
	case_free(c);
}

static void serve_unread_body(int fd, int connection)
{
	const int small = 4096;

	(void)connection;
	smtp_peer_serve_until(fd, "");
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	hang();
}

static void test_peer_that_does_not_read(void **state)
{
	(void)state;
	struct case_file *c = probe_with(serve_unread_body, 2, NULL);
	expect_fact(c, "smtp.stage", "body");
	expect_fact(c, "smtp.outcome", "cut"); /* a run of 2 s is over before a stall is called one */
	assert_true(fact_number(c, "smtp.body.unacked") > 0);
	expect_no_fact(c, "smtp.body.delay");
	case_free(c);
}

static void serve_reset_in_body(int fd, int connection)
{
	char bytes[4096];

	(void)connection;
	smtp_peer_serve_until(fd, "");
	if (recv(fd, bytes, sizeof bytes, 0) > 0)
		smtp_peer_reset(fd);
}

static void test_reset_in_the_body(void **state)
{
	(void)state;
	struct case_file *c = probe(serve_reset_in_body);
	expect_fact(c, "smtp.outcome", "reset");
	expect_fact(c, "smtp.body.outcome", "reset");
	case_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_silent_banner),
	    cmocka_unit_test(test_ends_in_every_phase),
	    cmocka_unit_test(test_ends_before_the_banner),
	    cmocka_unit_test(test_refusing_banner_gets_quit),
	    cmocka_unit_test(test_refused_rcpt),
	    cmocka_unit_test(test_protocols),
	    cmocka_unit_test(test_line_of_64_kib),
	    cmocka_unit_test(test_line_without_end),
	    cmocka_unit_test(test_endless_banner),
	    cmocka_unit_test(test_banner_that_never_ends_in_time),
	    cmocka_unit_test(test_nul_and_escapes),
	    cmocka_unit_test(test_bare_line_feeds),
	    cmocka_unit_test(test_mixed_codes),
	    cmocka_unit_test(test_early_talk),
	    cmocka_unit_test(test_421_while_we_send),
	    cmocka_unit_test(test_peer_that_does_not_read),
	    cmocka_unit_test(test_reset_in_the_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
