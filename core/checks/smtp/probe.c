#include "checks/smtp/probe.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "smtp/ident.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNECT_PATIENCE 15.0   /* s */
#define TRUST_PATIENCE   10.0   /* s for the second look at a certificate */
#define GOODBYE_RESERVE  5.0    /* s kept for the goodbye, and to see whether it arrives, when the server outlasts us */
#define TLS_PATIENCE     20.0   /* s without a byte in a handshake: no RFC names a time, and no server needs so long, */
#define TLS_HOLE         3.0    /* the less when something came and what belongs before it did not */
#define TLS_RESERVE      5.0    /* s kept for asking a silent port whether it wants TLS at once */
#define BODY_MIN         16384  /* bytes */
#define BODY_MAX         262144 /* bytes: on loopback a segment has 64 kB */
#define BODY_SEGMENTS    8

/* --- what the session tells while it goes on */

static void on_begun(void *context, enum smtp_phase phase, double limit)
{
	struct probe *p = context;

	p->heard_at = clock_now();
	emit_progress(p->plan->e, p->subject, smtp_phases[phase].name, limit);
}

static void on_ended(void *context, enum smtp_phase phase)
{
	struct probe *p = context;
	const struct smtp_session *s = &p->session;

	smtp_software_hear(&p->software, phase, &s->steps[phase].reply);
	/* An EHLO that was refused is followed by HELO, whose reply then counts; the body's outcome comes first. */
	if (phase == SMTP_BODY || (phase == SMTP_EHLO && !s->helo_used && s->reply.code / 100 != 2))
		return;
	/* So is a guessed recipient that does not exist by the next guess. */
	if (phase == SMTP_RCPT && recipient_fails(p))
		return;
	tell_phase(p, phase);
}

static void on_line(void *context, enum line_dir dir, const char *text)
{
	struct probe *p = context;

	emit_line(p->plan->e, p->subject, clock_now() - p->began, dir, text);
}

/* Whether a handshake still goes on. Where large packets vanish it is silent for ever, and the rest of the probe waits. */
static bool on_look(void *context)
{
	struct probe *p = context;
	const struct smtp_session *s = &p->session;

	if (s->tcp.received > p->heard) {
		p->heard = s->tcp.received;
		p->heard_at = clock_now();
	}
	const double patience = s->tcp.out_of_order > 0 ? TLS_HOLE : TLS_PATIENCE;
	return s->phase != SMTP_TLS || clock_now() - p->heard_at < patience;
}

/* --- opening */

/* A banner may be waited for as long as there is time, but for what a silent port is asked next. */
static double greeting_deadline(const struct plan *plan)
{
	double left = plan->deadline - clock_now();

	return plan->deadline - (left / 10 < TLS_RESERVE ? left / 10 : TLS_RESERVE);
}

static enum smtp_status open_session(struct probe *p, enum smtp_tls_mode tls, bool raw, double deadline)
{
	const struct smtp_options options = {
	    .host = p->plan->endpoint->host,
	    .address = p->plan->endpoint->address,
	    .helo = p->helo,
	    .raw = raw,
	    .tls = tls,
	    .connect_patience = p->plan->settings->timeout > 0 ? 0 : CONNECT_PATIENCE,
	    .deadline = deadline,
	    .watch = {.begun = on_begun, .ended = on_ended, .line = on_line, .look = on_look, .context = p},
	};

	p->heard = 0;
	return smtp_open(&p->session, &options);
}

/* Opens again on a new connection; what the first one measured has been told. */
static enum smtp_status reopen(struct probe *p, enum smtp_tls_mode tls)
{
	smtp_close(&p->session);
	return open_session(p, tls, false, p->plan->deadline);
}

/* A port that answers a TLS handshake with something else: perhaps a web server, which answers those who ask first. */
static void ask_for_text(struct probe *p)
{
	struct smtp_session *s = &p->session;

	smtp_close(s);
	if (open_session(p, SMTP_TLS_NONE, true, p->plan->deadline) != SMTP_OK)
		return;
	smtp_begin(s, SMTP_BANNER);
	smtp_send(s, "GET / HTTP/1.0\r\n\r\n");
	smtp_receive(s, SMTP_BANNER);
	tell_protocol(p);
}

/* A silent port may be one that wants TLS before anything else; a handshake that succeeds proves it. */
static void ask_for_tls(struct probe *p)
{
	tell_note(p, _("not a line came; a new connection tries TLS from the start"));
	smtp_close(&p->session);
	p->told[SMTP_TLS] = true; /* the session that was measured had none */
	open_session(p, SMTP_TLS_IMPLICIT, true, p->plan->deadline);
	if (p->session.tls.timed_out)
		emit_number(p->plan->e, "smtp.tls.unacked", p->subject, p->session.tcp.queued);
	if (p->session.tls.outcome == SMTP_TLS_DONE)
		emit_text(p->plan->e, "smtp.banner.protocol", p->subject, "tls");
	else if (p->session.steps[SMTP_CONNECT].ended && !p->session.tls.timed_out)
		ask_for_text(p);
}

/* Whether the phase to be silent after lies in the part that libcurl would speak. */
static bool greets_by_hand(const struct plan *plan)
{
	return plan->idle == SMTP_BANNER || plan->idle == SMTP_EHLO || plan->idle == SMTP_STARTTLS;
}

static enum smtp_status greet_by_hand(struct probe *p)
{
	struct smtp_session *s = &p->session;
	char ehlo[320];

	smtp_begin(s, SMTP_BANNER);
	if (smtp_receive(s, SMTP_BANNER) != SMTP_OK || p->plan->idle == SMTP_BANNER)
		return s->status;
	snprintf(ehlo, sizeof ehlo, "EHLO %s", p->helo);
	if (smtp_command(s, SMTP_EHLO, ehlo) != SMTP_OK || p->plan->idle == SMTP_EHLO)
		return s->status;
	return smtp_command(s, SMTP_STARTTLS, "STARTTLS");
}

static enum smtp_status greet(struct probe *p)
{
	const struct plan *plan = p->plan;
	const bool implicit = envelope_is_implicit_tls(&plan->endpoint->address);
	const bool raw = greets_by_hand(plan);
	struct smtp_session *s = &p->session;
	const enum smtp_tls_mode tls = implicit ? SMTP_TLS_IMPLICIT : raw ? SMTP_TLS_NONE : SMTP_TLS_STARTTLS;

	open_session(p, tls, raw, greeting_deadline(plan));
	if (raw) {
		s->options.deadline = plan->deadline;
		return s->status == SMTP_OK ? greet_by_hand(p) : s->status;
	}
	tell_tls(p);
	if (s->status == SMTP_TLS_FAILED && !implicit) {
		tell_note(p, _("the TLS handshake failed; a new connection goes on without TLS"));
		reopen(p, SMTP_TLS_NONE);
	}
	s->options.deadline = plan->deadline;
	return s->status;
}

/* --- the transaction */

static bool idles_after(struct probe *p, enum smtp_phase phase)
{
	return p->plan->idle == phase;
}

/* Stays silent and measures how long the server bears it. */
static void idle(struct probe *p)
{
	struct smtp_session *s = &p->session;
	const struct smtp_step *body = &s->steps[SMTP_BODY];
	const double began = body->ended ? body->at + body->delay : clock_now();

	tell_note(p, _("silent from here on, to see how long the server waits"));
	emit_progress(p->plan->e, p->subject, smtp_phases[s->phase].name, s->options.deadline - began);
	smtp_listen(s, s->options.deadline - fmin(GOODBYE_RESERVE, (s->options.deadline - began) / 8));
	p->waited = clock_now() - began;
	p->was_idle = true;
	p->forgotten = smtp_is_forgotten(s);
	tell_patience(p);
	if (s->status == SMTP_OK)
		s->status = SMTP_CUT;
}

/* A guess that does not exist is followed by the next one. */
static enum smtp_status say_recipient(struct probe *p)
{
	struct smtp_session *s = &p->session;
	char rcpt[600];

	snprintf(rcpt, sizeof rcpt, "RCPT TO:<%s>", recipient(p));
	smtp_command(s, SMTP_RCPT, rcpt);
	while (recipient_fails(p)) {
		const struct smtp_reply refusal = s->reply;
		p->recipients.at++;
		s->status = SMTP_OK;
		snprintf(rcpt, sizeof rcpt, "RCPT TO:<%s>", recipient(p));
		if (smtp_command(s, SMTP_RCPT, rcpt) != SMTP_OK && s->status != SMTP_REFUSED) {
			s->reply = refusal; /* it does not bear another guess: what it said to the last one counts */
			s->status = SMTP_REFUSED;
			break;
		}
	}
	return s->status;
}

static enum smtp_status say_envelope(struct probe *p)
{
	struct smtp_session *s = &p->session;
	char mail[600];

	snprintf(mail, sizeof mail, "MAIL FROM:<%s>", envelope_from(p->plan->settings));
	if (smtp_command(s, SMTP_MAIL, mail) != SMTP_OK || idles_after(p, SMTP_MAIL))
		return s->status;
	if (say_recipient(p) != SMTP_OK || idles_after(p, SMTP_RCPT))
		return s->status;
	return smtp_command(s, SMTP_DATA, "DATA");
}

/* MAIL, RCPT and DATA in one write (RFC 2920). Each timer runs from that write. */
static enum smtp_status say_envelope_together(struct probe *p)
{
	static const enum smtp_phase phases[] = {SMTP_MAIL, SMTP_RCPT, SMTP_DATA};
	struct smtp_session *s = &p->session;
	char lines[1300];

	if (smtp_check_early(s) != SMTP_OK)
		return s->status;
	snprintf(lines, sizeof lines, "MAIL FROM:<%s>\r\nRCPT TO:<%s>\r\nDATA\r\n", envelope_from(p->plan->settings),
	         recipient(p));
	const double sent_at = clock_now();
	smtp_begin(s, SMTP_MAIL);
	s->unanswered = true;
	smtp_send(s, lines);
	for (size_t i = 0; i < sizeof phases / sizeof phases[0] && s->status == SMTP_OK; i++) {
		if (i > 0)
			smtp_begin(s, phases[i]);
		s->steps[phases[i]].at = sent_at;
		smtp_receive(s, phases[i]);
	}
	s->unanswered = !s->steps[SMTP_DATA].ended;
	return s->status;
}

static bool pipelines(struct probe *p)
{
	const struct settings *settings = p->plan->settings;

	if (!settings->pipelining)
		return false;
	if (idles_after(p, SMTP_MAIL) || idles_after(p, SMTP_RCPT)) {
		tell_note(p, _("lock-step, since silence was asked for between the commands"));
		return false;
	}
	if (!p->session.features.pipelining) {
		tell_note(p, _("lock-step, since the server does not offer PIPELINING"));
		return false;
	}
	return true;
}

static size_t body_size(const struct smtp_session *s)
{
	double size = s->tcp.mss * BODY_SEGMENTS;

	if (size < BODY_MIN)
		size = BODY_MIN;
	if (size > BODY_MAX)
		size = BODY_MAX;
	if (s->features.size > 0 && size > s->features.size)
		size = s->features.size;
	return (size_t)size;
}

static void send_body(struct probe *p)
{
	struct smtp_session *s = &p->session;
	size_t length = 0;
	char note[200];
	char *body = message_new(envelope_from(p->plan->settings), recipient(p), p->helo, body_size(s), &length);

	snprintf(note, sizeof note, _("a message of %zu bytes, %s"), length,
	         p->plan->settings->deliver ? _("whole") : _("without its end: nothing is delivered"));
	tell_note(p, note);
	smtp_send_body(s, body, length, &p->body);
	free(body);
	tell_phase(p, SMTP_BODY);
	tell_body(p);
}

static void deliver(struct probe *p)
{
	if (smtp_command(&p->session, SMTP_END, ".") == SMTP_OK)
		emit_flag(p->plan->e, "smtp.delivered", p->subject, true);
}

static void transact(struct probe *p)
{
	struct smtp_session *s = &p->session;
	const bool together = pipelines(p);

	recipients_choose(&p->recipients, p->plan->rcpt, s->steps[SMTP_BANNER].reply.first);
	emit_flag(p->plan->e, "smtp.rcpt.guessed", p->subject, p->recipients.guessed);
	emit_text(p->plan->e, "smtp.mode", p->subject, together ? "pipelining" : "lock-step");
	if ((together ? say_envelope_together(p) : say_envelope(p)) != SMTP_OK)
		return;
	if (p->plan->idle <= SMTP_DATA) {
		idle(p);
		return;
	}
	send_body(p);
	if (s->status != SMTP_OK)
		return;
	if (idles_after(p, SMTP_BODY))
		idle(p);
	else if (p->plan->settings->deliver)
		deliver(p);
	else
		count_trips(p);
}

/*
 * Whether the certificate is trusted here. Without verification libcurl does not read the trust store, and a handshake
 * that insists fails where the probe has to go on; so that is asked last, and only if nothing else spoke against it.
 */
static void ask_for_trust(struct probe *p)
{
	double until = clock_now() + TRUST_PATIENCE;
	struct smtp_options options = p->session.options;

	options.verify = true;
	options.deadline = until < p->plan->deadline ? until : p->plan->deadline;
	tell_note(p, _("a second connection asks whether the certificate is trusted here"));
	smtp_open(&p->session, &options);
	if (p->session.tls.outcome == SMTP_TLS_DONE)
		tell_trust(p, "ok");
	else if (p->session.tls.outcome == SMTP_TLS_BROKEN && !p->session.tls.timed_out)
		tell_trust(p, "untrusted");
	smtp_quit(&p->session);
	smtp_close(&p->session);
}

/* What the outcome alone does not say. */
static void note_outcome(struct probe *p)
{
	const struct smtp_session *s = &p->session;
	const struct smtp_phase_def *phase = &smtp_phases[s->phase];
	char note[200];

	if (s->status == SMTP_SILENT && phase->minimum > 0) {
		snprintf(note, sizeof note,
		         _("nothing came within %.0f s; RFC 5321 4.5.3.2 has clients wait %.0f s in this phase"),
		         p->waited, phase->minimum);
		tell_note(p, note);
	} else if (s->status == SMTP_REFUSED && s->phase == SMTP_RCPT && !p->was_idle) {
		tell_note(p, _("DATA was not reached, since this recipient is refused; --rcpt names another"));
	}
}

/* Connected, and not one line came; a few bytes may have come, such as an alert of TLS. */
static bool is_dumb(const struct smtp_session *s)
{
	return s->phase == SMTP_BANNER && s->parser.reply.lines == 0 && s->options.tls == SMTP_TLS_STARTTLS &&
	       (s->status == SMTP_SILENT || s->status == SMTP_CLOSED || s->status == SMTP_RESET);
}

void probe_endpoint(const struct plan *plan)
{
	struct probe *p = xcalloc(1, sizeof *p);
	struct smtp_session *s = &p->session;

	p->plan = plan;
	p->began = clock_now();
	p->subject = subject_endpoint(plan->endpoint->host, &plan->endpoint->address);
	smtp_software_init(&p->software);
	envelope_helo(plan->settings, &plan->endpoint->address, p->helo);
	p->ident = ident_watch(&plan->endpoint->address);
	tell_asked(p);
	greet(p);
	if (s->steps[SMTP_CONNECT].ended)
		tell_ident(p);
	if (s->status == SMTP_OK && greets_by_hand(plan))
		idle(p);
	else if (s->status == SMTP_OK)
		transact(p);
	if (!p->was_idle)
		p->waited = smtp_waited(s);
	note_outcome(p);
	smtp_quit(s);
	tell_end(p);
	const bool trusts =
	    p->ask_trust && (s->status == SMTP_OK || (s->status == SMTP_REFUSED && s->reply.code != 421));
	if (is_dumb(s))
		ask_for_tls(p);
	smtp_close(s);
	if (trusts)
		ask_for_trust(p);
	if (p->ident >= 0)
		close(p->ident);
	free(p->subject);
	free(p);
}
