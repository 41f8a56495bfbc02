/*
 * document - what a report says, before it is known how it looks
 *
 * A section is written once, as blocks: headings, paragraphs, reasons, commands, tables, charts, logs. Each format walks
 * the blocks and gives them its shape (text.c, markdown.c), so a new format is one more walk and no section changes.
 * Texts may be foreign: they are clean (see base/text.h), and each format escapes what would have a meaning in it.
 */
#ifndef SMTPDX_REPORT_DOCUMENT_H
#define SMTPDX_REPORT_DOCUMENT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

enum block_kind {
	BLOCK_TITLE,     /* text; once, first */
	BLOCK_HEADING,   /* text */
	BLOCK_STEP,      /* text: a heading below the heading */
	BLOCK_PARAGRAPH, /* text */
	BLOCK_ITEM,      /* text, after a label if there is one, e.g. "+30" */
	BLOCK_COMMAND,   /* text to paste, lines kept; label: what it is for */
	BLOCK_TABLE,     /* cells row by row, the first row names the columns */
	BLOCK_CHART,     /* bars of one scale */
	BLOCK_LOG,       /* cells row by row: a prefix and a line of foreign text */
};

/* One row of a chart. from and to are in the unit of all bars of the chart; nothing is drawn when they are equal. */
struct bar {
	char *label;
	char *value;
	double from, to;
	bool open; /* it had not ended when the measurement did */
	char *note;
};

struct block {
	enum block_kind kind;
	char *text;
	char *label; /* NULL: none */
	size_t columns;
	char **cells;
	size_t cell_count, cell_room;
	struct bar *bars;
	size_t bar_count, bar_room;
	double scale; /* of a chart: what its width stands for at least, so that short times look short */
};

struct document {
	struct block *blocks;
	size_t count, room;
};

void document_init(struct document *d);
void document_done(struct document *d);

/* All texts are copied. */
void document_add(struct document *d, enum block_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void document_item(struct document *d, const char *label, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void document_prose(struct document *d, const char *text); /* paragraphs, with an empty line between them */
void document_command(struct document *d, const char *label, const char *command);

/* A block that takes rows or bars, each added to the block that was begun last. The bar stays valid until the next one. */
void document_begin(struct document *d, enum block_kind kind, size_t columns);
void document_begin_chart(struct document *d, double scale);
void document_cell(struct document *d, const char *text);
struct bar *document_bar(struct document *d, const char *label, const char *value, double from, double to,
                         const char *note);

/*
 * The rows of a chart as plain lines of at most `width` columns, each with its line feed and after `indent` blanks. Drawn
 * with block characters when utf8, else with ASCII.
 */
void chart_lines(const struct block *chart, size_t indent, size_t width, bool utf8, struct buf *out);

/* Whether this locale can show block characters. */
bool chart_locale_is_utf8(void);

/* Blanks, for indents. */
void buf_pad(struct buf *out, size_t columns);

/* A document in its formats; all end with a line feed. Text has 80 columns, or as many as the screen has (at least 40). */
void document_to_lines(const struct document *d, size_t width, struct buf *out);
void document_to_text(const struct document *d, struct buf *out);
void document_to_markdown(const struct document *d, struct buf *out);

#endif
