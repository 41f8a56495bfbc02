/*
 * condition - what a cause file asks of the facts: "smtp.banner.delay >= 5s and dns.first.state = silent"
 *
 * Comparisons of the form FACT OP VALUE, joined by "and" and "or"; "and" binds tighter, there are no brackets.
 *   number  = != < <= > >=   with the unit of the fact: 30s 200ms 1400B 10MB 50%; none for counts and codes
 *   word    = !=             words of the fact's list, several joined by |: refused|reset
 *   text    = !=             the whole text, in double quotes when it has blanks
 *   flag    = !=             yes or no
 *   any     exists           it was measured
 * A comparison holds when it holds for any fact of that name in the scope. What was not measured makes every comparison
 * false, != too: not tested is never innocence.
 */
#ifndef SMTPDX_DIAGNOSE_CONDITION_H
#define SMTPDX_DIAGNOSE_CONDITION_H

#include "diagnose/figure.h"
#include "diagnose/scope.h"

#define CONDITION_MAX 16 /* comparisons in one condition */

enum comparison_op { OP_EQUAL, OP_UNEQUAL, OP_LESS, OP_AT_MOST, OP_MORE, OP_AT_LEAST, OP_EXISTS };

struct comparison {
	const struct fact_def *def;
	enum comparison_op op;
	double number;
	char *text; /* FACT_WORD: words joined by |; FACT_TEXT: the text; otherwise NULL */
	bool flag;
	bool after_or; /* the first of a new group of comparisons that "and" joins */
};

struct condition {
	struct comparison comparisons[CONDITION_MAX];
	size_t count;
};

/* The facts that made a condition hold, in the order of its comparisons. */
struct match {
	const struct fact *facts[CONDITION_MAX];
	size_t count;
};

/*
 * 0, or -1 with what was expected and what was found. After a failure there is nothing to free. figures: what may be
 * compared besides facts; NULL: nothing.
 */
int condition_parse(const char *text, const struct figures *figures, struct condition *condition, struct err *err);
void condition_done(struct condition *condition);

/* match is filled when it holds, and may be NULL. */
bool condition_holds(const struct condition *condition, const struct scope *scope, struct match *match);

#endif
