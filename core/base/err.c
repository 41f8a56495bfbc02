#include "base/err.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 0))) static void set_text(struct err *err, const char *format, va_list args)
{
	char raw[sizeof err->text];

	if (vsnprintf(raw, sizeof raw, format, args) < 0)
		raw[0] = '\0';
	text_clean(raw, strlen(raw), err->text, sizeof err->text);
}

int err_set(struct err *err, const char *format, ...)
{
	va_list args;

	if (err != NULL) {
		va_start(args, format);
		set_text(err, format, args);
		va_end(args);
	}
	return -1;
}

int err_sys(struct err *err, int sys, const char *format, ...)
{
	va_list args;

	if (err != NULL) {
		va_start(args, format);
		set_text(err, format, args);
		va_end(args);
		size_t used = strlen(err->text);
		snprintf(err->text + used, sizeof err->text - used, ": %s", strerror(sys));
	}
	return -1;
}
