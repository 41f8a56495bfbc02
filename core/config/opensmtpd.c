#include "config/opensmtpd.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "config/include.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_READ ((size_t)65536)
#define WORDS_MAX     64
#define SERVER        "server"
#define CLIENT        "client"

struct words {
	char *word[WORDS_MAX];
	const char *macro[WORDS_MAX]; /* what the word was the value of; NULL: it stood there itself */
	size_t count;
};

/* Words and quoted texts; macros are replaced, a # outside of quotes ends the line. */
static void split(const struct config *config, char *line, struct words *words)
{
	words->count = 0;
	while (*(line += strspn(line, " \t,{}")) != '\0' && *line != '#' && words->count < WORDS_MAX) {
		const bool quoted = *line == '"';
		char *word = line + quoted;
		line = word + strcspn(word, quoted ? "\"" : " \t,{}#");
		const bool comment = *line == '#';
		if (*line != '\0')
			*line++ = '\0';
		const struct config_value *macro = *word == '$' ? config_get(&config->defaults, word) : NULL;
		words->macro[words->count] = macro != NULL ? macro->name + 1 : NULL;
		words->word[words->count++] = macro != NULL ? macro->raw : word;
		if (comment)
			return;
	}
}

static bool is(const struct words *words, size_t at, const char *word)
{
	return at < words->count && strcmp(words->word[at], word) == 0;
}

static void take_listen(struct config *config, const struct words *words)
{
	struct config_service *service = config_find_service(config, SERVER);
	bool has_port = false;

	if (is(words, 2, "socket"))
		return;
	if (service == NULL && (service = config_add_service(config, SERVER, SIDE_SERVER)) == NULL)
		return;
	for (size_t i = 3; i + 1 < words->count; i++)
		if (is(words, i, "port")) {
			config_add_port(service, words->word[i + 1]);
			has_port = true;
		}
	if (!has_port)
		config_add_port(service, "smtp");
	for (size_t i = 3; i < words->count && !has_port; i++)
		if (is(words, i, "smtps"))
			config_add_port(service, "smtps");
}

/* A path that is not whole is taken from the folder of the main file: where smtpd itself looks depends on its start. */
static void take_include(struct config *config, struct include *include, const char *name)
{
	const char *slash = strrchr(config->path, '/');
	char *path = *name == '/' || slash == NULL
	                 ? xstrdup(name)
	                 : xasprintf("%.*s%s", (int)(slash - config->path) + 1, config->path, name);
	struct err err;

	if (include_enter(include, path, &err) != 0) {
		const char *from = include_path(include);
		config_fault(config, _("%s, line %ld, includes what could not be read: %s"),
		             from != NULL ? from : config->path, include_line(include), err.text);
	}
	free(path);
}

/* The setting of that name has the value of that word. */
static void set(struct config *config, const struct include *include, const char *name, const struct words *words,
                size_t at, long line)
{
	config_value_place(config_set(&config->values, name, words->word[at], ORIGIN_FILE, line), include_path(include),
	                   words->macro[at]);
}

static void take_words(struct config *config, const struct words *words, struct include *include, long line)
{
	if (is(words, 0, "listen") && is(words, 1, "on")) {
		take_listen(config, words);
	} else if (is(words, 0, "include") && words->count > 1) {
		take_include(config, include, words->word[1]);
	} else if (is(words, 0, "smtp") && is(words, 1, "limit")) {
		for (size_t i = 2; i + 1 < words->count; i += 2) {
			char *name = xasprintf("smtp limit %s", words->word[i]);
			set(config, include, name, words, i + 1, line);
			free(name);
		}
	} else if (words->count == 3 && (is(words, 0, "smtp") || is(words, 0, "queue"))) {
		char *name = xasprintf("%s %s", words->word[0], words->word[1]);
		set(config, include, name, words, 2, line);
		free(name);
	}
}

/* name = "value": a macro, kept as $name. */
static bool take_macro(struct config *config, const char *line)
{
	size_t size = strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	const char *equals = line + size + strspn(line + size, " \t");

	if (size == 0 || *equals != '=')
		return false;
	char *name = xasprintf("$%.*s", (int)size, line);
	const char *value = equals + 1 + strspn(equals + 1, " \t\"");
	char *raw = xstrndup(value, strcspn(value, "\"#"));
	config_set(&config->defaults, name, config_trim(raw), ORIGIN_DEFAULT, 0);
	free(raw);
	free(name);
	return true;
}

void opensmtpd_take(struct config *config, char *text)
{
	struct include include;
	struct words words;
	struct buf whole;
	long first = 0;
	char *line;

	buf_init(&whole, LINE_MAX_READ);
	include_init(&include, text, config->path);
	while ((line = include_next_line(&include)) != NULL) {
		const size_t size = strlen(line);
		const bool goes_on = size > 0 && line[size - 1] == '\\';
		if (whole.size == 0)
			first = include_line(&include);
		buf_add(&whole, line, size - goes_on);
		if (goes_on)
			continue;
		char *start = config_trim(whole.text);
		if (*start != '#' && !take_macro(config, start)) {
			split(config, start, &words);
			take_words(config, &words, &include, first);
		}
		buf_clear(&whole);
	}
	include_done(&include);
	buf_done(&whole);
}

void opensmtpd_finish(struct config *config)
{
	struct config_service *service = config_find_service(config, SERVER);

	if (service == NULL)
		service = config_add_service(config, SERVER, SIDE_SERVER);
	if (service != NULL && service->port_count == 0)
		config_add_port(service, "smtp");
	config_add_service(config, CLIENT, SIDE_CLIENT);
}
