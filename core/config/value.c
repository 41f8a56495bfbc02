#include "config/value.h"

#include "base/i18n.h"
#include "base/xalloc.h"

#include <ctype.h>
#include <string.h>

#define SIZE_MAX_B 9.2e18

/* What one letter after a number stands for; 0 when it is no such letter. */
static double time_unit(char letter)
{
	switch (tolower((unsigned char)letter)) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	case 'w':
		return 604800;
	default:
		return 0;
	}
}

/* Exim and OpenSMTPD take these after sizes and counts, Postfix and Sendmail do not. */
static double size_unit(char letter)
{
	switch (toupper((unsigned char)letter)) {
	case 'B':
		return 1;
	case 'K':
		return 1024;
	case 'M':
		return 1024.0 * 1024;
	case 'G':
		return 1024.0 * 1024 * 1024;
	case 'T':
		return 1024.0 * 1024 * 1024 * 1024;
	default:
		return 0;
	}
}

static bool is_postfix(const struct config_setting *setting)
{
	return strcmp(setting->server, "postfix") == 0;
}

/* Digits, perhaps with a fraction (load averages). Returns what follows; NULL when there is no number. */
static const char *read_digits(const char *text, bool fraction, double *number)
{
	double place = 1;

	if (!isdigit((unsigned char)*text))
		return NULL;
	*number = 0;
	while (isdigit((unsigned char)*text))
		*number = *number * 10 + (*text++ - '0');
	if (!fraction || *text != '.')
		return text;
	for (text++; isdigit((unsigned char)*text); text++)
		*number += (*text - '0') * (place /= 10);
	return text;
}

static int read_time(const char *text, const struct config_setting *setting, double *seconds, struct err *err)
{
	double sum = 0;

	for (const char *at = text; *at != '\0';) {
		double number = 0;
		const char *end = read_digits(at, false, &number);
		if (end == NULL || (at != text && is_postfix(setting)))
			return err_set(err, _("\"%s\" is no time"), text);
		double unit = time_unit(*end);
		if (*end != '\0' && unit <= 0)
			return err_set(err, _("\"%s\": s, m, h, d or w is expected after the number"), text);
		sum += number * (*end != '\0' ? unit : setting->unit);
		at = end + (*end != '\0');
	}
	if (sum > VALUE_COUNT_MAX)
		return err_set(err, _("\"%s\" is too large"), text);
	*seconds = sum;
	return 0;
}

static int read_amount(const char *text, const struct config_setting *setting, double *amount, struct err *err)
{
	const bool letters = strcmp(setting->server, "exim") == 0 || strcmp(setting->server, "opensmtpd") == 0;
	const double most = setting->kind == VALUE_COUNT ? VALUE_COUNT_MAX : SIZE_MAX_B;
	const char *end = read_digits(text, setting->kind == VALUE_COUNT && !is_postfix(setting), amount);

	if (end == NULL)
		return err_set(err, _("\"%s\" is no number"), text);
	if (letters && *end != '\0' && size_unit(*end) > 0) {
		*amount *= size_unit(*end);
		end++;
	}
	if (*end != '\0')
		return err_set(err, _("\"%s\" is no number"), text);
	if (*amount > most)
		return err_set(err, _("\"%s\" is too large"), text);
	return 0;
}

bool value_is_number(const struct config_setting *setting)
{
	return setting->kind != VALUE_BOOL && setting->kind != VALUE_TEXT;
}

int value_number(const char *text, const struct config_setting *setting, double *number, struct err *err)
{
	if (*text == '\0')
		return err_set(err, _("it is empty"));
	return setting->kind == VALUE_TIME ? read_time(text, setting, number, err)
	                                   : read_amount(text, setting, number, err);
}

char *value_text(const struct config_setting *setting, double number)
{
	switch (setting->kind) {
	case VALUE_TIME:
		return xasprintf(_("%.10g s"), number);
	case VALUE_SIZE:
	case VALUE_ROOM:
		return xasprintf(_("%.0f bytes"), number);
	default:
		return xasprintf("%.10g", number);
	}
}
