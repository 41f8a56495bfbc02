/*
 * template_kind - the strict patterns of values that may enter a command
 *
 * Every kind but `target` consists of characters that no shell gives a meaning to; a target with the brackets of an IPv6
 * address is quoted.
 */
#ifndef SMTPDX_DIAGNOSE_TEMPLATE_KIND_H
#define SMTPDX_DIAGNOSE_TEMPLATE_KIND_H

#include "model/fact.h"

struct template_kind {
	const char *name;
	const char *unit;               /* of the number facts it suits; NULL: it is for texts */
	bool needs_quotes;              /* may contain what a shell expands */
	bool (*fits)(const char *text); /* texts */
	char *(*number)(double value);  /* numbers; the caller frees */
};

const struct template_kind *template_kind_find(const char *name); /* NULL when there is none */

/* Whether facts of that definition may be given as that kind. */
bool template_kind_suits(const struct template_kind *kind, const struct fact_def *def);

/* The value as it may stand in a command, in quotes where it needs them; NULL when it does not fit. Caller frees. */
char *template_kind_text(const struct template_kind *kind, const char *text);
char *template_kind_number(const struct template_kind *kind, double number);

#endif
