#include "text/client_options.h"

#include "base/text.h"
#include "text/clue.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum unit { UNIT_SECONDS, UNIT_MILLISECONDS, UNIT_BYTES };

#define AT(member) offsetof(struct client_options, member)

/* Names as programs write them; case, and - _ and blanks within, do not matter. */
static const struct {
	const char *name;
	enum unit unit; /* of a plain number */
	size_t at;
} names[] = {
    {"connectioninactivitytimeout", UNIT_SECONDS, AT(server_timeout)},
    {"conftocommand", UNIT_SECONDS, AT(server_timeout)},
    {"inactivitytimeout", UNIT_SECONDS, AT(server_timeout)},
    {"clienttimeout", UNIT_SECONDS, AT(client_timeout)},
    {"connectiontimeout", UNIT_MILLISECONDS, AT(client_timeout)},
    {"greetingtimeout", UNIT_MILLISECONDS, AT(client_timeout)},
    {"sockettimeout", UNIT_MILLISECONDS, AT(client_timeout)},
    {"mail.smtp.timeout", UNIT_MILLISECONDS, AT(client_timeout)},
    {"mail.smtp.connectiontimeout", UNIT_MILLISECONDS, AT(client_timeout)},
    {"mail.smtp.writetimeout", UNIT_MILLISECONDS, AT(client_timeout)},
    {"mail.smtps.timeout", UNIT_MILLISECONDS, AT(client_timeout)},
    {"commandtimeout", UNIT_SECONDS, AT(client_timeout)},
    {"finaltimeout", UNIT_SECONDS, AT(client_timeout)},
    {"datatimeout", UNIT_SECONDS, AT(client_timeout)},
    {"connecttimeout", UNIT_SECONDS, AT(client_timeout)},
    {"readtimeout", UNIT_SECONDS, AT(client_timeout)},
    {"opentimeout", UNIT_SECONDS, AT(client_timeout)},
    {"emailtimeout", UNIT_SECONDS, AT(client_timeout)},
    {"smtptimeout", UNIT_SECONDS, AT(client_timeout)},
    {"timeout", UNIT_SECONDS, AT(client_timeout)},
    {"idletimeout", UNIT_SECONDS, AT(pool_idle)},
    {"maxidle", UNIT_SECONDS, AT(pool_idle)},
    {"maxidletime", UNIT_SECONDS, AT(pool_idle)},
    {"poolidletimeout", UNIT_SECONDS, AT(pool_idle)},
    {"inactivitymaxperiod", UNIT_SECONDS, AT(pool_idle)},
    {"pingthreshold", UNIT_SECONDS, AT(pool_idle)},
    {"maxmessagesize", UNIT_BYTES, AT(size_limit)},
};

#define NAME_MAX_READ 48

/* The name before "=" or ":", without what does not matter. Returns what follows; NULL when there is no such name. */
static const char *read_name(const char *line, char name[static NAME_MAX_READ])
{
	size_t used = 0;
	const char *p = line;

	for (p += strspn(p, " \t$-"); *p != '\0' && *p != '=' && *p != ':'; p++) {
		if (isalnum((unsigned char)*p) || *p == '.')
			name[used++] = (char)tolower((unsigned char)*p);
		else if (strchr(" \t_-\"'>", *p) == NULL)
			return NULL;
		if (used + 1 >= NAME_MAX_READ)
			return NULL;
	}
	name[used] = '\0';
	if (used == 0 || *p == '\0')
		return NULL;
	p += strspn(p, "=: \t>\"'");
	return p;
}

/* "* 60 * 1000": programs write their milliseconds so. */
static double read_factors(const char *text)
{
	double product = 1;
	char *end;

	for (text += strspn(text, " "); *text == '*' && product < 1e9; text = end + strspn(end, " ")) {
		const unsigned long factor = strtoul(text + 1, &end, 10);
		if (factor == 0 || factor > 86400000)
			break;
		product *= (double)factor;
	}
	return product;
}

/* "300s", "5m", "5 * 60 * 1000", "30000", "00:05:00", "60 s"; as the unit says when there is none. -1: no number. */
static double read_value(const char *text, enum unit unit)
{
	char word[24];
	double value;
	const char *found;
	size_t size = strspn(text, "0123456789.:");

	if (size == 0 || size + 3 >= sizeof word)
		return -1;
	value = clue_time_of_day(text); /* "00:05:00", as Exchange writes spans */
	if (value >= 0)
		return value;
	memcpy(word, text, size);
	text += size + strspn(text + size, " ");
	if (isalpha((unsigned char)*text)) {
		word[size++] = (char)tolower((unsigned char)*text);
		if (*text == 'm' && text[1] == 's')
			word[size++] = 's';
		else if (strncasecmp(text, "min", 3) != 0 && isalpha((unsigned char)text[1]) &&
		         strncasecmp(text, "sec", 3) != 0)
			return -1;
	}
	word[size] = '\0';
	if (text_quantity(word, &value, &found) != 0)
		return -1;
	if (*found == '\0')
		value *= read_factors(text);
	if (unit == UNIT_MILLISECONDS && *found == '\0')
		value = value >= 500 ? value / 1000 : value; /* the same names hold seconds elsewhere */
	return value;
}

/* "1525/tcp -> 0.0.0.0:32786" of docker port, "25:25" of a compose file. */
static bool published_port(struct client_options *options, const char *line)
{
	const char *start = line + strspn(line, " \t-\"'");
	const size_t digits = strspn(start, "0123456789");

	if (digits > 0 && strncmp(start + digits, "/tcp -> ", 8) == 0) {
		options->published = true;
		options->published_25 = options->published_25 || strtol(start, NULL, 10) == 25;
		return true;
	}
	const char *colon = start + strspn(start, "0123456789.:");
	if (digits == 0 || colon == start + digits || strspn(colon, "\"' \t") != strlen(colon))
		return false;
	const char *inner = memrchr(start, ':', (size_t)(colon - start));
	if (inner == NULL || strchr(line, '-') == NULL)
		return false;
	options->published = true;
	options->published_25 = options->published_25 || strtol(inner + 1, NULL, 10) == 25;
	return true;
}

bool client_options_line(struct client_options *options, const char *line)
{
	char name[NAME_MAX_READ];

	if (published_port(options, line))
		return true;
	const char *value = read_name(line, name);
	if (value == NULL)
		return false;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(name, names[i].name) != 0)
			continue;
		const double number = read_value(value, names[i].unit);
		if (number > 0)
			*(double *)((char *)options + names[i].at) = number;
		return true;
	}
	return strstr(line, " = ") != NULL;
}

void client_options_emit(const struct client_options *options, struct emit *e, const char *subject)
{
	const struct {
		const char *fact;
		double value;
	} numbers[] = {
	    {"seen.timeout.server", options->server_timeout},
	    {"seen.timeout.client", options->client_timeout},
	    {"seen.pool.idle", options->pool_idle},
	    {"seen.size.limit", options->size_limit},
	};

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		if (numbers[i].value > 0)
			emit_number(e, numbers[i].fact, subject, numbers[i].value);
	if (options->published && !options->published_25)
		emit_text(e, "seen.says", subject, "port-not-published");
}
