/*
 * Message text in large and in small packets: which share of it the server had acknowledged, over time.
 *
 *      100 %  ooooooooooooooooooooooooooooooooooooooo
 *       80 %
 *        ...
 *        0 %  #######################################
 *             0 s                              0.29 s
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "report/sections.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS    44 /* as many as a screen of 60 columns has beside the shares */
#define ROWS       6
#define POINTS_MAX 128

struct point {
	double at, bytes;
};

/* One of the two flights, from the facts about it. */
struct curve {
	char mark;
	struct point points[POINTS_MAX];
	size_t count;
	double bytes; /* of the whole message */
};

static const struct fact *find(const struct case_file *c, const char *run, const char *what, const char *subject)
{
	char *name = xasprintf("mtu.%s%s", run, what);
	const struct fact *fact = case_find_fact(c, name, subject);

	free(name);
	return fact;
}

/* Reads "SECONDS:BYTES SECONDS:BYTES ..."; what does not read so ends it. */
static void read_points(struct curve *curve, const char *text)
{
	while (curve->count < POINTS_MAX) {
		char *end;
		struct point point = {.at = strtod(text, &end)};
		if (end == text || *end != ':')
			return;
		text = end + 1;
		point.bytes = strtod(text, &end);
		if (end == text || !isfinite(point.at) || !isfinite(point.bytes))
			return;
		curve->points[curve->count++] = point;
		text = end;
	}
}

/* False when there was no such flight. */
static bool read_curve(const struct case_file *c, const char *run, const char *subject, char mark, struct curve *curve)
{
	const struct fact *progress = find(c, run, ".progress", subject), *bytes = find(c, run, ".bytes", subject);

	*curve = (struct curve){.mark = mark};
	if (progress == NULL || bytes == NULL || !(bytes->number > 0))
		return false;
	curve->bytes = bytes->number;
	read_points(curve, progress->text);
	return curve->count > 0;
}

static double last_moment(const struct curve *curve)
{
	return curve->points[curve->count - 1].at;
}

/* The row, from the bottom, of the share that had been acknowledged by then. */
static int row_at(const struct curve *curve, double moment)
{
	double bytes = 0;

	for (size_t i = 0; i < curve->count && curve->points[i].at <= moment; i++)
		bytes = curve->points[i].bytes;
	return (int)round(fmin(fmax(bytes / curve->bytes, 0), 1) * (ROWS - 1));
}

static void draw(char cells[ROWS][COLUMNS + 1], const struct curve *curve, double scale)
{
	for (int column = 0; column < COLUMNS; column++) {
		char *cell = &cells[row_at(curve, scale * (column + 1) / COLUMNS)][column];
		*cell = *cell == ' ' ? curve->mark : '*';
	}
}

static void add_axis(struct document *d, double scale)
{
	char *end = xasprintf("%.2f s", scale);
	char *axis = xasprintf("0 s%*s", COLUMNS - 3, end);

	document_cell(d, "");
	document_cell(d, axis);
	free(axis);
	free(end);
}

static void add_plot(struct document *d, const struct curve *full, const struct curve *clamped)
{
	const double scale = fmax(last_moment(full), last_moment(clamped));
	char cells[ROWS][COLUMNS + 1];

	if (!(scale > 0))
		return;
	for (int row = 0; row < ROWS; row++) {
		memset(cells[row], ' ', COLUMNS);
		cells[row][COLUMNS] = '\0';
	}
	draw(cells, full, scale);
	draw(cells, clamped, scale);
	document_begin(d, BLOCK_LOG, 2);
	for (int row = ROWS - 1; row >= 0; row--) {
		char *share = xasprintf("%3d %%", 100 * row / (ROWS - 1));
		for (size_t end = COLUMNS; end > 0 && cells[row][end - 1] == ' '; end--)
			cells[row][end - 1] = '\0';
		document_cell(d, share);
		document_cell(d, cells[row]);
		free(share);
	}
	add_axis(d, scale);
}

static void add_legend(struct document *d, const struct case_file *c, const char *run, const char *subject, char mark)
{
	const struct fact *outcome = find(c, run, "", subject), *mss = find(c, run, ".mss", subject);
	const struct fact *acked = find(c, run, ".acked", subject), *bytes = find(c, run, ".bytes", subject);
	const struct fact *delay = find(c, run, ".delay", subject);
	const char label[] = {mark, '\0'};

	if (outcome != NULL && mss != NULL && acked != NULL && bytes != NULL && delay != NULL)
		document_item(d, label, _("segments of %.0f bytes: %s, %.0f of %.0f bytes acknowledged in %.3f s"),
		              mss->number, outcome->text, fmin(acked->number, bytes->number), bytes->number,
		              delay->number);
}

void add_flights(struct document *d, const struct case_file *c)
{
	bool first = true;

	for (size_t i = 0; i < c->fact_count; i++) {
		const char *subject = c->facts[i].subject;
		struct curve full, clamped;
		if (strcmp(c->facts[i].def->name, "mtu.full.progress") != 0 ||
		    !read_curve(c, "full", subject, '#', &full) || !read_curve(c, "clamped", subject, 'o', &clamped))
			continue;
		if (first) {
			document_add(d, BLOCK_HEADING, "%s", _("Message text in large and in small packets"));
			document_add(d, BLOCK_PARAGRAPH, "%s",
			             _("The share that the server had acknowledged, over time."));
		}
		first = false;
		document_add(d, BLOCK_STEP, "%s", subject);
		add_plot(d, &full, &clamped);
		add_legend(d, c, "full", subject, '#');
		add_legend(d, c, "clamped", subject, 'o');
	}
}
