/*
 * figure - a number that a cause file computes from facts: "let patience = max(timeout(smtp.waited), 300s)"
 *
 * The rules for the values that a fix sets stand in the cause files, where they can be read, and with the sentence that
 * explains them to whoever reads the report. A figure behaves like one more number fact of its cause: conditions of fixes
 * compare it, sentences and commands show it.
 *   max(A, B, ...) min(A, B, ...)   of those that are known
 *   first(A, B, ...)                the first that is known
 *   sum(A, B, ...) twice(A)         known when all of them are
 *   timeout(A)                      a quarter more, up to the next half minute: 90.5 s gives 120 s
 * A, B are facts (the nearest one of its name), earlier figures of the cause, numbers with their unit, or functions
 * again; all of one unit.
 */
#ifndef SMTPDX_DIAGNOSE_FIGURE_H
#define SMTPDX_DIAGNOSE_FIGURE_H

#include "base/err.h"
#include "model/fact.h"

#define FIGURE_STEPS_MAX 24 /* operands and functions of one figure */

struct scope;

enum figure_function {
	FIGURE_NUMBER, /* no function: a number */
	FIGURE_FACT,   /* no function: the value of a fact or another figure */
	FIGURE_MAX,
	FIGURE_MIN,
	FIGURE_FIRST,
	FIGURE_SUM,
	FIGURE_TWICE,
	FIGURE_TIMEOUT,
};

/* Reverse Polish: a function takes the values of the steps before it. */
struct figure_step {
	enum figure_function function;
	size_t arguments;
	double number;
	const struct fact_def *def;
};

struct figure {
	struct fact_def def; /* as a number fact; owns its name */
	struct figure_step steps[FIGURE_STEPS_MAX];
	size_t step_count;
	char *sentence; /* how it was reckoned; NULL when nobody needs to be told */
};

/* The figures of one cause, in their order. Each has its own memory: conditions point to their definitions. */
struct figures {
	struct figure **list;
	size_t count, room;
};

/*
 * Reads "NAME = EXPRESSION" and adds it. 0, or -1 with what was expected and found, and nothing was added. Names consist of
 * small letters and hyphens; facts have dots, so none can be taken for the other.
 */
int figures_parse(struct figures *figures, const char *text, struct err *err);
void figures_done(struct figures *figures);

/* The figure or, failing that, the fact of that name; NULL when there is neither. figures may be NULL. */
const struct fact_def *figures_find_def(const struct figures *figures, const char *name);

/* Whether the definition is one of these figures. figures may be NULL. */
bool figures_has(const struct figures *figures, const struct fact_def *def);

/*
 * A copy of the scope with the figures that are known as facts in it. values has room for figures->count facts, and must
 * live as long as the copy, which figures_scope_done() ends.
 */
void figures_scope_init(struct scope *with_figures, const struct scope *scope, const struct figures *figures,
                        struct fact *values);
void figures_scope_done(struct scope *with_figures);

#endif
