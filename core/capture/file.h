/*
 * file - the frames of a capture file, one after the other, in bounded memory
 *
 * libpcap reads pcap and pcapng (any byte order, micro- and nanoseconds); gzip is unpacked on the way. A capture that
 * ends in the middle is read as far as it goes, and said to be cut. Without libpcap in the build nothing can be opened,
 * and the error says so.
 */
#ifndef SMTPDX_CAPTURE_FILE_H
#define SMTPDX_CAPTURE_FILE_H

#include "base/err.h"
#include "capture/packet.h"

#include <stdio.h>

struct capture_file;

/* Whether these first bytes of a file begin a capture (pcap or pcapng, not packed). */
bool capture_is_one(const void *head, size_t size);

/* Whether the file begins like a capture, plain or gzip. "-" is standard input, of which nothing is taken. */
bool capture_file_is_one(const char *path);

/* "-" is standard input. NULL with "path: why". */
struct capture_file *capture_file_open(const char *path, struct err *err);

/* The same from a stream, which it takes over; name is for messages. */
struct capture_file *capture_file_open_stream(FILE *stream, const char *name, struct err *err);
void capture_file_close(struct capture_file *file);

/*
 * The next frame, valid until the next call; time counts from capture_file_start(). False at the end: see
 * capture_file_trouble().
 */
bool capture_file_next(struct capture_file *file, struct frame *frame);

int capture_file_link(const struct capture_file *file);
const char *capture_file_link_name(const struct capture_file *file);
size_t capture_file_snap(const struct capture_file *file); /* bytes kept of a frame, at most; 0: all */

/* Seconds since 1970 of its first frame; NAN before one was read. */
double capture_file_start(const struct capture_file *file);

/* Why the reading ended before the end of the file; "" when it did not. */
const char *capture_file_trouble(const struct capture_file *file);

/* Share of the file that was read, 0 to 1; -1: not known (a pipe). */
double capture_file_progress(const struct capture_file *file);

#endif
