/*
 * progress - one line on a terminal's stderr that says what the checks are doing; nothing anywhere else
 */
#ifndef SMTPDX_TUI_PROGRESS_H
#define SMTPDX_TUI_PROGRESS_H

#include "flow/runner.h"

/* Draws the line anew; keeps quiet when stderr is no terminal. */
void progress_show(const struct runner *r);

/* Wipes the line, so that what follows begins on a clean one. */
void progress_clear(void);

#endif
