/*
 * walk - a walkthrough: what to say, to ask, to check and to conclude, as read from help/walkthroughs/NAME.walk
 *
 * The language is described in help/walkthroughs/README. A file is compiled into a list of steps with jumps between them.
 * What can be known to be wrong is refused when it is read, with file and line: an unknown fact, check, label or
 * placeholder, a step that nothing leads to, a loop that asks nothing and so would never end.
 */
#ifndef SMTPDX_FLOW_WALK_H
#define SMTPDX_FLOW_WALK_H

#include "diagnose/condition.h"
#include "flow/question.h"

#define WALK_PLAN        "plan" /* the name of the answer to a check step */
#define WALK_TEST        "test" /* the name of the answer that asks for one more check at a diagnosis */
#define WALK_STEPS_MAX   2000
#define WALK_INCLUDE_MAX 8 /* files that include each other */

enum walk_op {
	WALK_SAY,       /* text */
	WALK_ASK,       /* question */
	WALK_CHECK,     /* plan */
	WALK_WHEN,      /* test; goes on to `step` when it does not hold */
	WALK_GOTO,      /* to `step` */
	WALK_DIAGNOSE,  /* the ranked list */
	WALK_FIX,       /* what to do about the first cause */
	WALK_REPORT,    /* text: the path, format */
	WALK_OPEN,      /* text: a saved case */
	WALK_DEMO,      /* text: a scenario of the embedded server */
	WALK_FOLLOW,    /* text: another walkthrough, that goes on from here */
	WALK_RESUME,    /* text: an unfinished session */
	WALK_DIRECTION, /* text: outbound or inbound */
	WALK_STOP,
};

enum walk_test_kind {
	TEST_FACTS,      /* condition, of any mail host */
	TEST_ANSWER,     /* the answer `name` is (not) one of `words`; exists */
	TEST_CAUSE,      /* the first cause of the diagnosis is (not) one of `words` */
	TEST_UNFINISHED, /* there is a session that was interrupted */
};

struct walk_test {
	enum walk_test_kind kind;
	struct condition condition;
	char *name;
	char *words;  /* "a|b"; NULL: exists */
	bool negated; /* for answer and cause */
};

/* One `set NAME: VALUE` of a check: an option of checks/settings.h, its value a template. */
struct walk_setting {
	char *option;
	char *value; /* "" for a flag */
};

/* What a `check` step plans. */
struct walk_plan {
	char **words; /* names of checks, "live" for all that take a target, "files" for all that read files */
	size_t word_count, word_room;
	char *target; /* template; NULL: {target} when it was asked, else only files are read */
	char *files;  /* template: names of questions between blanks; NULL: every file and paste so far */
	struct walk_setting *settings;
	size_t setting_count, setting_room;
};

struct walk_step {
	enum walk_op op;
	const char *origin; /* of the file, for messages; owned by the walk */
	int line;
	char *text;
	char *format; /* of a report: "text", "markdown", "json"; NULL: text */
	char *label;  /* of a goto, until labels are known */
	size_t step;
	struct question question;
	struct walk_plan plan;
	struct walk_test test;
};

struct walk {
	char *name;  /* "wizard", or the path it was loaded from */
	char *title; /* one line */
	char *about; /* when to use it; "" when the file does not say */
	struct walk_step *steps;
	size_t count, room;
	char **origins; /* of the file and of what it includes */
	size_t origin_count, origin_room;
};

/*
 * Loads help/walkthroughs/NAME.walk, or the file at that path when the name holds a slash. NULL with "ORIGIN:LINE:
 * expected ..., found ..." or that there is none.
 */
struct walk *walk_load(const char *name, struct err *err);

/* Reads a walkthrough from its text. Files that it includes are looked for in `folder` (NULL: only in help) first. */
struct walk *walk_parse(const char *name, const char *origin, const char *folder, const char *text, struct err *err);
void walk_free(struct walk *walk);

/* The question of that name; NULL when it asks none. */
const struct question *walk_find_question(const struct walk *walk, const char *name);

/* The shipped walkthroughs and the site's own, sorted by name; the wizard is not among them. -1 when one is wrong. */
int walk_list(void (*show)(const char *name, const char *title, const char *about, void *context), void *context,
              struct err *err);

#endif
