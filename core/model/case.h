/*
 * case - all that is known of one problem: target, answers, check results, facts, dialogs, diagnosis
 *
 * The file format is smtpdx.case/1; its JSON Schema is help/case.schema.json. Loading and saving is the identity:
 * members and facts that this version does not know are kept and written again.
 *
 * A case owns everything in it. Text in a case is clean (see base/text.h): whoever adds to it has seen to that.
 */
#ifndef SMTPDX_MODEL_CASE_H
#define SMTPDX_MODEL_CASE_H

#include "base/err.h"
#include "model/fact.h"

#include <stdio.h>

/* The outcomes of a check, never merged. A 421 is a measurement, so the check that met it is done. */
enum check_status {
	CHECK_DONE,           /* measured */
	CHECK_NOT_APPLICABLE, /* nothing there to measure, e.g. no IPv6 address */
	CHECK_NOT_TESTED,     /* could be measured: `error` says why it was not, and what would test it */
	CHECK_FAILED,         /* could not run: `error` says why */
};

const char *check_status_name(enum check_status status);             /* "done", "not-applicable", ... */
const char *check_status_text(enum check_status status);             /* the same for people */
int check_status_parse(const char *name, enum check_status *status); /* 0, or -1 */

struct check_result {
	char *check;
	char *subject;
	enum check_status status;
	double seconds;
	char *error; /* NULL when done */
	json_t *extra;
};

enum line_dir { LINE_IN, LINE_OUT, LINE_NOTE }; /* from the peer, to the peer, a remark of the probe */

const char *line_dir_name(enum line_dir dir); /* "in", "out", "note" */
int line_dir_parse(const char *name, enum line_dir *dir);

struct dialog_line {
	double t; /* seconds since the connection attempt began */
	enum line_dir dir;
	char *text;
	unsigned long packet; /* its number in the capture it comes from; 0: none */
	json_t *extra;
};

/* What was said in one run of a check, or what a capture has of a session. */
struct dialog {
	char *subject;
	char *check; /* whose it is; NULL: not known */
	struct dialog_line *lines;
	size_t line_count, line_room;
	json_t *extra;
};

/* One fact that spoke for or against a cause, with its weight in decibans. */
struct reason {
	char *fact;
	char *text;
	double weight;
	json_t *extra;
};

struct fix {
	char *kind;    /* "fix" or "until-then" */
	char *where;   /* "this-host", "their-server", "firewall", ... */
	char *does;    /* what it does, a clause */
	char *command; /* ready to paste; "" when only the sentence can be given */
	char *undo;
	char *verify;
	char *reckoning;   /* how the figures in it were arrived at; NULL: there are none */
	char *side_effect; /* what else it does; NULL: nothing */
	json_t *extra;
};

struct dead_end {
	char *idea;
	char *why;
	json_t *extra;
};

/* One cause of the ranked diagnosis. */
struct finding {
	char *cause;
	char *title;
	char *why; /* the plain sentences of the cause file */
	double probability;
	char *subject;
	struct reason *because;
	size_t because_count, because_room;
	struct reason *against;
	size_t against_count, against_room;
	struct fix *fixes;
	size_t fix_count, fix_room;
	struct dead_end *dead_ends;
	size_t dead_end_count, dead_end_room;
	char **see;
	size_t see_count, see_room;
	char *message; /* ready to send to whoever runs the responsible side; NULL when that is ours */
	json_t *extra;
};

struct case_file {
	char *version; /* of the smtpdx that made it */
	char *created; /* UTC, ISO 8601 */
	json_t *observer;
	char *target;
	char *direction; /* "outbound" or "inbound" */
	json_t *answers; /* an object */
	struct check_result *checks;
	size_t check_count, check_room;
	struct fact *facts;
	size_t fact_count, fact_room;
	json_t *foreign_facts; /* facts of a loaded case that this version does not know; NULL when there are none */
	struct dialog *dialogs;
	size_t dialog_count, dialog_room;
	struct finding *findings; /* the diagnosis, best first */
	size_t finding_count, finding_room;
	json_t *extra;
};

/* A new case about a target, with the observer (host name, operating system) and the time filled in. */
struct case_file *case_new(const char *target);
void case_free(struct case_file *c);

/* Adding. Facts are taken over (their memory moves into the case); the texts of the others are copied. */
void case_add_fact(struct case_file *c, struct fact *fact);
struct dialog_line *case_add_line(struct case_file *c, const char *subject, double t, enum line_dir dir,
                                  const char *text); /* valid until the next one */

/*
 * The same, in the dialog of a check and subject that stands at the index `first` or behind it, or in a new one: a run of a check
 * that begins when there are `first` dialogs has those of its own, whose times are its own.
 */
struct dialog_line *case_add_line_of(struct case_file *c, const char *check, size_t first, const char *subject,
                                     double t, enum line_dir dir, const char *text);

/* The last dialog about that subject of that check, or, when it is NULL, of any; NULL: there is none. */
const struct dialog *case_find_dialog(const struct case_file *c, const char *subject, const char *check);

/*
 * What a dialog is called: its subject, with the check and a number when there are several about it. The caller frees.
 */
char *case_dialog_title(const struct case_file *c, const struct dialog *dialog);
struct check_result *case_add_check(struct case_file *c, const char *check, const char *subject,
                                    enum check_status status, double seconds, const char *error);
struct finding *case_add_finding(struct case_file *c); /* empty; the caller fills it with allocated texts */
void case_clear_diagnosis(struct case_file *c);
void case_remove_facts_of(struct case_file *c, const char *check); /* e.g. "derived", before deriving again */

/* Drops the results of a check that say that it did not measure, and its facts when none says that it did. */
void case_clear_attempts(struct case_file *c, const char *check);

/*
 * For a check that is run once more to add to what is known. case_measured_count() tells how many facts were measured (and
 * do not follow from others). When it has ended, case_replace_repeated() sees to it that no two of them contradict each
 * other: of what was said before (the first `known`) and now, of the same name and subject, what is said now stays; but what
 * a check has said that did not come to its end goes. Returns how many were measured anew.
 */
size_t case_measured_count(const struct case_file *c);
size_t case_replace_repeated(struct case_file *c, size_t known);

/*
 * Drops what a check has measured, so that it can be measured anew: its facts, its results and the dialogs about their
 * subjects. The diagnosis, which rests on them, goes too.
 */
void case_clear_measurements(struct case_file *c, const char *check);

/* The first fact of that name about that subject (any subject when NULL); NULL when it was not measured. */
const struct fact *case_find_fact(const struct case_file *c, const char *name, const char *subject);

/* JSON both ways. case_load() reads at most 64 MiB; the error names file and line. */
json_t *case_to_json(const struct case_file *c);
struct case_file *case_from_json(const json_t *root, const char *origin, struct err *err);
struct case_file *case_load(const char *path, struct err *err);

/* Writes to a temporary file beside it, then renames: after a failure the old file is untouched. 0 or -1. */
int case_save(const struct case_file *c, const char *path, struct err *err);

#endif
