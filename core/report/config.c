/*
 * config - the section with the read-out of a mail server's configuration: what explains the symptom first, then what is
 * not as the software comes, then the rest
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "report/sections.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define ROW     "config.setting.value"
#define SERVICE "config.software"
#define LIKELY  0.2 /* a cause that is at least so probable has reasons worth a flag */

enum rank { EXPLAINS, DIFFERS, AS_IT_COMES, RANKS };

/* One setting: its facts, next to each other in facts_by_subject(). */
struct row {
	const struct fact *const *facts;
	size_t count;
	const char *name; /* of the setting, into the subject */
	enum rank rank;
};

static const struct fact *row_find(const struct row *row, const char *part)
{
	char *name = xasprintf("config.setting.%s", part);
	const struct fact *found = NULL;

	for (size_t i = 0; i < row->count && found == NULL; i++)
		if (strcmp(row->facts[i]->def->name, name) == 0)
			found = row->facts[i];
	free(name);
	return found;
}

bool is_config_fact(const struct case_file *c, const struct fact *fact)
{
	return strncmp(fact->def->name, "config.setting.", 15) == 0 ||
	       (strncmp(fact->def->name, "config.", 7) == 0 && case_find_fact(c, SERVICE, fact->subject) != NULL);
}

/* --- what explains the symptom */

/* Whether one of the likely causes has a reason that rests on this role. */
static bool is_reason(const struct case_file *c, const char *role)
{
	char *fact = xasprintf("config.%s", role);
	const size_t size = strlen(fact);
	bool found = false;

	for (size_t i = 0; i < c->finding_count && !found; i++) {
		const struct finding *finding = &c->findings[i];
		for (size_t k = 0; k < finding->because_count && finding->probability >= LIKELY && !found; k++) {
			const char *reason = finding->because[k].fact;
			found = (strncmp(reason, fact, size) == 0 && (reason[size] == '\0' || reason[size] == '.')) ||
			        (strcmp(reason, "config.patience") == 0 && strcmp(role, "server-timeout") == 0);
		}
	}
	free(fact);
	return found;
}

static bool is_name_character(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.';
}

static bool has_word(const char *text, const char *word)
{
	const size_t size = strlen(word);

	for (const char *p = strstr(text, word); p != NULL; p = strstr(p + 1, word))
		if ((p == text || !is_name_character(p[-1])) && !is_name_character(p[size]))
			return true;
	return false;
}

/* Whether a reply or a line of the evidence is known to be governed by the setting. */
static bool governs(const struct case_file *c, const char *setting)
{
	static const char *const names[] = {"smtp.reply.setting", "log.timer.setting", "seen.line.setting"};

	for (size_t i = 0; i < c->fact_count; i++)
		for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
			if (strcmp(c->facts[i].def->name, names[k]) == 0 && has_word(c->facts[i].text, setting))
				return true;
	return false;
}

static enum rank rank_of(const struct case_file *c, const struct row *row)
{
	const struct fact *role = row_find(row, "role");

	if (row_find(row, "fault") != NULL || governs(c, row->name) || (role != NULL && is_reason(c, role->text)))
		return EXPLAINS;
	return row_find(row, "default") != NULL ? DIFFERS : AS_IT_COMES;
}

/* --- the table */

/* What is to be known about a value, after it. */
static void say(struct buf *text, const char *words, const struct fact *value)
{
	char *shown;

	if (value == NULL)
		return;
	shown = fact_value_text(value);
	buf_printf(text, "; %s %s", words, *shown != '\0' ? shown : _("nothing"));
	free(shown);
}

/* The least that the standard wants, when the value is below it, normally or under stress. */
static void say_minimum(struct buf *text, const struct row *row)
{
	const struct fact *minimum = row_find(row, "minimum"), *stress = row_find(row, "stress");

	if (minimum == NULL)
		return;
	const double least = strtod(minimum->text, NULL);
	if (strtod(row_find(row, "value")->text, NULL) < least ||
	    (stress != NULL && strtod(stress->text, NULL) < least))
		say(text, _("RFC 5321 wants at least"), minimum);
}

static void add_row(struct document *d, const struct row *row)
{
	const struct fact *value = row_find(row, "value"), *origin = row_find(row, "origin"),
			  *line = row_find(row, "line"), *file = row_find(row, "file"), *macro = row_find(row, "macro");
	char *setting = xasprintf("%s%s", row->rank == EXPLAINS ? "! " : "  ", row->name);
	struct buf text;

	buf_init(&text, 4096);
	buf_puts(&text, *value->text != '\0' ? value->text : "-");
	say(&text, _("under stress"), row_find(row, "stress"));
	say(&text, _("default"), row_find(row, "default"));
	say_minimum(&text, row);
	say(&text, _("set in"), file != NULL ? file : origin);
	if (macro != NULL)
		buf_printf(&text, _(", macro %s,"), macro->text);
	if (line != NULL)
		buf_printf(&text, _(" line %.0f"), line->number);
	say(&text, _("fault:"), row_find(row, "fault"));
	document_cell(d, setting);
	document_cell(d, text.text);
	buf_done(&text);
	free(setting);
}

/* The rows of a service: those whose subject is "SERVICE: SETTING". The caller frees. */
static struct row *rows_of(const struct case_file *c, const struct fact *const *facts, const char *service,
                           size_t *count)
{
	struct row *rows = NULL;
	size_t room = 0, size = strlen(service);

	*count = 0;
	for (size_t i = 0, end; i < c->fact_count; i = end) {
		const char *subject = facts[i]->subject;
		end = subject_end(facts, c->fact_count, i);
		if (strncmp(subject, service, size) != 0 || strncmp(subject + size, ": ", 2) != 0)
			continue;
		struct row row = {.facts = facts + i, .count = end - i, .name = subject + size + 2};
		if (row_find(&row, "value") == NULL)
			continue;
		row.rank = rank_of(c, &row);
		rows = xgrow(rows, *count, &room, sizeof *rows);
		rows[(*count)++] = row;
	}
	return rows;
}

static void add_text(struct buf *text, const char *before, const struct fact *fact)
{
	if (fact == NULL)
		return;
	char *value = fact_value_text(fact);
	buf_printf(text, "%s%s", before, value);
	free(value);
}

/* "postfix smtp/inet, version 3.7.11, from /etc/postfix" */
static void add_title(struct document *d, const struct case_file *c, const char *service)
{
	struct buf text;

	buf_init(&text, 4096);
	buf_puts(&text, service);
	add_text(&text, _(", version "), case_find_fact(c, "config.version", service));
	add_text(&text, _(", port "), case_find_fact(c, "config.port", service));
	add_text(&text, _(", from "), case_find_fact(c, "config.path", service));
	document_add(d, BLOCK_STEP, "%s", text.text);
	buf_done(&text);
	const struct fact *stress = case_find_fact(c, "config.stress", service);
	if (stress != NULL && stress->flag)
		document_add(d, BLOCK_PARAGRAPH, "%s", _("It runs under stress now."));
	for (size_t i = 0; i < c->fact_count; i++)
		if (strcmp(c->facts[i].def->name, "config.fault") == 0 && strcmp(c->facts[i].subject, service) == 0)
			document_add(d, BLOCK_PARAGRAPH, _("Fault: %s."), c->facts[i].text);
}

static void add_service(struct document *d, const struct case_file *c, const struct fact *const *facts,
                        const char *service)
{
	size_t count;
	struct row *rows = rows_of(c, facts, service, &count);

	add_title(d, c, service);
	if (count == 0) {
		document_add(d, BLOCK_PARAGRAPH, "%s", _("As above."));
	} else {
		document_begin(d, BLOCK_TABLE, 2);
		document_cell(d, _("  Setting"));
		document_cell(d, _("Value"));
	}
	for (enum rank rank = EXPLAINS; rank < RANKS; rank++)
		for (size_t i = 0; i < count; i++)
			if (rows[i].rank == rank)
				add_row(d, &rows[i]);
	free(rows);
}

static bool has_match(const struct case_file *c, const char *word)
{
	for (size_t i = 0; i < c->fact_count; i++)
		if (strcmp(c->facts[i].def->name, "config.match") == 0 && strcmp(c->facts[i].text, word) == 0)
			return true;
	return false;
}

/* Whose it is, where it could be somebody else's. */
static void add_match(struct document *d, const struct case_file *c)
{
	if (has_match(c, "address") || has_match(c, "name"))
		return;
	if (has_match(c, "port"))
		document_add(
		    d, BLOCK_PARAGRAPH, "%s",
		    _("It is taken for the server that was probed since the port is the same; nothing else tells."));
	else if (has_match(c, "none"))
		document_add(d, BLOCK_PARAGRAPH, "%s",
		             _("No server that was probed is this one: its port, name or software is another. So it "
		               "explains nothing here."));
}

/* Services in the order in which they were read; then settings that were found among other lines. */
void add_config(struct document *d, const struct case_file *c)
{
	const struct fact **facts = facts_by_subject(c);
	bool begun = false;

	for (size_t i = 0; i < c->fact_count; i++) {
		const struct fact *fact = &c->facts[i];
		if (strcmp(fact->def->name, SERVICE) != 0)
			continue;
		if (!begun) {
			document_add(d, BLOCK_HEADING, "%s", _("What the mail server is set to"));
			document_add(
			    d, BLOCK_PARAGRAPH, "%s",
			    _("Marked with ! : what explains the symptom, or cannot be right. Then what is not as "
			      "the software comes, then the rest."));
			add_match(d, c);
		}
		begun = true;
		add_service(d, c, facts, fact->subject);
	}
	free(facts);
}
