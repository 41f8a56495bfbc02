#include "page_parts.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "report/sections.h"
#include "report/verdict.h"
#include "smtp/phase.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RANK_BAR   12
#define TEXT_MAX   ((size_t)65536)
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

/* ---- pictures: the charts of the report, of one subject */

/* The chart below the step with that text; NULL when there is none. */
static const struct block *chart_of(const struct document *d, const char *subject)
{
	for (size_t i = 0; i + 1 < d->count; i++)
		if (d->blocks[i].kind == BLOCK_STEP && strcmp(d->blocks[i].text, subject) == 0 &&
		    d->blocks[i + 1].kind == BLOCK_CHART)
			return &d->blocks[i + 1];
	return NULL;
}

static double chart_end(const struct block *chart)
{
	double end = 0;

	for (size_t i = 0; i < chart->bar_count; i++)
		end = fmax(end, chart->bars[i].to);
	return end;
}

/* The phase that still lasts is the last bar, and grows. */
static void add_running(struct document *d, const struct job *job)
{
	const double waited = fmax(floor(clock_now() - job->phase_began), 0);
	double from =
	    d->count > 0 && d->blocks[d->count - 1].kind == BLOCK_CHART ? chart_end(&d->blocks[d->count - 1]) : 0;
	char *value = xasprintf("%.0f s", waited);
	char *note = job->phase_limit > 0 ? xasprintf(_("limit %.0f s"), job->phase_limit) : xstrdup("");

	if (d->count == 0 || d->blocks[d->count - 1].kind != BLOCK_CHART)
		document_begin_chart(d, 1);
	document_bar(d, job->phase, value, from, from + waited, note)->open = true;
	free(value);
	free(note);
}

static void copy_chart(struct document *to, const struct block *chart)
{
	document_begin_chart(to, chart->scale);
	for (size_t i = 0; i < chart->bar_count; i++) {
		const struct bar *bar = &chart->bars[i];
		document_bar(to, bar->label, bar->value, bar->from, bar->to, bar->note)->open = bar->open;
	}
}

/* The sections of the report that a check's facts are drawn in; the SMTP phases have a chart for each endpoint. */
static const struct {
	const char *check;
	void (*add[2])(struct document *d, const struct case_file *c);
} pictures[] = {
    {"dns", {add_name_servers}},
    {"mtu", {add_hops, add_flights}},
    {"log", {add_log}},
    {"queue", {add_queue}},
};

static void add_picture(struct document *d, const struct case_file *c, const struct job *job)
{
	struct document all;

	for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++)
		for (size_t k = 0; k < 2 && strcmp(pictures[i].check, job->check) == 0; k++)
			if (pictures[i].add[k] != NULL)
				pictures[i].add[k](d, c);
	if (strcmp(job->check, "smtp") != 0)
		return;
	document_init(&all);
	add_timers(&all, c);
	const struct block *chart = chart_of(&all, job->subject);
	if (chart != NULL)
		copy_chart(d, chart);
	document_done(&all);
}

/* Where the last so many lines begin: the phase that lasts is the last one. */
static const char *last_lines(const char *text, int rows)
{
	const char *start = text + strlen(text);

	for (int seen = 0; start > text; start--)
		if (start[-1] == '\n' && seen++ == rows)
			break;
	return start;
}

void part_picture(const struct area *area, const struct case_file *c, const struct job *job)
{
	struct area inner = {
	    .row = area->row + 1, .column = area->column, .rows = area->rows - 1, .columns = area->columns};
	struct document d;
	struct buf text;

	part_title(area, 0, job->subject);
	document_init(&d);
	add_picture(&d, c, job);
	if (job->running && *job->phase != '\0')
		add_running(&d, job);
	buf_init(&text, TEXT_MAX);
	if (strcmp(job->check, "smtp") == 0) {
		for (size_t i = 0; i < d.count; i++)
			chart_lines(&d.blocks[i], 2, (size_t)area->columns - 1, draw_is_utf8(), &text);
	} else {
		document_to_lines(&d, (size_t)area->columns - 1, &text);
	}
	if (text.size == 0)
		draw_text(inner.row, inner.column + 2, inner.columns - 2, STYLE_DIM, _("Nothing measured yet."));
	else
		part_lines(&inner, strcmp(job->check, "smtp") == 0 ? last_lines(text.text, inner.rows) : text.text);
	buf_done(&text);
	document_done(&d);
}

void part_dialog(const struct area *area, const struct case_file *c, const char *subject)
{
	static const char marks[] = {[LINE_IN] = '<', [LINE_OUT] = '>', [LINE_NOTE] = '#'};
	const struct dialog *dialog = NULL;

	part_title(area, 0, _("dialog"));
	for (size_t i = 0; i < c->dialog_count; i++)
		if (strcmp(c->dialogs[i].subject, subject) == 0)
			dialog = &c->dialogs[i];
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

char *part_path(const char *path)
{
	const char *home = getenv("HOME");
	const size_t size = home != NULL ? strlen(home) : 0;

	if (size > 1 && strncmp(path, home, size) == 0 && path[size] == '/')
		return xasprintf("~%s", path + size);
	return xstrdup(path);
}
