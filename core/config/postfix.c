#include "config/postfix.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/xalloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LOGICAL_MAX ((size_t)65536) /* bytes of a line with its continuations */
#define FIELDS      8               /* of a line of master.cf: name type private unpriv chroot wakeup maxproc command */

enum { NAME, TYPE, PRIVATE, UNPRIVILEGED, CHROOT, WAKEUP, MAXPROC, COMMAND };

/* A text in logical lines: one that begins with blanks continues the one before; comments and empty lines do not count. */
struct logical {
	char *at;
	long line, first; /* the last one read; the one that the logical line begins with */
	struct buf text;
};

static bool is_comment(const char *line)
{
	line += strspn(line, " \t");
	return *line == '#' || *line == '\0';
}

static bool next_logical(struct logical *l)
{
	buf_clear(&l->text);
	while (l->at != NULL && *l->at != '\0') {
		if (l->text.size > 0 && strchr(" \t#\r\n", *l->at) == NULL)
			break;
		char *line = config_next_line(&l->at);
		l->line++;
		if (is_comment(line))
			continue;
		if (l->text.size == 0)
			l->first = l->line;
		buf_puts(&l->text, line);
	}
	return l->text.size > 0;
}

/* name = value; false when it is no such line. */
static bool split_setting(char *text, char **name, char **value)
{
	char *equals = strchr(text, '=');

	if (equals == NULL)
		return false;
	*equals = '\0';
	*name = config_trim(text);
	*value = config_trim(equals + 1);
	return **name != '\0' && strpbrk(*name, " \t") == NULL;
}

static void take_setting(struct config *config, char *text, enum config_origin origin, long line)
{
	char *name, *value;

	if (split_setting(text, &name, &value))
		config_set(origin == ORIGIN_DEFAULT ? &config->defaults : &config->values, name, value, origin, line);
	else if (line > 0)
		config_fault(config, _("main.cf, line %ld: \"name = value\" is expected: %.60s"), line, text);
	else
		config_fault(config, _("\"name = value\" is expected: %.60s"), text);
}

static void take_settings(struct config *config, char *text, enum config_origin origin, bool lines)
{
	struct logical l = {.at = text};

	buf_init(&l.text, LOGICAL_MAX);
	while (next_logical(&l))
		take_setting(config, l.text.text, origin, lines ? l.first : 0);
	buf_done(&l.text);
}

void postfix_take_main(struct config *config, char *text, bool lines)
{
	take_settings(config, text, ORIGIN_MAIN_CF, lines);
}

void postfix_take_defaults(struct config *config, char *text)
{
	take_settings(config, text, ORIGIN_DEFAULT, false);
	const struct config_value *version = config_get(&config->defaults, "mail_version");
	if (version != NULL && config->version == NULL)
		config->version = xstrdup(version->raw);
}

/* --- master.cf */

/* The next word, or what stands in braces; cut in place. NULL at the end. */
static char *next_word(char **at)
{
	char *word = *at + strspn(*at, " \t"), *end = word;
	size_t depth = 0;

	if (*word == '\0')
		return NULL;
	for (; *end != '\0' && (depth > 0 || !isspace((unsigned char)*end)); end++) {
		depth += *end == '{';
		depth -= *end == '}' && depth > 0;
	}
	*at = *end != '\0' ? end + 1 : end;
	*end = '\0';
	return word;
}

/* Only a program that speaks SMTP is of interest. */
static bool side_of(const char *command, enum setting_side *side)
{
	static const struct {
		const char *command;
		enum setting_side side;
	} programs[] = {{"smtpd", SIDE_SERVER}, {"postscreen", SIDE_SCREEN}, {"smtp", SIDE_CLIENT}};
	const char *slash = strrchr(command, '/');

	for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
		if (strcmp(programs[i].command, slash != NULL ? slash + 1 : command) == 0) {
			*side = programs[i].side;
			return true;
		}
	return false;
}

/* "smtp", "127.0.0.1:10026", "[::1]:smtp": where an inet service listens. */
static void take_endpoint(struct config_service *service, const char *name)
{
	const char *colon = strrchr(name, ':');

	if (colon != NULL) {
		const bool brackets = *name == '[' && colon > name + 1 && colon[-1] == ']';
		free(service->host);
		service->host =
		    brackets ? xstrndup(name + 1, (size_t)(colon - name) - 2) : xstrndup(name, (size_t)(colon - name));
	}
	config_add_port(service, colon != NULL ? colon + 1 : name);
}

/* -o name=value, -o { name = value }, -oname=value; other options of the program are left alone. */
static void take_overrides(struct config_service *service, char *arguments, long line)
{
	char *word, *name, *value;

	while ((word = next_word(&arguments)) != NULL) {
		if (strncmp(word, "-o", 2) != 0)
			continue;
		char *setting = word[2] != '\0' ? word + 2 : next_word(&arguments);
		if (setting == NULL)
			return;
		if (*setting == '{') {
			setting[strlen(setting) - 1] = '\0';
			setting++;
		}
		if (split_setting(setting, &name, &value))
			config_set(&service->values, name, value, ORIGIN_MASTER_CF, line);
	}
}

static struct config_service *add_service(struct config *config, const char *name, const char *type,
                                          enum setting_side side)
{
	char *full = xasprintf("%s/%s", name, type);
	struct config_service *service = config_find_service(config, full);

	if (service == NULL && (service = config_add_service(config, full, side)) != NULL && strcmp(type, "inet") == 0)
		take_endpoint(service, name);
	free(full);
	return service;
}

static void take_service(struct config *config, char *text, long line)
{
	char *field[FIELDS];
	enum setting_side side;

	for (size_t i = 0; i < FIELDS; i++)
		if ((field[i] = next_word(&text)) == NULL) {
			config_fault(config, _("master.cf, line %ld: %d fields are expected, there are %zu"), line,
			             FIELDS, i);
			return;
		}
	if (!side_of(field[COMMAND], &side))
		return;
	struct config_service *service = add_service(config, field[NAME], field[TYPE], side);
	if (service == NULL)
		return;
	/* Postfix itself tells the service its name. */
	config_set(&service->values, "service_name", field[NAME], ORIGIN_MASTER_CF, line);
	if (strcmp(field[MAXPROC], "-") != 0)
		config_set(&service->values, "maxproc", field[MAXPROC], ORIGIN_MASTER_CF, line);
	take_overrides(service, text, line);
}

void postfix_take_master(struct config *config, char *text, bool lines)
{
	struct logical l = {.at = text};

	buf_init(&l.text, LOGICAL_MAX);
	while (next_logical(&l))
		take_service(config, l.text.text, lines ? l.first : 0);
	buf_done(&l.text);
}

/* --- outputs of postconf, whichever */

static bool is_type(const char *text, size_t size)
{
	static const char *const types[] = {"inet", "unix", "unix-dgram", "fifo", "pass"};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strlen(types[i]) == size && strncmp(types[i], text, size) == 0)
			return true;
	return false;
}

/* A line of master.cf has the type as its second word. */
static bool is_master_line(const char *text)
{
	const size_t name = strcspn(text, " \t=");
	const char *type = text + name + strspn(text + name, " \t");

	return name > 0 && is_type(type, strcspn(type, " \t="));
}

/* "submission/inet/smtpd_timeout = 10s", as postconf -P says it. */
static bool take_override_line(struct config *config, char *text)
{
	const size_t name_size = strcspn(text, " \t=");
	char *slash = memrchr(text, '/', name_size);
	char *type = slash != NULL ? memrchr(text, '/', (size_t)(slash - text)) : NULL;
	char *name, *value;

	if (type == NULL || !is_type(type + 1, (size_t)(slash - type) - 1) || !split_setting(slash + 1, &name, &value))
		return false;
	*type = *slash = '\0';
	const bool sends = strncmp(name, "smtp_", 5) == 0 || strcmp(type + 1, "inet") != 0;
	struct config_service *service = add_service(config, text, type + 1, sends ? SIDE_CLIENT : SIDE_SERVER);
	if (service != NULL)
		config_set(&service->values, name, value, ORIGIN_MASTER_CF, 0);
	return true;
}

void postfix_take_any(struct config *config, char *text)
{
	struct logical l = {.at = text};

	buf_init(&l.text, LOGICAL_MAX);
	while (next_logical(&l)) {
		if (is_master_line(l.text.text))
			take_service(config, l.text.text, l.first);
		else if (!take_override_line(config, l.text.text))
			take_setting(config, l.text.text, ORIGIN_MAIN_CF, l.first);
	}
	buf_done(&l.text);
}

/* --- together */

static bool is_written(const struct config *config, const char *name, const char *value)
{
	const struct config_value *written = config_get(&config->values, name);

	return written != NULL && strcmp(written->raw, value) == 0;
}

/*
 * master(8) tells services under stress that strangers can reach and that have a limit of processes. One with a single
 * process never hears of it, as Postfix 3.7 was seen to do.
 */
static bool can_come_under_stress(const struct config *config, const struct config_service *service)
{
	const struct config_value *maxproc = config_get(&service->values, "maxproc");

	if (service->side == SIDE_SCREEN)
		return true; /* it looks after itself */
	if (service->side != SIDE_SERVER || service->port_count == 0 || config_is_loopback(service->host))
		return false;
	if (*service->host == '\0' &&
	    (is_written(config, "inet_interfaces", "loopback-only") ||
	     is_written(config, "inet_interfaces", "localhost") || is_written(config, "inet_interfaces", "127.0.0.1")))
		return false;
	return maxproc == NULL || (strcmp(maxproc->raw, "0") != 0 && strcmp(maxproc->raw, "1") != 0);
}

void postfix_finish(struct config *config)
{
	config_take_hostname(config, "myhostname");
	if (config->service_count == 0) { /* without a master.cf: as the software comes */
		add_service(config, "smtp", "inet", SIDE_SERVER);
		add_service(config, "smtp", "unix", SIDE_CLIENT);
	}
	for (size_t i = 0; i < config->service_count; i++) {
		struct config_service *service = &config->services[i];
		service->stress = can_come_under_stress(config, service);
	}
	/* What postscreen lets through goes to the services of type pass. */
	for (size_t i = 0; i < config->service_count; i++) {
		const char *type = strrchr(config->services[i].name, '/');
		if (config->services[i].side != SIDE_SERVER || strcmp(type, "/pass") != 0)
			continue;
		for (size_t j = 0; j < config->service_count; j++)
			if (config->services[j].side == SIDE_SCREEN) {
				config->services[i].port_count = config->services[j].port_count;
				memcpy(config->services[i].ports, config->services[j].ports,
				       sizeof config->services[i].ports);
			}
	}
}
