#include "base/file.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "flow/session_state.h"
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 10000 /* between two events: walkthroughs that follow each other could go round */

/* ---- events */

static void replace(char **text, const char *with)
{
	char *copy = xstrdup(with);

	free(*text);
	*text = copy;
}

/* The person can come back to here. */
void session_remember_place(struct session *s)
{
	s->history = xgrow(s->history, s->history_count, &s->history_room, sizeof *s->history);
	s->history[s->history_count++] =
	    (struct stop){.walk = s->walk, .step = s->at, .answers = s->given.count, .text = xstrdup(s->said.text)};
}

/* Something for the face to do. What runs by itself is no place to come back to. */
void session_present(struct session *s, enum event_kind kind)
{
	if (kind != EVENT_RUN)
		session_remember_place(s);
	s->event = (struct event){.kind = kind,
	                          .title = _(s->walk->title),
	                          .text = s->said.text,
	                          .question = kind == EVENT_ASK ? &s->asked : NULL,
	                          .value = kind == EVENT_ASK ? s->value : NULL,
	                          .complaint = kind == EVENT_ASK ? s->complaint : NULL,
	                          .plan = kind == EVENT_PLAN || kind == EVENT_RUN ? &s->m.plan : NULL,
	                          .path = kind == EVENT_REPORT ? s->path : NULL,
	                          .format = kind == EVENT_REPORT ? s->format : NULL,
	                          .failure = kind == EVENT_REPORT || kind == EVENT_STOP ? s->failure : NULL,
	                          .news = kind == EVENT_DIAGNOSIS ? s->news : NULL,
	                          .can_go_back = kind != EVENT_RUN && s->history_count > 1};
	if (s->given.count > 0)
		session_save(s);
}

/* Leaves the event behind: what was said there has been read. */
void session_leave(struct session *s, size_t next)
{
	buf_clear(&s->said);
	replace(&s->complaint, NULL);
	replace(&s->failure, NULL);
	replace(&s->news, NULL);
	s->at = next;
}

void session_stop(struct session *s, const char *failure)
{
	replace(&s->failure, failure);
	session_present(s, EVENT_STOP);
}

/* ---- questions */

static void offer(struct session *s)
{
	const char *before = answer_find(&s->typed, s->asked.name);

	if (before == NULL)
		before = answer_find(&s->remembered, s->asked.name);
	replace(&s->value, before != NULL ? before : s->asked.preset != NULL ? s->asked.preset : "");
	session_present(s, EVENT_ASK);
}

void session_keep_typed(struct session *s, const char *text)
{
	if (s->event.kind == EVENT_ASK && strcmp(s->value, text) != 0)
		answer_set(&s->typed, s->asked.name, text);
}

/* Where an answer leads. */
static size_t next_of(const struct session *s, const char *value)
{
	const struct question_option *option = question_find_option(&s->asked, value);

	return s->asked.kind == QUESTION_CHOICE && option != NULL && option->label != NULL ? option->step : s->at + 1;
}

static void take_answer(struct session *s, const char *value)
{
	const char *before = answer_find(&s->remembered, s->asked.name);

	if (s->asked.kind == QUESTION_PASTE && before != NULL && strcmp(before, value) != 0)
		answer_cut(&s->measured, 0); /* what was read from the old text */
	answer_add(&s->given, s->asked.name, value);
	answer_set(&s->remembered, s->asked.name, value);
	free(answer_take_first(&s->typed, s->asked.name));
	session_put_answers(s);
	if (s->asked.kind == QUESTION_HOST && *value != '\0' && s->c->fact_count == 0 &&
	    strcmp(s->asked.name, "target") == 0)
		replace(&s->c->target, value);
}

/* True when the person must be asked; false when an answer was given in advance. */
static bool ask(struct session *s, const struct walk_step *step)
{
	struct err err;
	char *value = NULL;

	if (session_prepare_question(s, &step->question, &err) != 0) {
		session_stop(s, err.text);
		return true;
	}
	char *given = answer_take_first(&s->presets, s->asked.name);
	if (given == NULL) {
		offer(s);
		return true;
	}
	if (question_read(&s->asked, given, &value, &err) != 0) {
		replace(&s->complaint, err.text);
		replace(&s->value, given);
		free(given);
		session_present(s, EVENT_ASK);
		return true;
	}
	free(given);
	session_remember_place(s);
	take_answer(s, value);
	s->at = next_of(s, value);
	free(value);
	return false;
}

int session_answer(struct session *s, const char *input, struct err *err)
{
	char *value;

	if (question_read(&s->asked, input, &value, err) != 0)
		return -1;
	take_answer(s, value);
	session_leave(s, next_of(s, value));
	free(value);
	session_go(s);
	return 0;
}

/* ---- going back */

/* Takes the last place off the history and makes it the present one again; what was answered since is a default. */
void session_return(struct session *s)
{
	struct stop *stop = &s->history[--s->history_count];

	s->walk = stop->walk;
	s->at = stop->step;
	answer_cut(&s->given, stop->answers);
	session_put_answers(s);
	buf_clear(&s->said);
	buf_puts(&s->said, stop->text);
	free(stop->text);
	if (s->history_count < s->demo_since)
		session_stop_demo(s);
	replace(&s->complaint, NULL);
	replace(&s->failure, NULL);
	replace(&s->news, NULL);
}

/* A step cannot be carried out: when that is due to the last answer, it is asked for again. */
void session_refuse(struct session *s, const struct err *err)
{
	const struct stop *last = s->history_count > 0 ? &s->history[s->history_count - 1] : NULL;
	struct err unused;

	if (last == NULL || last->walk->steps[last->step].op != WALK_ASK) {
		session_stop(s, err->text);
		return;
	}
	session_return(s);
	if (session_prepare_question(s, &s->walk->steps[s->at].question, &unused) != 0) {
		session_stop(s, err->text);
		return;
	}
	replace(&s->complaint, err->text);
	offer(s);
}

bool session_back(struct session *s)
{
	struct err err;

	if (!s->event.can_go_back)
		return false;
	free(s->history[--s->history_count].text);
	session_return(s);
	const struct walk_step *step = &s->walk->steps[s->at];
	if (step->op == WALK_CHECK)
		session_present_plan(s);
	else if (step->op != WALK_ASK)
		session_go(s);
	else if (session_prepare_question(s, &step->question, &err) == 0)
		offer(s);
	else
		session_stop(s, err.text);
	return true;
}

/* ---- the other steps */

static void say(struct session *s, const char *text)
{
	char *filled = session_fill(s, _(text));

	buf_printf(&s->said, "%s%s", s->said.size > 0 ? "\n\n" : "", filled);
	free(filled);
}

static void report(struct session *s, const struct walk_step *step)
{
	char *path = session_fill(s, step->text != NULL ? step->text : "");
	char *name = session_fill(s, step->format != NULL ? step->format : "");
	const struct report_format *format = report_format_find(name);
	struct err err;

	free(name);
	if (format == NULL)
		format = report_formats[0];
	replace(&s->path, strcmp(path, "-") != 0 ? path : "");
	replace(&s->format, format->name);
	free(path);
	if (*s->path != '\0') {
		char *text = session_report(s, s->format);
		if (file_replace(s->path, text, strlen(text), &err) != 0)
			replace(&s->failure, err.text);
		free(text);
	}
	session_present(s, EVENT_REPORT);
}

static int open_case(struct session *s, const char *path, struct err *err)
{
	struct case_file *c = case_load(path, err);

	if (c == NULL)
		return -1;
	case_free(s->c);
	s->c = c;
	json_decref(s->inherited);
	s->inherited = json_deep_copy(c->answers);
	answer_cut(&s->measured, 0);
	session_put_answers(s);
	return 0;
}

static int resume(struct session *s, const char *id, struct err *err)
{
	if (session_load(s, id, err) != 0)
		return -1;
	while (s->history_count > 0)
		free(s->history[--s->history_count].text);
	buf_clear(&s->said);
	s->resumed = true;
	return 0;
}

/* A step with one operand that may fail. 0 when it went on to another step, 1 to the next one, -1 with the reason. */
static int operate(struct session *s, const struct walk_step *step, const char *operand, struct err *err)
{
	switch (step->op) {
	case WALK_OPEN:
		return open_case(s, operand, err) == 0 ? 1 : -1;
	case WALK_DEMO:
		return session_start_demo(s, operand, err) == 0 ? 1 : -1;
	case WALK_FOLLOW:
		return session_enter_walk(s, operand, err);
	case WALK_RESUME:
		if (*operand == '\0' || strcmp(operand, "new") == 0)
			return 1;
		return resume(s, operand, err);
	default: /* WALK_DIRECTION */
		replace(&s->c->direction, operand);
		return 1;
	}
}

/* True when the face has something to do. */
static bool operand_step(struct session *s, const struct walk_step *step)
{
	struct err err;
	char *operand = session_fill(s, step->text);
	int result = operate(s, step, operand, &err);

	free(operand);
	if (result < 0) {
		session_refuse(s, &err);
		return true;
	}
	s->at += (size_t)result;
	return false;
}

/* Carries out one step; true when the face has something to do. */
static bool carry_out(struct session *s)
{
	const struct walk_step *step = &s->walk->steps[s->at];

	switch (step->op) {
	case WALK_SAY:
		say(s, step->text);
		s->at++;
		return false;
	case WALK_WHEN:
		s->at = session_test(s, &step->test) ? s->at + 1 : step->step;
		return false;
	case WALK_GOTO:
		s->at = step->step;
		return false;
	case WALK_ASK:
		return ask(s, step);
	case WALK_CHECK:
		if (session_check(s, step))
			return true;
		s->at++;
		return false;
	case WALK_DIAGNOSE:
		session_diagnose(s);
		if (!session_preset_test(s))
			session_present(s, EVENT_DIAGNOSIS);
		return true;
	case WALK_FIX:
		if (s->c->finding_count == 0)
			session_diagnose(s);
		session_present(s, EVENT_FIX);
		return true;
	case WALK_REPORT:
		report(s, step);
		return true;
	case WALK_STOP:
		session_stop(s, NULL);
		return true;
	case WALK_OPEN:
	case WALK_DEMO:
	case WALK_FOLLOW:
	case WALK_RESUME:
	case WALK_DIRECTION:
		return operand_step(s, step);
	}
	return true;
}

/* On to the next event. */
void session_go(struct session *s)
{
	for (int steps = 0; steps < STEPS_MAX; steps++)
		if (carry_out(s))
			return;
	session_stop(s, _("the walkthroughs follow each other in a circle"));
}

void session_next(struct session *s)
{
	if (s->event.kind != EVENT_DIAGNOSIS && s->event.kind != EVENT_FIX && s->event.kind != EVENT_REPORT)
		return;
	session_leave(s, s->at + 1);
	session_go(s);
}
