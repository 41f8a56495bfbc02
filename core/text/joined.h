/*
 * joined - what goes on in the next line: replies of several lines, and entries that a bounce has wrapped
 *
 * The words that decide may stand across a line end ("550-5.7.1 this does not meet IPv6", "550 5.7.1 sending guidelines"),
 * so such lines are held until the last one is there.
 */
#ifndef SMTPDX_TEXT_JOINED_H
#define SMTPDX_TEXT_JOINED_H

#include <stdbool.h>
#include <stddef.h>

#define JOINED_MAX 4000 /* bytes; what is longer is cut */

struct joined {
	char line[JOINED_MAX]; /* as one so far; "" when nothing is held */
	size_t code;           /* where in it the reply begins */
	bool is_entry;         /* of a bounce, "<user@example.com>: connect to ..." */
};

enum joined_step {
	JOINED_OTHER, /* the line does not belong to what is held */
	JOINED_MORE,  /* it was added, and more may come */
	JOINED_LAST   /* it was added, and was the last one */
};

/* Holds the line when more of what it says may follow. */
bool joined_begin(struct joined *joined, const char *line);

enum joined_step joined_add(struct joined *joined, const char *line);

#endif
