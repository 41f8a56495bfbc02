#include "flow/protocol.h"

#include "base/i18n.h"
#include "base/xalloc.h"
#include "model/json.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX ((size_t)8192)

static const char *const type_names[] = {
    [MESSAGE_START] = "start", [MESSAGE_PROGRESS] = "progress", [MESSAGE_TALLY] = "tally",
    [MESSAGE_LINE] = "line",   [MESSAGE_FACT] = "fact",         [MESSAGE_END] = "end",
};

static int parse_type(const char *name, enum message_type *type)
{
	for (size_t i = 0; i < sizeof type_names / sizeof type_names[0]; i++) {
		if (name != NULL && strcmp(name, type_names[i]) == 0) {
			*type = (enum message_type)i;
			return 0;
		}
	}
	return -1;
}

static int need_number(const json_t *object, const char *key, double *number, struct err *err)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_number(value))
		return err_set(err, _("\"%s\" is no number"), key);
	*number = json_number_value(value);
	return 0;
}

static int need_text(const json_t *object, const char *key, char **text, struct err *err)
{
	if (!json_is_string(json_object_get(object, key)))
		return err_set(err, _("\"%s\" is no text"), key);
	*text = json_get_text(object, key, TEXT_MAX);
	return 0;
}

static int parse_line(const json_t *object, struct message *m, struct err *err)
{
	const char *dir = json_string_value(json_object_get(object, "dir"));

	if (dir == NULL || line_dir_parse(dir, &m->dir) != 0)
		return err_set(err, _("\"dir\" is none of in|out|note"));
	if (need_number(object, "t", &m->t, err) != 0)
		return -1;
	m->packet = json_get_count(object, "packet");
	return need_text(object, "text", &m->text, err);
}

static int parse_fact(json_t *object, struct message *m, struct err *err)
{
	json_object_del(object, "type"); /* what is left is the fact as a case has it */
	return fact_from_json(object, &m->fact, err);
}

static int parse_end(const json_t *object, struct message *m, struct err *err)
{
	const char *status = json_string_value(json_object_get(object, "status"));

	if (status == NULL || check_status_parse(status, &m->status) != 0)
		return err_set(err, _("\"status\" is none of done|not-applicable|not-tested|failed"));
	if (need_number(object, "seconds", &m->seconds, err) != 0)
		return -1;
	return m->status == CHECK_DONE ? 0 : need_text(object, "error", &m->error, err);
}

static int parse_object(json_t *object, struct message *m, struct err *err)
{
	if (parse_type(json_string_value(json_object_get(object, "type")), &m->type) != 0)
		return err_set(err, _("\"type\" is none of start|progress|tally|line|fact|end"));
	if (need_text(object, "subject", &m->subject, err) != 0)
		return -1;
	switch (m->type) {
	case MESSAGE_START:
		return need_number(object, "limit", &m->limit, err);
	case MESSAGE_PROGRESS:
		if (need_number(object, "limit", &m->limit, err) != 0)
			return -1;
		return need_text(object, "phase", &m->phase, err);
	case MESSAGE_TALLY:
		return tally_from_json(&m->tally, json_object_get(object, "rows"), err);
	case MESSAGE_LINE:
		return parse_line(object, m, err);
	case MESSAGE_FACT:
		return parse_fact(object, m, err);
	case MESSAGE_END:
		return parse_end(object, m, err);
	}
	return -1;
}

int message_parse(const char *line, size_t size, struct message *m, struct err *err)
{
	json_error_t why;
	json_t *object = json_loadb(line, size, JSON_REJECT_DUPLICATES, &why);

	*m = (struct message){0};
	if (!json_is_object(object)) {
		json_decref(object);
		return err_set(err, _("no JSON object"));
	}
	int result = parse_object(object, m, err);
	json_decref(object);
	if (result != 0)
		message_done(m);
	return result;
}

void message_done(struct message *m)
{
	free(m->subject);
	free(m->phase);
	free(m->text);
	free(m->error);
	fact_done(&m->fact);
	tally_done(&m->tally);
	*m = (struct message){0};
}
