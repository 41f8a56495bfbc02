#include "log/stamp.h"

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : -1;
}

/* Exactly `count` digits; -1 when there are others. */
static int digits(const char *at, size_t count)
{
	int value = 0;

	for (size_t i = 0; i < count; i++) {
		if (digit(at[i]) < 0)
			return -1;
		value = value * 10 + digit(at[i]);
	}
	return value;
}

/* 1 to 12, 0 when it is no English month. syslogd(8) writes these in every locale. */
static int month_number(const char *at)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (memcmp(names + 3 * (size_t)i, at, 3) == 0)
			return i + 1;
	return 0;
}

static bool clock_parse(const char *at, struct stamp *stamp)
{
	stamp->hour = digits(at, 2);
	stamp->minute = digits(at + 3, 2);
	stamp->second = digits(at + 6, 2);
	return at[2] == ':' && at[5] == ':' && stamp->hour >= 0 && stamp->hour < 24 && stamp->minute >= 0 &&
	       stamp->minute < 60 && stamp->second >= 0 && stamp->second <= 60;
}

static bool is_date(const struct stamp *stamp)
{
	return stamp->month >= 1 && stamp->month <= 12 && stamp->day >= 1 && stamp->day <= 31;
}

static size_t bsd_parse(struct slice text, struct stamp *stamp)
{
	size_t i = 4;

	*stamp = (struct stamp){.month = month_number(text.at)};
	if (stamp->month == 0)
		return 0;
	while (i < text.size && i < 6 && text.at[i] == ' ')
		i++;
	while (i < text.size && i < 7 && digit(text.at[i]) >= 0)
		stamp->day = stamp->day * 10 + digit(text.at[i++]);
	if (i + 6 < text.size && text.at[i] == ' ' && text.at[i + 5] == ' ' && digits(text.at + i + 1, 4) >= 1970) {
		stamp->year = digits(text.at + i + 1, 4);
		i += 5;
	}
	if (i + 9 > text.size || text.at[i] != ' ' || !is_date(stamp) || !clock_parse(text.at + i + 1, stamp))
		return 0;
	return i + 9;
}

static size_t iso_parse(struct slice text, struct stamp *stamp)
{
	const char *at = text.at;

	if (text.size < 19 || (at[4] != '-' && at[4] != '/') || at[7] != at[4] || (at[10] != 'T' && at[10] != ' '))
		return 0;
	stamp->year = digits(at, 4);
	stamp->month = digits(at + 5, 2);
	stamp->day = digits(at + 8, 2);
	return stamp->year >= 1970 && is_date(stamp) && clock_parse(at + 11, stamp) ? 19 : 0;
}

size_t stamp_parse(struct slice text, struct stamp *stamp)
{
	if (text.size < 15)
		return 0;
	if (text.at[0] >= 'A' && text.at[0] <= 'S' && text.at[3] == ' ')
		return bsd_parse(text, stamp);
	if (text.at[0] == '1' || text.at[0] == '2')
		return iso_parse(text, stamp);
	return 0;
}

/* "+02:00", "+0200", "+02": bytes taken, 0 when it is none. */
static size_t offset_parse(struct slice text, double *offset)
{
	const int hours = text.size >= 3 ? digits(text.at + 1, 2) : -1;
	size_t size = 3;
	int minutes = 0;

	if (hours < 0 || hours > 15 || (text.at[0] != '+' && text.at[0] != '-'))
		return 0;
	if (size < text.size && text.at[size] == ':')
		size++;
	if (size + 2 <= text.size && digits(text.at + size, 2) >= 0) {
		minutes = digits(text.at + size, 2);
		size += 2;
	} else {
		size = 3;
	}
	*offset = (hours * 60.0 + minutes) * 60.0 * (text.at[0] == '-' ? -1 : 1);
	return size;
}

size_t stamp_tail_parse(struct slice text, double *fraction, bool *zoned, double *offset)
{
	size_t i = 0;

	*zoned = false;
	*offset = 0;
	if (text.size > 1 && (text.at[0] == '.' || text.at[0] == ',') && digit(text.at[1]) >= 0) {
		double scale = 0.1;
		for (i = 1; i < text.size && digit(text.at[i]) >= 0; i++, scale /= 10)
			*fraction += scale * digit(text.at[i]);
	}
	const struct slice zone = slice_from(text, i);
	const size_t blank = zone.size > 1 && zone.at[0] == ' ' && (zone.at[1] == '+' || zone.at[1] == '-');
	size_t size = offset_parse(slice_from(zone, blank), offset);
	if (size > 0)
		size += blank;
	else if (slice_begins(zone, "Z"))
		size = 1;
	else if (slice_begins(zone, " UTC "))
		size = 4;
	*zoned = size > 0;
	return i + size;
}

struct tm stamp_tm(const struct stamp *stamp, int year)
{
	return (struct tm){.tm_year = year - 1900,
	                   .tm_mon = stamp->month - 1,
	                   .tm_mday = stamp->day,
	                   .tm_hour = stamp->hour,
	                   .tm_min = stamp->minute,
	                   .tm_sec = stamp->second,
	                   .tm_isdst = -1};
}
