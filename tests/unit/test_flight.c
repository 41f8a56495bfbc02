/* What becomes of a text that is sent, with peers on loopback that read it, refuse it, reset it, or do nothing at all. */
#include "base/clock.h"
#include "base/xalloc.h"
#include "smtp/flight.h"
#include "smtp_peer.h"
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static void on_begun(void *context, enum smtp_phase phase, double limit)
{
	(void)context;
	(void)phase;
	(void)limit;
}

static void on_ended(void *context, enum smtp_phase phase)
{
	(void)context;
	(void)phase;
}

static void on_line(void *context, enum line_dir dir, const char *text)
{
	(void)context;
	(void)dir;
	(void)text;
}

/* A session up to DATA with that peer, and the flight of `count` pieces of `size` bytes each, two at a time. */
static struct flight *fly(void (*serve)(int fd, int connection), size_t count, size_t size, double seconds,
                          enum smtp_status *status, int *code)
{
	static const char *const commands[] = {"EHLO test", "MAIL FROM:<>", "RCPT TO:<x>", "DATA"};
	static const enum smtp_phase phases[] = {SMTP_EHLO, SMTP_MAIL, SMTP_RCPT, SMTP_DATA};
	struct smtp_session *s = xcalloc(1, sizeof *s);
	struct flight *flight = xcalloc(1, sizeof *flight);
	struct smtp_options options = {.host = "",
	                               .helo = "test",
	                               .raw = true,
	                               .deadline = clock_now() + seconds,
	                               .watch = {.begun = on_begun, .ended = on_ended, .line = on_line}};
	size_t *pieces = xcalloc(count, sizeof *pieces);
	char *text = xcalloc(count + 1, size);
	struct smtp_peer peer;

	smtp_peer_start(&peer, serve);
	assert_int_equal(address_parse("127.0.0.1", peer.port, &options.address), 0);
	assert_int_equal(smtp_open(s, &options), SMTP_OK);
	smtp_begin(s, SMTP_BANNER);
	assert_int_equal(smtp_receive(s, SMTP_BANNER), SMTP_OK);
	for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++)
		assert_int_equal(smtp_command(s, phases[i], commands[i]), SMTP_OK);
	memset(text, 'x', count * size);
	for (size_t i = 0; i < count; i++)
		pieces[i] = size;
	const struct flight_plan plan = {.bytes = text, .pieces = pieces, .count = count, .together = 2};
	*status = flight_send(s, &plan, flight);
	*code = s->reply.code;
	smtp_close(s);
	smtp_peer_stop(&peer);
	free(text);
	free(pieces);
	free(s);
	return flight;
}

static void serve_readers(int fd, int connection)
{
	char bytes[4096];

	(void)connection;
	if (smtp_peer_serve_until(fd, ""))
		while (recv(fd, bytes, sizeof bytes, 0) > 0)
			;
}

static void a_text_that_is_read(void **state)
{
	enum smtp_status status;
	int code;
	struct flight *f = fly(serve_readers, 7, 500, 5, &status, &code);

	(void)state;
	assert_int_equal(f->end, FLIGHT_PASS);
	assert_string_equal(flight_end_name(f->end), "pass");
	assert_int_equal(status, SMTP_OK);
	assert_int_equal(f->sent, 3500);
	assert_int_equal(f->acked, 3500);
	assert_int_equal(f->resent, 0);
	assert_true(f->point_count >= 1 && f->points[f->point_count - 1].acked == f->acked);
	assert_true(f->mss > 500 && f->delay < 1);
	free(f);
}

static void serve_reply(int fd, int connection)
{
	char bytes[600];

	(void)connection;
	if (smtp_peer_serve_until(fd, "") && recv(fd, bytes, sizeof bytes, 0) > 0)
		smtp_peer_say(fd, "452 4.3.1 no room\r\n");
	while (recv(fd, bytes, sizeof bytes, 0) > 0)
		;
}

static void a_reply_in_the_middle(void **state)
{
	enum smtp_status status;
	int code;
	struct flight *f = fly(serve_reply, 2, 500, 5, &status, &code);

	(void)state;
	assert_int_equal(f->end, FLIGHT_REPLY);
	assert_int_equal(status, SMTP_REFUSED);
	assert_int_equal(code, 452);
	free(f);
}

static void serve_reset(int fd, int connection)
{
	(void)connection;
	if (smtp_peer_serve_until(fd, ""))
		smtp_peer_reset(fd);
}

static void serve_close(int fd, int connection)
{
	(void)connection;
	if (smtp_peer_serve_until(fd, ""))
		shutdown(fd, SHUT_RDWR);
}

static void a_connection_that_ends(void **state)
{
	enum smtp_status status;
	int code;
	struct flight *f = fly(serve_reset, 4, 500, 5, &status, &code);

	(void)state;
	assert_int_equal(f->end, FLIGHT_RESET);
	assert_int_equal(status, SMTP_RESET);
	free(f);
	f = fly(serve_close, 4, 500, 5, &status, &code);
	assert_true(f->end == FLIGHT_CLOSED || f->end == FLIGHT_RESET); /* whichever is seen first */
	assert_int_not_equal(status, SMTP_OK);
	free(f);
}

static void serve_unread(int fd, int connection)
{
	(void)connection;
	if (smtp_peer_serve_until(fd, ""))
		sleep(10);
}

static void a_peer_that_does_not_read(void **state)
{
	enum smtp_status status;
	int code;
	struct flight *f = fly(serve_unread, 2, 4000000, 8, &status, &code);

	(void)state;
	assert_int_equal(f->end, FLIGHT_WINDOW);
	assert_int_equal(status, SMTP_SILENT);
	assert_true(f->tcp.peer_window < f->mss);
	assert_true(f->delay >= 0.9);
	free(f);
	f = fly(serve_unread, 2, 4000000, 0.5, &status, &code);
	assert_int_equal(f->end, FLIGHT_CUT);
	assert_int_equal(status, SMTP_CUT);
	free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_text_that_is_read),
	    cmocka_unit_test(a_reply_in_the_middle),
	    cmocka_unit_test(a_connection_that_ends),
	    cmocka_unit_test(a_peer_that_does_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
