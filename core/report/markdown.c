/*
 * A document as Markdown (CommonMark with the tables of GitHub's dialect), for tickets and mails. Foreign text is escaped
 * wherever it stands, so that a banner cannot start a heading, a link, an image or HTML; a fence is longer than any run
 * of backticks within.
 */
#include "base/text.h"
#include "base/xalloc.h"
#include "report/document.h"
#include "report/shell.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH ((size_t)80) /* of commands and charts */

/* Whether a block that starts so would become a list, a rule or the underline of a heading. */
static bool starts_structure(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	if (digits > 0)
		return (text[digits] == '.' || text[digits] == ')') && strchr(" ", text[digits + 1]) != NULL;
	return *text != '\0' && strchr("-+=", *text) != NULL && (text[1] == *text || strchr(" ", text[1]) != NULL);
}

/* Within a word an underscore has no meaning, and smtpd_timeout shall stay legible. */
static bool has_meaning(const char *text, char before)
{
	if (*text == '_')
		return !isalnum((unsigned char)before) || !isalnum((unsigned char)text[1]);
	return strchr("\\`*[]<>#|~&$", *text) != NULL;
}

/* Adds a text as one line without its leading blanks (four of them would start a code block). */
static void put_escaped(struct buf *out, const char *text)
{
	char before = '\0';

	for (text += strspn(text, " \n"); *text != '\0'; before = *text++) {
		if (has_meaning(text, before))
			buf_putc(out, '\\');
		buf_putc(out, *text == '\n' ? ' ' : *text);
	}
}

/* The same for a text that a block starts with. */
static void put_block_start(struct buf *out, const char *text)
{
	size_t digits;

	text += strspn(text, " \n");
	digits = strspn(text, "0123456789");
	if (starts_structure(text)) {
		buf_add(out, text, digits);
		buf_printf(out, "\\%c", text[digits]);
		text += digits + 1;
		if (*text == ' ')
			buf_putc(out, ' ');
	}
	put_escaped(out, text);
}

static void put_line(struct buf *out, const char *mark, const char *text)
{
	buf_puts(out, mark);
	put_escaped(out, text);
	buf_putc(out, '\n');
}

static void put_paragraph(struct buf *out, const char *text)
{
	put_block_start(out, text);
	buf_putc(out, '\n');
}

static void put_item(struct buf *out, const char *label, const char *text)
{
	buf_puts(out, "- ");
	if (label != NULL) {
		put_block_start(out, label);
		put_line(out, " ", text);
	} else {
		put_paragraph(out, text);
	}
}

static size_t longest_run(const char *text, char of)
{
	size_t longest = 0, run = 0;

	for (; *text != '\0'; text++) {
		run = *text == of ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

/* Lines that stay as they are. The content ends with a line feed. */
static void put_fenced(struct buf *out, const char *language, const char *content)
{
	size_t length = longest_run(content, '`') + 1;
	char fence[64];

	length = length < 3 ? 3 : length;
	if (length >= sizeof fence) { /* nobody writes that in earnest */
		put_paragraph(out, content);
		return;
	}
	memset(fence, '`', length);
	fence[length] = '\0';
	buf_printf(out, "%s%s\n%s%s\n", fence, language, content, fence);
}

static void put_command(struct buf *out, const struct block *block)
{
	struct buf lines;

	if (block->label != NULL) {
		put_paragraph(out, block->label);
		buf_putc(out, '\n');
	}
	buf_init(&lines, 2 * strlen(block->text) + WIDTH);
	shell_wrap(block->text, WIDTH, false, &lines);
	put_fenced(out, "sh", lines.text);
	buf_done(&lines);
}

static void put_table(struct buf *out, const struct block *block)
{
	for (size_t i = 0; i + block->columns <= block->cell_count; i += block->columns) {
		for (size_t k = 0; k < block->columns; k++) {
			buf_puts(out, "| ");
			put_escaped(out, block->cells[i + k]);
			buf_putc(out, ' ');
		}
		buf_puts(out, "|\n");
		for (size_t k = 0; i == 0 && k < block->columns; k++)
			buf_puts(out, k + 1 < block->columns ? "| --- " : "| --- |\n");
	}
}

static void put_log(struct buf *out, const struct block *block)
{
	struct buf lines;

	buf_init(&lines, out->max);
	for (size_t i = 0; i + block->columns <= block->cell_count; i += block->columns)
		for (size_t k = 0; k < block->columns; k++)
			buf_printf(&lines, "%s%c", block->cells[i + k], k + 1 < block->columns ? ' ' : '\n');
	put_fenced(out, "text", lines.text);
	buf_done(&lines);
}

static void put_chart(struct buf *out, const struct block *block)
{
	struct buf lines;

	buf_init(&lines, out->max);
	chart_lines(block, 0, WIDTH, chart_locale_is_utf8(), &lines);
	put_fenced(out, "text", lines.text);
	buf_done(&lines);
}

static void put_block(struct buf *out, const struct block *block)
{
	switch (block->kind) {
	case BLOCK_TITLE:
		put_line(out, "# ", block->text);
		break;
	case BLOCK_HEADING:
		put_line(out, "## ", block->text);
		break;
	case BLOCK_STEP:
		put_line(out, "### ", block->text);
		break;
	case BLOCK_PARAGRAPH:
		put_paragraph(out, block->text);
		break;
	case BLOCK_ITEM:
		put_item(out, block->label, block->text);
		break;
	case BLOCK_COMMAND:
		put_command(out, block);
		break;
	case BLOCK_TABLE:
		put_table(out, block);
		break;
	case BLOCK_CHART:
		put_chart(out, block);
		break;
	case BLOCK_LOG:
		put_log(out, block);
		break;
	}
}

void document_to_markdown(const struct document *d, struct buf *out)
{
	for (size_t i = 0; i < d->count; i++) {
		bool in_list = i > 0 && d->blocks[i].kind == BLOCK_ITEM && d->blocks[i - 1].kind == BLOCK_ITEM;
		if (i > 0 && !in_list)
			buf_putc(out, '\n');
		put_block(out, &d->blocks[i]);
	}
}
