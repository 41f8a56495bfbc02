#include "base/i18n.h"
#include "base/text.h"
#include "demo/scenario_parse.h"
#include "model/target.h"

#include <ctype.h>
#include <netinet/in.h>
#include <string.h>

int statement_expected(const struct statement *s, const char *what)
{
	const struct word *word = &s->words[s->next];
	char found[64];

	if (s->next >= s->count)
		return err_set(s->err, _("%s:%d: expected %s, found the end of the line"), s->origin, s->line, what);
	text_clean(word->text, word->size, found, sizeof found);
	return err_set(s->err, _("%s:%d: expected %s, found \"%s\""), s->origin, word->line, what, found);
}

static bool next_is(const struct statement *s, bool quoted)
{
	return s->next < s->count && s->words[s->next].quoted == quoted;
}

const char *statement_word(struct statement *s)
{
	return next_is(s, false) ? s->words[s->next++].text : NULL;
}

const struct word *statement_quoted(struct statement *s)
{
	return next_is(s, true) ? &s->words[s->next++] : NULL;
}

bool statement_accept(struct statement *s, const char *word)
{
	if (!next_is(s, false) || strcmp(s->words[s->next].text, word) != 0)
		return false;
	s->next++;
	return true;
}

int statement_name(struct statement *s, char name[static 256])
{
	const char *text = next_is(s, false) ? s->words[s->next].text : "";
	size_t size = strlen(text);
	size_t label = 0;

	if (size > 0 && text[size - 1] == '.')
		size--;
	if (size == 0 || size > 253)
		return statement_expected(s, _("a domain name"));
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];

		label = c == '.' ? 0 : label + 1;
		if (label > 63 || (c == '.' && (i == 0 || text[i - 1] == '.')) ||
		    (!isalnum(c) && strchr("-_.", c) == NULL))
			return statement_expected(s, _("a domain name"));
		name[i] = (char)tolower(c);
	}
	name[size] = '\0';
	s->next++;
	return 0;
}

static bool is_loopback(const struct sockaddr_storage *address)
{
	if (address->ss_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == 127;
	return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

int statement_address(struct statement *s, struct sockaddr_storage *address)
{
	if (!next_is(s, false) || address_parse(s->words[s->next].text, 0, address) != 0 || !is_loopback(address))
		return statement_expected(s, _("a loopback address (127.x.y.z or ::1)"));
	s->next++;
	return 0;
}

/* A number of that unit ("s", "B", "") between 0 and max. */
static int quantity(struct statement *s, const char *what, const char *unit, double max, double *number)
{
	const char *found;

	if (!next_is(s, false) || text_quantity(s->words[s->next].text, number, &found) != 0 ||
	    strcmp(found, unit) != 0 || *number < 0 || *number > max)
		return statement_expected(s, what);
	s->next++;
	return 0;
}

int statement_number(struct statement *s, const char *what, double max, double *number)
{
	return quantity(s, what, "", max, number);
}

int statement_seconds(struct statement *s, double *seconds)
{
	if (quantity(s, _("a time such as 5s or 200ms"), "s", 86400, seconds) != 0)
		return -1;
	*seconds *= s->scale;
	return 0;
}

int statement_bytes(struct statement *s, double *bytes)
{
	return quantity(s, _("a size such as 4kB"), "B", 1e9, bytes);
}

int statement_first(struct statement *s, size_t *first)
{
	double number;

	if (!statement_accept(s, "first"))
		return 0;
	if (statement_number(s, _("how many times"), 1e6, &number) != 0)
		return -1;
	if (number < 1) {
		s->next--;
		return statement_expected(s, _("how many times, at least once"));
	}
	*first = (size_t)number;
	return 0;
}

int statement_end(const struct statement *s)
{
	return s->next < s->count ? statement_expected(s, _("the end of the line")) : 0;
}
