#include "log/when.h"

#include "base/i18n.h"
#include "base/text.h"
#include "log/prefix.h"

#include <math.h>
#include <stdio.h>

/* The stamp that the text is, completed where it leaves something out; "" when it is none. */
static void complete(const char *text, time_t now, char stamp[static 40])
{
	struct tm tm;
	int year, month, day, hour, minute, end = 0;

	stamp[0] = '\0';
	if (localtime_r(&now, &tm) == NULL)
		return;
	if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) == 3 && text[end] == '\0') {
		snprintf(stamp, 40, "%s 00:00:00", text);
	} else if (sscanf(text, "%4d-%2d-%2d%*1[ T]%2d:%2d%n", &year, &month, &day, &hour, &minute, &end) == 5 &&
	           text[end] == '\0') {
		snprintf(stamp, 40, "%s:00", text);
	} else if (sscanf(text, "%2d:%2d%n", &hour, &minute, &end) == 2 && text[end] == '\0') {
		char day_text[16];
		strftime(day_text, sizeof day_text, "%Y-%m-%d", &tm);
		snprintf(stamp, 40, "%s %02u:%02u:00", day_text, (unsigned)hour % 100, (unsigned)minute % 100);
	} else if (strlen(text) < 40) {
		snprintf(stamp, 40, "%s", text);
	}
}

int when_parse(const char *text, time_t now, double *time, struct err *err)
{
	struct log_clock clock;
	struct log_prefix prefix;
	const char *unit;
	char stamp[40], clean[60];

	if (text_quantity(text, time, &unit) == 0 && strcmp(unit, "s") == 0 && *time >= 0) {
		*time = (double)now - *time;
		return 0;
	}
	complete(text, now, stamp);
	log_clock_init(&clock, now);
	log_prefix_parse(&clock, (struct slice){.at = stamp, .size = strlen(stamp)}, &prefix);
	*time = prefix.time;
	if (!isnan(*time))
		return 0;
	return err_set(err,
	               _("\"%s\" is no moment; write 2026-03-01, \"2026-03-01 10:00\", 10:30, or 2h for two hours ago"),
	               text_clean(text, strlen(text), clean, sizeof clean));
}
