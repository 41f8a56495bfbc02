/*
 * include - a configuration that goes on in other files, line by line
 *
 * The innermost file is read first; when it ends, the one that included it goes on. Bounded in depth, in files and in
 * bytes; a file that includes itself, by whatever way, is refused, and so is what is no regular file.
 */
#ifndef SMTPDX_CONFIG_INCLUDE_H
#define SMTPDX_CONFIG_INCLUDE_H

#include "base/err.h"

#include <stddef.h>
#include <sys/types.h>

#define INCLUDE_DEPTH_MAX 8
#define INCLUDE_FILES_MAX 100

struct include_file {
	char *path; /* NULL: the text that everything began with */
	char *text, *at;
	long line;
	dev_t device;
	ino_t inode;
};

struct include {
	struct include_file files[INCLUDE_DEPTH_MAX];
	size_t depth;
	size_t opened; /* files so far, those that have ended too */
	size_t bytes;
};

/* Begins with a text, which is the caller's and cut to pieces. path: where it came from; "" when it is of no file. */
void include_init(struct include *include, char *text, const char *path);
void include_done(struct include *include);

/* Goes on in this file. 0; or -1 with the reason, and nothing has changed. */
int include_enter(struct include *include, const char *path, struct err *err);

/* The next line, cut off as config_next_line() does it; NULL when all files have ended. */
char *include_next_line(struct include *include);

/* Of the line that came last: its file, NULL for the text that everything began with, and its number there. */
const char *include_path(const struct include *include);
long include_line(const struct include *include);

#endif
