#include "text/fold.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *from, *to; /* never longer */
} spellings[] = {
    {"times out", "timed out"},
    {"timing out", "timed out"},
    {"timed-out", "timed out"},
    {"time-out", "timeout"},
};

/* Numbers in words, before a unit of time. */
static const struct {
	const char *word;
	int number;
} numbers[] = {
    {"two ", 2},     {"three ", 3},  {"four ", 4},   {"five ", 5},    {"six ", 6},      {"seven ", 7},
    {"eight ", 8},   {"nine ", 9},   {"ten ", 10},   {"twelve ", 12}, {"fifteen ", 15}, {"twenty ", 20},
    {"thirty ", 30}, {"forty ", 40}, {"sixty ", 60}, {"ninety ", 90},
};

static size_t begins(const char *text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strncmp(text, *words, strlen(*words)) == 0 && !isalnum((unsigned char)text[strlen(*words)]))
			return strlen(*words);
	return 0;
}

/* "30000 ms", "5m0s": the bytes it takes, and the seconds that it is; 0 when no such time begins at `p`. */
static size_t time_at(const char *p, unsigned long *seconds)
{
	static const char *const thousandths[] = {"ms", "msec", "msecs", "millis", "millisecond", "milliseconds", NULL};
	static const char *const s[] = {"s", NULL};
	const size_t digits = strspn(p, "0123456789");
	char *end;

	if (digits == 0 || digits > 8)
		return 0;
	const char *unit = p + digits + (p[digits] == ' ');
	const size_t size = begins(unit, thousandths);
	*seconds = strtoul(p, &end, 10);
	if (size > 0 && *seconds >= 1000 && *seconds % 1000 == 0) {
		*seconds /= 1000;
		return (size_t)(unit - p) + size;
	}
	if (p[digits] != 'm' || !isdigit((unsigned char)p[digits + 1]) || digits > 3) /* Go prints 300 s as 5m0s */
		return 0;
	const unsigned long rest = strtoul(p + digits + 1, &end, 10);
	if (rest > 59 || begins(end, s) == 0)
		return 0;
	*seconds = *seconds * 60 + rest;
	return (size_t)(end - p) + 1;
}

/* "thirty seconds": the bytes of the word, and its number; 0 when it is something else. */
static size_t word_at(const char *p, int *number)
{
	static const char *const units[] = {"second",  "seconds", "sec",  "secs", "minute",
	                                    "minutes", "min",     "mins", NULL};

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		const size_t size = strlen(numbers[i].word);
		*number = numbers[i].number;
		if (strncmp(p, numbers[i].word, size) == 0 && begins(p + size, units) > 0)
			return size - 1;
	}
	return 0;
}

/* How much at `p` is a time in one of the other ways to write it; its plain form goes to `out`. */
static size_t plain_time(const char *p, char *out, size_t room)
{
	unsigned long seconds;
	int number;
	size_t size = time_at(p, &seconds);

	if (size > 0) {
		snprintf(out, room, "%lus", seconds);
		return size;
	}
	size = word_at(p, &number);
	snprintf(out, room, "%d", number);
	return size;
}

/* The spelling that begins at `p`, or NULL. */
static const char *spelling_at(const char *p, size_t *size)
{
	for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
		*size = strlen(spellings[i].from);
		if (strncmp(p, spellings[i].from, *size) == 0)
			return spellings[i].to;
	}
	return NULL;
}

void fold(char *text)
{
	char *to = text;
	size_t size;

	for (char *p = text; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	for (const char *from = text; *from != '\0';) {
		const char *plain = spelling_at(from, &size);
		char time[24];
		if (plain == NULL && (from == text || !isalnum((unsigned char)from[-1])) &&
		    (size = plain_time(from, time, sizeof time)) > 0)
			plain = time;
		if (plain == NULL) {
			*to++ = *from++;
			continue;
		}
		memcpy(to, plain, strlen(plain));
		to += strlen(plain);
		from += size;
	}
	*to = '\0';
}
