/*
 * expand - values that refer to other settings, as Postfix writes them: ${stress?{10}:{300}}s
 *
 * The forms of postconf(5): $name, $(name), ${name}; ${name?text}, ${name?{text}} when it has a value; ${name:text},
 * ${name:{text}} when it has none; ${name?{text}:{text}}; ${{text} OP {text}?...} with == != < <= >= >, numbers as
 * numbers; $$ is a dollar. What is inserted is expanded in turn.
 */
#ifndef SMTPDX_CONFIG_EXPAND_H
#define SMTPDX_CONFIG_EXPAND_H

#include "base/err.h"

#define EXPAND_MAX ((size_t)65536) /* bytes of a result; more is cut and an error */

struct macros {
	/* The value of a name as written; NULL when nobody knows it. */
	const char *(*lookup)(const void *context, const char *name);
	const void *context;
};

/*
 * The value of a text, which the caller frees. NULL with the reason: an unknown name, a missing brace, a value that
 * refers to itself, a result that never ends.
 */
char *expand(const char *text, const struct macros *macros, struct err *err);

#endif
