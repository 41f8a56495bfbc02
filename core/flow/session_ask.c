#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "demo/demo.h"
#include "flow/session_state.h"
#include "model/redact.h"

#include <stdlib.h>
#include <string.h>

/* ---- the options that only the running program knows */

static void add_scenario(const char *name, const char *title, void *context)
{
	question_add_option(context, name, title);
}

static void add_walkthrough(const char *name, const char *title, const char *about, void *context)
{
	(void)about;
	question_add_option(context, name, title);
}

static void add_unfinished(struct question *q)
{
	size_t count;
	struct unfinished *list = store_unfinished(&count);

	for (size_t i = 0; i < count; i++) {
		char *text = xasprintf(_("%s, interrupted at %s"), list[i].target, list[i].when);
		question_add_option(q, list[i].id, text);
		free(text);
	}
	unfinished_free(list, count);
}

/* The question as it is asked now: in the person's language, with values filled in and the options that only now are known. */
int session_prepare_question(struct session *s, const struct question *from, struct err *err)
{
	struct question *q = &s->asked;
	char **texts[] = {&q->prompt, &q->help, &q->preset};
	int result = 0;

	question_done(q);
	question_copy(q, from);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		if (*texts[i] == NULL)
			continue;
		char *filled = session_fill(s, texts[i] == &q->preset ? *texts[i] : _(*texts[i]));
		free(*texts[i]);
		*texts[i] = filled;
	}
	for (size_t i = 0; i < q->option_count; i++) {
		char *text = xstrdup(_(q->options[i].text));
		free(q->options[i].text);
		q->options[i].text = text;
	}
	if (q->source == NULL)
		return 0;
	if (strcmp(q->source, "scenarios") == 0)
		result = demo_list(add_scenario, q, err);
	else if (strcmp(q->source, "walkthroughs") == 0)
		result = walk_list(add_walkthrough, q, err);
	else
		add_unfinished(q);
	/* What stands in the file comes last: "no, none of these". */
	struct question_option *fixed = from->option_count > 0 ? xcalloc(from->option_count, sizeof *fixed) : NULL;
	if (fixed != NULL) {
		const size_t found = q->option_count - from->option_count;
		memcpy(fixed, q->options, from->option_count * sizeof *fixed);
		memmove(q->options, q->options + from->option_count, found * sizeof *fixed);
		memcpy(q->options + found, fixed, from->option_count * sizeof *fixed);
	}
	free(fixed);
	return result;
}

/* ---- answers given in advance */

/* Whether a question or plan of that name can come; once another walkthrough follows, any can. */
static bool is_expected(const struct walk *walk, const char *name)
{
	for (size_t i = 0; i < walk->count; i++) {
		const struct walk_step *step = &walk->steps[i];
		if (step->op == WALK_FOLLOW || (step->op == WALK_ASK && strcmp(step->question.name, name) == 0) ||
		    (step->op == WALK_CHECK && strcmp(WALK_PLAN, name) == 0) ||
		    (step->op == WALK_DIAGNOSE && strcmp(WALK_TEST, name) == 0))
			return true;
	}
	return false;
}

static int refuse_name(const struct walk *walk, const char *name, struct err *err)
{
	struct buf names;
	bool has_plan = false;

	buf_init(&names, 300);
	for (size_t i = 0; i < walk->count; i++) {
		const struct question *q = &walk->steps[i].question;
		has_plan = has_plan || walk->steps[i].op == WALK_CHECK;
		if (walk->steps[i].op == WALK_ASK && walk_find_question(walk, q->name) == q)
			buf_printf(&names, "%s%s", names.size > 0 ? ", " : "", q->name);
	}
	if (has_plan)
		buf_printf(&names, "%s" WALK_PLAN, names.size > 0 ? ", " : "");
	err_set(err, _("%s asks no question \"%s\"; it asks %s"), walk->name, name, names.text);
	buf_done(&names);
	return -1;
}

static int check_plan_answer(const char *value, struct err *err)
{
	char *copy = xstrdup(value), *save = NULL;
	int result = 0;

	for (char *name = strtok_r(copy, ",", &save); name != NULL && result == 0; name = strtok_r(NULL, ",", &save))
		if (check_find(name) == NULL)
			result = err_set(err, _("%s=%s: there is no check \"%s\""), WALK_PLAN, value, name);
	free(copy);
	return result;
}

int session_preset(struct session *s, const char *name, const char *value, struct err *err)
{
	if (!is_expected(s->walk, name))
		return refuse_name(s->walk, name, err);
	if (strcmp(name, WALK_PLAN) == 0 && check_plan_answer(value, err) != 0)
		return -1;
	if (strcmp(name, WALK_TEST) == 0 && session_check_test(value, err) != 0)
		return -1;
	answer_add(&s->presets, name, value);
	return 0;
}

void session_unset(struct session *s, const char *name)
{
	char *value;

	while ((value = answer_take_first(&s->presets, name)) != NULL)
		free(value);
}

/* ---- as lines NAME=VALUE */

static void add_escaped(struct buf *out, const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value == '\n')
			buf_puts(out, "\\n");
		else if (*value == '\\')
			buf_puts(out, "\\\\");
		else
			buf_putc(out, *value);
	}
}

static char *unescaped(const char *value)
{
	char *copy = xstrdup(value), *to = copy;

	for (const char *from = value; *from != '\0'; from++) {
		const bool escape = *from == '\\' && from[1] != '\0';
		from += escape;
		*to++ = escape && *from == 'n' ? '\n' : *from;
	}
	*to = '\0';
	return copy;
}

/* Their values, as they may be told. The caller frees the array and the texts. */
static char **values_told(const struct session *s)
{
	char **values = xcalloc(s->given.count + 1, sizeof *values);

	for (size_t i = 0; i < s->given.count; i++)
		values[i] = xstrdup(s->given.items[i].value);
	if (s->redact)
		case_redact_texts(s->c, values, s->given.count);
	return values;
}

char *session_answers_text(const struct session *s)
{
	char **values = values_told(s);
	struct buf out;

	buf_init(&out, 64 * QUESTION_ANSWER_MAX);
	buf_printf(&out, "# smtpdx walk %s --answers THIS-FILE\n", s->walks[0]->name);
	for (size_t i = 0; i < s->given.count; i++) {
		buf_printf(&out, "%s=", s->given.items[i].name);
		add_escaped(&out, values[i]);
		buf_putc(&out, '\n');
		free(values[i]);
	}
	free(values);
	return buf_take(&out);
}

static int preset_line(struct session *s, char *line, struct err *err)
{
	char *equals = strchr(line, '=');

	if (equals == NULL)
		return err_set(err, _("expected NAME=VALUE, found \"%.80s\""), line);
	*equals = '\0';
	char *value = unescaped(equals + 1);
	int result = session_preset(s, line, value, err);
	free(value);
	return result;
}

int session_preset_text(struct session *s, const char *origin, const char *text, struct err *err)
{
	int number = 0;

	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		struct err why;
		char *line = xstrndup(text, length);
		int result = *line == '\0' || *line == '#' ? 0 : preset_line(s, line, &why);

		number++;
		free(line);
		if (result != 0)
			return err_set(err, "%s:%d: %s", origin, number, why.text);
		text += length + (text[length] == '\n');
	}
	return 0;
}
