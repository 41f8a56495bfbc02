/*
 * ladder - captured sessions as in a sequence diagram: packet number, time, arrow, what was said, and who waited
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "report/sections.h"

#include <stdlib.h>
#include <string.h>

#define LISTED_MAX   3 /* sessions whose facts are listed; the case file has all */
#define SESSIONS_MAX 12

bool is_ladder(const struct dialog *dialog)
{
	for (size_t i = 0; i < dialog->line_count; i++)
		if (dialog->lines[i].packet > 0)
			return true;
	return false;
}

/* The facts that stand for the sessions, in the order in which they were told: the worst first. */
static size_t find_sessions(const struct case_file *c, const struct fact **sessions)
{
	size_t count = 0;

	for (size_t i = 0; i < c->fact_count && count < SESSIONS_MAX; i++)
		if (strcmp(c->facts[i].def->name, "capture.outcome") == 0)
			sessions[count++] = &c->facts[i];
	return count;
}

bool is_captured_session(const struct case_file *c, const char *subject)
{
	const struct fact *sessions[SESSIONS_MAX];

	if (strstr(subject, " -> ") == NULL)
		return false;
	const size_t count = find_sessions(c, sessions);
	for (size_t i = LISTED_MAX; i < count; i++)
		if (strcmp(sessions[i]->subject, subject) == 0)
			return true;
	return false;
}

static void add_value(struct document *d, const struct case_file *c, const char *subject, const char *name)
{
	const struct fact *fact = case_find_fact(c, name, subject);
	char *value = fact != NULL ? fact_value_text(fact) : xstrdup("");

	document_cell(d, value);
	free(value);
}

static void add_row(struct document *d, const struct case_file *c, const char *subject)
{
	static const char *const columns[] = {
	    "capture.alike", "capture.outcome", "capture.phase", "capture.gap", "capture.gap.waits-for",
	};

	document_cell(d, subject);
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		add_value(d, c, subject, columns[i]);
}

static void add_summary(struct document *d, const struct case_file *c)
{
	const struct fact *sessions[SESSIONS_MAX];
	const size_t count = find_sessions(c, sessions);
	const struct fact *all = case_find_fact(c, "capture.sessions", NULL);
	const struct fact *troubled = case_find_fact(c, "capture.sessions.troubled", NULL);

	if (count == 0)
		return;
	document_add(d, BLOCK_HEADING, "%s", _("Captured sessions"));
	if (all != NULL && troubled != NULL)
		document_add(d, BLOCK_PARAGRAPH,
		             _("Sessions: %.0f, in trouble: %.0f. One row for each way in which they went, the "
		               "worst first: "
		               "its worst session, how many went like it, how it ended and in which phase, and the "
		               "longest pause."),
		             all->number, troubled->number);
	document_begin(d, BLOCK_TABLE, 6);
	document_cell(d, _("client -> server"));
	document_cell(d, _("alike"));
	document_cell(d, _("outcome"));
	document_cell(d, _("phase"));
	document_cell(d, _("pause"));
	document_cell(d, _("waits for"));
	for (size_t i = 0; i < count; i++)
		add_row(d, c, sessions[i]->subject);
}

static const struct fact *side_fact(const struct case_file *c, const char *subject, const char *side, const char *name)
{
	char *whole = xasprintf("capture.%s.%s", side, name);
	const struct fact *fact = case_find_fact(c, whole, subject);

	free(whole);
	return fact;
}

static void add_side_joined(struct document *d, const struct case_file *c, const char *subject, const char *side)
{
	const struct fact *count = side_fact(c, subject, side, "vanished");
	const struct fact *smallest = side_fact(c, subject, side, "vanished.size");
	const struct fact *largest = side_fact(c, subject, side, "arrived.size");
	const struct fact *loss = side_fact(c, subject, side, "between.loss");
	const struct fact *clamped = side_fact(c, subject, side, "mss.arrived");
	const struct fact *mss = side_fact(c, subject, side, "mss");
	const bool client = strcmp(side, "client") == 0;

	if (count != NULL && smallest != NULL && largest != NULL)
		document_item(
		    d, NULL,
		    client ? _("client to server: segments of %.0f bytes and more leave and never arrive (%.0f of "
		               "them), segments of up to %.0f bytes do")
			   : _("server to client: segments of %.0f bytes and more leave and never arrive (%.0f of "
		               "them), segments of up to %.0f bytes do"),
		    smallest->number, count->number, largest->number);
	else if (count == NULL)
		document_item(d, NULL, "%s",
		              client ? _("client to server: all that left arrived in the end")
		                     : _("server to client: all that left arrived in the end"));
	if (loss != NULL)
		document_item(d, NULL,
		              client ? _("client to server: %.0f %% of what was sent got lost")
		                     : _("server to client: %.0f %% of what was sent got lost"),
		              100 * loss->number);
	if (clamped != NULL && mss != NULL)
		document_item(
		    d, NULL,
		    client ? _("the client announces segments of %.0f bytes, and %.0f arrive at the server: a device "
		               "in between lowers it")
			   : _("the server announces segments of %.0f bytes, and %.0f arrive at the client: a device "
		               "in between lowers it"),
		    mss->number, clamped->number);
}

/* Of the session that two captures hold: what got lost between. */
static void add_joined(struct document *d, const struct case_file *c)
{
	const struct fact *joined = case_find_fact(c, "capture.joined", NULL);
	const char *subject = joined != NULL ? joined->subject : NULL;
	const struct fact *delay = subject != NULL ? case_find_fact(c, "capture.joined.delay", subject) : NULL;
	const struct fact *clock = subject != NULL ? case_find_fact(c, "capture.joined.clock", subject) : NULL;

	if (delay == NULL || clock == NULL)
		return;
	char *delay_value = fact_value_text(delay), *clock_value = fact_value_text(clock);
	document_add(d, BLOCK_PARAGRAPH,
	             _("%s is in two captures, one from each end. A packet takes %s; the clocks are %s apart."),
	             subject, delay_value, clock_value);
	free(delay_value);
	free(clock_value);
	add_side_joined(d, c, subject, "client");
	add_side_joined(d, c, subject, "server");
}

/* Of the worst session of which something is missing: what, and how the next one is recorded whole. */
static void add_missing(struct document *d, const struct case_file *c)
{
	const struct fact *missing = case_find_fact(c, "capture.missing", NULL);
	const struct fact *command = missing != NULL ? case_find_fact(c, "capture.record", missing->subject) : NULL;

	if (missing == NULL)
		return;
	document_add(d, BLOCK_PARAGRAPH, _("What this capture does not tell of %s. %s"), missing->subject,
	             missing->text);
	if (command == NULL)
		return;
	document_add(d, BLOCK_PARAGRAPH, "%s",
	             _("To record such a session whole, on the mail server or the client itself, where both directions "
	               "pass, before the session begins:"));
	document_command(d, NULL, command->text);
}

/* "   13    60.036 <----" */
static void add_rung(struct document *d, const struct dialog_line *line)
{
	static const char *const arrows[] = {[LINE_IN] = "<----", [LINE_OUT] = "---->", [LINE_NOTE] = "  .  "};
	char *packet = line->packet > 0 ? xasprintf("%5lu", line->packet) : xstrdup("     ");
	char *prefix = xasprintf("%s %9.3f %s", packet, line->t, arrows[line->dir]);

	document_cell(d, prefix);
	document_cell(d, line->text);
	free(prefix);
	free(packet);
}

void add_ladders(struct document *d, const struct case_file *c)
{
	bool begun = false;

	add_summary(d, c);
	add_joined(d, c);
	add_missing(d, c);
	for (size_t i = 0; i < c->dialog_count; i++) {
		const struct dialog *dialog = &c->dialogs[i];
		if (!is_ladder(dialog))
			continue;
		if (!begun)
			document_add(d, BLOCK_PARAGRAPH, "%s",
			             _("Packet number, seconds since the first packet of the session, ----> from the "
			               "client, <---- from "
			               "the server. Content of messages is only counted."));
		begun = true;
		document_add(d, BLOCK_STEP, "%s", dialog->subject);
		document_begin(d, BLOCK_LOG, 2);
		for (size_t k = 0; k < dialog->line_count; k++)
			add_rung(d, &dialog->lines[k]);
	}
}
