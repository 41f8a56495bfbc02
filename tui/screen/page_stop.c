/*
 * The end of a walkthrough: its last words. What was measured can still be looked at.
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "ncursesw.h"
#include "page_parts.h"
#include "pages.h"
#include "report/verdict.h"

#include <stdlib.h>

#define LEFT 2

static void draw_stop(struct app *app, void *state, const struct area *full)
{
	const struct event *event = session_event(app->session);
	const struct case_file *c = app_case(app);
	const char *path = session_case_path(app->session);
	const struct area area = {
	    .row = full->row, .column = LEFT, .rows = full->rows, .columns = full->columns - 2 * LEFT};
	int row = full->rows > 16;

	(void)state;
	row = draw_prose(&area, row, STYLE_TEXT, event->text) + (*event->text != '\0');
	if (event->failure != NULL)
		row += draw_wrapped(&area, row, STYLE_BAD, event->failure) + 1;
	if (c->check_count > 0) {
		char *sentence = verdict_sentence(c);
		row += draw_wrapped(&area, row, STYLE_STRONG, sentence) + 1;
		free(sentence);
	}
	if (*path != '\0') {
		row += draw_wrapped(&area, row, STYLE_TEXT, _("The case is kept; this shows it again:"));
		char *shown = part_path(path);
		draw_textf(full->row + row, 0, full->columns, STYLE_COMMAND, "smtpdx report %s%s",
		           session_is_redacted(app->session) ? "--redact " : "", shown);
		row += 2;
		free(shown);
	}
	draw_wrapped(&area, row, STYLE_DIM, _("Enter or q ends; Esc goes back."));
}

static bool act_stop(struct app *app, void *state, enum action action)
{
	(void)state;
	if (action != ACTION_OPEN)
		return false;
	app->leave = true;
	return true;
}

static const struct page stop_page = {
    .title = N_("end"),
    .about = N_("The walkthrough ends here. Back leads to the pages before."),
    .context = CONTEXT_END,
    .draw = draw_stop,
    .act = act_stop,
};

struct view stop_view(struct app *app)
{
	(void)app;
	return (struct view){.page = &stop_page, .state = xcalloc(1, 1)};
}
