#include "log/when.h"

#include "base/i18n.h"
#include "base/text.h"
#include "log/prefix.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#define STAMP_MAX 40

/* Whether a text looks like the pattern: 9 is a digit, T a T or a blank, anything else itself. */
static bool has_shape(const char *text, const char *shape)
{
	for (; *shape != '\0' && *text != '\0'; shape++, text++) {
		const bool fits = *shape == '9'   ? *text >= '0' && *text <= '9'
		                  : *shape == 'T' ? *text == 'T' || *text == ' '
		                                  : *text == *shape;
		if (!fits)
			return false;
	}
	return *shape == *text;
}

/* The stamp that the text is, completed where it leaves something out; cut when it is too long to be one. */
static void complete(const char *text, time_t now, char stamp[static STAMP_MAX])
{
	char today[16] = "";
	struct tm tm;

	if (localtime_r(&now, &tm) != NULL)
		strftime(today, sizeof today, "%Y-%m-%d", &tm);
	if (has_shape(text, "9999-99-99"))
		snprintf(stamp, STAMP_MAX, "%s 00:00:00", text);
	else if (has_shape(text, "9999-99-99T99:99"))
		snprintf(stamp, STAMP_MAX, "%s:00", text);
	else if (has_shape(text, "99:99"))
		snprintf(stamp, STAMP_MAX, "%s %s:00", today, text);
	else if (has_shape(text, "9:99"))
		snprintf(stamp, STAMP_MAX, "%s 0%s:00", today, text);
	else
		snprintf(stamp, STAMP_MAX, "%s", text);
}

int when_parse(const char *text, time_t now, double *time, struct err *err)
{
	struct log_clock clock;
	struct log_prefix prefix;
	const char *unit;
	char stamp[STAMP_MAX], clean[60];

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
