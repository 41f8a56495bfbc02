#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "ncursesw.h"
#include "pager.h"
#include "pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX  ((size_t)8 << 20)
#define WIDE_MAX  120 /* longer lines are hard to read */
#define LINE_LEFT 1   /* columns that stay free on the right */

#define FILTER_SHOWN 20 /* columns of what is filtered for, where one is told how much that is */

struct reader {
	struct page page; /* its own, since its title is */
	struct pager pager;
	const struct reading *reading;
	void *context;
	char *filter; /* NULL: all is shown */
	struct document_shown shown;
	int columns; /* that the text was made for; 0: it must be made */
};

static void take_lines(struct reader *r, const struct document *d, size_t columns)
{
	const size_t count = document_link_count(d);
	struct document_link *links = xcalloc(count + 1, sizeof *links);
	struct buf text;

	buf_init(&text, TEXT_MAX);
	document_to_linked_lines(d, columns, &text, links);
	pager_set_text(&r->pager, text.text);
	for (size_t i = 0; i < count && (r->reading->contexts & CONTEXT_ENTRIES) != 0; i++)
		pager_add_entry(&r->pager, links[i].link, links[i].line, links[i].lines);
	buf_done(&text);
	free(links);
}

static void make_text(struct reader *r, const struct app *app, int columns)
{
	struct document d;

	document_init(&d);
	r->reading->make(&d, app, r->context);
	if (r->filter != NULL)
		r->shown = document_filter(&d, r->filter);
	take_lines(r, &d, (size_t)(columns < WIDE_MAX ? columns : WIDE_MAX) - LINE_LEFT);
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

static void filter_by(struct app *app, const char *text)
{
	struct reader *r = app->views[app->view_count - 1].state;

	free(r->filter);
	r->filter = *text != '\0' ? xstrdup(text) : NULL;
	r->columns = 0;
	app->drawn = false;
	r->pager.marked = (size_t)-1;
	pager_act(&r->pager, ACTION_HOME);
	app->said[0] = '\0'; /* so that it is told how much is left */
}

/* What a link leads to: "help TOPIC", or a test, which may come to be a plan or a question first. */
static void follow(struct app *app, const char *link)
{
	static const char topic[] = "help ", test[] = "test ";
	struct err err;

	if (link == NULL)
		app_say(app, STYLE_TEXT, "%s", _("Nothing is marked. Tab marks what can be run or opened."));
	else if (strncmp(link, topic, strlen(topic)) == 0)
		topic_open(app, link + strlen(topic));
	else if (strncmp(link, test, strlen(test)) != 0)
		app_say(app, STYLE_WARNING, "%s", link);
	else if (session_test_begin(app->session, link + strlen(test), &err) != 0)
		app_say(app, STYLE_WARNING, "%s", err.text);
	else
		app_moved(app);
}

static bool act_reader(struct app *app, void *state, enum action action)
{
	struct reader *r = state;

	switch (action) {
	case ACTION_SEARCH:
		app_prompt(app, _("Search:"), "", search);
		return true;
	case ACTION_SEARCH_NEXT:
		if (!pager_search_next(&r->pager))
			app_say(app, STYLE_WARNING, "%s", _("Nothing is found."));
		return true;
	case ACTION_FILTER:
		app_prompt(app, _("Only what has:"), r->filter != NULL ? r->filter : "", filter_by);
		return true;
	case ACTION_BACK:
		if (r->filter == NULL)
			return false;
		filter_by(app, "");
		return true;
	case ACTION_OPEN:
		follow(app, pager_marked(&r->pager));
		return true;
	default:
		return pager_act(&r->pager, action);
	}
}

static const char *place_reader(const struct app *app, const void *state, char *text, size_t size)
{
	const struct reader *r = state;

	(void)app;
	if (r->filter == NULL)
		return pager_place(&r->pager, text, size);
	const int fit = (int)text_fit(r->filter, FILTER_SHOWN);
	snprintf(text, size, _("filter: %.*s, %zu of %zu"), fit, r->filter, r->shown.shown, r->shown.all);
	return text;
}

static void reader_done(void *state)
{
	struct reader *r = state;

	pager_done(&r->pager);
	free(r->filter);
	free(r->context);
	free(r);
}

void reader_open(struct app *app, const char *title, const struct reading *reading, void *context)
{
	struct reader *r = xcalloc(1, sizeof *r);

	*r = (struct reader){.reading = reading, .context = context};
	r->page = (struct page){
	    .title = title,
	    .about = reading->about != NULL
	                 ? reading->about
	                 : N_("A text to read. It is made of what is in the case, in the words of the report."),
	    .context = CONTEXT_READ | reading->contexts,
	    .draw = draw_reader,
	    .act = act_reader,
	    .place = place_reader,
	    .done = reader_done,
	};
	pager_init(&r->pager);
	app_push(app, &r->page, r);
}
