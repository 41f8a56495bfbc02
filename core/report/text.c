/*
 * A document as text for a terminal of 80 columns: no colour, no borders, so that it reads the same in a mail, a ticket
 * and over SSH. Only what would break when it is broken may be longer: URLs, and commands within quotes.
 */
#include "base/text.h"
#include "base/xalloc.h"
#include "report/document.h"
#include "report/shell.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH_MIN   ((size_t)40)
#define BODY        ((size_t)2) /* indent below a heading */
#define STEP_BODY   ((size_t)5) /* indent below a step */
#define COMMAND_IN  ((size_t)2) /* how far a command stands in from its text */
#define CELL_MIN    ((size_t)8)
#define COLUMNS_MAX 8

static bool starts_url(const char *word)
{
	size_t length = strcspn(word, " ");
	const char *mark = strstr(word, "://");

	return mark != NULL && (size_t)(mark - word) < length;
}

/* Whether a line that ends there leaves a number without its unit. */
static bool divides_number(const char *text, size_t size)
{
	static const char *const units[] = {"s", "ms", "h", "%", "bytes", "days", "GB"};
	const char *next = text + size + strspn(text + size, " ");
	const size_t length = strspn(next, "abcdefghijklmnopqrstuvwxyzGB%");

	for (size_t i = 0; i < sizeof units / sizeof units[0] && isdigit((unsigned char)text[size - 1]); i++)
		if (strlen(units[i]) == length && strncmp(next, units[i], length) == 0)
			return true;
	return false;
}

/* Without the last word, unless it is the only one. */
static size_t before_last_word(const char *text, size_t size)
{
	size_t end = size;

	while (end > 0 && text[end - 1] != ' ')
		end--;
	while (end > 0 && text[end - 1] == ' ')
		end--;
	return end > 0 ? end : size;
}

/*
 * How many bytes of the text go on a line of so many columns: up to the last blank that fits, and without it. A longer
 * word is cut, a URL is not. With next_line() it gets on whatever the text is.
 */
static size_t line_size(const char *text, size_t columns)
{
	size_t fit = text_fit(text, columns > 2 ? columns : 2);
	size_t size = fit;

	if (text[fit] != '\0' && text[fit] != ' ')
		while (size > 0 && text[size - 1] != ' ')
			size--;
	while (size > 0 && text[size - 1] == ' ')
		size--;
	if (size > 0 && divides_number(text, size))
		size = before_last_word(text, size);
	if (size > 0 || *text == '\0')
		return size;
	return starts_url(text) ? strcspn(text, " ") : fit;
}

/* What follows a line that was broken: without the blanks at which it was. */
static const char *next_line(const char *text, size_t size)
{
	text += size;
	return text + strspn(text, " ");
}

/* Text that begins at column `first`, which the caller has reached, and goes on at column `rest`. */
static void put_hanging(struct buf *out, size_t width, size_t first, size_t rest, const char *text)
{
	size_t size = line_size(text, width - first);

	buf_add(out, text, size);
	buf_putc(out, '\n');
	for (text = next_line(text, size); *text != '\0'; text = next_line(text, size)) {
		size = line_size(text, width - rest);
		buf_pad(out, rest);
		buf_add(out, text, size);
		buf_putc(out, '\n');
	}
}

static void put_wrapped(struct buf *out, size_t width, size_t indent, const char *text)
{
	put_hanging(out, width, indent, indent, text);
}

static void put_command(const struct block *block, size_t width, size_t indent, struct buf *out)
{
	struct buf lines;

	if (block->label != NULL) {
		buf_pad(out, indent);
		put_wrapped(out, width, indent, block->label);
	}
	buf_init(&lines, 2 * strlen(block->text) + width);
	shell_wrap(block->text, width - indent - COMMAND_IN, false, &lines);
	for (char *line = lines.text; *line != '\0';) {
		size_t size = strcspn(line, "\n");
		buf_pad(out, size > 0 ? indent + COMMAND_IN : 0);
		buf_add(out, line, size);
		buf_putc(out, '\n');
		line += size + (line[size] == '\n');
	}
	buf_done(&lines);
}

/* The columns of its longest word: a name that is cut can be neither read nor searched for. A mark before it belongs to it. */
static size_t longest_word(const char *text)
{
	size_t longest = 0, mark = strspn(text, " !");

	while (*text != '\0') {
		const size_t size = mark + strcspn(text + mark, " ");
		char *word = xstrndup(text, size);
		const size_t width = text_width(word);
		longest = width > longest ? width : longest;
		free(word);
		text += size + strspn(text + size, " ");
		mark = 0;
	}
	return longest;
}

/* The widest column that is wider than its least; `columns` when none is. */
static size_t widest_above(const size_t *widths, const size_t *least, size_t columns)
{
	size_t widest = columns;

	for (size_t i = 0; i < columns; i++)
		if (widths[i] > least[i] && (widest == columns || widths[i] >= widths[widest]))
			widest = i;
	return widest;
}

/*
 * Widths of the columns from `first` on: what their cells want, the widest giving way until the row fits. Words are cut last
 * of all: then it returns false.
 */
static bool column_widths(const struct block *block, size_t first, size_t room, size_t widths[static COLUMNS_MAX])
{
	static const size_t smallest[COLUMNS_MAX] = {CELL_MIN, CELL_MIN, CELL_MIN, CELL_MIN,
	                                             CELL_MIN, CELL_MIN, CELL_MIN, CELL_MIN};
	size_t total = 2 * (block->columns - 1 - first), least[COLUMNS_MAX];
	bool whole = true;

	memcpy(least, smallest, sizeof least);
	memset(widths, 0, COLUMNS_MAX * sizeof *widths);
	for (size_t i = 0; i < block->cell_count; i++) {
		const size_t column = i % block->columns;
		if (column < first)
			continue;
		size_t width = text_width(block->cells[i]);
		width = width < room ? width : room;
		if (width > widths[column])
			widths[column] = width;
		/* Prefixes of a log are no words. */
		const size_t word = block->kind == BLOCK_TABLE ? longest_word(block->cells[i]) : 0;
		if (word > least[column])
			least[column] = word;
	}
	for (size_t i = first; i < block->columns; i++)
		total += widths[i];
	while (total > room) {
		size_t widest = widest_above(widths, least, block->columns);
		if (widest == block->columns) {
			widest = widest_above(widths, smallest, block->columns);
			whole = false;
		}
		if (widest == block->columns)
			break;
		widths[widest]--;
		total--;
	}
	return whole;
}

/* One row, as many lines high as its highest cell. */
static void put_row(char *const *cells, size_t columns, const size_t *widths, size_t indent, struct buf *out)
{
	const char *rest[COLUMNS_MAX];
	bool more = true;

	for (size_t i = 0; i < columns; i++)
		rest[i] = cells[i];
	while (more) {
		size_t at = 0, wanted = indent; /* columns */
		more = false;
		for (size_t i = 0; i < columns; i++) {
			size_t size = line_size(rest[i], widths[i]);
			if (size > 0) {
				char *piece = xstrndup(rest[i], size);
				if (at > 0 && at >= wanted) /* a URL took more than its column */
					wanted = at + 1;
				buf_pad(out, wanted - at);
				buf_puts(out, piece);
				at = wanted + text_width(piece);
				free(piece);
			}
			wanted += widths[i] + 2;
			rest[i] = next_line(rest[i], size);
			more = more || *rest[i] != '\0';
		}
		buf_putc(out, '\n');
	}
}

static void put_cells(const struct block *block, size_t width, size_t indent, struct buf *out)
{
	size_t widths[COLUMNS_MAX];
	const size_t room = width - indent;

	if (block->columns == 0 || block->columns > COLUMNS_MAX)
		die("a table of the report has too many columns");
	/* Where words would be cut, what a row is about stands above the rest of it, if that helps. */
	bool stacked = !column_widths(block, 0, room, widths) && block->columns > 2 &&
	               column_widths(block, 1, room - COMMAND_IN, widths);
	if (!stacked)
		column_widths(block, 0, room, widths);
	for (size_t i = 0; i + block->columns <= block->cell_count; i += block->columns) {
		char *const *cells = block->cells + i;
		put_row(cells, stacked ? 1 : block->columns, stacked ? &room : widths, indent, out);
		if (stacked)
			put_row(cells + 1, block->columns - 1, widths + 1, indent + COMMAND_IN, out);
	}
}

/* Blocks that belong together stand together: 24 lines are to hold the verdict, its reasons and the first fix. */
static bool wants_gap(enum block_kind before, enum block_kind kind)
{
	switch (kind) {
	case BLOCK_TITLE:
		return false;
	case BLOCK_HEADING:
		return true;
	case BLOCK_STEP:
		return before != BLOCK_HEADING;
	case BLOCK_ITEM:
		return before == BLOCK_COMMAND || before == BLOCK_TABLE;
	case BLOCK_PARAGRAPH:
		return before != BLOCK_HEADING && before != BLOCK_STEP && before != BLOCK_COMMAND;
	case BLOCK_COMMAND:
	case BLOCK_TABLE:
	case BLOCK_CHART:
	case BLOCK_LOG:
		return before == kind && kind != BLOCK_COMMAND;
	}
	return false;
}

static void put_block(const struct block *block, size_t width, size_t indent, struct buf *out)
{
	switch (block->kind) {
	case BLOCK_TITLE:
	case BLOCK_HEADING:
		put_wrapped(out, width, 0, block->text);
		break;
	case BLOCK_STEP:
		buf_pad(out, BODY);
		put_hanging(out, width, BODY, STEP_BODY, block->text);
		break;
	case BLOCK_PARAGRAPH:
		buf_pad(out, indent);
		put_wrapped(out, width, indent, block->text);
		break;
	case BLOCK_ITEM:
		buf_pad(out, indent);
		buf_printf(out, "%s ", block->label != NULL ? block->label : "-");
		put_wrapped(out, width, indent + text_width(block->label != NULL ? block->label : "-") + 1,
		            block->text);
		break;
	case BLOCK_COMMAND:
		put_command(block, width, indent, out);
		break;
	case BLOCK_TABLE:
	case BLOCK_LOG:
		put_cells(block, width, indent, out);
		break;
	case BLOCK_CHART:
		chart_lines(block, indent, width, chart_locale_is_utf8(), out);
		break;
	}
}

static size_t count_lines(const char *text)
{
	size_t lines = 0;

	for (; *text != '\0'; text++)
		lines += *text == '\n';
	return lines;
}

void document_to_linked_lines(const struct document *d, size_t width, struct buf *out, struct document_link *links)
{
	size_t indent = 0, lines = 0, counted = 0; /* counted: bytes of out */

	width = width > WIDTH_MIN ? width : WIDTH_MIN;
	for (size_t i = 0; i < d->count; i++) {
		const struct block *block = &d->blocks[i];
		if (i > 0 && wants_gap(d->blocks[i - 1].kind, block->kind))
			buf_putc(out, '\n');
		if (block->link != NULL && links != NULL) {
			lines += count_lines(out->text + counted);
			counted = out->size;
		}
		put_block(block, width, indent, out);
		if (block->link != NULL && links != NULL)
			*links++ = (struct document_link){
			    .link = block->link, .line = lines, .lines = count_lines(out->text + counted)};
		if (block->kind == BLOCK_HEADING)
			indent = BODY;
		else if (block->kind == BLOCK_STEP)
			indent = STEP_BODY;
	}
}

void document_to_lines(const struct document *d, size_t width, struct buf *out)
{
	document_to_linked_lines(d, width, out, NULL);
}

void document_to_text(const struct document *d, struct buf *out)
{
	document_to_lines(d, 80, out);
}
