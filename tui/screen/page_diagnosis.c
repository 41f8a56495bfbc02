/*
 *   mx1.demo.test [127.0.0.2]:35447: The server gives up on slow clients too early (> 99 %, almost certain).
 *
 *   > > 99 %  ████████████  The server gives up on slow clients too early
 *      < 1 %  ▏             The sender stalls inside the session
 *   -- because: mx1.demo.test [127.0.0.2]:35447 ---------------------------
 *      +26  it gave up after 6.00 s of silence in the phase data
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "ncursesw.h"
#include "page_parts.h"
#include "pages.h"
#include "report/sections.h"
#include "report/verdict.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define LEFT 2

struct diagnosis_state {
	size_t marked;
};

/* One reason with its weight, broken. Returns the rows it took. */
static int draw_reason(const struct area *area, int row, const struct reason *reason, char sign)
{
	const struct area text = {
	    .row = area->row, .column = area->column + 5, .rows = area->rows, .columns = area->columns - 6};

	if (row >= area->rows)
		return 0;
	draw_textf(area->row + row, area->column, 5, sign == '+' ? STYLE_STRONG : STYLE_DIM, "%c%.0f", sign,
	           fmin(fabs(reason->weight), 999));
	return draw_wrapped(&text, row, STYLE_TEXT, *reason->text != '\0' ? reason->text : reason->fact);
}

static void draw_reasons(const struct area *area, const struct finding *f)
{
	int row = 0;

	if (f->because_count + f->against_count == 0)
		draw_text(area->row, area->column, area->columns, STYLE_DIM, _("Nothing speaks for it or against it."));
	for (size_t i = 0; i < f->because_count; i++)
		row += draw_reason(area, row, &f->because[i], '+');
	for (size_t i = 0; i < f->against_count; i++)
		row += draw_reason(area, row, &f->against[i], '-');
}

static void draw_diagnosis(struct app *app, void *state, const struct area *full)
{
	struct diagnosis_state *at = state;
	const struct case_file *c = app_case(app);
	const struct area area = {
	    .row = full->row, .column = LEFT, .rows = full->rows, .columns = full->columns - 2 * LEFT};
	const char *said = session_event(app->session)->text;
	char *sentence = verdict_sentence(c);
	int row = *said != '\0' ? draw_wrapped(&area, 0, STYLE_TEXT, said) + 1 : 0;

	row += draw_wrapped(&area, row, STYLE_STRONG, sentence);
	free(sentence);
	row++;
	if (c->finding_count == 0 || case_verdict(c) == VERDICT_UNMEASURED) {
		draw_wrapped(&area, row, STYLE_TEXT,
		             _("Nothing was measured, so there is nothing to rank. r has the reasons."));
		return;
	}
	const int most = (full->rows - row) / 2;
	const int count = (int)finding_shown_count(c), rows = count < most ? count : most;
	if (at->marked >= (size_t)count)
		at->marked = (size_t)count - 1;
	const int first = (int)at->marked >= rows ? (int)at->marked - rows + 1 : 0;
	for (int i = first; i < count && i < first + rows; i++)
		part_finding(&c->findings[i], full->row + row + i - first, full->columns, (size_t)i == at->marked);
	row += rows;
	const struct finding *f = &c->findings[at->marked];
	char *place = place_name(f->subject);
	char *title = xasprintf(f->against_count > 0 ? _("because (+), against (-): %s") : _("because: %s"), place);
	part_title(full, row, title);
	free(title);
	free(place);
	const struct area reasons = {
	    .row = full->row + row + 1, .column = LEFT, .rows = full->rows - row - 1, .columns = full->columns - LEFT};
	draw_reasons(&reasons, f);
}

/* Walkthroughs may have a second look at the diagnosis before. */
static void on_to_fix(struct app *app)
{
	for (int i = 0; i < 8 && session_event(app->session)->kind == EVENT_DIAGNOSIS; i++)
		session_next(app->session);
	app_moved(app);
}

static bool act_diagnosis(struct app *app, void *state, enum action action)
{
	struct diagnosis_state *at = state;
	const size_t count = finding_shown_count(app_case(app));

	switch (action) {
	case ACTION_OPEN:
		if (count > 0)
			cause_open(app, at->marked);
		return true;
	case ACTION_FIX:
		on_to_fix(app);
		return true;
	case ACTION_REPORT:
		report_show(app);
		return true;
	default:
		return part_move(&at->marked, count, action);
	}
}

static const struct page diagnosis_page = {
    .title = N_("diagnosis"),
    .about = N_("What could be wrong, the likeliest first. The bars are probabilities; they come from the facts, and "
                "below the list stands which of them speak for the marked cause and against it, with their weight: +10 "
                "makes a cause ten times more likely. Enter tells all about it."),
    .context = CONTEXT_DIAGNOSIS,
    .draw = draw_diagnosis,
    .act = act_diagnosis,
};

struct view diagnosis_view(struct app *app)
{
	(void)app;
	return (struct view){.page = &diagnosis_page, .state = xcalloc(1, sizeof(struct diagnosis_state))};
}

/* ---- all about one cause */

static void make_cause(struct document *d, const struct app *app, const void *context)
{
	const struct case_file *c = session_case(app->session);
	const size_t index = *(const size_t *)context;

	if (index >= c->finding_count)
		return;
	add_finding_reasons(d, c, index);
	session_add_untested(app->session, index, SIZE_MAX, d);
	add_finding_advice(d, c, index);
}

static const struct reading reading = {
    .about =
	N_("All about one cause: what speaks for it and against it, what was not tested, what it means, what to do, "
           "and what does not help. Up and Down mark what can be run or opened where it is in sight, and scroll "
           "otherwise; Tab goes to the next one. Enter runs the test that is marked, as one check more: what was "
           "measured stays, and the diagnosis comes again. What is intrusive is asked about first."),
    .contexts = CONTEXT_ENTRIES,
    .make = make_cause,
};

void cause_open(struct app *app, size_t finding)
{
	size_t *context = xmalloc(sizeof *context);

	*context = finding;
	reader_open(app, N_("why"), &reading, context);
}
