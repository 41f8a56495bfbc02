/*
 * excerpt - a short text as it was before it was pasted: undressed, its wrapped lines whole again
 *
 * What somebody copies out of a mail, a page or a terminal is broken at the width of a window and has marks before its
 * lines. A file that is short enough is held here as a whole, for whether a line goes on in the next one shows only beside
 * the others. Long files are logs as a server wrote them, and pass unchanged.
 */
#ifndef SMTPDX_TEXT_EXCERPT_H
#define SMTPDX_TEXT_EXCERPT_H

#include "log/slice.h"

#include <stdbool.h>
#include <stddef.h>

struct excerpt;

struct excerpt *excerpt_new(void);
void excerpt_free(struct excerpt *excerpt);

/* Keeps a copy of the next line. False when it does not fit any more: the text is no excerpt, the line was not taken. */
bool excerpt_add(struct excerpt *excerpt, struct slice line);

/* To be called when the text has ended: undresses its paragraphs and joins what was wrapped. */
void excerpt_tidy(struct excerpt *excerpt);

/*
 * The next line, valid until the excerpt is freed; it stands for `parts` lines of the file. False when there is none.
 */
bool excerpt_next(struct excerpt *excerpt, struct slice *line, int *parts);

#endif
