/*
 * tally - how far a check has come, for whoever looks on
 *
 * A few rows of numbers, each drawn as a bar: sessions that were opened, sizes of packets that arrived, how much of a log
 * is read. A check tells its tally again and again while it runs; each replaces the one before. It is never a fact: what
 * it says is measured again when the check ends, and no case keeps it.
 */
#ifndef SMTPDX_MODEL_TALLY_H
#define SMTPDX_MODEL_TALLY_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define TALLY_ROWS_MAX 64 /* more are not taken */

struct tally_row {
	char *label;
	char *value;     /* the number, with its unit */
	double from, to; /* 0 to 1: which part of the row's width it takes; equal: no bar */
	bool open;       /* not known yet: the bar stands for what is still to be found out */
	char *note;
};

struct tally {
	struct tally_row rows[TALLY_ROWS_MAX];
	size_t count;
};

void tally_init(struct tally *tally);
void tally_done(struct tally *tally); /* leaves it empty */

/* Texts are copied and must be clean; parts outside 0 to 1 are cut to it. */
struct tally_row *tally_add(struct tally *tally, const char *label, const char *value, double from, double to,
                            const char *note);

void tally_drop(struct tally *tally); /* the last row, if there is one */

json_t *tally_to_json(const struct tally *tally);

/* From foreign JSON: an array of rows. 0, or -1 with the reason and nothing to free. */
int tally_from_json(struct tally *tally, const json_t *rows, struct err *err);

#endif
