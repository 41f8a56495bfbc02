/*
 * The part of a session that we drive ourselves: a command, its reply, silence, goodbye.
 */
#include "base/clock.h"
#include "base/text.h"
#include "smtp/session.h"
#include "smtp/wire.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#define LOST_BACKOFF   2    /* a line that was sent three times in vain is lost */
#define TICK           0.05 /* s between looks at whether it arrived */
#define QUIT_PATIENCE  3.0  /* s; nobody waits for a goodbye */
#define EARLY_PATIENCE 1.0  /* s for the rest of a line that came unasked */

/* Reads what is there: bytes, 0 when there is nothing yet, -1 when the connection is over. */
static long fill(struct smtp_session *s)
{
	long got = wire_receive(s, s->in, sizeof s->in);

	s->in_used = 0;
	s->in_size = got > 0 ? (size_t)got : 0;
	if (got < 0)
		wire_ended(s);
	return got;
}

/* Reads until a whole reply is there; SMTP_PARSE_MORE when the connection ends or the time is over before that. */
static enum smtp_parse read_reply(struct smtp_session *s, double until)
{
	for (;;) {
		size_t used = 0;
		enum smtp_parse result = session_parse(s, s->in + s->in_used, s->in_size - s->in_used, &used);
		s->in_used += used;
		if (result != SMTP_PARSE_MORE)
			return result;
		long got = fill(s);
		if (got < 0 || (got == 0 && !wire_wait(s, POLLIN, until)))
			return SMTP_PARSE_MORE;
		/* A peer that never stops sending must not outrun the clock. */
		if (clock_now() >= until)
			return SMTP_PARSE_MORE;
	}
}

enum smtp_status smtp_receive(struct smtp_session *s, enum smtp_phase phase)
{
	if (s->status != SMTP_OK)
		return s->status;
	enum smtp_parse result = read_reply(s, s->options.deadline);
	if (result == SMTP_PARSE_REPLY) {
		if (phase == SMTP_EHLO)
			features_read(&s->features, &s->reply);
		return session_reply(s, phase);
	}
	return s->status == SMTP_OK ? session_timeout(s) : s->status;
}

enum smtp_status smtp_listen(struct smtp_session *s, double until)
{
	if (s->status != SMTP_OK)
		return s->status;
	if (read_reply(s, until) == SMTP_PARSE_REPLY)
		s->status = SMTP_REFUSED;
	return s->status;
}

bool dialog_hears_reply(struct smtp_session *s)
{
	double until = clock_now() + EARLY_PATIENCE;

	if (s->status != SMTP_OK)
		return false;
	/* Readable may also mean a TLS record without content, or the end of the connection: then there is no reply. */
	if (s->in_used == s->in_size && (!wire_wait(s, POLLIN, 0) || fill(s) <= 0))
		return false;
	return read_reply(s, until < s->options.deadline ? until : s->options.deadline) == SMTP_PARSE_REPLY;
}

enum smtp_status smtp_check_early(struct smtp_session *s)
{
	if (!dialog_hears_reply(s))
		return s->status;
	if (s->reply.code == 421)
		s->status = SMTP_REFUSED;
	else
		session_note_fault(s, SMTP_FAULT_EARLY_TALK, s->reply.first);
	return s->status;
}

static void show_lines(struct smtp_session *s, const char *lines)
{
	char line[SMTP_LINE_KEPT];

	for (const char *at = lines; *at != '\0';) {
		size_t size = strcspn(at, "\n");
		session_line(s, LINE_OUT, text_clean(at, size, line, sizeof line));
		at += size + (at[size] == '\n');
	}
}

enum smtp_status smtp_send(struct smtp_session *s, const char *lines)
{
	size_t size = strlen(lines);

	if (s->status != SMTP_OK)
		return s->status;
	show_lines(s, lines);
	while (size > 0) {
		long sent = wire_send(s, lines, size);
		if (sent < 0)
			/* The peer is gone; what it said before, its 421 above all, may still be read. */
			return s->status;
		if (sent == 0 && !wire_wait(s, POLLOUT, s->options.deadline))
			return session_timeout(s);
		lines += sent;
		size -= (size_t)sent;
	}
	return s->status;
}

enum smtp_status smtp_command(struct smtp_session *s, enum smtp_phase phase, const char *line)
{
	char bytes[SMTP_LINE_KEPT * 2];

	if (smtp_check_early(s) != SMTP_OK)
		return s->status;
	smtp_begin(s, phase);
	snprintf(bytes, sizeof bytes, "%s\r\n", line);
	if (smtp_send(s, bytes) != SMTP_OK)
		return s->status;
	return smtp_receive(s, phase);
}

/* Whether a QUIT would be heard: connected, between commands, and not after a 421. */
static bool can_quit(const struct smtp_session *s)
{
	if (s->fd < 0 || s->unanswered || s->phase == SMTP_BODY || s->phase == SMTP_TLS || s->phase == SMTP_CONNECT)
		return false;
	if (s->steps[s->phase].reply.code == 354 || (s->options.raw && s->steps[SMTP_STARTTLS].reply.code == 220))
		return false; /* the server takes what comes for message text, or for TLS */
	if (s->curl_is_out && s->steps[SMTP_TLS].begun)
		return false;
	return s->status == SMTP_OK || (s->status == SMTP_REFUSED && s->reply.code != 421);
}

void smtp_quit(struct smtp_session *s)
{
	const enum smtp_status before = s->status;
	const enum smtp_phase phase = s->phase;
	const struct smtp_reply reply = s->reply;
	const double deadline = s->options.deadline;
	const double began = s->phase_began;

	if (!can_quit(s))
		return;
	s->status = SMTP_OK;
	if (clock_now() + QUIT_PATIENCE < deadline)
		s->options.deadline = clock_now() + QUIT_PATIENCE;
	smtp_command(s, SMTP_QUIT, "QUIT");
	/* However the goodbye went, it does not change how the session did. */
	s->options.deadline = deadline;
	s->status = before;
	s->phase = phase;
	s->phase_began = began;
	s->reply = reply;
}

bool smtp_is_forgotten(struct smtp_session *s)
{
	if (s->status != SMTP_OK)
		return false;
	if (can_quit(s))
		smtp_quit(s);
	else if (wire_send(s, "\r\n", 2) < 0)
		return false;
	while (tcp_sample(s->fd, &s->tcp) == 0 && !s->tcp.dead && s->tcp.queued > 0 && s->tcp.backoff < LOST_BACKOFF &&
	       clock_now() < s->options.deadline)
		wire_wait(s, 0, clock_now() + TICK);
	return s->tcp.dead || (s->tcp.queued > 0 && s->tcp.backoff >= LOST_BACKOFF);
}
