/*
 * host - the section about this machine: what it has and is short of, sessions that are stuck right now, and what could not
 * be looked at
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "report/sections.h"

#include <stdlib.h>
#include <string.h>

#define SESSION   "session with "
#define THIS_HOST "self"

#define UNTESTED "host.untested"

static bool begins_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

bool is_host_fact(const struct fact *fact)
{
	return begins_with(fact->def->name, "host.");
}

/* What has no section below. */
static void add_machine(struct document *d, const struct case_file *c)
{
	bool begun = false;

	for (size_t i = 0; i < c->fact_count; i++) {
		const struct fact *fact = &c->facts[i];
		if (!is_host_fact(fact) || begins_with(fact->def->name, "host.session.") ||
		    strcmp(fact->def->name, UNTESTED) == 0)
			continue;
		if (!begun) {
			document_add(d, BLOCK_HEADING, "%s", _("This machine"));
			begin_fact_table(d);
			begun = true;
		}
		add_fact_row(d, fact, strcmp(fact->subject, THIS_HOST) != 0 ? fact->subject : NULL);
	}
}

static void add_value(struct document *d, const struct case_file *c, const char *name, const char *subject)
{
	const struct fact *fact = case_find_fact(c, name, subject);
	char *value = fact != NULL ? fact_value_text(fact) : xstrdup("");

	document_cell(d, value);
	free(value);
}

static void add_sessions(struct document *d, const struct case_file *c)
{
	bool begun = false;

	for (size_t i = 0; i < c->fact_count; i++) {
		const char *subject = c->facts[i].subject;
		if (strcmp(c->facts[i].def->name, "host.session.state") != 0 ||
		    strncmp(subject, SESSION, strlen(SESSION)) != 0)
			continue;
		if (!begun) {
			document_add(d, BLOCK_HEADING, "%s", _("Sessions of this machine that are stuck now"));
			document_add(
			    d, BLOCK_PARAGRAPH, "%s",
			    _("lost: packets are sent again and again; closed-window: the peer takes no more; "
			      "unread: the program here does not read; unanswered: nobody answers the attempt; "
			      "left: the peer has gone and the program here has not noticed."));
			document_begin(d, BLOCK_TABLE, 6);
			document_cell(d, _("peer"));
			document_cell(d, _("in/out"));
			document_cell(d, _("stuck"));
			document_cell(d, _("silent"));
			document_cell(d, _("resent"));
			document_cell(d, _("unsent"));
			begun = true;
		}
		document_cell(d, subject + strlen(SESSION));
		add_value(d, c, "host.session.direction", subject);
		add_value(d, c, "host.session.state", subject);
		add_value(d, c, "host.session.idle", subject);
		add_value(d, c, "host.session.retransmits", subject);
		add_value(d, c, "host.session.unsent", subject);
	}
}

/* "what: why; as root this shows it: COMMAND" */
static void add_untested(struct document *d, const char *text)
{
	const char *command = strrchr(text, ':');

	if (command == NULL) {
		document_item(d, NULL, "%s", text);
		return;
	}
	char *sentence = xstrndup(text, (size_t)(command - text));
	document_item(d, NULL, "%s", sentence);
	free(sentence);
	document_command(d, NULL, command + 1 + strspn(command + 1, " "));
}

void add_host(struct document *d, const struct case_file *c)
{
	bool begun = false;

	add_machine(d, c);
	add_sessions(d, c);
	for (size_t i = 0; i < c->fact_count; i++) {
		if (strcmp(c->facts[i].def->name, UNTESTED) != 0)
			continue;
		if (!begun)
			document_add(d, BLOCK_HEADING, "%s", _("What could not be looked at on this machine"));
		begun = true;
		add_untested(d, c->facts[i].text);
	}
}
