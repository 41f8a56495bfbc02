#include "report/shell.h"

#include "base/text.h"
#include "base/xalloc.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define CONTINUED "  " /* goes before each line but the first of a broken command */

/* Where a command line may be broken: the state of the shell's reader. */
struct scan {
	char quote; /* ' or " when within */
	bool escaped;
	bool comment; /* to the end of the line */
};

/* Goes past one byte; true when it is a blank that only separates words. */
static bool scan_byte(struct scan *s, char before, char byte)
{
	if (s->comment)
		return false;
	if (s->escaped) {
		s->escaped = false;
		return false;
	}
	if (s->quote != '\0') {
		s->escaped = byte == '\\' && s->quote == '"';
		if (byte == s->quote)
			s->quote = '\0';
		return false;
	}
	s->escaped = byte == '\\';
	if (byte == '\'' || byte == '"')
		s->quote = byte;
	s->comment = byte == '#' && strchr(" ;&|(", before) != NULL; /* before is NUL at the start of a line */
	return byte == ' ';
}

/* One line, broken. Quotes that are open at its end stay open in the next one. */
static void wrap_line(struct scan *s, const char *line, size_t size, size_t columns, struct buf *out)
{
	size_t start = 0;      /* of the piece that is not written yet */
	size_t blank = 0;      /* the last place in it to break; 0 when there is none */
	size_t room = columns; /* of that piece */
	char before = '\0';

	s->comment = s->escaped = false;
	for (size_t i = 0; i <= size; i++) {
		bool can_break = i < size && scan_byte(s, before, line[i]);
		if ((i == size || can_break) && blank > start) {
			char *piece = xstrndup(line + start, i - start);
			bool too_long = text_width(piece) + (i < size ? 2 : 0) > room;
			free(piece);
			if (too_long) {
				buf_add(out, line + start, blank - start);
				buf_puts(out, " \\\n" CONTINUED);
				start = blank + 1;
				room = columns - strlen(CONTINUED);
			}
		}
		if (can_break && i > start)
			blank = i;
		before = i < size ? line[i] : '\0';
	}
	buf_add(out, line + start, size - start);
	buf_putc(out, '\n');
}

/* A PowerShell command, "Verb-Noun ...", as Exchange has them: a backslash joins no lines there. */
static bool is_cmdlet(const char *line)
{
	size_t verb = strspn(line, LETTERS);

	return isupper((unsigned char)line[0]) && line[verb] == '-' && isupper((unsigned char)line[verb + 1]);
}

bool shell_is_foreign(const char *line)
{
	return is_cmdlet(line) || strncmp(line, "show ", 5) == 0 || strncmp(line, "configure ", 10) == 0;
}

void shell_wrap(const char *command, size_t columns, struct buf *out)
{
	struct scan s = {0};

	if (strstr(command, "<<") != NULL) /* a here-document is taken as it stands */
		columns = SIZE_MAX / 2;

	while (*command != '\0') {
		size_t size = strcspn(command, "\n");
		wrap_line(&s, command, size, is_cmdlet(command) ? SIZE_MAX / 2 : columns, out);
		command += size + (command[size] == '\n');
	}
}
