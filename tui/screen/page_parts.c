#include "page_parts.h"

#include "base/i18n.h"
#include "base/xalloc.h"
#include "report/verdict.h"
#include "smtp/phase.h"

#include <stdlib.h>
#include <string.h>

#define RANK_BAR   12
#define SUBJECT_AT 100 /* columns from which on the place stands beside the title */

void part_title(const struct area *area, int row, const char *title)
{
	draw_rule(area->row + row, area->column, area->columns);
	char *text = xasprintf(" %s ", title);
	draw_text(area->row + row, area->column + 2, area->columns - 4, STYLE_DIM, text);
	free(text);
}

void part_lines(const struct area *area, const char *text)
{
	for (int row = 0; row < area->rows && *text != '\0'; row++) {
		const size_t size = strcspn(text, "\n");
		char *line = xstrndup(text, size);
		draw_text(area->row + row, area->column, area->columns, *line != ' ' ? STYLE_STRONG : STYLE_TEXT, line);
		free(line);
		text += size + (text[size] == '\n');
	}
}

void part_dialog(const struct area *area, const struct dialog *dialog)
{
	static const char marks[] = {[LINE_IN] = '<', [LINE_OUT] = '>', [LINE_NOTE] = '#'};

	part_title(area, 0, _("dialog"));
	if (dialog == NULL) {
		draw_text(area->row + 1, area->column + 2, area->columns - 2, STYLE_DIM, _("Nothing was said yet."));
		return;
	}
	const size_t rows = area->rows > 1 ? (size_t)area->rows - 1 : 0;
	const size_t first = dialog->line_count > rows ? dialog->line_count - rows : 0;
	for (size_t i = first; i < dialog->line_count; i++) {
		const struct dialog_line *line = &dialog->lines[i];
		draw_textf(area->row + 1 + (int)(i - first), area->column, area->columns,
		           line->dir == LINE_NOTE ? STYLE_DIM : STYLE_TEXT, "%8.3f %c %s", line->t, marks[line->dir],
		           line->text);
	}
}

/* ---- ranking */

void part_finding(const struct finding *f, int row, int columns, bool marked)
{
	const enum style style = marked ? STYLE_MARKED : STYLE_TEXT;
	const int head = 2 + 8 + RANK_BAR + 1;
	char *percent = probability_text(f->probability);

	if (marked)
		draw_fill(row, 0, columns, style);
	draw_text(row, 0, 1, style, marked ? ">" : " ");
	draw_textf(row, 2, 7, style, "%6s", percent);
	free(percent);
	draw_bar(row, 10, RANK_BAR, 0, f->probability, false, style);
	int title = columns - head;
	if (columns >= SUBJECT_AT) {
		char *place = place_name(f->subject);
		const int room = columns - head > 90 ? 40 : 32;
		title -= room;
		draw_text(row, head + title + 1, room - 1, marked ? style : STYLE_DIM, place);
		free(place);
	}
	draw_text(row, head, title, style, f->title);
}

void part_ranking(const struct area *area, const struct case_file *c, size_t marked)
{
	part_title(area, 0, _("likeliest so far"));
	if (case_verdict(c) == VERDICT_UNMEASURED) {
		draw_text(area->row + 1, area->column + 2, area->columns - 2, STYLE_DIM, _("Nothing measured yet."));
		return;
	}
	for (size_t i = 0; i < finding_shown_count(c) && (int)i + 1 < area->rows; i++)
		part_finding(&c->findings[i], area->row + 1 + (int)i, area->columns, i == marked);
}

bool part_move(size_t *marked, size_t count, enum action action)
{
	const size_t last = count > 0 ? count - 1 : 0;

	switch (action) {
	case ACTION_UP:
		*marked -= *marked > 0;
		return true;
	case ACTION_DOWN:
		*marked += *marked < last;
		return true;
	case ACTION_HOME:
	case ACTION_PAGE_UP:
		*marked = 0;
		return true;
	case ACTION_END:
	case ACTION_PAGE_DOWN:
		*marked = last;
		return true;
	default:
		return false;
	}
}

char *part_path(const char *path)
{
	const char *home = getenv("HOME");
	const size_t size = home != NULL ? strlen(home) : 0;

	if (size > 1 && strncmp(path, home, size) == 0 && path[size] == '/')
		return xasprintf("~%s", path + size);
	return xstrdup(path);
}
