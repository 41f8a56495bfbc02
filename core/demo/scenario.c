#include "demo/scenario.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/helpfile.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "demo/scenario_parse.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SCENARIO_SIZE_MAX ((size_t)1 << 20)
#define WORD_SIZE_MAX     ((size_t)65536)
#define HEADER_SIZE_MAX   255

/* The file while it is read: what is open, and where we are in it. */
struct reader {
	struct scenario *scenario;
	const char *origin;
	const char *at; /* the next line */
	int line;       /* the number of the line before that */
	struct dns_part *dns;
	struct smtp_part *smtp; /* the part that statements belong to; at most one of the two */
	struct err *err;
};

/* Takes the next line without its end; false at the end of the file. */
static bool take_line(struct reader *reader, const char **line, size_t *size)
{
	if (*reader->at == '\0')
		return false;
	*line = reader->at;
	*size = strcspn(reader->at, "\n");
	reader->at += *size + (reader->at[*size] == '\n');
	reader->line++;
	while (*size > 0 && isspace((unsigned char)(*line)[*size - 1]))
		--*size;
	while (*size > 0 && isspace((unsigned char)**line)) {
		++*line;
		--*size;
	}
	return true;
}

/* Whether the next line begins with a quoted text and so continues the statement before it. */
static bool continues(const struct reader *reader)
{
	return reader->at[strspn(reader->at, " \t")] == '"';
}

/* ---- words */

static int hex_digit(char c)
{
	return isdigit((unsigned char)c)    ? c - '0'
	       : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
	                                    : -1;
}

/* Reads the escape after a backslash at text; returns how many characters it has, 0 when it is none. */
static size_t read_escape(const char *text, size_t size, char *byte)
{
	static const char names[] = "nrt\\\"";
	static const char bytes[] = "\n\r\t\\\"";
	const char *found = size > 0 && *text != '\0' ? strchr(names, *text) : NULL;

	if (found != NULL) {
		*byte = bytes[found - names];
		return 1;
	}
	if (size < 3 || text[0] != 'x' || hex_digit(text[1]) < 0 || hex_digit(text[2]) < 0)
		return 0;
	*byte = (char)(hex_digit(text[1]) << 4 | hex_digit(text[2]));
	return 3;
}

/* Reads a quoted text whose opening quote has been passed; returns what it takes up, closing quote included, or 0. */
static size_t read_quoted(struct statement *s, const char *text, size_t size, struct buf *word)
{
	for (size_t i = 0; i < size; i++) {
		char byte = text[i];

		if (byte == '"')
			return i + 1;
		if (byte == '\\') {
			size_t taken = read_escape(text + i + 1, size - i - 1, &byte);

			if (taken == 0) {
				err_set(s->err,
				        _("%s:%d: expected \\n, \\r, \\t, \\\\, \\\" or \\xNN after a backslash"),
				        s->origin, s->line);
				return 0;
			}
			i += taken;
		}
		buf_putc(word, byte);
	}
	err_set(s->err, _("%s:%d: expected a closing quote, found the end of the line"), s->origin, s->line);
	return 0;
}

static int read_words(struct statement *s, const char *text, size_t size)
{
	while (size > 0 && *text != '#') {
		bool quoted = *text == '"';
		struct buf word;
		size_t taken = 0;

		if (s->count == STATEMENT_WORDS_MAX)
			return err_set(s->err, _("%s:%d: more than %d words in one statement"), s->origin, s->line,
			               STATEMENT_WORDS_MAX);
		buf_init(&word, WORD_SIZE_MAX);
		if (quoted) {
			taken = read_quoted(s, text + 1, size - 1, &word);
			if (taken == 0) {
				buf_done(&word);
				return -1;
			}
			taken++;
		} else {
			while (taken < size && !isspace((unsigned char)text[taken]))
				taken++;
			buf_add(&word, text, taken);
		}
		s->words[s->count].line = s->line;
		s->words[s->count].size = word.size;
		s->words[s->count].quoted = quoted;
		s->words[s->count++].text = buf_take(&word);
		while (taken < size && isspace((unsigned char)text[taken]))
			taken++;
		text += taken;
		size -= taken;
	}
	return 0;
}

static void statement_done(struct statement *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->words[i].text);
	s->count = 0;
}

/* ---- headers */

static int read_scale(struct reader *reader, const char *value)
{
	const char *unit;

	if (reader->scenario->dns_count + reader->scenario->smtp_count != 0)
		return err_set(reader->err, _("%s:%d: scale: expected before the first dns or smtp part"),
		               reader->origin, reader->line);
	if (text_quantity(value, &reader->scenario->scale, &unit) != 0 || *unit != '\0' ||
	    reader->scenario->scale < 0.001 || reader->scenario->scale > 1000)
		return err_set(reader->err, _("%s:%d: scale: expected a number from 0.001 to 1000, found \"%s\""),
		               reader->origin, reader->line, value);
	return 0;
}

static int set_header(struct reader *reader, const char *key, const char *value)
{
	struct scenario *scenario = reader->scenario;
	const struct {
		const char *key;
		char **value;
	} headers[] = {
	    {"title", &scenario->title},
	    {"expect", &scenario->expect},
	    {"target", &scenario->target},
	    {"options", &scenario->options},
	};

	if (strcmp(key, "scale") == 0)
		return read_scale(reader, value);
	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
		if (strcmp(headers[i].key, key) != 0)
			continue;
		if (*headers[i].value != NULL)
			return err_set(reader->err, _("%s:%d: a second %s"), reader->origin, reader->line, key);
		if (*value == '\0')
			return err_set(reader->err, _("%s:%d: %s: expected a text after it"), reader->origin,
			               reader->line, key);
		*headers[i].value = xstrdup(value);
		return 0;
	}
	return err_set(reader->err, _("%s:%d: expected title, expect, target, options or scale, found \"%s\""),
	               reader->origin, reader->line, key);
}

/* "key: value". Returns 1 when the line is none, so that it must be a statement. */
static int read_header(struct reader *reader, const char *line, size_t size)
{
	const char *colon = memchr(line, ':', size);
	size_t key_size = colon != NULL ? (size_t)(colon - line) : 0;
	char *key, *value;
	int result;

	for (size_t i = 0; i < key_size; i++)
		if (!isalpha((unsigned char)line[i]))
			return 1;
	if (key_size == 0)
		return 1;
	line += key_size + 1;
	size -= key_size + 1;
	while (size > 0 && isspace((unsigned char)*line)) {
		line++;
		size--;
	}
	key = xstrndup(colon - key_size, key_size);
	value = text_clean_dup(line, size, HEADER_SIZE_MAX);
	result = set_header(reader, key, value);
	free(key);
	free(value);
	return result;
}

/* ---- parts */

static int read_addresses(struct statement *s, struct sockaddr_storage *addresses, size_t *count)
{
	do {
		if (*count == PART_ADDRESSES_MAX)
			return statement_end(s);
		if (statement_address(s, &addresses[*count]) != 0)
			return -1;
		++*count;
	} while (s->next < s->count);
	return 0;
}

static int open_part(struct reader *reader, struct statement *s)
{
	struct scenario *sc = reader->scenario;

	if (sc->dns_count + sc->smtp_count == SCENARIO_PARTS_MAX)
		return err_set(reader->err, _("%s:%d: more than %d parts"), s->origin, s->line, SCENARIO_PARTS_MAX);
	reader->dns = NULL;
	reader->smtp = NULL;
	if (statement_accept(s, "dns")) {
		sc->dns = xgrow(sc->dns, sc->dns_count, &sc->dns_room, sizeof *sc->dns);
		reader->dns = &sc->dns[sc->dns_count++];
		*reader->dns = (struct dns_part){0};
		return read_addresses(s, reader->dns->addresses, &reader->dns->address_count);
	}
	s->next++; /* smtp */
	sc->smtp = xgrow(sc->smtp, sc->smtp_count, &sc->smtp_room, sizeof *sc->smtp);
	reader->smtp = &sc->smtp[sc->smtp_count++];
	*reader->smtp = (struct smtp_part){0};
	return read_addresses(s, reader->smtp->addresses, &reader->smtp->address_count);
}

static int read_statement(struct reader *reader, struct statement *s)
{
	const struct word *first = &s->words[0];

	if (!first->quoted && (strcmp(first->text, "dns") == 0 || strcmp(first->text, "smtp") == 0))
		return open_part(reader, s);
	if (reader->dns != NULL)
		return dns_statement(reader->dns, s);
	if (reader->smtp != NULL)
		return smtp_statement(reader->smtp, s);
	return statement_expected(s, _("a header such as \"title: ...\", or dns or smtp with an address"));
}

static int read_line(struct reader *reader, const char *line, size_t size)
{
	struct statement s = {
	    .origin = reader->origin, .line = reader->line, .scale = reader->scenario->scale, .err = reader->err};
	int first = reader->line;
	int result = read_words(&s, line, size);

	while (result == 0 && s.count > 0 && continues(reader) && take_line(reader, &line, &size)) {
		s.line = reader->line;
		result = read_words(&s, line, size);
	}
	s.line = first;
	if (result == 0 && s.count > 0)
		result = read_statement(reader, &s);
	statement_done(&s);
	return result;
}

static int read_lines(struct reader *reader)
{
	const char *line;
	size_t size;

	while (take_line(reader, &line, &size)) {
		int result = size == 0 || *line == '#' ? 0 : read_header(reader, line, size);

		if (result == 1)
			result = read_line(reader, line, size);
		if (result != 0)
			return -1;
	}
	return 0;
}

/* What a polite server does on every event that the part says nothing about. */
static int read_defaults(struct scenario *scenario, struct err *err)
{
	struct helpfile file;
	int result = helpfile_get("demo/defaults", &file, err);

	for (size_t i = 0; result == 0 && i < scenario->smtp_count; i++) {
		struct reader reader = {.scenario = scenario,
		                        .origin = file.origin,
		                        .at = file.text,
		                        .smtp = &scenario->smtp[i],
		                        .err = err};
		result = read_lines(&reader);
	}
	helpfile_done(&file);
	return result;
}

/* What a whole scenario must have, and what follows from it. */
static int complete(struct scenario *scenario, const char *origin, struct err *err)
{
	if (scenario->title == NULL)
		return err_set(err, _("%s: expected a line \"title: ...\""), origin);
	if (scenario->target == NULL)
		return err_set(err, _("%s: expected a line \"target: ...\""), origin);
	if (scenario->dns_count + scenario->smtp_count == 0)
		return err_set(err, _("%s: expected a dns or an smtp part"), origin);
	if (scenario->expect == NULL)
		scenario->expect = xstrdup("");
	if (scenario->options == NULL)
		scenario->options = xstrdup("");
	for (size_t i = 0; i < scenario->smtp_count; i++)
		if (scenario->smtp[i].host == NULL)
			scenario->smtp[i].host = xstrdup("mail.demo.test");
	return read_defaults(scenario, err);
}

struct scenario *scenario_parse(const char *origin, const char *text, struct err *err)
{
	struct scenario *scenario = xcalloc(1, sizeof *scenario);
	struct reader reader = {.scenario = scenario, .origin = origin, .at = text, .err = err};

	scenario->scale = 1;
	if (read_lines(&reader) != 0 || complete(scenario, origin, err) != 0) {
		scenario_free(scenario);
		return NULL;
	}
	return scenario;
}

static struct scenario *load_path(const char *path, struct err *err)
{
	size_t size = 0;
	char *text = file_read(path, SCENARIO_SIZE_MAX, &size, err);
	struct scenario *scenario = NULL;

	if (text == NULL)
		return NULL;
	if (strlen(text) != size)
		err_set(err, _("%s: contains a NUL byte"), path);
	else
		scenario = scenario_parse(path, text, err);
	free(text);
	return scenario;
}

struct scenario *scenario_load(const char *name, struct err *err)
{
	struct scenario *scenario;
	struct helpfile file;
	struct err why;
	char *path;
	int result;

	if (strchr(name, '/') != NULL)
		return load_path(name, err);
	path = xasprintf("demo/%s.demo", name);
	result = helpfile_get(path, &file, &why);
	free(path);
	if (result != 0) {
		err_set(err, _("%s (smtpdx demo --list shows the scenarios)"), why.text);
		return NULL;
	}
	scenario = scenario_parse(file.origin, file.text, err);
	helpfile_done(&file);
	return scenario;
}

void scenario_free(struct scenario *scenario)
{
	if (scenario == NULL)
		return;
	for (size_t i = 0; i < scenario->dns_count; i++)
		dns_part_done(&scenario->dns[i]);
	for (size_t i = 0; i < scenario->smtp_count; i++)
		smtp_part_done(&scenario->smtp[i]);
	free(scenario->dns);
	free(scenario->smtp);
	free(scenario->title);
	free(scenario->expect);
	free(scenario->target);
	free(scenario->options);
	free(scenario);
}
