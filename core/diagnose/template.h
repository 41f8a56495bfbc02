/*
 * template - sentences and commands with placeholders: "the banner came after {smtp.banner.delay}"
 *
 * {fact.name} is the value of a fact, {figure} one that the cause computes; {target} {host} {address} {port} {domain} {self}
 * {subject} are what is judged; {postconf} {postfix} are these programs, called for the instance that was read.
 * A colon gives the kind that the value must be of: {smtp.patience:timeout}, {smtp.banner.name:host}.
 *
 * In a command every value must match the strict pattern of its kind, or there is no command: a banner cannot write into
 * somebody's shell. Free text never enters a command without a kind. A brace that no lower-case letter follows, or that
 * follows a dollar sign, is the shell's (or Postfix's) own: ${stress?{10}:{300}}s.
 */
#ifndef SMTPDX_DIAGNOSE_TEMPLATE_H
#define SMTPDX_DIAGNOSE_TEMPLATE_H

#include "diagnose/condition.h"
#include "diagnose/figure.h"

enum template_use { TEMPLATE_SENTENCE, TEMPLATE_COMMAND };

/*
 * Checks a sentence, or one line of a command. 0, or -1 with what was expected and found: an unknown placeholder or kind, a
 * kind that does not suit, a place inside quotes, a line that the next one would have to complete. figures may be NULL.
 */
int template_check(const char *text, enum template_use use, const struct figures *figures, struct err *err);

/* Whether the text shows a value of that name. */
bool template_shows(const char *text, const char *name);

/* Whether the name is one of those that are no facts: target, host, ... */
bool template_is_builtin(const char *name);

/* Where values come from. A fact that made a condition hold is preferred to the nearest one of its name. */
struct template_values {
	const struct scope *scope;
	const struct match *match;     /* NULL: none */
	const struct figures *figures; /* whose values are in the scope; NULL: none */
	const char *subject;           /* of the finding */
};

/*
 * The text with its values, which the caller frees. In a sentence a value that is not there reads "(not measured)"; a
 * command with a value that is missing or unfit is NULL.
 */
char *template_fill(const char *text, enum template_use use, const struct template_values *values);

#endif
