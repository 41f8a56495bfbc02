#include "model/case.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "model/json.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

static const char *const status_names[] = {
    [CHECK_DONE] = "done",
    [CHECK_NOT_APPLICABLE] = "not-applicable",
    [CHECK_NOT_TESTED] = "not-tested",
    [CHECK_FAILED] = "failed",
};

const char *check_status_name(enum check_status status)
{
	return status_names[status];
}

const char *check_status_text(enum check_status status)
{
	static const char *const texts[] = {
	    [CHECK_DONE] = N_("done"),
	    [CHECK_NOT_APPLICABLE] = N_("not applicable"),
	    [CHECK_NOT_TESTED] = N_("not tested"),
	    [CHECK_FAILED] = N_("failed"),
	};

	return _(texts[status]);
}

int check_status_parse(const char *name, enum check_status *status)
{
	for (size_t i = 0; i < sizeof status_names / sizeof status_names[0]; i++) {
		if (strcmp(name, status_names[i]) == 0) {
			*status = (enum check_status)i;
			return 0;
		}
	}
	return -1;
}

/* Who looks: a measurement is worth little without knowing from where it was made. */
static json_t *observer_new(void)
{
	json_t *observer = json_new_object();
	struct utsname name;
	char clean[256];

	if (uname(&name) != 0)
		return observer;
	json_put_text(observer, "host", text_clean(name.nodename, strlen(name.nodename), clean, sizeof clean));
	char *os = xasprintf("%s %s", name.sysname, name.release);
	json_put_text(observer, "os", text_clean(os, strlen(os), clean, sizeof clean));
	free(os);
	return observer;
}

struct case_file *case_new(const char *target)
{
	struct case_file *c = xcalloc(1, sizeof *c);
	char stamp[CLOCK_STAMP_SIZE];

	clock_stamp(stamp);
	c->version = xstrdup(SMTPDX_VERSION);
	c->created = xstrdup(stamp);
	c->observer = observer_new();
	c->target = xstrdup(target);
	c->direction = xstrdup("outbound");
	c->answers = json_new_object();
	return c;
}

static void reasons_free(struct reason *reasons, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(reasons[i].fact);
		free(reasons[i].text);
		json_decref(reasons[i].extra);
	}
	free(reasons);
}

static void finding_done(struct finding *f)
{
	free(f->cause);
	free(f->title);
	free(f->why);
	free(f->subject);
	reasons_free(f->because, f->because_count);
	reasons_free(f->against, f->against_count);
	for (size_t i = 0; i < f->fix_count; i++) {
		free(f->fixes[i].kind);
		free(f->fixes[i].where);
		free(f->fixes[i].does);
		free(f->fixes[i].command);
		free(f->fixes[i].undo);
		free(f->fixes[i].reckoning);
		free(f->fixes[i].side_effect);
		free(f->fixes[i].verify);
		json_decref(f->fixes[i].extra);
	}
	free(f->fixes);
	for (size_t i = 0; i < f->dead_end_count; i++) {
		free(f->dead_ends[i].idea);
		free(f->dead_ends[i].why);
		json_decref(f->dead_ends[i].extra);
	}
	free(f->dead_ends);
	for (size_t i = 0; i < f->see_count; i++)
		free(f->see[i]);
	free(f->see);
	free(f->message);
	json_decref(f->extra);
}

void case_clear_diagnosis(struct case_file *c)
{
	for (size_t i = 0; i < c->finding_count; i++)
		finding_done(&c->findings[i]);
	free(c->findings);
	c->findings = NULL;
	c->finding_count = c->finding_room = 0;
}

static void dialog_done(struct dialog *dialog)
{
	for (size_t i = 0; i < dialog->line_count; i++) {
		free(dialog->lines[i].text);
		json_decref(dialog->lines[i].extra);
	}
	free(dialog->lines);
	free(dialog->subject);
	free(dialog->check);
	json_decref(dialog->extra);
}

static void result_done(struct check_result *result)
{
	free(result->check);
	free(result->subject);
	free(result->error);
	json_decref(result->extra);
}

void case_free(struct case_file *c)
{
	if (c == NULL)
		return;
	case_clear_diagnosis(c);
	for (size_t i = 0; i < c->check_count; i++)
		result_done(&c->checks[i]);
	free(c->checks);
	for (size_t i = 0; i < c->fact_count; i++)
		fact_done(&c->facts[i]);
	free(c->facts);
	for (size_t i = 0; i < c->dialog_count; i++)
		dialog_done(&c->dialogs[i]);
	free(c->dialogs);
	free(c->version);
	free(c->created);
	free(c->target);
	free(c->direction);
	json_decref(c->observer);
	json_decref(c->answers);
	json_decref(c->foreign_facts);
	json_decref(c->extra);
	free(c);
}

void case_add_fact(struct case_file *c, struct fact *fact)
{
	c->facts = xgrow(c->facts, c->fact_count, &c->fact_room, sizeof *c->facts);
	c->facts[c->fact_count++] = *fact;
	*fact = (struct fact){0};
}

/* Whose check is not known may be anybody's. */
static bool is_of_check(const struct dialog *dialog, const char *check)
{
	return check == NULL || dialog->check == NULL || strcmp(dialog->check, check) == 0;
}

static bool is_about(const struct dialog *dialog, const char *subject, const char *check)
{
	return strcmp(dialog->subject, subject) == 0 && is_of_check(dialog, check);
}

static struct dialog *case_dialog(struct case_file *c, const char *check, size_t first, const char *subject)
{
	for (size_t i = first; i < c->dialog_count; i++)
		if (is_about(&c->dialogs[i], subject, check))
			return &c->dialogs[i];
	c->dialogs = xgrow(c->dialogs, c->dialog_count, &c->dialog_room, sizeof *c->dialogs);
	c->dialogs[c->dialog_count] = (struct dialog){.subject = xstrdup(subject), .check = xstrdup(check)};
	return &c->dialogs[c->dialog_count++];
}

struct dialog_line *case_add_line_of(struct case_file *c, const char *check, size_t first, const char *subject,
                                     double t, enum line_dir dir, const char *text)
{
	struct dialog *dialog = case_dialog(c, check, first, subject);

	dialog->lines = xgrow(dialog->lines, dialog->line_count, &dialog->line_room, sizeof *dialog->lines);
	dialog->lines[dialog->line_count] = (struct dialog_line){.t = t, .dir = dir, .text = xstrdup(text)};
	return &dialog->lines[dialog->line_count++];
}

struct dialog_line *case_add_line(struct case_file *c, const char *subject, double t, enum line_dir dir,
                                  const char *text)
{
	return case_add_line_of(c, NULL, 0, subject, t, dir, text);
}

const struct dialog *case_find_dialog(const struct case_file *c, const char *subject, const char *check)
{
	for (size_t i = c->dialog_count; i > 0; i--)
		if (is_about(&c->dialogs[i - 1], subject, check))
			return &c->dialogs[i - 1];
	return NULL;
}

char *case_dialog_title(const struct case_file *c, const struct dialog *dialog)
{
	size_t about = 0, of_check = 0, number = 0;

	for (size_t i = 0; i < c->dialog_count && dialog->check != NULL; i++) {
		about += is_about(&c->dialogs[i], dialog->subject, NULL);
		of_check += is_about(&c->dialogs[i], dialog->subject, dialog->check);
		if (&c->dialogs[i] == dialog)
			number = of_check;
	}
	if (of_check > 1)
		return xasprintf(_("%s, %s, run %zu"), dialog->subject, dialog->check, number);
	return about > 1 ? xasprintf("%s, %s", dialog->subject, dialog->check) : xstrdup(dialog->subject);
}

struct check_result *case_add_check(struct case_file *c, const char *check, const char *subject,
                                    enum check_status status, double seconds, const char *error)
{
	c->checks = xgrow(c->checks, c->check_count, &c->check_room, sizeof *c->checks);
	c->checks[c->check_count] = (struct check_result){
	    .check = xstrdup(check),
	    .subject = xstrdup(subject),
	    .status = status,
	    .seconds = seconds,
	    .error = xstrdup(error),
	};
	return &c->checks[c->check_count++];
}

struct finding *case_add_finding(struct case_file *c)
{
	c->findings = xgrow(c->findings, c->finding_count, &c->finding_room, sizeof *c->findings);
	c->findings[c->finding_count] = (struct finding){0};
	return &c->findings[c->finding_count++];
}

void case_remove_facts_of(struct case_file *c, const char *check)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->fact_count; i++) {
		if (strcmp(c->facts[i].check, check) == 0)
			fact_done(&c->facts[i]);
		else
			c->facts[kept++] = c->facts[i];
	}
	c->fact_count = kept;
}

static void remove_dialogs_of(struct case_file *c, const char *check, const char *subject)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->dialog_count; i++) {
		if (is_about(&c->dialogs[i], subject, check))
			dialog_done(&c->dialogs[i]);
		else
			c->dialogs[kept++] = c->dialogs[i];
	}
	c->dialog_count = kept;
}

void case_clear_attempts(struct case_file *c, const char *check)
{
	size_t kept = 0;
	bool done = false;

	for (size_t i = 0; i < c->check_count; i++) {
		const bool is_its = strcmp(c->checks[i].check, check) == 0;
		done = done || (is_its && c->checks[i].status == CHECK_DONE);
		if (is_its && c->checks[i].status != CHECK_DONE)
			result_done(&c->checks[i]);
		else
			c->checks[kept++] = c->checks[i];
	}
	c->check_count = kept;
	if (!done)
		case_remove_facts_of(c, check);
}

static bool is_measured(const struct fact *fact)
{
	return strcmp(fact->check, "derived") != 0;
}

size_t case_measured_count(const struct case_file *c)
{
	size_t count = 0;

	for (size_t i = 0; i < c->fact_count; i++)
		count += is_measured(&c->facts[i]);
	return count;
}

/* Whether one of the facts from `first` on, up to `end`, that stay says something of the same name about the same. */
static bool is_repeated(const struct case_file *c, size_t first, size_t end, const bool *dropped,
                        const struct fact *fact)
{
	for (size_t i = first; i < end; i++)
		if (!dropped[i] && is_measured(&c->facts[i]) && c->facts[i].def == fact->def &&
		    strcmp(c->facts[i].subject, fact->subject) == 0)
			return true;
	return false;
}

/* Results of earlier attempts that came to nothing are gone by then (case_clear_attempts()). */
static bool was_cut_off(const struct case_file *c, const struct fact *fact)
{
	for (size_t i = 0; i < c->check_count; i++)
		if (c->checks[i].status != CHECK_DONE && strcmp(c->checks[i].check, fact->check) == 0 &&
		    strcmp(c->checks[i].subject, fact->subject) == 0)
			return true;
	return false;
}

/* The index of the first fact behind so many that were measured. */
static size_t index_behind(const struct case_file *c, size_t known)
{
	size_t i = 0;

	for (; i < c->fact_count && known > 0; i++)
		known -= is_measured(&c->facts[i]);
	return i;
}

/* Takes facts out; the others keep their order. */
static void drop_facts(struct case_file *c, const bool *dropped)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->fact_count; i++) {
		if (dropped[i])
			fact_done(&c->facts[i]);
		else
			c->facts[kept++] = c->facts[i];
	}
	c->fact_count = kept;
}

size_t case_replace_repeated(struct case_file *c, size_t known)
{
	const size_t first = index_behind(c, known), end = c->fact_count;
	bool *dropped = xcalloc(end + 1, sizeof *dropped);
	size_t anew = 0;

	for (size_t i = first; i < end; i++) {
		const bool repeats = is_measured(&c->facts[i]) && is_repeated(c, 0, first, dropped, &c->facts[i]);
		dropped[i] = repeats && was_cut_off(c, &c->facts[i]);
		anew += repeats && !dropped[i];
	}
	for (size_t i = 0; i < first; i++)
		dropped[i] = is_measured(&c->facts[i]) && is_repeated(c, first, end, dropped, &c->facts[i]);
	drop_facts(c, dropped);
	free(dropped);
	return anew;
}

void case_clear_measurements(struct case_file *c, const char *check)
{
	size_t kept = 0;

	case_clear_diagnosis(c);
	for (size_t i = 0; i < c->check_count; i++) {
		if (strcmp(c->checks[i].check, check) == 0) {
			remove_dialogs_of(c, check, c->checks[i].subject);
			result_done(&c->checks[i]);
		} else {
			c->checks[kept++] = c->checks[i];
		}
	}
	c->check_count = kept;
	case_remove_facts_of(c, check);
}

const struct fact *case_find_fact(const struct case_file *c, const char *name, const char *subject)
{
	for (size_t i = 0; i < c->fact_count; i++)
		if (strcmp(c->facts[i].def->name, name) == 0 &&
		    (subject == NULL || strcmp(c->facts[i].subject, subject) == 0))
			return &c->facts[i];
	return NULL;
}
