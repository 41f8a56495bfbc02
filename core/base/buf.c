#include "base/buf.h"

#include "base/xalloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *buf, size_t max)
{
	*buf = (struct buf){.text = xcalloc(1, 1), .room = 1, .max = max};
}

void buf_done(struct buf *buf)
{
	free(buf->text);
	*buf = (struct buf){0};
}

void buf_clear(struct buf *buf)
{
	buf->size = 0;
	buf->text[0] = '\0';
	buf->cut = false;
}

int buf_add(struct buf *buf, const void *data, size_t size)
{
	if (size > buf->max - buf->size) {
		size = buf->max - buf->size;
		buf->cut = true;
	}
	if (buf->size + size + 1 > buf->room) {
		size_t room = buf->room * 2 > buf->size + size + 1 ? buf->room * 2 : buf->size + size + 1;
		buf->text = xrealloc(buf->text, room, 1);
		buf->room = room;
	}
	if (size != 0)
		memcpy(buf->text + buf->size, data, size);
	buf->size += size;
	buf->text[buf->size] = '\0';
	return buf->cut ? -1 : 0;
}

int buf_puts(struct buf *buf, const char *text)
{
	return buf_add(buf, text, strlen(text));
}

int buf_putc(struct buf *buf, char c)
{
	return buf_add(buf, &c, 1);
}

int buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	char *text = NULL;

	va_start(args, format);
	int size = vasprintf(&text, format, args);
	va_end(args);
	if (size < 0)
		die("out of memory");
	int cut = buf_add(buf, text, (size_t)size);
	free(text);
	return cut;
}

/* In single quotes, as POSIX XCU 2.2.2 has them; a plain word stays as it is. */
void buf_put_word(struct buf *buf, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+=,-";

	if (*word != '\0' && strspn(word, plain) == strlen(word)) {
		buf_puts(buf, word);
		return;
	}
	buf_putc(buf, '\'');
	for (const char *p = word; *p != '\0'; p++)
		if (*p == '\'')
			buf_puts(buf, "'\\''");
		else
			buf_putc(buf, *p);
	buf_putc(buf, '\'');
}

int buf_replace(struct buf *buf, size_t at, size_t gone, const void *data, size_t size)
{
	const size_t behind = buf->size - at - gone, whole = at + size + behind;

	if (whole > buf->max)
		return -1;
	if (whole + 1 > buf->room) {
		buf->room = buf->room * 2 > whole + 1 ? buf->room * 2 : whole + 1;
		buf->text = xrealloc(buf->text, buf->room, 1);
	}
	memmove(buf->text + at + size, buf->text + at + gone, behind + 1); /* with its NUL */
	if (size != 0)
		memcpy(buf->text + at, data, size);
	buf->size = whole;
	return 0;
}

char *buf_take(struct buf *buf)
{
	char *text = buf->text;

	*buf = (struct buf){0};
	return text;
}
