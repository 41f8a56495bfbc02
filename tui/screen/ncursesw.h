/*
 * ncursesw - the one place where the screen meets ncurses: its wide functions, and its names that are plain words kept out
 */
#ifndef SMTPDX_TUI_SCREEN_NCURSESW_H
#define SMTPDX_TUI_SCREEN_NCURSESW_H

#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include <ncurses.h>

#endif
