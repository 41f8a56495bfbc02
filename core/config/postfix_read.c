#include "base/clock.h"
#include "base/command.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "config/postfix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMMAND_LIMIT_S 5.0
#define COMMAND_PART    0.5 /* of the time that is left: the files want some, too */
#define FOLDER_MAX      4000
#define FOLDER_STOCK    "/etc/postfix"
#define APPLIANCE_TREE  "/opt/trend/"

static char *read_in(const char *folder, const char *name, struct err *err)
{
	char *path = xasprintf("%s/%s", folder, name);
	char *text = file_read(path, CONFIG_FILE_MAX, NULL, err);

	free(path);
	return text;
}

/* --- where it is */

static bool is_standard(const char *programs)
{
	return strcmp(programs, "/usr/sbin") == 0 || strcmp(programs, "/usr/local/sbin") == 0 ||
	       strcmp(programs, "/sbin") == 0;
}

/* Commands must name what they would not take by themselves: the folder of another instance, programs of another tree. */
static void place(struct config *config, const char *folder)
{
	const struct config_value *stock = config_get(&config->defaults, "config_directory");
	const struct config_value *programs = config_get(&config->values, "command_directory");
	const struct config_value *otherwise = config_get(&config->defaults, "command_directory");
	const char *of_stock = stock != NULL ? stock->raw : FOLDER_STOCK;
	char *real = realpath(folder, NULL), *real_stock = realpath(of_stock, NULL);
	const char *name = real != NULL ? real : folder;

	if (*name == '/' && strcmp(name, real_stock != NULL ? real_stock : of_stock) != 0)
		config->folder = text_clean_dup(name, strlen(name), FOLDER_MAX);
	if (programs != NULL && *programs->raw == '/' && !is_standard(programs->raw) &&
	    (otherwise == NULL || strcmp(programs->raw, otherwise->raw) != 0))
		config->programs = xstrdup(programs->raw);
	free(real);
	free(real_stock);
}

void postfix_place_file(struct config *config, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	const struct config_value *written = config_get(&config->values, "config_directory");

	if (strcmp(name, "main.cf") == 0 || strcmp(name, "master.cf") == 0) {
		char *folder = slash != NULL ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");
		place(config, folder);
		free(folder);
	} else if (written != NULL) {
		place(config, written->raw);
	}
}

/*
 * The postconf that the folder belongs to, which the caller frees. An appliance has its own tree of programs, which its
 * main.cf tells; a name from any other file is not run.
 */
static char *find_postconf(const char *folder)
{
	char *program = NULL,
	     *text = folder != NULL && strcmp(folder, POSTFIX_APPLIANCE) == 0 ? read_in(folder, "main.cf", NULL) : NULL;
	struct config *file = config_new("postfix", "");

	if (text != NULL)
		postfix_take_main(file, text, true);
	const struct config_value *programs = config_get(&file->values, "command_directory");
	if (programs != NULL && strncmp(programs->raw, APPLIANCE_TREE, strlen(APPLIANCE_TREE)) == 0 &&
	    strstr(programs->raw, "..") == NULL)
		program = xasprintf("%s/postconf", programs->raw);
	if (program != NULL && access(program, X_OK) != 0) {
		free(program);
		program = NULL;
	}
	config_free(file);
	free(text);
	return program != NULL ? program : xstrdup("postconf");
}

/* One call of postconf, whose output the caller frees; NULL with the reason. folder NULL: its own default. */
static char *ask(const char *option, const char *folder, double deadline, struct err *err)
{
	char *postconf = find_postconf(folder);
	const char *const of_folder[] = {postconf, "-c", folder, option, NULL};
	const char *const of_default[] = {postconf, option, NULL};
	const double now = clock_now(), limit = fmin(COMMAND_LIMIT_S, COMMAND_PART * (deadline - now));
	char *output = command_output(folder != NULL ? of_folder : of_default, now + limit, NULL, err);

	free(postconf);
	return output;
}

/* --- what it says */

/*
 * What postconf -n said has no lines and no original blanks: main.cf itself adds them. What stands there and was not said is
 * a name that this Postfix does not know and nothing refers to: mistyped, mostly, and without any effect.
 */
static void add_lines(struct config *config, const char *folder)
{
	char *text = read_in(folder, "main.cf", NULL);
	struct config *file = config_new("postfix", folder);

	if (text != NULL)
		postfix_take_main(file, text, true);
	for (size_t i = 0; i < file->values.count; i++) {
		const struct config_value *value = &file->values.items[i];
		if (config_get(&config->values, value->name) == NULL)
			config_fault(config, _("main.cf line %ld: Postfix knows no %s, and nothing uses it"),
			             value->line, value->name);
		else
			config_set(&config->values, value->name, value->raw, ORIGIN_MAIN_CF, value->line);
	}
	config_free(file);
	free(text);
}

static void read_main(struct config *config, const char *folder, bool has_postconf, double deadline)
{
	struct err err;
	char *text = has_postconf ? ask("-n", folder, deadline, &err) : NULL;

	if (text != NULL) {
		postfix_take_main(config, text, false);
		free(text);
		add_lines(config, folder);
		return;
	}
	if (has_postconf)
		config_fault(config, "%s", err.text);
	if ((text = read_in(folder, "main.cf", &err)) == NULL)
		config_fault(config, "%s", err.text);
	else
		postfix_take_main(config, text, true);
	free(text);
}

/* The lines of master.cf are known only from the file; postconf is for a file that we may not read. */
static void read_master(struct config *config, const char *folder, bool has_postconf, double deadline)
{
	struct err err;
	char *text = read_in(folder, "master.cf", &err);

	if (text != NULL) {
		postfix_take_master(config, text, true);
	} else if (has_postconf && (text = ask("-M", folder, deadline, &err)) != NULL) {
		postfix_take_master(config, text, false);
		free(text);
		if ((text = ask("-P", folder, deadline, &err)) != NULL)
			postfix_take_any(config, text);
	} else {
		config_fault(config, "%s", err.text);
	}
	free(text);
}

/*
 * One instance. Without postconf, or when it cannot even tell the defaults, everything is read from the files; NULL with
 * the reason when there are none either.
 */
static struct config *read_instance(const char *folder, double deadline, struct err *err)
{
	struct err why;
	char *defaults = ask("-d", folder, deadline, &why);
	struct config *config = config_new("postfix", "");

	if (defaults != NULL)
		postfix_take_defaults(config, defaults);
	const struct config_value *stock = config_get(&config->defaults, "config_directory");
	const char *where = folder != NULL ? folder : stock != NULL ? stock->raw : FOLDER_STOCK;
	char *main_cf = read_in(where, "main.cf", err);
	free(config->path);
	config->path = xstrdup(where);
	if (defaults == NULL && main_cf == NULL) {
		config_free(config);
		return NULL;
	}
	if (defaults == NULL)
		config_fault(config, _("%s; so the defaults are those of a recent version"), why.text);
	read_main(config, where, defaults != NULL, deadline);
	read_master(config, where, defaults != NULL, deadline);
	postfix_finish(config);
	place(config, where);
	free(main_cf);
	free(defaults);
	return config;
}

static bool is_enabled(const struct config *config)
{
	const struct config_value *enabled = config_get(&config->values, "multi_instance_enable");

	return enabled != NULL && strcmp(enabled->raw, "yes") == 0;
}

/* `otherwise` is what it is called when it has no name of its own; may be NULL. */
static char *instance_name(const struct config *config, const char *otherwise)
{
	const struct config_value *name = config_get(&config->values, "multi_instance_name");

	return xstrdup(name != NULL && *name->raw != '\0' ? name->raw : otherwise);
}

size_t postfix_read(const char *folder, double deadline, struct config **configs, size_t room, struct err *err)
{
	size_t count = 0;

	if (room == 0 || (configs[0] = read_instance(folder, deadline, err)) == NULL)
		return 0;
	count = 1;
	const bool appliance = folder != NULL && strcmp(folder, POSTFIX_APPLIANCE) == 0;
	configs[0]->instance = instance_name(configs[0], appliance ? folder : NULL);
	const struct config_value *others = config_get(&configs[0]->values, "multi_instance_directories");
	char *list = xstrdup(others != NULL ? others->raw : "");
	for (char *at = list, *one; *(one = at + strspn(at, ", \t")) != '\0' && count < room;) {
		at = one + strcspn(one, ", \t");
		if (*at != '\0')
			*at++ = '\0';
		struct config *other = strlen(one) < FOLDER_MAX ? read_instance(one, deadline, err) : NULL;
		if (other == NULL) {
			config_fault(configs[0], "%s", err->text);
		} else if (!is_enabled(other)) {
			config_free(other);
		} else {
			other->instance = instance_name(other, one);
			configs[count++] = other;
		}
	}
	free(list);
	return count;
}
