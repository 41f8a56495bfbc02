/*
 * What the page below is for, then its keys: the rows of the table in key.c.
 */
#include "base/helpfile.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "pages.h"

#include <stdlib.h>
#include <string.h>

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

static const struct reading reading = {.make = make_help};

void help_open(struct app *app, const struct page *page)
{
	struct help *help = xcalloc(1, sizeof *help);

	*help = (struct help){.page = page, .context = page->context};
	reader_open(app, N_("help"), &reading, help);
}

/* ---- topics */

/* Each line as it stands: topics are written for 80 columns, with lists that are no paragraphs. */
static void make_topic(struct document *d, const struct app *app, const void *context)
{
	const char *text = context;
	bool first = true;

	(void)app;
	while (*text != '\0') {
		const size_t size = strcspn(text, "\n");
		char *line = text_clean_dup(text, size, size + 1);
		if (first) {
			document_add(d, BLOCK_TITLE, "%s", line);
			document_begin(d, BLOCK_LOG, 1);
		} else {
			document_cell(d, line);
		}
		first = false;
		free(line);
		text += size + (text[size] == '\n');
	}
}

static const struct reading topic_reading = {
    .about = N_("A topic of the help, as smtpdx help NAME prints it."),
    .make = make_topic,
};

void topic_open(struct app *app, const char *topic)
{
	struct helpfile file;
	struct err err;
	char *path = xasprintf("topics/%s.txt", topic);

	if (helpfile_get(path, &file, &err) != 0) {
		app_say(app, STYLE_BAD, "! %s", err.text);
	} else {
		reader_open(app, N_("help topic"), &topic_reading, xstrdup(file.text));
		helpfile_done(&file);
	}
	free(path);
}
