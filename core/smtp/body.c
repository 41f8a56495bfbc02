/*
 * The body of a message: full-size segments, watched by TCP_INFO until the peer has acknowledged all of them.
 *
 * Three things can hold it up and they look alike from above: segments that never arrive (retransmissions, then a stall),
 * a peer whose program does not read (its window closes), and a peer that is merely slow (something is acknowledged now
 * and then). The first two are called stalled; the facts tcp.retransmits and tcp.window tell them apart.
 */
#include "base/clock.h"
#include "smtp/session.h"
#include "smtp/wire.h"

#include <poll.h>
#include <string.h>

#define LOOK_S       0.02 /* between looks at TCP_INFO */
#define STALL_LOST_S 3.0  /* nothing acknowledged, while segments were sent again: three doublings of the timer */
#define STALL_S      10.0 /* nothing acknowledged, and nothing was sent again */

struct sending {
	struct smtp_session *s;
	struct smtp_body *body;
	const char *bytes;
	size_t size, sent;
	double acked;       /* bytes the peer has acknowledged, as far as we have seen */
	double progress_at; /* clock_now() when that last grew */
	double retransmits; /* before the body */
};

/* Hands over as much as the kernel takes now. False when the connection is over. */
static bool push(struct sending *w)
{
	while (w->sent < w->size) {
		long n = wire_send(w->s, w->bytes + w->sent, w->size - w->sent);
		if (n <= 0)
			return n == 0;
		w->sent += (size_t)n;
	}
	return true;
}

/* A reply that comes although the final dot was not sent, nearly always a 421; or the end. True when it is over. */
static bool hear(struct sending *w)
{
	struct smtp_session *s = w->s;

	if (dialog_hears_reply(s)) {
		s->status = SMTP_REFUSED;
		w->body->outcome = SMTP_BODY_EARLY_REPLY;
	} else if (s->status != SMTP_OK) {
		w->body->outcome = SMTP_BODY_ENDED;
	}
	return s->status != SMTP_OK;
}

static bool look(struct sending *w)
{
	struct smtp_session *s = w->s;
	const double now = clock_now();

	if (tcp_sample(s->fd, &s->tcp) != 0)
		return false;
	double acked = (double)w->sent - s->tcp.queued;
	if (acked > w->acked) {
		w->acked = acked;
		w->progress_at = now;
	}
	if (w->sent == w->size && s->tcp.queued <= 0 && s->tcp.unacked <= 0) {
		w->body->outcome = SMTP_BODY_ACCEPTED;
		return true;
	}
	double patience = s->tcp.retransmits > w->retransmits ? STALL_LOST_S : STALL_S;
	if (now - w->progress_at >= patience) {
		w->body->outcome = SMTP_BODY_STALLED;
		s->status = SMTP_SILENT;
		return true;
	}
	return false;
}

static void send_and_watch(struct sending *w)
{
	struct smtp_session *s = w->s;

	for (;;) {
		bool alive = push(w);
		if (hear(w))
			return;
		if (!alive) {
			wire_ended(s);
			w->body->outcome = SMTP_BODY_ENDED;
			return;
		}
		if (look(w))
			return;
		double until = clock_now() + LOOK_S;
		if (until >= s->options.deadline) {
			s->status = SMTP_CUT;
			return;
		}
		wire_wait(s, (short)(POLLIN | (w->sent < w->size ? POLLOUT : 0)), until);
	}
}

enum smtp_status smtp_send_body(struct smtp_session *s, const char *bytes, size_t size, struct smtp_body *body)
{
	struct sending w = {.s = s, .body = body, .bytes = bytes, .size = size};

	memset(body, 0, sizeof *body);
	if (smtp_check_early(s) != SMTP_OK)
		return s->status;
	smtp_begin(s, SMTP_BODY);
	w.retransmits = s->tcp.retransmits;
	w.progress_at = clock_now();
	send_and_watch(&w);
	tcp_sample(s->fd, &s->tcp);
	body->sent = (double)w.sent;
	body->unacked = s->tcp.queued < body->sent ? s->tcp.queued : body->sent;
	if (body->outcome == SMTP_BODY_EARLY_REPLY)
		s->steps[SMTP_BODY].reply = s->reply;
	session_end_step(s, SMTP_BODY);
	return s->status;
}
