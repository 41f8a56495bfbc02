/*
 * ahead - reads the next block of a file while the current one is being looked at
 *
 * Reading (and unpacking) costs about as much as looking at the lines, so a thread of its own does it: two blocks, one
 * being filled, one being read. What cannot be waited for in bounded time (a pipe) or is small is read without a thread.
 */
#ifndef SMTPDX_LOG_AHEAD_H
#define SMTPDX_LOG_AHEAD_H

#include "log/source.h"

struct ahead;

/* `headroom` bytes before each block belong to the caller. Takes the source over. */
struct ahead *ahead_new(const struct source *source, size_t headroom);
void ahead_free(struct ahead *ahead);

/* A block, and the state of the source when it had been read. */
struct ahead_block {
	char *bytes; /* headroom before it */
	size_t size; /* 0: the end */
	double taken;
	const char *trouble;
};

/* The next block; the one before it stays valid until ahead_release(). */
struct ahead_block ahead_next(struct ahead *ahead);

/* The block before the last one is no longer needed. */
void ahead_release(struct ahead *ahead);

#endif
