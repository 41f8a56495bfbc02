/*
 * walk_build - what reading a walkthrough is made of: the parser adds steps, the checker looks at the whole
 */
#ifndef SMTPDX_FLOW_WALK_BUILD_H
#define SMTPDX_FLOW_WALK_BUILD_H

#include "flow/walk.h"

#include <stdint.h>

struct walk_label {
	char *name;
	size_t step;
	int line;
};

#define WALK_DEPTH_MAX 16 /* when inside when */
#define WALK_NO_STEP   SIZE_MAX

/* A walkthrough while it is read. */
struct walk_build {
	struct walk *walk;
	struct walk_label *labels;
	size_t label_count, label_room;
	const char *folder; /* where files to include are looked for before help; NULL: only in help */
	int depth;          /* of includes */
	struct err *err;
};

/* An open `when`: its body, and the jumps over what follows an `otherwise`. */
struct walk_block {
	size_t indent;   /* of the line "when" */
	size_t body;     /* indent of what is in it; 0: nothing yet */
	size_t when;     /* the step to patch when it does not hold; WALK_NO_STEP after a plain otherwise */
	size_t last[64]; /* gotos to the end */
	size_t last_count;
	int line;
};

struct walk_parser {
	struct walk_build *b;
	const char *origin;
	int line;
	bool is_part, has_title;
	struct walk_block blocks[WALK_DEPTH_MAX];
	size_t depth;
	/* The statement that indented lines below it belong to: its own indent, and what takes those lines. */
	size_t indent, attribute_indent;
	int (*attribute)(struct walk_parser *p, char *line);
	char **continued; /* the text that a line with a deeper indent goes on with; NULL: none */
	bool paragraph;   /* a blank line was seen in a text */
	size_t step;      /* that statement */
};

/* Reads one file, or one that is included (a part, without a title), behind the steps that are there. 0 or -1. */
int walk_read(struct walk_build *b, const char *origin, const char *text, bool is_part);

/*
 * Looks at the whole: labels, placeholders, answers, causes, what nothing leads to, loops that ask nothing. Fills in the
 * targets of jumps. 0, or -1 with the place and the reason.
 */
int walk_link(struct walk_build *b);

/* What begins a statement, and how it is read; ends with a row without a word. `rest` is what follows the word. */
struct walk_statement {
	const char *word;
	int (*parse)(struct walk_parser *p, char *rest);
};
extern const struct walk_statement walk_statements[];

/* Fills err with "ORIGIN:LINE: expected WHAT, found FOUND" ("" is nothing); walk_fail_at() puts the place before what is there. */
int walk_expected(struct walk_parser *p, const char *what, const char *found);
int walk_fail_at(struct walk_parser *p, int line);

/* Takes the first word off a line; *line is what follows the blanks after it. Never NULL. */
char *walk_take_word(char **line);
bool walk_is_name(const char *text); /* of a question, option, label, file */
/* Adds a line to a text: to the same paragraph, to a new one, or as an item ("- ...") of a list. */
void walk_append(char **text, const char *line, bool paragraph);
struct walk_step *walk_new_step(struct walk_parser *p, enum walk_op op);

struct walk_step *walk_add_step(struct walk_build *b, enum walk_op op, const char *origin, int line);
void walk_step_done(struct walk_step *step);

/*
 * The length of the {placeholder} of a question of the walkthrough that begins at text, with its braces; 0 when there is
 * none. *question is set then.
 */
size_t walk_placeholder(const struct walk *walk, const char *text, const struct question **question);

#endif
