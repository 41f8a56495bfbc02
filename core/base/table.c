#include "base/table.h"

#include "base/i18n.h"
#include "base/xalloc.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Cuts the line at its tabs, in place. Returns how many columns there are. */
static int split(char *line, struct table_row *row)
{
	int count = 0;

	for (char *at = line; at != NULL;) {
		char *tab = strchr(at, '\t');
		if (tab != NULL)
			*tab++ = '\0';
		if (count < TABLE_COLUMNS_MAX)
			row->column[count] = at;
		count++;
		at = tab;
	}
	return count;
}

int table_load(const char *name, int columns, struct table *table, struct err *err)
{
	int number = 0;
	bool named = false;

	*table = (struct table){.count = 0};
	if (helpfile_get(name, &table->file, err) != 0)
		return -1;
	for (char *line = table->file.text; line != NULL;) {
		struct table_row row = {.line = ++number};
		char *end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		if (line[0] != '#' && line[0] != '\0') {
			const int count = split(line, &row);
			if (count != columns) {
				err_set(err, _("%s:%d: %d columns, expected %d between tabs"), table->file.origin,
				        number, count, columns);
				table_done(table);
				return -1;
			}
			if (named) {
				table->rows = xgrow(table->rows, table->count, &table->room, sizeof *table->rows);
				table->rows[table->count++] = row;
			}
			named = true;
		}
		line = end;
	}
	return 0;
}

void table_done(struct table *table)
{
	free(table->rows);
	helpfile_done(&table->file);
	*table = (struct table){.count = 0};
}
