/*
 * verbs - what smtpdx can be told to do, one function each
 */
#ifndef SMTPDX_TUI_VERBS_H
#define SMTPDX_TUI_VERBS_H

#include "options.h"

/* Exit statuses, as the man page promises them. */
enum { EXIT_HEALTHY = 0, EXIT_TROUBLE = 1, EXIT_USAGE = 2, EXIT_UNMEASURED = 3 };

struct verb {
	const char *name;
	const char *synopsis; /* its operands */
	const char *help;
	int (*run)(struct options *o); /* the exit status */
};

extern const struct verb verbs[]; /* ends with a row without name */

int verb_check(struct options *o);
int verb_explain(struct options *o);
int verb_probe(struct options *o);
int verb_capture(struct options *o);
int verb_report(struct options *o);
int verb_demo(struct options *o);
int verb_walk(struct options *o);
int verb_help(struct options *o);

/* "smtpdx: ..." on stderr; returns the status, so that callers can write: return fail(EXIT_USAGE, ...). */
int fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* All live checks of a target and the diagnosis, then the report as the options want it. */
int check_and_report(const struct options *o, const struct target *target);

/* Says on stderr which evidence (--log, --capture, --config) cannot be read; the checks of it fail, the others run. */
void tell_unreadable(const struct settings *settings);

/* The wizard, about a target when that is not NULL: what smtpdx does without a command. */
int run_wizard(struct options *o, const char *target);
int run_demo_wizard(struct options *o, const char *scenario);

struct session;

/* Goes through a session in the face that suits the options and the terminal; ends and frees it. The exit status. */
int run_session(struct options *o, struct session *s, bool unattended);

#endif
