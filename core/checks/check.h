/*
 * check - whatever yields facts: the interface, and the one list of checks
 *
 * A check runs in a process of its own (see flow/runner.h), so it may block; but it keeps to its deadline by itself and
 * must survive whatever a peer sends. A new check is one file here and one line in registry.c.
 */
#ifndef SMTPDX_CHECKS_CHECK_H
#define SMTPDX_CHECKS_CHECK_H

#include "checks/emit.h"
#include "checks/settings.h"
#include "model/target.h"

/*
 * What a check looks at: a mail server, the files of settings->files (then only target->text is set), or this machine,
 * where the target only says what the case is about.
 */
enum check_takes { TAKES_TARGET, TAKES_FILES, TAKES_HOST };

struct check {
	const char *name;  /* "dns" */
	const char *title; /* one line for people, marked with N_() */
	enum check_takes takes;
	bool intrusive;  /* it costs the server something, so it runs only with consent (--yes, or a person's) */
	bool keeps_mail; /* what it writes has whole mails in it: consent is asked for that */
	bool (*is_allowed)(void); /* whether this user may do that; NULL: anybody may */
	double limit;             /* s; the time a run may take; past it (and a grace) the runner kills the worker */
	double idle_limit;        /* s; the same with --idle, when that needs longer; 0: no difference */
	double patience_limit;    /* s; the same with --patience */
	/* TAKES_FILES: whether a file is of the kind that it reads; NULL: it reads what none of the others does. */
	bool (*reads)(const char *path);
	/*
	 * Measures. Facts, dialog lines and progress go to the emitter; start and end are emitted by check_run().
	 * Returns the outcome; for anything but CHECK_DONE err says why (and what would test it).
	 */
	enum check_status (*run)(const struct target *target, const struct settings *settings, double deadline,
	                         struct emit *e, struct err *err);
};

extern const struct check check_dns;
extern const struct check check_smtp;
extern const struct check check_mtu;
extern const struct check check_limit_sessions;
extern const struct check check_log;
extern const struct check check_capture;
extern const struct check check_config;
extern const struct check check_queue;
extern const struct check check_host;
extern const struct check check_record;

extern const struct check *const checks[]; /* ends with NULL */

const struct check *check_find(const char *name); /* NULL when there is none */

/* The check that reads such a file, told by its content; and whether it is this one for one of them. */
const struct check *check_reader(const char *path);
bool check_reads_one_of(const struct check *check, char *const *files, size_t count);

/* How long a run may take, s: --timeout when that is given, otherwise the check's own limit. */
double check_limit(const struct check *check, const struct settings *settings);

/* Runs the check in this process, from start line to end line, within check_limit(). */
enum check_status check_run(const struct check *check, const struct target *target, const struct settings *settings,
                            struct emit *e);

#endif
