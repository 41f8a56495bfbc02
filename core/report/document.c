#include "report/document.h"

#include "base/xalloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void document_init(struct document *d)
{
	*d = (struct document){0};
}

void block_done(struct block *block)
{
	free(block->text);
	free(block->label);
	free(block->link);
	for (size_t k = 0; k < block->cell_count; k++)
		free(block->cells[k]);
	free(block->cells);
	for (size_t k = 0; k < block->bar_count; k++) {
		free(block->bars[k].label);
		free(block->bars[k].value);
		free(block->bars[k].note);
	}
	free(block->bars);
}

void document_done(struct document *d)
{
	for (size_t i = 0; i < d->count; i++)
		block_done(&d->blocks[i]);
	free(d->blocks);
	*d = (struct document){0};
}

static struct block *new_block(struct document *d, enum block_kind kind)
{
	d->blocks = xgrow(d->blocks, d->count, &d->room, sizeof *d->blocks);
	d->blocks[d->count] = (struct block){.kind = kind};
	return &d->blocks[d->count++];
}

static __attribute__((format(printf, 1, 0))) char *format_text(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		die("out of memory");
	return text;
}

void document_add(struct document *d, enum block_kind kind, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	new_block(d, kind)->text = format_text(format, args);
	va_end(args);
}

void document_item(struct document *d, const char *label, const char *format, ...)
{
	struct block *block = new_block(d, BLOCK_ITEM);
	va_list args;

	va_start(args, format);
	block->text = format_text(format, args);
	va_end(args);
	block->label = xstrdup(label);
}

void document_prose(struct document *d, const char *text)
{
	while (*text != '\0') {
		const char *end = strstr(text, "\n\n");
		size_t size = end != NULL ? (size_t)(end - text) : strlen(text);
		char *paragraph = xstrndup(text, size);
		for (char *p = paragraph; *p != '\0'; p++)
			if (*p == '\n')
				*p = ' ';
		if (*paragraph != '\0')
			document_add(d, BLOCK_PARAGRAPH, "%s", paragraph);
		free(paragraph);
		text += size;
		text += strspn(text, "\n");
	}
}

void document_command(struct document *d, const char *label, const char *command)
{
	struct block *block = new_block(d, BLOCK_COMMAND);

	block->text = xstrdup(command);
	block->label = xstrdup(label);
}

void document_link(struct document *d, const char *link)
{
	struct block *block = &d->blocks[d->count - 1];

	free(block->link);
	block->link = xstrdup(link);
}

size_t document_link_count(const struct document *d)
{
	size_t count = 0;

	for (size_t i = 0; i < d->count; i++)
		count += d->blocks[i].link != NULL;
	return count;
}

void document_begin(struct document *d, enum block_kind kind, size_t columns)
{
	new_block(d, kind)->columns = columns;
}

void document_begin_chart(struct document *d, double scale)
{
	new_block(d, BLOCK_CHART)->scale = scale;
}

void document_cell(struct document *d, const char *text)
{
	struct block *block = &d->blocks[d->count - 1];

	block->cells = xgrow(block->cells, block->cell_count, &block->cell_room, sizeof *block->cells);
	block->cells[block->cell_count++] = xstrdup(text);
}

struct bar *document_bar(struct document *d, const char *label, const char *value, double from, double to,
                         const char *note)
{
	struct block *block = &d->blocks[d->count - 1];

	block->bars = xgrow(block->bars, block->bar_count, &block->bar_room, sizeof *block->bars);
	block->bars[block->bar_count] = (struct bar){
	    .label = xstrdup(label),
	    .value = xstrdup(value),
	    .from = from,
	    .to = to,
	    .note = xstrdup(note),
	};
	return &block->bars[block->bar_count++];
}

void buf_pad(struct buf *out, size_t columns)
{
	while (columns-- > 0)
		buf_putc(out, ' ');
}
