/*
 * What one session takes: messages one after the other, then recipients of one message. Nothing is delivered: each
 * transaction is taken back with RSET before there is any text.
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "checks/limit/sessions.h"

#include <math.h>
#include <stdio.h>

#define ROW_S 20.0 /* for all that is said in one session */
/* Each is taken back by a command that brings no mail, and of those Exim bears ten (smtp_accept_max_nonmail). */
#define MESSAGES_MOST 9
#define LEAVE_S       5.0 /* kept back from the deadline for saying goodbye */

static bool say(struct smtp_session *s, enum smtp_phase phase, const char *verb, const char *address)
{
	char line[600];

	snprintf(line, sizeof line, "%s:<%s>", verb, address);
	return smtp_command(s, phase, line) == SMTP_OK;
}

static bool begin_message(const struct limit_probe *p, struct smtp_session *s)
{
	return say(s, SMTP_MAIL, "MAIL FROM", envelope_from(p->settings));
}

static bool take_back(struct smtp_session *s)
{
	return smtp_command(s, SMTP_MAIL, "RSET") == SMTP_OK;
}

static void tell_progress(const struct limit_probe *p, int number, int most, const char *what)
{
	char phase[160];

	snprintf(phase, sizeof phase, _("%s %d of %d in one session"), what, number, most);
	emit_progress(p->e, p->subject, phase, 0);
}

/* Messages that the session took until it refused one; what it says to the first one is not about their number. */
static int count_messages(struct limit_probe *p, struct smtp_session *s, const char *rcpt, int most)
{
	int taken = 0;

	while (taken < most) {
		tell_progress(p, taken + 1, most, _("message"));
		if (!begin_message(p, s) || !say(s, SMTP_RCPT, "RCPT TO", rcpt) || !take_back(s))
			break;
		taken++;
	}
	return taken;
}

static int count_recipients(struct limit_probe *p, struct smtp_session *s, const char *rcpt, int most)
{
	int taken = 0;

	if (!begin_message(p, s))
		return 0;
	while (taken < most) {
		tell_progress(p, taken + 1, most, _("recipient"));
		if (!say(s, SMTP_RCPT, "RCPT TO", rcpt))
			break;
		taken++;
	}
	return taken;
}

struct kind {
	const char *of; /* a word of limit.session.of */
	const char *fact;
	int most;
	int (*count)(struct limit_probe *, struct smtp_session *, const char *, int);
};

/* One kind, in a session of its own. How many were taken; why no more, in `end`. */
static int run_kind(struct limit_probe *p, const struct kind *kind, struct row_end *end)
{
	struct held *h = held_open(p, fmin(p->deadline - LEAVE_S, clock_now() + ROW_S));
	struct smtp_session *s = held_session(h);
	struct recipients recipients;
	int taken = 0;

	if (s->status == SMTP_OK) {
		recipients_choose(&recipients, p->rcpt, s->steps[SMTP_BANNER].reply.first);
		taken = kind->count(p, s, recipients.list[0], kind->most);
	}
	*end = (struct row_end){0};
	held_note_end(end, h, 0);
	if (taken > 0)
		emit_number(p->e, kind->fact, p->subject, taken);
	if (taken > 0 && taken < kind->most) {
		emit_text(p->e, "limit.session.of", p->subject, kind->of);
		held_show(h, _("a session that took no more messages, or recipients"));
	}
	held_leave(h);
	return taken;
}

/* The second kind says something only where all of the first were taken. */
void limit_transactions(struct limit_probe *p, int most)
{
	const struct kind kinds[] = {
	    {"messages", "limit.session.messages", most < MESSAGES_MOST ? most : MESSAGES_MOST, count_messages},
	    {"recipients", "limit.session.recipients", most, count_recipients},
	};
	struct row_end end;
	int taken = run_kind(p, &kinds[0], &end);

	if (taken == kinds[0].most)
		taken = run_kind(p, &kinds[1], &end);
	if (taken > 0)
		limit_tell_end(p, "limit.session", &end);
}
