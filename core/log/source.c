#include "log/source.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define GZIP_BITS (15 + 16) /* inflateInit2: largest window, gzip header */

static void end_with(struct source *source, const char *why)
{
	source->ended = true;
	snprintf(source->trouble, sizeof source->trouble, "%s", why);
}

/* Bytes as they are in the file; 0 at its end. What is added while it is read is left out. */
static size_t read_bytes(struct source *source, void *out, size_t room)
{
	if (source->size >= 0 && source->size - source->taken < (double)room)
		room = (size_t)(source->size - source->taken);
	if (room == 0)
		return 0;
	for (;;) {
		const ssize_t got = read(source->fd, out, room);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			end_with(source, strerror(errno));
		else if (got == 0 && source->size > source->taken)
			end_with(source, _("the file became shorter while it was read"));
		if (got <= 0)
			return 0;
		source->taken += (double)got;
		return (size_t)got;
	}
}

static size_t take_plain(struct source *source, char *out, size_t room)
{
	if (source->head_size == 0)
		return read_bytes(source, out, room);
	const size_t size = source->head_size < room ? source->head_size : room;
	memcpy(out, source->head + source->head_start, size);
	source->head_start += size;
	source->head_size -= size;
	return size;
}

static size_t take_gzip(struct source *source, char *out, size_t room)
{
	z_stream *z = source->gzip;

	z->next_out = (unsigned char *)out;
	z->avail_out = (unsigned)room;
	while (z->avail_out > 0 && !source->ended) {
		if (z->avail_in == 0) {
			z->next_in = source->head;
			z->avail_in = (unsigned)read_bytes(source, source->head, SOURCE_BLOCK);
			if (z->avail_in == 0) {
				/* total_in is 0 only between two streams. */
				if (z->total_in > 0 && !source->ended)
					end_with(source, _("the gzip file ends in the middle"));
				break;
			}
		}
		const int result = inflate(z, Z_NO_FLUSH);
		if (result == Z_STREAM_END)
			inflateReset(z);
		else if (result != Z_OK && result != Z_BUF_ERROR)
			end_with(source, _("the gzip file is damaged"));
	}
	return room - z->avail_out;
}

/* Every second byte of UTF-16 is what an ASCII log is made of; other characters become '?'. Returns the new size. */
static size_t narrow(struct source *source, char *bytes, size_t size)
{
	const bool little = source->encoding == ENCODING_UTF16_LE;
	size_t out = 0;

	for (size_t i = 0; i < size; i++) {
		if (!source->has_odd) {
			source->odd = bytes[i];
			source->has_odd = true;
			continue;
		}
		const char low = little ? source->odd : bytes[i];
		const char high = little ? bytes[i] : source->odd;
		bytes[out++] = high == '\0' ? low : '?';
		source->has_odd = false;
	}
	return out;
}

size_t source_take(struct source *source, char *out, size_t room)
{
	size_t size = 0;

	/* A single byte of UTF-16 narrows to nothing, which is not the end. */
	while (size == 0 && !source->ended) {
		size = source->gzip != NULL ? take_gzip(source, out, room) : take_plain(source, out, room);
		if (size == 0)
			source->ended = true;
		else if (source->encoding != ENCODING_BYTES)
			size = narrow(source, out, size);
	}
	return size;
}

static int start_gzip(struct source *source, const char *path, struct err *err)
{
	source->gzip = xcalloc(1, sizeof *source->gzip);
	source->gzip->next_in = source->head;
	source->gzip->avail_in = (unsigned)source->head_size;
	if (inflateInit2(source->gzip, GZIP_BITS) == Z_OK)
		return 0;
	free(source->gzip);
	source->gzip = NULL;
	return err_set(err, _("%s: zlib does not start"), path);
}

static bool begins(const struct source *source, const char *magic, size_t size)
{
	return source->head_size >= size && memcmp(source->head, magic, size) == 0;
}

static void skip_mark(struct source *source, size_t size)
{
	source->head_start = size;
	source->head_size -= size;
}

/* Names the command that makes it one that can be read, to be pasted. */
static int refuse_packed(const char *path, const char *packer, const char *command, struct err *err)
{
	struct buf word;

	buf_init(&word, PATH_MAX);
	buf_put_word(&word, path);
	err_set(err, _("%s: packed with %s: unpack it first, or pipe it in: %s %s | smtpdx explain -"), path, packer,
	        command, word.text);
	buf_done(&word);
	return -1;
}

/* Looks at the first bytes: what kind of file it is. */
static int recognise(struct source *source, const char *path, struct err *err)
{
	static const struct {
		const char *magic;
		size_t size;
		const char *name, *command;
	} packers[] = {{"BZh", 3, "bzip2", "bzip2 -dc"},
	               {"\xfd\x37zXZ", 5, "xz", "xz -dc"},
	               {"\x28\xb5\x2f\xfd", 4, "zstd", "zstd -dc"},
	               {"PK\x03\x04", 4, "zip", "unzip -p"}};

	source->head = xmalloc(SOURCE_BLOCK);
	source->head_size = read_bytes(source, source->head, SOURCE_BLOCK);
	if (source->head_size == 0 && source->trouble[0] != '\0')
		return err_set(err, "%s: %s", path, source->trouble);
	for (size_t i = 0; i < sizeof packers / sizeof packers[0]; i++)
		if (begins(source, packers[i].magic, packers[i].size))
			return refuse_packed(path, packers[i].name, packers[i].command, err);
	if (begins(source, "\x1f\x8b", 2))
		return start_gzip(source, path, err);
	if (begins(source, "\xff\xfe", 2) || begins(source, "\xfe\xff", 2)) {
		source->encoding = begins(source, "\xff", 1) ? ENCODING_UTF16_LE : ENCODING_UTF16_BE;
		skip_mark(source, 2);
		return 0;
	}
	source->binary = source->head_size > 0 && memchr(source->head, '\0', source->head_size) != NULL;
	if (begins(source, "\xef\xbb\xbf", 3))
		skip_mark(source, 3);
	return 0;
}

int source_open(struct source *source, const char *path, struct err *err)
{
	struct stat status;

	*source = (struct source){.fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
	                                                       : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)};
	if (source->fd < 0 || fstat(source->fd, &status) != 0) {
		err_sys(err, errno, "%s", path);
		source_close(source);
		return -1;
	}
	if (S_ISDIR(status.st_mode)) {
		err_sys(err, EISDIR, "%s", path);
		source_close(source);
		return -1;
	}
	const bool regular = S_ISREG(status.st_mode);
	source->size = regular ? (double)status.st_size : -1;
	/* Standard input may have been read in part by somebody before us. */
	const off_t before = regular ? lseek(source->fd, 0, SEEK_CUR) : 0;
	source->taken = before > 0 ? (double)before : 0;
	source->modified = regular ? status.st_mtime : time(NULL);
	if (recognise(source, path, err) == 0)
		return 0;
	source_close(source);
	return -1;
}

void source_close(struct source *source)
{
	if (source->gzip != NULL)
		inflateEnd(source->gzip);
	free(source->gzip);
	free(source->head);
	if (source->fd >= 0)
		close(source->fd);
	*source = (struct source){.fd = -1};
}
