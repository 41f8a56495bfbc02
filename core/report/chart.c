#include "base/text.h"
#include "report/document.h"

#include <langinfo.h>
#include <math.h>
#include <string.h>

#define LABEL_MAX ((size_t)30) /* columns, as the following; a longer label gets a line of its own */
#define VALUE_MAX ((size_t)12)
#define NOTE_MAX  ((size_t)24)
#define GAP       ((size_t)2)
#define BAR_MIN   ((size_t)10)

bool chart_locale_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

struct layout {
	size_t label, value, note, bar; /* columns */
	double scale;                   /* what the bar area stands for */
};

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static struct layout lay_out(const struct block *chart, size_t width)
{
	struct layout l = {.scale = chart->scale};

	for (size_t i = 0; i < chart->bar_count; i++) {
		const struct bar *bar = &chart->bars[i];
		size_t label = text_width(bar->label);
		if (label <= LABEL_MAX)
			l.label = larger(l.label, label);
		l.value = larger(l.value, smaller(text_width(bar->value), VALUE_MAX));
		l.note = larger(l.note, smaller(text_width(bar->note), NOTE_MAX));
		l.scale = bar->to > l.scale ? bar->to : l.scale;
	}
	/* On a narrow screen notes give way to the bars, then labels. */
	const size_t wanted = l.label + GAP + l.value + GAP + BAR_MIN + GAP;
	if (wanted + l.note > width)
		l.note = wanted < width ? width - wanted : 0;
	if (wanted > width)
		l.label -= smaller(wanted - width, l.label);
	l.bar = width - (l.label + GAP + l.value + GAP + GAP + l.note);
	return l;
}

/*
 * Draws one bar and returns its columns, from the start of the bar area. Block characters show eighths of a column. What
 * took any time at all leaves a mark.
 */
static size_t draw(const struct bar *bar, const struct layout *l, bool utf8, struct buf *out)
{
	static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	const char *full = bar->open ? (utf8 ? "░" : "-") : (utf8 ? "█" : "#");
	size_t parts = utf8 && !bar->open ? 8 : 1; /* of a column */
	double columns = (double)l->bar;

	/* A case file may hold any number: what cannot be scaled is not drawn. */
	if (!(bar->from >= 0 && bar->to > bar->from) || !isfinite(l->scale))
		return 0;
	size_t start = smaller((size_t)(bar->from / l->scale * columns), l->bar - 1);
	size_t length = (size_t)round((bar->to - bar->from) / l->scale * columns * (double)parts);
	length = smaller(larger(length, 1), (l->bar - start) * parts);
	buf_pad(out, start);
	for (size_t i = 0; i < length / parts; i++)
		buf_puts(out, full);
	buf_puts(out, eighths[length % parts]);
	return start + (length + parts - 1) / parts;
}

/* Adds the text, cut at so many columns, and returns those it took. */
static size_t put_cut(struct buf *out, const char *text, size_t columns)
{
	buf_add(out, text, text_fit(text, columns));
	return smaller(text_width(text), columns);
}

void chart_lines(const struct block *chart, size_t indent, size_t width, bool utf8, struct buf *out)
{
	struct layout l = lay_out(chart, width - indent);

	for (size_t i = 0; i < chart->bar_count; i++) {
		const struct bar *bar = &chart->bars[i];
		size_t label = text_width(bar->label);
		buf_pad(out, indent);
		put_cut(out, bar->label, width - indent);
		if (label > l.label) {
			buf_putc(out, '\n');
			buf_pad(out, indent);
			label = 0;
		}
		buf_pad(out, l.label - label + GAP + l.value - smaller(text_width(bar->value), l.value));
		put_cut(out, bar->value, l.value);
		struct buf drawn;
		buf_init(&drawn, 4 * width);
		size_t columns = draw(bar, &l, utf8, &drawn);
		if (columns > 0 || *bar->note != '\0')
			buf_pad(out, GAP);
		buf_add(out, drawn.text, drawn.size);
		buf_done(&drawn);
		if (*bar->note != '\0') {
			buf_pad(out, l.bar - columns + GAP);
			put_cut(out, bar->note, l.note);
		}
		buf_putc(out, '\n');
	}
}
