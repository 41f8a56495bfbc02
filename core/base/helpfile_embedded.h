/*
 * helpfile_embedded - the files of help/ inside the program
 *
 * The table is made at build time by tools/embed.sh. helpfile.c is its only reader; everybody else asks that, because a
 * site's own files come first.
 */
#ifndef SMTPDX_BASE_HELPFILE_EMBEDDED_H
#define SMTPDX_BASE_HELPFILE_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
	const char *name; /* relative to help/: "causes/healthy.cause" */
	const unsigned char *bytes;
	size_t size; /* bytes; a NUL that does not count follows */
};

extern const struct embedded_file embedded_files[]; /* sorted by name */
extern const size_t embedded_count;

#endif
