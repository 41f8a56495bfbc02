/*
 * file - reading bounded files whole, writing files that are never half there
 */
#ifndef SMTPDX_BASE_FILE_H
#define SMTPDX_BASE_FILE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes to a temporary file in the same directory, syncs it, and renames it over path; what is no regular file (a
 * terminal, /dev/null, a pipe) is written to directly. After a failure the old content is untouched and nothing is left
 * behind. 0, or -1 with "path: why".
 */
int file_replace(const char *path, const char *data, size_t size, struct err *err);

/* Whether file_replace() can be expected to work there, to find out before hours of measuring. 0, or -1 and why. */
int file_check_writable(const char *path, struct err *err);

/* Whether it can be opened for reading and is no directory. 0, or -1 and why. */
int file_check_readable(const char *path, struct err *err);

/* Whether both are there and the same regular file, whatever they are called. */
bool file_is_same(const char *a, const char *b);

/*
 * The whole file as NUL-terminated text that the caller frees; NULL with "path: why" when it has more than max bytes. size
 * may be NULL.
 */
char *file_read(const char *path, size_t max, size_t *size, struct err *err);

#endif
