/*
 * terminal - the terminal of the wizard: taken over, given back, and never left broken
 *
 * The screen that was there comes back whatever ends the program: its own end, SIGTERM, SIGHUP, SIGINT, a crash. Signals
 * become bytes in a pipe that the event loop polls; only the handler of a crash writes by itself, and what it writes was
 * prepared before (signal-safety(7)).
 */
#ifndef SMTPDX_TUI_SCREEN_TERMINAL_H
#define SMTPDX_TUI_SCREEN_TERMINAL_H

#include "base/err.h"

#include <stdbool.h>

#define TERMINAL_COLUMNS_MIN 60
#define TERMINAL_ROWS_MIN    16

/*
 * Whether standard input and output are a terminal that can be drawn on. A terminal of unknown type is taken for an
 * xterm-256color, failing that for a vt100; *notice, which the caller frees, then says so (NULL: nothing to say).
 */
bool terminal_is_usable(char **notice);

/* Takes the terminal over: alternate screen, keys one by one. 0, or -1 with the reason and everything as it was. */
int terminal_start(struct err *err);
void terminal_stop(void); /* does nothing when it is not taken over */

/* The descriptor that becomes readable when a signal has arrived; and the signals, oldest first, 0: no more. */
int terminal_signal_fd(void);
int terminal_next_signal(void);

/* Gives the terminal back and stops the process, as Ctrl-Z does in a shell; returns when it goes on. */
void terminal_suspend(void);

/* After SIGWINCH or SIGCONT: the size is asked for again, and all is drawn anew at the next refresh. */
void terminal_resize(void);
void terminal_redraw(void);

bool terminal_has_colour(void);

#endif
