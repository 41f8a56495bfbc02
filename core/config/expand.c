#include "config/expand.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/xalloc.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX      40    /* values within values */
#define STEPS_MAX      10000 /* names in all: what doubles at each step ends here */
#define NAME_MAX_SHOWN 60

struct work {
	const struct macros *macros;
	struct err *err;
	int depth, steps;
};

static int expand_part(struct work *w, const char *text, size_t size, struct buf *out);

static bool is_name_character(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static size_t blanks(const char *text, size_t size)
{
	size_t count = 0;

	while (count < size && isspace((unsigned char)text[count]))
		count++;
	return count;
}

/* How long the text in brackets at `text` is, both brackets included; 0 when it does not end. */
static size_t bracketed(const char *text, size_t size, char open, char close)
{
	size_t depth = 0;

	for (size_t i = 0; i < size; i++) {
		depth += text[i] == open;
		if (text[i] == close && --depth == 0)
			return i + 1;
	}
	return 0;
}

static int expand_name(struct work *w, const char *name, size_t size, struct buf *out)
{
	char *key = xstrndup(name, size);
	const char *value = w->macros->lookup(w->macros->context, key);
	int result;

	if (value == NULL)
		result = err_set(w->err, _("nobody knows the value of $%.*s"), NAME_MAX_SHOWN, key);
	else
		result = expand_part(w, value, strlen(value), out);
	free(key);
	return result;
}

/* Whether a name has a value that is not empty. One that nobody knows has none. */
static int test_name(struct work *w, const char *name, size_t size, bool *holds)
{
	struct buf value;
	char *key = xstrndup(name, size);
	const bool known = w->macros->lookup(w->macros->context, key) != NULL;
	int result = 0;

	free(key);
	*holds = false;
	if (!known)
		return 0;
	buf_init(&value, EXPAND_MAX);
	result = expand_name(w, name, size, &value);
	*holds = value.size > 0;
	buf_done(&value);
	return result;
}

static bool is_number(const char *text)
{
	return *text != '\0' && strspn(text, "0123456789") == strlen(text) && strlen(text) < 18;
}

/* Numbers as numbers, anything else as text. */
static int order(const char *left, const char *right)
{
	if (!is_number(left) || !is_number(right))
		return strcmp(left, right);
	const long a = strtol(left, NULL, 10), b = strtol(right, NULL, 10);
	return (a > b) - (a < b);
}

/* The operator at `text`: how long it is, and whether it holds for an order of its sides. 0: there is none. */
static size_t read_operator(const char *text, size_t size, int sides, bool *holds)
{
	const bool two = size > 1 && text[1] == '=';

	if (size == 0)
		return 0;
	switch (text[0]) {
	case '=':
		*holds = sides == 0;
		return two ? 2 : 0;
	case '!':
		*holds = sides != 0;
		return two ? 2 : 0;
	case '<':
		*holds = two ? sides <= 0 : sides < 0;
		return two ? 2 : 1;
	case '>':
		*holds = two ? sides >= 0 : sides > 0;
		return two ? 2 : 1;
	default:
		return 0;
	}
}

/* One side of a comparison, in braces: its value, and how long it is. NULL after an error; the caller frees. */
static char *read_side(struct work *w, const char *text, size_t size, size_t *length)
{
	struct buf value;

	*length = bracketed(text, size, '{', '}');
	if (size == 0 || *text != '{' || *length == 0) {
		err_set(w->err, _("a comparison wants both sides in braces"));
		return NULL;
	}
	const size_t skipped = blanks(text + 1, *length - 2);
	buf_init(&value, EXPAND_MAX);
	if (expand_part(w, text + 1 + skipped, *length - 2 - skipped, &value) != 0) {
		buf_done(&value);
		return NULL;
	}
	while (value.size > 0 && isspace((unsigned char)value.text[value.size - 1]))
		value.text[--value.size] = '\0';
	return buf_take(&value);
}

/* {a} == {b} at the beginning of `text`: whether it holds, and how long it is. */
static int compare(struct work *w, const char *text, size_t size, bool *holds, size_t *length)
{
	size_t part, at;
	bool ignored;
	int result = 0;

	char *left = read_side(w, text, size, &at);
	if (left == NULL)
		return -1;
	at += blanks(text + at, size - at);
	const size_t operator_at = at;
	part = read_operator(text + at, size - at, 0, &ignored);
	at += part;
	at += blanks(text + at, size - at);
	char *right = part > 0 ? read_side(w, text + at, size - at, &part) : NULL;
	if (right != NULL) {
		read_operator(text + operator_at, size - operator_at, order(left, right), holds);
		*length = at + part;
	} else {
		result = part == 0 ? err_set(w->err, _("== != < <= >= or > is expected in a comparison")) : -1;
	}
	free(left);
	free(right);
	return result;
}

/*
 * A branch after ? or :, in braces or up to the end: where its text is. Returns how long all of it is; 0 when a brace
 * does not end.
 */
static size_t read_branch(const char *text, size_t size, const char **branch, size_t *length)
{
	const size_t skipped = blanks(text, size);
	const size_t braces =
	    skipped < size && text[skipped] == '{' ? bracketed(text + skipped, size - skipped, '{', '}') : 0;

	if (braces > 0) {
		const size_t inner = blanks(text + skipped + 1, braces - 2);
		*branch = text + skipped + 1 + inner;
		*length = braces - 2 - inner;
		while (*length > 0 && isspace((unsigned char)(*branch)[*length - 1]))
			--*length;
		return skipped + braces;
	}
	*branch = text;
	*length = size;
	return size;
}

/* What stands between the braces of ${...}. */
static int expand_braces(struct work *w, const char *text, size_t size, struct buf *out)
{
	const char *branch;
	size_t length = 0, at = blanks(text, size), name_size = 0;
	bool holds = false;

	const char *name = text + at;
	if (at < size && *name == '{') {
		if (compare(w, name, size - at, &holds, &length) != 0)
			return -1;
		at += length;
	} else {
		while (at + name_size < size && is_name_character(name[name_size]))
			name_size++;
		at += name_size;
	}
	at += blanks(text + at, size - at);
	if (at == size && name_size > 0)
		return expand_name(w, name, name_size, out);
	if (at == size || (text[at] != '?' && text[at] != ':'))
		return err_set(w->err, _("? or : is expected within ${...}"));
	if (name_size > 0 && test_name(w, name, name_size, &holds) != 0)
		return -1;
	if (text[at] == '?') {
		at += 1 + read_branch(text + at + 1, size - at - 1, &branch, &length);
		if (holds)
			return expand_part(w, branch, length, out);
		at += blanks(text + at, size - at);
	}
	if (at >= size || text[at] != ':')
		return 0;
	read_branch(text + at + 1, size - at - 1, &branch, &length);
	return holds ? 0 : expand_part(w, branch, length, out);
}

/* What follows a dollar sign. Returns how many bytes of `text` it took, 0 after an error. */
static size_t expand_dollar(struct work *w, const char *text, size_t size, struct buf *out)
{
	size_t length = 0;

	if (size > 0 && text[0] == '$')
		return buf_putc(out, '$') == 0 ? 1 : 0;
	if (size > 0 && (text[0] == '{' || text[0] == '(')) {
		length = bracketed(text, size, text[0], text[0] == '{' ? '}' : ')');
		if (length == 0) {
			err_set(w->err, _("a bracket after $ does not end"));
			return 0;
		}
		return expand_braces(w, text + 1, length - 2, out) == 0 ? length : 0;
	}
	while (length < size && is_name_character(text[length]))
		length++;
	if (length == 0) {
		err_set(w->err, _("a name is expected after $"));
		return 0;
	}
	return expand_name(w, text, length, out) == 0 ? length : 0;
}

static int expand_part(struct work *w, const char *text, size_t size, struct buf *out)
{
	if (++w->depth > DEPTH_MAX || ++w->steps > STEPS_MAX) {
		w->depth--;
		return err_set(w->err, _("it refers to itself, or to too many others"));
	}
	for (size_t at = 0; at < size;) {
		const char *dollar = memchr(text + at, '$', size - at);
		const size_t plain = dollar != NULL ? (size_t)(dollar - text) - at : size - at;
		if (buf_add(out, text + at, plain) != 0)
			return err_set(w->err, _("it expands to more than %zu bytes"), EXPAND_MAX);
		at += plain;
		if (dollar == NULL)
			break;
		const size_t taken = expand_dollar(w, text + at + 1, size - at - 1, out);
		if (taken == 0)
			return out->cut ? err_set(w->err, _("it expands to more than %zu bytes"), EXPAND_MAX) : -1;
		at += 1 + taken;
	}
	w->depth--;
	return 0;
}

char *expand(const char *text, const struct macros *macros, struct err *err)
{
	struct work w = {.macros = macros, .err = err};
	struct buf out;

	buf_init(&out, EXPAND_MAX);
	if (expand_part(&w, text, strlen(text), &out) != 0) {
		buf_done(&out);
		return NULL;
	}
	return buf_take(&out);
}
