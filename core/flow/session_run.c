#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "flow/session_state.h"

#include <stdlib.h>
#include <string.h>

#define RANK_EVERY 0.3 /* s between two looks at the ranking while facts arrive */
#define SAVE_EVERY 2.0 /* s between two saves while checks run */

/* ---- a run: its beginning, and what is there when it ends */

static void forget(struct session *s, const struct check *check)
{
	case_clear_measurements(s->c, check->name);
	free(answer_take_first(&s->measured, check->name));
}

/* The case is about something else from now on: what was measured of the old target, and read with it, goes. */
static void change_target(struct session *s, const char *target)
{
	for (size_t i = 0; checks[i] != NULL; i++)
		if (checks[i]->takes != TAKES_HOST)
			forget(s, checks[i]);
	free(s->c->target);
	s->c->target = xstrdup(target);
}

/* What it measured before makes room for what it will measure. */
static void begin_check(struct session *s, const struct check *check, struct buf *only)
{
	buf_printf(only, "%s%s", only->size > 0 ? "," : "", check->name);
	forget(s, check);
}

/* What it measured before stays, unless it never came to an end. */
static void add_to_check(struct session *s, const struct check *check, struct buf *only)
{
	case_clear_attempts(s->c, check->name);
	buf_puts(only, check->name);
}

/* Beside the case, which has no less in it. NULL: there is no place. */
static char *recording_path(struct session *s)
{
	if (s->store == NULL)
		session_save(s);
	return s->store != NULL ? store_file(s->store, "recording.pcap") : NULL;
}

static void begin_run(struct session *s)
{
	struct measurement *m = &s->m;
	struct buf only;
	bool reads_files = false, probes = false, records = false;

	if (strcmp(s->c->target, m->target_text) != 0)
		change_target(s, m->target_text);
	buf_init(&only, QUESTION_LINE_MAX);
	for (size_t i = 0; i < m->plan.count; i++) {
		const struct plan_row *row = &m->plan.rows[i];
		if (!row->on)
			continue;
		if (m->test != NULL)
			add_to_check(s, row->check, &only);
		else
			begin_check(s, row->check, &only);
		m->settings.yes = m->settings.yes || row->intrusive;
		reads_files = reads_files || row->check->takes == TAKES_FILES;
		probes = probes || row->check->takes == TAKES_TARGET;
		records = records || row->check == &check_record;
	}
	/* Addresses are looked up for every probe: what is known of the name servers is measured along with that. */
	m->known = case_measured_count(s->c);
	if (m->test == NULL && probes && answer_find(&s->measured, check_dns.name) != NULL)
		begin_check(s, &check_dns, &only);
	m->only = buf_take(&only);
	m->selection = (struct selection){.only = m->only, .endpoint = m->endpoint};
	if (!reads_files)
		settings_clear_files(&m->settings);
	if (records)
		m->settings.recording = recording_path(s);
	m->live = live_new(s->c, probes ? &m->target : NULL, &m->settings, &m->selection);
}

/* Whether all jobs of a check have ended, and there was one. */
static bool has_ended(const struct runner *runner, const struct check *check)
{
	size_t found = 0;

	for (size_t i = 0; i < runner_job_count(runner); i++) {
		const struct job job = runner_job(runner, i);
		if (strcmp(job.check, check->name) != 0)
			continue;
		if (!job.ended)
			return false;
		found++;
	}
	return found > 0;
}

static void note_measured(struct session *s, bool all)
{
	const struct measurement *m = &s->m;

	for (size_t i = 0; i < m->plan.count; i++) {
		const struct plan_row *row = &m->plan.rows[i];
		if (!row->on)
			continue;
		/* What one check finds may begin more of those that stand below it. */
		if (!all && !has_ended(live_runner(m->live), row->check))
			return;
		/* With options of its own it is not what a plan asks for. */
		if (!row->cancelled && (m->test == NULL || strchr(m->test, ' ') == NULL))
			answer_set(&s->measured, row->check->name, measurement_signature(m, row->check));
	}
}

static void end_run(struct session *s)
{
	note_measured(s, true);
	if (s->m.test != NULL) {
		s->m.came = case_measured_count(s->c) - s->m.known;
		s->m.anew = case_replace_repeated(s->c, s->m.known);
	}
	live_free(s->m.live);
	s->m.live = NULL;
}

static void present_run(struct session *s)
{
	begin_run(s);
	buf_clear(&s->said);
	session_present(s, EVENT_RUN);
}

/* ---- plans */

/* Under which name the switches of this plan are remembered. The caller frees. */
static char *plan_key(const struct session *s)
{
	return xasprintf("%s@%s:%zu", WALK_PLAN, s->walk->name, s->at);
}

/* With the switches as they were left. */
static void offer_plan(struct session *s)
{
	char *key = plan_key(s);
	const char *before = answer_find(&s->remembered, key);

	if (before != NULL)
		session_plan_preset(s, before);
	free(key);
	session_present(s, EVENT_PLAN);
}

void session_present_plan(struct session *s)
{
	struct err err;

	if (session_build_plan(s, &s->walk->steps[s->at].plan, &err) != 0)
		session_refuse(s, &err);
	else
		offer_plan(s);
}

int session_plan_set(struct session *s, size_t row, bool on, struct err *err)
{
	if (s->event.kind != EVENT_PLAN || row >= s->m.plan.count)
		return err_set(err, _("there is no check with that number"));
	if (on && s->m.plan.rows[row].hindrance != NULL)
		return err_set(err, "%s: %s", s->m.plan.rows[row].check->name, s->m.plan.rows[row].hindrance);
	s->m.plan.rows[row].on = on;
	char *key = plan_key(s), *answer = session_plan_answer(s);
	answer_set(&s->remembered, key, answer);
	free(key);
	free(answer);
	return 0;
}

static bool any_on(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->rows[i].on)
			return true;
	return false;
}

/* Keeps what the plan was answered with; false when everything in it has been measured already. */
static bool begin_plan(struct session *s)
{
	char *answer = s->m.test != NULL ? xstrdup(s->m.test) : session_plan_answer(s);

	answer_add(&s->given, s->m.test != NULL ? WALK_TEST : WALK_PLAN, answer);
	free(answer);
	session_put_answers(s);
	if (!any_on(&s->m.plan))
		return false;
	if (s->m.test != NULL)
		session_forget_here(s);
	present_run(s);
	return true;
}

static int refuse_empty(const struct plan *plan, struct err *err)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->rows[i].intrusive)
			return err_set(err, _("no check is switched on; %s needs consent: --yes, or %s=%s"),
			               plan->rows[i].check->name, WALK_PLAN, plan->rows[i].check->name);
	return err_set(err, _("no check is switched on"));
}

int session_plan_accept(struct session *s, struct err *err)
{
	bool measured = false;

	for (size_t i = 0; i < s->m.plan.count; i++)
		measured = measured || s->m.plan.rows[i].measured;
	if (!measured && !any_on(&s->m.plan))
		return refuse_empty(&s->m.plan, err);
	if (!begin_plan(s)) {
		session_leave(s, s->at + 1);
		session_go(s);
	}
	return 0;
}

/*
 * True when the face has something to do. A plan that was answered in advance begins at once; in a session that is taken
 * up again only when everything in it is there, since the person may not want to go on measuring.
 */
bool session_check(struct session *s, const struct walk_step *step)
{
	struct err err;

	if (session_build_plan(s, &step->plan, &err) != 0) {
		session_refuse(s, &err);
		return true;
	}
	char *given = answer_take_first(&s->presets, WALK_PLAN);
	if (given != NULL)
		session_plan_preset(s, given);
	if (given == NULL || (s->resumed && any_on(&s->m.plan))) {
		const bool was_answered = given != NULL;
		free(given);
		if (was_answered)
			session_present(s, EVENT_PLAN);
		else
			offer_plan(s);
		return true;
	}
	free(given);
	session_remember_place(s);
	return begin_plan(s);
}

/* ---- turns of a run */

/* The ranking follows the facts, but not for more than a twentieth of the time. */
static void rank_again(struct session *s)
{
	const double began = clock_now();

	if (s->c->fact_count == s->ranked_facts || began < s->rank_at)
		return;
	session_diagnose(s);
	const double took = clock_now() - began;
	s->rank_at = began + (took * 20 > RANK_EVERY ? took * 20 : RANK_EVERY);
}

static void tell_what_came(struct session *s)
{
	const size_t count = s->m.came - s->m.anew;

	buf_puts(&s->said, s->m.said != NULL ? s->m.said : "");
	free(s->news);
	char *more =
	    xasprintf(ngettext("%s has run: %zu fact more", "%s has run: %zu facts more", count), s->m.test, count);
	s->news = s->m.anew > 0 ? xasprintf(_("%s, %zu measured anew."), more, s->m.anew) : xasprintf("%s.", more);
	free(more);
}

bool session_step(struct session *s, double max_wait)
{
	if (s->event.kind != EVENT_RUN)
		return false;
	if (live_step(s->m.live, max_wait)) {
		rank_again(s);
		/* A test that is cut off leaves nothing behind: some of its facts would stand beside those that they repeat. */
		if (s->m.test == NULL && clock_now() > s->saved_at + SAVE_EVERY) {
			note_measured(s, false);
			session_save(s);
		}
		return true;
	}
	end_run(s);
	session_diagnose(s);
	session_leave(s, s->m.test != NULL ? s->at : s->at + 1); /* after a test the diagnosis comes again */
	if (s->m.test != NULL)
		tell_what_came(s);
	session_go(s);
	return false;
}

void session_cancel_job(struct session *s, size_t index)
{
	struct runner *runner = session_runner(s);

	if (runner == NULL || index >= runner_job_count(runner))
		return;
	for (size_t i = 0; i < s->m.plan.count; i++)
		if (strcmp(s->m.plan.rows[i].check->name, runner_job(runner, index).check) == 0)
			s->m.plan.rows[i].cancelled = true;
	runner_cancel_job(runner, index);
}

void session_cancel(struct session *s)
{
	for (size_t i = 0; i < s->m.plan.count; i++)
		s->m.plan.rows[i].cancelled = true;
	if (s->m.live != NULL)
		live_cancel(s->m.live);
}
