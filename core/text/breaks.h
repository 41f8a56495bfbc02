/*
 * breaks - lines that came out of a program as one: "\n" spelled out, log lines one after the other, quoted-printable
 *
 * JSON and the repr of scripts write the end of a line as two characters; a field of a form or a chat makes blanks of line
 * ends; mail programs encode what they send (RFC 2045 6.7). What is read line by line must be lines again before.
 */
#ifndef SMTPDX_TEXT_BREAKS_H
#define SMTPDX_TEXT_BREAKS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * How much of a line, which has a NUL behind it, is a line by itself; `size` when all of it is. *skip is what of it follows
 * that belongs to none. Of a line that was spelled out *spelled is set: what is in it is to go through breaks_unescape().
 */
size_t breaks_find(const char *line, size_t size, size_t *skip, bool *spelled);

/* In place, what JSON and scripts write with a backslash: \" \/ \t and \u00e4 of one byte. Returns the new size. */
size_t breaks_unescape(char *line, size_t size);

/* Whether each "=" of the line is one of quoted-printable; *soft whether the line ends in one, *some whether it must be. */
bool breaks_quoted_printable(const char *line, size_t size, bool *soft, bool *some);

/* Decodes a line of quoted-printable in place, without a soft end. Returns the new size. */
size_t breaks_decode(char *line, size_t size);

#endif
