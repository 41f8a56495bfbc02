#include "text/breaks.h"

#include "log/prefix.h"
#include "log/stamp.h"
#include "text/transcript.h"

#include <ctype.h>
#include <string.h>

#define SOFT_MIN   ((size_t)60) /* bytes of a line that an encoder broke; they make it 76 at most */
#define JOINED_MIN 24           /* bytes of the shortest line of a log with a stamp */

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char lower = c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
	const char *at = c != '\0' ? strchr(digits, lower) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* --- line ends that are spelled out */

/* "\n", "\r\n", "\\n" at `p`; its length, 0 when there is none. */
static size_t spelled_end(const char *p)
{
	static const char *const ends[] = {"\\r\\n", "\\n", "\\\\r\\\\n", "\\\\n"};

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (strncmp(p, ends[i], strlen(ends[i])) == 0)
			return strlen(ends[i]);
	return 0;
}

/* Whether `p` is within a path as Windows has it, "C:\\new". */
static bool is_path(const char *line, const char *p)
{
	while (p > line && strchr(" \"'(=", p[-1]) == NULL)
		p--;
	return isalpha((unsigned char)p[0]) && p[1] == ':' && p[2] == '\\';
}

/* Whether the line holds several lines. Behind the mark of a dialog stand the bytes of one line as they went out. */
static bool is_spelled(const char *line, size_t size)
{
	const char *text;

	if (transcript_side(line, true, &text) != SIDE_NONE && text != line)
		return false;
	for (const char *p = line; p < line + size; p++) {
		const size_t end = spelled_end(p);
		if (end > 0 && strchr("'\"", p[end]) == NULL && !is_path(line, p)) /* strchr() finds the end, too */
			return true;
	}
	return false;
}

/* In JSON a name and its value, and two members, are lines of their own; its length, 0 when there is none. */
static size_t member_end(const char *p)
{
	static const char *const ends[] = {"\":\"", "\": \"", "\",\"", "\", \"", "\"},{\"", "\"}"};

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (strncmp(p, ends[i], strlen(ends[i])) == 0)
			return strlen(ends[i]);
	return 0;
}

static size_t find_spelled(const char *line, size_t size, size_t *skip)
{
	for (size_t i = 0; i < size; i++) {
		*skip = spelled_end(line + i);
		if (*skip == 0 && (i == 0 || line[i - 1] != '\\'))
			*skip = member_end(line + i);
		if (*skip > 0)
			return i;
	}
	return size;
}

/* --- log lines one after the other */

static bool has_prefix(struct slice text)
{
	struct stamp stamp;
	struct log_prefix prefix;

	if (stamp_parse(text, &stamp) == 0)
		return false;
	log_prefix_parse(NULL, text, &prefix);
	return prefix.program.size > 0;
}

/* The blank before the next line of a log that has stamp and program as the first one has. */
static size_t find_joined(const char *line, size_t size)
{
	if (size < 2 * JOINED_MIN || !has_prefix((struct slice){.at = line, .size = size}))
		return size;
	for (size_t i = JOINED_MIN; i + JOINED_MIN < size; i++)
		if (line[i] == ' ' && has_prefix((struct slice){.at = line + i + 1, .size = size - i - 1}))
			return i;
	return size;
}

size_t breaks_find(const char *line, size_t size, size_t *skip, bool *spelled)
{
	*spelled = *spelled || is_spelled(line, size);
	if (*spelled) {
		const size_t end = find_spelled(line, size, skip);
		if (end < size)
			return end;
	}
	*skip = 1;
	return find_joined(line, size);
}

size_t breaks_unescape(char *line, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < size; i++) {
		const bool more = i + 1 < size && line[i] == '\\';
		if (more && strchr("\"/'", line[i + 1]) != NULL) {
			line[used++] = line[++i];
		} else if (more && line[i + 1] == 't') {
			line[used++] = ' ';
			i++;
		} else if (more && i + 5 < size && strncmp(line + i, "\\u00", 4) == 0 && line[i + 4] >= '2' &&
		           line[i + 4] <= '7' && hex_digit(line[i + 5]) >= 0) { /* "\u003c" */
			line[used++] = (char)(hex_digit(line[i + 4]) * 16 + hex_digit(line[i + 5]));
			i += 5;
		} else {
			line[used++] = line[i];
		}
	}
	line[used] = '\0';
	return used;
}

/* --- quoted-printable (RFC 2045 6.7) */

static bool is_octet(const char *p)
{
	return p[0] == '=' && strchr("0123456789ABCDEF", p[1]) != NULL && hex_digit(p[1]) >= 0 &&
	       strchr("0123456789ABCDEF", p[2]) != NULL && hex_digit(p[2]) >= 0;
}

bool breaks_quoted_printable(const char *line, size_t size, bool *soft, bool *some)
{
	*soft = size >= SOFT_MIN && line[size - 1] == '=';
	*some = *soft;
	for (size_t i = 0; i < size - *soft; i++) {
		if (line[i] != '=')
			continue;
		if (i + 2 >= size || !is_octet(line + i))
			return false;
		*some = *some || strncmp(line + i, "=3D", 3) == 0;
	}
	return true;
}

size_t breaks_decode(char *line, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < size; i++) {
		if (line[i] == '=' && i + 1 == size)
			break;
		if (line[i] == '=' && i + 2 < size && is_octet(line + i)) {
			line[used++] = (char)(hex_digit(line[i + 1]) * 16 + hex_digit(line[i + 2]));
			i += 2;
		} else {
			line[used++] = line[i];
		}
	}
	line[used] = '\0';
	return used;
}
