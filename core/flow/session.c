#include "base/i18n.h"
#include "base/xalloc.h"
#include "diagnose/diagnose.h"
#include "flow/session_state.h"
#include "model/redact.h"
#include "report/report.h"

#include <stdlib.h>

#define SAID_MAX   ((size_t)64 << 10)
#define REPORT_MAX ((size_t)64 << 20)

/* ---- beginning and ending */

static void copy_options(struct session *s, const struct session_options *options)
{
	s->redact = options->redact;
	if (options->settings != NULL)
		settings_copy(&s->settings, options->settings);
	if (options->selection != NULL) {
		s->only = xstrdup(options->selection->only);
		s->skip = xstrdup(options->selection->skip);
	}
}

int session_enter_walk(struct session *s, const char *name, struct err *err)
{
	struct walk *walk = walk_load(name, err);

	if (walk == NULL)
		return -1;
	s->walks = xgrow(s->walks, s->walk_count, &s->walk_room, sizeof *s->walks);
	s->walks[s->walk_count++] = walk;
	s->walk = walk;
	s->at = 0;
	return 0;
}

struct session *session_new(const char *walk, const struct session_options *options, struct err *err)
{
	struct session *s = xcalloc(1, sizeof *s);

	buf_init(&s->said, SAID_MAX);
	copy_options(s, options);
	s->c = case_new(_("(not known yet)"));
	s->catalogue = catalogue_load(err);
	if (s->catalogue != NULL && session_enter_walk(s, walk, err) == 0)
		return s;
	session_free(s);
	return NULL;
}

void session_begin(struct session *s)
{
	session_go(s);
}

void session_end(struct session *s)
{
	s->ended = true;
	if (s->store != NULL)
		session_save(s);
}

void session_free(struct session *s)
{
	measurement_done(&s->m);
	session_stop_demo(s);
	settings_done(&s->settings);
	free(s->only);
	free(s->skip);
	catalogue_free(s->catalogue);
	for (size_t i = 0; i < s->walk_count; i++)
		walk_free(s->walks[i]);
	free(s->walks);
	case_free(s->c);
	json_decref(s->inherited);
	store_free(s->store);
	answer_list_done(&s->given);
	answer_list_done(&s->remembered);
	answer_list_done(&s->presets);
	answer_list_done(&s->typed);
	answer_list_done(&s->measured);
	for (size_t i = 0; i < s->history_count; i++)
		free(s->history[i].text);
	free(s->history);
	question_done(&s->asked);
	buf_done(&s->said);
	free(s->value);
	free(s->complaint);
	free(s->path);
	free(s->format);
	free(s->failure);
	free(s->news);
	free(s->focus);
	free(s);
}

const struct event *session_event(const struct session *s)
{
	return &s->event;
}

const struct case_file *session_case(const struct session *s)
{
	return s->c;
}

const char *session_case_path(const struct session *s)
{
	return s->store != NULL && !s->store_failed ? store_case_path(s->store) : "";
}

struct runner *session_runner(struct session *s)
{
	return s->m.live != NULL ? live_runner(s->m.live) : NULL;
}

void session_set_redact(struct session *s, bool redact)
{
	s->redact = redact;
}

bool session_is_redacted(const struct session *s)
{
	return s->redact;
}

char *session_report(const struct session *s, const char *name)
{
	struct case_file *redacted = s->redact ? case_redacted(s->c) : NULL;
	const struct report_format *format = report_format_find(name);
	struct buf text;

	buf_init(&text, REPORT_MAX);
	format->write(redacted != NULL ? redacted : s->c, &text);
	case_free(redacted);
	return buf_take(&text);
}

void session_diagnose(struct session *s)
{
	diagnose(s->c, s->catalogue);
	s->ranked_facts = s->c->fact_count;
}
