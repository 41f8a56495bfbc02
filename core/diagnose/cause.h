/*
 * cause - one file of help/causes/: what could be wrong, which facts speak for and against it, how it is fixed
 *
 * The format is described in help/causes/README. A file that names an unknown fact, placeholder, word or unit, or that
 * lacks something, is refused with its line and what was expected: a cause that silently never counts is worse than none.
 */
#ifndef SMTPDX_DIAGNOSE_CAUSE_H
#define SMTPDX_DIAGNOSE_CAUSE_H

#include "diagnose/change.h"
#include "diagnose/condition.h"

#define WEIGHT_MAX 60 /* decibans of one piece of evidence, 1 : 1000000; priors too */

/* One piece of evidence: when the condition holds, the weight counts and the sentence is shown. */
struct evidence {
	double weight; /* decibans; negative: against */
	struct condition condition;
	char *sentence;
};

/* One fix, or one relief until it is in place. Commands are "" when there is none; several lines are joined by \n. */
struct remedy {
	bool until_then;
	bool otherwise;             /* only when no remedy of that kind before it was offered */
	char *where;                /* a word of remedy_places */
	struct condition condition; /* without comparisons: always */
	char *does, *run, *undo, *verify;
	char *side_effect; /* NULL: none worth telling */
	struct change *changes;
	size_t change_count, change_room;
};

/* What is asked of whoever runs the responsible side, when that is not ours. */
struct ask {
	char *where;                /* a word of remedy_places */
	struct condition condition; /* without comparisons: always */
	char *text;
};

/* What people try, and why it does not help. */
struct blind_alley {
	char *idea, *why;
};

struct cause {
	char *id, *title, *why;
	double prior; /* decibans */
	struct evidence *evidence;
	size_t evidence_count, evidence_room;
	struct figures figures;
	struct remedy *remedies;
	size_t remedy_count, remedy_room;
	struct ask *asks; /* the first that holds counts */
	size_t ask_count, ask_room;
	struct blind_alley *blind_alleys;
	size_t blind_alley_count, blind_alley_room;
	char **see;
	size_t see_count, see_room;
};

struct catalogue {
	struct cause *causes; /* sorted by id */
	size_t count, room;
};

extern const char *const remedy_places[]; /* "this-host", "their-server", ...; ends with NULL */

/*
 * Reads one cause file. origin names it in errors, "ORIGIN:LINE: expected ..., found ...". 0, or -1 and there is nothing
 * to free.
 */
int cause_parse(const char *origin, const char *text, struct cause *cause, struct err *err);
void cause_done(struct cause *cause);

#endif
