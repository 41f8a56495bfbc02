/*
 * field - text that is typed or pasted: one line with a history, or many lines
 *
 * The text is what the keyboard sent, printable characters only; a pasted control character is left out. A line feed in a
 * field of one line ends it there: the rest of the paste is not taken for keys.
 */
#ifndef SMTPDX_TUI_SCREEN_FIELD_H
#define SMTPDX_TUI_SCREEN_FIELD_H

#include "base/buf.h"
#include "draw.h"

#include <stdbool.h>

#define FIELD_LINE_MAX 4096              /* bytes of one line */
#define FIELD_TEXT_MAX ((size_t)4 << 20) /* bytes of many */

struct field {
	struct buf text;
	size_t cursor; /* byte */
	bool many_lines;
	bool pasting; /* between the brackets of a paste */
	bool full;    /* something did not fit */
	char **history;
	size_t history_count, history_room;
	size_t history_at; /* history_count: the line that is being typed */
	char *draft;       /* that line, while an older one is shown */
};

void field_init(struct field *f, bool many_lines, const char *text);
void field_done(struct field *f);
void field_set(struct field *f, const char *text);

/* Adds what was entered to the history; equal neighbours once. */
void field_remember(struct field *f);
void field_history(struct field *f, int step); /* -1: older, +1: newer */

/* Takes a key (see key.h); false when it is none for a field. */
bool field_key(struct field *f, int key);

/* Draws it (one line: the row of the area; many: its last lines) and puts the cursor there. */
void field_draw(const struct field *f, const struct area *area);

#endif
