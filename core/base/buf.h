/*
 * buf - a growing string with a compulsory ceiling
 *
 * For everything whose size somebody else decides: reply lines, files, template results. An append past the ceiling
 * takes what fits, marks the buffer as cut and changes nothing more; the text is always NUL-terminated.
 */
#ifndef SMTPDX_BASE_BUF_H
#define SMTPDX_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *text; /* never NULL after buf_init */
	size_t size;
	size_t room;
	size_t max;
	bool cut; /* something did not fit */
};

void buf_init(struct buf *buf, size_t max);
void buf_done(struct buf *buf);
void buf_clear(struct buf *buf); /* empty again, keeps its memory and ceiling */

/* Each returns 0, or -1 when the text was cut at the ceiling. */
int buf_add(struct buf *buf, const void *data, size_t size);
int buf_puts(struct buf *buf, const char *text);
int buf_putc(struct buf *buf, char c);
int buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* As one word of a shell's command line. */
void buf_put_word(struct buf *buf, const char *word);

/* Puts `size` bytes in the place of `gone` at that offset. -1 when they do not fit: then nothing changes. */
int buf_replace(struct buf *buf, size_t at, size_t gone, const void *data, size_t size);

/* Hands the text over (caller frees) and leaves the buffer as after buf_done. */
char *buf_take(struct buf *buf);

#endif
