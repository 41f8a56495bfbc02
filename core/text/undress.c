#include "text/undress.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define ESCAPE_MAX  16 /* bytes of a terminal's escape sequence */
#define LABEL_MAX   64 /* bytes of a file's or container's name before a line */
#define LAYERS_MAX  8  /* quotations of quotations */
#define TAI64N_SIZE 25 /* bytes of multilog's "@400000005f5e10001a2b3c4d" */

/* --- within a line */

static const struct {
	const char *from, *to; /* never longer */
} spellings[] = {
    {"&lt;", "<"},          {"&gt;", ">"},   {"&amp;", "&"},       {"&quot;", "\""}, {"&#34;", "\""}, {"&#39;", "'"},
    {"&#039;", "'"},        {"&#x27;", "'"}, {"&apos;", "'"},      {"&nbsp;", " "},  {"<br>", ""},    {"<br/>", ""},
    {"<br />", ""},         {"<pre>", ""},   {"</pre>", ""},       {"<code>", ""},   {"</code>", ""}, {"<p>", ""},
    {"</p>", ""},           {"\t", " "},     {"\xef\xbb\xbf", ""}, /* byte order mark */
    {"\xe2\x80\x8b", ""},                                          /* zero width space */
    {"\xe2\x80\x98", "'"},                                         /* left single quotation mark */
    {"\xe2\x80\x99", "'"},  /* right single quotation mark, the apostrophe of word processors */
    {"\xe2\x80\x9c", "\""}, /* left double quotation mark */
    {"\xe2\x80\x9d", "\""}, /* right double quotation mark */
    {"\xc2\xa0", " "},      /* no-break space */
    {"\xe2\x80\x91", "-"},  /* no-break hyphen */
};

/* How much of the text is a spelling of something plainer, which goes to *to; 0: none of it. */
static size_t spelling_at(const char *text, size_t size, const char **to)
{
	for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
		const size_t length = strlen(spellings[i].from);
		*to = spellings[i].to;
		if (length <= size && strncasecmp(text, spellings[i].from, length) == 0)
			return length;
	}
	return 0;
}

/* The bytes of a terminal's change of colour, "ESC [ 31 m"; 0: none begins here. */
static size_t escape_at(const char *text, size_t size)
{
	if (size < 3 || text[0] != '\x1b' || text[1] != '[')
		return 0;
	size_t end = 2;
	while (end < size && end < ESCAPE_MAX && (isdigit((unsigned char)text[end]) || text[end] == ';'))
		end++;
	return end < size && text[end] == 'm' ? end + 1 : 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

size_t undress_line(char *line, size_t size)
{
	const char *plain = "";
	size_t used = 0, step;

	for (size_t i = 0; i < size; i += step) {
		if ((step = escape_at(line + i, size - i)) > 0)
			continue;
		if (strchr("&<\t\xef\xe2\xc2", line[i]) != NULL && line[i] != '\0' &&
		    (step = spelling_at(line + i, size - i, &plain)) > 0) {
			memcpy(line + used, plain, strlen(plain));
			used += strlen(plain);
			continue;
		}
		line[used++] = line[i];
		step = 1;
	}
	while (used > 0 && is_blank(line[used - 1]))
		used--;
	if (used >= 3 && memcmp(line, "```", 3) == 0) /* a fence says nothing but what language follows */
		return 0;
	if (used > 2 && line[0] == '`' && line[used - 1] == '`') {
		used -= 2;
		memmove(line, line + 1, used);
	}
	return used;
}

/* --- before each line: how much of it, 0 when it is not there */

static size_t blanks(const char *line, size_t size)
{
	size_t i = 0;

	while (i < size && is_blank(line[i]))
		i++;
	return i;
}

/* "> ", ">> ", "| " of quotations. */
static size_t quotation(const char *line, size_t size)
{
	const size_t mark = blanks(line, size);

	if (mark == size || (line[mark] != '>' && line[mark] != '|'))
		return 0;
	return mark + 1 + (mark + 1 < size && line[mark + 1] == ' ');
}

static size_t digits(const char *line, size_t size)
{
	size_t i = 0;

	while (i < size && isdigit((unsigned char)line[i]))
		i++;
	return i;
}

/* "12:" of grep -n and "12. " of a list; the hours of a time of day are neither, nor is the code of a reply. */
static size_t number(const char *line, size_t size)
{
	const size_t i = digits(line, size);

	if (i == 0 || i > 6 || i + 1 >= size)
		return 0;
	if (line[i] == '.' && line[i + 1] == ' ')
		return i + 2;
	const bool is_time = digits(line + i + 1, size - i - 1) == 2 && i + 3 < size && line[i + 3] == ':';
	return line[i] == ':' && line[i + 1] != ' ' && !is_time ? i + 1 : 0;
}

/* "/var/log/mail.log:" and "mail.log.1:12:" of grep. */
static size_t file_name(const char *line, size_t size)
{
	const char *end = memchr(line, ':', size < LABEL_MAX ? size : LABEL_MAX);
	const size_t name = end != NULL ? (size_t)(end - line) : 0;

	if (name == 0 || memchr(line, ' ', name) != NULL || memchr(line, '[', name) != NULL ||
	    (memmem(line, name, "log", 3) == NULL && memmem(line, name, "messages", 8) == NULL))
		return 0;
	return name + 1 + number(line + name + 1, size - name - 1);
}

/* "mail-1  | " of docker compose. */
static size_t container(const char *line, size_t size)
{
	size_t i = 0;

	while (i < size && i < LABEL_MAX && (isalnum((unsigned char)line[i]) || strchr("_.-", line[i]) != NULL))
		i++;
	const size_t bar = i + blanks(line + i, size - i);
	return i > 0 && bar > i && bar + 1 < size && line[bar] == '|' && line[bar + 1] == ' ' ? bar + 2 : 0;
}

/* The stamp of multilog, which no other program shares. */
static size_t tai64n(const char *line, size_t size)
{
	if (size <= TAI64N_SIZE || line[0] != '@' || line[1] != '4' || line[TAI64N_SIZE] != ' ')
		return 0;
	for (size_t i = 1; i < TAI64N_SIZE; i++)
		if (!isxdigit((unsigned char)line[i]))
			return 0;
	return TAI64N_SIZE + 1;
}

static size_t list_mark(const char *line, size_t size)
{
	return size > 2 && line[0] == '-' && line[1] == ' ' ? 2 : 0;
}

static const struct dressing {
	size_t (*find)(const char *line, size_t size);
	size_t least; /* lines that must have it; one alone may mean something else */
} dressings[] = {
    {quotation, 2}, {number, 2}, {file_name, 1}, {container, 1}, {tai64n, 1}, {list_mark, 2},
};

/* Whether each line that is not empty has it. */
static bool all_have(const struct dressing *dressing, char **lines, const size_t *sizes, size_t count)
{
	size_t with = 0;

	for (size_t i = 0; i < count; i++) {
		if (blanks(lines[i], sizes[i]) == sizes[i])
			continue;
		if (dressing->find(lines[i], sizes[i]) == 0)
			return false;
		with++;
	}
	return with >= dressing->least;
}

void undress_paragraph(char **lines, size_t *sizes, size_t count)
{
	for (size_t d = 0; d < sizeof dressings / sizeof dressings[0]; d++) {
		for (int times = 0; times < LAYERS_MAX && all_have(&dressings[d], lines, sizes, count); times++) {
			for (size_t i = 0; i < count; i++) {
				const size_t size = dressings[d].find(lines[i], sizes[i]);
				lines[i] += size;
				sizes[i] -= size;
			}
		}
	}
}
