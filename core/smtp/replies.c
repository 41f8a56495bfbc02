#include "smtp/replies.h"

#include "base/helpfile.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "model/fact.h"
#include "smtp/phase.h"
#include "smtp/reply.h"

#include <ctype.h>
#include <regex.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 9

struct entry {
	struct reply_row row;
	regex_t wording;
	bool has_wording;
};

struct replies {
	struct helpfile file; /* the rows point into its text */
	struct entry *entries;
	size_t count, room;
};

/* --- loading */

/* "421", "4xx", "421|451" or "": digits and x, parts of three. */
static bool is_code_list(const char *list)
{
	for (const char *p = list; *p != '\0'; p += 3 + (p[3] == '|' && p[4] != '\0')) {
		if (strspn(p, "0123456789x") < 3 || (p[3] != '\0' && p[3] != '|'))
			return false;
	}
	return true;
}

static bool is_word_of(const char *fact, const char *word)
{
	const struct fact_def *def = fact_def_find(fact);

	return def != NULL && fact_def_has_word(def, word);
}

static int check_row(const char *origin, int line, const struct reply_row *row, struct err *err)
{
	if (row->id[0] == '\0')
		return err_set(err, _("%s:%d: the row has no id"), origin, line);
	if (strcmp(row->server, "any") != 0 && !is_word_of("smtp.reply.server", row->server))
		return err_set(err, _("%s:%d: \"%s\": expected a server software or any"), origin, line, row->server);
	if (!is_code_list(row->code))
		return err_set(err, _("%s:%d: \"%s\": expected a code like 421 or 4xx, or several with | between them"),
		               origin, line, row->code);
	if (strcmp(row->phase, "any") != 0 && smtp_phase_find(row->phase) < 0)
		return err_set(err, _("%s:%d: \"%s\": expected a phase or any"), origin, line, row->phase);
	if (!is_word_of("smtp.reply.class", row->class))
		return err_set(err, _("%s:%d: \"%s\": expected a class of replies (a word of smtp.reply.class)"),
		               origin, line, row->class);
	if (row->means[0] == '\0')
		return err_set(err, _("%s:%d: the row does not say what the reply means"), origin, line);
	return 0;
}

static int compile(const char *origin, int line, struct entry *entry, struct err *err)
{
	char why[128];

	if (entry->row.wording[0] == '\0')
		return 0;
	int result = regcomp(&entry->wording, entry->row.wording, REG_EXTENDED | REG_NOSUB | REG_ICASE);
	if (result != 0) {
		regerror(result, &entry->wording, why, sizeof why);
		return err_set(err, _("%s:%d: not an extended regular expression (%s): %s"), origin, line, why,
		               entry->row.wording);
	}
	entry->has_wording = true;
	return 0;
}

/* Cuts the line at its tabs, in place. */
static int split(char *line, char *columns[COLUMNS])
{
	int count = 0;

	for (char *at = line; at != NULL;) {
		char *tab = strchr(at, '\t');
		if (tab != NULL)
			*tab++ = '\0';
		if (count < COLUMNS)
			columns[count] = at;
		count++;
		at = tab;
	}
	return count;
}

static int read_line(struct replies *replies, int number, char *line, struct err *err)
{
	const char *origin = replies->file.origin;
	char *column[COLUMNS];
	int count = split(line, column);

	if (count != COLUMNS)
		return err_set(err, _("%s:%d: %d columns, expected %d between tabs"), origin, number, count, COLUMNS);
	if (strcmp(column[0], "id") == 0)
		return 0;
	replies->entries = xgrow(replies->entries, replies->count, &replies->room, sizeof *replies->entries);
	struct entry *entry = &replies->entries[replies->count++];
	*entry = (struct entry){.row = {.id = column[0],
	                                .server = column[1],
	                                .code = column[2],
	                                .enhanced = column[3],
	                                .wording = column[4],
	                                .phase = column[5],
	                                .class = column[6],
	                                .setting = column[7],
	                                .means = column[8]}};
	if (check_row(origin, number, &entry->row, err) != 0)
		return -1;
	return compile(origin, number, entry, err);
}

static int read_lines(struct replies *replies, struct err *err)
{
	int number = 0;

	for (char *line = replies->file.text; line != NULL;) {
		char *end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		number++;
		if (line[0] != '#' && line[0] != '\0' && read_line(replies, number, line, err) != 0)
			return -1;
		line = end;
	}
	return 0;
}

struct replies *replies_load(struct err *err)
{
	struct replies *replies = xcalloc(1, sizeof *replies);

	if (helpfile_get("replies.tsv", &replies->file, err) != 0) {
		free(replies);
		return NULL;
	}
	if (read_lines(replies, err) != 0) {
		replies_free(replies);
		return NULL;
	}
	return replies;
}

void replies_free(struct replies *replies)
{
	if (replies == NULL)
		return;
	for (size_t i = 0; i < replies->count; i++)
		if (replies->entries[i].has_wording)
			regfree(&replies->entries[i].wording);
	free(replies->entries);
	helpfile_done(&replies->file);
	free(replies);
}

/* --- finding */

/* A reply taken apart. */
struct subject {
	char code[4];
	char enhanced[12];
	char text[SMTP_REPLY_KEPT];
};

/*
 * Code and enhanced code go, also where they are repeated at the start of each line of a reply that was joined:
 * "421-4.7.0 slow 421 4.7.0 down" becomes "slow down".
 */
static void take_apart(struct subject *subject, const char *reply)
{
	size_t used = 0;

	memset(subject, 0, sizeof *subject);
	if (strspn(reply, "0123456789") == 3) {
		memcpy(subject->code, reply, 3);
		reply += 3 + (reply[3] == ' ' || reply[3] == '-');
	}
	reply = smtp_reply_split(reply, subject->enhanced);
	while (*reply != '\0' && used + 1 < sizeof subject->text) {
		bool at_word = used == 0 || subject->text[used - 1] == ' ';
		if (at_word && subject->code[0] != '\0' && strncmp(reply, subject->code, 3) == 0 &&
		    (reply[3] == '-' || reply[3] == ' ')) {
			char enhanced[12];
			const char *rest = smtp_reply_split(reply + 4, enhanced);
			if (reply[3] == '-' || strcmp(enhanced, subject->enhanced) == 0) {
				reply = rest;
				continue;
			}
		}
		subject->text[used++] = *reply++;
	}
}

static bool code_fits(const char *list, const char *code)
{
	if (list[0] == '\0')
		return true;
	for (const char *p = list; *p != '\0'; p += 3 + (p[3] == '|')) {
		bool fits = code[0] != '\0';
		for (int i = 0; i < 3; i++)
			fits = fits && (p[i] == 'x' || p[i] == code[i]);
		if (fits)
			return true;
	}
	return false;
}

/* One part of a list of enhanced codes, up to its end or a |: "4.7.0", "4.x.x" where x is any number, "-" for none. */
static bool enhanced_part_fits(const char *part, const char *enhanced)
{
	if (*part == '-')
		return *enhanced == '\0';
	for (; *part != '\0' && *part != '|'; part++) {
		size_t digits = strspn(enhanced, "0123456789");
		if (*part == 'x' && digits > 0)
			enhanced += digits;
		else if (*part == *enhanced)
			enhanced++;
		else
			return false;
	}
	return *enhanced == '\0';
}

static bool enhanced_fits(const char *list, const char *enhanced)
{
	if (list[0] == '\0')
		return true;
	for (const char *part = list; part != NULL; part = strchr(part, '|')) {
		part += *part == '|';
		if (enhanced_part_fits(part, enhanced))
			return true;
	}
	return false;
}

static bool fits(const struct entry *entry, const struct subject *subject, const char *phase)
{
	const struct reply_row *row = &entry->row;

	/* A row that goes by the phase alone is none for a reply of which nobody knows when it came. */
	const bool is_any = strcmp(row->phase, "any") == 0;
	if (!is_any && (phase == NULL ? !entry->has_wording : strcmp(row->phase, phase) != 0))
		return false;
	if (!code_fits(row->code, subject->code) || !enhanced_fits(row->enhanced, subject->enhanced))
		return false;
	return !entry->has_wording || regexec(&entry->wording, subject->text, 0, NULL, 0) == 0;
}

const struct reply_row *replies_find_of(const struct replies *replies, const char *server, const char *reply,
                                        const char *phase)
{
	struct subject subject;

	take_apart(&subject, reply);
	for (size_t i = 0; server != NULL && i < replies->count; i++)
		if (strcmp(replies->entries[i].row.server, server) == 0 && fits(&replies->entries[i], &subject, phase))
			return &replies->entries[i].row;
	for (size_t i = 0; i < replies->count; i++)
		if (fits(&replies->entries[i], &subject, phase))
			return &replies->entries[i].row;
	return NULL;
}

const struct reply_row *replies_find(const struct replies *replies, const char *reply, const char *phase)
{
	return replies_find_of(replies, NULL, reply, phase);
}
