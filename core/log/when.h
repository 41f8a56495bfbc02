/*
 * when - moments as people give them to --since and --until
 */
#ifndef SMTPDX_LOG_WHEN_H
#define SMTPDX_LOG_WHEN_H

#include "base/err.h"

#include <time.h>

/*
 * "2026-03-01", "2026-03-01 10:00", "2026-03-01T10:00:00Z", "Mar  1 10:00:00", "10:30" (today), "2h" or "3d" (before now)
 * -> seconds since 1970. What has no zone is local time. -1 with the reason when it is none of these.
 */
int when_parse(const char *text, time_t now, double *time, struct err *err);

#endif
