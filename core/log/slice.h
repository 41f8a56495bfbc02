/*
 * slice - a piece of somebody else's text: where it begins and how long it is
 *
 * Log lines are taken apart in place, a billion bytes a second; nothing is copied until it is worth keeping. A slice is
 * not NUL-terminated, holds foreign bytes, and lives no longer than the line that it is cut from.
 */
#ifndef SMTPDX_LOG_SLICE_H
#define SMTPDX_LOG_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
	const char *at;
	size_t size;
};

/* For literals: SLICE("421"). */
#define SLICE(literal)                                        \
	(struct slice)                                        \
	{                                                     \
		.at = (literal), .size = sizeof(literal) - 1, \
	}

static inline bool slice_is(struct slice slice, const char *text)
{
	const size_t size = strlen(text);

	return slice.size == size && memcmp(slice.at, text, size) == 0;
}

static inline bool slice_begins(struct slice slice, const char *text)
{
	const size_t size = strlen(text);

	return slice.size >= size && memcmp(slice.at, text, size) == 0;
}

/* The slice without its first `size` bytes (all of it when it is shorter). */
static inline struct slice slice_from(struct slice slice, size_t size)
{
	if (size > slice.size)
		size = slice.size;
	if (size == 0) /* also what slice_find() has not found: there is no arithmetic with a null pointer */
		return slice;
	return (struct slice){.at = slice.at + size, .size = slice.size - size};
}

/* Its first bytes, at most `size`. */
static inline struct slice slice_head(struct slice slice, size_t size)
{
	return (struct slice){.at = slice.at, .size = size < slice.size ? size : slice.size};
}

/* Everything before the first such character; all of it when there is none. */
static inline struct slice slice_until(struct slice slice, char c)
{
	const char *end = slice.size > 0 ? memchr(slice.at, c, slice.size) : NULL;

	return end != NULL ? slice_head(slice, (size_t)(end - slice.at)) : slice;
}

/* Where a text begins in the slice, as a slice from there to the end; at == NULL when it is not there. */
static inline struct slice slice_find(struct slice slice, const char *text)
{
	const char *found = slice.size > 0 ? memmem(slice.at, slice.size, text, strlen(text)) : NULL;

	return found != NULL ? slice_from(slice, (size_t)(found - slice.at)) : (struct slice){.at = NULL, .size = 0};
}

/* What follows the first such text; at == NULL when it is not there. */
static inline struct slice slice_after(struct slice slice, const char *text)
{
	const struct slice found = slice_find(slice, text);

	return found.at != NULL ? slice_from(found, strlen(text)) : found;
}

/* A decimal number at the beginning; -1 when there is none or it has more than 15 digits. *size: its digits. */
static inline double slice_number(struct slice slice, size_t *size)
{
	double value = 0;
	size_t i = 0;

	while (i < slice.size && i < 16 && slice.at[i] >= '0' && slice.at[i] <= '9')
		value = value * 10 + (slice.at[i++] - '0');
	if (size != NULL)
		*size = i;
	return i == 0 || i == 16 ? -1 : value;
}

#endif
