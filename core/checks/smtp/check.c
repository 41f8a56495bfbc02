/*
 * The smtp check: one session with every endpoint of the target, one after the other.
 */
#include "checks/check.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "checks/smtp/probe.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_S      60.0
#define IDLE_LIMIT_S 330.0 /* RFC 5321 4.5.3.2.7: a server waits at least 5 minutes; and some time around that */

static int read_idle(const struct settings *settings, const char *target, enum smtp_phase *idle, struct err *err)
{
	*idle = SMTP_PHASES;
	if (settings->idle == NULL)
		return 0;
	if (!settings->yes)
		return err_set(err,
		               _("staying silent holds a connection of the server until it gives up; with your "
		                 "consent: smtpdx check %s --only smtp --idle %s --yes"),
		               target, settings->idle);
	*idle = (enum smtp_phase)smtp_phase_find(settings->idle);
	return 0;
}

static int check_settings(const struct settings *settings, const char *target, enum smtp_phase *idle, struct err *err)
{
	if (settings->deliver && settings->rcpt == NULL)
		return err_set(err,
		               _("--deliver sends a real message, so it needs to be told to whom: --rcpt ADDRESS"));
	return read_idle(settings, target, idle, err);
}

static enum check_status run(const struct target *target, const struct settings *settings, double deadline,
                             struct emit *e, struct err *err)
{
	struct endpoint endpoints[ENVELOPE_ENDPOINTS_MAX];
	struct plan plan = {.settings = settings, .e = e};

	if (check_settings(settings, target->text, &plan.idle, err) != 0)
		return CHECK_NOT_TESTED;
	struct replies *replies = replies_load(err);
	if (replies == NULL)
		return CHECK_FAILED;
	int count = envelope_endpoints(target, settings, deadline, endpoints, err);
	char *rcpt = envelope_rcpt(target, settings);
	plan.replies = replies;
	plan.rcpt = rcpt;
	for (int i = 0; i < count; i++) {
		double now = clock_now();
		plan.endpoint = &endpoints[i];
		plan.deadline = now + (deadline - now) / (count - i);
		probe_endpoint(&plan);
	}
	free(rcpt);
	replies_free(replies);
	if (count == 0)
		err_set(err, _("%s: no address of the family asked for"), target->text);
	return count > 0 ? CHECK_DONE : count == 0 ? CHECK_NOT_APPLICABLE : CHECK_FAILED;
}

const struct check check_smtp = {
    .name = "smtp",
    .title = N_("SMTP sessions, every phase timed"),
    .limit = LIMIT_S,
    .idle_limit = IDLE_LIMIT_S,
    .run = run,
};
