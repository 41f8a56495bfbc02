/*
 * fact - a typed, named measurement about a subject
 *
 * Every fact that any check may yield is declared once, in facts/. Names are dotted, lower case and stable: cause
 * files, walkthroughs, saved cases and other programs rely on them.
 *
 * Subjects, as text:
 *   example.com                         a domain, or the name of a host
 *   mx1.example.com [192.0.2.25]        an address; [192.0.2.25] when no name is known
 *   mx1.example.com [192.0.2.25]:25     an endpoint; v6 addresses look the same: host [2001:db8::25]:25
 *   [192.0.2.9]:40000 -> [192.0.2.25]:25   a session in a capture: client, server
 *   self, self [192.0.2.1]              this machine, one of its own addresses
 *   resolver [192.0.2.53]:53            one of this machine's name servers
 *   nameserver ns1.example.com [192.0.2.54]   one of a domain's authoritative name servers
 */
#ifndef SMTPDX_MODEL_FACT_H
#define SMTPDX_MODEL_FACT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum fact_kind {
	FACT_NUMBER, /* double, in the unit of its definition */
	FACT_TEXT,   /* foreign or free text, printable UTF-8 */
	FACT_WORD,   /* one of a fixed list of words */
	FACT_FLAG,   /* true or false */
};

/* One row of the fact table. */
struct fact_def {
	const char *name;
	enum fact_kind kind;
	const char *unit;  /* FACT_NUMBER: "s", "B", "count", "ratio", "code"; otherwise "" */
	const char *words; /* FACT_WORD: the allowed values, "a|b|c"; otherwise NULL */
	const char *means; /* one sentence for people, marked with N_() */
};

/* One table a check, each ending with a row without a name; the last pointer is NULL. */
extern const struct fact_def *const fact_tables[];

const struct fact_def *fact_def_find(const char *name); /* NULL when there is none */
bool fact_def_has_word(const struct fact_def *def, const char *word);
const char *fact_kind_name(enum fact_kind kind); /* "number", "text", "word", "flag" */

struct fact {
	const struct fact_def *def;
	double number; /* FACT_NUMBER */
	char *text;    /* FACT_TEXT, FACT_WORD */
	bool flag;     /* FACT_FLAG */
	char *subject;
	char *check;   /* who measured it; "derived" for what follows from other facts */
	char *at;      /* UTC, ISO 8601 */
	json_t *extra; /* members of a loaded case that this version does not know; NULL when there are none */
};

/* Frees what the fact holds, not the fact itself. */
void fact_done(struct fact *fact);

/*
 * The value for people, as text that the caller frees: "5.02 s", "0.34 ms", "1448 bytes", "421", "12 %", "yes", or the
 * text itself.
 */
char *fact_value_text(const struct fact *fact);

/*
 * JSON both ways. fact_from_json() refuses (-1, with the reason) what is not of its definition: unknown name, wrong kind,
 * a word that is not on the list. It takes nothing over from the object; all texts are cleaned.
 */
json_t *fact_to_json(const struct fact *fact);
struct err;
int fact_from_json(const json_t *object, struct fact *fact, struct err *err);

#endif
