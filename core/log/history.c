#include "log/history.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Widths in seconds; each is a multiple of the one before, so that buckets can be joined. */
static const double ladder[] = {1, 5, 15, 60, 300, 900, 3600, 10800, 43200, 86400, 604800};

#define RUNGS (sizeof ladder / sizeof ladder[0])

#define BUCKETS_MIN  8   /* fewer tell nothing about load */
#define TROUBLES_MIN 12  /* fewer tell nothing about their course */
#define RATIO_MIN    8.0 /* log likelihood ratio from which a difference is no accident: e^8 is 3000 to 1 */
#define BEGAN_MIN    5.0 /* so much more often: it began */
#define LOAD_MIN     2.5 /* so much more often under load: it comes with it */

double history_step(const struct history *history)
{
	return ladder[history->rung];
}

double history_start(const struct history *history)
{
	return history->first * ladder[history->rung];
}

/* Moves on to the next width: joins neighbours. */
static void widen(struct history *history)
{
	const double ratio = ladder[history->rung + 1] / ladder[history->rung];
	const double first = floor(history->first / ratio);
	size_t last = 0;

	for (size_t row = 0; row < HISTORY_ROWS; row++) {
		uint32_t joined[HISTORY_MAX] = {0};
		for (size_t i = 0; i < history->count; i++) {
			last = (size_t)(floor((history->first + (double)i) / ratio) - first);
			joined[last] += history->rows[row][i];
		}
		memcpy(history->rows[row], joined, sizeof joined);
	}
	history->first = first;
	history->count = history->count > 0 ? last + 1 : 0;
	history->rung++;
}

/* Shifts the buckets so that an earlier one becomes the first. */
static void make_earlier(struct history *history, size_t by)
{
	for (size_t row = 0; row < HISTORY_ROWS; row++) {
		memmove(history->rows[row] + by, history->rows[row], history->count * sizeof history->rows[row][0]);
		memset(history->rows[row], 0, by * sizeof history->rows[row][0]);
	}
	history->first -= (double)by;
	history->count += by;
}

void history_add(struct history *history, enum history_row row, double time)
{
	double number;

	if (isnan(time))
		return;
	for (;;) {
		number = floor(time / ladder[history->rung]);
		if (history->count == 0) {
			history->first = number;
			history->count = 1;
		}
		const double last = history->first + (double)history->count - 1;
		if (fmax(last, number) - fmin(history->first, number) < HISTORY_MAX || history->rung + 1 == RUNGS)
			break;
		widen(history);
	}
	if (number < history->first) {
		const double by = history->first - number;
		if (by + (double)history->count > HISTORY_MAX)
			return; /* more than ten years earlier */
		make_earlier(history, (size_t)by);
	}
	const double index = number - history->first;
	if (index >= HISTORY_MAX)
		return;
	if (index >= (double)history->count)
		history->count = (size_t)index + 1;
	history->rows[row][(size_t)index]++;
}

const char *course_name(enum course course)
{
	static const char *const names[] = {"too-few", "steady", "began", "ended", "with-load"};

	return names[course];
}

/* How much better two rates explain the counts than one rate does: ln of the likelihood ratio of Poisson counts. */
static double likelihood_ratio(double events1, double exposure1, double events2, double exposure2)
{
	const double rate = (events1 + events2) / (exposure1 + exposure2);
	double ratio = 0;

	if (exposure1 <= 0 || exposure2 <= 0)
		return 0;
	if (events1 > 0)
		ratio += events1 * log(events1 / exposure1 / rate);
	if (events2 > 0)
		ratio += events2 * log(events2 / exposure2 / rate);
	return ratio;
}

static double total(const uint32_t *row, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += row[i];
	return sum;
}

/* The rate after against the rate before, with half an event added so that nothing is divided by 0. */
static double factor(double events1, double exposure1, double events2, double exposure2)
{
	return (events2 + 0.5) / exposure2 / ((events1 + 0.5) / exposure1);
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *left = a;
	const uint32_t *right = b;

	return (*left > *right) - (*left < *right);
}

/* Busy are the buckets above the third quartile of sessions. Returns how well that explains the troubles. */
static double compare_load(const struct history *history, struct change *change)
{
	const uint32_t *sessions = history->rows[HISTORY_SESSIONS];
	const uint32_t *troubles = history->rows[HISTORY_TROUBLES];
	double events[2] = {0, 0}, exposure[2] = {0, 0};
	uint32_t sorted[HISTORY_MAX];

	if (history->count < BUCKETS_MIN)
		return 0;
	memcpy(sorted, sessions, history->count * sizeof sorted[0]);
	qsort(sorted, history->count, sizeof sorted[0], by_number);
	const uint32_t limit = sorted[history->count * 3 / 4];
	for (size_t i = 0; i < history->count; i++) {
		const bool busy = sessions[i] > limit;
		events[busy] += troubles[i];
		exposure[busy] += sessions[i];
	}
	if (exposure[0] <= 0 || exposure[1] <= 0)
		return 0;
	*change = (struct change){
	    .course = COURSE_WITH_LOAD, .at = NAN, .factor = factor(events[0], exposure[0], events[1], exposure[1])};
	return change->factor >= LOAD_MIN ? likelihood_ratio(events[0], exposure[0], events[1], exposure[1]) : 0;
}

/* The moment that parts the log best. Returns how well that explains the troubles; per session when `counted`. */
static double compare_moments(const struct history *history, bool counted, struct change *change)
{
	const uint32_t *sessions = history->rows[HISTORY_SESSIONS];
	const uint32_t *troubles = history->rows[HISTORY_TROUBLES];
	const double all_events = total(troubles, history->count);
	const double all = counted ? total(sessions, history->count) : (double)history->count;
	double events = 0, exposure = 0, best = 0;

	for (size_t i = 0; i + 1 < history->count; i++) {
		events += troubles[i];
		exposure += counted ? sessions[i] : 1;
		const double ratio = likelihood_ratio(events, exposure, all_events - events, all - exposure);
		if (ratio <= best)
			continue;
		best = ratio;
		change->factor = factor(events, exposure, all_events - events, all - exposure);
		change->at = (history->first + (double)i + 1) * ladder[history->rung];
	}
	change->course = change->factor > 1 ? COURSE_BEGAN : COURSE_ENDED;
	/* Each moment was tried: the best of so many must be better by their number. */
	return change->factor >= BEGAN_MIN || change->factor <= 1 / BEGAN_MIN ? best - log((double)history->count) : 0;
}

struct change history_change(const struct history *history)
{
	const double events = total(history->rows[HISTORY_TROUBLES], history->count);
	const double sessions = total(history->rows[HISTORY_SESSIONS], history->count);
	const bool counted = sessions >= events;
	struct change none = {.course = COURSE_TOO_FEW, .at = NAN, .factor = 1}, moment = none, load = none;

	if (events < TROUBLES_MIN || history->count < 4)
		return none;
	none.course = COURSE_STEADY;
	const double by_moment = compare_moments(history, counted, &moment);
	const double by_load = counted ? compare_load(history, &load) : 0;
	if (by_load >= RATIO_MIN && by_load > by_moment)
		return load;
	return by_moment >= RATIO_MIN ? moment : none;
}
