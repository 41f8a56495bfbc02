/*
 * cause_parser - what the parts of the reader of cause files share; for cause.c and cause_remedy.c alone
 *
 * A line that is not indented begins a block, and the reader remembers which: indented lines continue the text it points
 * to. Every function that fails leaves the reason, with file and line, in p->err.
 */
#ifndef SMTPDX_DIAGNOSE_CAUSE_PARSER_H
#define SMTPDX_DIAGNOSE_CAUSE_PARSER_H

#include "diagnose/cause.h"

#define BLANKS " \t"

enum block { BLOCK_NONE, BLOCK_EVIDENCE, BLOCK_WHY, BLOCK_FIGURE, BLOCK_REMEDY, BLOCK_ASK, BLOCK_ALLEY };

struct parser {
	const char *origin;
	struct cause *cause;
	struct err *err;
	int line;
	enum block block;
	int block_line;   /* where the block began */
	bool paragraph;   /* a blank line was seen inside a why */
	char **continued; /* the text that the next indented line continues; NULL: it must be an attribute */
	bool has_prior;
};

/* -1, with the place and the reason that is in p->err already. */
int parser_fail(struct parser *p);

void parser_begin_block(struct parser *p, enum block block, char **continued);

/* A sentence or a command as its block may have it: only in fixes, asks and figures do figures have a value. */
int parser_check_text(struct parser *p, const char *text, enum template_use use);

/* Adds a piece to a text that lines continue: with a blank, or with a line end. NULL begins it. */
void text_append(char **text, const char *joint, const char *piece);

/* Takes the keyword off a line when it stands there as a whole word; returns what follows it. */
const char *after_keyword(const char *line, const char *keyword);

/* cause_remedy.c: let, fix, until-then and ask, and what stands below a fix */
int cause_parse_let(struct parser *p, const char *value);
int cause_parse_fix(struct parser *p, const char *value);
int cause_parse_until_then(struct parser *p, const char *value);
int cause_parse_ask(struct parser *p, const char *value);
int cause_parse_attribute(struct parser *p, const char *line);
void cause_remedies_done(struct cause *cause);

#endif
