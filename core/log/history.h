/*
 * history - what happened when, in HISTORY_MAX buckets whatever the length of the log
 *
 * A bucket begins as a second and becomes 5 s, 15 s, a minute, ... a week as the log grows; buckets are aligned to UTC.
 * From it follow the histogram of the report, and whether trouble began at a moment or comes with load.
 */
#ifndef SMTPDX_LOG_HISTORY_H
#define SMTPDX_LOG_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#define HISTORY_MAX 512

enum history_row { HISTORY_SESSIONS, HISTORY_TROUBLES, HISTORY_ROWS };

struct history {
	size_t rung;  /* of the ladder of bucket widths */
	double first; /* number of the first bucket since 1970, in units of the width */
	size_t count; /* buckets from the first to the last that holds something; 0: nothing came yet */
	uint32_t rows[HISTORY_ROWS][HISTORY_MAX];
};

void history_add(struct history *history, enum history_row row, double time); /* a time that is NAN is passed over */

double history_step(const struct history *history);  /* width of a bucket, s */
double history_start(const struct history *history); /* of the first bucket, s since 1970 */

/* How the troubles lie in time. */
enum course {
	COURSE_TOO_FEW,   /* to tell */
	COURSE_STEADY,    /* all the time */
	COURSE_BEGAN,     /* at a moment */
	COURSE_ENDED,     /* at a moment */
	COURSE_WITH_LOAD, /* more of them per session when there are more sessions */
};

const char *course_name(enum course course); /* "too-few", "steady", "began", "ended", "with-load" */

struct change {
	enum course course;
	double at;     /* s since 1970: when it began or ended; NAN otherwise */
	double factor; /* how much more often after that moment (or under load) than else; 1 otherwise */
};

/*
 * Compares the rates of troubles per session (per time where the log has no sessions) before and after each moment by
 * their likelihood ratio, and those of busy buckets with the others.
 */
struct change history_change(const struct history *history);

#endif
