#include "diagnose/figure.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "diagnose/scope.h"
#include "diagnose/template.h"
#include "diagnose/template_kind.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS     " \t"
#define NAME_CHARS "abcdefghijklmnopqrstuvwxyz-"
#define ENDS       BLANKS "(),"

static const struct {
	const char *name;
	enum figure_function function;
	size_t arguments; /* 0: any number */
} functions[] = {
    {"max", FIGURE_MAX, 0},         {"min", FIGURE_MIN, 0},     {"first", FIGURE_FIRST, 0},
    {"timeout", FIGURE_TIMEOUT, 1}, {"twice", FIGURE_TWICE, 1}, {"sum", FIGURE_SUM, 0},
};

struct reader {
	const char *text; /* what is left of it */
	const struct figures *known;
	struct figure *figure;
	const char *unit; /* of all operands; NULL before the first */
	struct err *err;
};

/* The next word, which ends at a blank, a bracket or a comma; the caller frees. */
static char *next_word(struct reader *r)
{
	r->text += strspn(r->text, BLANKS);
	size_t length = strcspn(r->text, ENDS);
	char *word = xstrndup(r->text, length);

	r->text += length;
	return word;
}

static bool take_sign(struct reader *r, char sign)
{
	const char *at = r->text + strspn(r->text, BLANKS);

	if (*at != sign)
		return false;
	r->text = at + 1;
	return true;
}

static int add_step(struct reader *r, const struct figure_step *step)
{
	if (r->figure->step_count == FIGURE_STEPS_MAX)
		return err_set(r->err, _("expected at most %d operands and functions, found more"), FIGURE_STEPS_MAX);
	r->figure->steps[r->figure->step_count++] = *step;
	return 0;
}

static int add_operand(struct reader *r, const char *word, const char *unit, const struct figure_step *step)
{
	if (r->unit != NULL && strcmp(r->unit, unit) != 0)
		return err_set(r->err, _("expected a value in %s like those before it, found \"%s\" in %s"), r->unit,
		               word, unit);
	r->unit = unit;
	return add_step(r, step);
}

static int parse_operand(struct reader *r, const char *word)
{
	const struct fact_def *def = figures_find_def(r->known, word);
	struct figure_step step = {.function = FIGURE_NUMBER};
	const char *unit;

	if (def != NULL && def->kind != FACT_NUMBER)
		return err_set(r->err, _("expected a number, found the %s %s"), fact_kind_name(def->kind), word);
	if (def != NULL) {
		step.function = FIGURE_FACT;
		step.def = def;
		return add_operand(r, word, def->unit, &step);
	}
	if (isdigit((unsigned char)*word) && text_quantity(word, &step.number, &unit) == 0)
		return add_operand(r, word, *unit == '\0' ? "count" : unit, &step);
	return err_set(r->err, _("expected a fact, a figure above, a number with its unit or a function, found \"%s\""),
	               word);
}

static int parse_expression(struct reader *r, int depth);

static int parse_call(struct reader *r, const char *name, int depth)
{
	struct figure_step step = {.arguments = 0};

	for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
		if (strcmp(functions[i].name, name) != 0)
			continue;
		step.function = functions[i].function;
		do {
			if (parse_expression(r, depth + 1) != 0)
				return -1;
			step.arguments++;
		} while (take_sign(r, ','));
		if (!take_sign(r, ')'))
			return err_set(r->err, _("expected , or ) after an operand of %s, found \"%s\""), name,
			               r->text);
		if (functions[i].arguments != 0 && functions[i].arguments != step.arguments)
			return err_set(r->err, _("expected %zu operand of %s, found %zu"), functions[i].arguments, name,
			               step.arguments);
		if (step.function == FIGURE_TIMEOUT && strcmp(r->unit, "s") != 0)
			return err_set(r->err, _("expected seconds in %s(), found %s"), name, r->unit);
		return add_step(r, &step);
	}
	return err_set(r->err, _("expected max, min, first, sum, twice or timeout before (, found \"%s\""), name);
}

static int parse_expression(struct reader *r, int depth)
{
	char *word = next_word(r);
	int result;

	if (depth > FIGURE_STEPS_MAX)
		result = err_set(r->err, _("expected fewer brackets in brackets"));
	else if (take_sign(r, '('))
		result = parse_call(r, word, depth);
	else
		result = parse_operand(r, word);
	free(word);
	return result;
}

/* NAME =, taken off the text. */
static int parse_name(struct reader *r)
{
	size_t length = strspn(r->text, NAME_CHARS);
	const char *rest = r->text + length + strspn(r->text + length, BLANKS);
	char *name = xstrndup(r->text, length);

	r->figure->def.name = name;
	if (length == 0 || *name == '-' || *rest != '=')
		return err_set(r->err, _("expected NAME = EXPRESSION after \"let\", found \"%s\""), r->text);
	if (template_is_builtin(name) || figures_find_def(r->known, name) != NULL)
		return err_set(r->err, _("expected a new name, found \"%s\", which has a meaning already"), name);
	r->text = rest + 1;
	return 0;
}

static int parse_figure(struct reader *r)
{
	if (parse_name(r) != 0 || parse_expression(r, 0) != 0)
		return -1;
	r->text += strspn(r->text, BLANKS);
	if (*r->text != '\0')
		return err_set(r->err, _("expected the end of the line, found \"%s\""), r->text);
	r->figure->def.unit = r->unit;
	return 0;
}

static void figure_free(struct figure *figure)
{
	free((char *)figure->def.name);
	free(figure->sentence);
	free(figure);
}

int figures_parse(struct figures *figures, const char *text, struct err *err)
{
	struct figure *figure = xcalloc(1, sizeof *figure);
	struct reader r = {.text = text, .known = figures, .figure = figure, .err = err};

	figure->def = (struct fact_def){.kind = FACT_NUMBER, .means = ""};
	if (parse_figure(&r) != 0) {
		figure_free(figure);
		return -1;
	}
	figures->list = xgrow(figures->list, figures->count, &figures->room, sizeof *figures->list);
	figures->list[figures->count++] = figure;
	return 0;
}

void figures_done(struct figures *figures)
{
	for (size_t i = 0; i < figures->count; i++)
		figure_free(figures->list[i]);
	free(figures->list);
	*figures = (struct figures){0};
}

const struct fact_def *figures_find_def(const struct figures *figures, const char *name)
{
	for (size_t i = 0; figures != NULL && i < figures->count; i++)
		if (strcmp(figures->list[i]->def.name, name) == 0)
			return &figures->list[i]->def;
	return fact_def_find(name);
}

bool figures_has(const struct figures *figures, const struct fact_def *def)
{
	for (size_t i = 0; figures != NULL && i < figures->count; i++)
		if (&figures->list[i]->def == def)
			return true;
	return false;
}

/* A value that is not known is NAN, which fmax() and fmin() leave out. */
static double apply(enum figure_function function, const double *values, size_t count)
{
	double result = values[0];

	for (size_t i = 1; i < count; i++) {
		if (function == FIGURE_MAX)
			result = fmax(result, values[i]);
		else if (function == FIGURE_MIN)
			result = fmin(result, values[i]);
		else if (function == FIGURE_SUM)
			result += values[i];
		else if (isnan(result))
			result = values[i];
	}
	if (function == FIGURE_TWICE)
		return 2 * result;
	return function == FIGURE_TIMEOUT ? template_timeout(result) : result;
}

static double evaluate(const struct figure *figure, const struct scope *scope)
{
	double stack[FIGURE_STEPS_MAX + 1] = {NAN};
	size_t height = 0;

	for (size_t i = 0; i < figure->step_count; i++) {
		const struct figure_step *step = &figure->steps[i];
		if (step->function == FIGURE_NUMBER) {
			stack[height++] = step->number;
		} else if (step->function == FIGURE_FACT) {
			const struct fact *fact = scope_find(scope, step->def);
			stack[height++] = fact != NULL ? fact->number : NAN;
		} else {
			height -= step->arguments;
			stack[height] = apply(step->function, stack + height, step->arguments);
			height++;
		}
	}
	return stack[0];
}

void figures_scope_init(struct scope *with_figures, const struct scope *scope, const struct figures *figures,
                        struct fact *values)
{
	size_t known = 0;

	*with_figures = *scope;
	with_figures->facts = xcalloc(figures->count + scope->count + 1, sizeof *with_figures->facts);
	memcpy(with_figures->facts, scope->facts, scope->count * sizeof *scope->facts);
	for (size_t i = 0; i < figures->count; i++) {
		double number = evaluate(figures->list[i], with_figures);
		if (!isfinite(number))
			continue;
		values[known] = (struct fact){.def = &figures->list[i]->def, .number = number};
		with_figures->facts[with_figures->count++] = &values[known++];
	}
}

void figures_scope_done(struct scope *with_figures)
{
	free(with_figures->facts);
	with_figures->facts = NULL;
}
