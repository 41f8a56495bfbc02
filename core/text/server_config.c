#include "text/server_config.h"

#include "base/xalloc.h"
#include "checks/config/facts.h"
#include "config/config.h"
#include "config/opensmtpd.h"
#include "config/postfix.h"
#include "config/sendmail.h"

#include <stdlib.h>
#include <string.h>

/* The servers whose settings can be told from others by their names; how a line of theirs is read. */
static const struct dialect {
	const char *server;
	const char *mark; /* such lines begin with it */
	void (*take)(struct config *config, char *text);
	void (*finish)(struct config *config);
} dialects[] = {
    {"postfix", "", postfix_take_any, postfix_finish},
    {"exim", "", NULL, NULL},
    {"sendmail", "O ", sendmail_take, sendmail_finish},
    {"opensmtpd", "smtp ", opensmtpd_take, opensmtpd_finish},
};

#define DIALECTS (sizeof dialects / sizeof dialects[0])

struct server_config {
	struct config_catalogue *catalogue;
	struct config *configs[DIALECTS]; /* NULL: no line of that server came */
};

struct server_config *server_config_new(struct err *err)
{
	struct config_catalogue *catalogue = config_catalogue_load(err);
	struct server_config *s = catalogue != NULL ? xcalloc(1, sizeof *s) : NULL;

	if (s != NULL)
		s->catalogue = catalogue;
	return s;
}

void server_config_free(struct server_config *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < DIALECTS; i++)
		config_free(s->configs[i]);
	config_catalogue_free(s->catalogue);
	free(s);
}

/* The name that is set in "name = value", "O name=value", "smtp limit name value" or "master/inet/name = value". */
static char *setting_name(const struct dialect *dialect, const char *line)
{
	line += strlen(dialect->mark);
	if (strcmp(dialect->server, "opensmtpd") == 0) {
		const size_t limit = strncmp(line, "limit ", 6) == 0 ? 6 : 0;
		return xasprintf("smtp %.*s", (int)(limit + strcspn(line + limit, " ")), line);
	}
	const size_t size = strcspn(line, " =");
	const char *slash = memrchr(line, '/', size);
	const char *name = slash != NULL ? slash + 1 : line;
	if (line[size + strspn(line + size, " ")] != '=')
		return xstrdup("");
	return xstrndup(name, size - (size_t)(name - line));
}

/* Names of transports' options are those of many a library: only what a server's main section has is certain. */
static bool is_certain(const struct config_setting *setting)
{
	return setting != NULL && (strcmp(setting->server, "exim") != 0 || setting->side == SIDE_SERVER);
}

static void take(struct server_config *s, size_t i, const struct config_setting *setting, const char *line, long number)
{
	if (s->configs[i] == NULL)
		s->configs[i] = config_new(dialects[i].server, "");
	if (dialects[i].take == NULL) {
		char *value = xstrdup(strchr(line, '=') + 1);
		config_set(&s->configs[i]->values, setting->name, config_trim(value), ORIGIN_FILE, number);
		free(value);
		return;
	}
	char *copy = xstrdup(line);
	dialects[i].take(s->configs[i], copy);
	free(copy);
}

bool server_config_line(struct server_config *s, const char *line, long number)
{
	line += strspn(line, " ");
	for (size_t i = 0; i < DIALECTS; i++) {
		if (strncmp(line, dialects[i].mark, strlen(dialects[i].mark)) != 0)
			continue;
		char *name = setting_name(&dialects[i], line);
		const struct config_setting *setting = config_catalogue_find(s->catalogue, dialects[i].server, name);
		free(name);
		if (!is_certain(setting))
			continue;
		take(s, i, setting, line, number);
		return true;
	}
	return false;
}

void server_config_emit(struct server_config *s, struct emit *e, const char *subject)
{
	for (size_t i = 0; i < DIALECTS; i++) {
		if (s->configs[i] == NULL)
			continue;
		if (dialects[i].finish != NULL)
			dialects[i].finish(s->configs[i]);
		else
			config_add_service(s->configs[i], "server", SIDE_SERVER);
		config_emit_found(s->configs[i], s->catalogue, e, subject);
	}
}
