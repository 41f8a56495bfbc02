/*
 * What was measured, one page a section of the report; sections that the case has nothing for are not listed.
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "ncursesw.h"
#include "pages.h"
#include "report/sections.h"

#include <stdlib.h>

#define LEFT 2

static const struct section {
	const char *title, *about;
	void (*add)(struct document *d, const struct case_file *c);
} sections[] = {
    {N_("timers"), N_("how long each phase took, and who waited for whom"), add_timers},
    {N_("name servers"), N_("how fast each of them answers, and what"), add_name_servers},
    {N_("path"), N_("which sizes reach which hop, and the next MTU"), add_hops},
    {N_("packets"), N_("message text in large and in small packets"), add_flights},
    {N_("captures"), N_("captured sessions packet by packet, and who waited"), add_ladders},
    {N_("configuration"), N_("timers and limits of the mail server here; / searches"), add_config},
    {N_("this machine"), N_("what the mail server's host is short of"), add_host},
    {N_("queue"), N_("what waits, for whom, and why"), add_queue},
    {N_("log"), N_("what logs say, over time and peer by peer"), add_log},
    {N_("lines"), N_("single lines of the evidence, explained"), add_lines},
    {N_("dialogs"), N_("every line that was said, with its time"), add_dialogs},
    {N_("candidates"), N_("all causes with all of their reasons"), add_candidates},
    {N_("gaps"), N_("what was not tested, and what would test it"), add_gaps},
    {N_("facts"), N_("every fact; / searches"), add_facts},
    {N_("method"), N_("what ran, when, and for how long"), add_method},
};

#define SECTION_COUNT (sizeof sections / sizeof sections[0])

struct details {
	size_t marked;
	size_t there[SECTION_COUNT]; /* indices of those that are not empty */
	size_t count;
};

static void find_sections(struct details *details, const struct case_file *c)
{
	details->count = 0;
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		struct document d;
		document_init(&d);
		sections[i].add(&d, c);
		if (d.count > 0)
			details->there[details->count++] = i;
		document_done(&d);
	}
	if (details->count > 0 && details->marked >= details->count)
		details->marked = details->count - 1;
}

static void draw_details(struct app *app, void *state, const struct area *area)
{
	struct details *details = state;
	int row = area->row + (area->rows > 16);

	find_sections(details, app_case(app)); /* while checks run there may be more than before */
	if (details->count == 0)
		draw_text(row, LEFT, area->columns - LEFT, STYLE_TEXT, _("Nothing measured yet."));
	for (size_t i = 0; i < details->count && row < area->row + area->rows; i++, row++) {
		const struct section *section = &sections[details->there[i]];
		const bool marked = i == details->marked;
		const enum style style = marked ? STYLE_MARKED : STYLE_TEXT;
		if (marked)
			draw_fill(row, 0, area->columns, style);
		draw_text(row, 0, 1, style, marked ? ">" : " ");
		draw_text(row, LEFT, 16, style, _(section->title));
		draw_text(row, LEFT + 17, area->columns - LEFT - 17, style, _(section->about));
	}
}

static void make_section(struct document *d, const struct app *app, const void *context)
{
	const struct section *const *section = context;

	(*section)->add(d, app_case(app));
}

static bool act_details(struct app *app, void *state, enum action action)
{
	struct details *details = state;

	switch (action) {
	case ACTION_UP:
		details->marked -= details->marked > 0;
		return true;
	case ACTION_DOWN:
		details->marked += details->marked + 1 < details->count;
		return true;
	case ACTION_HOME:
	case ACTION_PAGE_UP:
		details->marked = 0;
		return true;
	case ACTION_END:
	case ACTION_PAGE_DOWN:
		details->marked = details->count > 0 ? details->count - 1 : 0;
		return true;
	case ACTION_OPEN:
		if (details->count > 0) {
			const struct section **context = xmalloc(sizeof *context);
			*context = &sections[details->there[details->marked]];
			reader_open(app, (*context)->title, make_section, context);
		}
		return true;
	default:
		return false;
	}
}

static const struct page details_page = {
    .title = N_("details"),
    .about = N_("What the diagnosis rests on, page by page, in the words of the report."),
    .context = CONTEXT_LIST,
    .draw = draw_details,
    .act = act_details,
};

void details_open(struct app *app)
{
	app_push(app, &details_page, xcalloc(1, sizeof(struct details)));
}
