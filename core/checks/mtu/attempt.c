/*
 * One connection of the mtu check. While it greets, somebody looks on: what the server sends in large packets, its TLS
 * handshake above all, may never arrive, and then nothing but the clock and TCP's count of holes tells.
 */
#include "checks/mtu/probe.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "smtp/flight.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_PATIENCE 15.0 /* s */
#define HOLE_SHARE       0.5 /* of the patience, when a later segment came and the one before it did not: hardly chance */
#define SMALL_BYTES      536 /* what every path takes (RFC 9293 3.7.1); a hello of TLS may be larger */
#define ROUND_TRIPS      8   /* that are granted beyond each patience */
#define TELL_EVERY       0.1 /* s between two tellings of how far a flight is */

struct run {
	struct mtu_probe *p;
	const struct attempt_plan *plan;
	struct attempt *a;
	struct smtp_session session;
	double heard, heard_at; /* bytes that have come, and when the last of them did */
	double size;            /* bytes of the flight */
	double told_at;         /* when whoever looks on was told last */
};

static void on_begun(void *context, enum smtp_phase phase, double limit)
{
	struct run *r = context;

	r->heard_at = clock_now();
	emit_progress(r->p->e, r->p->subject, smtp_phases[phase].name, limit);
}

static void on_ended(void *context, enum smtp_phase phase)
{
	struct run *r = context;

	if (phase >= SMTP_EHLO && phase <= SMTP_TLS)
		r->a->greeting = fmax(r->a->greeting, r->session.steps[phase].delay);
}

/* Eight connections would fill a report with the same lines; what came of each is a fact. */
static void on_line(void *context, enum line_dir dir, const char *text)
{
	(void)context;
	(void)dir;
	(void)text;
}

static void note_sample(struct run *r)
{
	const struct tcp_sample *tcp = &r->session.tcp;

	r->a->largest = fmax(r->a->largest, tcp->largest);
	r->a->advertised = fmax(r->a->advertised, tcp->advertised);
	r->a->options = tcp->options;
	if (tcp->received > r->heard) {
		r->heard = tcp->received;
		r->heard_at = clock_now();
	}
}

/* Whether large packets come in this phase. A banner is small, and often late for reasons of its own. */
static bool expects_large(const struct smtp_session *s)
{
	return s->phase == SMTP_EHLO || s->phase == SMTP_TLS;
}

static bool on_look(void *context)
{
	struct run *r = context;
	const struct smtp_session *s = &r->session;

	note_sample(r);
	const double quiet = clock_now() - r->heard_at - ROUND_TRIPS * s->tcp.rtt;
	r->a->hole = s->tcp.out_of_order > 0;
	if (r->a->hole && quiet >= HOLE_SHARE * fmax(r->plan->patience, INWARD_PATIENCE))
		r->a->blocked = BLOCKED_IN;
	else if (expects_large(s) && r->plan->patience > 0 && quiet >= r->plan->patience)
		r->a->blocked = s->tcp.queued > SMALL_BYTES ? BLOCKED_OUT : BLOCKED_IN;
	if (r->a->blocked != BLOCKED_NOT)
		r->a->waited = clock_now() - r->heard_at;
	return r->a->blocked == BLOCKED_NOT;
}

/*
 * Without TLS nothing large comes from a server, unless it is talkative: HELP is harmless, and many answer it with many
 * lines (RFC 5321 4.1.1.8). A refusal is as good an answer as any.
 */
static enum smtp_status ask_for_help(struct run *r)
{
	struct smtp_session *s = &r->session;
	const double deadline = s->options.deadline, patience = r->plan->patience + ROUND_TRIPS * s->tcp.rtt;

	smtp_begin(s, SMTP_EHLO);
	if (r->plan->patience > 0)
		s->options.deadline = fmin(deadline, clock_now() + patience);
	smtp_send(s, "HELP\r\n");
	smtp_receive(s, SMTP_EHLO);
	s->options.deadline = deadline;
	if ((s->status == SMTP_SILENT || s->status == SMTP_CUT) && clock_now() < deadline) {
		r->a->blocked = BLOCKED_IN;
		r->a->waited = patience;
	}
	return s->status;
}

static enum smtp_status greet(struct run *r)
{
	struct smtp_session *s = &r->session;
	const bool implicit = envelope_is_implicit_tls(&r->p->endpoint->address);
	const bool plain = r->plan->greeting == GREETING_PLAIN && !implicit;
	char helo[ENVELOPE_HELO_SIZE + 8];
	const struct smtp_options options = {
	    .host = r->p->endpoint->host,
	    .address = r->p->endpoint->address,
	    .helo = r->p->helo,
	    .raw = plain,
	    .tls = implicit ? SMTP_TLS_IMPLICIT
	           : plain  ? SMTP_TLS_NONE
	                    : SMTP_TLS_STARTTLS,
	    .mss = r->plan->mss,
	    .connect_patience = CONNECT_PATIENCE,
	    .deadline = r->p->deadline,
	    .watch = {.begun = on_begun, .ended = on_ended, .line = on_line, .look = on_look, .context = r},
	};

	smtp_open(s, &options);
	r->a->tls = s->tls.outcome == SMTP_TLS_DONE;
	if (s->status != SMTP_OK)
		return s->status;
	if (!plain)
		return r->a->tls ? s->status : ask_for_help(r);
	smtp_begin(s, SMTP_BANNER);
	if (smtp_receive(s, SMTP_BANNER) != SMTP_OK)
		return s->status;
	snprintf(helo, sizeof helo, "HELO %s", r->p->helo);
	return smtp_command(s, SMTP_EHLO, helo);
}

static const char *recipient(const struct mtu_probe *p)
{
	return p->recipients.list[p->recipients.at];
}

/* A guess that is refused for good is followed by the next one. */
static enum smtp_status say_recipient(struct run *r)
{
	struct smtp_session *s = &r->session;
	struct recipients *recipients = &r->p->recipients;
	char line[600];

	if (recipients->count == 0)
		recipients_choose(recipients, r->p->rcpt, s->steps[SMTP_BANNER].reply.first);
	for (;;) {
		snprintf(line, sizeof line, "RCPT TO:<%s>", recipient(r->p));
		smtp_command(s, SMTP_RCPT, line);
		if (s->status != SMTP_REFUSED || s->reply.code < 500 || recipients->at + 1 >= recipients->count)
			return s->status;
		recipients->at++;
		s->status = SMTP_OK;
	}
}

static enum smtp_status say_envelope(struct run *r)
{
	struct smtp_session *s = &r->session;
	char line[600];

	snprintf(line, sizeof line, "MAIL FROM:<%s>", envelope_from(r->p->settings));
	if (smtp_command(s, SMTP_MAIL, line) != SMTP_OK || say_recipient(r) != SMTP_OK)
		return s->status;
	return smtp_command(s, SMTP_DATA, "DATA");
}

/* ---- how far it has come, for whoever looks on: a row for each connection */

static void tell_row(struct run *r, const char *value, double share, bool open, const char *note)
{
	struct mtu_probe *p = r->p;
	char label[40];

	if (r->plan->mss > 0)
		snprintf(label, sizeof label, _("segments of %d B"), r->plan->mss);
	else
		snprintf(label, sizeof label, "%s", _("full segments"));
	tally_add(&p->tally, label, value, 0, share, note)->open = open;
	emit_tally(p->e, p->subject, &p->tally);
}

static void tell_flight(struct run *r, double acked, double size, bool open, const char *note)
{
	char value[40];

	snprintf(value, sizeof value, _("%.0f/%.0f kB"), acked / 1e3, size / 1e3);
	tell_row(r, value, size > 0 ? acked / size : 0, open, note);
}

/* The row of a flight that is not over is told, and taken back. */
static void on_flight(void *context, const struct flight *flight)
{
	struct run *r = context;
	const double now = clock_now();

	if (now - r->told_at < TELL_EVERY)
		return;
	r->told_at = now;
	tell_flight(r, flight->acked, r->size, true, flight->resent > 0 ? _("sent again") : "");
	tally_drop(&r->p->tally);
}

static void tell_attempt(struct run *r)
{
	const struct attempt *a = r->a;

	if (a->flew)
		tell_flight(r, fmin(a->flight.acked, a->flight.sent), a->flight.sent, false,
		            flight_end_name(a->flight.end));
	else if (a->blocked != BLOCKED_NOT)
		tell_row(r, "", 0, false, _("nothing came"));
	else if (r->session.status == SMTP_OK)
		tell_row(r, "", 1, false, _("greeted"));
	else
		tell_row(r, "", 0, false, smtp_status_name(r->session.status));
}

static void fly(struct run *r)
{
	size_t pieces[ATTEMPT_PIECES_MAX], size = 0, length;
	const size_t count = r->plan->plan(r->plan->context, &r->session, pieces, ATTEMPT_PIECES_MAX);

	for (size_t i = 0; i < count; i++)
		size += pieces[i];
	/* A line more than is sent, so that whatever the sizes are there is text for all of them. */
	char *text = message_new(envelope_from(r->p->settings), recipient(r->p), r->p->helo, size + 80, &length);
	const struct flight_plan plan = {.bytes = text,
	                                 .pieces = pieces,
	                                 .count = length >= size ? count : 0,
	                                 .together = r->plan->together,
	                                 .patience = r->plan->flight_patience,
	                                 .look = on_flight,
	                                 .context = r};
	r->size = (double)size;
	if (plan.count > 0) {
		flight_send(&r->session, &plan, &r->a->flight);
		r->a->flew = true;
	}
	free(text);
}

/* What came of it, in the words of a fact. */
static void tell(const struct run *r)
{
	const struct attempt *a = r->a;
	const struct smtp_session *s = &r->session;
	char size[48], text[400];

	if (r->plan->mss > 0)
		snprintf(size, sizeof size, "segments of at most %d bytes", r->plan->mss);
	else
		snprintf(size, sizeof size, "full-size segments");
	if (a->blocked != BLOCKED_NOT)
		snprintf(text, sizeof text, "%s, %s: blocked in the phase %s, nothing for %.2f s", r->plan->what, size,
		         smtp_phases[a->phase].name, a->waited);
	else if (a->flew)
		snprintf(text, sizeof text, "%s, %s: %s, %.0f of %.0f bytes acknowledged in %.3f s", r->plan->what,
		         size, flight_end_name(a->flight.end), a->flight.acked, a->flight.sent, a->flight.delay);
	else if (s->status == SMTP_OK)
		snprintf(text, sizeof text, "%s, %s: greeted in %.3f s", r->plan->what, size, a->greeting);
	else
		snprintf(text, sizeof text, "%s, %s: %s in the phase %s", r->plan->what, size,
		         smtp_status_name(s->status), smtp_phases[a->phase].name);
	emit_text(r->p->e, "mtu.attempt", r->p->subject, text);
}

void attempt_run(struct mtu_probe *p, const struct attempt_plan *plan, struct attempt *a)
{
	struct run *r = xcalloc(1, sizeof *r);
	struct smtp_session *s = &r->session;

	memset(a, 0, sizeof *a);
	*r = (struct run){.p = p, .plan = plan, .a = a};
	p->connections++;
	greet(r);
	tcp_sample(s->fd, &s->tcp);
	a->resent = s->tcp.retransmits;
	if (s->status == SMTP_OK && plan->plan != NULL && say_envelope(r) == SMTP_OK)
		fly(r);
	tcp_sample(s->fd, &s->tcp);
	note_sample(r);
	a->status = s->status;
	a->phase = s->phase;
	a->reply = s->reply;
	a->connect_error = s->connect_error;
	tell(r);
	tell_attempt(r);
	smtp_quit(s);
	smtp_close(s);
	free(r);
}
