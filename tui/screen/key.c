#include "key.h"

#include "base/i18n.h"
#include "ncursesw.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <wctype.h>

#define CTRL(letter) ((letter)&0x1f)
#define SEQUENCE_MAX 64 /* bytes swallowed of a sequence that is none of ours */

#define MOVING                                                                                                         \
	(CONTEXT_LIST | CONTEXT_PLAN | CONTEXT_RUN | CONTEXT_DIAGNOSIS | CONTEXT_READ | CONTEXT_FIX | CONTEXT_REPORT | \
	 CONTEXT_END)
#define TYPING  (CONTEXT_TEXT | CONTEXT_PASTE)
#define READING (CONTEXT_READ | CONTEXT_REPORT)
#define ALL     (MOVING | TYPING)

const struct key_row key_rows[] = {
    {.action = ACTION_UP, .contexts = MOVING, .keys = {-KEY_UP, 'k'}, .names = "Up k", .help = N_("one line up")},
    {.action = ACTION_DOWN,
     .contexts = MOVING,
     .keys = {-KEY_DOWN, 'j'},
     .names = "Down j",
     .help = N_("one line down")},
    {.action = ACTION_OPEN,
     .contexts = CONTEXT_DIAGNOSIS,
     .keys = {'\r', '\n', -KEY_ENTER, -KEY_RIGHT, 'l'},
     .names = "Enter Right l",
     .label = N_("why"),
     .help = N_("all about the cause that is marked")},
    {.action = ACTION_OPEN,
     .contexts = CONTEXT_ENTRIES,
     .keys = {'\r', '\n', -KEY_ENTER, -KEY_RIGHT, 'l'},
     .names = "Enter Right l",
     .label = N_("run, open"),
     .help = N_("runs the test that is marked, or opens the topic")},
    {.action = ACTION_NEXT_ENTRY,
     .contexts = CONTEXT_ENTRIES,
     .keys = {'\t'},
     .names = "Tab",
     .label = N_("mark"),
     .help = N_("marks the next entry that can be run or opened")},
    {.action = ACTION_OPEN,
     .contexts = CONTEXT_END,
     .keys = {'\r', '\n', -KEY_ENTER},
     .names = "Enter",
     .label = N_("end"),
     .help = N_("ends the program; the case is kept")},
    {.action = ACTION_OPEN,
     .contexts = CONTEXT_LIST | CONTEXT_PLAN | CONTEXT_FIX | CONTEXT_REPORT,
     .keys = {'\r', '\n', -KEY_ENTER, -KEY_RIGHT, 'l'},
     .names = "Enter Right l",
     .label = N_("go on"),
     .help = N_("takes the line that is marked, or goes on")},
    {.action = ACTION_NONE,
     .contexts = CONTEXT_CHOICE,
     .names = "1 ... 9",
     .help = N_("takes the line with that number")},
    {.action = ACTION_DONE,
     .contexts = CONTEXT_TEXT,
     .keys = {'\r', '\n', -KEY_ENTER},
     .names = "Enter",
     .label = N_("go on"),
     .help = N_("takes what was typed; empty: what stands there already")},
    {.action = ACTION_DONE,
     .contexts = CONTEXT_PASTE,
     .keys = {CTRL('d'), '\t'},
     .names = "Ctrl-D Tab",
     .label = N_("go on"),
     .help = N_("ends many lines of typed or pasted text")},
    {.action = ACTION_TOGGLE,
     .contexts = CONTEXT_PLAN,
     .keys = {' ', 'x'},
     .names = "Space x",
     .label = N_("on/off"),
     .help = N_("switches a check on or off")},
    {.action = ACTION_CANCEL_CHECK,
     .contexts = CONTEXT_RUN,
     .keys = {KEY_ESCAPE, 'c'},
     .names = "Esc c",
     .label = N_("cancel check"),
     .help = N_("ends the check that is marked; the others go on")},
    {.action = ACTION_BACK,
     .contexts = MOVING & ~(unsigned)CONTEXT_RUN,
     .keys = {KEY_ESCAPE, -KEY_BACKSPACE, 127, -KEY_LEFT, 'h'},
     .names = "Esc Backspace Left h",
     .label = N_("back"),
     .help = N_("back to the page before; nothing is lost")},
    {.action = ACTION_BACK,
     .contexts = TYPING,
     .keys = {KEY_ESCAPE},
     .names = "Esc",
     .label = N_("back"),
     .help = N_("back to the page before; what was typed is kept")},
    {.action = ACTION_OTHER_PANE,
     .contexts = CONTEXT_RUN | CONTEXT_REPORT,
     .keys = {'\t'},
     .names = "Tab",
     .label = N_("next view"),
     .help = N_("the next view: pictures or dialogs, or the next format of the report")},
    {.action = ACTION_COPY,
     .contexts = CONTEXT_FIX,
     .keys = {'y'},
     .names = "y",
     .label = N_("copy"),
     .help = N_("copies the command that is marked to the clipboard of your terminal")},
    {.action = ACTION_COPY_ALL,
     .contexts = CONTEXT_FIX,
     .keys = {'Y'},
     .names = "Y",
     .label = N_("copy all"),
     .help = N_("copies all commands")},
    {.action = ACTION_WRITE,
     .contexts = CONTEXT_FIX | CONTEXT_REPORT,
     .keys = {'w'},
     .names = "w",
     .label = N_("write"),
     .help = N_("writes a shell script with the undo in it, or the report, to a file")},
    {.action = ACTION_TOGGLE,
     .contexts = CONTEXT_REPORT,
     .keys = {'x'},
     .names = "x",
     .label = N_("redact"),
     .help = N_("other names for hosts, addresses and people in the report, or the real ones")},
    {.action = ACTION_FIX,
     .contexts = CONTEXT_DIAGNOSIS,
     .keys = {'f'},
     .names = "f",
     .label = N_("fix"),
     .help = N_("the commands that fix what is wrong")},
    {.action = ACTION_DETAILS,
     .contexts = CONTEXT_DIAGNOSIS | CONTEXT_RUN | CONTEXT_FIX,
     .keys = {'d'},
     .names = "d",
     .label = N_("details"),
     .help = N_("what was measured, page by page")},
    {.action = ACTION_BACK,
     .contexts = CONTEXT_RUN,
     .keys = {-KEY_BACKSPACE, 127, -KEY_LEFT, 'h'},
     .names = "Backspace Left h",
     .label = N_("end all"),
     .help = N_("ends all checks and shows what they found; asks first")},
    {.action = ACTION_REPORT,
     .contexts = CONTEXT_DIAGNOSIS | CONTEXT_FIX,
     .keys = {'r'},
     .names = "r",
     .label = N_("report"),
     .help = N_("shows the report, which can be written to a file there")},
    {.action = ACTION_TEST,
     .contexts = CONTEXT_DIAGNOSIS,
     .keys = {'t'},
     .names = "t",
     .label = N_("test more"),
     .help = N_("back to the plan, to test what was not tested; what was measured stays")},
    {.action = ACTION_TEST,
     .contexts = CONTEXT_READ,
     .keys = {'t'},
     .names = "t",
     .help = N_("back to the plan, to test what was not tested; what was measured stays")},
    {.action = ACTION_SEARCH,
     .contexts = READING,
     .keys = {'/'},
     .names = "/",
     .label = N_("search"),
     .help = N_("searches for a text")},
    {.action = ACTION_SEARCH_NEXT,
     .contexts = READING,
     .keys = {'n'},
     .names = "n",
     .help = N_("goes to where it is found next")},
    {.action = ACTION_FILTER,
     .contexts = CONTEXT_FILTER,
     .keys = {'&'},
     .names = "&",
     .label = N_("filter"),
     .help = N_("shows only what has a text; an empty line, or Esc, shows all")},
    {.action = ACTION_FILTER,
     .contexts = CONTEXT_READ,
     .keys = {'&'},
     .names = "&",
     .help = N_("shows only what has a text; an empty line, or Esc, shows all")},
    {.action = ACTION_PAGE_UP,
     .contexts = MOVING | CONTEXT_PASTE,
     .keys = {-KEY_PPAGE, CTRL('b')},
     .names = "PgUp Ctrl-B",
     .help = N_("one screen up")},
    {.action = ACTION_PAGE_DOWN,
     .contexts = MOVING & ~(unsigned)CONTEXT_PLAN,
     .keys = {-KEY_NPAGE, CTRL('f'), ' '},
     .names = "PgDn Ctrl-F Space",
     .help = N_("one screen down")},
    {.action = ACTION_PAGE_DOWN,
     .contexts = CONTEXT_PLAN | CONTEXT_PASTE,
     .keys = {-KEY_NPAGE, CTRL('f')},
     .names = "PgDn Ctrl-F",
     .help = N_("one screen down")},
    {.action = ACTION_HOME,
     .contexts = MOVING,
     .keys = {-KEY_HOME, 'g'},
     .names = "Home g",
     .help = N_("the first line")},
    {.action = ACTION_END, .contexts = MOVING, .keys = {-KEY_END, 'G'}, .names = "End G", .help = N_("the last line")},
    {.action = ACTION_NONE,
     .contexts = TYPING,
     .names = "Ctrl-A Ctrl-E",
     .help = N_("the cursor to the beginning, and to the end")},
    {.action = ACTION_NONE,
     .contexts = TYPING,
     .names = "Ctrl-W Ctrl-U Ctrl-K",
     .help = N_("erases the word before the cursor, all before it, all behind it")},
    {.action = ACTION_HISTORY_BACK,
     .contexts = CONTEXT_TEXT,
     .keys = {-KEY_UP},
     .names = "Up",
     .help = N_("what was typed here earlier")},
    {.action = ACTION_HISTORY_ON,
     .contexts = CONTEXT_TEXT,
     .keys = {-KEY_DOWN},
     .names = "Down",
     .help = N_("what was typed here later")},
    {.action = ACTION_HELP,
     .contexts = MOVING,
     .keys = {'?', -KEY_F(1)},
     .names = "? F1",
     .label = N_("help"),
     .help = N_("what this page is for, and its keys")},
    {.action = ACTION_HELP,
     .contexts = TYPING,
     .keys = {-KEY_F(1), CTRL('g')},
     .names = "F1 Ctrl-G",
     .label = N_("help"),
     .help = N_("what is asked here, and the keys")},
    {.action = ACTION_QUIT,
     .contexts = MOVING,
     .keys = {'q'},
     .names = "q",
     .label = N_("quit"),
     .help = N_("ends; asks first while checks run; the case is kept")},
    {.action = ACTION_QUIT,
     .contexts = TYPING,
     .keys = {CTRL('q')},
     .names = "Ctrl-Q",
     .label = N_("quit"),
     .help = N_("ends while text is typed, as Ctrl-C does anywhere without asking")},
    {.action = ACTION_REDRAW,
     .contexts = ALL,
     .keys = {CTRL('l')},
     .names = "Ctrl-L",
     .help = N_("draws the screen anew")},
    {.action = ACTION_SUSPEND,
     .contexts = ALL,
     .keys = {CTRL('z')},
     .names = "Ctrl-Z",
     .help = N_("back to the shell; fg goes on here")},
};

const size_t key_row_count = sizeof key_rows / sizeof key_rows[0];

/*
 * Behind an Esc: what is left of a sequence that no key of ours sends. True when there was one. Anything else is a key of
 * its own, however close it follows: a slow line, or tmux within its escape-time, hands Esc and the next key on together.
 */
static bool swallow_sequence(void)
{
	wint_t next;
	const int kind = get_wch(&next);

	if (kind == ERR)
		return false;
	if (kind == KEY_CODE_YES) {
		ungetch((int)next);
		return false;
	}
	if (next != '[' && next != 'O') {
		unget_wch((wchar_t)next);
		return false;
	}
	for (int i = 0; i < SEQUENCE_MAX && get_wch(&next) == OK; i++)
		if (next >= 0x40 && next <= 0x7e)
			break;
	return true;
}

int key_read(void)
{
	wint_t code;

	for (;;) {
		const int kind = get_wch(&code);
		if (kind == ERR)
			return KEY_NONE;
		if (kind == KEY_CODE_YES) {
			if (code != KEY_RESIZE && code != KEY_MOUSE)
				return -(int)code;
		} else if (code != KEY_ESCAPE || !swallow_sequence()) {
			return (int)code;
		}
	}
}

bool key_waits(void)
{
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&fd, 1, 0) > 0;
}

enum action key_action(int key, unsigned context)
{
	for (size_t i = 0; key != KEY_NONE && i < key_row_count; i++) {
		if ((key_rows[i].contexts & context) == 0)
			continue;
		for (size_t k = 0; k < sizeof key_rows[i].keys / sizeof key_rows[i].keys[0]; k++)
			if (key_rows[i].keys[k] == key)
				return key_rows[i].action;
	}
	return ACTION_NONE;
}

const char *key_first_name(const struct key_row *row, size_t *size)
{
	*size = strcspn(row->names, " ");
	return row->names;
}

/* Whether a row before says the same: of keys that only here and there have a place in the bottom line. */
static bool is_repeated(size_t row)
{
	for (size_t i = 0; i < row; i++)
		if (strcmp(key_rows[i].names, key_rows[row].names) == 0 &&
		    strcmp(key_rows[i].help, key_rows[row].help) == 0)
			return true;
	return false;
}

void key_print(void)
{
	for (size_t i = 0; i < key_row_count; i++)
		if (!is_repeated(i))
			printf("%-22s %s\n", key_rows[i].names, _(key_rows[i].help));
}
