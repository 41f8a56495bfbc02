/*
 * progress - runs the checks of a verb that asks nothing, and says on one line of a terminal's stderr what they do
 */
#ifndef SMTPDX_TUI_PROGRESS_H
#define SMTPDX_TUI_PROGRESS_H

#include "flow/live.h"

/* Whether a line on stderr can be drawn again and again: on a terminal that can delete what stood there. */
bool progress_is_shown(void);

/* Runs the checks to their end and frees `live`. A first Ctrl-C ends them early; what they measured stays. */
void progress_run(struct live *live);

#endif
