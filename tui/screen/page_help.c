/*
 * What the page below is for, then its keys: the rows of the table in key.c.
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "pages.h"

#include <stdlib.h>

struct help {
	const struct page *page;
	unsigned context;
};

static void make_help(struct document *d, const struct app *app, const void *context)
{
	const struct help *help = context;
	const struct event *event = session_event(app->session);

	document_add(d, BLOCK_HEADING, _("This page: %s"), _(help->page->title));
	document_prose(d, _(help->page->about));
	if (event->kind == EVENT_ASK && event->question->help != NULL && app->view_count <= 2) {
		document_add(d, BLOCK_HEADING, "%s", event->question->prompt);
		document_prose(d, event->question->help);
	}
	document_add(d, BLOCK_HEADING, "%s", _("Keys"));
	document_begin(d, BLOCK_TABLE, 2);
	for (size_t i = 0; i < key_row_count; i++) {
		if ((key_rows[i].contexts & help->context) == 0)
			continue;
		document_cell(d, key_rows[i].names);
		document_cell(d, _(key_rows[i].help));
	}
	document_add(d, BLOCK_HEADING, "%s", _("More"));
	document_item(d, NULL, "%s",
	              _("The case is saved all the time; after a crash or a lost line it is offered again."));
	document_item(d, NULL, "%s",
	              _("smtpdx help topics lists the topics of the help; smtpdx --plain asks line by line."));
}

void help_open(struct app *app, const struct page *page)
{
	struct help *help = xcalloc(1, sizeof *help);

	*help = (struct help){.page = page, .context = page->context};
	reader_open(app, N_("help"), make_help, help);
}
