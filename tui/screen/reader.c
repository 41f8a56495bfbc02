#include "base/i18n.h"
#include "base/xalloc.h"
#include "ncursesw.h"
#include "pager.h"
#include "pages.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX  ((size_t)8 << 20)
#define WIDE_MAX  120 /* longer lines are hard to read */
#define LINE_LEFT 1   /* columns that stay free on the right */

struct reader {
	struct page page; /* its own, since its title is */
	struct pager pager;
	void (*make)(struct document *d, const struct app *app, const void *context);
	void *context;
	int columns; /* that the text was made for */
};

static void make_text(struct reader *r, const struct app *app, int columns)
{
	struct document d;
	struct buf text;

	document_init(&d);
	r->make(&d, app, r->context);
	buf_init(&text, TEXT_MAX);
	document_to_lines(&d, (size_t)(columns < WIDE_MAX ? columns : WIDE_MAX) - LINE_LEFT, &text);
	pager_set_text(&r->pager, text.text);
	buf_done(&text);
	document_done(&d);
	r->columns = columns;
}

static void draw_reader(struct app *app, void *state, const struct area *area)
{
	struct reader *r = state;

	if (r->columns != area->columns)
		make_text(r, app, area->columns);
	pager_draw(&r->pager, area);
}

static void search(struct app *app, const char *text)
{
	struct reader *r = app->views[app->view_count - 1].state;

	if (*text != '\0' && !pager_search(&r->pager, text))
		app_say(app, STYLE_WARNING, _("\"%s\" is not there."), text);
}

static bool act_reader(struct app *app, void *state, enum action action)
{
	struct reader *r = state;

	if (action == ACTION_SEARCH) {
		app_prompt(app, _("Search:"), "", search);
		return true;
	}
	if (action == ACTION_SEARCH_NEXT) {
		if (!pager_search_next(&r->pager))
			app_say(app, STYLE_WARNING, "%s", _("Nothing is found."));
		return true;
	}
	return pager_act(&r->pager, action);
}

static const char *place_reader(const struct app *app, const void *state, char *text, size_t size)
{
	const struct reader *r = state;

	(void)app;
	return pager_place(&r->pager, text, size);
}

static void reader_done(void *state)
{
	struct reader *r = state;

	pager_done(&r->pager);
	free(r->context);
	free(r);
}

void reader_open(struct app *app, const char *title,
                 void (*make)(struct document *d, const struct app *app, const void *context), void *context)
{
	struct reader *r = xcalloc(1, sizeof *r);

	*r = (struct reader){.make = make, .context = context};
	r->page = (struct page){
	    .title = title,
	    .about = N_("A text to read. It is made of what is in the case, in the words of the report."),
	    .context = CONTEXT_READ,
	    .draw = draw_reader,
	    .act = act_reader,
	    .place = place_reader,
	    .done = reader_done,
	};
	pager_init(&r->pager);
	app_push(app, &r->page, r);
}
