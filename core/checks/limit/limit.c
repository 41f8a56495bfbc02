/*
 * The limit check: how many sessions the server takes from here at the same time; with --rate, how many one after the
 * other; with --messages, how many messages and recipients one session takes; with --patience, whether a 421 goes away by
 * itself.
 *
 * It costs the server something, so it needs consent, never opens more than a hundred sessions and holds none longer than
 * ten seconds.
 */
#include "checks/check.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "checks/limit/sessions.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_S          60.0
#define PATIENCE_LIMIT_S 1200.0
#define MOST             20 /* sessions, unless --max says more */
#define TRIES            5
#define FIRST_WAIT_S     30.0 /* each next one twice as long: 30, 60, 120, 240, 480 s */

/* What is being done is told so often that whoever looks on sees the wait go by. */
static void wait_until(const struct limit_probe *p, double until, int try)
{
	char phase[128];

	snprintf(phase, sizeof phase, _("waiting before try %d of %d"), try, TRIES);
	emit_progress(p->e, p->subject, phase, until - clock_now());
	while (clock_now() < until)
		poll(NULL, 0, clock_ms_until(until));
}

/* Whoever goes on at once only adds to the load: waits between tries grow (RFC 5321 4.5.4.1). */
static void retry(struct limit_probe *p)
{
	const double refused = clock_now();
	double wait = p->settings->patience_first > 0 ? p->settings->patience_first : FIRST_WAIT_S;
	const char *outcome = "lasting";
	struct row_end end;
	int tries = 0;

	for (double at = refused + wait; tries < TRIES; wait *= 2, at += wait) {
		if (at >= p->deadline) {
			outcome = "out-of-time";
			break;
		}
		wait_until(p, at, tries + 1);
		tries++;
		if (limit_try(p, p->deadline, &end)) {
			outcome = "transient";
			break;
		}
		if (clock_now() > at)
			at = clock_now();
	}
	emit_text(p->e, "limit.retry.outcome", p->subject, outcome);
	emit_number(p->e, "limit.retry.tries", p->subject, tries);
	emit_number(p->e, "limit.retry.after", p->subject, clock_now() - refused);
}

static void probe_endpoint(struct limit_probe *p)
{
	const int most = p->settings->max > 0 ? p->settings->max : MOST;
	struct row_end end;

	p->began = clock_now();
	smtp_software_init(&p->software);
	envelope_helo(p->settings, &p->endpoint->address, p->helo);
	limit_hold(p, most, &end);
	limit_tell_end(p, "limit", &end);
	emit_number(p->e, "limit.connections", p->subject, end.taken);
	if (end.taken < most && strcmp(end.outcome, "out-of-time") != 0)
		emit_number(p->e, "limit.refused", p->subject, end.taken + 1);
	int code = end.reply.code;
	if (p->settings->rate) {
		limit_rate(p, most, &end);
		limit_tell_end(p, "limit.rate", &end);
		emit_number(p->e, "limit.rate.connections", p->subject, end.taken);
		emit_number(p->e, "limit.rate.total", p->subject, p->opened);
		emit_number(p->e, "limit.rate.span", p->subject, clock_now() - p->began);
		code = end.reply.code != 0 ? end.reply.code : code;
	}
	if (p->settings->messages && end.reply.code == 0)
		limit_transactions(p, most);
	if (p->software.weight > 0)
		emit_text(p->e, "limit.software", p->subject, p->software.name);
	if (p->settings->patience && code == 421)
		retry(p);
}

static enum check_status run(const struct target *target, const struct settings *settings, double deadline,
                             struct emit *e, struct err *err)
{
	struct endpoint endpoints[ENVELOPE_ENDPOINTS_MAX];

	if (!settings->yes) {
		err_set(
		    err,
		    _("it opens up to %d sessions and holds them for up to 10 s; with your consent: smtpdx check %s "
		      "--only limit --yes"),
		    settings->max > 0 ? settings->max : MOST, target->text);
		return CHECK_NOT_TESTED;
	}
	struct replies *replies = replies_load(err);
	if (replies == NULL)
		return CHECK_FAILED;
	char *rcpt = envelope_rcpt(target, settings);
	const int count = envelope_endpoints(target, settings, deadline, endpoints, err);
	for (int i = 0; i < count; i++) {
		const double now = clock_now();
		char *subject = subject_endpoint(endpoints[i].host, &endpoints[i].address);
		struct limit_probe p = {
		    .settings = settings,
		    .endpoint = &endpoints[i],
		    .subject = subject,
		    .replies = replies,
		    .rcpt = rcpt,
		    .e = e,
		    .deadline = now + (deadline - now) / (count - i),
		};
		probe_endpoint(&p);
		free(subject);
	}
	free(rcpt);
	replies_free(replies);
	if (count == 0)
		err_set(err, _("%s: no address of the family asked for"), target->text);
	return count > 0 ? CHECK_DONE : count == 0 ? CHECK_NOT_APPLICABLE : CHECK_FAILED;
}

const struct check check_limit_sessions = {
    .name = "limit",
    .title = N_("how many sessions the server takes at a time"),
    .intrusive = true,
    .limit = LIMIT_S,
    .patience_limit = PATIENCE_LIMIT_S,
    .run = run,
};
