/*
 * pages - the pages of the wizard, one file each (page_NAME.c)
 *
 * The first group belongs to the events of the session: page_of_event() finds the one that is due. The others are laid
 * over them.
 */
#ifndef SMTPDX_TUI_SCREEN_PAGES_H
#define SMTPDX_TUI_SCREEN_PAGES_H

#include "app.h"
#include "report/document.h"

/* The page for the session's event, with a fresh state. */
struct view page_of_event(struct app *app);

struct view ask_view(struct app *app);
struct view plan_view(struct app *app);
struct view run_view(struct app *app);
struct view diagnosis_view(struct app *app);
struct view fix_view(struct app *app);
struct view report_view(struct app *app);
struct view stop_view(struct app *app);

/* Past diagnosis and fix to the report, which is shown: the question where it shall go is answered with that. */
void report_show(struct app *app);

/* What this page is for, and its keys. */
void help_open(struct app *app, const struct page *page);

/* All about one cause of the diagnosis: why, against, what to do, what does not help. */
void cause_open(struct app *app, size_t finding);

/* What was measured: a list of pages, each a section of the report. */
void details_open(struct app *app);

/* A kind of text to read. */
struct reading {
	const char *about; /* for the help page; NULL: that of all texts */
	unsigned contexts; /* besides CONTEXT_READ: CONTEXT_ENTRIES, CONTEXT_FILTER */
	void (*make)(struct document *d, const struct app *app, const void *context);
};

/*
 * A text to read: `make` writes it as a document, again whenever the width or the filter changes. Its links (report/document.h)
 * are followed with CONTEXT_ENTRIES. The context is taken over and freed with free().
 */
void reader_open(struct app *app, const char *title, const struct reading *reading, void *context);

/* A topic of `smtpdx help`. */
void topic_open(struct app *app, const char *topic);

#endif
