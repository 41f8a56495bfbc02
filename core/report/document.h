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
	char *link; /* what a face may do with it: "help mtu", "test limit --rate at mx1 [192.0.2.25]"; NULL: nothing */
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
void block_done(struct block *block); /* frees what it holds */

/* All texts are copied. */
void document_add(struct document *d, enum block_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void document_item(struct document *d, const char *label, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void document_prose(struct document *d, const char *text); /* paragraphs, with an empty line between them */
void document_command(struct document *d, const char *label, const char *command);

/* What the block that was added last leads to. */
void document_link(struct document *d, const char *link);

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

/*
 * Leaves what has the text in it, whatever its case, and the headings and column names above that. How many rows, items
 * and paragraphs are left, of how many.
 */
struct document_shown {
	size_t shown, all;
};
struct document_shown document_filter(struct document *d, const char *text);

/* Blanks, for indents. */
void buf_pad(struct buf *out, size_t columns);

/* A document in its formats; all end with a line feed. Text has 80 columns, or as many as the screen has (at least 40). */
void document_to_lines(const struct document *d, size_t width, struct buf *out);
/* The same, and which lines lead somewhere: as many rows of `links` as the document has blocks with a link. */
struct document_link {
	const char *link; /* of the document */
	size_t line, lines;
};
size_t document_link_count(const struct document *d);
void document_to_linked_lines(const struct document *d, size_t width, struct buf *out, struct document_link *links);

void document_to_text(const struct document *d, struct buf *out);
void document_to_markdown(const struct document *d, struct buf *out);

#endif
