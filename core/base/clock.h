/*
 * clock - the monotonic clock that every timer reads, and the calendar that only stamps
 *
 * All durations in smtpdx are seconds as a double. A deadline is an absolute value of clock_now(); a call that may wait
 * takes one, so that a chain of calls cannot wait longer than its caller allowed.
 */
#ifndef SMTPDX_BASE_CLOCK_H
#define SMTPDX_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>

#define CLOCK_STAMP_SIZE sizeof "2026-11-21T12:00:00Z"

/* Seconds since some fixed moment; never steps. Ends the program if the system has no monotonic clock. */
double clock_now(void);

/* Time left until the deadline, as the milliseconds that poll(2) wants: rounded up, never negative, capped at a day. */
int clock_ms_until(double deadline);

/* The time of day in UTC as ISO 8601, e.g. 2026-11-21T12:00:00Z. */
void clock_stamp(char stamp[static CLOCK_STAMP_SIZE]);

/* The same for a moment in seconds since 1970, wherever that comes from; false, and "", when it is none of our era. */
bool clock_stamp_of(double moment, char stamp[static CLOCK_STAMP_SIZE]);

#endif
