#include "flow/walk_build.h"

#include "base/helpfile.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "checks/check.h"
#include "diagnose/template.h"
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#define BLANKS " \t"

/* "ORIGIN:LINE: expected WHAT, found FOUND" about a step. */
static int wrong(const struct walk_build *b, const struct walk_step *step, const char *what, const char *found)
{
	return err_set(b->err, _("%s:%d: expected %s, found \"%.80s\""), step->origin, step->line, what, found);
}

/* ---- labels */

static int find_label(const struct walk_build *b, const struct walk_step *step, const char *name, size_t *to)
{
	for (size_t i = 0; i < b->label_count; i++) {
		if (strcmp(b->labels[i].name, name) == 0) {
			*to = b->labels[i].step;
			return 0;
		}
	}
	return wrong(b, step, _("a label of this walkthrough"), name);
}

static int link_labels(const struct walk_build *b, struct walk_step *step)
{
	struct question *q = &step->question;

	if (step->label != NULL && find_label(b, step, step->label, &step->step) != 0)
		return -1;
	for (size_t i = 0; i < q->option_count; i++) {
		const struct walk_step at = {.origin = step->origin, .line = q->options[i].line};
		if (q->options[i].label != NULL && find_label(b, &at, q->options[i].label, &q->options[i].step) != 0)
			return -1;
	}
	return 0;
}

/* ---- texts */

/* Each placeholder must be a question of the walkthrough, or what a cause file knows. */
static int check_text(const struct walk_build *b, const struct walk_step *step, const char *text)
{
	const struct question *question;
	const char *start = text;
	struct err why;
	int result = 0;

	while (text != NULL && result == 0) {
		size_t length = *text != '\0' ? walk_placeholder(b->walk, text, &question) : 0;
		if (*text != '\0' && length == 0) {
			text++;
			continue;
		}
		char *part = xstrndup(start, (size_t)(text - start));
		result = template_check(part, TEMPLATE_SENTENCE, NULL, &why);
		free(part);
		if (*text == '\0')
			break;
		start = text += length;
	}
	return result == 0 ? 0 : err_set(b->err, "%s:%d: %s", step->origin, step->line, why.text);
}

static bool has_placeholder(const char *text)
{
	return strchr(text, '{') != NULL;
}

static int check_question(const struct walk_build *b, const struct walk_step *step)
{
	const struct question *q = &step->question;
	const bool is_file = q->kind == QUESTION_FILE || q->kind == QUESTION_PATH;
	struct err why;
	char *value;

	if (strcmp(q->name, WALK_PLAN) == 0 || strcmp(q->name, WALK_TEST) == 0)
		return wrong(b, step, _("another name: this one is that of the checks"), q->name);
	if (q->kind == QUESTION_CHOICE && q->option_count < 2 && q->source == NULL)
		return wrong(b, step, _("at least two options below the choice"), q->name);
	if (q->preset == NULL || is_file || has_placeholder(q->preset) || q->source != NULL)
		return 0;
	if (question_read(q, q->preset, &value, &why) != 0)
		return err_set(b->err, _("%s:%d: the default: %s"), step->origin, step->line, why.text);
	free(value);
	return 0;
}

/* ---- plans */

static int check_plan_files(const struct walk_build *b, const struct walk_step *step)
{
	const char *p = step->plan.files;

	while (p != NULL && *p != '\0') {
		char *name = xstrndup(p, strcspn(p, BLANKS));
		const struct question *q = walk_find_question(b->walk, name);
		bool fits = q != NULL && (q->kind == QUESTION_FILE || q->kind == QUESTION_PASTE);
		if (!fits)
			wrong(b, step, _("questions of the kind file or paste after files:"), name);
		free(name);
		if (!fits)
			return -1;
		p += strcspn(p, BLANKS);
		p += strspn(p, BLANKS);
	}
	return 0;
}

static int check_plan(const struct walk_build *b, const struct walk_step *step)
{
	const struct walk_plan *plan = &step->plan;
	struct settings settings = {0};
	struct err why;
	int result = 0;

	for (size_t i = 0; i < plan->word_count; i++)
		if (strcmp(plan->words[i], "live") != 0 && strcmp(plan->words[i], "files") != 0 &&
		    check_find(plan->words[i]) == NULL)
			return wrong(b, step, _("names of checks, live or files"), plan->words[i]);
	for (size_t i = 0; i < plan->setting_count && result == 0; i++) {
		const struct walk_setting *set = &plan->settings[i];
		if (has_placeholder(set->value))
			result = check_text(b, step, set->value);
		else if (settings_set(&settings, settings_find(set->option), set->value, &why) != 0)
			result = err_set(b->err, "%s:%d: %s", step->origin, step->line, why.text);
	}
	settings_done(&settings);
	return result == 0 ? check_plan_files(b, step) : -1;
}

/* ---- tests */

/* Each of the words a|b must be one that can come true. */
static int check_words(const struct walk_build *b, const struct walk_step *step, const char *what,
                       bool (*fits)(const void *context, const char *word), const void *context)
{
	for (const char *p = step->test.words; p != NULL; p = strchr(p, '|') != NULL ? strchr(p, '|') + 1 : NULL) {
		char *word = xstrndup(p, strcspn(p, "|"));
		bool good = fits(context, word);
		if (!good)
			wrong(b, step, what, word);
		free(word);
		if (!good)
			return -1;
	}
	return 0;
}

static bool is_answer(const void *context, const char *word)
{
	const struct question *q = context;

	if (q->kind == QUESTION_YES_NO)
		return strcmp(word, "yes") == 0 || strcmp(word, "no") == 0;
	return q->kind != QUESTION_CHOICE || q->source != NULL || question_find_option(q, word) != NULL;
}

/* The id of a cause is the name of its file. */
static bool is_cause(const void *context, const char *word)
{
	struct helpfile file;
	char *name = xasprintf("causes/%s.cause", word);
	const bool found = helpfile_get(name, &file, NULL) == 0;

	(void)context;
	free(name);
	if (found)
		helpfile_done(&file);
	return found;
}

static int check_test(const struct walk_build *b, const struct walk_step *step)
{
	const struct walk_test *test = &step->test;

	if (test->kind == TEST_ANSWER) {
		const struct question *q = walk_find_question(b->walk, test->name);
		if (q == NULL)
			return wrong(b, step, _("a question of this walkthrough after answer"), test->name);
		return check_words(b, step, _("an answer that the question takes"), is_answer, q);
	}
	return test->kind == TEST_CAUSE ? check_words(b, step, _("the id of a cause"), is_cause, NULL) : 0;
}

/* ---- other operands */

static int check_follow(const struct walk_build *b, const struct walk_step *step)
{
	struct helpfile file;

	if (has_placeholder(step->text))
		return check_text(b, step, step->text);
	char *relative = xasprintf("walkthroughs/%s.walk", step->text);
	int found = helpfile_get(relative, &file, NULL);
	free(relative);
	if (found != 0)
		return wrong(b, step, _("the name of a walkthrough"), step->text);
	helpfile_done(&file);
	return 0;
}

static int check_report(const struct walk_build *b, const struct walk_step *step)
{
	if (step->format != NULL && !has_placeholder(step->format) && report_format_find(step->format) == NULL)
		return wrong(b, step, _("text, markdown or json after report"), step->format);
	return step->format != NULL && check_text(b, step, step->format) != 0 ? -1 : check_text(b, step, step->text);
}

static int check_step(const struct walk_build *b, const struct walk_step *step)
{
	switch (step->op) {
	case WALK_ASK:
		return check_text(b, step, step->question.prompt) != 0 ||
		               check_text(b, step, step->question.help) != 0 ||
		               check_text(b, step, step->question.preset) != 0
		           ? -1
		           : check_question(b, step);
	case WALK_CHECK:
		return check_text(b, step, step->plan.target) != 0 ? -1 : check_plan(b, step);
	case WALK_WHEN:
		return check_test(b, step);
	case WALK_FOLLOW:
		return check_follow(b, step);
	case WALK_REPORT:
		return check_report(b, step);
	case WALK_SAY:
		if (*step->text == '\0')
			return err_set(b->err, _("%s:%d: expected a text after say, found nothing"), step->origin,
			               step->line);
		return check_text(b, step, step->text);
	case WALK_OPEN:
	case WALK_DEMO:
	case WALK_RESUME:
		return check_text(b, step, step->text);
	case WALK_GOTO:
	case WALK_DIAGNOSE:
	case WALK_FIX:
	case WALK_DIRECTION:
	case WALK_STOP:
		break;
	}
	return 0;
}

/* ---- where steps lead */

/* Calls visit() for each step that can come after the one at `at`; stops when it returns -1. */
static int successors(const struct walk_build *b, size_t at,
                      int (*visit)(const struct walk_build *b, size_t to, char *marks), char *marks)
{
	const struct walk_step *step = &b->walk->steps[at];
	bool goes_on = step->op != WALK_STOP && step->op != WALK_GOTO && step->op != WALK_FOLLOW;

	if (step->op == WALK_ASK && step->question.kind == QUESTION_CHOICE) {
		goes_on = step->question.source != NULL || step->question.optional;
		for (size_t i = 0; i < step->question.option_count; i++) {
			const struct question_option *option = &step->question.options[i];
			goes_on = goes_on || option->label == NULL;
			if (option->label != NULL && visit(b, option->step, marks) != 0)
				return -1;
		}
	}
	if ((step->op == WALK_GOTO || step->op == WALK_WHEN) && visit(b, step->step, marks) != 0)
		return -1;
	return goes_on ? visit(b, at + 1, marks) : 0;
}

static int reach(const struct walk_build *b, size_t at, char *reached)
{
	if (reached[at])
		return 0;
	reached[at] = 1;
	return successors(b, at, reach, reached);
}

static int check_reached(const struct walk_build *b)
{
	char *reached = xcalloc(b->walk->count, 1);
	int result = 0;

	reach(b, 0, reached);
	for (size_t i = 0; i < b->walk->count && result == 0; i++) {
		const struct walk_step *step = &b->walk->steps[i];
		if (!reached[i] && step->line > 0)
			result = err_set(b->err, _("%s:%d: nothing leads to this step"), step->origin, step->line);
	}
	free(reached);
	return result;
}

enum { UNSEEN, OPEN, CLOSED };

/* A way back to an open step that passes no question: it would go round forever. */
static int find_loop(const struct walk_build *b, size_t at, char *marks)
{
	const struct walk_step *step = &b->walk->steps[at];

	if (marks[at] == CLOSED || step->op == WALK_ASK)
		return 0;
	if (marks[at] == OPEN)
		return err_set(b->err, _("%s:%d: this loop asks nothing, so it would never end"), step->origin,
		               step->line);
	marks[at] = OPEN;
	int result = successors(b, at, find_loop, marks);
	marks[at] = CLOSED;
	return result;
}

static int check_loops(const struct walk_build *b)
{
	char *marks = xcalloc(b->walk->count, 1);
	int result = 0;

	for (size_t i = 0; i < b->walk->count && result == 0; i++)
		result = find_loop(b, i, marks);
	free(marks);
	return result;
}

int walk_link(struct walk_build *b)
{
	struct walk *walk = b->walk;
	int result = 0;

	walk_add_step(b, WALK_STOP, walk->origins[0], 0); /* what falls off the end stops */
	for (size_t i = 0; i < walk->count && result == 0; i++)
		result = link_labels(b, &walk->steps[i]);
	for (size_t i = 0; i < walk->count && result == 0; i++)
		result = check_step(b, &walk->steps[i]);
	if (result == 0)
		result = check_reached(b);
	return result == 0 ? check_loops(b) : -1;
}
