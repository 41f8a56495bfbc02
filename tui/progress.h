/*
 * progress - runs the checks of a verb that asks nothing, and says on one line of a terminal's stderr what they do
 */
#ifndef SMTPDX_TUI_PROGRESS_H
#define SMTPDX_TUI_PROGRESS_H

#include "flow/live.h"

/* Runs the checks to their end and frees `live`. A first Ctrl-C ends them early; what they measured stays. */
void progress_run(struct live *live);

#endif
