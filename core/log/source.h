/*
 * source - the bytes of a file, unpacked and narrowed
 *
 * What kind of file it is follows from its first bytes: plain, gzip (several streams in a row, as rotated logs may be), or
 * UTF-16 with a byte order mark, as Windows writes it.
 */
#ifndef SMTPDX_LOG_SOURCE_H
#define SMTPDX_LOG_SOURCE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#define SOURCE_BLOCK ((size_t)256 << 10) /* bytes read at once: fits the second level cache */

enum source_encoding { ENCODING_BYTES, ENCODING_UTF16_LE, ENCODING_UTF16_BE };

struct source {
	int fd;
	double size;       /* bytes of the file when it was opened; -1: no regular file */
	double taken;      /* of these, read so far */
	time_t modified;   /* of the file; now when it is no regular file */
	bool binary;       /* the first block holds NUL bytes */
	bool ended;        /* nothing more will come */
	char trouble[160]; /* why it ended before the end of the file; "" when it did not */
	enum source_encoding encoding;
	struct z_stream_s *gzip; /* NULL: plain */
	unsigned char *head;     /* SOURCE_BLOCK; the next bytes of the file, as they are in it */
	size_t head_start, head_size;
	char odd; /* UTF-16: half a character */
	bool has_odd;
};

/* "-" is standard input. -1 with "path: why" (no such file, no permission, a directory, packed by something that is not gzip). */
int source_open(struct source *source, const char *path, struct err *err);
void source_close(struct source *source);

/* At most `room` bytes; 0 at the end, see ended and trouble. */
size_t source_take(struct source *source, char *out, size_t room);

#endif
