#include "log/reader.h"

#include "base/i18n.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define BLOCK_SIZE ((size_t)256 << 10) /* fits the second level cache */
#define ROOM       (BLOCK_SIZE + LOG_LINE_MAX)
#define GZIP_BITS  (15 + 16) /* inflateInit2: largest window, gzip header */

enum encoding { ENCODING_BYTES, ENCODING_UTF16_LE, ENCODING_UTF16_BE };

struct log_reader {
	int fd;
	struct log_input input;
	enum encoding encoding;
	z_stream *gzip;        /* NULL: plain */
	unsigned char *packed; /* BLOCK_SIZE, when gzip */
	char *block;           /* ROOM */
	size_t start, size;    /* of what is not handed out yet */
	bool ended;            /* nothing more will be read */
	bool skipping;         /* inside the tail of a line that was cut */
	char odd;              /* UTF-16: half a character at the end of the last block */
	bool has_odd;
};

static void end_with(struct log_reader *reader, const char *why)
{
	reader->ended = true;
	snprintf(reader->input.trouble, sizeof reader->input.trouble, "%s", why);
}

/* Up to `room` bytes of the file; 0 at its end, or when it cannot be read further. */
static size_t take(struct log_reader *reader, void *out, size_t room)
{
	const struct log_input *input = &reader->input;

	if (input->size >= 0 && input->size - input->bytes < (double)room)
		room = (size_t)(input->size - input->bytes);
	if (room == 0)
		return 0;
	for (;;) {
		const ssize_t got = read(reader->fd, out, room);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			end_with(reader, strerror(errno));
		else if (got == 0 && input->size > input->bytes)
			end_with(reader, _("the file became shorter while it was read"));
		if (got <= 0)
			return 0;
		reader->input.bytes += (double)got;
		return (size_t)got;
	}
}

static size_t take_gzip(struct log_reader *reader, char *out, size_t room)
{
	z_stream *z = reader->gzip;

	z->next_out = (unsigned char *)out;
	z->avail_out = (unsigned)room;
	while (z->avail_out > 0 && !reader->ended) {
		if (z->avail_in == 0) {
			z->next_in = reader->packed;
			z->avail_in = (unsigned)take(reader, reader->packed, BLOCK_SIZE);
			if (z->avail_in == 0) {
				/* total_in is 0 only between two members. */
				if (z->total_in > 0 && !reader->ended)
					end_with(reader, _("the gzip file ends in the middle"));
				break;
			}
		}
		const int result = inflate(z, Z_NO_FLUSH);
		if (result == Z_STREAM_END)
			inflateReset(z); /* rotated files may be several gzip streams in a row */
		else if (result != Z_OK && result != Z_BUF_ERROR)
			end_with(reader, _("the gzip file is damaged"));
	}
	return room - z->avail_out;
}

/* Every second byte of UTF-16 is what an ASCII log is made of; other characters become '?'. Returns the new size. */
static size_t narrow(struct log_reader *reader, char *bytes, size_t size)
{
	const bool little = reader->encoding == ENCODING_UTF16_LE;
	size_t out = 0;

	for (size_t i = 0; i < size; i++) {
		if (!reader->has_odd) {
			reader->odd = bytes[i];
			reader->has_odd = true;
			continue;
		}
		const char low = little ? reader->odd : bytes[i];
		const char high = little ? bytes[i] : reader->odd;
		bytes[out++] = high == '\0' ? low : '?';
		reader->has_odd = false;
	}
	return out;
}

static void refill(struct log_reader *reader)
{
	memmove(reader->block, reader->block + reader->start, reader->size);
	reader->start = 0;
	char *end = reader->block + reader->size;
	size_t got =
	    reader->gzip != NULL ? take_gzip(reader, end, ROOM - reader->size) : take(reader, end, ROOM - reader->size);

	if (got == 0)
		reader->ended = true;
	if (reader->encoding != ENCODING_BYTES)
		got = narrow(reader, end, got);
	reader->size += got;
}

static struct slice hand_out(struct log_reader *reader, size_t size, size_t line_end)
{
	struct slice line = {.at = reader->block + reader->start, .size = size};

	reader->start += size + line_end;
	reader->size -= size + line_end;
	if (line.size > 0 && line.at[line.size - 1] == '\r')
		line.size--;
	reader->input.lines++;
	return line;
}

/* Drops the tail of a line that was cut; false when its end is not in the block. */
static bool skip_tail(struct log_reader *reader)
{
	const char *begin = reader->block + reader->start;
	const char *end = memchr(begin, '\n', reader->size);
	const size_t size = end != NULL ? (size_t)(end - begin) : reader->size;

	reader->input.cut_bytes += (double)size;
	reader->start += size + (end != NULL);
	reader->size -= size + (end != NULL);
	reader->skipping = end == NULL;
	return end != NULL;
}

bool log_reader_next(struct log_reader *reader, struct slice *line)
{
	for (;;) {
		if (reader->size > 0 && (!reader->skipping || skip_tail(reader)) && reader->size > 0) {
			const char *begin = reader->block + reader->start;
			const char *end = memchr(begin, '\n', reader->size);
			const size_t size = end != NULL ? (size_t)(end - begin) : reader->size;
			if (size > LOG_LINE_MAX) {
				*line = hand_out(reader, LOG_LINE_MAX, 0);
				reader->input.cut_lines++;
				reader->skipping = true;
				return true;
			}
			if (end != NULL || reader->ended) {
				*line = hand_out(reader, size, end != NULL);
				return true;
			}
		}
		if (reader->ended)
			return false;
		refill(reader);
	}
}

static int start_gzip(struct log_reader *reader, struct err *err, const char *path)
{
	reader->gzip = xcalloc(1, sizeof *reader->gzip);
	reader->packed = xmalloc(BLOCK_SIZE);
	memcpy(reader->packed, reader->block, reader->size);
	reader->gzip->next_in = reader->packed;
	reader->gzip->avail_in = (unsigned)reader->size;
	reader->size = 0;
	reader->input.compressed = true;
	if (inflateInit2(reader->gzip, GZIP_BITS) == Z_OK)
		return 0;
	free(reader->gzip);
	reader->gzip = NULL;
	return err_set(err, _("%s: zlib does not start"), path);
}

/* Looks at the first bytes: what kind of file it is. */
static int recognise(struct log_reader *reader, const char *path, struct err *err)
{
	static const struct {
		const char *magic;
		size_t size;
		const char *name;
	} packers[] = {{"BZh", 3, "bzip2"},
	               {"\xfd"
	                "7zXZ",
	                5, "xz"},
	               {"\x28\xb5\x2f\xfd", 4, "zstd"},
	               {"PK\x03\x04", 4, "zip"}};
	const struct slice head = {.at = reader->block, .size = reader->size = take(reader, reader->block, BLOCK_SIZE)};

	if (head.size == 0 && reader->input.trouble[0] != '\0')
		return err_set(err, "%s: %s", path, reader->input.trouble);
	for (size_t i = 0; i < sizeof packers / sizeof packers[0]; i++)
		if (head.size >= packers[i].size && memcmp(head.at, packers[i].magic, packers[i].size) == 0)
			return err_set(
			    err, _("%s: packed with %s: unpack it first, or pipe it in: %s -dc %s | smtpdx explain -"),
			    path, packers[i].name, packers[i].name, path);
	if (head.size > 2 && memcmp(head.at, "\x1f\x8b", 2) == 0)
		return start_gzip(reader, err, path);
	if (head.size > 2 && memcmp(head.at, "\xff\xfe", 2) == 0)
		reader->encoding = ENCODING_UTF16_LE;
	else if (head.size > 2 && memcmp(head.at, "\xfe\xff", 2) == 0)
		reader->encoding = ENCODING_UTF16_BE;
	if (reader->encoding != ENCODING_BYTES) {
		memmove(reader->block, reader->block + 2, head.size - 2);
		reader->size = narrow(reader, reader->block, head.size - 2);
		return 0;
	}
	if (head.size > 3 && memcmp(head.at, "\xef\xbb\xbf", 3) == 0) {
		reader->start = 3;
		reader->size -= 3;
	}
	reader->input.binary = head.size > 0 && memchr(head.at, '\0', head.size) != NULL;
	return 0;
}

struct log_reader *log_reader_open(const char *path, struct err *err)
{
	struct log_reader *reader = xcalloc(1, sizeof *reader);
	struct stat status;

	reader->fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
	                                    : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (reader->fd < 0 || fstat(reader->fd, &status) != 0) {
		err_sys(err, errno, "%s", path);
		log_reader_free(reader);
		return NULL;
	}
	if (S_ISDIR(status.st_mode)) {
		err_sys(err, EISDIR, "%s", path);
		log_reader_free(reader);
		return NULL;
	}
	const bool regular = S_ISREG(status.st_mode);
	reader->input.size = regular ? (double)status.st_size : -1;
	reader->input.modified = regular ? status.st_mtime : time(NULL);
	reader->block = xmalloc(ROOM);
	if (recognise(reader, path, err) != 0) {
		log_reader_free(reader);
		return NULL;
	}
	return reader;
}

void log_reader_free(struct log_reader *reader)
{
	if (reader == NULL)
		return;
	if (reader->gzip != NULL)
		inflateEnd(reader->gzip);
	free(reader->gzip);
	free(reader->packed);
	free(reader->block);
	if (reader->fd >= 0)
		close(reader->fd);
	free(reader);
}

const struct log_input *log_reader_input(const struct log_reader *reader)
{
	return &reader->input;
}
