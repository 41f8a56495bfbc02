#include "model/json.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static json_t *check(json_t *value)
{
	if (value == NULL)
		die("out of memory");
	return value;
}

json_t *json_new_object(void)
{
	return check(json_object());
}

json_t *json_new_array(void)
{
	return check(json_array());
}

json_t *json_new_number(double number)
{
	const double exact = 9007199254740992.0; /* 2^53: every integer below is a double */

	if (trunc(number) == number && fabs(number) < exact)
		return check(json_integer((json_int_t)number));
	return check(json_real(number));
}

/* \uXXXX, in two halves past the first plane (RFC 8259, 7). */
static void put_escape(struct buf *out, uint32_t code)
{
	if (code < 0x10000) {
		buf_printf(out, "\\u%04x", code);
		return;
	}
	code -= 0x10000;
	buf_printf(out, "\\u%04x\\u%04x", 0xd800 + (code >> 10), 0xdc00 + (code & 0x3ff));
}

/*
 * jansson escapes what JSON demands, which leaves DEL, C1 controls and overrides of direction to the terminal. Members that
 * are only kept have not been cleaned, so they are escaped here; whoever parses it sees no difference. Takes the text over.
 */
static char *escape_harmful(char *text)
{
	struct buf out;
	size_t length;
	uint32_t code;
	const char *at = text, *next = text_find_harmful(text, &length, &code);

	if (next == NULL)
		return text;
	buf_init(&out, SIZE_MAX / 2);
	for (; next != NULL; next = text_find_harmful(at, &length, &code)) {
		buf_add(&out, at, (size_t)(next - at));
		put_escape(&out, code);
		at = next + length;
	}
	buf_puts(&out, at);
	free(text);
	return buf_take(&out);
}

char *json_to_text(const json_t *root, bool indented)
{
	/* 15 digits: as many as survive the way to a double and back */
	char *text =
	    json_dumps(root, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15) | (indented ? JSON_INDENT(1) : JSON_COMPACT));

	if (text == NULL)
		die("out of memory");
	return escape_harmful(text);
}

void json_put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, check(value)) != 0)
		die("out of memory");
}

void json_append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, check(value)) != 0)
		die("out of memory");
}

void json_put_text(json_t *object, const char *key, const char *text)
{
	json_put(object, key, text != NULL ? json_string(text) : json_null());
}

char *json_get_text(const json_t *object, const char *key, size_t max)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_string(value))
		return xstrdup("");
	return text_clean_dup(json_string_value(value), json_string_length(value), max);
}

unsigned long json_get_count(const json_t *object, const char *key)
{
	const double number = json_number_value(json_object_get(object, key));

	return number >= 1 && number < 1e15 ? (unsigned long)number : 0;
}

char *json_get_lines(const json_t *object, const char *key, size_t max)
{
	const json_t *value = json_object_get(object, key);
	const char *text = json_is_string(value) ? json_string_value(value) : "";
	struct buf lines;

	buf_init(&lines, max);
	for (;;) {
		size_t length = strcspn(text, "\n");
		char *line = text_clean_dup(text, length, max);
		buf_puts(&lines, line);
		free(line);
		if (text[length] == '\0')
			return buf_take(&lines);
		buf_putc(&lines, '\n');
		text += length + 1;
	}
}

static bool is_known(const char *key, const char *const *known)
{
	for (; *known != NULL; known++)
		if (strcmp(key, *known) == 0)
			return true;
	return false;
}

json_t *json_get_extra(const json_t *object, const char *const *known)
{
	json_t *extra = NULL;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		if (is_known(key, known))
			continue;
		if (extra == NULL)
			extra = json_new_object();
		json_put(extra, key, json_deep_copy(value));
	}
	return extra;
}

void json_put_extra(json_t *object, json_t *extra)
{
	const char *key;
	json_t *value;

	json_object_foreach(extra, key, value)
	{
		json_put(object, key, json_deep_copy(value));
	}
}
