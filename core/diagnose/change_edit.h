/*
 * change_edit - for change.c alone: how a setting is changed on each server, once its values are known
 *
 * The commands are the same for every setting of a server and stand here, once. Everything that gets into one was checked
 * before: names and values consist of the characters of their server, paths of those of a path.
 */
#ifndef SMTPDX_DIAGNOSE_CHANGE_EDIT_H
#define SMTPDX_DIAGNOSE_CHANGE_EDIT_H

#include "base/buf.h"

#include <stdbool.h>

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* A change with its values filled in. */
struct edit {
	const char *name;
	char *value;
	const char *old; /* as it was read; NULL when it was not written down, or nobody read it */
	bool is_default; /* somebody read it, and it is not written down */
	char *service;   /* of Postfix: whose own value it is, "smtp/inet"; NULL when it is everybody's */
	char *field;     /* of Postfix: the name, where that is not as the cause file has it */
	/* of Postfix: how the instance's commands are called, and where its files are */
	char *postconf, *postfix, *folder;
	/* of the others; NULL when it is not known, or as Debian has it */
	const char *main;  /* the file of the whole configuration, where people edit that */
	const char *file;  /* the one that has the old value */
	const char *macro; /* the macro there that has it */
};

/* The commands as they grow, a line at a time. */
struct script {
	struct buf run, undo, verify;
};

struct change_server {
	const char *name;
	const char *name_chars;  /* what names consist of */
	const char *value_chars; /* what filled values consist of; NULL: whatever a template lets into single quotes */
	bool (*knows)(const char *name); /* NULL: any name */
	bool is_postfix;                 /* which may be one of several */
	bool is_field;                   /* of master.cf */
	const char *software;            /* whose facts tell `main`; NULL: nobody's */
	void (*edit)(const struct edit *edit, struct script *script);
	void (*apply)(const struct edit *edit, struct script *script); /* what makes the server read it; last */
};

extern const struct change_server change_servers[]; /* ends with a row without a name */

#endif
