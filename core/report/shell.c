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
#define REMARK    "# " /* and of a broken remark */

/* Where a command line may be broken: the state of the shell's reader. */
struct scan {
	char quote; /* ' or " when within */
	bool escaped;
	bool comment; /* to the end of the line */
	bool
	    nested; /* within double quotes: an apostrophe was there, maybe of a command in them, whose end nobody knows */
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
		s->nested = s->quote == '"' && (s->nested || byte == '\'');
		return false;
	}
	s->escaped = byte == '\\';
	if (byte == '\'' || byte == '"')
		s->quote = byte;
	s->comment = byte == '#' && strchr(" ;&|(", before) != NULL; /* before is NUL at the start of a line */
	return byte == ' ';
}

/*
 * How many bytes of a piece that is too wide go before a break in the midst of a word; 0: it has no place for one. *quoted:
 * that place is within single quotes, which take no backslash, so they are closed before it and opened behind it.
 */
static size_t word_break(struct scan *s, char *before, const char *piece, size_t columns, bool *quoted)
{
	const size_t most = text_fit(piece, columns);
	struct scan now = *s, found = *s;
	size_t place = 0;

	for (size_t i = 0; i < most; i++) {
		scan_byte(&now, i > 0 ? piece[i - 1] : *before, piece[i]);
		const bool is_character = ((unsigned char)piece[i + 1] & 0xc0) != 0x80;
		if (now.escaped || now.comment || now.nested || !is_character)
			continue;
		place = i + 1;
		found = now;
	}
	*quoted = found.quote == '\'';
	if (place > 0) {
		*before = piece[place - 1];
		*s = found;
	}
	return place;
}

/* Columns that a piece may take. */
struct room {
	size_t first; /* in the line that it begins in */
	size_t next;  /* in those that it is broken into */
	size_t after; /* of them, for what stands behind it */
	bool words;   /* whether a word may be broken */
};

/* A piece without a blank to break at: when it is too wide it is broken all the same. */
static void add_piece(struct scan s, char before, const char *text, size_t size, struct room room, struct buf *out)
{
	char *piece = xstrndup(text, size);
	const char *rest = piece;
	size_t columns = room.first;
	bool quoted;

	while (room.words && text_width(rest) + room.after > columns && columns > 3) {
		const size_t place = word_break(&s, &before, rest, columns - 2, &quoted);
		if (place == 0 || rest[place] == '\0')
			break;
		buf_add(out, rest, place);
		buf_puts(out, quoted ? "'\\\n'" : "\\\n");
		rest += place;
		columns = room.next - quoted;
	}
	buf_puts(out, rest);
	free(piece);
}

/* One line, broken at blanks, and where there are none maybe in the midst of a word. Open quotes stay open in the next line. */
static void wrap_line(struct scan *s, const char *line, size_t size, size_t columns, bool words, struct buf *out)
{
	size_t start = 0;      /* of the piece that is not written yet */
	size_t blank = 0;      /* the last place in it to break; 0 when there is none */
	size_t room = columns; /* of that piece */
	char before = '\0';

	s->comment = s->escaped = false;
	struct scan at_start = *s, at_blank = *s;
	for (size_t i = 0; i <= size; i++) {
		bool can_break = i < size && scan_byte(s, before, line[i]);
		if ((i == size || can_break) && blank > start) {
			char *piece = xstrndup(line + start, i - start);
			bool too_long = text_width(piece) + (i < size ? 2 : 0) > room;
			free(piece);
			if (too_long) {
				add_piece(at_start, start > 0 ? line[start - 1] : '\0', line + start, blank - start,
				          (struct room){.first = room, .next = columns, .after = 2, .words = words},
				          out);
				buf_puts(out, " \\\n" CONTINUED);
				start = blank + 1;
				at_start = at_blank;
				room = columns - strlen(CONTINUED);
			}
		}
		if (can_break && i > start) {
			blank = i;
			at_blank = *s;
		}
		before = i < size ? line[i] : '\0';
	}
	add_piece(at_start, start > 0 ? line[start - 1] : '\0', line + start, size - start,
	          (struct room){.first = room, .next = columns, .words = words}, out);
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

/*
 * How many bytes of a PowerShell line fit, up to its last place to break; 0: there is none. A blank between words takes a grave
 * accent before the line's end; within *depth braces and brackets the line goes on by itself after a semicolon or comma.
 */
static size_t cmdlet_break(const char *line, size_t columns, size_t *depth)
{
	const size_t most = text_fit(line, columns);
	size_t place = 0, within = *depth;
	char quote = '\0';

	for (size_t i = 0; i < most; i++) {
		const char byte = line[i];
		if (quote != '\0' || byte == '\'' || byte == '"')
			quote = quote == '\0' ? byte : byte == quote ? '\0' : quote;
		else if (strchr("{([", byte) != NULL)
			within++;
		else if (strchr("})]", byte) != NULL)
			within -= within > 0;
		if (quote == '\0' && (within > 0 ? byte == ';' || byte == ',' : byte == ' ' && i + 2 <= columns)) {
			place = i + 1;
			*depth = within;
		}
	}
	return place;
}

static void wrap_cmdlet(const char *line, size_t columns, struct buf *out)
{
	const char *indent = "";
	size_t depth = 0, place;

	while (text_width(line) > columns - strlen(indent) &&
	       (place = cmdlet_break(line, columns - strlen(indent), &depth)) > 0) {
		buf_printf(out, "%s%.*s%s\n", indent, (int)place, line, line[place - 1] == ' ' ? "`" : "");
		line += place;
		indent = CONTINUED;
	}
	buf_printf(out, "%s%s\n", indent, line);
}

/* By words, each line a remark. */
static void wrap_remark(const char *line, size_t columns, struct buf *out)
{
	const char *mark = "";

	while (text_width(line) + strlen(mark) > columns) {
		size_t size = text_fit(line, columns - strlen(mark));
		while (size > 0 && line[size] != ' ')
			size--;
		if (size < strlen(REMARK))
			break;
		buf_printf(out, "%s%.*s\n", mark, (int)size, line);
		line += size + strspn(line + size, " ");
		mark = REMARK;
	}
	buf_printf(out, "%s%s\n", mark, line);
}

void shell_wrap(const char *command, size_t columns, bool words, struct buf *out)
{
	struct scan s = {0};

	if (strstr(command, "<<") != NULL) /* a here-document is taken as it stands */
		columns = SIZE_MAX / 2;

	while (*command != '\0') {
		const size_t size = strcspn(command, "\n");
		char *line = xstrndup(command, size);
		if (s.quote == '\0' && *line == '#')
			wrap_remark(line, columns, out);
		else if (s.quote == '\0' && is_cmdlet(line))
			wrap_cmdlet(line, columns, out);
		else
			wrap_line(&s, line, size, shell_is_foreign(line) ? SIZE_MAX / 2 : columns, words, out);
		free(line);
		command += size + (command[size] == '\n');
	}
}
