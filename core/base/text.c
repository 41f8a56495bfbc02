#include "base/text.h"

#include "base/xalloc.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* Length of the valid UTF-8 character at p (RFC 3629: shortest form, no surrogates), with its code point; 0 if none. */
static size_t utf8_decode(const unsigned char *p, size_t size, uint32_t *code)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t length = p[0] < 0x80             ? 1
	                : (p[0] & 0xe0) == 0xc0 ? 2
	                : (p[0] & 0xf0) == 0xe0 ? 3
	                : (p[0] & 0xf8) == 0xf0 ? 4
	                                        : 0;

	if (length == 0 || length > size)
		return 0;
	*code = length == 1 ? p[0] : p[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (p[i] & 0x3fu);
	}
	if (*code < least[length] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return length;
}

/*
 * Characters that move the cursor, end the line or turn the direction of what follows. Format characters without a
 * picture of their own (zero width, BOM, tags) are as bad: they make two different host names look the same.
 */
static bool is_harmful(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0xad || code == 0x61c || code == 0x180e ||
	       (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || (code >= 0xfff9 && code <= 0xfffb) ||
	       (code >= 0xe0000 && code <= 0xe0fff);
}

/* How many of these bytes are printable ASCII. */
static size_t clean_run(const unsigned char *p, size_t size)
{
	size_t i = 0;

	while (i < size && p[i] >= 0x20 && p[i] < 0x7f)
		i++;
	return i;
}

char *text_clean(const void *bytes, size_t size, char *out, size_t room)
{
	const unsigned char *p = bytes;
	size_t used = 0;
	size_t mark = 0; /* where "..." can still go */

	while (size > 0 && (p[size - 1] == '\n' || p[size - 1] == '\r'))
		size--;
	while (size > 0) {
		/* Nearly all there is: what is clean as it is and leaves room for "...". */
		const size_t left = used + 4 < room ? room - 4 - used : 0;
		const size_t clean = clean_run(p, size < left ? size : left);
		memcpy(out + used, p, clean);
		p += clean;
		size -= clean;
		used += clean;
		if (clean > 0)
			mark = used;
		if (size == 0)
			break;
		char piece[4 * 4 + 1];
		uint32_t code = 0;
		size_t taken = utf8_decode(p, size, &code);
		size_t length;

		if (taken != 0 && !is_harmful(code)) {
			memcpy(piece, p, taken);
			length = taken;
		} else {
			taken = taken != 0 ? taken : 1;
			length = 0;
			for (size_t i = 0; i < taken; i++)
				length += (size_t)snprintf(piece + length, sizeof piece - length, "\\x%02x", p[i]);
		}
		if (used + length + 1 > room) {
			used = mark;
			for (int i = 0; i < 3 && used + 1 < room; i++)
				out[used++] = '.';
			break;
		}
		memcpy(out + used, piece, length);
		used += length;
		if (used + 4 <= room)
			mark = used;
		p += taken;
		size -= taken;
	}
	if (room > 0)
		out[used] = '\0';
	return out;
}

const char *text_find_harmful(const char *text, size_t *length, uint32_t *code)
{
	for (size_t left = strlen(text); left > 0;) {
		const unsigned char *p = (const unsigned char *)text;
		const size_t taken = *p >= 0x7f ? utf8_decode(p, left, code) : 0;
		if (taken > 0 && is_harmful(*code)) {
			*length = taken;
			return text;
		}
		text += taken > 0 ? taken : 1;
		left -= taken > 0 ? taken : 1;
	}
	return NULL;
}

char *text_clean_dup(const void *bytes, size_t size, size_t max)
{
	size_t room = size < max / 4 ? size * 4 + 1 : max + 1;
	char *out = xmalloc(room);

	text_clean(bytes, size, out, room);
	return xrealloc(out, strlen(out) + 1, 1);
}

size_t text_fit(const char *text, size_t columns)
{
	mbstate_t state = {0};
	size_t used = 0;

	while (text[used] != '\0') {
		wchar_t wide;
		size_t length = mbrtowc(&wide, text + used, strnlen(text + used, MB_LEN_MAX), &state);
		int width = 1;

		if (length == (size_t)-1 || length == (size_t)-2) {
			length = 1; /* a locale that cannot read it: byte by byte */
			state = (mbstate_t){0};
		} else {
			width = wcwidth(wide);
		}
		width = width >= 0 ? width : 1;
		if ((size_t)width > columns)
			break;
		columns -= (size_t)width;
		used += length;
	}
	return used;
}

size_t text_width(const char *text)
{
	mbstate_t state = {0};
	size_t columns = 0;

	while (*text != '\0') {
		wchar_t wide;
		size_t length = mbrtowc(&wide, text, strnlen(text, MB_LEN_MAX), &state);
		int width = 1;

		if (length == (size_t)-1 || length == (size_t)-2) {
			length = 1;
			state = (mbstate_t){0};
		} else {
			width = wcwidth(wide);
		}
		columns += (size_t)(width >= 0 ? width : 1);
		text += length;
	}
	return columns;
}

int text_quantity(const char *text, double *value, const char **unit)
{
	static const struct {
		const char *name, *unit;
		double factor;
	} units[] = {
	    {"", "", 1},          {"ms", "s", 1e-3},    {"s", "s", 1},        {"m", "s", 60}, {"min", "s", 60},
	    {"h", "s", 3600},     {"d", "s", 86400},    {"w", "s", 604800},   {"B", "B", 1},  {"kB", "B", 1024},
	    {"MB", "B", 1 << 20}, {"GB", "B", 1 << 30}, {"%", "ratio", 0.01},
	};
	char *end;

	/* strtod would also take hexadecimal, "inf" and "nan" */
	if (strspn(text, "+-.0123456789") == 0)
		return -1;
	*value = strtod(text, &end);
	if (end == text || !isfinite(*value) || (size_t)(end - text) != strspn(text, "+-.0123456789"))
		return -1;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (strcmp(end, units[i].name) == 0) {
			*value *= units[i].factor;
			*unit = units[i].unit;
			return 0;
		}
	}
	return -1;
}
