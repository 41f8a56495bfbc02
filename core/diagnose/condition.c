#include "diagnose/condition.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

static const char *const ops[] = {
    [OP_EQUAL] = "=", [OP_UNEQUAL] = "!=",  [OP_LESS] = "<",        [OP_AT_MOST] = "<=",
    [OP_MORE] = ">",  [OP_AT_LEAST] = ">=", [OP_EXISTS] = "exists",
};

#define BLANKS   " \t"
#define OP_SIGNS "=!<>"

/*
 * Takes the next token off *text: signs of an operator, a text in double quotes (without them), or a word. Returns NULL
 * at the end; otherwise the caller frees. A quote that is never closed reaches to the end.
 */
static char *next_token(const char **text)
{
	const char *start = *text + strspn(*text, BLANKS);
	size_t length;

	if (*start == '\0')
		return NULL;
	if (*start == '"') {
		length = strcspn(start + 1, "\"");
		*text = start + 1 + length + (start[1 + length] == '"');
		return xstrndup(start + 1, length);
	}
	length = strspn(start, OP_SIGNS);
	if (length == 0)
		length = strcspn(start, BLANKS OP_SIGNS);
	*text = start + length;
	return xstrndup(start, length);
}

static int parse_op(const char *token, enum comparison_op *op)
{
	for (size_t i = 0; token != NULL && i < sizeof ops / sizeof ops[0]; i++) {
		if (strcmp(token, ops[i]) == 0) {
			*op = (enum comparison_op)i;
			return 0;
		}
	}
	return -1;
}

static int parse_number(const char *token, struct comparison *comparison, struct err *err)
{
	const struct fact_def *def = comparison->def;
	bool plain = strcmp(def->unit, "count") == 0 || strcmp(def->unit, "code") == 0;
	const char *unit;

	if (text_quantity(token, &comparison->number, &unit) != 0 || strcmp(unit, plain ? "" : def->unit) != 0)
		return plain ? err_set(err, _("expected a number without unit for %s, found \"%s\""), def->name, token)
		             : err_set(err, _("expected a number with the unit %s for %s, found \"%s\""),
		                       strcmp(def->unit, "ratio") == 0 ? "%" : def->unit, def->name, token);
	return 0;
}

static int parse_words(const char *token, struct comparison *comparison, struct err *err)
{
	const struct fact_def *def = comparison->def;

	for (const char *p = token;; p++) {
		size_t length = strcspn(p, "|");
		char *word = xstrndup(p, length);
		bool known = fact_def_has_word(def, word);

		if (!known)
			err_set(err, _("expected a word of %s (%s), found \"%s\""), def->name, def->words, word);
		free(word);
		if (!known)
			return -1;
		p += length;
		if (*p == '\0')
			break;
	}
	comparison->text = xstrdup(token);
	return 0;
}

static int parse_value(const char *token, struct comparison *comparison, struct err *err)
{
	const struct fact_def *def = comparison->def;

	if (token == NULL)
		return err_set(err, _("expected a value after %s %s, found the end of the line"), def->name,
		               ops[comparison->op]);
	switch (def->kind) {
	case FACT_NUMBER:
		return parse_number(token, comparison, err);
	case FACT_WORD:
		return parse_words(token, comparison, err);
	case FACT_FLAG:
		comparison->flag = strcmp(token, "yes") == 0;
		if (!comparison->flag && strcmp(token, "no") != 0)
			return err_set(err, _("expected yes or no for %s, found \"%s\""), def->name, token);
		return 0;
	case FACT_TEXT:
		comparison->text = xstrdup(token);
		return 0;
	}
	return 0;
}

/* FACT OP [VALUE], taken off *text. */
static int parse_comparison(const char **text, const struct figures *figures, struct comparison *comparison,
                            struct err *err)
{
	char *name = next_token(text), *op = NULL, *value = NULL;
	int result = -1;

	if (name == NULL) {
		err_set(err, _("expected a fact, found the end of the line"));
		goto out;
	}
	comparison->def = figures_find_def(figures, name);
	if (comparison->def == NULL) {
		err_set(err, _("expected a fact, found \"%s\""), name);
		goto out;
	}
	op = next_token(text);
	if (parse_op(op, &comparison->op) != 0) {
		err_set(err, _("expected = != < <= > >= or exists after %s, found \"%s\""), name, op != NULL ? op : "");
		goto out;
	}
	if (comparison->op > OP_UNEQUAL && comparison->op < OP_EXISTS && comparison->def->kind != FACT_NUMBER) {
		err_set(err, _("expected = != or exists after %s, which is no number, found \"%s\""), name, op);
		goto out;
	}
	if (comparison->op == OP_EXISTS) {
		result = 0;
		goto out;
	}
	value = next_token(text);
	result = parse_value(value, comparison, err);
out:
	free(name);
	free(op);
	free(value);
	return result;
}

int condition_parse(const char *text, const struct figures *figures, struct condition *condition, struct err *err)
{
	bool after_or = true, more;

	*condition = (struct condition){0};
	do {
		if (condition->count == CONDITION_MAX) {
			condition_done(condition);
			return err_set(err, _("expected at most %d comparisons, found more"), CONDITION_MAX);
		}
		struct comparison *comparison = &condition->comparisons[condition->count];
		if (parse_comparison(&text, figures, comparison, err) != 0) {
			condition_done(condition);
			return -1;
		}
		comparison->after_or = after_or;
		condition->count++;
		char *joint = next_token(&text);
		if (joint != NULL && strcmp(joint, "and") != 0 && strcmp(joint, "or") != 0) {
			err_set(err, _("expected \"and\", \"or\" or the end of the line, found \"%s\""), joint);
			free(joint);
			condition_done(condition);
			return -1;
		}
		more = joint != NULL;
		after_or = more && strcmp(joint, "or") == 0;
		free(joint);
	} while (more);
	return 0;
}

void condition_done(struct condition *condition)
{
	for (size_t i = 0; i < condition->count; i++)
		free(condition->comparisons[i].text);
	*condition = (struct condition){0};
}

static bool number_holds(enum comparison_op op, double fact, double wanted)
{
	switch (op) {
	case OP_LESS:
		return fact < wanted;
	case OP_AT_MOST:
		return fact <= wanted;
	case OP_MORE:
		return fact > wanted;
	case OP_AT_LEAST:
		return fact >= wanted;
	case OP_UNEQUAL:
		return fact < wanted || fact > wanted;
	case OP_EQUAL:
	case OP_EXISTS:
		break;
	}
	return fact >= wanted && fact <= wanted;
}

static bool fact_holds(const struct comparison *comparison, const struct fact *fact)
{
	bool equal = false;

	if (comparison->op == OP_EXISTS)
		return true;
	switch (fact->def->kind) {
	case FACT_NUMBER:
		return number_holds(comparison->op, fact->number, comparison->number);
	case FACT_WORD:
		equal = fact_def_has_word(&(struct fact_def){.words = comparison->text}, fact->text);
		break;
	case FACT_TEXT:
		equal = strcmp(comparison->text, fact->text) == 0;
		break;
	case FACT_FLAG:
		equal = comparison->flag == fact->flag;
		break;
	}
	return equal == (comparison->op == OP_EQUAL);
}

static const struct fact *comparison_holds(const struct comparison *comparison, const struct scope *scope)
{
	for (size_t i = 0; i < scope->count; i++)
		if (scope->facts[i]->def == comparison->def && fact_holds(comparison, scope->facts[i]))
			return scope->facts[i];
	return NULL;
}

bool condition_holds(const struct condition *condition, const struct scope *scope, struct match *match)
{
	struct match unused;

	if (match == NULL)
		match = &unused;
	for (size_t i = 0; i < condition->count;) {
		bool holds = true;

		match->count = 0;
		do {
			const struct fact *fact = holds ? comparison_holds(&condition->comparisons[i], scope) : NULL;
			holds = fact != NULL;
			match->facts[match->count++] = fact;
			i++;
		} while (i < condition->count && !condition->comparisons[i].after_or);
		if (holds)
			return true;
	}
	match->count = 0;
	return false;
}
