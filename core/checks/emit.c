#include "checks/emit.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "model/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FOREIGN_MAX ((size_t)400) /* bytes that are kept of a text from outside */

struct emit {
	char *check;
	FILE *out;
	struct case_file *into;
};

struct emit *emit_new(const char *check, FILE *out, struct case_file *into)
{
	struct emit *e = xcalloc(1, sizeof *e);

	*e = (struct emit){.check = xstrdup(check), .out = out, .into = into};
	return e;
}

void emit_free(struct emit *e)
{
	free(e->check);
	free(e);
}

/* Takes the object over and writes it as one line. Nobody left to read it: nothing left to do. */
static void write_line(struct emit *e, json_t *object)
{
	if (e->out != NULL) {
		char *text = json_to_text(object, false);
		if (fprintf(e->out, "%s\n", text) < 0 || fflush(e->out) != 0)
			exit(3);
		free(text);
	}
	json_decref(object);
}

static json_t *message(const char *type)
{
	json_t *object = json_new_object();

	json_put_text(object, "type", type);
	return object;
}

/* Six decimals are a microsecond, finer than anything here is measured; the rest of a double is noise in a file. */
static double rounded(double value)
{
	return fabs(value) < 1e9 ? round(value * 1e6) / 1e6 : value;
}

void emit_start(struct emit *e, const char *subject, double limit)
{
	json_t *object = message("start");

	json_put_text(object, "check", e->check);
	json_put_text(object, "subject", subject);
	json_put(object, "limit", json_new_number(rounded(limit)));
	json_put_text(object, "smtpdx", SMTPDX_VERSION);
	write_line(e, object);
}

void emit_progress(struct emit *e, const char *subject, const char *phase, double limit)
{
	json_t *object = message("progress");

	json_put_text(object, "subject", subject);
	json_put_text(object, "phase", phase);
	json_put(object, "limit", json_new_number(rounded(limit)));
	write_line(e, object);
}

void emit_tally(struct emit *e, const char *subject, const struct tally *tally)
{
	json_t *object = message("tally");

	json_put_text(object, "subject", subject);
	json_put(object, "rows", tally_to_json(tally));
	write_line(e, object);
}

void emit_packet_line(struct emit *e, const char *subject, double t, enum line_dir dir, unsigned long packet,
                      const char *text)
{
	json_t *object = message("line");

	json_put_text(object, "subject", subject);
	json_put(object, "t", json_new_number(rounded(t)));
	json_put_text(object, "dir", line_dir_name(dir));
	json_put_text(object, "text", text);
	if (packet > 0)
		json_put(object, "packet", json_new_number((double)packet));
	write_line(e, object);
	if (e->into != NULL)
		case_add_line(e->into, subject, rounded(t), dir, text)->packet = packet;
}

void emit_line(struct emit *e, const char *subject, double t, enum line_dir dir, const char *text)
{
	emit_packet_line(e, subject, t, dir, 0, text);
}

/* A fact of that name and kind; a check that misspells one must not get past its first test. */
static struct fact new_fact(const struct emit *e, const char *name, const char *subject, enum fact_kind kind)
{
	const struct fact_def *def = fact_def_find(name);
	char stamp[CLOCK_STAMP_SIZE];

	if (def == NULL || (def->kind != kind && !(kind == FACT_TEXT && def->kind == FACT_WORD))) {
		char *why = xasprintf("fact \"%s\" is not in the fact table as a %s", name, fact_kind_name(kind));
		die(why);
	}
	clock_stamp(stamp);
	return (struct fact){.def = def, .subject = xstrdup(subject), .check = xstrdup(e->check), .at = xstrdup(stamp)};
}

static void write_fact(struct emit *e, struct fact *fact)
{
	json_t *object = fact_to_json(fact);

	json_put_text(object, "type", "fact");
	write_line(e, object);
	if (e->into != NULL)
		case_add_fact(e->into, fact);
	else
		fact_done(fact);
}

void emit_number(struct emit *e, const char *name, const char *subject, double value)
{
	if (!isfinite(value))
		return;
	struct fact fact = new_fact(e, name, subject, FACT_NUMBER);
	fact.number = rounded(value);
	write_fact(e, &fact);
}

void emit_text(struct emit *e, const char *name, const char *subject, const char *text)
{
	struct fact fact = new_fact(e, name, subject, FACT_TEXT);

	if (fact.def->kind == FACT_WORD && !fact_def_has_word(fact.def, text)) {
		char *why = xasprintf("fact %s: \"%s\" is none of %s", name, text, fact.def->words);
		die(why);
	}
	fact.text = xstrdup(text);
	write_fact(e, &fact);
}

void emit_positive(struct emit *e, const char *fact, const char *subject, double value)
{
	if (value > 0)
		emit_number(e, fact, subject, value);
}

void emit_clean(struct emit *e, const char *fact, const char *subject, const char *foreign)
{
	if (*foreign == '\0')
		return;
	char *clean = text_clean_dup(foreign, strlen(foreign), FOREIGN_MAX);
	emit_text(e, fact, subject, clean);
	free(clean);
}

void emit_flag(struct emit *e, const char *name, const char *subject, bool flag)
{
	struct fact fact = new_fact(e, name, subject, FACT_FLAG);

	fact.flag = flag;
	write_fact(e, &fact);
}

void emit_end(struct emit *e, const char *subject, enum check_status status, double seconds, const char *error)
{
	json_t *object = message("end");

	json_put_text(object, "check", e->check);
	json_put_text(object, "subject", subject);
	json_put_text(object, "status", check_status_name(status));
	json_put(object, "seconds", json_new_number(rounded(seconds)));
	json_put_text(object, "error", error);
	write_line(e, object);
	if (e->into != NULL)
		case_add_check(e->into, e->check, subject, status, rounded(seconds), error);
}
