/*
 * scenario_parse - what the three readers of the scenario language share: words, places and complaints
 *
 * scenario.c reads lines, headers and parts; scenario_dns.c and scenario_smtp.c read the statements inside a part.
 */
#ifndef SMTPDX_DEMO_SCENARIO_PARSE_H
#define SMTPDX_DEMO_SCENARIO_PARSE_H

#include "demo/scenario.h"

#define STATEMENT_WORDS_MAX 256

struct word {
	char *text; /* NUL-terminated; a quoted one may hold further NULs */
	size_t size;
	bool quoted;
	int line;
};

/* One statement: a line, with the lines of quoted texts that continue it. */
struct statement {
	const char *origin;
	int line; /* where it begins; while its words are read: where we are */
	double scale;
	struct word words[STATEMENT_WORDS_MAX];
	size_t count;
	size_t next; /* the first word that has not been read yet */
	struct err *err;
};

/* Complains about the next word: always -1. */
int statement_expected(const struct statement *s, const char *what);

/* The next word, or NULL when there is none or it is quoted (unquoted: when it is not) - then nothing is said yet. */
const char *statement_word(struct statement *s);
const struct word *statement_quoted(struct statement *s);
bool statement_accept(struct statement *s, const char *word); /* takes the next word if it is this one */

/* Each takes the next word, or complains and returns -1. */
int statement_name(struct statement *s, char name[static 256]); /* a DNS name, made lower case, without a final dot */
int statement_address(struct statement *s, struct sockaddr_storage *address); /* on loopback */
int statement_number(struct statement *s, const char *what, double max, double *number);
int statement_seconds(struct statement *s, double *seconds); /* with a unit; scaled */
int statement_bytes(struct statement *s, double *bytes);
int statement_first(struct statement *s, size_t *first); /* [first N]; *first stays when it is not there */
int statement_end(const struct statement *s);            /* nothing may follow */

int dns_statement(struct dns_part *part, struct statement *s);
int smtp_statement(struct smtp_part *part, struct statement *s);

void dns_part_done(struct dns_part *part);
void smtp_part_done(struct smtp_part *part);

#endif
