#include "config/setting.h"

#include "base/i18n.h"
#include "base/table.h"
#include "base/xalloc.h"
#include "config/value.h"
#include "model/fact.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SERVER, SIDE, NAME, KIND, INITIAL, ROLE, MINIMUM, COLUMNS };

struct config_catalogue {
	struct table table;
	struct config_setting *settings; /* as many as the table has rows */
};

/* "-" stands for nothing. */
static const char *given(const char *text)
{
	return strcmp(text, "-") != 0 ? text : "";
}

static int read_side(const char *text, enum setting_side *side)
{
	static const char *const names[] = {
	    [SIDE_SERVER] = "server", [SIDE_SCREEN] = "screen", [SIDE_CLIENT] = "client", [SIDE_BOTH] = "both"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], text) == 0) {
			*side = (enum setting_side)i;
			return 0;
		}
	return -1;
}

static int read_kind(const char *text, enum value_kind *kind, double *unit)
{
	static const struct {
		const char *name;
		enum value_kind kind;
		double unit;
	} kinds[] = {
	    {"time:ms", VALUE_TIME, 0.001}, {"time:s", VALUE_TIME, 1},     {"time:m", VALUE_TIME, 60},
	    {"time:h", VALUE_TIME, 3600},   {"time:d", VALUE_TIME, 86400}, {"size", VALUE_SIZE, 0},
	    {"room", VALUE_ROOM, 0},        {"count", VALUE_COUNT, 0},     {"bool", VALUE_BOOL, 0},
	    {"text", VALUE_TEXT, 0},
	};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].name, text) == 0) {
			*kind = kinds[i].kind;
			*unit = kinds[i].unit;
			return 0;
		}
	return -1;
}

static bool is_role(const char *role)
{
	char *fact = xasprintf("config.%s.setting", role);
	const bool known = *role == '\0' || fact_def_find(fact) != NULL;

	free(fact);
	return known;
}

static int read_row(const struct table *table, const struct table_row *row, struct config_setting *setting,
                    struct err *err)
{
	*setting = (struct config_setting){.server = row->column[SERVER],
	                                   .name = row->column[NAME],
	                                   .initial = given(row->column[INITIAL]),
	                                   .role = given(row->column[ROLE])};
	if (setting->initial[0] == '=') {
		setting->built_in = true;
		setting->initial++;
	}
	if (read_side(row->column[SIDE], &setting->side) != 0)
		return err_set(err, _("%s:%d: \"%s\": expected server, screen, client or both"), table->file.origin,
		               row->line, row->column[SIDE]);
	if (read_kind(row->column[KIND], &setting->kind, &setting->unit) != 0)
		return err_set(err, _("%s:%d: \"%s\" is no kind of value"), table->file.origin, row->line,
		               row->column[KIND]);
	if (!is_role(setting->role))
		return err_set(err, _("%s:%d: there are no facts config.%s"), table->file.origin, row->line,
		               setting->role);
	if (*given(row->column[MINIMUM]) != '\0' &&
	    value_number(row->column[MINIMUM], setting, &setting->minimum, NULL) != 0)
		return err_set(err, _("%s:%d: \"%s\" is no value of its kind"), table->file.origin, row->line,
		               row->column[MINIMUM]);
	return 0;
}

static int by_server_and_name(const void *a, const void *b)
{
	const struct config_setting *left = a;
	const struct config_setting *right = b;
	const int servers = strcmp(left->server, right->server);

	return servers != 0 ? servers : strcasecmp(left->name, right->name);
}

struct config_catalogue *config_catalogue_load(struct err *err)
{
	struct config_catalogue *catalogue = xcalloc(1, sizeof *catalogue);

	if (table_load("config.tsv", COLUMNS, &catalogue->table, err) != 0) {
		free(catalogue);
		return NULL;
	}
	catalogue->settings = xcalloc(catalogue->table.count + 1, sizeof *catalogue->settings);
	for (size_t i = 0; i < catalogue->table.count; i++)
		if (read_row(&catalogue->table, &catalogue->table.rows[i], &catalogue->settings[i], err) != 0) {
			config_catalogue_free(catalogue);
			return NULL;
		}
	qsort(catalogue->settings, catalogue->table.count, sizeof *catalogue->settings, by_server_and_name);
	return catalogue;
}

void config_catalogue_free(struct config_catalogue *catalogue)
{
	if (catalogue == NULL)
		return;
	free(catalogue->settings);
	table_done(&catalogue->table);
	free(catalogue);
}

const struct config_setting *config_catalogue_of(const struct config_catalogue *catalogue, const char *server,
                                                 size_t *count)
{
	const struct config_setting *first = NULL;

	*count = 0;
	for (size_t i = 0; i < catalogue->table.count; i++) {
		const struct config_setting *setting = &catalogue->settings[i];
		if (strcmp(setting->server, server) != 0)
			continue;
		if (first == NULL)
			first = setting;
		++*count;
	}
	return first;
}

const struct config_setting *config_catalogue_find(const struct config_catalogue *catalogue, const char *server,
                                                   const char *name)
{
	const struct config_setting wanted = {.server = server, .name = name};

	return bsearch(&wanted, catalogue->settings, catalogue->table.count, sizeof wanted, by_server_and_name);
}
