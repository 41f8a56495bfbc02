#include "text/joined.h"

#include "smtp/reply.h"
#include "text/clue.h"
#include "text/transcript.h"

#include <stdio.h>
#include <string.h>

#define INDENT "    " /* of the lines that a bounce has wrapped */

/* Where a refusing reply begins that goes on in the next line ("550-5.7.1 this message"); NULL when none does. */
static const char *unfinished_reply(const char *line)
{
	char reply[JOINED_MAX];
	size_t begin;

	if (!clue_reply_find(line, reply, sizeof reply, &begin) || line[begin + 1] == '.' || line[begin + 3] != '-')
		return NULL;
	const char end[] = {line[begin], line[begin + 1], line[begin + 2], ' ', '\0'};
	return strstr(line + begin + 3, end) == NULL ? line + begin : NULL; /* logs join the lines of a reply */
}

bool joined_begin(struct joined *joined, const char *line)
{
	const char *begin = unfinished_reply(line);

	joined->is_entry = line[0] == '<' && strchr(line, '@') != NULL && strstr(line, ">: ") != NULL;
	if (begin == NULL && !joined->is_entry)
		return false;
	snprintf(joined->line, sizeof joined->line, "%s", line);
	joined->code = begin != NULL ? (size_t)(begin - line) : 0;
	return true;
}

static void append(struct joined *joined, const char *text)
{
	const size_t used = strlen(joined->line);

	snprintf(joined->line + used, sizeof joined->line - used, " %s", text);
}

enum joined_step joined_add(struct joined *joined, const char *line)
{
	const char *text = line;
	char enhanced[12];

	if (joined->line[0] == '\0')
		return JOINED_OTHER;
	if (joined->is_entry) {
		if (strncmp(line, INDENT, strlen(INDENT)) != 0)
			return JOINED_OTHER;
		append(joined, line + strspn(line, " "));
		return JOINED_MORE;
	}
	transcript_side(line, true, &text);
	if (strncmp(text, joined->line + joined->code, 3) != 0 || (text[3] != '-' && text[3] != ' '))
		return JOINED_OTHER;
	append(joined, smtp_reply_split(text + 4, enhanced));
	return text[3] == '-' ? JOINED_MORE : JOINED_LAST;
}
