/*
 * app - the wizard on the screen: a stack of pages over one session (flow/session.h), and the event loop
 *
 * The lowest page is that of the session's event (a question, the plan, the checks that run, ...); above it lie pages that
 * the session knows nothing of (help, why, details). A page draws and takes keys; it keeps its place and what is typed,
 * never what was measured: that is looked up in the session at each draw.
 *
 *   smtpdx  example.com                                     the page's name      row 0
 *   ----------------------------------------------------------------------      row 1
 *   the page's own area                                                          ...
 *   what just happened, or where one is in a long text                           last but one
 *   Enter go on  Esc back  ? help  q quit                                        last
 */
#ifndef SMTPDX_TUI_SCREEN_APP_H
#define SMTPDX_TUI_SCREEN_APP_H

#include "draw.h"
#include "field.h"
#include "flow/session.h"
#include "key.h"

#define VIEWS_MAX 8

struct app;

struct page {
	const char *title;
	const char *about; /* for the help page: what the page is for; paragraphs */
	unsigned context;
	void (*draw)(struct app *app, void *state, const struct area *area);
	/* What a key means here; false: not taken. NULL: none is. */
	bool (*act)(struct app *app, void *state, enum action action);
	/* Text keys come here before they are actions; NULL: none are. */
	bool (*type)(struct app *app, void *state, int key);
	/* Where one is, for the line above the keys; NULL: nowhere. */
	const char *(*place)(const struct app *app, const void *state, char *text, size_t size);
	void (*done)(void *state); /* frees the state; NULL: free() */
};

struct view {
	const struct page *page;
	void *state;
};

struct app {
	struct session *session;
	struct view views[VIEWS_MAX];
	size_t view_count;
	struct field line;   /* every line that is typed, with one history */
	struct field search; /* of the prompt in the last row */
	const char *prompt;  /* its label; NULL: nothing is asked there */
	void (*on_prompt)(struct app *app, const char *text);
	bool refused;   /* what was typed there is asked for again */
	char said[512]; /* the message line */
	enum style said_style;
	const char *notice; /* said at the start */
	bool leave;
	enum action asked; /* what waits to be confirmed by the same key; ACTION_NONE: nothing does */
	bool agreed;       /* it was, just now */
	bool cursor;       /* the page has put the cursor somewhere */
	bool drawn; /* the page on top: what keys are about (its lines, its entries) is made when it is drawn first */
	double ran_at; /* when the checks began; 0: none run */
};

/* Runs until the person is done. Returns the number of the signal that ended it, 0: none did. */
int app_run(struct app *app);

/* Pages above that of the session. The state is taken over; app_pop() leaves the lowest alone. */
void app_push(struct app *app, const struct page *page, void *state);
void app_pop(struct app *app);

/* The session has moved on: the page of its event is shown and all others are gone. */
void app_moved(struct app *app);

void app_say(struct app *app, enum style style, const char *format, ...) __attribute__((format(printf, 3, 4)));

/*
 * For what ends checks that run: true when the person has confirmed it with the same key; otherwise it is asked for, and any
 * other key takes the question back and does nothing else.
 */
bool app_agreed(struct app *app, enum action action, const char *question);

/* Asks for a line in the last row; Enter hands it to on_done, Esc drops it. */
void app_prompt(struct app *app, const char *label, const char *text,
                void (*on_done)(struct app *app, const char *text));

/* Writes a new file; says why when that does not work, and returns false. Nothing that exists is replaced. */
bool app_write(struct app *app, const char *path, const struct buf *text);

const struct case_file *app_case(const struct app *app);

#endif
