#include "config/exim.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/command.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "config/exim_debian.h"
#include "config/include.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define COMMAND_LIMIT_S 5.0
#define LINE_MAX_READ   ((size_t)65536)
#define IF_DEPTH_MAX    32
#define CONFIG_FILE     "Configuration file is "
#define VERSION         "Exim version "

enum section { MAIN, TRANSPORTS, ELSEWHERE };

struct reading {
	struct config *config;
	enum section section;
	char *driver;                 /* the transport that is being read; NULL: none */
	struct config_values options; /* of that transport */
	struct config_values macros;
	bool live[IF_DEPTH_MAX];  /* whether the lines within each .if count */
	bool taken[IF_DEPTH_MAX]; /* whether a branch of it has counted already */
	size_t depth;
	bool lines;
	struct include include;
};

static void set(const struct reading *r, struct config_values *values, const char *name, const char *raw,
                const char *macro)
{
	const struct config_value *definition = macro != NULL ? config_get(&r->macros, macro) : NULL;
	const long line = definition != NULL ? definition->line : include_line(&r->include);
	const char *file = definition != NULL ? definition->file : include_path(&r->include);

	config_value_place(config_set(values, name, raw, ORIGIN_FILE, r->lines ? line : 0), file, macro);
}

static bool is_word_character(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool counts(const struct reading *r)
{
	for (size_t i = 0; i < r->depth; i++)
		if (!r->live[i])
			return false;
	return true;
}

/* .ifdef NAME and its kin. */
static void take_condition(struct reading *r, const char *word, const char *name)
{
	const bool is_else = strncmp(word, ".else", 5) == 0 || strncmp(word, ".elif", 5) == 0;
	const bool negated = strstr(word, "ndef") != NULL;
	const bool holds = strcmp(word, ".else") == 0 || (config_get(&r->macros, name) != NULL) != negated;

	if (strcmp(word, ".endif") == 0) {
		r->depth -= r->depth > 0;
	} else if (is_else && r->depth > 0) {
		r->live[r->depth - 1] = holds && !r->taken[r->depth - 1];
		r->taken[r->depth - 1] |= r->live[r->depth - 1];
	} else if (!is_else && r->depth < IF_DEPTH_MAX) {
		r->live[r->depth] = r->taken[r->depth] = holds;
		r->depth++;
	}
}

/* The line with the values of macros in the place of their names. */
static void replace_macros(const struct reading *r, const char *line, struct buf *out)
{
	while (*line != '\0') {
		const char *word = line;
		while (is_word_character(*line))
			line++;
		if (line > word) {
			char *name = isupper((unsigned char)*word) ? xstrndup(word, (size_t)(line - word)) : NULL;
			const struct config_value *macro = name != NULL ? config_get(&r->macros, name) : NULL;
			if (macro != NULL)
				buf_puts(out, macro->raw);
			else
				buf_add(out, word, (size_t)(line - word));
			free(name);
		} else {
			buf_putc(out, *line++);
		}
	}
}

/* .include FILE, .include_if_exists FILE; quoted or not, always with the whole path (spec.txt, chapter 6). */
static void take_include(struct reading *r, const char *word, char *name)
{
	const size_t size = strlen(name);
	struct stat status;
	struct err err;

	if (size > 1 && name[0] == '"' && name[size - 1] == '"') {
		name[size - 1] = '\0';
		name++;
	}
	if (strcmp(word, ".include_if_exists") == 0 && stat(name, &status) != 0 && errno == ENOENT)
		return;
	if (*name != '/')
		err_set(&err, _("%s: is no whole path, which Exim does not take"), name);
	else if (include_enter(&r->include, name, &err) == 0)
		return;
	const char *path = include_path(&r->include);
	config_fault(r->config, _("%s, line %ld, includes what could not be read: %s"),
	             path != NULL ? path : r->config->path, include_line(&r->include), err.text);
}

static void take_directive(struct reading *r, char *line)
{
	char *end = line + strcspn(line, " \t"), *name = end + strspn(end, " \t");
	struct buf replaced;

	if (*end != '\0')
		*end = '\0';
	if (strncmp(line, ".include", 8) != 0) {
		take_condition(r, line, name);
	} else if (counts(r)) {
		buf_init(&replaced, LINE_MAX_READ);
		replace_macros(r, name, &replaced);
		take_include(r, line, replaced.text);
		buf_done(&replaced);
	}
}

/* MACRO = value, MACRO == value; in the main section only do they define. */
static bool take_macro(struct reading *r, char *line)
{
	size_t size = 0;

	while (is_word_character(line[size]))
		size++;
	char *equals = line + size + strspn(line + size, " \t");
	if (!isupper((unsigned char)*line) || *equals != '=')
		return false;
	line[size] = '\0';
	equals += 1 + (equals[1] == '=');
	set(r, &r->macros, line, config_trim(equals), NULL);
	return true;
}

/* The name in an option whose value is nothing but a macro; NULL when it is more, or less. The caller frees. */
static char *macro_of(const struct reading *r, const char *line)
{
	const char *equals = strchr(line, '=');
	char *copy = xstrdup(equals != NULL ? equals + 1 : "");
	char *name = xstrdup(config_trim(copy));

	free(copy);
	if (config_get(&r->macros, name) != NULL && isupper((unsigned char)*name))
		return name;
	free(name);
	return NULL;
}

/* "name = value", "name", "no_name", "not_name", perhaps after "hide". macro: what has the value, or NULL. */
static void take_option(struct reading *r, struct config_values *values, char *line, const char *macro)
{
	if (strncmp(line, "hide ", 5) == 0)
		line = config_trim(line + 5);
	char *equals = strchr(line, '=');

	if (equals == NULL) {
		const size_t no = strncmp(line, "no_", 3) == 0 ? 3 : strncmp(line, "not_", 4) == 0 ? 4 : 0;
		if (line[strcspn(line, " \t:")] == '\0')
			set(r, values, line + no, no > 0 ? "no" : "yes", NULL);
		return;
	}
	*equals = '\0';
	char *value = config_trim(equals + 1);
	const size_t size = strlen(value);
	if (size > 1 && value[0] == '"' && value[size - 1] == '"') {
		value[size - 1] = '\0';
		value++;
	}
	set(r, values, config_trim(line), value, macro);
}

/* The transport that was being read has ended: one that speaks SMTP is a service. */
static void end_transport(struct reading *r)
{
	const struct config_value *driver = config_get(&r->options, "driver");

	if (r->driver != NULL && driver != NULL && strcmp(driver->raw, "smtp") == 0) {
		char *name = xasprintf("client %s", r->driver);
		struct config_service *service = config_find_service(r->config, name);
		if (service == NULL)
			service = config_add_service(r->config, name, SIDE_CLIENT);
		for (size_t i = 0; service != NULL && i < r->options.count; i++) {
			const struct config_value *option = &r->options.items[i];
			config_value_place(
			    config_set(&service->values, option->name, option->raw, ORIGIN_FILE, option->line),
			    option->file, option->macro);
		}
		free(name);
	}
	config_values_done(&r->options);
	free(r->driver);
	r->driver = NULL;
}

/* "remote_smtp:" in a file, "remote_smtp transport:" in the output of -bP. */
static bool begins_transport(const char *line)
{
	const size_t size = strlen(line);

	return size > 1 && line[size - 1] == ':' && strchr(line, '=') == NULL;
}

static void take_line(struct reading *r, char *line, const char *macro)
{
	if (strncmp(line, "begin ", 6) == 0) {
		end_transport(r);
		r->section = strcmp(config_trim(line + 6), "transports") == 0 ? TRANSPORTS : ELSEWHERE;
	} else if (r->section != ELSEWHERE && begins_transport(line)) {
		end_transport(r);
		r->driver = xstrndup(line, strcspn(line, " :"));
	} else if (r->driver != NULL) {
		take_option(r, &r->options, line, macro);
	} else if (r->section == MAIN && !take_macro(r, line)) {
		take_option(r, &r->config->values, line, macro);
	}
}

/* A physical line and, after a backslash, those that it goes on in. */
static bool next_line(struct reading *r, struct buf *out)
{
	char *line;

	buf_clear(out);
	while ((line = include_next_line(&r->include)) != NULL) {
		line = config_trim(line);
		if (*line == '#')
			continue;
		const size_t size = strlen(line);
		const bool goes_on = size > 0 && line[size - 1] == '\\';
		buf_add(out, line, size - goes_on);
		if (!goes_on)
			return true;
	}
	return out->size > 0;
}

void exim_take(struct config *config, char *text, bool lines)
{
	struct reading r = {.config = config, .section = MAIN, .lines = lines};
	struct buf line, replaced;

	buf_init(&line, LINE_MAX_READ);
	buf_init(&replaced, LINE_MAX_READ);
	include_init(&r.include, text, lines ? config->path : "");
	while (next_line(&r, &line)) {
		if (line.text[0] == '\0')
			continue;
		if (line.text[0] == '.' && isalpha((unsigned char)line.text[1])) {
			take_directive(&r, line.text);
			continue;
		}
		if (!counts(&r))
			continue;
		/* The name of a macro that is being defined is not replaced. */
		if (r.section == MAIN && r.driver == NULL && take_macro(&r, line.text))
			continue;
		buf_clear(&replaced);
		replace_macros(&r, line.text, &replaced);
		char *macro = macro_of(&r, line.text);
		take_line(&r, replaced.text, macro);
		free(macro);
	}
	end_transport(&r);
	config_values_done(&r.macros);
	include_done(&r.include);
	buf_done(&replaced);
	buf_done(&line);
}

void exim_finish(struct config *config)
{
	const struct config_value *ports = config_get(&config->values, "daemon_smtp_ports");
	struct config_service *service = config_add_service(config, "server", SIDE_SERVER);

	config_take_hostname(config, "primary_hostname");
	if (service == NULL)
		return;
	char *list = xstrdup(ports != NULL && *ports->raw != '\0' ? ports->raw : "smtp");
	for (char *at = list, *one; *(one = at + strspn(at, ": ,<;")) != '\0';) {
		at = one + strcspn(one, ": ,;");
		if (*at != '\0')
			*at++ = '\0';
		config_add_port(service, one);
	}
	free(list);
}

/* --- the one of this machine */

static char *ask(const char *program, const char *option, const char *what, double deadline, struct err *err)
{
	const char *const argv[] = {program, option, what, NULL};

	return command_output(argv, fmin(deadline, clock_now() + COMMAND_LIMIT_S), NULL, err);
}

/* The rest of the line that begins so; NULL when there is none. The caller frees. */
static char *line_after(const char *text, const char *start, const char *until)
{
	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, start, strlen(start)) == 0)
			return xstrndup(line + strlen(start), strcspn(line + strlen(start), until));
	}
	return NULL;
}

/* What -bP says and the file does not have is what the program comes with; the rest has lines. */
static void tell_values(struct config_values *said, const struct config_values *written)
{
	for (size_t i = 0; i < said->count; i++) {
		const struct config_value *line = written != NULL ? config_get(written, said->items[i].name) : NULL;
		said->items[i].origin = line != NULL ? ORIGIN_FILE : ORIGIN_DEFAULT;
		said->items[i].line = line != NULL ? line->line : 0;
		if (line == NULL)
			continue;
		config_value_place(&said->items[i], line->file, line->macro);
		/* -bP prints 300s as 5m: what is to come back one day is what stands there. */
		free(said->items[i].raw);
		said->items[i].raw = xstrdup(line->raw);
	}
}

static void tell_written(struct config *config, const char *path)
{
	struct err err;
	char *text = file_read(path, CONFIG_FILE_MAX, NULL, &err);
	struct config *file = config_new("exim", path);

	if (text != NULL)
		exim_take(file, text, true);
	else
		config_fault(config, "%s", err.text);
	tell_values(&config->values, &file->values);
	for (size_t i = 0; i < config->service_count; i++) {
		const struct config_service *same = config_find_service(file, config->services[i].name);
		tell_values(&config->services[i].values, same != NULL ? &same->values : NULL);
	}
	for (size_t i = 0; i < file->fault_count; i++)
		config_fault(config, "%s", file->faults[i]);
	config_free(file);
	free(text);
	if (strcmp(path, EXIM_DEBIAN_MADE) == 0)
		exim_debian_trace(config, EXIM_DEBIAN_FOLDER, path);
}

static struct config *read_program(const char *program, double deadline, struct err *err)
{
	char *about = ask(program, "-bV", NULL, deadline, err);
	if (about == NULL)
		return NULL;
	char *path = line_after(about, CONFIG_FILE, "\n");
	char *said = ask(program, "-bP", NULL, deadline, err);
	struct config *config = said != NULL ? config_new("exim", path != NULL ? path : program) : NULL;

	if (config != NULL) {
		config->version = line_after(about, VERSION, " \n");
		exim_take(config, said, false);
		char *transports = ask(program, "-bP", "transports", deadline, err);
		if (transports != NULL)
			exim_take(config, transports, false);
		else
			config_fault(config, "%s", err->text);
		free(transports);
		if (path != NULL)
			tell_written(config, path);
		exim_finish(config);
	}
	free(said);
	free(path);
	free(about);
	return config;
}

struct config *exim_read(double deadline, struct err *err)
{
	static const char *const names[] = {"exim4", "exim"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char *path = command_find(names[i]);
		if (path == NULL)
			continue;
		free(path);
		return read_program(names[i], deadline, err);
	}
	err_set(err, _("there is no program exim4 or exim"));
	return NULL;
}
