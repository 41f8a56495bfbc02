/*
 * text - foreign bytes made harmless, and columns counted as a terminal does
 *
 * Whatever came from the network, a file, a DNS answer or an argument passes text_clean() once, where it enters, before
 * it becomes a fact, a dialog line or an error. After that it is printable UTF-8 on one line.
 */
#ifndef SMTPDX_BASE_TEXT_H
#define SMTPDX_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Writes the bytes as printable UTF-8: control characters (C0, DEL, C1), invalid bytes, line and paragraph separators
 * and bidirectional overrides become \xNN of each of their bytes; a backslash stays as it is. Trailing CR and LF are
 * dropped. Cut at a character when `room` (with the NUL) is too small; the last three characters are then "...".
 * Returns out.
 */
char *text_clean(const void *bytes, size_t size, char *out, size_t room);

/* The same into memory that the caller frees; longer results are cut at `max` bytes. */
char *text_clean_dup(const void *bytes, size_t size, size_t max);

/*
 * The first character from DEL on that text_clean() would not leave as it is, with its length in bytes and its code point;
 * NULL when there is none. Bytes that are no UTF-8 are passed over.
 */
const char *text_find_harmful(const char *text, size_t *length, uint32_t *code);

/* Terminal columns of a clean text in the current locale; a character of unknown width counts as 1. */
size_t text_width(const char *text);

/* How many bytes of a clean text fill at most `columns` columns; never cuts a character. */
size_t text_fit(const char *text, size_t columns);

/*
 * Reads a number with a unit as cause files, options and settings write them: "30s", "1.5m", "200ms", "2h", "1d",
 * "1400B", "10kB", "5MB", "95%", "3" (no unit). Time becomes seconds, size bytes (k = 1024), per cent a ratio.
 * *unit is "s", "B", "ratio" or "" for a plain number. Returns 0, or -1 when it is no such number.
 */
int text_quantity(const char *text, double *value, const char **unit);

#endif
