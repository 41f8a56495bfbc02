/*
 * Of a document only what has a text in it, with the headings above that and the first rows of tables, which name the
 * columns: as "&" does in a pager, but a row that takes several lines stays whole.
 */
#include "base/xalloc.h"
#include "report/document.h"

#include <stdlib.h>
#include <string.h>

static bool has(const char *text, const char *wanted)
{
	return text != NULL && strcasestr(text, wanted) != NULL;
}

static bool row_has(const struct block *block, size_t row, const char *wanted)
{
	for (size_t i = 0; i < block->columns; i++)
		if (has(block->cells[row * block->columns + i], wanted))
			return true;
	return false;
}

static bool bar_has(const struct bar *bar, const char *wanted)
{
	return has(bar->label, wanted) || has(bar->value, wanted) || has(bar->note, wanted);
}

/* The first row of a table names its columns; it does not count. */
static void filter_cells(struct block *block, const char *wanted, struct document_shown *shown)
{
	const size_t columns = block->columns, rows = columns > 0 ? block->cell_count / columns : 0;
	const size_t first = block->kind == BLOCK_TABLE && rows > 0;
	size_t kept = first;

	for (size_t row = first; row < rows; row++) {
		const bool keep = row_has(block, row, wanted);
		for (size_t i = 0; i < columns; i++) {
			char *cell = block->cells[row * columns + i];
			if (keep)
				block->cells[kept * columns + i] = cell;
			else
				free(cell);
		}
		kept += keep;
	}
	for (size_t i = rows * columns; i < block->cell_count; i++)
		free(block->cells[i]);
	shown->all += rows - first;
	shown->shown += kept - first;
	block->cell_count = kept * columns;
}

static void filter_bars(struct block *block, const char *wanted, struct document_shown *shown)
{
	size_t kept = 0;

	shown->all += block->bar_count;
	for (size_t i = 0; i < block->bar_count; i++) {
		struct bar bar = block->bars[i];
		if (bar_has(&bar, wanted)) {
			block->bars[kept++] = bar;
			continue;
		}
		free(bar.label);
		free(bar.value);
		free(bar.note);
	}
	block->bar_count = kept;
	shown->shown += kept;
}

static bool is_heading(const struct block *block)
{
	return block->kind == BLOCK_TITLE || block->kind == BLOCK_HEADING || block->kind == BLOCK_STEP;
}

/* True when something of it is left. */
static bool filter_block(struct block *block, const char *wanted, struct document_shown *shown)
{
	const size_t before = shown->shown;

	if (block->kind == BLOCK_TABLE || block->kind == BLOCK_LOG) {
		filter_cells(block, wanted, shown);
	} else if (block->kind == BLOCK_CHART) {
		filter_bars(block, wanted, shown);
	} else {
		shown->all++;
		shown->shown += has(block->text, wanted) || has(block->label, wanted);
	}
	return shown->shown > before;
}

/* What the last heading stands for goes with it: a step ends at the next one, a heading at the next heading. */
static bool heads_something(const struct document *d, const bool *kept, size_t heading)
{
	for (size_t i = heading + 1; i < d->count; i++) {
		if (d->blocks[i].kind <= d->blocks[heading].kind && is_heading(&d->blocks[i]))
			return false;
		if (kept[i] && !is_heading(&d->blocks[i]))
			return true;
	}
	return false;
}

struct document_shown document_filter(struct document *d, const char *text)
{
	struct document_shown shown = {0, 0};
	bool *kept = xcalloc(d->count + 1, sizeof *kept);
	size_t count = 0;
	bool whole = false; /* the step above has the text, a host's name say: so all that is about it is shown */

	for (size_t i = 0; i < d->count; i++) {
		const struct block *block = &d->blocks[i];
		if (is_heading(block))
			whole = block->kind == BLOCK_STEP && has(block->text, text);
		kept[i] = is_heading(block) || filter_block(&d->blocks[i], whole ? "" : text, &shown);
	}
	for (size_t i = 0; i < d->count; i++)
		if (is_heading(&d->blocks[i]))
			kept[i] = heads_something(d, kept, i);
	for (size_t i = 0; i < d->count; i++) {
		if (kept[i])
			d->blocks[count++] = d->blocks[i];
		else
			block_done(&d->blocks[i]);
	}
	d->count = count;
	free(kept);
	return shown;
}
