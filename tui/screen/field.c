#include "field.h"

#include "base/xalloc.h"
#include "key.h"
#include "ncursesw.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#define CTRL(letter) ((letter)&0x1f)
#define HISTORY_MAX  100
#define PAGE_LINES   10 /* that one screen of many lines has, more or less */

void field_init(struct field *f, bool many_lines, const char *text)
{
	*f = (struct field){.many_lines = many_lines};
	buf_init(&f->text, many_lines ? FIELD_TEXT_MAX : FIELD_LINE_MAX);
	field_set(f, text);
}

void field_done(struct field *f)
{
	for (size_t i = 0; i < f->history_count; i++)
		free(f->history[i]);
	free(f->history);
	free(f->draft);
	buf_done(&f->text);
}

void field_set(struct field *f, const char *text)
{
	buf_clear(&f->text);
	buf_puts(&f->text, text);
	f->cursor = f->text.size;
	f->full = f->text.cut;
}

void field_remember(struct field *f)
{
	if (f->text.size == 0 || f->many_lines ||
	    (f->history_count > 0 && strcmp(f->history[f->history_count - 1], f->text.text) == 0))
		return;
	if (f->history_count == HISTORY_MAX) {
		free(f->history[0]);
		memmove(f->history, f->history + 1, --f->history_count * sizeof *f->history);
	}
	f->history = xgrow(f->history, f->history_count, &f->history_room, sizeof *f->history);
	f->history[f->history_count++] = xstrdup(f->text.text);
	f->history_at = f->history_count;
}

void field_history(struct field *f, int step)
{
	const size_t at = f->history_at;

	if ((step < 0 && at == 0) || (step > 0 && at >= f->history_count))
		return;
	if (at == f->history_count) {
		free(f->draft);
		f->draft = xstrdup(f->text.text);
	}
	f->history_at = step < 0 ? at - 1 : at + 1;
	field_set(f, f->history_at == f->history_count ? f->draft : f->history[f->history_at]);
}

/* Puts `text` in place of `size` bytes at the cursor. */
static void splice(struct field *f, size_t size, const char *text)
{
	if (buf_replace(&f->text, f->cursor, size, text, strlen(text)) == 0)
		f->cursor += strlen(text);
	else
		f->full = true;
}

static size_t before(const struct field *f)
{
	size_t at = f->cursor;

	while (at > 0 && ((unsigned char)f->text.text[--at] & 0xc0) == 0x80)
		continue;
	return at;
}

static size_t behind(const struct field *f)
{
	size_t at = f->cursor;

	if (at < f->text.size)
		at++;
	while (((unsigned char)f->text.text[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static void erase_back_to(struct field *f, size_t at)
{
	const size_t size = f->cursor - at;

	f->cursor = at;
	splice(f, size, "");
	f->full = false;
}

static size_t word_start(const struct field *f)
{
	size_t at = f->cursor;

	while (at > 0 && f->text.text[at - 1] == ' ')
		at--;
	while (at > 0 && f->text.text[at - 1] != ' ' && f->text.text[at - 1] != '\n')
		at--;
	return at;
}

static bool insert_character(struct field *f, int key)
{
	char bytes[MB_LEN_MAX + 1];
	mbstate_t state = {0};

	if (key < 0x20 || key == 0x7f || !iswprint((wint_t)key))
		return false;
	const size_t size = wcrtomb(bytes, (wchar_t)key, &state);
	if (size == (size_t)-1)
		return false;
	bytes[size] = '\0';
	splice(f, 0, bytes);
	return true;
}

/* While a paste lasts, everything is text. */
static void paste_key(struct field *f, int key)
{
	const bool line_ends = key == '\r' || key == '\n';

	if (key == -KEY_PASTE_ENDS)
		f->pasting = false;
	else if (line_ends && f->many_lines)
		splice(f, 0, "\n");
	else if (key == '\t' || line_ends)
		splice(f, 0, " ");
	else if (key > 0)
		insert_character(f, key);
}

static size_t line_start(const struct field *f, size_t at)
{
	while (at > 0 && f->text.text[at - 1] != '\n')
		at--;
	return at;
}

/* Lines up (negative) or down, to the same place in it as far as it is as long. */
static void move_lines(struct field *f, int lines)
{
	const size_t start = line_start(f, f->cursor), place = f->cursor - start;
	size_t at = start;

	for (; lines < 0 && at > 0; lines++)
		at = line_start(f, at - 1);
	for (const char *end; lines > 0 && (end = strchr(f->text.text + at, '\n')) != NULL; lines--)
		at = (size_t)(end - f->text.text) + 1;
	const size_t size = strcspn(f->text.text + at, "\n");
	f->cursor = at + (place < size ? place : size);
	while (f->cursor > at && ((unsigned char)f->text.text[f->cursor] & 0xc0) == 0x80)
		f->cursor--;
}

/* Up and down among many lines; a single one leaves these keys to its history. */
static bool move_among_lines(struct field *f, int key)
{
	if (!f->many_lines)
		return false;
	switch (key) {
	case -KEY_UP:
		move_lines(f, -1);
		return true;
	case -KEY_DOWN:
		move_lines(f, 1);
		return true;
	case -KEY_PPAGE:
	case CTRL('b'):
		move_lines(f, -PAGE_LINES);
		return true;
	case -KEY_NPAGE:
	case CTRL('f'):
		move_lines(f, PAGE_LINES);
		return true;
	default:
		return false;
	}
}

static bool move_cursor(struct field *f, int key)
{
	switch (key) {
	case -KEY_LEFT:
		f->cursor = before(f);
		return true;
	case -KEY_RIGHT:
		f->cursor = behind(f);
		return true;
	case -KEY_HOME:
	case CTRL('a'):
		f->cursor = 0;
		return true;
	case -KEY_END:
	case CTRL('e'):
		f->cursor = f->text.size;
		return true;
	default:
		return false;
	}
}

bool field_key(struct field *f, int key)
{
	if (f->pasting) {
		paste_key(f, key);
		return true;
	}
	switch (key) {
	case -KEY_PASTE_BEGINS:
		f->pasting = true;
		return true;
	case -KEY_BACKSPACE:
	case CTRL('h'):
	case 127:
		erase_back_to(f, before(f));
		return true;
	case CTRL('w'):
		erase_back_to(f, word_start(f));
		return true;
	case CTRL('u'):
		erase_back_to(f, 0);
		return true;
	case CTRL('k'):
		splice(f, f->text.size - f->cursor, "");
		return true;
	case -KEY_DC:
		splice(f, behind(f) - f->cursor, "");
		return true;
	case '\r':
	case '\n':
		if (f->many_lines)
			splice(f, 0, "\n");
		return f->many_lines;
	default:
		return move_cursor(f, key) || move_among_lines(f, key) || (key > 0 && insert_character(f, key));
	}
}

/* One line, scrolled so far that the cursor is in sight. */
static void draw_line(const char *line, size_t cursor, const struct area *area, int row)
{
	const char *start = line;
	char *head = xstrndup(line, cursor);

	while (draw_width(head + (start - line)) >= area->columns)
		do
			start++;
		while (((unsigned char)*start & 0xc0) == 0x80);
	const int at = draw_width(head + (start - line));
	draw_text(row, area->column, area->columns, STYLE_TEXT, start);
	free(head);
	move(row, area->column + at);
}

static void draw_lines(const struct field *f, const struct area *area)
{
	const char *start = f->text.text + f->cursor;
	int row = 0;

	for (int rows = 0; start > f->text.text; start--)
		if (start[-1] == '\n' && ++rows == area->rows)
			break;
	size_t cursor = f->cursor - (size_t)(start - f->text.text);
	int cursor_row = 0, cursor_column = 0;
	while (row < area->rows) {
		const size_t size = strcspn(start, "\n");
		char *line = xstrndup(start, size < 1024 ? size : 1024);
		draw_text(area->row + row, area->column, area->columns, STYLE_TEXT, line);
		if (cursor <= size) {
			char *head = xstrndup(start, cursor < 1024 ? cursor : 1024);
			cursor_row = row;
			cursor_column = draw_width(head);
			free(head);
			cursor = (size_t)-1;
		} else if (cursor != (size_t)-1) {
			cursor -= size + 1;
		}
		free(line);
		row++;
		if (start[size] == '\0')
			break;
		start += size + 1;
	}
	if (cursor_column >= area->columns)
		cursor_column = area->columns - 1;
	move(area->row + cursor_row, area->column + cursor_column);
}

void field_draw(const struct field *f, const struct area *area)
{
	if (f->many_lines)
		draw_lines(f, area);
	else
		draw_line(f->text.text, f->cursor, area, area->row);
}
