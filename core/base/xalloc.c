#include "base/xalloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void (*die_hook)(void);

_Noreturn void die(const char *why)
{
	if (die_hook != NULL)
		die_hook();
	fprintf(stderr, "smtpdx: %s\n", why);
	exit(3);
}

static void *check(void *memory)
{
	if (memory == NULL)
		die("out of memory");
	return memory;
}

void *xmalloc(size_t size)
{
	return check(malloc(size != 0 ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
	return check(calloc(count != 0 ? count : 1, size != 0 ? size : 1));
}

void *xrealloc(void *old, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		die("out of memory");
	return check(realloc(old, count * size != 0 ? count * size : 1));
}

char *xstrdup(const char *text)
{
	return text != NULL ? check(strdup(text)) : NULL;
}

char *xstrndup(const char *text, size_t size)
{
	return check(strndup(text, size));
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	char *text = NULL;

	va_start(args, format);
	int size = vasprintf(&text, format, args);
	va_end(args);
	return check(size >= 0 ? text : NULL);
}

void *xgrow(void *array, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return array;
	*room = *room != 0 ? *room * 2 : 8;
	return xrealloc(array, *room, size);
}
