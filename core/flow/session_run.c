#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "flow/session_state.h"

#include <stdlib.h>
#include <string.h>

#define RANK_EVERY 0.3 /* s between two looks at the ranking while facts arrive */
#define SAVE_EVERY 2.0 /* s between two saves while checks run */

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

void session_present_run(struct session *s)
{
	session_begin_run(s);
	buf_clear(&s->said);
	session_present(s, EVENT_RUN);
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
	session_present_run(s);
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
			session_note_measured(s, false);
			session_save(s);
		}
		return true;
	}
	session_end_run(s);
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
