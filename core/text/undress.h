/*
 * undress - what mail programs, pages and terminals put around the lines of something that was pasted, taken away again
 *
 * Quotation marks, numbers, file names and containers before each line, colours, entities and tags of HTML, fences and
 * backticks, tabs, typographic quotes. Nothing of what a mail program says is lost: a mark that means something in a dialog
 * ("> EHLO" beside "< 250") or in a log (a stamp) stays.
 */
#ifndef SMTPDX_TEXT_UNDRESS_H
#define SMTPDX_TEXT_UNDRESS_H

#include <stddef.h>

/* One line of `size` bytes, in place: what surrounds it whatever its neighbours are. Returns its new size. */
size_t undress_line(char *line, size_t size);

/* A paragraph, in place: what stands before each of its lines. lines[i] and sizes[i] are moved past it. */
void undress_paragraph(char **lines, size_t *sizes, size_t count);

#endif
