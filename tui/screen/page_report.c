/*
 * The report as it is: a preview in each format, where it was written, and the command that renders it again.
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "ncursesw.h"
#include "page_parts.h"
#include "pager.h"
#include "pages.h"
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#define LEFT     2
#define TEXT_MAX ((size_t)64 << 20)

struct report_state {
	struct pager pager;
	size_t format; /* index in report_formats */
	bool made;
};

static void make_preview(const struct app *app, struct report_state *r)
{
	char *text = session_report(app->session, report_formats[r->format]->name);

	pager_set_text(&r->pager, text);
	free(text);
	r->made = true;
}

/* How the same report is had again. The caller frees; NULL: the case was not saved. */
static char *again(const struct app *app, const struct report_state *r)
{
	const char *path = session_case_path(app->session);

	if (*path == '\0')
		return NULL;
	char *shown = part_path(path);
	char *command = xasprintf("smtpdx report --%s %s%s", report_formats[r->format]->name,
	                          session_is_redacted(app->session) ? "--redact " : "", shown);
	free(shown);
	return command;
}

static void draw_report(struct app *app, void *state, const struct area *area)
{
	struct report_state *r = state;
	const struct event *event = session_event(app->session);
	int row = area->row;

	if (!r->made)
		make_preview(app, r);
	if (event->failure != NULL)
		draw_textf(row++, LEFT, area->columns - LEFT, STYLE_BAD, "! %s", event->failure);
	else if (*event->path != '\0')
		draw_textf(row++, LEFT, area->columns - LEFT, STYLE_GOOD, _("Written to %s"), event->path);
	char *command = again(app, r);
	if (command != NULL) {
		draw_text(row++, LEFT, area->columns - LEFT, STYLE_TEXT, _("The same again, any time:"));
		draw_text(row++, 0, area->columns, STYLE_COMMAND, command);
	}
	free(command);
	draw_rule(row, 0, area->columns);
	draw_textf(row++, LEFT, area->columns - LEFT, STYLE_DIM,
	           session_is_redacted(app->session) ? _(" preview: %s, redacted ") : _(" preview: %s "),
	           report_formats[r->format]->name);
	const struct area inner = {
	    .row = row, .column = 0, .rows = area->rows - (row - area->row), .columns = area->columns};
	pager_draw(&r->pager, &inner);
}

static void search(struct app *app, const char *text)
{
	struct report_state *r = app->views[app->view_count - 1].state;

	if (*text != '\0' && !pager_search(&r->pager, text))
		app_say(app, STYLE_WARNING, _("\"%s\" is not there."), text);
}

static void write_to(struct app *app, const char *path)
{
	const struct report_state *r = app->views[app->view_count - 1].state;
	struct buf text;

	char *report = session_report(app->session, report_formats[r->format]->name);
	buf_init(&text, TEXT_MAX);
	buf_puts(&text, report);
	free(report);
	if (app_write(app, path, &text))
		app_say(app, STYLE_GOOD, _("Written to %s"), path);
	buf_done(&text);
}

/* With other names, or with the real ones; a file that is written already stays as it is. */
static void switch_names(struct app *app, struct report_state *r)
{
	const bool redact = !session_is_redacted(app->session);

	session_set_redact(app->session, redact);
	make_preview(app, r);
	app_say(app, STYLE_TEXT, "%s",
	        redact ? _("Hosts, addresses and people have other names now; w writes it so.")
	               : _("Hosts, addresses and people are named now; w writes it so."));
}

static bool act_report(struct app *app, void *state, enum action action)
{
	struct report_state *r = state;

	switch (action) {
	case ACTION_OTHER_PANE:
		r->format = report_formats[r->format + 1] != NULL ? r->format + 1 : 0;
		r->pager.top = 0;
		make_preview(app, r);
		return true;
	case ACTION_TOGGLE:
		switch_names(app, r);
		return true;
	case ACTION_WRITE:
		app_prompt(app, _("Write to:"), "", write_to);
		return true;
	case ACTION_SEARCH:
		app_prompt(app, _("Search:"), "", search);
		return true;
	case ACTION_SEARCH_NEXT:
		if (!pager_search_next(&r->pager))
			app_say(app, STYLE_WARNING, "%s", _("Nothing is found."));
		return true;
	case ACTION_OPEN:
		session_next(app->session);
		app_moved(app);
		return true;
	default:
		return pager_act(&r->pager, action);
	}
}

static const char *place_report(const struct app *app, const void *state, char *text, size_t size)
{
	const struct report_state *r = state;

	(void)app;
	return pager_place(&r->pager, text, size);
}

static void report_done(void *state)
{
	struct report_state *r = state;

	pager_done(&r->pager);
	free(r);
}

static const struct page report_page = {
    .title = N_("report"),
    .about =
	N_("The report, as it is written to a file. Tab goes through its formats. For somebody else's eyes x gives "
           "hosts, addresses, people and queue ids other names, the same one each time; what was measured stays."),
    .context = CONTEXT_REPORT,
    .draw = draw_report,
    .act = act_report,
    .place = place_report,
    .done = report_done,
};

void report_show(struct app *app)
{
	const struct event *event = session_event(app->session);
	struct err err;

	for (int i = 0; i < 8 && (event->kind == EVENT_DIAGNOSIS || event->kind == EVENT_FIX); i++)
		session_next(app->session);
	const bool asks = event->kind == EVENT_ASK && event->question->kind == QUESTION_PATH;
	const bool refused = asks && session_answer(app->session, "-", &err) != 0;
	app_moved(app);
	if (refused)
		app_say(app, STYLE_BAD, "! %s", err.text);
}

struct view report_view(struct app *app)
{
	struct report_state *r = xcalloc(1, sizeof *r);
	const char *format = session_event(app->session)->format;

	pager_init(&r->pager);
	for (size_t i = 0; report_formats[i] != NULL; i++)
		if (format != NULL && strcmp(report_formats[i]->name, format) == 0)
			r->format = i;
	return (struct view){.page = &report_page, .state = r};
}
