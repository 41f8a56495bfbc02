/*
 * screen - the curses face: a session of the flow engine on a whole terminal
 */
#ifndef SMTPDX_TUI_SCREEN_SCREEN_H
#define SMTPDX_TUI_SCREEN_SCREEN_H

#include "flow/session.h"

/*
 * Runs the session from its current event to its end, then prints the verdict, the first fix and where the case is on
 * the screen that was there before. Returns 0, or -1 with the reason when the terminal could not be used (nothing was
 * done then). A signal that ended it frees the session and ends the program, after the terminal was given back.
 */
int screen_run(struct session *s, const char *notice, struct err *err);

#endif
