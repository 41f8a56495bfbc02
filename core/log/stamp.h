/*
 * stamp - the time stamps of log lines, as they are written
 */
#ifndef SMTPDX_LOG_STAMP_H
#define SMTPDX_LOG_STAMP_H

#include "log/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct stamp {
	int year; /* 0: the stamp has none */
	int month, day, hour, minute, second;
};

/*
 * Reads "Sep  1 05:45:30", "Sep  1 2026 05:45:30" or "2026-09-01T05:45:30" (or with a blank, or slashes) at the beginning, up to the seconds.
 * Returns the bytes it took, 0 when there is no stamp.
 */
size_t stamp_parse(struct slice text, struct stamp *stamp);

/*
 * What may follow the seconds: a fraction (added to *fraction) and a zone: "Z", "+02:00", "+0200", " +0200", " UTC".
 * *zoned says whether there was one, *offset is its distance from UTC in seconds. Returns the bytes it took.
 */
size_t stamp_tail_parse(struct slice text, double *fraction, bool *zoned, double *offset);

/* The stamp in a year, as mktime(3) takes it: whether it is summer time is for that to find out. */
struct tm stamp_tm(const struct stamp *stamp, int year);

#endif
