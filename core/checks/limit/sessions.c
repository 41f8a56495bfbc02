#include "checks/limit/sessions.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "checks/limit/progress.h"
#include "checks/smtp/refusal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOLD_S     10.0 /* nobody's session is held longer */
#define SILENCE_S  2.0  /* a greeting that is this late, ... */
#define SILENCE_BY 3.0  /* ... and so many times later than those before, will not come */
#define LEAVE_S    5.0  /* kept back from the deadline for saying goodbye */
#define LINES_KEPT 16
#define OPEN_S     30.0 /* for one session of which only one is open */

/* One session with the dialog that it had so far. */
struct held {
	struct smtp_session session;
	struct limit_probe *probe;
	struct {
		double t;
		enum line_dir dir;
		char text[SMTP_LINE_KEPT];
	} lines[LINES_KEPT];
	size_t line_count;
	double began;
};

static void on_phase(void *context, enum smtp_phase phase)
{
	struct held *h = context;
	const struct smtp_step *step = &h->session.steps[phase];

	if (step->reply.code != 0)
		smtp_software_hear(&h->probe->software, phase, &step->reply);
}

static void on_begun(void *context, enum smtp_phase phase, double limit)
{
	(void)context;
	(void)phase;
	(void)limit;
}

static void on_line(void *context, enum line_dir dir, const char *text)
{
	struct held *h = context;

	if (h->line_count == LINES_KEPT)
		memmove(&h->lines[0], &h->lines[1], --h->line_count * sizeof h->lines[0]);
	h->lines[h->line_count].t = clock_now() - h->probe->began;
	h->lines[h->line_count].dir = dir;
	snprintf(h->lines[h->line_count].text, sizeof h->lines[0].text, "%s", text);
	h->line_count++;
}

void held_show(const struct held *h, const char *note)
{
	const struct limit_probe *p = h->probe;

	emit_line(p->e, p->subject, h->began - p->began, LINE_NOTE, note);
	for (size_t i = 0; i < h->line_count; i++)
		emit_line(p->e, p->subject, h->lines[i].t, h->lines[i].dir, h->lines[i].text);
}

static void show(const struct held *h, int number, int open)
{
	char *note = xasprintf(_("session %d, while %d others are open"), number, open);

	held_show(h, note);
	free(note);
}

struct smtp_session *held_session(struct held *h)
{
	return &h->session;
}

struct held *held_open(struct limit_probe *p, double until)
{
	struct held *h = xcalloc(1, sizeof *h);
	struct smtp_session *s = &h->session;
	char ehlo[ENVELOPE_HELO_SIZE + 8];
	const struct smtp_options options = {
	    .host = p->endpoint->host,
	    .address = p->endpoint->address,
	    .helo = p->helo,
	    .raw = true,
	    .tls = envelope_is_implicit_tls(&p->endpoint->address) ? SMTP_TLS_IMPLICIT : SMTP_TLS_NONE,
	    .deadline = until,
	    .watch = {.begun = on_begun, .ended = on_phase, .line = on_line, .context = h},
	};

	h->probe = p;
	h->began = clock_now();
	p->opened++;
	if (smtp_open(s, &options) != SMTP_OK)
		return h;
	smtp_begin(s, SMTP_BANNER);
	if (smtp_receive(s, SMTP_BANNER) != SMTP_OK)
		return h;
	snprintf(ehlo, sizeof ehlo, "EHLO %s", p->helo);
	smtp_command(s, SMTP_EHLO, ehlo);
	return h;
}

void held_leave(struct held *h)
{
	h->session.options.deadline = clock_now() + LEAVE_S;
	smtp_quit(&h->session);
	smtp_close(&h->session);
	free(h);
}

/* Why a session was not taken; slowest: s that the slowest of those before took. */
static const char *outcome_of(const struct held *h, double slowest)
{
	const double waited = clock_now() - h->began;

	switch (h->session.status) {
	case SMTP_OK:
		return "all-taken";
	case SMTP_REFUSED:
		return "refused";
	case SMTP_CLOSED:
	case SMTP_RESET:
		return "closed";
	case SMTP_SILENT:
	case SMTP_CUT:
		return waited >= SILENCE_S && waited >= SILENCE_BY * slowest ? "silent" : "out-of-time";
	case SMTP_NOT_CONNECTED:
		return "not-connected";
	case SMTP_GARBAGE:
	case SMTP_TLS_FAILED:
		break;
	}
	return "failed";
}

void held_note_end(struct row_end *end, const struct held *h, double slowest)
{
	end->outcome = outcome_of(h, slowest);
	end->phase = h->session.phase;
	if (h->session.status == SMTP_REFUSED)
		end->reply = h->session.reply;
}

static void tell_progress(const struct limit_probe *p, int number, int most, const char *how)
{
	char phase[160];

	snprintf(phase, sizeof phase, _("session %d of %d %s"), number, most, how);
	emit_progress(p->e, p->subject, phase, 0);
}

/* Sessions among the first `count` that the server has ended while they were held. */
static int count_dropped(struct held **sessions, int count)
{
	int dropped = 0;

	for (int i = 0; i < count; i++)
		dropped += smtp_check_early(&sessions[i]->session) != SMTP_OK;
	return dropped;
}

void limit_hold(struct limit_probe *p, int most, struct row_end *end)
{
	const double began = clock_now(), until = fmin(began + HOLD_S, p->deadline - LEAVE_S);
	struct held **sessions = xcalloc((size_t)most, sizeof(struct held *));
	struct limit_progress progress = {0};
	double slowest = 0, first = 0, last = 0;
	int count = 0;

	*end = (struct row_end){.outcome = "all-taken"};
	while (count < most && clock_now() < until) {
		tell_progress(p, count + 1, most, _("at once"));
		struct held *h = sessions[count++] = held_open(p, until);
		limit_progress_add(&progress, &h->session, clock_now() - h->began);
		limit_progress_tell(&progress, most, p->e, p->subject);
		if (h->session.status != SMTP_OK) {
			held_note_end(end, h, slowest);
			show(h, count, end->taken);
			break;
		}
		last = clock_now() - h->began;
		if (end->taken++ == 0) {
			first = last;
			show(h, 1, 0);
		}
		slowest = fmax(slowest, last);
	}
	if (end->taken == count && count < most)
		end->outcome = "out-of-time";
	emit_number(p->e, "limit.tried", p->subject, most);
	emit_number(p->e, "limit.dropped", p->subject, count_dropped(sessions, end->taken));
	emit_number(p->e, "limit.held", p->subject, clock_now() - began);
	if (end->taken > 0) {
		emit_number(p->e, "limit.delay.first", p->subject, first);
		emit_number(p->e, "limit.delay.last", p->subject, last);
	}
	for (int i = count; i-- > 0;)
		held_leave(sessions[i]);
	free(sessions);
}

/* progress: of the row that it belongs to; NULL: to none. */
static bool try_session(struct limit_probe *p, double until, struct limit_progress *progress, struct row_end *end)
{
	struct held *h = held_open(p, fmin(until, clock_now() + OPEN_S));
	const bool taken = h->session.status == SMTP_OK;

	if (progress != NULL)
		limit_progress_add(progress, &h->session, clock_now() - h->began);

	*end = (struct row_end){.taken = taken};
	held_note_end(end, h, 0);
	if (!taken)
		show(h, p->opened, 0);
	held_leave(h);
	return taken;
}

bool limit_try(struct limit_probe *p, double until, struct row_end *end)
{
	return try_session(p, until, NULL, end);
}

void limit_rate(struct limit_probe *p, int most, struct row_end *end)
{
	struct limit_progress progress = {0};
	bool taken = true;

	*end = (struct row_end){.outcome = "out-of-time"};
	while (taken && progress.taken < most && clock_now() < p->deadline - LEAVE_S) {
		tell_progress(p, progress.taken + 1, most, _("in a row"));
		taken = try_session(p, p->deadline - LEAVE_S, &progress, end);
		limit_progress_tell(&progress, most, p->e, p->subject);
	}
	end->taken = progress.taken;
}

static void tell_text(const struct limit_probe *p, const char *prefix, const char *name, const char *text)
{
	char fact[64];

	snprintf(fact, sizeof fact, "%s.%s", prefix, name);
	if (*text != '\0')
		emit_text(p->e, fact, p->subject, text);
}

static void tell_number(const struct limit_probe *p, const char *prefix, const char *name, double number)
{
	char fact[64];

	snprintf(fact, sizeof fact, "%s.%s", prefix, name);
	emit_number(p->e, fact, p->subject, number);
}

void limit_tell_end(const struct limit_probe *p, const char *prefix, const struct row_end *end)
{
	const struct smtp_reply *reply = &end->reply;

	tell_text(p, prefix, "outcome", end->outcome);
	if (strcmp(end->outcome, "all-taken") == 0 || strcmp(end->outcome, "out-of-time") == 0)
		return;
	tell_text(p, prefix, "phase", smtp_phases[end->phase].name);
	if (reply->code == 0)
		return;
	const struct reply_row *row = refusal_row(p->replies, p->software.name, reply, end->phase);
	char *words = refusal_words(reply);
	tell_number(p, prefix, "reply.code", reply->code);
	tell_text(p, prefix, "reply.enhanced", reply->enhanced);
	tell_text(p, prefix, "reply.text", words);
	tell_text(p, prefix, "reply.class", refusal_class(row, reply->code));
	if (row != NULL) {
		if (strcmp(row->server, "any") != 0)
			tell_text(p, prefix, "reply.server", row->server);
		tell_text(p, prefix, "reply.setting", row->setting);
	}
	free(words);
}
