/*
 *   These checks are made of example.com:
 *
 *   > [x] dns   name servers, MX, addresses, PTR             up to 40 s
 *     [x] smtp  one session with each address                up to 60 s
 *     [ ] limit how many sessions the server takes           up to 30 s   intrusive
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "ncursesw.h"
#include "page_parts.h"
#include "pages.h"

#include <stdlib.h>
#include <string.h>

#define LEFT 2

struct plan_state {
	size_t marked;
};

static const char *remark_of(const struct plan_row *row)
{
	if (row->measured)
		return _("measured");
	if (row->hindrance != NULL)
		return _("no right");
	return row->check->keeps_mail ? _("private") : row->intrusive ? _("intrusive") : "";
}

/* Columns that the remarks need: titles are cut for nothing less. */
static int remark_columns(const struct plan *plan)
{
	int columns = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const int width = draw_width(remark_of(&plan->rows[i]));
		columns = width > columns ? width : columns;
	}
	return columns > 0 ? columns + 1 : 0;
}

struct plan_columns {
	int names, remarks, all;
};

static void draw_row(const struct plan_row *row, int at, const struct plan_columns *columns, bool marked)
{
	const enum style style = marked ? STYLE_MARKED : STYLE_TEXT;
	const int left = LEFT + 5 + columns->names + 2, times = 8;
	const int remarks = columns->all - columns->remarks;

	if (marked)
		draw_fill(at, 0, COLS, style);
	draw_text(at, 1, 1, style, marked ? ">" : " ");
	draw_text(at, LEFT + 1, 3, style, row->on ? "[x]" : "[ ]");
	draw_text(at, LEFT + 5, columns->names, style, row->check->name);
	draw_text(at, left, remarks - times - left, style, _(row->check->title));
	draw_textf(at, remarks - times, times - 2, style, "%4.0f s", row->limit);
	draw_text(at, remarks, columns->remarks, style, remark_of(row));
}

/* What all of it takes at most: at a mail host one check follows the other, since it has one session of ours at a time. */
static double longest(const struct plan *plan)
{
	double there = 0, beside = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_row *row = &plan->rows[i];
		if (!row->on)
			continue;
		if (row->check->takes == TAKES_TARGET)
			there += row->limit;
		else if (row->limit > beside)
			beside = row->limit;
	}
	return there > beside ? there : beside;
}

static bool is_any_on(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->rows[i].on)
			return true;
	return false;
}

/* What there is to say of the one that is marked: all of its title, and what it takes. The caller frees. */
static char *about_row(const struct plan_row *row)
{
	const char *title = _(row->check->title);

	if (row->hindrance != NULL)
		return xasprintf("%s; %s", title, row->hindrance);
	if (row->check->keeps_mail)
		return xasprintf(
		    _("%s. The file has whole packets, and stays beside the case, where you alone can read "
		      "it."),
		    title);
	return xstrdup(title);
}

static void draw_plan(struct app *app, void *state, const struct area *full)
{
	const struct plan_state *at = state;
	const struct event *event = session_event(app->session);
	const struct plan *plan = event->plan;
	const struct area area = {
	    .row = full->row, .column = LEFT, .rows = full->rows, .columns = full->columns - 2 * LEFT};
	struct plan_columns columns = {.names = 4, .remarks = remark_columns(plan), .all = full->columns};
	int row = full->rows > 16;

	if (*event->text != '\0')
		row += draw_wrapped(&area, row, STYLE_TEXT, event->text) + 1;
	char *title = xasprintf(_("What is checked: %s"), plan->target);
	row += draw_wrapped(&area, row, STYLE_STRONG, title) + 1;
	free(title);
	for (size_t i = 0; i < plan->count; i++) {
		const int width = draw_width(plan->rows[i].check->name);
		columns.names = width > columns.names ? width : columns.names;
	}
	const size_t room = (size_t)(full->rows - row - 6 > 1 ? full->rows - row - 6 : 1);
	const size_t first = at->marked >= room ? at->marked - room + 1 : 0;
	for (size_t i = first; i < plan->count && i < first + room; i++)
		draw_row(&plan->rows[i], full->row + row++, &columns, i == at->marked);
	if (at->marked < plan->count) {
		char *about = about_row(&plan->rows[at->marked]);
		row += 1 + draw_wrapped(&area, row + 1, STYLE_TEXT, about);
		free(about);
	}
	const double seconds = longest(plan);
	char *time = is_any_on(plan)
	                 ? xasprintf(_("Times are the most each may take. Those of a mail host follow one another, the "
	                               "others run beside them: %.0f s in all."),
	                             seconds)
	                 : xstrdup(_("No check is switched on: what was measured before counts, if anything was."));
	row += 1 + draw_wrapped(&area, row + 1, STYLE_DIM, time);
	free(time);
	for (size_t i = 0; i < plan->count; i++) {
		if (!plan->rows[i].intrusive || plan->rows[i].check->keeps_mail)
			continue;
		draw_wrapped(&area, row, STYLE_DIM,
		             _("Intrusive: the server's limits or its postmaster may notice it."));
		break;
	}
}

static bool act_plan(struct app *app, void *state, enum action action)
{
	struct plan_state *at = state;
	const struct plan *plan = session_event(app->session)->plan;
	struct err err;

	switch (action) {
	case ACTION_TOGGLE:
		if (at->marked < plan->count &&
		    session_plan_set(app->session, at->marked, !plan->rows[at->marked].on, &err) != 0)
			app_say(app, STYLE_BAD, "! %s", err.text);
		return true;
	case ACTION_OPEN:
		if (session_plan_accept(app->session, &err) != 0)
			app_say(app, STYLE_BAD, "%s",
			        _("! No check is switched on. Space switches on the one that is marked."));
		else
			app_moved(app);
		return true;
	default:
		return part_move(&at->marked, plan->count, action);
	}
}

static const struct page plan_page = {
    .title = N_("plan"),
    .about = N_("The checks that are about to run, what each does and how long it may take. Nothing is delivered, and "
                "nobody but the target (and the name servers) is talked to. What is intrusive is off until you switch "
                "it on."),
    .context = CONTEXT_PLAN,
    .draw = draw_plan,
    .act = act_plan,
};

struct view plan_view(struct app *app)
{
	(void)app;
	return (struct view){.page = &plan_page, .state = xcalloc(1, sizeof(struct plan_state))};
}
