/*
 * The case file smtpdx.case/1: reading, writing. Every object keeps the members that this version does not know, so
 * that a case which a newer smtpdx wrote survives being loaded and saved by an older one.
 */
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "model/case.h"
#include "model/json.h"

#include <stdlib.h>
#include <string.h>

#define SCHEMA    "smtpdx.case/1"
#define TEXT_MAX  ((size_t)65536)
#define FILE_MAX  ((size_t)64 << 20)
#define ITEMS_MAX ((size_t)1 << 20) /* elements of any one array of a loaded case */

static const char *const dir_names[] = {[LINE_IN] = "in", [LINE_OUT] = "out", [LINE_NOTE] = "note"};

const char *line_dir_name(enum line_dir dir)
{
	return dir_names[dir];
}

int line_dir_parse(const char *name, enum line_dir *dir)
{
	for (size_t i = 0; i < sizeof dir_names / sizeof dir_names[0]; i++) {
		if (strcmp(name, dir_names[i]) == 0) {
			*dir = (enum line_dir)i;
			return 0;
		}
	}
	return -1;
}

/* Writing. */

static json_t *check_to_json(const struct check_result *check)
{
	json_t *object = json_new_object();

	json_put_text(object, "check", check->check);
	json_put_text(object, "subject", check->subject);
	json_put_text(object, "status", check_status_name(check->status));
	json_put(object, "seconds", json_new_number(check->seconds));
	json_put_text(object, "error", check->error);
	json_put_extra(object, check->extra);
	return object;
}

static json_t *dialog_to_json(const struct dialog *dialog)
{
	json_t *object = json_new_object();
	json_t *lines = json_new_array();

	for (size_t i = 0; i < dialog->line_count; i++) {
		json_t *line = json_new_object();
		json_put(line, "t", json_new_number(dialog->lines[i].t));
		json_put_text(line, "dir", line_dir_name(dialog->lines[i].dir));
		json_put_text(line, "text", dialog->lines[i].text);
		if (dialog->lines[i].packet > 0)
			json_put(line, "packet", json_new_number((double)dialog->lines[i].packet));
		json_put_extra(line, dialog->lines[i].extra);
		json_append(lines, line);
	}
	json_put_text(object, "subject", dialog->subject);
	if (dialog->check != NULL)
		json_put_text(object, "check", dialog->check);
	json_put(object, "lines", lines);
	json_put_extra(object, dialog->extra);
	return object;
}

static json_t *reasons_to_json(const struct reason *reasons, size_t count)
{
	json_t *array = json_new_array();

	for (size_t i = 0; i < count; i++) {
		json_t *reason = json_new_object();
		json_put_text(reason, "fact", reasons[i].fact);
		json_put_text(reason, "text", reasons[i].text);
		json_put(reason, "weight", json_new_number(reasons[i].weight));
		json_put_extra(reason, reasons[i].extra);
		json_append(array, reason);
	}
	return array;
}

static void put_optional(json_t *object, const char *key, const char *text)
{
	if (text != NULL)
		json_put_text(object, key, text);
}

static json_t *finding_to_json(const struct finding *f)
{
	json_t *object = json_new_object();
	json_t *fixes = json_new_array();
	json_t *dead_ends = json_new_array();
	json_t *see = json_new_array();

	for (size_t i = 0; i < f->fix_count; i++) {
		json_t *fix = json_new_object();
		json_put_text(fix, "kind", f->fixes[i].kind);
		json_put_text(fix, "where", f->fixes[i].where);
		json_put_text(fix, "does", f->fixes[i].does);
		json_put_text(fix, "command", f->fixes[i].command);
		json_put_text(fix, "undo", f->fixes[i].undo);
		json_put_text(fix, "verify", f->fixes[i].verify);
		put_optional(fix, "reckoning", f->fixes[i].reckoning);
		put_optional(fix, "side_effect", f->fixes[i].side_effect);
		json_put_extra(fix, f->fixes[i].extra);
		json_append(fixes, fix);
	}
	for (size_t i = 0; i < f->dead_end_count; i++) {
		json_t *dead_end = json_new_object();
		json_put_text(dead_end, "idea", f->dead_ends[i].idea);
		json_put_text(dead_end, "why", f->dead_ends[i].why);
		json_put_extra(dead_end, f->dead_ends[i].extra);
		json_append(dead_ends, dead_end);
	}
	for (size_t i = 0; i < f->see_count; i++)
		json_append(see, json_string(f->see[i]));
	json_put_text(object, "cause", f->cause);
	json_put_text(object, "title", f->title);
	json_put_text(object, "why", f->why);
	json_put(object, "probability", json_new_number(f->probability));
	json_put_text(object, "subject", f->subject);
	json_put(object, "because", reasons_to_json(f->because, f->because_count));
	json_put(object, "against", reasons_to_json(f->against, f->against_count));
	json_put(object, "fixes", fixes);
	json_put(object, "dead_ends", dead_ends);
	json_put(object, "see", see);
	put_optional(object, "message", f->message);
	json_put_extra(object, f->extra);
	return object;
}

json_t *case_to_json(const struct case_file *c)
{
	json_t *root = json_new_object();
	json_t *checks = json_new_array();
	json_t *facts = json_new_array();
	json_t *dialogs = json_new_array();
	json_t *diagnosis = json_new_array();

	for (size_t i = 0; i < c->check_count; i++)
		json_append(checks, check_to_json(&c->checks[i]));
	for (size_t i = 0; i < c->fact_count; i++)
		json_append(facts, fact_to_json(&c->facts[i]));
	for (size_t i = 0; i < json_array_size(c->foreign_facts); i++)
		json_append(facts, json_deep_copy(json_array_get(c->foreign_facts, i)));
	for (size_t i = 0; i < c->dialog_count; i++)
		json_append(dialogs, dialog_to_json(&c->dialogs[i]));
	for (size_t i = 0; i < c->finding_count; i++)
		json_append(diagnosis, finding_to_json(&c->findings[i]));
	json_put_text(root, "schema", SCHEMA);
	json_put_text(root, "smtpdx", c->version);
	json_put_text(root, "created", c->created);
	json_put(root, "observer", json_deep_copy(c->observer));
	json_put_text(root, "target", c->target);
	json_put_text(root, "direction", c->direction);
	json_put(root, "answers", json_deep_copy(c->answers));
	json_put(root, "checks", checks);
	json_put(root, "facts", facts);
	json_put(root, "dialogs", dialogs);
	json_put(root, "diagnosis", diagnosis);
	json_put_extra(root, c->extra);
	return root;
}

/* Reading. Each reader returns 0, or -1 with the reason in err. */

struct reader {
	const char *origin;
	struct err *err;
};

static int wrong(const struct reader *in, const char *where, const char *expected)
{
	return err_set(in->err, _("%s: \"%s\": expected %s"), in->origin, where, expected);
}

/* The member as an array of objects of bounded size; *array is NULL when the member is not there. */
static int read_array(const struct reader *in, const json_t *object, const char *key, const json_t **array)
{
	*array = json_object_get(object, key);
	if (*array == NULL)
		return 0;
	if (!json_is_array(*array))
		return wrong(in, key, _("a list"));
	if (json_array_size(*array) > ITEMS_MAX)
		return wrong(in, key, _("a shorter list"));
	for (size_t i = 0; i < json_array_size(*array); i++)
		if (!json_is_object(json_array_get(*array, i)))
			return wrong(in, key, _("a list of objects"));
	return 0;
}

static int read_checks(const struct reader *in, const json_t *root, struct case_file *c)
{
	static const char *const known[] = {"check", "subject", "status", "seconds", "error", NULL};
	const json_t *array;

	if (read_array(in, root, "checks", &array) != 0)
		return -1;
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *object = json_array_get(array, i);
		const char *status_name = json_string_value(json_object_get(object, "status"));
		enum check_status status;
		if (status_name == NULL || check_status_parse(status_name, &status) != 0)
			return wrong(in, "checks.status", "done|not-applicable|not-tested|failed");
		char *check = json_get_text(object, "check", TEXT_MAX);
		char *subject = json_get_text(object, "subject", TEXT_MAX);
		char *error =
		    json_is_string(json_object_get(object, "error")) ? json_get_text(object, "error", TEXT_MAX) : NULL;
		struct check_result *result = case_add_check(
		    c, check, subject, status, json_number_value(json_object_get(object, "seconds")), error);
		result->extra = json_get_extra(object, known);
		free(check);
		free(subject);
		free(error);
	}
	return 0;
}

static int read_facts(const struct reader *in, const json_t *root, struct case_file *c)
{
	const json_t *array;

	if (read_array(in, root, "facts", &array) != 0)
		return -1;
	for (size_t i = 0; i < json_array_size(array); i++) {
		json_t *object = json_array_get(array, i);
		const char *name = json_string_value(json_object_get(object, "name"));
		struct fact fact;
		struct err why;
		if (name != NULL && fact_def_find(name) == NULL) { /* of a newer version: kept, not understood */
			if (c->foreign_facts == NULL)
				c->foreign_facts = json_new_array();
			json_append(c->foreign_facts, json_deep_copy(object));
			continue;
		}
		if (fact_from_json(object, &fact, &why) != 0)
			return err_set(in->err, "%s: %s", in->origin, why.text);
		case_add_fact(c, &fact);
	}
	return 0;
}

static int read_dialog(const struct reader *in, const json_t *object, struct dialog *dialog)
{
	static const char *const known[] = {"t", "dir", "text", "packet", NULL};
	const json_t *array;

	if (read_array(in, object, "lines", &array) != 0)
		return -1;
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *line = json_array_get(array, i);
		const char *dir_name = json_string_value(json_object_get(line, "dir"));
		enum line_dir dir;
		if (dir_name == NULL || line_dir_parse(dir_name, &dir) != 0)
			return wrong(in, "dialogs.lines.dir", "in|out|note");
		dialog->lines = xgrow(dialog->lines, dialog->line_count, &dialog->line_room, sizeof *dialog->lines);
		dialog->lines[dialog->line_count++] = (struct dialog_line){
		    .t = json_number_value(json_object_get(line, "t")),
		    .dir = dir,
		    .text = json_get_text(line, "text", TEXT_MAX),
		    .packet = json_get_count(line, "packet"),
		    .extra = json_get_extra(line, known),
		};
	}
	return 0;
}

static int read_dialogs(const struct reader *in, const json_t *root, struct case_file *c)
{
	static const char *const known[] = {"subject", "check", "lines", NULL};
	const json_t *array;

	if (read_array(in, root, "dialogs", &array) != 0)
		return -1;
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *object = json_array_get(array, i);
		c->dialogs = xgrow(c->dialogs, c->dialog_count, &c->dialog_room, sizeof *c->dialogs);
		struct dialog *dialog = &c->dialogs[c->dialog_count++];
		*dialog = (struct dialog){
		    .subject = json_get_text(object, "subject", TEXT_MAX),
		    .check = json_object_get(object, "check") != NULL ? json_get_text(object, "check", TEXT_MAX) : NULL,
		    .extra = json_get_extra(object, known),
		};
		if (read_dialog(in, object, dialog) != 0)
			return -1;
	}
	return 0;
}

static int read_reasons(const struct reader *in, const json_t *object, const char *key, struct reason **reasons,
                        size_t *count, size_t *room)
{
	static const char *const known[] = {"fact", "text", "weight", NULL};
	const json_t *array;

	if (read_array(in, object, key, &array) != 0)
		return -1;
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *reason = json_array_get(array, i);
		*reasons = xgrow(*reasons, *count, room, sizeof **reasons);
		(*reasons)[(*count)++] = (struct reason){
		    .fact = json_get_text(reason, "fact", TEXT_MAX),
		    .text = json_get_text(reason, "text", TEXT_MAX),
		    .weight = json_number_value(json_object_get(reason, "weight")),
		    .extra = json_get_extra(reason, known),
		};
	}
	return 0;
}

static char *get_optional(const json_t *object, const char *key)
{
	return json_object_get(object, key) != NULL ? json_get_lines(object, key, TEXT_MAX) : NULL;
}

static int read_fixes(const struct reader *in, const json_t *object, struct finding *f)
{
	static const char *const known[] = {"kind",   "where",     "does",        "command", "undo",
	                                    "verify", "reckoning", "side_effect", NULL};
	const json_t *array;

	if (read_array(in, object, "fixes", &array) != 0)
		return -1;
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *fix = json_array_get(array, i);
		f->fixes = xgrow(f->fixes, f->fix_count, &f->fix_room, sizeof *f->fixes);
		f->fixes[f->fix_count++] = (struct fix){
		    .kind = json_get_text(fix, "kind", TEXT_MAX),
		    .where = json_get_text(fix, "where", TEXT_MAX),
		    .does = json_get_text(fix, "does", TEXT_MAX),
		    .command = json_get_lines(fix, "command", TEXT_MAX),
		    .undo = json_get_lines(fix, "undo", TEXT_MAX),
		    .verify = json_get_lines(fix, "verify", TEXT_MAX),
		    .reckoning = get_optional(fix, "reckoning"),
		    .side_effect = get_optional(fix, "side_effect"),
		    .extra = json_get_extra(fix, known),
		};
	}
	return 0;
}

static int read_dead_ends(const struct reader *in, const json_t *object, struct finding *f)
{
	static const char *const known[] = {"idea", "why", NULL};
	const json_t *array;

	if (read_array(in, object, "dead_ends", &array) != 0)
		return -1;
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *dead_end = json_array_get(array, i);
		f->dead_ends = xgrow(f->dead_ends, f->dead_end_count, &f->dead_end_room, sizeof *f->dead_ends);
		f->dead_ends[f->dead_end_count++] = (struct dead_end){
		    .idea = json_get_text(dead_end, "idea", TEXT_MAX),
		    .why = json_get_text(dead_end, "why", TEXT_MAX),
		    .extra = json_get_extra(dead_end, known),
		};
	}
	return 0;
}

static int read_see(const struct reader *in, const json_t *object, struct finding *f)
{
	const json_t *see = json_object_get(object, "see");

	for (size_t i = 0; i < json_array_size(see); i++) {
		const json_t *text = json_array_get(see, i);
		if (!json_is_string(text))
			return wrong(in, "see", _("a list of texts"));
		f->see = xgrow(f->see, f->see_count, &f->see_room, sizeof *f->see);
		f->see[f->see_count++] = text_clean_dup(json_string_value(text), json_string_length(text), TEXT_MAX);
	}
	return 0;
}

static int read_diagnosis(const struct reader *in, const json_t *root, struct case_file *c)
{
	static const char *const known[] = {"cause",   "title", "why",       "probability", "subject", "because",
	                                    "against", "fixes", "dead_ends", "see",         "message", NULL};
	const json_t *array;

	if (read_array(in, root, "diagnosis", &array) != 0)
		return -1;
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *object = json_array_get(array, i);
		struct finding *f = case_add_finding(c);
		f->cause = json_get_text(object, "cause", TEXT_MAX);
		f->title = json_get_text(object, "title", TEXT_MAX);
		f->why = json_get_lines(object, "why", TEXT_MAX);
		f->probability = json_number_value(json_object_get(object, "probability"));
		f->subject = json_get_text(object, "subject", TEXT_MAX);
		f->message = get_optional(object, "message");
		f->extra = json_get_extra(object, known);
		if (read_reasons(in, object, "because", &f->because, &f->because_count, &f->because_room) != 0 ||
		    read_reasons(in, object, "against", &f->against, &f->against_count, &f->against_room) != 0 ||
		    read_fixes(in, object, f) != 0 || read_dead_ends(in, object, f) != 0 ||
		    read_see(in, object, f) != 0)
			return -1;
	}
	return 0;
}

/* A member that must be an object; an empty one when it is not there. */
static json_t *read_object(const json_t *root, const char *key)
{
	json_t *object = json_object_get(root, key);

	return json_is_object(object) ? json_deep_copy(object) : json_new_object();
}

struct case_file *case_from_json(const json_t *root, const char *origin, struct err *err)
{
	static const char *const known[] = {"schema",  "smtpdx", "created", "observer", "target",    "direction",
	                                    "answers", "checks", "facts",   "dialogs",  "diagnosis", NULL};
	const struct reader in = {.origin = origin, .err = err};
	const char *schema = json_string_value(json_object_get(root, "schema"));

	if (schema == NULL || strcmp(schema, SCHEMA) != 0) {
		wrong(&in, "schema", SCHEMA);
		return NULL;
	}
	struct case_file *c = xcalloc(1, sizeof *c);
	c->version = json_get_text(root, "smtpdx", TEXT_MAX);
	c->created = json_get_text(root, "created", TEXT_MAX);
	c->target = json_get_text(root, "target", TEXT_MAX);
	c->direction = json_get_text(root, "direction", TEXT_MAX);
	c->observer = read_object(root, "observer");
	c->answers = read_object(root, "answers");
	c->extra = json_get_extra(root, known);
	if (read_checks(&in, root, c) != 0 || read_facts(&in, root, c) != 0 || read_dialogs(&in, root, c) != 0 ||
	    read_diagnosis(&in, root, c) != 0) {
		case_free(c);
		return NULL;
	}
	return c;
}

struct case_file *case_load(const char *path, struct err *err)
{
	json_error_t parse;
	size_t size;
	char *text = file_read(path, FILE_MAX, &size, err);

	if (text == NULL)
		return NULL;
	json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &parse);
	free(text);
	if (root == NULL) {
		err_set(err, _("%s:%d: not a case file: %s"), path, parse.line, parse.text);
		return NULL;
	}
	struct case_file *c = case_from_json(root, path, err);
	json_decref(root);
	return c;
}

int case_save(const struct case_file *c, const char *path, struct err *err)
{
	json_t *root = case_to_json(c);
	char *text = json_to_text(root, true);

	json_decref(root);
	int result = file_replace(path, text, strlen(text), err);
	free(text);
	return result;
}
