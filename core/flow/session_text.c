#include "base/i18n.h"
#include "base/xalloc.h"
#include "diagnose/derive.h"
#include "diagnose/template.h"
#include "flow/session_state.h"
#include "flow/walk_build.h"

#include <stdlib.h>
#include <string.h>

/* ---- lists of answers */

const char *answer_find(const struct answer_list *list, const char *name)
{
	for (size_t i = list->count; i > 0; i--)
		if (strcmp(list->items[i - 1].name, name) == 0)
			return list->items[i - 1].value;
	return NULL;
}

void answer_add(struct answer_list *list, const char *name, const char *value)
{
	list->items = xgrow(list->items, list->count, &list->room, sizeof *list->items);
	list->items[list->count++] = (struct answer){.name = xstrdup(name), .value = xstrdup(value)};
}

void answer_set(struct answer_list *list, const char *name, const char *value)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i].name, name) != 0)
			continue;
		char *copy = xstrdup(value); /* value may be the very text that is replaced */
		free(list->items[i].value);
		list->items[i].value = copy;
		return;
	}
	answer_add(list, name, value);
}

char *answer_take_first(struct answer_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i].name, name) != 0)
			continue;
		char *value = list->items[i].value;
		free(list->items[i].name);
		list->count--;
		memmove(&list->items[i], &list->items[i + 1], (list->count - i) * sizeof *list->items);
		return value;
	}
	return NULL;
}

void answer_cut(struct answer_list *list, size_t count)
{
	while (list->count > count) {
		list->count--;
		free(list->items[list->count].name);
		free(list->items[list->count].value);
	}
}

void answer_list_done(struct answer_list *list)
{
	answer_cut(list, 0);
	free(list->items);
	*list = (struct answer_list){0};
}

/* ---- texts with placeholders */

/* The scope whose facts a text is about: of the last test that held, of the first cause, or simply the first. */
static const struct scope *scope_of_interest(const struct session *s, const struct scope *scopes, size_t count)
{
	const char *subjects[] = {s->focus, s->c->finding_count > 0 ? s->c->findings[0].subject : NULL};

	for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++)
		for (size_t k = 0; subjects[i] != NULL && k < count; k++)
			if (strcmp(scopes[k].subject, subjects[i]) == 0)
				return &scopes[k];
	return &scopes[0];
}

static void fill_part(const struct template_values *values, const char *start, size_t length, struct buf *out)
{
	char *part = xstrndup(start, length);
	char *filled = template_fill(part, TEMPLATE_SENTENCE, values);

	buf_puts(out, filled);
	free(filled);
	free(part);
}

char *session_fill(const struct session *s, const char *text)
{
	const struct question *question;
	const char *start = text;
	size_t count;
	struct buf out;
	struct scope *scopes = scopes_new(s->c, &count);
	const struct template_values values = {.scope = scope_of_interest(s, scopes, count), .subject = s->c->target};

	buf_init(&out, QUESTION_ANSWER_MAX);
	while (*text != '\0') {
		size_t length = walk_placeholder(s->walk, text, &question);
		if (length == 0) {
			text++;
			continue;
		}
		const char *value = answer_find(&s->given, question->name);
		fill_part(&values, start, (size_t)(text - start), &out);
		buf_puts(&out, value != NULL ? value : "");
		start = text += length;
	}
	fill_part(&values, start, (size_t)(text - start), &out);
	scopes_free(scopes, count);
	return buf_take(&out);
}

/* ---- tests */

/* Whether it holds for any mail host, or for this machine; that one is what texts are about from then on. */
static bool test_facts(struct session *s, const struct condition *condition)
{
	size_t count;
	bool holds = false;

	derive_facts(s->c);
	struct scope *scopes = scopes_new(s->c, &count);
	for (size_t i = 0; i < count && !holds; i++) {
		holds = condition_holds(condition, &scopes[i], NULL);
		if (holds) {
			free(s->focus);
			s->focus = xstrdup(scopes[i].subject);
		}
	}
	scopes_free(scopes, count);
	return holds;
}

/* A word of "a|b". */
static bool is_among(const char *words, const char *word)
{
	return fact_def_has_word(&(struct fact_def){.words = words}, word);
}

static bool is_unfinished(void)
{
	size_t count;
	struct unfinished *list = store_unfinished(&count);

	unfinished_free(list, count);
	return count > 0;
}

bool session_test(struct session *s, const struct walk_test *test)
{
	const char *answer;

	switch (test->kind) {
	case TEST_FACTS:
		return test_facts(s, &test->condition);
	case TEST_ANSWER:
		answer = answer_find(&s->given, test->name);
		if (answer == NULL || *answer == '\0')
			return false;
		return test->words == NULL || is_among(test->words, answer) != test->negated;
	case TEST_CAUSE:
		if (s->c->finding_count == 0)
			session_diagnose(s);
		return s->c->finding_count > 0 && is_among(test->words, s->c->findings[0].cause) != test->negated;
	case TEST_UNFINISHED:
		return !s->resumed && is_unfinished();
	}
	return false;
}

/* ---- options in words, as a scenario of the demo has them: "--idle data --yes" */

static const struct setting *find_setting(const char *word)
{
	if (strncmp(word, "--", 2) == 0)
		return settings_find(word + 2);
	for (size_t i = 0; i < settings_table_size; i++)
		if (word[0] == '-' && word[1] == settings_table[i].letter && word[1] != '\0' && word[2] == '\0')
			return &settings_table[i];
	return NULL;
}

int session_set_words(struct settings *settings, const char *words, char **only, struct err *err)
{
	char *copy = xstrdup(words), *save = NULL;
	int result = 0;

	for (char *word = strtok_r(copy, " ", &save); word != NULL && result == 0; word = strtok_r(NULL, " ", &save)) {
		const struct setting *setting = find_setting(word);
		const bool selects = strcmp(word, "--only") == 0;
		const bool takes_value = selects || (setting != NULL && setting->kind != SETTING_FLAG);
		const char *value = takes_value ? strtok_r(NULL, " ", &save) : NULL;
		if ((setting == NULL && !selects) || (takes_value && value == NULL)) {
			result = err_set(err, _("option %s: not known here"), word);
		} else if (selects) {
			free(*only);
			*only = xstrdup(value);
		} else {
			result = settings_set(settings, setting, value, err);
		}
	}
	free(copy);
	return result;
}
