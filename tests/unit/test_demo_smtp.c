/* The SMTP half of the demo server, with a tiny client. */
#include "base/clock.h"
#include "demo/smtp_server.h"
#include "demo_peer.h"
#include "model/target.h"
#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define EHLO_REPLY                                                                                                 \
	"250-mail.demo.test\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n" \
	"250 DSN\r\n"

static struct demo_peer peer;

/* Serves the rules of one server on 127.0.0.1 and connects to it. */
static int begin(const char *rules)
{
	char text[4096];

	snprintf(text, sizeof text, "scale: 0.1\nsmtp 127.0.0.1\n%s", rules);
	demo_peer_start(&peer, text);
	return demo_peer_smtp(&peer, 0);
}

static void end(int fd)
{
	close(fd);
	demo_peer_stop(&peer);
}

static void dialog(int fd, const char *command, const char *reply)
{
	demo_peer_say(fd, command);
	demo_peer_expect(fd, reply);
}

static void check_passed(double since, double seconds)
{
	double passed = clock_now() - since;

	if (passed < seconds - 0.005 || passed > seconds + 0.3)
		fail_msg("expected %.2f s, took %.2f s", seconds, passed);
}

static void polite_session(void **state)
{
	int fd = begin("");

	(void)state;
	demo_peer_expect(fd, "220 mail.demo.test ESMTP Postfix\r\n");
	dialog(fd, "eHlO me\r\n", EHLO_REPLY);
	dialog(fd, "MAIL FROM:<>\r\n", "250 2.1.0 Ok\r\n");
	dialog(fd, "RCPT TO:<a@demo.test>\r\n", "250 2.1.5 Ok\r\n");
	dialog(fd, "DATA\n", "354 End data with <CR><LF>.<CR><LF>\r\n");
	demo_peer_say(fd, "QUIT\r\n..\r\n.\n\r\r\n.");
	usleep(20000);
	demo_peer_say(fd, "\r");
	usleep(20000);
	dialog(fd, "\nNOOP\r\n", "250 2.0.0 Ok: queued as 4XbZ0K1mQxz1\r\n250 2.0.0 Ok\r\n");
	dialog(fd, "MAILBOX\r\n", "500 5.5.2 Error: command not recognized\r\n");
	dialog(fd, "QUIT\r\n", "221 2.0.0 Bye\r\n");
	demo_peer_expect(fd, "");
	end(fd);
}

static void empty_body(void **state)
{
	int fd = begin("banner reply \"220 x\"\n");

	(void)state;
	dialog(fd, "HELO me\r\nMAIL FROM:<>\r\nRCPT TO:<a>\r\nDATA\r\n.\r\nRSET\r\n",
	       "220 x\r\n250 mail.demo.test\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n"
	       "250 2.0.0 Ok: queued as 4XbZ0K1mQxz1\r\n250 2.0.0 Ok\r\n");
	end(fd);
}

static void order_of_commands(void **state)
{
	int fd = begin("rcpt first 1 reply \"550 no\"\n");

	(void)state;
	demo_peer_expect(fd, "220 mail.demo.test ESMTP Postfix\r\n");
	dialog(fd, "MAIL FROM:<>\r\n", "503 5.5.1 Error: send HELO/EHLO first\r\n");
	dialog(fd, "EHLO me\r\n", EHLO_REPLY);
	dialog(fd, "RCPT TO:<a>\r\n", "503 5.5.1 Error: need MAIL command\r\n");
	dialog(fd, "DATA\r\n", "503 5.5.1 Error: need MAIL command\r\n");
	dialog(fd, "MAIL FROM:<>\r\n", "250 2.1.0 Ok\r\n");
	dialog(fd, "MAIL FROM:<>\r\n", "503 5.5.1 Error: nested MAIL command\r\n");
	dialog(fd, "RCPT TO:<a>\r\nDATA\r\n", "550 no\r\n554 5.5.1 Error: no valid recipients\r\n");
	dialog(fd, "RCPT TO:<a>\r\n", "250 2.1.5 Ok\r\n");
	dialog(fd, "RSET\r\nRCPT TO:<a>\r\n", "250 2.0.0 Ok\r\n503 5.5.1 Error: need MAIL command\r\n");
	end(fd);
}

static void placeholders(void **state)
{
	int fd = begin("host a.demo.test\nbanner reply \"220-{host} {client}\" \"220 {date} {host}\"\n");
	char text[128];
	ssize_t got;

	(void)state;
	demo_peer_expect(fd, "220-a.demo.test 127.0.0.1\r\n220 ");
	got = recv(fd, text, sizeof text - 1, 0);
	assert_true(got > 0);
	text[got] = '\0';
	assert_non_null(strstr(text, " +0000 a.demo.test\r\n"));
	assert_int_equal(text[3], ',');
	end(fd);
}

static void delays(void **state)
{
	double begun = clock_now();
	int fd = begin("banner delay 2s reply \"220 x\" delay 1s reply \"220 y\"\n");

	(void)state;
	demo_peer_say(fd, "NOOP\r\n"); /* waits its turn */
	demo_peer_expect(fd, "220 x\r\n");
	check_passed(begun, 0.2);
	demo_peer_expect(fd, "220 y\r\n250 2.0.0 Ok\r\n");
	check_passed(begun, 0.3);
	end(fd);
}

/* The server's patience starts again with every byte, whatever the state of the session. */
static void patience(void **state)
{
	static const char timeout[] = "421 4.4.2 mail.demo.test Error: timeout exceeded\r\n";
	int fd = begin("idle 3s reply \"421 4.4.2 {host} Error: timeout exceeded\" close\n");
	int second = demo_peer_smtp(&peer, 0);
	double begun;

	(void)state;
	demo_peer_expect(fd, "220 mail.demo.test ESMTP Postfix\r\n");
	usleep(200000);
	begun = clock_now();
	demo_peer_say(fd, "NO"); /* half a line */
	demo_peer_expect(fd, timeout);
	check_passed(begun, 0.3);
	demo_peer_expect(fd, "");
	demo_peer_expect(second, "220 mail.demo.test ESMTP Postfix\r\n");
	demo_peer_expect(second, timeout);
	close(second);

	second = demo_peer_smtp(&peer, 0);
	dialog(second, "HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<a>\r\nDATA\r\n",
	       "220 mail.demo.test ESMTP Postfix\r\n250 mail.demo.test\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n"
	       "354 End data with <CR><LF>.<CR><LF>\r\n");
	begun = clock_now();
	demo_peer_expect(second, timeout);
	check_passed(begun, 0.3);
	close(second);
	end(fd);
}

static void limit_of_connections(void **state)
{
	int fd = begin("limit connections 2 reply \"421 too many from {client}\" close\n");
	int second = demo_peer_smtp(&peer, 0);
	int third = demo_peer_smtp(&peer, 0);

	(void)state;
	demo_peer_expect(fd, "220 mail.demo.test ESMTP Postfix\r\n");
	demo_peer_expect(second, "220 mail.demo.test ESMTP Postfix\r\n");
	demo_peer_expect(third, "421 too many from 127.0.0.1\r\n");
	demo_peer_expect(third, "");
	close(third);
	dialog(second, "QUIT\r\n", "221 2.0.0 Bye\r\n");
	third = demo_peer_smtp(&peer, 0);
	demo_peer_expect(third, "220 mail.demo.test ESMTP Postfix\r\n");
	close(third);
	close(second);
	end(fd);
}

static void first_counts_over_sessions(void **state)
{
	int fd = begin("banner first 2 reply \"421 later\" close\n");

	(void)state;
	demo_peer_expect(fd, "421 later\r\n");
	close(fd);
	fd = demo_peer_smtp(&peer, 0);
	demo_peer_expect(fd, "421 later\r\n");
	close(fd);
	fd = demo_peer_smtp(&peer, 0);
	demo_peer_expect(fd, "220 mail.demo.test ESMTP Postfix\r\n");
	end(fd);
}

static void reset_and_silence(void **state)
{
	char byte;
	int fd = begin("noop reset\nrset silent\n");

	(void)state;
	demo_peer_expect(fd, "220 mail.demo.test ESMTP Postfix\r\n");
	demo_peer_say(fd, "NOOP\r\n");
	assert_int_equal(recv(fd, &byte, 1, 0), -1);
	assert_int_equal(errno, ECONNRESET);
	close(fd);
	fd = demo_peer_smtp(&peer, 0);
	demo_peer_expect(fd, "220 mail.demo.test ESMTP Postfix\r\n");
	demo_peer_say(fd, "RSET\r\nQUIT\r\n");
	usleep(100000);
	assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
	end(fd);
}

static void bytes_after_the_client_spoke(void **state)
{
	int fd = begin("starttls reply \"220 go\" wait bytes \"\\x15\\x03\\x00{host}\" close\n");
	char got[16];

	(void)state;
	demo_peer_expect(fd, "220 mail.demo.test ESMTP Postfix\r\n");
	dialog(fd, "STARTTLS\r\n", "220 go\r\n");
	usleep(50000);
	assert_int_equal(recv(fd, got, sizeof got, MSG_DONTWAIT), -1);
	demo_peer_say(fd, "\x16\x03\x01");
	assert_int_equal(recv(fd, got, 9, MSG_WAITALL), 9);
	assert_memory_equal(got, "\x15\x03\0{host}", 9);
	demo_peer_expect(fd, "");
	end(fd);
}

static void body_is_interrupted(void **state)
{
	int fd = begin("body after 5B reply \"421 enough\" close\nbanner reply \"220 x\"\n");

	(void)state;
	dialog(
	    fd, "HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<a>\r\nDATA\r\n",
	    "220 x\r\n250 mail.demo.test\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n");
	demo_peer_say(fd, "1234");
	usleep(50000);
	assert_int_equal(recv(fd, &(char){0}, 1, MSG_DONTWAIT), -1);
	dialog(fd, "56789", "421 enough\r\n");
	end(fd);
}

/* A server that does not read: the client's kernel can hand over only so much. */
static void stalled_server(void **state)
{
	static char block[65536];
	int fd = begin("data reply \"354 go\" stall\nbanner reply \"220 x\"\n");
	ssize_t sent = 0, n;

	(void)state;
	dialog(fd, "HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<a>\r\nDATA\r\n",
	       "220 x\r\n250 mail.demo.test\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 go\r\n");
	for (int quiet = 0; quiet < 5; quiet++) {
		while ((n = send(fd, block, sizeof block, MSG_DONTWAIT | MSG_NOSIGNAL)) > 0)
			sent += n;
		assert_true(sent < 32 * 1024 * 1024);
		usleep(20000);
	}
	end(fd);
}

static void closed_port_refuses(void **state)
{
	int fd = begin("smtp 127.0.0.2\nclosed\n");

	(void)state;
	demo_peer_expect(fd, "220 mail.demo.test ESMTP Postfix\r\n");
	assert_int_equal(demo_peer_smtp(&peer, 1), -1);
	assert_int_equal(errno, ECONNREFUSED);
	end(fd);
}

static void filtered_port_does_not_answer(void **state)
{
	int fd = begin("smtp 127.0.0.2\nfiltered\n");
	int client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	const struct sockaddr_storage *to = &peer.server.smtp[1].address;
	struct pollfd pfd = {.fd = client, .events = POLLOUT};

	(void)state;
	demo_peer_expect(fd, "220 mail.demo.test ESMTP Postfix\r\n");
	assert_int_equal(connect(client, (const struct sockaddr *)to, address_size(to)), -1);
	assert_int_equal(errno, EINPROGRESS);
	assert_int_equal(poll(&pfd, 1, 300), 0);
	close(client);
	end(fd);
}

/* A client that has ended its side gets all answers to what it sent before. */
static void half_closed_client(void **state)
{
	int fd = begin("noop delay 1s reply \"250 late\"\nbanner reply \"220 x\"\n");

	(void)state;
	demo_peer_say(fd, "NOOP\r\nNOOP\r\n");
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	demo_peer_expect(fd, "220 x\r\n250 late\r\n250 late\r\n");
	demo_peer_expect(fd, "");
	end(fd);
}

static void endless_line(void **state)
{
	static char block[10000];
	int fd = begin("banner reply \"220 x\"\n");

	(void)state;
	memset(block, 'a', sizeof block - 1);
	demo_peer_expect(fd, "220 x\r\n");
	for (int i = 0; i < 100; i++)
		demo_peer_say(fd, block);
	dialog(fd, "\r\nNOOP\r\n", "500 5.5.2 Error: command not recognized\r\n250 2.0.0 Ok\r\n");
	end(fd);
}

static void too_many_clients(void **state)
{
	int fds[SMTP_SESSIONS_MAX + 1];

	(void)state;
	fds[0] = begin("banner reply \"220 x\"\n");
	for (size_t i = 1; i <= SMTP_SESSIONS_MAX; i++)
		fds[i] = demo_peer_smtp(&peer, 0);
	for (size_t i = 0; i < SMTP_SESSIONS_MAX; i++)
		demo_peer_expect(fds[i], "220 x\r\n");
	demo_peer_expect(fds[SMTP_SESSIONS_MAX], "421 4.3.2 All server ports are busy\r\n");
	close(fds[0]);
	usleep(50000);
	fds[0] = demo_peer_smtp(&peer, 0);
	demo_peer_expect(fds[0], "220 x\r\n");
	for (size_t i = 1; i <= SMTP_SESSIONS_MAX; i++)
		close(fds[i]);
	end(fds[0]);
}

/* A client that asks and never reads: the server holds a bounded backlog for it and serves the others. */
static void client_that_never_reads(void **state)
{
	int fd = begin("banner reply \"220 x\"\n");
	int other;
	ssize_t n;

	(void)state;
	for (int quiet = 0; quiet < 5; quiet++) {
		while ((n = send(fd, "NOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\n", 24, MSG_DONTWAIT | MSG_NOSIGNAL)) > 0)
			quiet = 0;
		usleep(20000);
	}
	other = demo_peer_smtp(&peer, 0);
	demo_peer_expect(other, "220 x\r\n");
	dialog(other, "NOOP\r\n", "250 2.0.0 Ok\r\n");
	close(other);
	end(fd);
}

static void serves_v6(void **state)
{
	int fd;

	(void)state;
	if (access("/proc/net/if_inet6", F_OK) != 0)
		skip();
	demo_peer_start(&peer, "smtp 127.0.0.1 ::1\nbanner reply \"220 {client}\"\n");
	assert_int_equal(address_port(&peer.server.smtp[0].address), address_port(&peer.server.smtp[1].address));
	fd = demo_peer_smtp(&peer, 1);
	demo_peer_expect(fd, "220 ::1\r\n");
	end(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(polite_session),
	    cmocka_unit_test(empty_body),
	    cmocka_unit_test(order_of_commands),
	    cmocka_unit_test(placeholders),
	    cmocka_unit_test(delays),
	    cmocka_unit_test(patience),
	    cmocka_unit_test(limit_of_connections),
	    cmocka_unit_test(first_counts_over_sessions),
	    cmocka_unit_test(reset_and_silence),
	    cmocka_unit_test(bytes_after_the_client_spoke),
	    cmocka_unit_test(body_is_interrupted),
	    cmocka_unit_test(stalled_server),
	    cmocka_unit_test(closed_port_refuses),
	    cmocka_unit_test(filtered_port_does_not_answer),
	    cmocka_unit_test(half_closed_client),
	    cmocka_unit_test(endless_line),
	    cmocka_unit_test(too_many_clients),
	    cmocka_unit_test(client_that_never_reads),
	    cmocka_unit_test(serves_v6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
