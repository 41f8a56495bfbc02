#include "flow/walk_build.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

#define BLANKS     " \t"
#define NAME_CHARS "abcdefghijklmnopqrstuvwxyz0123456789-"
#define LINE_BYTES ((size_t)4096)

/* -1, with the place put before the reason that is in err already. */
int walk_fail_at(struct walk_parser *p, int line)
{
	struct err inner = *p->b->err;

	return err_set(p->b->err, "%s:%d: %s", p->origin, line, inner.text);
}

/* "ORIGIN:LINE: expected WHAT, found FOUND" */
int walk_expected(struct walk_parser *p, const char *what, const char *found)
{
	err_set(p->b->err, *found != '\0' ? _("expected %s, found \"%.80s\"") : _("expected %s, found nothing"), what,
	        found);
	return walk_fail_at(p, p->line);
}

/* Takes the first word off a line; *line is what follows the blanks after it. Never NULL. */
char *walk_take_word(char **line)
{
	char *word = *line;
	char *end = word + strcspn(word, BLANKS);

	*line = end + strspn(end, BLANKS);
	*end = '\0';
	return word;
}

struct walk_step *walk_new_step(struct walk_parser *p, enum walk_op op)
{
	p->step = p->b->walk->count;
	return walk_add_step(p->b, op, p->origin, p->line);
}

/* Adds a line to a text: to the same paragraph, a new one, or as an item of a list. */
void walk_append(char **text, const char *line, bool paragraph)
{
	char *old = *text;
	const char *joint = old == NULL || *old == '\0'   ? ""
	                    : paragraph                   ? "\n\n"
	                    : strncmp(line, "- ", 2) == 0 ? "\n"
	                                                  : " ";

	*text = xasprintf("%s%s%s", old != NULL ? old : "", joint, line);
	free(old);
}

bool walk_is_name(const char *text)
{
	return *text != '\0' && strlen(text) <= 40 && strspn(text, NAME_CHARS) == strlen(text);
}

/* ---- lines */

static int close_block(struct walk_parser *p)
{
	struct walk_block *block = &p->blocks[--p->depth];
	struct walk *walk = p->b->walk;

	if (block->body == 0) {
		err_set(p->b->err, _("expected something below when or otherwise, found nothing"));
		return walk_fail_at(p, block->line);
	}
	if (block->when != WALK_NO_STEP)
		walk->steps[block->when].step = walk->count;
	for (size_t i = 0; i < block->last_count; i++)
		walk->steps[block->last[i]].step = walk->count;
	return 0;
}

/* Closes the blocks that the indent ends, and holds the others to one indent. */
static int enter(struct walk_parser *p, size_t indent, bool is_otherwise)
{
	while (p->depth > 0 &&
	       (indent < p->blocks[p->depth - 1].indent || (indent == p->blocks[p->depth - 1].indent && !is_otherwise)))
		if (close_block(p) != 0)
			return -1;
	p->indent = indent;
	if (is_otherwise)
		return 0;
	if (p->depth == 0)
		return indent == 0
		           ? 0
		           : walk_expected(p, _("a statement at the beginning of the line"), _("blanks before it"));
	struct walk_block *block = &p->blocks[p->depth - 1];
	if (block->body == 0)
		block->body = indent;
	return block->body == indent ? 0 : walk_expected(p, _("the same indent as above"), _("another"));
}

static int parse_statement(struct walk_parser *p, size_t indent, char *line)
{
	char *word = walk_take_word(&line);

	p->attribute = NULL;
	p->attribute_indent = 0;
	p->continued = NULL;
	p->paragraph = false;
	if (enter(p, indent, strcmp(word, "otherwise") == 0) != 0)
		return -1;
	if (p->b->walk->count >= WALK_STEPS_MAX)
		return walk_expected(p, _("a shorter walkthrough"), word);
	for (const struct walk_statement *s = walk_statements; s->word != NULL; s++)
		if (strcmp(s->word, word) == 0)
			return s->parse(p, line);
	return walk_expected(p,
	                     _("say ask check when otherwise label goto diagnose fix report stop include direction "
	                       "open demo follow resume"),
	                     word);
}

/* A line that belongs to the statement above: one of its parts, or more of the text before. */
static int parse_indented(struct walk_parser *p, size_t indent, char *line)
{
	if (p->continued != NULL && indent > p->attribute_indent) {
		walk_append(p->continued, line, false);
		return 0;
	}
	p->attribute_indent = indent;
	return p->attribute(p, line);
}

static int parse_line(struct walk_parser *p, const char *start, size_t length)
{
	char line[LINE_BYTES], clean[LINE_BYTES];
	size_t indent = 0;

	while (length > 0 && strchr(" \t\r", start[length - 1]) != NULL)
		length--;
	if (length == 0) {
		p->paragraph = true;
		return 0;
	}
	if (length >= sizeof line)
		return walk_expected(p, _("shorter lines"), "");
	while (start[indent] == ' ')
		indent++;
	if (start[indent] == '\t')
		return walk_expected(p, _("blanks before the text"), _("a tab"));
	memcpy(line, start + indent, length - indent);
	line[length - indent] = '\0';
	if (line[0] == '#')
		return 0;
	text_clean(line, length - indent, clean, sizeof clean);
	if (strcmp(line, clean) != 0)
		return walk_expected(p, _("printable UTF-8"), clean);
	if (p->attribute != NULL && indent > p->indent)
		return parse_indented(p, indent, line);
	return parse_statement(p, indent, line);
}

static int parse_file(struct walk_parser *p, const char *text)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");

		p->line++;
		if (parse_line(p, text, length) != 0)
			return -1;
		text += length + (text[length] == '\n');
	}
	while (p->depth > 0)
		if (close_block(p) != 0)
			return -1;
	if (!p->is_part && !p->has_title) {
		p->line = p->line > 0 ? p->line : 1;
		return walk_expected(p, _("title: somewhere in the file"), "");
	}
	return 0;
}

int walk_read(struct walk_build *b, const char *origin, const char *text, bool is_part)
{
	struct walk_parser p = {.b = b, .origin = origin, .is_part = is_part};

	return parse_file(&p, text);
}
