/*
 * page_parts - what several pages show: titles, lines, a dialog, the ranking
 */
#ifndef SMTPDX_TUI_SCREEN_PAGE_PARTS_H
#define SMTPDX_TUI_SCREEN_PAGE_PARTS_H

#include "draw.h"
#include "key.h"
#include "model/case.h"

/* A rule with a title in it. */
void part_title(const struct area *area, int row, const char *title);

/* The last lines of a dialog; NULL: nothing was said yet. */
void part_dialog(const struct area *area, const struct dialog *dialog);

/* The causes so far, best first; `marked` is (size_t)-1 for none. */
void part_ranking(const struct area *area, const struct case_file *c, size_t marked);

/* One line of it: probability, bar, title, place. */
void part_finding(const struct finding *finding, int row, int columns, bool marked);

/* Draws the lines of a text; what begins at the margin is a heading. */
void part_lines(const struct area *area, const char *text);

/* Moves the mark in a list of `count` lines; false when the key is for something else. */
bool part_move(size_t *marked, size_t count, enum action action);

/* A path as one types it: ~ for the home directory. The caller frees. */
char *part_path(const char *path);

#endif
