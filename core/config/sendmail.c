#include "config/sendmail.h"

#include "base/clock.h"
#include "base/command.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define SENDMAIL_CF     "/etc/mail/sendmail.cf"
#define COMMAND_LIMIT_S 5.0
#define VERSION_MAX     ((size_t)80)
#define COMPILED_MAX    ((size_t)1000)

/* One of the parts "key=value" of a daemon's options. */
static void take_daemon_part(struct config_service *service, char *key, char *value)
{
	static const struct {
		const char *key, *setting;
	} overrides[] = {{"children", "MaxDaemonChildren"},
	                 {"queueLA", "QueueLA"},
	                 {"refuseLA", "RefuseLA"},
	                 {"delayLA", "DelayLA"}};

	if (strcasecmp(key, "Port") == 0 || strcmp(key, "P") == 0) {
		config_add_port(service, value);
	} else if (strcasecmp(key, "Addr") == 0 || strcmp(key, "A") == 0) {
		free(service->host);
		service->host = xstrdup(value);
	}
	for (size_t i = 0; i < sizeof overrides / sizeof overrides[0]; i++)
		if (strcmp(overrides[i].key, key) == 0)
			config_set(&service->values, overrides[i].setting, value, ORIGIN_FILE, 0);
}

/* The value of a key in "Family=inet, Name=MTA, Port=smtp"; the caller frees. */
static char *daemon_name(const char *options)
{
	for (const char *at = options; *at != '\0'; at += strcspn(at, ","), at += *at == ',') {
		at += strspn(at, " \t");
		const size_t skip = strncasecmp(at, "Name=", 5) == 0 ? 5 : strncmp(at, "N=", 2) == 0 ? 2 : 0;
		if (skip > 0)
			return xasprintf("server %.*s", (int)strcspn(at + skip, ", \t"), at + skip);
	}
	return xstrdup("server");
}

static void take_daemon(struct config *config, const char *options, long line)
{
	char *name = daemon_name(options);
	struct config_service *service = config_find_service(config, name);
	char *list = xstrdup(options);

	if (service == NULL)
		service = config_add_service(config, name, SIDE_SERVER);
	for (char *at = list, *one; service != NULL && *(one = at + strspn(at, ", \t")) != '\0';) {
		at = one + strcspn(one, ",");
		if (*at != '\0')
			*at++ = '\0';
		char *equals = strchr(one, '=');
		if (equals == NULL)
			continue;
		*equals = '\0';
		take_daemon_part(service, config_trim(one), config_trim(equals + 1));
	}
	for (size_t i = 0; service != NULL && i < service->values.count; i++)
		service->values.items[i].line = line;
	if (service != NULL && service->port_count == 0)
		config_add_port(service, "smtp");
	free(list);
	free(name);
}

/* "T=C:1m;S:30s;R:30s;E:5m" in the definition of a milter. */
static void take_milter(struct config *config, const char *line, long number)
{
	const char *times = strstr(line, "T=");

	while (times != NULL && times > line && strchr(", \t", times[-1]) == NULL)
		times = strstr(times + 1, "T=");
	for (const char *at = times != NULL ? times + 2 : ""; isupper((unsigned char)*at) && at[1] == ':';) {
		char *name = xasprintf("INPUT_MAIL_FILTER T=%c", *at);
		char *value = xstrndup(at + 2, strcspn(at + 2, ";, \t"));
		config_set(&config->values, name, value, ORIGIN_FILE, number);
		at += 2 + strlen(value);
		at += *at == ';';
		free(value);
		free(name);
	}
}

static void take_option(struct config *config, char *line, long number)
{
	char *equals = strchr(line, '=');
	if (equals == NULL)
		return;
	*equals = '\0';
	char *name = config_trim(line), *value = config_trim(equals + 1);

	if (strcasecmp(name, "DaemonPortOptions") == 0)
		take_daemon(config, value, number);
	else
		config_set(&config->values, name, value, ORIGIN_FILE, number);
}

static void take_version(struct config *config, const char *text)
{
	free(config->version);
	config->version = text_clean_dup(text, strcspn(text, " \t"), VERSION_MAX);
}

/* Rules of FEATURE(`greet_pause') and its like: the number stands in a rule, or in the access map. */
static void take_rule(struct config *config, const char *ruleset, const char *line, long number)
{
	const char *result = strstr(line, "$# ");

	if (strcmp(ruleset, "greet_pause") == 0 && strncmp(line, "R<?> <$*>", 9) == 0 && result != NULL)
		config_set(&config->values, "greet_pause", result + 3, ORIGIN_FILE, number);
}

static void take_ruleset(struct config *config, const char *name, long number)
{
	if (strcmp(name, "RateControl") == 0)
		config_set(&config->values, "ratecontrol", "access map (ClientRate)", ORIGIN_FILE, number);
	else if (strcmp(name, "ConnControl") == 0)
		config_set(&config->values, "conncontrol", "access map (ClientConn)", ORIGIN_FILE, number);
}

void sendmail_take(struct config *config, char *text)
{
	const char *ruleset = "";
	long number = 0;
	char *line;

	while ((line = config_next_line(&text)) != NULL) {
		number++;
		switch (line[0]) {
		case 'O':
			take_option(config, line + 1, number);
			break;
		case 'X':
			take_milter(config, line, number);
			break;
		case 'S':
			ruleset = config_trim(line + 1);
			take_ruleset(config, ruleset, number);
			break;
		case 'R':
			take_rule(config, ruleset, line, number);
			break;
		case 'D':
			if (line[1] == 'Z')
				take_version(config, line + 2);
			else if (line[1] == 'j') /* $j, the name in the greeting */
				config_set(&config->values, "Dj", line + 2, ORIGIN_FILE, number);
			break;
		case 'V':
			if (strncmp(line, "Version ", 8) == 0)
				take_version(config, line + 8);
			break;
		default:
			break;
		}
	}
}

void sendmail_finish(struct config *config)
{
	bool listens = false;

	config_take_hostname(config, "Dj");
	for (size_t i = 0; i < config->service_count; i++)
		listens = listens || config->services[i].side == SIDE_SERVER;
	if (!listens)
		take_daemon(config, "", 0);
	config_add_service(config, "client", SIDE_CLIENT);
}

/* --- where it is edited */

static bool is_newer(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec != b->st_mtim.tv_sec ? a->st_mtim.tv_sec > b->st_mtim.tv_sec
	                                              : a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

void sendmail_find_source(struct config *config)
{
	const char *slash = strrchr(config->path, '/');
	char *source = slash != NULL ? xasprintf("%.*s/sendmail.mc", (int)(slash - config->path), config->path)
	                             : xstrdup("sendmail.mc");
	struct stat mc, cf;

	if (stat(source, &mc) != 0 || !S_ISREG(mc.st_mode)) {
		free(source);
		return;
	}
	if (stat(config->path, &cf) == 0 && is_newer(&mc, &cf))
		config_fault(config, _("%s was changed after %s was made of it: make in that folder makes it anew"),
		             source, config->path);
	config->source = source;
}

/* --- the program */

/* What stands behind "Compiled with:", which goes on in lines that begin with blanks; in one line. The caller frees. */
static char *compiled_with(const char *said)
{
	static const char start[] = "Compiled with:";
	const char *at = strstr(said, start);
	char *words = NULL;

	if (at == NULL)
		return NULL;
	at += strlen(start);
	const char *end = strstr(at, "\n\n");
	char *text = xstrndup(at, end != NULL ? (size_t)(end - at) : strlen(at));
	for (char *save = NULL, *word = strtok_r(text, " \t\n", &save); word != NULL;
	     word = strtok_r(NULL, " \t\n", &save)) {
		char *before = words;
		words = before != NULL ? xasprintf("%s %s", before, word) : xstrdup(word);
		free(before);
	}
	free(text);
	char *clean = words != NULL ? text_clean_dup(words, strlen(words), COMPILED_MAX) : NULL;
	free(words);
	return clean;
}

/* Other servers have a program of that name, too: only one that says "Version" is believed. */
static char *ask_program(double deadline)
{
	static const char *const names[] = {"/usr/libexec/sendmail/sendmail", "sendmail-mta", "sendmail.sendmail"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *const argv[] = {names[i], "-d0.1", "-bt", NULL};
		char *said = command_output(argv, fmin(deadline, clock_now() + COMMAND_LIMIT_S), NULL, NULL);
		if (said != NULL && strncmp(said, "Version ", 8) == 0)
			return said;
		free(said);
	}
	return NULL;
}

/* The file was made for a version, with whatever its m4 files knew. */
static void take_program(struct config *config, const char *said)
{
	char *made_for = config->version;
	const char *version = said + strlen("Version ");
	const size_t size = strcspn(version, " \t\n");

	if (made_for != NULL &&
	    (strncmp(made_for, version, size) != 0 || isdigit((unsigned char)made_for[size]) || made_for[size] == '.'))
		config_fault(config, _("%s was made for version %s, and the program is %.*s"), config->path, made_for,
		             (int)size, version);
	config->version = text_clean_dup(version, size, VERSION_MAX);
	config->compiled = compiled_with(said);
	free(made_for);
}

struct config *sendmail_read(double deadline, struct err *err)
{
	char *text = file_read(SENDMAIL_CF, CONFIG_FILE_MAX, NULL, err);

	if (text == NULL)
		return NULL;
	struct config *config = config_new("sendmail", SENDMAIL_CF);
	sendmail_take(config, text);
	sendmail_finish(config);
	sendmail_find_source(config);
	free(text);
	char *said = ask_program(deadline);
	if (said != NULL)
		take_program(config, said);
	free(said);
	return config;
}
