/*
 * draw - text, bars and rules on the screen, clipped to where they belong
 *
 * Styles are named by meaning. No style is the only carrier of its meaning: without colour everything is still said by
 * words, signs or places. Text is clean (base/text.h); what a locale cannot show becomes a question mark, here, once.
 */
#ifndef SMTPDX_TUI_SCREEN_DRAW_H
#define SMTPDX_TUI_SCREEN_DRAW_H

#include <stdbool.h>
#include <stddef.h>

enum style {
	STYLE_TEXT,
	STYLE_STRONG, /* headings, what matters */
	STYLE_DIM,    /* explanations */
	STYLE_MARKED, /* the line that Enter takes */
	STYLE_KEY,    /* names of keys */
	STYLE_GOOD,
	STYLE_WARNING,
	STYLE_BAD,
	STYLE_COMMAND, /* to paste */
};

/* The part of the screen that a page may draw on. */
struct area {
	int row, column, rows, columns;
};

void draw_init(void); /* once the terminal is there */
bool draw_is_utf8(void);

/*
 * Draws the text from that place on, at most `columns` columns, and returns how many it took. A text that is longer ends
 * with "~".
 */
int draw_text(int row, int column, int columns, enum style style, const char *text);
int draw_textf(int row, int column, int columns, enum style style, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Text broken at blanks within the area, from its row `row` on. Returns the rows it took. */
int draw_wrapped(const struct area *area, int row, enum style style, const char *text);

/* Paragraphs, each line broken the same way. Returns the row below them. */
int draw_prose(const struct area *area, int row, enum style style, const char *text);

void draw_rule(int row, int column, int columns);
void draw_fill(int row, int column, int columns, enum style style); /* blanks */

/* A bar: from and to in [0, 1] of the columns; what took any time at all leaves a mark. open: it is still growing. */
void draw_bar(int row, int column, int columns, double from, double to, bool open, enum style style);

/* Columns of a text as draw_text() draws it. */
int draw_width(const char *text);

#endif
