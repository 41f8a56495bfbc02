/*
 * selection - which of the checks the user wants: --only, --skip, and what other options say by being there
 */
#ifndef SMTPDX_FLOW_SELECTION_H
#define SMTPDX_FLOW_SELECTION_H

#include "checks/check.h"

/* Which checks the user wants: --only and --skip, lists of names separated by commas. */
struct selection {
	const char *only;     /* NULL: all */
	const char *skip;     /* NULL: none */
	const char *endpoint; /* a subject: of the mail hosts only this one, without any look-up; NULL: all */
};

/* -1 with the reason when a list names a check that does not exist, or nothing is left of those that take such a thing. */
int selection_check(const struct selection *selection, enum check_takes takes, struct err *err);

/* Whether a list "dns,smtp" has the word. */
bool selection_list_has(const char *list, const char *word);

/* Whether the check is to run, if there is reason for it. */
bool selection_has(const struct selection *selection, const char *check);

/*
 * The list `only` with the checks that read the evidence among the settings (--log, --capture, --config): who gives a file
 * wants it read. NULL when only is NULL; the caller frees.
 */
char *selection_with_evidence(const char *only, const struct settings *settings);

/* Whether the limit check is asked for: it is intrusive, so nobody gets it who did not name it or one of its options. */
bool selection_wants_limit(const struct selection *selection, const struct settings *settings);

#endif
