#include "checks/log/progress.h"

#include "base/i18n.h"
#include "base/xalloc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BUCKETS 8 /* of the histogram: as many as fit below each other on a small screen */

static double bytes_per_second(const struct log_progress *p)
{
	return p->input->bytes / fmax(p->seconds, 1e-3);
}

/* Of a file that grew while it was read all of what was there. */
static double share_read(const struct log_progress *p)
{
	return p->input->size > 0 ? fmin(p->input->bytes / p->input->size, 1) : 0;
}

/* Nobody knows how much comes through a pipe. */
static char *phase_text(const struct log_progress *p)
{
	const double rate = bytes_per_second(p);

	if (!(p->input->size > 0) || !(rate > 0))
		return xasprintf(_("%.0f MB at %.0f MB/s: %s"), p->input->bytes / 1e6, rate / 1e6, p->name);
	return xasprintf(_("%.0f %% at %.0f MB/s, %.0f s left: %s"), 100 * share_read(p), rate / 1e6,
	                 fmax(p->input->size - p->input->bytes, 0) / rate, p->name);
}

static void add_reading(const struct log_progress *p, struct tally *tally)
{
	const double share = share_read(p);
	char value[40], note[80];

	snprintf(value, sizeof value, p->input->size > 0 ? "%.0f %%" : "%.0f MB",
	         p->input->size > 0 ? 100 * share : p->input->bytes / 1e6);
	snprintf(note, sizeof note, _("%.0f MB/s"), bytes_per_second(p) / 1e6);
	tally_add(tally, _("read"), value, 0, share, note);
	snprintf(value, sizeof value, "%.0f", p->input->lines);
	snprintf(note, sizeof note, _("%.0f lines/s"), p->input->lines / fmax(p->seconds, 1e-3));
	tally_add(tally, _("lines"), value, 0, 0, note);
}

static double sum(const struct history *h, enum history_row row, size_t from, size_t count)
{
	double result = 0;

	for (size_t i = from; i < from + count && i < h->count; i++)
		result += h->rows[row][i];
	return result;
}

/* Bars of what there is: troubles, or sessions as long as there is no trouble. */
static void add_history(const struct history *h, struct tally *tally)
{
	const size_t joined = (h->count + BUCKETS - 1) / BUCKETS;
	const enum history_row shown = sum(h, HISTORY_TROUBLES, 0, h->count) > 0 ? HISTORY_TROUBLES : HISTORY_SESSIONS;
	const double step = history_step(h);
	double most = 1;

	for (size_t i = 0; i < h->count; i += joined)
		most = fmax(most, sum(h, shown, i, joined));
	for (size_t i = 0; i < h->count; i += joined) {
		const time_t start = (time_t)(history_start(h) + step * (double)i);
		char label[24], value[48];
		struct tm tm;
		if (gmtime_r(&start, &tm) == NULL)
			return;
		strftime(label, sizeof label, step * (double)joined < 60 ? "%b %d %H:%M:%S" : "%b %d %H:%M", &tm);
		snprintf(value, sizeof value, "%.0f/%.0f", sum(h, HISTORY_TROUBLES, i, joined),
		         sum(h, HISTORY_SESSIONS, i, joined));
		tally_add(tally, label, value, 0, sum(h, shown, i, joined) / most,
		          i == 0 ? _("troubles/sessions") : "");
	}
}

void log_progress_tell(const struct log_progress *p, struct emit *e, const char *subject)
{
	struct tally tally;
	char *phase = phase_text(p);

	emit_progress(e, subject, phase, 0);
	free(phase);
	tally_init(&tally);
	add_reading(p, &tally);
	add_history(&p->analysis->history, &tally);
	emit_tally(e, subject, &tally);
	tally_done(&tally);
}
