/*
 * question - what a walkthrough asks a person: its kind, its help, which answers are taken
 *
 * A face shows a question as it likes; whether an answer will do is decided here, so that a wizard, a line-by-line
 * dialog and a script take the same ones and refuse the others with the same reason.
 */
#ifndef SMTPDX_FLOW_QUESTION_H
#define SMTPDX_FLOW_QUESTION_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum question_kind {
	QUESTION_TEXT,   /* one line */
	QUESTION_HOST,   /* a target as target_parse() takes it: example.com, host:port, address */
	QUESTION_NUMBER, /* with an optional unit: 30s, 5MB */
	QUESTION_CHOICE, /* one of its options */
	QUESTION_YES_NO, /* "yes" or "no" */
	QUESTION_FILE,   /* a file that can be read */
	QUESTION_PASTE,  /* lines of foreign text: a log, an error */
	QUESTION_PATH,   /* a file to be written; "-" is the face itself */
};

struct question_option {
	char *value; /* what is kept and what a script gives */
	char *text;  /* for people */
	char *label; /* where it leads; NULL: on to the next step */
	size_t step; /* the same as an index, once labels are known */
	int line;    /* where it stands in the file */
};

struct question {
	char *name; /* the answer's name: small letters, digits, hyphens */
	enum question_kind kind;
	char *prompt;
	char *help;      /* NULL: none */
	char *preset;    /* its default; NULL: none */
	bool optional;   /* "" is an answer */
	double min, max; /* of a number; min > max: any */
	char *unit;      /* of a number: "s", "B", "ratio", "" */
	char *source;    /* options that only the running program knows: a word of question_sources; NULL: none */
	struct question_option *options;
	size_t option_count, option_room;
};

#define QUESTION_PASTE_MAX  ((size_t)1 << 20)        /* bytes of pasted text: some thousand lines of a log */
#define QUESTION_ANSWER_MAX (4 * QUESTION_PASTE_MAX) /* when it has been cleaned: each byte may take four */
#define QUESTION_LINE_MAX   ((size_t)1024)           /* bytes of any other answer */

extern const char *const question_kind_names[]; /* "text", "host", ..., by enum; ends with NULL */
extern const char *const question_sources[];    /* "scenarios", "walkthroughs", "unfinished"; ends with NULL */

/*
 * Reads an answer. 0 with the answer as it is kept in *value, which the caller frees (a choice by its number or the
 * beginning of its value becomes the value, y becomes yes, pasted lines are cleaned); -1 with the reason.
 */
int question_read(const struct question *q, const char *input, char **value, struct err *err);

void question_add_option(struct question *q, const char *value, const char *text);
const struct question_option *question_find_option(const struct question *q, const char *value);

void question_copy(struct question *to, const struct question *from);
void question_done(struct question *q);

#endif
