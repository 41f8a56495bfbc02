#include "text/manual.h"

#include "base/table.h"
#include "base/xalloc.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SERVER, SETTING, VALUE, READ, CHANGE, COLUMNS };

struct manual {
	struct table table;
	struct manual_entry *entries;
};

struct manual *manual_load(struct err *err)
{
	struct manual *manual = xcalloc(1, sizeof *manual);

	if (table_load("settings.tsv", COLUMNS, &manual->table, err) != 0) {
		free(manual);
		return NULL;
	}
	manual->entries = xcalloc(manual->table.count + 1, sizeof *manual->entries);
	for (size_t i = 0; i < manual->table.count; i++) {
		const struct table_row *row = &manual->table.rows[i];
		manual->entries[i] = (struct manual_entry){.server = row->column[SERVER],
		                                           .setting = row->column[SETTING],
		                                           .value = row->column[VALUE],
		                                           .read = row->column[READ],
		                                           .change = row->column[CHANGE]};
	}
	return manual;
}

void manual_free(struct manual *manual)
{
	if (manual == NULL)
		return;
	free(manual->entries);
	table_done(&manual->table);
	free(manual);
}

static bool is_name_character(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.';
}

/* Where a name stands in a text as a word of its own; NULL when it does not. */
static const char *find_word(const char *text, const char *name)
{
	const size_t size = strlen(name);

	for (const char *p = strstr(text, name); p != NULL; p = strstr(p + 1, name))
		if ((p == text || !is_name_character(p[-1])) && !is_name_character(p[size]))
			return p;
	return NULL;
}

const struct manual_entry *manual_find(const struct manual *manual, const char *server, const char *setting)
{
	const struct manual_entry *found = NULL;
	const char *first = NULL;

	for (size_t i = 0; i < manual->table.count; i++) {
		const struct manual_entry *entry = &manual->entries[i];
		const char *at = find_word(setting, entry->setting);
		if (at == NULL || (strcmp(server, "any") != 0 && strcmp(entry->server, server) != 0))
			continue;
		if (first == NULL || at < first || (at == first && strlen(entry->setting) > strlen(found->setting))) {
			first = at;
			found = entry;
		}
	}
	return found;
}
