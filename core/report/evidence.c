#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "model/json.h"
#include "model/target.h"
#include "report/sections.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define DIALOG_HEAD  ((size_t)40) /* lines shown of a long dialog */
#define DIALOG_TAIL  ((size_t)20)
#define FOREIGN_TEXT ((size_t)1024) /* bytes shown of a value that is not ours */

/* Of the commands that would test what was not tested. */
#define CHECK_COMMAND "smtpdx check "
#define ONLY          " --only "
#define CONSENT       "--yes"

static int compare_subjects(const void *a, const void *b)
{
	const struct fact *const *first = a, *const *second = b;
	int order = strcmp((*first)->subject, (*second)->subject);

	if (order != 0)
		return order;
	return *first < *second ? -1 : *first > *second; /* one array: the order in which they were measured */
}

const struct fact **facts_by_subject(const struct case_file *c)
{
	const struct fact **sorted = xcalloc(c->fact_count + 1, sizeof *sorted);

	for (size_t i = 0; i < c->fact_count; i++)
		sorted[i] = &c->facts[i];
	qsort(sorted, c->fact_count, sizeof *sorted, compare_subjects);
	return sorted;
}

size_t subject_end(const struct fact *const *facts, size_t count, size_t start)
{
	size_t end = start;

	while (end < count && strcmp(facts[end]->subject, facts[start]->subject) == 0)
		end++;
	return end;
}

static void add_line(struct document *d, const struct dialog_line *line)
{
	static const char *const marks[] = {[LINE_IN] = "<", [LINE_OUT] = ">", [LINE_NOTE] = "#"};
	char *prefix = xasprintf("%8.3f %s", line->t, marks[line->dir]);

	document_cell(d, prefix);
	document_cell(d, line->text);
	free(prefix);
}

static void add_dialog(struct document *d, const struct case_file *c, const struct dialog *dialog)
{
	bool cut = dialog->line_count > DIALOG_HEAD + DIALOG_TAIL + 1;
	char *title = case_dialog_title(c, dialog);

	document_add(d, BLOCK_STEP, "%s", title);
	free(title);
	document_begin(d, BLOCK_LOG, 2);
	for (size_t i = 0; i < dialog->line_count; i++) {
		if (cut && i == DIALOG_HEAD) {
			size_t left = dialog->line_count - DIALOG_HEAD - DIALOG_TAIL;
			char *text = xasprintf(_("[%zu lines left out here; the JSON report has them]"), left);
			document_cell(d, "");
			document_cell(d, text);
			free(text);
			i += left;
		}
		add_line(d, &dialog->lines[i]);
	}
}

void add_dialogs(struct document *d, const struct case_file *c)
{
	size_t count = 0;

	for (size_t i = 0; i < c->dialog_count; i++)
		count += !is_ladder(&c->dialogs[i]);
	if (count == 0)
		return;
	document_add(d, BLOCK_HEADING, "%s", _("Dialogs"));
	document_add(d, BLOCK_PARAGRAPH, "%s",
	             _("Seconds since the connection attempt; < from the server, > to it, # a remark of the probe."));
	for (size_t i = 0; i < c->dialog_count; i++)
		if (!is_ladder(&c->dialogs[i]))
			add_dialog(d, c, &c->dialogs[i]);
}

/* The command that ends a reason ("...: smtpdx check ...") gets a line of its own; NULL when there is none. */
static const char *command_within(const char *reason)
{
	const char *command = strstr(reason, ": smtpdx ");

	return command != NULL ? command + strlen(": ") : NULL;
}

/*
 * The check and its options behind a command "smtpdx check TARGET --only limit --rate --yes", whose consent is asked for
 * anew: "test limit --rate". NULL when it names something that only the reader knows. The caller frees.
 */
static char *test_within(const char *command)
{
	const char *only = command != NULL ? strstr(command, ONLY) : NULL;
	struct buf link;

	if (only == NULL || strncmp(command, CHECK_COMMAND, strlen(CHECK_COMMAND)) != 0)
		return NULL;
	buf_init(&link, FOREIGN_TEXT);
	buf_puts(&link, "test");
	for (const char *word = only + strlen(ONLY); *word != '\0'; word += strspn(word, " ")) {
		const size_t size = strcspn(word, " ");
		if (isupper((unsigned char)*word)) {
			buf_done(&link);
			return NULL;
		}
		if (size != strlen(CONSENT) || strncmp(word, CONSENT, size) != 0)
			buf_printf(&link, " %.*s", (int)size, word);
		word += size;
	}
	return buf_take(&link);
}

/* What measures it after all; one that could not run may be able to now. */
static void link_gap(struct document *d, const struct check_result *check, const char *command)
{
	char *test = check->status == CHECK_FAILED ? xasprintf("test %s", check->check) : test_within(command);
	char *endpoint = subject_without_port(check->subject);
	char *link = test != NULL && endpoint != NULL ? xasprintf("%s at %s", test, endpoint) : NULL;

	if (test != NULL)
		document_link(d, link != NULL ? link : test);
	free(link);
	free(endpoint);
	free(test);
}

static void add_gap(struct document *d, const struct check_result *check)
{
	const char *reason = check->error != NULL ? check->error : _("no reason is known");
	const char *command = command_within(reason);
	size_t size = command != NULL ? (size_t)(command - reason) - 1 : strlen(reason);
	char *start = xstrndup(reason, size);

	document_item(d, NULL, _("%s of %s: %s"), check->check, check->subject, start);
	free(start);
	if (check->status != CHECK_NOT_APPLICABLE)
		link_gap(d, check, command);
	if (command != NULL)
		document_command(d, NULL, command);
}

static void add_gaps_of(struct document *d, const struct case_file *c, enum check_status status, const char *heading)
{
	bool first = true;

	for (size_t i = 0; i < c->check_count; i++) {
		if (c->checks[i].status != status)
			continue;
		if (first)
			document_add(d, BLOCK_HEADING, "%s", heading);
		first = false;
		add_gap(d, &c->checks[i]);
	}
}

void add_gaps(struct document *d, const struct case_file *c)
{
	add_gaps_of(d, c, CHECK_NOT_TESTED, _("Not tested, and what would test it"));
	add_gaps_of(d, c, CHECK_FAILED, _("Could not run"));
	add_gaps_of(d, c, CHECK_NOT_APPLICABLE, _("Does not apply"));
}

/* A JSON value of somebody else as printable text; the caller frees. */
static char *foreign_text(const json_t *value)
{
	if (value == NULL)
		return xstrdup("");
	if (json_is_string(value))
		return text_clean_dup(json_string_value(value), json_string_length(value), FOREIGN_TEXT);
	char *dump = json_to_text(value, false);
	char *text = text_clean_dup(dump, strlen(dump), FOREIGN_TEXT);
	free(dump);
	return text;
}

static void begin_facts(struct document *d, const char *subject)
{
	document_add(d, BLOCK_STEP, "%s", subject);
	document_begin(d, BLOCK_TABLE, 2);
	document_cell(d, _("fact"));
	document_cell(d, _("value"));
}

void begin_fact_table(struct document *d)
{
	document_begin(d, BLOCK_TABLE, 2);
	document_cell(d, _("value"));
	document_cell(d, _("what it is"));
}

void add_fact_row(struct document *d, const struct fact *fact, const char *about)
{
	char *value = fact_value_text(fact);
	char *means = about != NULL ? xasprintf("%s: %s", about, _(fact->def->means)) : xstrdup(_(fact->def->means));

	document_cell(d, value);
	document_cell(d, means);
	free(value);
	free(means);
}

/* Facts that a newer smtpdx measured: shown as they are, since nobody here knows what they mean. */
static void add_foreign_facts(struct document *d, const struct case_file *c)
{
	if (json_array_size(c->foreign_facts) == 0)
		return;
	begin_facts(d, _("Facts that this version does not know"));
	for (size_t i = 0; i < json_array_size(c->foreign_facts); i++) {
		const json_t *fact = json_array_get(c->foreign_facts, i);
		char *name = foreign_text(json_object_get(fact, "name"));
		char *value = foreign_text(json_object_get(fact, "value"));
		document_cell(d, name);
		document_cell(d, value);
		free(name);
		free(value);
	}
}

/* Single lines have a section of their own (lines.c). */
static bool is_explained_line(const struct fact *fact)
{
	return strncmp(fact->def->name, "seen.line", strlen("seen.line")) == 0 &&
	       strncmp(fact->def->name, "seen.lines", strlen("seen.lines")) != 0;
}

void add_facts(struct document *d, const struct case_file *c)
{
	const struct fact **facts = facts_by_subject(c);

	if (c->fact_count + json_array_size(c->foreign_facts) > 0)
		document_add(d, BLOCK_HEADING, "%s", _("Facts (what each one means: smtpdx help facts)"));
	for (size_t i = 0, end; i < c->fact_count; i = end) {
		end = subject_end(facts, c->fact_count, i);
		if (is_explained_line(facts[i]) || is_log_peer(c, facts[i]) ||
		    is_captured_session(c, facts[i]->subject) || is_queue_destination(facts[i]) ||
		    is_host_fact(facts[i]) || is_config_fact(c, facts[i]))
			continue;
		begin_facts(d, facts[i]->subject);
		for (size_t k = i; k < end; k++) {
			char *value = fact_value_text(facts[k]);
			document_cell(d, facts[k]->def->name);
			document_cell(d, value);
			free(value);
		}
	}
	free(facts);
	add_foreign_facts(d, c);
}

static void add_check_row(struct document *d, const struct check_result *check)
{
	char *seconds = xasprintf("%.2f s", check->seconds);

	document_cell(d, check->check);
	document_cell(d, check->subject);
	document_cell(d, check_status_text(check->status));
	document_cell(d, seconds);
	free(seconds);
}

/* The members of an object, one item each: who observed, what was answered. */
static void add_members(struct document *d, const char *title, const json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		char *name = text_clean_dup(key, strlen(key), FOREIGN_TEXT);
		char *text = foreign_text(value);
		document_item(d, NULL, "%s, %s: %s", title, name, text);
		free(name);
		free(text);
	}
}

void add_method(struct document *d, const struct case_file *c)
{
	document_add(d, BLOCK_HEADING, "%s", _("How it was measured"));
	document_item(d, NULL, _("smtpdx %s, %s, target %s (%s)"), c->version, c->created, c->target, c->direction);
	add_members(d, _("observer"), c->observer);
	add_members(d, _("answer"), c->answers);
	if (c->check_count == 0)
		return;
	document_begin(d, BLOCK_TABLE, 4);
	document_cell(d, _("check"));
	document_cell(d, _("subject"));
	document_cell(d, _("outcome"));
	document_cell(d, _("time"));
	for (size_t i = 0; i < c->check_count; i++)
		add_check_row(d, &c->checks[i]);
}
