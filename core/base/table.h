/*
 * table - a help file of rows and columns: tabs between the columns, # before comments, the first row names the columns
 */
#ifndef SMTPDX_BASE_TABLE_H
#define SMTPDX_BASE_TABLE_H

#include "base/helpfile.h"

#define TABLE_COLUMNS_MAX 8

struct table_row {
	const char *column[TABLE_COLUMNS_MAX]; /* into the file's text */
	int line;                              /* in the file, from 1 */
};

struct table {
	struct helpfile file;
	struct table_row *rows;
	size_t count, room;
};

/* Reads a help file of that many columns. 0, or -1 with file and line and what was expected; then nothing is to be freed. */
int table_load(const char *name, int columns, struct table *table, struct err *err);
void table_done(struct table *table);

#endif
