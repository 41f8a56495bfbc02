/*
 * template_kind - the strict patterns of values that may enter a command
 *
 * Every kind but `target` and `setting` consists of characters that no shell gives a meaning to; these two are quoted where
 * they need it.
 */
#ifndef SMTPDX_DIAGNOSE_TEMPLATE_KIND_H
#define SMTPDX_DIAGNOSE_TEMPLATE_KIND_H

#include "model/fact.h"

struct template_kind {
	const char *name;
	const char *unit;  /* of the number facts it suits; NULL: it is for texts */
	bool needs_quotes; /* may contain what a shell expands: it brings its own quotes */
	bool brackets_v6;  /* an IPv6 address gets brackets, as Postfix wants it in lists; for use in quotes */
	bool (*fits)(const char *text); /* texts */
	char *(*number)(double value);  /* numbers; the caller frees */
};

/* A timer that must cover what was measured: a quarter more, up to the next half minute (90.5 s gives 120 s). */
double template_timeout(double seconds);

const struct template_kind *template_kind_find(const char *name); /* NULL when there is none */

/* Whether facts of that definition may be given as that kind. */
bool template_kind_suits(const struct template_kind *kind, const struct fact_def *def);

/* The value as it may stand in a command, in quotes where it needs them; NULL when it does not fit. Caller frees. */
char *template_kind_text(const struct template_kind *kind, const char *text);
char *template_kind_number(const struct template_kind *kind, double number);

#endif
