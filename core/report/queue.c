/*
 * queue - the section about mail queues: how much waits and how long, for whom, and why, as bars
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "report/sections.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DESTINATION "queue to "
#define COUNT       "queue.count."

bool is_queue_destination(const struct fact *fact)
{
	return strncmp(fact->def->name, "queue.", 6) == 0 &&
	       strncmp(fact->subject, DESTINATION, strlen(DESTINATION)) == 0;
}

/* The value for people, of a fact about the whole queue or one destination; "" when it was not measured. Caller frees. */
static char *value_of(const struct case_file *c, const char *name, const char *subject)
{
	const struct fact *fact = case_find_fact(c, name, subject);

	return fact != NULL ? fact_value_text(fact) : xstrdup("");
}

static void add_totals(struct document *d, const struct case_file *c, const char *subject)
{
	char *messages = value_of(c, "queue.messages", subject), *recipients = value_of(c, "queue.recipients", subject);
	char *deferred = value_of(c, "queue.deferred", subject), *bytes = value_of(c, "queue.bytes", subject);
	char *oldest = value_of(c, "queue.oldest", subject), *age = value_of(c, "queue.age", subject);
	char *held = value_of(c, "queue.held", subject);

	document_add(d, BLOCK_PARAGRAPH,
	             _("Messages: %s%s%s. Recipients that they wait for: %s, of which put off: %s."), messages,
	             *bytes != '\0' ? ", " : "", bytes, recipients, deferred);
	if (*oldest != '\0')
		document_add(d, BLOCK_PARAGRAPH, _("The oldest came %s ago, half of them in the last %s."), oldest,
		             age);
	if (*held != '\0')
		document_add(d, BLOCK_PARAGRAPH, _("Held or frozen, so that nobody tries them: %s."), held);
	free(messages);
	free(recipients);
	free(deferred);
	free(bytes);
	free(oldest);
	free(age);
	free(held);
}

static void add_reasons(struct document *d, const struct case_file *c, const char *subject)
{
	bool begun = false;

	for (size_t i = 0; i < c->fact_count; i++) {
		const struct fact *fact = &c->facts[i];
		if (strncmp(fact->def->name, COUNT, strlen(COUNT)) != 0 || strcmp(fact->subject, subject) != 0)
			continue;
		if (!begun) {
			document_add(d, BLOCK_STEP, "%s", _("Why they were put off"));
			document_begin_chart(d, 1);
			begun = true;
		}
		char value[32];
		snprintf(value, sizeof value, "%.0f", fact->number);
		document_bar(d, fact->def->name + strlen(COUNT), value, 0, fact->number, "");
	}
	const struct fact *example = case_find_fact(c, "queue.example", subject);
	if (example != NULL)
		document_add(d, BLOCK_PARAGRAPH, _("Most of them: %s"), example->text);
}

static void add_destination(struct document *d, const struct case_file *c, const struct fact *recipients)
{
	char *main = value_of(c, "queue.main", recipients->subject);
	char *oldest = value_of(c, "queue.oldest", recipients->subject);
	char *note = xasprintf("%s%s%s", main, *main != '\0' && *oldest != '\0' ? ", " : "", oldest);
	char value[32];

	snprintf(value, sizeof value, "%.0f", recipients->number);
	document_bar(d, recipients->subject + strlen(DESTINATION), value, 0, recipients->number, note);
	free(main);
	free(oldest);
	free(note);
}

static void add_destinations(struct document *d, const struct case_file *c)
{
	bool begun = false;

	for (size_t i = 0; i < c->fact_count; i++) {
		const struct fact *fact = &c->facts[i];
		if (strcmp(fact->def->name, "queue.recipients") != 0 || !is_queue_destination(fact))
			continue;
		if (!begun) {
			document_add(d, BLOCK_STEP, "%s", _("For whom: recipients, the main reason, the oldest"));
			document_begin_chart(d, 1);
			begun = true;
		}
		add_destination(d, c, fact);
	}
}

void add_queue(struct document *d, const struct case_file *c)
{
	for (size_t i = 0; i < c->fact_count; i++) {
		const struct fact *fact = &c->facts[i];
		if (strcmp(fact->def->name, "queue.messages") != 0)
			continue;
		document_add(d, BLOCK_HEADING, "%s", _("The mail queue"));
		add_totals(d, c, fact->subject);
		add_reasons(d, c, fact->subject);
		add_destinations(d, c);
		return;
	}
}
