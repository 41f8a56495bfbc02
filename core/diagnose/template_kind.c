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

/* A timer that must cover what was measured: a quarter more, up to the next half minute (90.5 s -> 120 s). */
static char *number_timeout(double seconds)
{
	return xasprintf("%.0fs", fmax(30, ceil(seconds * 1.25 / 30 - 1e-9) * 30));
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
    {.name = "port", .fits = fits_port},
    {.name = "target", .fits = fits_target, .needs_quotes = true},
    {.name = "queue-id", .fits = fits_queue_id},
    {.name = "path", .fits = fits_path},
    {.name = "word", .fits = fits_word},
    {.name = "timeout", .unit = "s", .number = number_timeout},
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
	return strpbrk(text, "[]") != NULL ? xasprintf("'%s'", text) : xstrdup(text);
}

char *template_kind_number(const struct template_kind *kind, double number)
{
	if (kind->number == NULL || !isfinite(number) || number < 0 || number > NUMBER_MAX)
		return NULL;
	return kind->number(number);
}
