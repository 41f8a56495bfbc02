#include "diagnose/template_kind.h"

#include "base/xalloc.h"
#include "model/target.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"

#define NUMBER_MAX 1e15 /* past that a double no longer counts one by one */

static bool consists_of(const char *text, const char *characters, size_t max)
{
	size_t length = strlen(text);

	return length > 0 && length <= max && strspn(text, characters) == length;
}

static bool fits_host(const char *text)
{
	return consists_of(text, LETTERS DIGITS "-._", 253) && target_is_host_name(text) && *text != '-';
}

static bool fits_address(const char *text)
{
	struct sockaddr_storage address;

	return consists_of(text, DIGITS "abcdefABCDEF.:", 45) && address_parse(text, SMTP_PORT, &address) == 0;
}

static bool fits_port(const char *text)
{
	return consists_of(text, DIGITS, 5) && strtol(text, NULL, 10) >= 1 && strtol(text, NULL, 10) <= 65535;
}

/* Postfix short and long ids, Exim's 1abcDE-0002xy-Fg, Sendmail's, Exchange's hexadecimal ones. */
static bool fits_queue_id(const char *text)
{
	return consists_of(text, LETTERS DIGITS "-", 64) && *text != '-';
}

static bool fits_path(const char *text)
{
	return *text == '/' && consists_of(text, LETTERS DIGITS "/._-", 1024) && strstr(text, "..") == NULL;
}

/* What a cause's word list and a fact's can hold. */
static bool fits_word(const char *text)
{
	return consists_of(text, LETTERS DIGITS "-", 64) && *text != '-';
}

/* Whatever the user may have typed as a target, as long as nothing in it means something to a shell but brackets. */
static bool fits_target(const char *text)
{
	struct target target;

	if (!consists_of(text, LETTERS DIGITS "-._+=@:[]", 320) || *text == '-' ||
	    target_parse(text, &target, NULL) != 0)
		return false;
	target_done(&target);
	return true;
}

/*
 * The value of a setting as it was read: ${stress?{10}:{300}}s, $mynetworks, 192.0.2.7. In single quotes all of these
 * characters are themselves, to every shell.
 */
static bool fits_setting(const char *text)
{
	return consists_of(text, LETTERS DIGITS "${}?:=.,_/+@%<>;[]() -", 512) && *text != '-' && *text != ' ';
}

double template_timeout(double seconds)
{
	return isnan(seconds) ? seconds : fmax(30, ceil(seconds * 1.25 / 30 - 1e-9) * 30);
}

static char *number_timeout(double seconds)
{
	return xasprintf("%.0fs", template_timeout(seconds));
}

static char *number_duration(double seconds)
{
	return xasprintf("%.0fs", ceil(seconds - 1e-9));
}

/* As Exchange writes time spans: 00:05:00. */
static char *number_span(double seconds)
{
	double whole = fmin(ceil(seconds - 1e-9), 86399);

	return xasprintf("%02.0f:%02.0f:%02.0f", floor(whole / 3600), floor(fmod(whole, 3600) / 60), fmod(whole, 60));
}

/* As Exim prints it and Sendmail takes it: 5m, 1h30m. */
static char *number_period(double seconds)
{
	static const struct {
		double size;
		char letter;
	} units[] = {{604800, 'w'}, {86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	double left = ceil(seconds - 1e-9);
	char *text = xstrdup("");

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		double count = floor(left / units[i].size);
		if (count < 1 && (units[i].size > 1 || *text != '\0'))
			continue;
		char *before = text;
		text = xasprintf("%s%.0f%c", before, count, units[i].letter);
		free(before);
		left -= count * units[i].size;
	}
	return text;
}

static char *number_up(double value)
{
	return xasprintf("%.0f", ceil(value - 1e-9));
}

static char *number_whole(double value)
{
	return xasprintf("%.0f", value);
}

static const struct template_kind kinds[] = {
    {.name = "host", .fits = fits_host},
    {.name = "address", .fits = fits_address},
    {.name = "network", .fits = fits_address, .brackets_v6 = true},
    {.name = "port", .fits = fits_port},
    {.name = "target", .fits = fits_target, .needs_quotes = true},
    {.name = "queue-id", .fits = fits_queue_id},
    {.name = "path", .fits = fits_path},
    {.name = "word", .fits = fits_word},
    {.name = "setting", .fits = fits_setting, .needs_quotes = true},
    {.name = "timeout", .unit = "s", .number = number_timeout},
    {.name = "duration", .unit = "s", .number = number_duration},
    {.name = "period", .unit = "s", .number = number_period},
    {.name = "span", .unit = "s", .number = number_span},
    {.name = "seconds", .unit = "s", .number = number_up},
    {.name = "bytes", .unit = "B", .number = number_whole},
    {.name = "count", .unit = "count", .number = number_whole},
    {.name = "code", .unit = "code", .number = number_whole},
};

const struct template_kind *template_kind_find(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

bool template_kind_suits(const struct template_kind *kind, const struct fact_def *def)
{
	if (def->kind == FACT_NUMBER)
		return kind->unit != NULL && strcmp(kind->unit, def->unit) == 0;
	return kind->unit == NULL && def->kind != FACT_FLAG;
}

char *template_kind_text(const struct template_kind *kind, const char *text)
{
	if (kind->fits == NULL || !kind->fits(text))
		return NULL;
	if (kind->brackets_v6 && strchr(text, ':') != NULL)
		return xasprintf("[%s]", text);
	return strpbrk(text, "[](){}$?<>;% ") != NULL ? xasprintf("'%s'", text) : xstrdup(text);
}

char *template_kind_number(const struct template_kind *kind, double number)
{
	if (kind->number == NULL || !isfinite(number) || number < 0 || number > NUMBER_MAX)
		return NULL;
	return kind->number(number);
}
