#include "config/exim_debian.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "config/exim.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ANSWERS   "update-exim4.conf.conf"
#define PARTS_MAX 200 /* files of one folder of conf.d */
#define TEXT_MAX  ((size_t)1 << 18)

/* --- what is joined */

static bool exists(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* As update-exim4.conf takes them: of letters, digits, _ and - alone. */
static int is_part(const struct dirent *entry)
{
	const char *name = entry->d_name;

	while (isalnum((unsigned char)*name) || *name == '_' || *name == '-')
		name++;
	return name > entry->d_name && *name == '\0';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* The files of a part of conf.d, in their order; NAME.rul takes the place of NAME. */
static void include_parts(struct buf *text, const char *folder, const char *section)
{
	char *path = xasprintf("%s/conf.d/%s", folder, section);
	struct dirent **entries;
	const int count = scandir(path, &entries, is_part, by_bytes);

	for (int i = 0; i < count; i++) {
		char *file = xasprintf("%s/%s", path, entries[i]->d_name), *instead = xasprintf("%s.rul", file);
		if (i < PARTS_MAX && exists(file))
			buf_printf(text, ".include %s\n", exists(instead) ? instead : file);
		free(instead);
		free(file);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	free(path);
}

/* An answer, dc_NAME='VALUE', without its quotes; "" when there is none. The caller frees. */
static char *answer(const char *answers, const char *name)
{
	const size_t size = strlen(name);
	char *value = xstrdup("");

	for (const char *line = answers; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, size) != 0 || line[size] != '=')
			continue;
		const char *start = line + size + 1;
		start += strspn(start, "'\"");
		free(value);
		value = xstrndup(start, strcspn(start, "'\"\r\n"));
	}
	return value;
}

/* The macros that answers become; what depends on them is in effect or not. */
static void define_macros(struct buf *text, const char *answers)
{
	static const struct {
		const char *macro, *answer;
		bool if_given;
	} macros[] = {
	    {"MAIN_LOCAL_INTERFACES", "dc_local_interfaces", true},
	    {"MAIN_LOCAL_DOMAINS", "dc_other_hostnames", false},
	    {"MAIN_RELAY_TO_DOMAINS", "dc_relay_domains", false},
	    {"MAIN_RELAY_NETS", "dc_relay_nets", false},
	    {"LOCAL_DELIVERY", "dc_localdelivery", false},
	    {"DCreadhost", "dc_readhost", false},
	    {"DCsmarthost", "dc_smarthost", false},
	};
	char *type = answer(answers, "dc_eximconfig_configtype"), *minimal = answer(answers, "dc_minimaldns");

	buf_puts(text, "ETC_MAILNAME = localhost\nMAIN_PACKAGE_VERSION = 0\n");
	for (size_t i = 0; i < sizeof macros / sizeof macros[0]; i++) {
		char *value = answer(answers, macros[i].answer);
		if (!macros[i].if_given || *value != '\0')
			buf_printf(text, "%s = %s\n", macros[i].macro, value);
		free(value);
	}
	if (strcmp(minimal, "true") == 0)
		buf_puts(text, "DC_minimaldns = 1\nMAIN_HARDCODE_PRIMARY_HOSTNAME = localhost\n");
	buf_printf(text, "DC_eximconfig_configtype = %s\nDCconfig_%s = 1\n", type, type);
	free(minimal);
	free(type);
}

struct config *exim_debian_read(const char *folder, struct err *err)
{
	char *path = xasprintf("%s/" ANSWERS, folder);
	char *answers = file_read(path, CONFIG_FILE_MAX, NULL, err);
	struct config *config = answers != NULL ? config_new("exim", folder) : NULL;
	struct buf text;

	free(path);
	if (config == NULL)
		return NULL;
	char *split = answer(answers, "dc_use_split_config");
	buf_init(&text, TEXT_MAX);
	define_macros(&text, answers);
	buf_printf(&text, ".include %s/" ANSWERS "\n", folder); /* words in capital letters are macros there, too */
	if (strcmp(split, "true") == 0) {
		include_parts(&text, folder, "main");
		include_parts(&text, folder, "transport");
	} else {
		buf_printf(&text, ".include_if_exists %s/exim4.conf.localmacros\n", folder);
		buf_printf(&text, ".include %s/exim4.conf.template\n", folder);
	}
	exim_take(config, text.text, true);
	exim_finish(config);
	buf_done(&text);
	free(split);
	free(answers);
	return config;
}

/* --- what is made of it */

static bool is_newer(const char *path, const char *than)
{
	struct stat status, other;

	if (stat(path, &status) != 0 || stat(than, &other) != 0)
		return false;
	return status.st_mtim.tv_sec != other.st_mtim.tv_sec ? status.st_mtim.tv_sec > other.st_mtim.tv_sec
	                                                     : status.st_mtim.tv_nsec > other.st_mtim.tv_nsec;
}

static void tell_newer(struct config *config, const struct config *edited, const char *folder, const char *made)
{
	char *answers = xasprintf("%s/" ANSWERS, folder), *local = xasprintf("%s/exim4.conf.localmacros", folder);
	const char *newer = is_newer(answers, made) ? answers : is_newer(local, made) ? local : NULL;

	for (size_t i = 0; i < edited->values.count && newer == NULL; i++) {
		const char *file = edited->values.items[i].file;
		newer = file != NULL && is_newer(file, made) ? file : NULL;
	}
	if (newer != NULL)
		config_fault(config, _("%s was changed after %s was made of it: update-exim4.conf makes it anew"),
		             newer, made);
	free(local);
	free(answers);
}

static void trace_values(struct config *config, struct config_values *values, const struct config_values *edited,
                         const char *made)
{
	for (size_t i = 0; i < values->count; i++) {
		struct config_value *value = &values->items[i];
		const struct config_value *source = edited != NULL ? config_get(edited, value->name) : NULL;
		if (value->origin != ORIGIN_FILE || value->line == 0)
			continue;
		if (source == NULL) {
			config_fault(config, _("%s stands in %s alone: the next update-exim4.conf drops it"),
			             value->name, made);
		} else if (strcmp(source->raw, value->raw) != 0) {
			config_fault(config, _("%s is %s in %s, and will be %s after the next update-exim4.conf"),
			             value->name, value->raw, made, source->raw);
		} else {
			value->line = source->line;
			config_value_place(value, source->file, source->macro);
		}
	}
}

void exim_debian_trace(struct config *config, const char *folder, const char *made)
{
	struct err err;
	struct config *edited = exim_debian_read(folder, &err);

	if (edited == NULL) {
		config_fault(config, "%s", err.text);
		return;
	}
	for (size_t i = 0; i < edited->fault_count; i++)
		config_fault(config, "%s", edited->faults[i]);
	trace_values(config, &config->values, &edited->values, made);
	for (size_t i = 0; i < config->service_count; i++) {
		struct config_service *service = &config->services[i];
		const struct config_service *same = config_find_service(edited, service->name);
		trace_values(config, &service->values, same != NULL ? &same->values : NULL, made);
	}
	tell_newer(config, edited, folder, made);
	config_free(edited);
}
