#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "checks/mtu/probe.h"
#include "checks/smtp/refusal.h"
#include "smtp/software.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void probe_settle(struct mtu_probe *p, bool black_hole, double at)
{
	if (p->black_hole)
		return;
	p->black_hole = black_hole;
	p->settled_at = at;
}

static void attempt_full(struct mtu_probe *p, enum greeting greeting, struct attempt *a)
{
	const struct attempt_plan plan = {.what = "full",
	                                  .greeting = greeting,
	                                  .patience = INWARD_PATIENCE,
	                                  .plan = outward_full_plan,
	                                  .together = 2,
	                                  .flight_patience = outward_patience(p)};

	attempt_run(p, &plan, a);
}

/* Why no message text was sent, and what would let it. */
static int explain(const struct mtu_probe *p, const struct attempt *a, struct err *err)
{
	const char *phase = smtp_phases[a->phase].name;

	if (a->status == SMTP_NOT_CONNECTED)
		return err_set(err, _("%s: no connection, so nothing could be sent through it"), p->subject);
	if (a->status == SMTP_REFUSED && a->phase == SMTP_RCPT)
		return err_set(
		    err,
		    _("the server refused the recipient (%d), so no message text could be sent; with one that "
		      "it takes: smtpdx check %s --only mtu --rcpt ADDRESS"),
		    a->reply.code, p->target);
	if (a->status == SMTP_REFUSED)
		return err_set(err, _("%s: refused with %d in the phase %s, so no message text could be sent"),
		               p->subject, a->reply.code, phase);
	return err_set(err, _("%s: %s in the phase %s, so no message text could be sent"), p->subject,
	               smtp_status_name(a->status), phase);
}

/* What the reply was about that refused a session, for causes that the smtp check's own session did not meet. */
static void tell_reply(const struct mtu_probe *p, const struct attempt *a)
{
	struct smtp_software software;
	struct err err = {0};
	struct replies *replies = replies_load(&err);

	if (replies == NULL)
		return; /* the smtp check says why */
	smtp_software_init(&software);
	smtp_software_hear(&software, a->phase, &a->reply);
	const struct reply_row *row = refusal_row(replies, software.name, &a->reply, a->phase);
	char *words = refusal_words(&a->reply);
	emit_number(p->e, "mtu.session.reply.code", p->subject, a->reply.code);
	emit_text(p->e, "mtu.session.reply.text", p->subject, words);
	emit_text(p->e, "mtu.session.reply.class", p->subject, refusal_class(row, a->reply.code));
	free(words);
	replies_free(replies);
}

/*
 * The session that was to carry message text did not get that far: a limit may be met by the second session first. What
 * only our own time made fail says nothing.
 */
static void tell_session(const struct mtu_probe *p, const struct attempt *a)
{
	if (a->status == SMTP_CUT || a->status == SMTP_SILENT || clock_now() >= p->deadline)
		return;
	emit_text(p->e, "mtu.session.outcome", p->subject, smtp_status_name(a->status));
	emit_text(p->e, "mtu.session.stage", p->subject, smtp_phases[a->phase].name);
	if (a->status == SMTP_NOT_CONNECTED)
		emit_text(p->e, "mtu.session.connect", p->subject, smtp_connect_outcome(a->connect_error));
	if (a->status == SMTP_REFUSED)
		tell_reply(p, a);
}

static void tell_effort(const struct mtu_probe *p)
{
	emit_number(p->e, "mtu.connections", p->subject, p->connections);
	if (p->settled_at > 0 && (p->in.full == 0 || p->in.settled_at > 0))
		emit_number(p->e, "mtu.verdict.delay", p->subject, p->settled_at - p->began);
}

int inband_prove(struct mtu_probe *p, struct err *err)
{
	struct attempt *a = xcalloc(1, sizeof *a);
	enum greeting greeting = GREETING_TLS;

	attempt_full(p, greeting, a);
	if (a->blocked == BLOCKED_IN)
		inward_prove(p, a);
	else if (a->blocked == BLOCKED_NOT)
		inward_tell(p, a);
	if (a->blocked != BLOCKED_NOT || a->status == SMTP_TLS_FAILED) {
		greeting = GREETING_PLAIN;
		attempt_full(p, greeting, a);
	}
	if (a->flew)
		outward_run(p, &a->flight, greeting);
	else if (a->blocked == BLOCKED_NOT && a->status != SMTP_OK)
		tell_session(p, a);
	int result = a->flew ? 0 : explain(p, a, err);
	free(a);
	return result;
}

void inband_finish(struct mtu_probe *p, int hint)
{
	if (p->in.proven)
		inward_narrow(p, hint);
	if (p->in.full > 0)
		inward_tell_proof(p);
	tell_effort(p);
}
