#include "base/clock.h"

#include "base/xalloc.h"

#include <math.h>
#include <time.h>

double clock_now(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_MONOTONIC, &ts) != 0)
		die("no monotonic clock");
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int clock_ms_until(double deadline)
{
	const double day_ms = 86400e3;
	double ms = ceil((deadline - clock_now()) * 1e3);

	if (!(ms > 0)) /* also catches NaN */
		return 0;
	return (int)(ms < day_ms ? ms : day_ms);
}

bool clock_stamp_of(double moment, char stamp[static CLOCK_STAMP_SIZE])
{
	const double year_10000 = 253402300800.0;
	struct tm tm;

	stamp[0] = '\0';
	if (!(moment >= 0 && moment < year_10000)) /* not for NaN either: it fits no time_t */
		return false;
	const time_t seconds = (time_t)moment;
	return gmtime_r(&seconds, &tm) != NULL && strftime(stamp, CLOCK_STAMP_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0;
}

void clock_stamp(char stamp[static CLOCK_STAMP_SIZE])
{
	if (!clock_stamp_of((double)time(NULL), stamp))
		die("no usable time of day");
}
