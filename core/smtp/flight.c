#include "smtp/flight.h"

#include "base/clock.h"
#include "smtp/wire.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define LOOK_LEAST  0.001 /* s between looks at TCP_INFO: no event tells of an acknowledgement, */
#define LOOK_MOST   0.02  /* so it is looked at often in the beginning and more rarely later */
#define LOOK_SHARE  0.1   /* of the time since the last progress */
#define ANSWER_S    0.02  /* beyond two round trips, for an answer to the last transmission */
#define WINDOW_S    1.0   /* a window that is too small for so long is not a matter of one slow read */
#define PATIENCE_S  10.0  /* nothing acknowledged, and nothing sent again either */
#define LINGER_S    0.02  /* beyond a round trip, for what the server says to the text that has just arrived */
#define HOLE_RESENT 2     /* times sent again, when a later segment has arrived */
#define RESENT      2     /* doublings of the timer, when nothing tells whether anything arrived */

const char *flight_end_name(enum flight_end end)
{
	static const char *const names[] = {
	    [FLIGHT_PASS] = "pass",       [FLIGHT_STALL] = "stall",   [FLIGHT_DEAD] = "dead",
	    [FLIGHT_STOPPED] = "stopped", [FLIGHT_WINDOW] = "window", [FLIGHT_REPLY] = "reply",
	    [FLIGHT_CLOSED] = "closed",   [FLIGHT_RESET] = "reset",   [FLIGHT_CUT] = "cut",
	};

	return names[end];
}

struct watch {
	struct smtp_session *s;
	const struct flight_plan *plan;
	struct flight *f;
	size_t piece, sent_of_piece, sent; /* where sending has come to */
	size_t group_end;                  /* pieces up to here may be sent */
	double began;
	double acked_before, resent_before; /* counters of the connection when the flight began */
	double progress_at, resent_at;      /* clock_now() when something was last acknowledged, sent again */
	double resent_then;                 /* counter at progress_at */
	double narrow_since;                /* the window is smaller than a segment; 0: it is not */
};

/* A piece of its own on the wire: the kernel must not join what is still queued (MSG_EOR). TLS has no word for that. */
static long send_piece(struct smtp_session *s, const char *bytes, size_t size)
{
	if (s->tls.outcome == SMTP_TLS_DONE)
		return wire_send(s, bytes, size);
	ssize_t n = send(s->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT | MSG_EOR);
	if (n >= 0)
		return n;
	return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

/* Hands over as much of the group as the kernel takes now. False when the connection is over. */
static bool push(struct watch *w)
{
	while (w->piece < w->group_end) {
		long n = send_piece(w->s, w->plan->bytes + w->sent, w->plan->pieces[w->piece] - w->sent_of_piece);
		if (n <= 0)
			return n == 0;
		w->sent += (size_t)n;
		w->sent_of_piece += (size_t)n;
		if (w->sent_of_piece == w->plan->pieces[w->piece]) {
			w->piece++;
			w->sent_of_piece = 0;
		}
	}
	return true;
}

static void end(struct watch *w, enum flight_end how, enum smtp_status status)
{
	w->f->end = how;
	if (w->s->status == SMTP_OK)
		w->s->status = status;
}

/* A reply although the message has not ended, or the end of the connection. True when it is over. */
static bool hear(struct watch *w)
{
	struct smtp_session *s = w->s;

	if (dialog_hears_reply(s))
		end(w, FLIGHT_REPLY, SMTP_REFUSED);
	else if (s->status != SMTP_OK)
		w->f->end = s->status == SMTP_RESET ? FLIGHT_RESET : FLIGHT_CLOSED;
	return s->status != SMTP_OK;
}

/* The connection is gone, and what the peer said before has been read. */
static void lose(struct watch *w)
{
	wire_ended(w->s);
	w->f->end = w->s->status == SMTP_RESET ? FLIGHT_RESET : FLIGHT_CLOSED;
}

static void note_progress(struct watch *w, double now)
{
	struct flight *f = w->f;

	w->progress_at = now;
	w->resent_then = f->tcp.retransmits;
	if (f->point_count < FLIGHT_POINTS_MAX)
		f->points[f->point_count++] = (struct flight_point){.at = now - w->began, .acked = f->acked};
}

static void look(struct watch *w, double now)
{
	struct flight *f = w->f;
	struct tcp_sample *tcp = &w->s->tcp;

	if (tcp_sample(w->s->fd, tcp) != 0)
		return;
	if (tcp->retransmits > f->tcp.retransmits)
		w->resent_at = now;
	f->tcp = *tcp;
	f->resent = tcp->retransmits - w->resent_before;
	if (tcp->acked - w->acked_before > f->acked) {
		f->acked = tcp->acked - w->acked_before;
		note_progress(w, now);
	}
	if (tcp->queued <= 0 || tcp->peer_window < 0 || tcp->peer_window >= tcp->mss)
		w->narrow_since = 0;
	else if (w->narrow_since <= 0)
		w->narrow_since = now;
}

/*
 * Whether the oldest segment has been sent often enough without an answer. That a single segment arrived behind it is
 * the end of the group, which is small; where more of them arrive, the others are lost by chance, and time helps.
 */
static bool is_stuck(const struct watch *w, double now)
{
	const struct tcp_sample *tcp = &w->f->tcp;
	const double resent = tcp->retransmits - w->resent_then;

	if (now - w->progress_at >= PATIENCE_S)
		return true;
	if (w->plan->patience > 0)
		return resent > 0 && now - w->progress_at >= w->plan->patience;
	if (tcp->unacked <= 0 || now - w->resent_at < 2 * tcp->rtt + ANSWER_S)
		return false;
	if (tcp->sacked == 1 && resent >= HOLE_RESENT && tcp->backoff >= 1)
		return true;
	return tcp->backoff >= (tcp->sacked > 1 ? 2 * RESENT : RESENT);
}

static enum flight_end how_stuck(const struct watch *w)
{
	const struct flight *f = w->f;

	if (f->acked <= 0)
		return FLIGHT_DEAD;
	return f->acked >= f->mss || f->tcp.sacked > 1 ? FLIGHT_STOPPED : FLIGHT_STALL;
}

/* True when it is certain. */
static bool decide(struct watch *w, double now)
{
	if (w->piece == w->group_end && w->f->tcp.queued <= 0 && w->f->tcp.unacked <= 0) {
		if (w->piece == w->plan->count) {
			w->f->end = FLIGHT_PASS;
			return true;
		}
		w->group_end += w->plan->together;
		if (w->group_end > w->plan->count)
			w->group_end = w->plan->count;
		return false;
	}
	if (w->plan->patience <= 0 && w->narrow_since > 0 && now - w->narrow_since >= WINDOW_S) {
		end(w, FLIGHT_WINDOW, SMTP_SILENT);
		return true;
	}
	if (is_stuck(w, now)) {
		end(w, how_stuck(w), SMTP_SILENT);
		return true;
	}
	if (now >= w->s->options.deadline) {
		end(w, FLIGHT_CUT, SMTP_CUT);
		return true;
	}
	return false;
}

static void send_and_watch(struct watch *w)
{
	for (;;) {
		const size_t group_end = w->group_end;
		if (hear(w))
			return;
		if (!push(w)) {
			if (!hear(w))
				lose(w);
			return;
		}
		const double now = clock_now();
		look(w, now);
		if (w->plan->look != NULL)
			w->plan->look(w->plan->context, w->f);
		if (decide(w, now))
			return;
		if (w->group_end != group_end)
			continue;
		const double wait = fmin(fmax((now - w->progress_at) * LOOK_SHARE, LOOK_LEAST), LOOK_MOST);
		wire_wait(w->s, (short)(POLLIN | (w->piece < w->group_end ? POLLOUT : 0)), now + wait);
	}
}

enum smtp_status flight_send(struct smtp_session *s, const struct flight_plan *plan, struct flight *flight)
{
	struct watch w = {.s = s, .plan = plan, .f = flight, .began = clock_now()};

	memset(flight, 0, sizeof *flight);
	smtp_begin(s, SMTP_BODY);
	w.group_end = plan->together < plan->count ? plan->together : plan->count;
	w.progress_at = w.resent_at = w.began;
	w.acked_before = s->tcp.acked;
	w.resent_before = w.resent_then = s->tcp.retransmits;
	flight->tcp = s->tcp;
	flight->mss = s->tcp.mss;
	send_and_watch(&w);
	flight->delay = clock_now() - w.began;
	flight->sent = fmax((double)w.sent, flight->acked + flight->tcp.queued); /* TLS adds to what was handed over */
	session_end_step(s, SMTP_BODY);
	if (flight->end == FLIGHT_PASS && wire_wait(s, POLLIN, clock_now() + s->tcp.rtt + LINGER_S))
		hear(&w);
	if (flight->end == FLIGHT_REPLY)
		s->steps[SMTP_BODY].reply = s->reply;
	return s->status;
}
