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

void clock_stamp(char stamp[static CLOCK_STAMP_SIZE])
{
	time_t now = time(NULL);
	struct tm tm;

	if (gmtime_r(&now, &tm) == NULL || strftime(stamp, CLOCK_STAMP_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		die("no usable time of day");
}
