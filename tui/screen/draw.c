#include "draw.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "ncursesw.h"
#include "report/document.h"
#include "terminal.h"

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#define TEXT_MAX 8192 /* bytes of a formatted text */

static bool utf8;

/* Attributes stand alone; the colour, where there is one, comes on top. */
static const struct {
	attr_t attributes;
	short colour; /* -1: the terminal's own */
} looks[] = {
    [STYLE_TEXT] = {A_NORMAL, -1},
    [STYLE_STRONG] = {A_BOLD, -1},
    [STYLE_DIM] = {A_NORMAL, COLOR_CYAN},
    [STYLE_MARKED] = {A_REVERSE, -1},
    [STYLE_KEY] = {A_BOLD, COLOR_CYAN},
    [STYLE_GOOD] = {A_NORMAL, COLOR_GREEN},
    [STYLE_WARNING] = {A_NORMAL, COLOR_YELLOW},
    [STYLE_BAD] = {A_BOLD, COLOR_RED},
    [STYLE_COMMAND] = {A_BOLD, -1},
};

void draw_init(void)
{
	utf8 = chart_locale_is_utf8();
	for (short i = 0; terminal_has_colour() && i < (short)(sizeof looks / sizeof looks[0]); i++)
		init_pair((short)(i + 1), looks[i].colour, -1);
}

bool draw_is_utf8(void)
{
	return utf8;
}

/*
 * The next character of a text and how many bytes it has. Control characters, should one have come through, broken
 * sequences and what this locale cannot show are a question mark.
 */
static wchar_t next_character(const char *text, size_t *size)
{
	const unsigned char first = (unsigned char)*text;
	mbstate_t state = {0};
	wchar_t character;

	*size = 1;
	if (first < 0x80)
		return first >= 0x20 && first != 0x7f ? (wchar_t)first : L'?';
	if (!utf8) {
		while (((unsigned char)text[*size] & 0xc0) == 0x80)
			(*size)++;
		return L'?';
	}
	const size_t bytes = mbrtowc(&character, text, MB_LEN_MAX, &state);
	if (bytes == 0 || bytes > MB_LEN_MAX)
		return L'?';
	*size = bytes;
	return iswprint((wint_t)character) ? character : L'?';
}

static int character_width(wchar_t character)
{
	const int width = wcwidth(character);

	return width < 0 ? 1 : width;
}

int draw_width(const char *text)
{
	int width = 0;

	for (size_t size; *text != '\0'; text += size)
		width += character_width(next_character(text, &size));
	return width;
}

static void set_style(enum style style)
{
	attr_set(looks[style].attributes, terminal_has_colour() ? (short)(style + 1) : 0, NULL);
}

int draw_text(int row, int column, int columns, enum style style, const char *text)
{
	const bool cut = draw_width(text) > columns;
	const int room = cut ? columns - 1 : columns;
	int used = 0;

	if (row < 0 || row >= LINES || column < 0 || columns <= 0 || column + columns > COLS ||
	    move(row, column) == ERR)
		return 0;
	set_style(style);
	for (size_t size; *text != '\0'; text += size) {
		const wchar_t character = next_character(text, &size);
		const int width = character_width(character);
		if (used + width > room)
			break;
		if (used == 0 && width == 0)
			continue; /* nothing here to combine it with */
		addnwstr(&character, 1);
		used += width;
	}
	if (cut)
		mvaddch(row, column + columns - 1, '~');
	set_style(STYLE_TEXT);
	return cut ? columns : used;
}

int draw_textf(int row, int column, int columns, enum style style, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, format);
	const int size = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return size > 0 ? draw_text(row, column, columns, style, text) : 0;
}

/* Bytes of the text that go on a line: up to the last blank that fits, all that fit when there is none. */
static size_t line_size(const char *text, int columns)
{
	size_t size, at = 0, blank = 0;
	int used = 0;

	while (text[at] != '\0') {
		used += character_width(next_character(text + at, &size));
		if (text[at] == ' ' && text[at + 1] != '%') /* "98 %" stays together */
			blank = at;
		if (used > columns)
			return blank > 0 ? blank : at;
		at += size;
	}
	return at;
}

int draw_wrapped(const struct area *area, int row, enum style style, const char *text)
{
	int rows = 0;

	while (*text != '\0' && row + rows < area->rows) {
		const size_t size = line_size(text, area->columns);
		char *line = xstrndup(text, size > 0 ? size : 1);
		draw_text(area->row + row + rows, area->column, area->columns, style, line);
		text += strlen(line);
		text += strspn(text, " ");
		free(line);
		rows++;
	}
	return rows;
}

int draw_prose(const struct area *area, int row, enum style style, const char *text)
{
	while (*text != '\0') {
		const size_t size = strcspn(text, "\n");
		char *line = xstrndup(text, size);
		row += size > 0 ? draw_wrapped(area, row, style, line) : 1;
		free(line);
		text += size + (text[size] == '\n');
	}
	return row;
}

void draw_rule(int row, int column, int columns)
{
	/* Of equal characters ncurses sends one and how often; some terminals then go wrong in the last column. */
	if (!utf8 && column + columns == COLS)
		columns--;
	set_style(STYLE_DIM);
	for (int i = 0; i < columns; i++) {
		if (utf8)
			mvaddnwstr(row, column + i, L"─", 1);
		else
			mvaddch(row, column + i, '-');
	}
	set_style(STYLE_TEXT);
}

void draw_fill(int row, int column, int columns, enum style style)
{
	set_style(style);
	mvhline(row, column, ' ' | (chtype)(looks[style].attributes), columns);
	set_style(STYLE_TEXT);
}

void draw_bar(int row, int column, int columns, double from, double to, bool open, enum style style)
{
	static const wchar_t eighths[] = L" ▏▎▍▌▋▊▉█";

	if (columns <= 0 || !(from >= 0 && to >= from) || !isfinite(to) || row < 0 || row >= LINES)
		return;
	const double width = (double)columns;
	int start = (int)(fmin(from, 1) * width);
	start = start < columns ? start : columns - 1;
	int parts = (int)round((fmin(to, 1) - fmin(from, 1)) * width * 8);
	parts = parts > 0 ? parts : 1;
	set_style(style);
	for (int at = start; parts > 0 && at < columns; at++, parts -= 8) {
		const int part = parts < 8 ? parts : 8;
		const wchar_t character = open ? L'░' : eighths[part];
		if (utf8)
			mvaddnwstr(row, column + at, &character, 1);
		else if (part >= 4 || at == start)
			mvaddch(row, column + at, open ? '-' : '#');
	}
	set_style(STYLE_TEXT);
}
