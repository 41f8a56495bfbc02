/*
 * What was measured, one page a section of the report; sections that the case has nothing for are not listed.
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "ncursesw.h"
#include "page_parts.h"
#include "pages.h"
#include "report/sections.h"

#include <stdlib.h>

#define LEFT 2

static const struct section {
	const char *title, *about;
	void (*add)(struct document *d, const struct case_file *c);
	unsigned contexts; /* what can be done there besides reading */
} sections[] = {
    {.title = N_("timers"), .about = N_("how long each phase took, and who waited for whom"), .add = add_timers},
    {.title = N_("name servers"), .about = N_("how fast each of them answers, and what"), .add = add_name_servers},
    {.title = N_("path"), .about = N_("which sizes reach which hop, and the next MTU"), .add = add_hops},
    {.title = N_("packets"), .about = N_("message text in large and in small packets"), .add = add_flights},
    {.title = N_("captures"), .about = N_("captured sessions packet by packet, and who waited"), .add = add_ladders},
    {.title = N_("configuration"),
     .about = N_("timers and limits of the mail server; & filters"),
     .add = add_config,
     .contexts = CONTEXT_FILTER},
    {.title = N_("this machine"), .about = N_("what the mail server's host is short of"), .add = add_host},
    {.title = N_("queue"), .about = N_("what waits, for whom, and why"), .add = add_queue},
    {.title = N_("log"),
     .about = N_("what logs say, over time and peer by peer"),
     .add = add_log,
     .contexts = CONTEXT_FILTER},
    {.title = N_("lines"),
     .about = N_("single lines of the evidence, explained"),
     .add = add_lines,
     .contexts = CONTEXT_FILTER},
    {.title = N_("dialogs"), .about = N_("every line that was said, with its time"), .add = add_dialogs},
    {.title = N_("candidates"), .about = N_("all causes with all of their reasons"), .add = add_candidates},
    {.title = N_("gaps"),
     .about = N_("what was not tested; Enter tests it"),
     .add = add_gaps,
     .contexts = CONTEXT_ENTRIES},
    {.title = N_("facts"),
     .about = N_("every fact; & filters, / searches"),
     .add = add_facts,
     .contexts = CONTEXT_FILTER},
    {.title = N_("method"), .about = N_("what ran, when, and for how long"), .add = add_method},
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

/* By what can be done there. */
static const struct reading readings[] = {
    {.make = make_section},
    {.make = make_section, .contexts = CONTEXT_FILTER},
    {.make = make_section,
     .contexts = CONTEXT_ENTRIES,
     .about =
         N_("What was not tested, or could not run. An entry that is marked is run by Enter, as one check more: what "
            "was measured stays.")},
};

static const struct reading *reading_of(const struct section *section)
{
	size_t i = 0;

	while (readings[i].contexts != section->contexts)
		i++;
	return &readings[i];
}

static bool act_details(struct app *app, void *state, enum action action)
{
	struct details *details = state;

	if (action != ACTION_OPEN)
		return part_move(&details->marked, details->count, action);
	if (details->count > 0) {
		const struct section **context = xmalloc(sizeof *context);
		*context = &sections[details->there[details->marked]];
		reader_open(app, (*context)->title, reading_of(*context), context);
	}
	return true;
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
