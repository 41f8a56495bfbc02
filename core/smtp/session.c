#include "smtp/session.h"

#include "base/clock.h"
#include "smtp/wire.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const char *smtp_status_name(enum smtp_status status)
{
	static const char *const names[] = {
	    [SMTP_OK] = "",
	    [SMTP_REFUSED] = "refused",
	    [SMTP_SILENT] = "silent",
	    [SMTP_CLOSED] = "closed",
	    [SMTP_RESET] = "reset",
	    [SMTP_GARBAGE] = "garbage",
	    [SMTP_TLS_FAILED] = "tls-failed",
	    [SMTP_NOT_CONNECTED] = "not-connected",
	    [SMTP_CUT] = "cut",
	};

	return names[status];
}

const char *smtp_connect_outcome(int sys)
{
	switch (sys) {
	case ECONNREFUSED:
		return "refused";
	case ETIMEDOUT:
		return "timeout";
	case ENETUNREACH:
	case EHOSTUNREACH:
	case EHOSTDOWN:
	case ENETDOWN:
	case EADDRNOTAVAIL: /* this machine has no address that could reach it */
	case EAFNOSUPPORT:
		return "unreachable";
	case ECONNRESET:
		return "reset";
	default:
		return "failed";
	}
}

void session_line(struct smtp_session *s, enum line_dir dir, const char *text)
{
	s->options.watch.line(s->options.watch.context, dir, text);
}

static void on_line(void *context, const char *line)
{
	struct smtp_session *s = context;

	if (s->first_line_at <= 0 && s->phase == SMTP_BANNER)
		s->first_line_at = clock_now();
	session_line(s, LINE_IN, line);
}

enum smtp_status smtp_open(struct smtp_session *s, const struct smtp_options *options)
{
	memset(s, 0, sizeof *s);
	s->options = *options;
	s->fd = -1;
	s->features.size = -1;
	s->began = clock_now();
	smtp_parser_init(&s->parser, on_line, s);
	return session_greet(s);
}

double smtp_waited(const struct smtp_session *s)
{
	return clock_now() - s->phase_began;
}

/* Bytes that the peer has sent so far, read or not. */
static double bytes_heard(struct smtp_session *s)
{
	tcp_sample(s->fd, &s->tcp);
	return s->tcp.received;
}

void smtp_begin(struct smtp_session *s, enum smtp_phase phase)
{
	double limit = s->options.deadline - clock_now();

	if (phase == SMTP_CONNECT && s->options.connect_patience > 0 && s->options.connect_patience < limit)
		limit = s->options.connect_patience;
	s->phase = phase;
	s->phase_began = clock_now();
	s->heard = bytes_heard(s);
	s->steps[phase].begun = true;
	s->steps[phase].at = s->phase_began;
	s->options.watch.begun(s->options.watch.context, phase, limit > 0 ? limit : 0);
}

void session_end_step(struct smtp_session *s, enum smtp_phase phase)
{
	struct smtp_step *step = &s->steps[phase];

	step->delay = clock_now() - step->at;
	step->ended = true;
	s->options.watch.ended(s->options.watch.context, phase);
}

void session_note_fault(struct smtp_session *s, enum smtp_fault fault, const char *detail)
{
	if (s->fault != SMTP_FAULT_NONE)
		return;
	s->fault = fault;
	snprintf(s->fault_detail, sizeof s->fault_detail, "%s", detail);
}

enum smtp_parse session_parse(struct smtp_session *s, const char *bytes, size_t size, size_t *used)
{
	enum smtp_parse result = smtp_parser_feed(&s->parser, bytes, size, used);

	if (result == SMTP_PARSE_MORE)
		return result;
	s->reply = s->parser.reply;
	if (s->reply.fault != SMTP_FAULT_NONE)
		session_note_fault(s, s->reply.fault, s->reply.detail);
	if (result == SMTP_PARSE_FAULT)
		s->status = SMTP_GARBAGE;
	return result;
}

/* Whether after this reply nothing but QUIT makes sense (RFC 5321 3.8: 421 may come at any time and closes). */
static bool is_final(const struct smtp_session *s, enum smtp_phase phase)
{
	const int code = s->reply.code;

	if (code == 421)
		return true;
	if (phase == SMTP_EHLO && !s->helo_used)
		return false; /* HELO comes next */
	if (phase == SMTP_STARTTLS)
		return false; /* the session goes on in plain text */
	return phase != SMTP_QUIT && code / 100 != smtp_phases[phase].expect;
}

enum smtp_status session_reply(struct smtp_session *s, enum smtp_phase phase)
{
	if (is_final(s, phase))
		s->status = SMTP_REFUSED;
	s->steps[phase].reply = s->reply;
	session_end_step(s, phase);
	return s->status;
}

enum smtp_status session_timeout(struct smtp_session *s)
{
	s->status = bytes_heard(s) > s->heard ? SMTP_CUT : SMTP_SILENT;
	return s->status;
}

void smtp_close(struct smtp_session *s)
{
	/*
	 * What the peer has not acknowledged by now may never get there, and then the end of the connection behind it
	 * would not either: the server would wait for minutes, and our kernel would go on sending. A reset ends both.
	 */
	const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

	s->closing = true;
	tcp_sample(s->fd, &s->tcp);
	/*
	 * libcurl would say QUIT before it closes, even inside DATA where it becomes message text, and wait for the
	 * reply. A connection that is shut down already leaves it nothing to say.
	 */
	if (s->fd >= 0 && s->tcp.queued > 0)
		(void)setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once); /* then it ends as usual */
	if (s->fd >= 0)
		(void)shutdown(s->fd, SHUT_RDWR); /* fails where there is no connection any more, which is as good */
	if (s->multi != NULL && s->easy != NULL)
		curl_multi_remove_handle(s->multi, s->easy);
	curl_easy_cleanup(s->easy);
	if (s->multi != NULL)
		curl_multi_cleanup(s->multi);
	curl_slist_free_all(s->resolve);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->easy = NULL;
	s->multi = NULL;
	s->resolve = NULL;
}
