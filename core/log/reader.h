/*
 * reader - the lines of a file of any size, plain or gzip, in bounded memory
 *
 * One pass, in large blocks; a line is handed out in place. What an admin may give us is survived and counted: binary
 * bytes, lines without end, a gzip file that was cut, a file that shrinks while it is read. A file that grows is read up
 * to the size that it had when it was opened. UTF-16 with a byte order mark, as Windows writes it, is narrowed.
 */
#ifndef SMTPDX_LOG_READER_H
#define SMTPDX_LOG_READER_H

#include "base/err.h"
#include "log/slice.h"

#include <stdbool.h>
#include <time.h>

#define LOG_LINE_MAX ((size_t)65536) /* bytes of a line that are handed out; the rest of it is skipped */

struct log_reader;

/* What has been read so far, and what became of it. */
struct log_input {
	double size;      /* bytes of the file when it was opened; -1: no regular file */
	double bytes;     /* taken from the file */
	double lines;     /* handed out */
	double cut_lines; /* of these, longer than LOG_LINE_MAX */
	double cut_bytes; /* skipped of them */
	bool compressed;
	bool binary;       /* the first block holds NUL bytes */
	time_t modified;   /* of the file; now when it is no regular file */
	char trouble[160]; /* why the reading ended before the end of the file; "" when it did not */
};

/* "-" is standard input. NULL with "path: why" (no such file, no permission, a directory, compressed by something that is not gzip). */
struct log_reader *log_reader_open(const char *path, struct err *err);
void log_reader_free(struct log_reader *reader);

/* The next line without its line end, valid until the next call. False at the end: see log_input.trouble. */
bool log_reader_next(struct log_reader *reader, struct slice *line);

const struct log_input *log_reader_input(const struct log_reader *reader);

#endif
