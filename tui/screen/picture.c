#include "picture.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "page_parts.h"
#include "report/document.h"
#include "report/sections.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX ((size_t)65536)

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
		document_begin_chart(d, fmax(job->phase_limit, 1));
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
    {"dns", {add_name_servers}}, {"mtu", {add_hops, add_flights}}, {"config", {add_config}},
    {"host", {add_host}},        {"queue", {add_queue}},           {"log", {add_log}},
    {"capture", {add_ladders}},
};

static void add_sections(struct document *d, const struct case_file *c, const struct job *job)
{
	for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++)
		for (size_t k = 0; k < 2 && strcmp(pictures[i].check, job->check) == 0; k++)
			if (pictures[i].add[k] != NULL)
				pictures[i].add[k](d, c);
}

/* How far it has come, in its own numbers. */
static void add_tally(struct document *d, const struct tally *tally)
{
	document_begin_chart(d, 1);
	for (size_t i = 0; i < tally->count; i++) {
		const struct tally_row *row = &tally->rows[i];
		document_bar(d, row->label, row->value, row->from, row->to, row->note)->open = row->open;
	}
}

/* Where the last so many facts of the check begin. */
static size_t latest_facts(const struct case_file *c, const char *check, int most)
{
	size_t first = c->fact_count;

	for (int seen = 0; first > 0 && seen < most; first--)
		seen += strcmp(c->facts[first - 1].check, check) == 0;
	return first;
}

/* What is drawn nowhere is at least read out. */
static void add_latest_facts(struct document *d, const struct case_file *c, const char *check, int most)
{
	bool begun = false;

	for (size_t i = latest_facts(c, check, most); i < c->fact_count; i++) {
		if (strcmp(c->facts[i].check, check) != 0)
			continue;
		if (!begun)
			document_begin(d, BLOCK_TABLE, 3);
		begun = true;
		char *value = fact_value_text(&c->facts[i]);
		document_cell(d, ""); /* what begins at the margin is a heading */
		document_cell(d, c->facts[i].def->name);
		document_cell(d, value);
		free(value);
	}
}

/* Why there is nothing to be seen of a check that has ended. */
static const char *reason_of(const struct case_file *c, const struct job *job)
{
	for (size_t i = 0; i < c->check_count; i++)
		if (strcmp(c->checks[i].check, job->check) == 0 && strcmp(c->checks[i].subject, job->subject) == 0 &&
		    c->checks[i].error != NULL)
			return c->checks[i].error;
	return NULL;
}

/* What it tells while it runs; afterwards what came of it, unless nothing is drawn of that. */
static void make_picture(struct document *d, const struct case_file *c, const struct job *job, int rows)
{
	if (job->running && job->tally->count > 0) {
		add_tally(d, job->tally);
		return;
	}
	if (job->running && *job->phase != '\0')
		add_running(d, job);
	const size_t before = d->count;
	add_sections(d, c, job);
	if (d->count > before)
		return;
	if (job->ended && job->tally->count > 0)
		add_tally(d, job->tally);
	else
		add_latest_facts(d, c, job->check, rows - 4);
}

/* The phases of one endpoint, the one that lasts last. */
static void make_phases(struct document *d, const struct case_file *c, const struct job *job)
{
	struct document all;

	document_init(&all);
	add_timers(&all, c);
	const struct block *chart = chart_of(&all, job->subject);
	if (chart != NULL)
		copy_chart(d, chart);
	document_done(&all);
	if (job->running && *job->phase != '\0')
		add_running(d, job);
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

/* Charts, and behind them the sections that are there already. */
static void put_lines(const struct document *d, size_t width, struct buf *text)
{
	size_t charts = 0;

	while (charts < d->count && d->blocks[charts].kind == BLOCK_CHART)
		chart_lines(&d->blocks[charts++], 2, width, draw_is_utf8(), text);
	const struct document rest = {.blocks = d->blocks + charts, .count = d->count - charts};
	if (charts > 0 && rest.count > 0)
		buf_putc(text, '\n');
	document_to_lines(&rest, width, text);
}

void picture_draw(const struct area *area, const struct case_file *c, const struct job *job)
{
	const struct area inner = {
	    .row = area->row + 1, .column = area->column, .rows = area->rows - 1, .columns = area->columns};
	const struct area words = {
	    .row = inner.row, .column = area->column + 2, .rows = inner.rows, .columns = area->columns - 4};
	const bool phases = strcmp(job->check, "smtp") == 0;
	const char *reason = job->ended ? reason_of(c, job) : NULL;
	struct document d;
	struct buf text;

	part_title(area, 0, job->subject);
	document_init(&d);
	buf_init(&text, TEXT_MAX);
	if (phases)
		make_phases(&d, c, job);
	else
		make_picture(&d, c, job, inner.rows);
	put_lines(&d, (size_t)area->columns - 1, &text);
	if (text.size > 0)
		part_lines(&inner, phases ? last_lines(text.text, inner.rows) : text.text);
	else if (reason != NULL)
		draw_wrapped(&words, 0, STYLE_TEXT, reason);
	else
		draw_wrapped(&words, 0, STYLE_DIM, job->ended ? _("It measured nothing.") : _("Nothing measured yet."));
	buf_done(&text);
	document_done(&d);
}
