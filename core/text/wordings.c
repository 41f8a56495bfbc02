#include "text/wordings.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/table.h"
#include "base/xalloc.h"
#include "model/fact.h"
#include "smtp/phase.h"

#include <regex.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LITERAL_MAX  40
#define LITERAL_MIN  3           /* shorter ones are in most lines */
#define LITERALS_MAX 2000        /* bytes of all of a row */
#define BUILT_IN     "built-in " /* how the origin of a file begins that a site has not replaced */

enum { ID, SERVER, SIDE, PHASE, CLASS, SETTING, WORDING, MEANS, COLUMNS };

struct entry {
	struct wording row;
	const char *expression;
	regex_t wording; /* once compiled */
	bool compiled;
	char *
	    literals; /* no line without one of them can fit, which rules most rows out; they follow each other, "" is the end */
};

struct wordings {
	struct table table; /* the rows point into its text */
	struct entry *entries;
	size_t count;
};

/* The end of a bracket expression that begins at `p`. */
static const char *bracket_end(const char *p)
{
	p++;
	p += *p == '^';
	p += *p == ']';
	return p + strcspn(p, "]");
}

/* The end of a group that begins at `p`. */
static const char *group_end(const char *p)
{
	int depth = 0;

	for (; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '[')
			p = bracket_end(p);
		else if (*p == '(')
			depth++;
		else if (*p == ')' && --depth == 0)
			break;
		if (*p == '\0')
			break;
	}
	return p;
}

/* Where the quantifier after `p` ends, or `p` when there is none. */
static const char *quantifier_end(const char *p)
{
	if (p[1] == '{')
		return p + 1 + strcspn(p + 1, "}");
	return p[1] != '\0' && strchr("*?+", p[1]) != NULL ? p + 1 : p;
}

/* Keeps the run if it is the longest so far, and begins a new one. */
static void end_run(char *run, size_t *length, char *literal, size_t room)
{
	run[*length] = '\0';
	if (*length > strlen(literal) && *length < room)
		memcpy(literal, run, *length + 1);
	*length = 0;
}

void wording_literal(const char *expression, char *literal, size_t room)
{
	char run[LITERAL_MAX];
	size_t length = 0;

	literal[0] = '\0';
	for (const char *p = expression; *p != '\0'; p++) {
		char c = *p;
		if (c == '|') { /* of the whole expression: nothing is in every match */
			literal[0] = '\0';
			return;
		}
		if (c == '\\' && p[1] != '\0')
			c = *++p;
		else if (c == '[' || c == '(' || strchr(".^$)", c) != NULL) {
			end_run(run, &length, literal, room);
			p = c == '[' ? bracket_end(p) : c == '(' ? group_end(p) : p;
			if (*p == '\0')
				return;
			p = quantifier_end(p);
			continue;
		}
		if (p[1] != '\0' && strchr("*?{", p[1]) != NULL) { /* may be absent */
			end_run(run, &length, literal, room);
			p = quantifier_end(p);
			continue;
		}
		if (length + 1 >= sizeof run)
			end_run(run, &length, literal, room);
		run[length++] = c;
		if (p[1] == '+') {
			end_run(run, &length, literal, room);
			p++;
		}
	}
	end_run(run, &length, literal, room);
}

/* The end of the alternative that begins at `p`: a |, the ) of the group around it, or the end. */
static const char *alternative_end(const char *p)
{
	for (; *p != '\0' && *p != '|' && *p != ')'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '[')
			p = bracket_end(p);
		else if (*p == '(')
			p = group_end(p);
		if (*p == '\0')
			break;
	}
	return p;
}

static bool add_alternatives(const char *p, struct buf *literals);

/* Texts of which each match of the alternative [p, end) contains one. False when that cannot be told easily. */
static bool add_alternative(const char *p, const char *end, struct buf *literals)
{
	char literal[LITERAL_MAX];
	char *alone = xstrndup(p, (size_t)(end - p));

	wording_literal(alone, literal, sizeof literal);
	free(alone);
	if (strlen(literal) >= LITERAL_MIN) {
		buf_add(literals, literal, strlen(literal) + 1);
		return true;
	}
	for (; p < end; p++) {
		const size_t before = literals->size;
		if (*p == '\\')
			p++;
		else if (*p == '[')
			p = bracket_end(p);
		else if (*p == '(') {
			const char *close = group_end(p);
			if (strchr("?*{", close[1]) == NULL || close[1] == '\0') {
				if (add_alternatives(p + 1, literals))
					return true;
				literals->size = before;
			}
			p = close;
		}
	}
	return false;
}

/* The same for all alternatives from `p` on. */
static bool add_alternatives(const char *p, struct buf *literals)
{
	for (;; p++) {
		const char *end = alternative_end(p);
		if (!add_alternative(p, end, literals))
			return false;
		if (*end != '|')
			return true;
		p = end;
	}
}

static char *literals_of(const char *expression)
{
	struct buf literals;

	buf_init(&literals, LITERALS_MAX);
	if (!add_alternatives(expression, &literals) || literals.cut)
		buf_clear(&literals); /* one empty text, which every line contains */
	else
		buf_add(&literals, "", 1);
	return buf_take(&literals);
}

static int check_row(const char *origin, int line, const struct wording *row, struct err *err)
{
	const struct fact_def *says = fact_def_find("seen.says");

	if (row->id[0] == '\0')
		return err_set(err, _("%s:%d: the row has no id"), origin, line);
	if (strcmp(row->phase, "any") != 0 && smtp_phase_find(row->phase) < 0)
		return err_set(err, _("%s:%d: \"%s\": expected a phase or any"), origin, line, row->phase);
	if (says == NULL || !fact_def_has_word(says, row->class))
		return err_set(err, _("%s:%d: \"%s\": expected a class of lines (a word of seen.says)"), origin, line,
		               row->class);
	if (row->means == NULL || row->means[0] == '\0')
		return err_set(err, _("%s:%d: the row does not say what the line means"), origin, line);
	return 0;
}

/* -1 with the reason when the row holds no extended regular expression. */
static int compile(struct entry *entry, char *why, size_t room)
{
	const int result = regcomp(&entry->wording, entry->expression, REG_EXTENDED | REG_NOSUB);

	entry->compiled = result == 0;
	if (result != 0)
		regerror(result, &entry->wording, why, room);
	return result == 0 ? 0 : -1;
}

static int read_row(struct wordings *wordings, const struct table_row *from, struct err *err)
{
	const char *origin = wordings->table.file.origin;
	struct entry *entry = &wordings->entries[wordings->count];
	char why[128];

	entry->row = (struct wording){.id = from->column[ID],
	                              .server = from->column[SERVER],
	                              .side = from->column[SIDE],
	                              .phase = from->column[PHASE],
	                              .class = from->column[CLASS],
	                              .setting = from->column[SETTING],
	                              .means = from->column[MEANS]};
	/* Rows of another class that come in between would lend their meaning to those below. */
	if (strcmp(entry->row.means, "=") == 0)
		entry->row.means = wordings->count > 0 && strcmp(entry[-1].row.class, entry->row.class) == 0
		                       ? entry[-1].row.means
		                       : NULL;
	if (check_row(origin, from->line, &entry->row, err) != 0)
		return -1;
	entry->expression = from->column[WORDING];
	/* Rows of ours are proved by the tests; compiling all thousand of them takes longer than most files take to read. */
	if (strncmp(origin, BUILT_IN, strlen(BUILT_IN)) != 0 && compile(entry, why, sizeof why) != 0)
		return err_set(err, _("%s:%d: not an extended regular expression (%s): %s"), origin, from->line, why,
		               entry->expression);
	wordings->count++;
	entry->literals = literals_of(from->column[WORDING]);
	return 0;
}

struct wordings *wordings_load(struct err *err)
{
	struct wordings *wordings = xcalloc(1, sizeof *wordings);

	if (table_load("lines.tsv", COLUMNS, &wordings->table, err) != 0) {
		free(wordings);
		return NULL;
	}
	wordings->entries = xcalloc(wordings->table.count + 1, sizeof *wordings->entries);
	for (size_t i = 0; i < wordings->table.count; i++) {
		if (read_row(wordings, &wordings->table.rows[i], err) != 0) {
			wordings_free(wordings);
			return NULL;
		}
	}
	return wordings;
}

void wordings_free(struct wordings *wordings)
{
	if (wordings == NULL)
		return;
	for (size_t i = 0; i < wordings->count; i++) {
		free(wordings->entries[i].literals);
		if (wordings->entries[i].compiled)
			regfree(&wordings->entries[i].wording);
	}
	free(wordings->entries);
	table_done(&wordings->table);
	free(wordings);
}

static bool has_literal(const char *line, const char *literals)
{
	for (const char *literal = literals; *literal != '\0'; literal += strlen(literal) + 1)
		if (strstr(line, literal) != NULL)
			return true;
	return *literals == '\0';
}

static bool fits(struct entry *entry, const char *line)
{
	char why[128];

	if (!has_literal(line, entry->literals) || (!entry->compiled && compile(entry, why, sizeof why) != 0))
		return false;
	return regexec(&entry->wording, line, 0, NULL, 0) == 0;
}

const struct wording *wordings_find(const struct wordings *wordings, const char *line)
{
	for (size_t i = 0; i < wordings->count; i++)
		if (fits(&wordings->entries[i], line))
			return &wordings->entries[i].row;
	return NULL;
}

const struct wording *wordings_find_among(const struct wordings *wordings, const char *line,
                                          bool (*may)(const struct wording *row))
{
	for (size_t i = 0; i < wordings->count; i++)
		if (may(&wordings->entries[i].row) && fits(&wordings->entries[i], line))
			return &wordings->entries[i].row;
	return NULL;
}

size_t wordings_find_remarks(const struct wordings *wordings, const char *line, const struct wording **found,
                             size_t room)
{
	size_t count = 0;

	for (size_t i = 0; i < wordings->count && count < room; i++)
		if (strcmp(wordings->entries[i].row.side, "remark") == 0 && fits(&wordings->entries[i], line))
			found[count++] = &wordings->entries[i].row;
	return count;
}

size_t wordings_count(const struct wordings *wordings)
{
	return wordings->count;
}

const struct wording *wordings_row(const struct wordings *wordings, size_t index)
{
	return &wordings->entries[index].row;
}
