#include "log/reader.h"

#include "base/xalloc.h"
#include "log/ahead.h"

#include <stdio.h>
#include <stdlib.h>

struct log_reader {
	struct ahead *ahead;
	struct log_input input;
	char *at; /* what is not handed out yet: at most a line of the block before, and the rest of this one */
	size_t size;
	bool any;      /* a block was taken */
	bool ended;    /* nothing more will be read */
	bool skipping; /* inside the tail of a line that was cut */
};

/* The rest of the last block, which is less than a line, moves into the headroom of the next one. */
static void refill(struct log_reader *reader)
{
	const struct ahead_block block = ahead_next(reader->ahead);

	reader->input.bytes = block.taken;
	if (block.size == 0) {
		reader->ended = true;
		snprintf(reader->input.trouble, sizeof reader->input.trouble, "%s", block.trouble);
		return; /* the last block is kept */
	}
	if (reader->size > 0)
		memcpy(block.bytes - reader->size, reader->at, reader->size);
	reader->at = block.bytes - reader->size;
	reader->size += block.size;
	if (reader->any)
		ahead_release(reader->ahead);
	reader->any = true;
}

static struct slice hand_out(struct log_reader *reader, size_t size, size_t line_end)
{
	struct slice line = {.at = reader->at, .size = size};

	reader->at += size + line_end;
	reader->size -= size + line_end;
	if (line.size > 0 && line.at[line.size - 1] == '\r')
		line.size--;
	reader->input.lines++;
	return line;
}

/* Drops the tail of a line that was cut; false when its end is not here yet. */
static bool skip_tail(struct log_reader *reader)
{
	const char *end = memchr(reader->at, '\n', reader->size);
	const size_t size = end != NULL ? (size_t)(end - reader->at) : reader->size;

	reader->input.cut_bytes += (double)size;
	reader->at += size + (end != NULL);
	reader->size -= size + (end != NULL);
	reader->skipping = end == NULL;
	return end != NULL;
}

bool log_reader_next(struct log_reader *reader, struct slice *line)
{
	for (;;) {
		if (reader->size > 0 && (!reader->skipping || skip_tail(reader)) && reader->size > 0) {
			const char *end = memchr(reader->at, '\n', reader->size);
			const size_t size = end != NULL ? (size_t)(end - reader->at) : reader->size;
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

struct log_reader *log_reader_open(const char *path, struct err *err)
{
	struct source source;

	if (source_open(&source, path, err) != 0)
		return NULL;
	struct log_reader *reader = xcalloc(1, sizeof *reader);
	reader->input.size = source.size;
	reader->input.modified = source.modified;
	reader->input.binary = source.binary;
	reader->input.compressed = source.gzip != NULL;
	reader->ahead = ahead_new(&source, LOG_LINE_MAX);
	return reader;
}

void log_reader_free(struct log_reader *reader)
{
	if (reader == NULL)
		return;
	ahead_free(reader->ahead);
	free(reader);
}

const struct log_input *log_reader_input(const struct log_reader *reader)
{
	return &reader->input;
}
