/*
 * key - what keys do: one table for the bottom line, the help page, `smtpdx help keys` and the manual page
 *
 * A page says which context it is in; a key means what the first row of the table says that has the key and the context.
 * While text is typed, letters are text.
 */
#ifndef SMTPDX_TUI_SCREEN_KEY_H
#define SMTPDX_TUI_SCREEN_KEY_H

#include <stdbool.h>
#include <stddef.h>

/* Keys are characters (Unicode) or, negative, one of these and ncurses' KEY_ codes: -KEY_UP. */
enum { KEY_NONE = 0, KEY_ESCAPE = 27, KEY_PASTE_BEGINS = 0x4001, KEY_PASTE_ENDS = 0x4002 };

enum action {
	ACTION_NONE,
	ACTION_UP,
	ACTION_DOWN,
	ACTION_PAGE_UP,
	ACTION_PAGE_DOWN,
	ACTION_HOME,
	ACTION_END,
	ACTION_OPEN,
	ACTION_BACK,
	ACTION_OTHER_PANE,
	ACTION_TOGGLE,
	ACTION_CANCEL_CHECK,
	ACTION_SEARCH,
	ACTION_SEARCH_NEXT,
	ACTION_FILTER,
	ACTION_NEXT_ENTRY,
	ACTION_FIX,
	ACTION_DETAILS,
	ACTION_REPORT,
	ACTION_TEST,
	ACTION_COPY,
	ACTION_COPY_ALL,
	ACTION_WRITE,
	ACTION_HISTORY_BACK,
	ACTION_HISTORY_ON,
	ACTION_DONE,
	ACTION_HELP,
	ACTION_QUIT,
	ACTION_REDRAW,
	ACTION_SUSPEND,
};

enum context {
	CONTEXT_LIST = 1 << 0,      /* one of several lines is chosen */
	CONTEXT_TEXT = 1 << 1,      /* one line is typed */
	CONTEXT_PASTE = 1 << 2,     /* many lines are typed or pasted */
	CONTEXT_PLAN = 1 << 3,      /* checks are switched on and off */
	CONTEXT_RUN = 1 << 4,       /* checks run */
	CONTEXT_DIAGNOSIS = 1 << 5, /* the ranked causes */
	CONTEXT_READ = 1 << 6,      /* a text longer than the screen */
	CONTEXT_FIX = 1 << 7,       /* the commands */
	CONTEXT_REPORT = 1 << 8,    /* the report and where it goes */
	CONTEXT_ENTRIES = 1 << 9,   /* and some of a text's entries can be run or opened */
	CONTEXT_FILTER = 1 << 10,   /* and the text is one to filter: the bar says so */
	CONTEXT_CHOICE = 1 << 11,   /* and the lines of the list have numbers */
	CONTEXT_END = 1 << 12,      /* nothing follows */
};

struct key_row {
	enum action
	    action; /* ACTION_NONE: the page, or the field, takes these keys by itself; the row is for the help */
	unsigned contexts;
	int keys[5];       /* ends with KEY_NONE */
	const char *names; /* of the keys, for people: "Up k" */
	const char *label; /* in the bottom line; NULL: not there */
	const char *help;
};

extern const struct key_row key_rows[];
extern const size_t key_row_count;

/* The next key that is there, or KEY_NONE. Sequences that no key of ours sends are swallowed. */
int key_read(void);

/* Whether more was typed, or pasted by a terminal that does not say so, than has been read. */
bool key_waits(void);

enum action key_action(int key, unsigned context);

/* The first of a row's names, as the bottom line has it: "Enter". Points into the row; *size is its bytes. */
const char *key_first_name(const struct key_row *row, size_t *size);

/* For `smtpdx help keys`: a line each, names and what they do. */
void key_print(void);

#endif
