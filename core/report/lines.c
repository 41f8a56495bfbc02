/*
 * lines - the section that explains single lines: who said it, when in the session, what it means, what governs it
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "report/sections.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Of the facts of one subject. NULL when there is none of that name. */
static const char *text_of(const struct fact *const *facts, size_t start, size_t end, const char *name)
{
	for (size_t i = start; i < end; i++)
		if (strcmp(facts[i]->def->name, name) == 0)
			return facts[i]->text;
	return NULL;
}

/* "postfix, phase body: the message began to arrive and then stopped." */
static void add_meaning(struct document *d, const char *who, const char *phase, const char *means)
{
	char *head = who != NULL && phase != NULL ? xasprintf(_("%s, phase %s: "), who, phase)
	             : who != NULL                ? xasprintf("%s: ", who)
	             : phase != NULL              ? xasprintf(_("phase %s: "), phase)
	                                          : xstrdup("");
	const char *end = means[0] != '\0' && ispunct((unsigned char)means[strlen(means) - 1]) ? "" : ".";

	document_add(d, BLOCK_PARAGRAPH, "%s%s%s", head, means, end);
	free(head);
}

static void add_setting(struct document *d, const struct fact *const *facts, size_t start, size_t end)
{
	const char *setting = text_of(facts, start, end, "seen.line.setting");
	const char *value = text_of(facts, start, end, "seen.line.default");
	const char *read = text_of(facts, start, end, "seen.line.read");
	const char *change = text_of(facts, start, end, "seen.line.change");

	if (setting == NULL)
		return;
	if (value != NULL)
		document_add(d, BLOCK_PARAGRAPH, _("Governed by %s (default: %s)."), setting, value);
	else
		document_add(d, BLOCK_PARAGRAPH, _("Governed by %s."), setting);
	if (read != NULL)
		document_command(d, _("read it"), read);
	if (change != NULL)
		document_command(d, _("change it (VALUE and names are for you to fill in)"), change);
}

void add_lines(struct document *d, const struct case_file *c)
{
	const struct fact **facts = facts_by_subject(c);
	bool begun = false;

	for (size_t start = 0; start < c->fact_count;) {
		const size_t end = subject_end(facts, c->fact_count, start);
		const char *line = text_of(facts, start, end, "seen.line");
		const char *means = text_of(facts, start, end, "seen.line.means");
		if (line != NULL && means != NULL) {
			if (!begun)
				document_add(d, BLOCK_HEADING, "%s", _("What the lines say"));
			begun = true;
			document_add(d, BLOCK_STEP, "%s", facts[start]->subject);
			document_begin(d, BLOCK_LOG, 2);
			document_cell(d, "");
			document_cell(d, line);
			add_meaning(d, text_of(facts, start, end, "seen.line.who"),
			            text_of(facts, start, end, "seen.line.phase"), means);
			add_setting(d, facts, start, end);
		}
		start = end;
	}
	free(facts);
}
