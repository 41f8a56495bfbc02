#include "config/config.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME_MAX_KEPT 200 /* bytes */
#define RAW_MAX_KEPT  8192
#define FAULT_MAX     400

const char *config_origin_name(enum config_origin origin)
{
	static const char *const names[] = {[ORIGIN_DEFAULT] = "default",
	                                    [ORIGIN_BUILT_IN] = "built-in",
	                                    [ORIGIN_MAIN_CF] = "main.cf",
	                                    [ORIGIN_MASTER_CF] = "master.cf",
	                                    [ORIGIN_FILE] = "file"};

	return names[origin];
}

struct config *config_new(const char *server, const char *path)
{
	struct config *config = xcalloc(1, sizeof *config);

	config->server = server;
	config->path = text_clean_dup(path, strlen(path), RAW_MAX_KEPT);
	return config;
}

void config_values_done(struct config_values *values)
{
	for (size_t i = 0; i < values->count; i++) {
		free(values->items[i].name);
		free(values->items[i].raw);
		free(values->items[i].file);
		free(values->items[i].macro);
	}
	free(values->items);
	*values = (struct config_values){.count = 0};
}

void config_free(struct config *config)
{
	if (config == NULL)
		return;
	for (size_t i = 0; i < config->service_count; i++) {
		free(config->services[i].name);
		free(config->services[i].host);
		config_values_done(&config->services[i].values);
	}
	for (size_t i = 0; i < config->fault_count; i++)
		free(config->faults[i]);
	free(config->services);
	config_values_done(&config->values);
	config_values_done(&config->defaults);
	free(config->version);
	free(config->path);
	free(config->instance);
	free(config->folder);
	free(config->programs);
	free(config->hostname);
	free(config->source);
	free(config->compiled);
	free(config);
}

const struct config_value *config_get(const struct config_values *values, const char *name)
{
	for (size_t i = 0; i < values->count; i++)
		if (strcasecmp(values->items[i].name, name) == 0)
			return &values->items[i];
	return NULL;
}

/* Tabs separate as blanks do; everything else that is not printable becomes visible. */
static char *clean_copy(const char *text, size_t max)
{
	char *copy = xstrdup(text);

	for (char *tab = copy; (tab = strchr(tab, '\t')) != NULL;)
		*tab = ' ';
	char *clean = text_clean_dup(copy, strlen(copy), max);
	free(copy);
	return clean;
}

struct config_value *config_set(struct config_values *values, const char *name, const char *raw,
                                enum config_origin origin, long line)
{
	struct config_value *value = NULL;

	for (size_t i = 0; i < values->count && value == NULL; i++)
		if (strcasecmp(values->items[i].name, name) == 0)
			value = &values->items[i];
	if (value == NULL) {
		if (values->count == CONFIG_VALUES_MAX)
			return NULL;
		values->items = xgrow(values->items, values->count, &values->room, sizeof *values->items);
		value = &values->items[values->count++];
		*value = (struct config_value){.name = clean_copy(name, NAME_MAX_KEPT)};
	}
	free(value->raw);
	value->raw = clean_copy(raw, RAW_MAX_KEPT);
	value->origin = origin;
	value->line = line;
	config_value_place(value, NULL, NULL);
	return value;
}

void config_value_place(struct config_value *value, const char *file, const char *macro)
{
	if (value == NULL)
		return;
	char *clean_file = file != NULL ? clean_copy(file, RAW_MAX_KEPT) : NULL;
	char *clean_macro = macro != NULL ? clean_copy(macro, NAME_MAX_KEPT) : NULL;
	free(value->file);
	free(value->macro);
	value->file = clean_file;
	value->macro = clean_macro;
}

struct config_service *config_find_service(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->service_count; i++)
		if (strcmp(config->services[i].name, name) == 0)
			return &config->services[i];
	return NULL;
}

struct config_service *config_add_service(struct config *config, const char *name, enum setting_side side)
{
	if (config->service_count == CONFIG_SERVICES_MAX) {
		config_fault(config, _("more than %d services; the others were left out"), CONFIG_SERVICES_MAX);
		return NULL;
	}
	config->services =
	    xgrow(config->services, config->service_count, &config->service_room, sizeof *config->services);
	struct config_service *service = &config->services[config->service_count++];
	*service = (struct config_service){
	    .name = text_clean_dup(name, strlen(name), NAME_MAX_KEPT), .side = side, .host = xstrdup("")};
	return service;
}

void config_add_port(struct config_service *service, const char *port)
{
	static const struct {
		const char *name;
		int port;
	} names[] = {{"smtp", 25},         {"mail", 25}, {"smtps", 465},      {"ssmtp", 465},
	             {"submissions", 465}, {"urd", 465}, {"submission", 587}, {"msa", 587}};
	long number = strspn(port, "0123456789") == strlen(port) ? strtol(port, NULL, 10) : 0;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcasecmp(names[i].name, port) == 0)
			number = names[i].port;
	if (number < 1 || number > 65535 || service->port_count == CONFIG_PORTS_MAX ||
	    config_has_port(service, (int)number))
		return;
	service->ports[service->port_count++] = (int)number;
}

bool config_has_port(const struct config_service *service, int port)
{
	for (size_t i = 0; i < service->port_count; i++)
		if (service->ports[i] == port)
			return true;
	return false;
}

bool config_is_loopback(const char *host)
{
	return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 || strcmp(host, "[::1]") == 0 ||
	       strcasecmp(host, "localhost") == 0;
}

void config_take_hostname(struct config *config, const char *setting)
{
	const struct config_value *value = config_get(&config->values, setting);

	if (value == NULL || *value->raw == '\0' || strpbrk(value->raw, "$ \t{") != NULL)
		return;
	free(config->hostname);
	config->hostname = xstrdup(value->raw);
}

void config_fault(struct config *config, const char *format, ...)
{
	char text[FAULT_MAX], *clean;
	va_list args;

	if (config->fault_count == CONFIG_FAULTS_MAX)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	clean = text_clean_dup(text, strlen(text), FAULT_MAX);
	config->faults[config->fault_count++] = clean;
}

char *config_next_line(char **at)
{
	char *line = *at;

	if (line == NULL || *line == '\0')
		return NULL;
	char *end = strchr(line, '\n');
	*at = end != NULL ? end + 1 : NULL;
	if (end == NULL)
		return line;
	*end = '\0';
	if (end > line && end[-1] == '\r')
		end[-1] = '\0';
	return line;
}

char *config_trim(char *text)
{
	size_t size;

	while (isspace((unsigned char)*text))
		text++;
	for (size = strlen(text); size > 0 && isspace((unsigned char)text[size - 1]);)
		size--;
	text[size] = '\0';
	return text;
}
