#include "app.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "ncursesw.h"
#include "pages.h"
#include "terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DRAW_EVERY 0.25 /* s between two pictures while checks run: timers count whole seconds */
#define FDS_MAX    64
#define CHROME     4 /* rows that are not the page's */

const struct case_file *app_case(const struct app *app)
{
	return session_case(app->session);
}

static struct view *top_view(struct app *app)
{
	return &app->views[app->view_count - 1];
}

static void drop_view(struct app *app)
{
	struct view *view = top_view(app);

	if (view->page->done != NULL)
		view->page->done(view->state);
	else
		free(view->state);
	app->view_count--;
	app->drawn = false;
}

void app_push(struct app *app, const struct page *page, void *state)
{
	if (app->view_count == VIEWS_MAX)
		drop_view(app);
	app->views[app->view_count++] = (struct view){.page = page, .state = state};
	app->said[0] = '\0';
	app->drawn = false;
}

void app_pop(struct app *app)
{
	if (app->view_count > 1)
		drop_view(app);
	app->said[0] = '\0';
}

struct view page_of_event(struct app *app)
{
	static struct view (*const views[])(struct app * app) = {
	    [EVENT_ASK] = ask_view,   [EVENT_PLAN] = plan_view,
	    [EVENT_RUN] = run_view,   [EVENT_DIAGNOSIS] = diagnosis_view,
	    [EVENT_FIX] = fix_view,   [EVENT_REPORT] = report_view,
	    [EVENT_STOP] = stop_view,
	};

	return views[session_event(app->session)->kind](app);
}

void app_moved(struct app *app)
{
	while (app->view_count > 0)
		drop_view(app);
	app->views[app->view_count++] = page_of_event(app);
	app->drawn = false;
	app->said[0] = '\0';
	app->asked = ACTION_NONE;
	app->ran_at = session_runner(app->session) != NULL ? clock_now() : 0;
}

void app_say(struct app *app, enum style style, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(app->said, sizeof app->said, format, args);
	va_end(args);
	app->said_style = style;
}

bool app_agreed(struct app *app, enum action action, const char *question)
{
	if (app->agreed)
		return true;
	app->asked = action;
	app_say(app, STYLE_WARNING, "%s", question);
	return false;
}

void app_prompt(struct app *app, const char *label, const char *text,
                void (*on_done)(struct app *app, const char *text))
{
	field_set(&app->search, text);
	app->prompt = label;
	app->on_prompt = on_done;
}

bool app_write(struct app *app, const char *path, const struct buf *text)
{
	struct err err;

	if (*path == '\0')
		app_say(app, STYLE_WARNING, "%s", _("Nothing was written: no name was given."));
	else if (access(path, F_OK) == 0)
		app_say(app, STYLE_BAD, _("! %s exists already; another name, please"), path);
	else if (file_replace(path, text->text, text->size, &err) != 0)
		app_say(app, STYLE_BAD, "! %s", err.text);
	else
		return true;
	app->refused = true;
	return false;
}

/* ---- drawing */

static bool is_running(const struct app *app)
{
	return session_event(app->session)->kind == EVENT_RUN;
}

static void draw_head(struct app *app)
{
	const struct view *view = top_view(app);
	const char *title = _(view->page->title);
	const int width = draw_width(title);
	const struct case_file *c = app_case(app);
	const char *target = c->fact_count + c->check_count > 0 ? c->target : session_event(app->session)->title;
	int at = draw_text(0, 0, COLS, STYLE_STRONG, "smtpdx") + 2;

	if (strncmp(target, "smtpdx: ", 8) == 0) /* who speaks is said already */
		target += 8;
	draw_text(0, at, COLS - at - width - 2, STYLE_TEXT, target);
	draw_text(0, COLS - width, width, STYLE_DIM, title);
	draw_rule(1, 0, COLS);
}

/* Keys that matter here, as many as fit; the last of the table (help, quit) have their room first. */
static void draw_keys(const struct app *app, unsigned context)
{
	int room = COLS, at = 0;
	bool shown[64] = {false};

	(void)app;
	for (int late = 1; late >= 0; late--) {
		for (size_t i = 0; i < key_row_count && i < 64; i++) {
			const struct key_row *row = &key_rows[i];
			const bool is_late = row->action == ACTION_HELP || row->action == ACTION_QUIT ||
			                     (row->action == ACTION_BACK && row->contexts != CONTEXT_RUN);
			size_t size;
			if ((row->contexts & context) == 0 || row->label == NULL || is_late != late)
				continue;
			key_first_name(row, &size);
			const int width = (int)size + 1 + draw_width(_(row->label)) + 2;
			shown[i] = width - 2 <= room;
			room -= shown[i] ? width : 0;
		}
	}
	for (size_t i = 0; i < key_row_count && i < 64; i++) {
		size_t size;
		if (!shown[i])
			continue;
		const char *name = key_first_name(&key_rows[i], &size);
		at += draw_textf(LINES - 1, at, COLS - at, STYLE_KEY, "%.*s", (int)size, name) + 1;
		at += draw_text(LINES - 1, at, COLS - at, STYLE_TEXT, _(key_rows[i].label)) + 2;
	}
}

static void draw_prompt(struct app *app)
{
	const int width = draw_text(LINES - 1, 0, COLS / 2, STYLE_STRONG, app->prompt) + 1;
	const struct area area = {.row = LINES - 1, .column = width, .rows = 1, .columns = COLS - width - 1};

	field_draw(&app->search, &area);
	app->cursor = true;
}

/* What does not fit beside the place has the row alone, and the row above it when it needs both. */
static void draw_said(const struct app *app)
{
	const int width = draw_width(app->said);
	const int rows = width > COLS ? 2 : 1;
	const struct area area = {.row = LINES - 1 - rows, .column = 0, .rows = rows, .columns = COLS};

	for (int i = 0; rows > 1 && i < rows; i++)
		draw_fill(area.row + i, 0, COLS, STYLE_TEXT);
	draw_wrapped(&area, 0, app->said_style, app->said);
}

static void draw_foot(struct app *app)
{
	const struct view *view = top_view(app);
	char place[80] = "";

	if (view->page->place != NULL)
		view->page->place(app, view->state, place, sizeof place);
	draw_said(app);
	if (draw_width(app->said) + draw_width(place) + 2 <= COLS)
		draw_text(LINES - 2, COLS - draw_width(place), draw_width(place), STYLE_DIM, place);
	if (app->prompt != NULL)
		draw_prompt(app);
	else
		draw_keys(app, view->page->context);
}

static void draw_too_small(void)
{
	draw_textf(0, 0, COLS, STYLE_TEXT, _("%dx%d is too small: %dx%d please"), COLS, LINES, TERMINAL_COLUMNS_MIN,
	           TERMINAL_ROWS_MIN);
}

static void draw(struct app *app)
{
	erase();
	app->cursor = false;
	if (COLS < TERMINAL_COLUMNS_MIN || LINES < TERMINAL_ROWS_MIN) {
		draw_too_small();
	} else {
		const struct area area = {.row = 2, .column = 0, .rows = LINES - CHROME, .columns = COLS};
		struct view *view = top_view(app);
		int row, column;
		draw_head(app);
		view->page->draw(app, view->state, &area);
		const bool cursor = app->cursor;
		getyx(stdscr, row, column);
		draw_foot(app);
		if (cursor && app->prompt == NULL)
			move(row, column);
	}
	curs_set(app->cursor ? 1 : 0);
	refresh();
	app->drawn = true;
}

/* ---- keys */

static void go_back(struct app *app)
{
	if (app->view_count > 1) {
		app_pop(app);
		return;
	}
	if (!session_event(app->session)->can_go_back) {
		app_say(app, STYLE_TEXT, "%s", _("This is the first page. q ends."));
	} else if (session_back(app->session)) {
		app_moved(app);
	}
}

/* Back to the plan: what has not been measured is switched on there. */
static void test_more(struct app *app)
{
	const enum event_kind kind = session_event(app->session)->kind;

	if (kind == EVENT_ASK || kind == EVENT_PLAN || kind == EVENT_RUN)
		return;
	while (session_event(app->session)->kind != EVENT_PLAN)
		if (!session_back(app->session))
			break;
	app_moved(app);
}

static void quit(struct app *app)
{
	app->leave =
	    !is_running(app) ||
	    app_agreed(app, ACTION_QUIT, _("Checks are running. q again ends them and leaves; any other key goes on."));
}

static void prompt_key(struct app *app, int key)
{
	if (field_key(&app->search, key))
		return;
	if (key == KEY_ESCAPE || key == '\r' || key == '\n') {
		const char *label = app->prompt;
		app->prompt = NULL;
		app->refused = false;
		if (key != KEY_ESCAPE)
			app->on_prompt(app, app->search.text.text);
		if (app->refused)
			app->prompt = label;
	}
}

static void take_action(struct app *app, enum action action)
{
	struct view *view = top_view(app);

	if (action == ACTION_NONE)
		return;
	if (view->page->act != NULL && view->page->act(app, view->state, action))
		return;
	switch (action) {
	case ACTION_BACK:
		go_back(app);
		break;
	case ACTION_HELP:
		help_open(app, view->page);
		break;
	case ACTION_QUIT:
		quit(app);
		break;
	case ACTION_DETAILS:
		details_open(app);
		break;
	case ACTION_TEST:
		test_more(app);
		break;
	case ACTION_REDRAW:
		terminal_redraw();
		break;
	case ACTION_SUSPEND: /* the terminal makes a signal of it */
	default:
		break;
	}
}

static void take_key(struct app *app, int key)
{
	const struct view *view = top_view(app);
	const enum action action = key_action(key, view->page->context);

	if (app->prompt != NULL) {
		prompt_key(app, key);
		return;
	}
	app->agreed = app->asked != ACTION_NONE && app->asked == action;
	if (app->asked != ACTION_NONE) {
		app->asked = ACTION_NONE;
		app->said[0] = '\0';
		if (!app->agreed)
			return;
	}
	if (view->page->type != NULL && view->page->type(app, view->state, key))
		return;
	take_action(app, action);
}

/* ---- signals and the loop */

/* Returns the signal that ends the program; 0: none came. */
static int take_signals(struct app *app)
{
	for (int number; (number = terminal_next_signal()) != 0;) {
		switch (number) {
		case SIGWINCH:
			terminal_resize();
			break;
		case SIGTSTP:
			terminal_suspend();
			break;
		case SIGCONT:
			terminal_resize();
			terminal_redraw();
			break;
		default:
			app->leave = true;
			return number;
		}
	}
	return 0;
}

/* What the loop waits for: keys, signals, workers. Returns until when at most. */
static double wanted(struct app *app, struct pollfd *fds, nfds_t *count, double drawn_at)
{
	struct runner *runner = session_runner(app->session);
	double until = clock_now() + 3600;

	fds[0] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = terminal_signal_fd(), .events = POLLIN};
	*count = 2;
	if (runner == NULL)
		return until;
	double wake = until;
	*count += (nfds_t)runner_descriptors(runner, fds + 2, FDS_MAX - 2, &wake);
	until = drawn_at + DRAW_EVERY;
	return wake < until ? wake : until;
}

/* Takes in what the workers said; true when the session has gone on to the next event. */
static bool step(struct app *app)
{
	if (!is_running(app))
		return false;
	if (session_step(app->session, 0))
		return false;
	app_moved(app);
	if (session_event(app->session)->news != NULL)
		app_say(app, STYLE_TEXT, "%s", session_event(app->session)->news);
	return true;
}

int app_run(struct app *app)
{
	struct pollfd fds[FDS_MAX];
	double drawn_at = 0;
	int ended_by = 0;
	bool stale = true;

	field_init(&app->line, false, "");
	field_init(&app->search, false, "");
	draw_init();
	app_moved(app);
	if (app->notice != NULL)
		app_say(app, STYLE_WARNING, "%s", app->notice);
	while (!app->leave) {
		if (stale || (is_running(app) && clock_now() >= drawn_at + DRAW_EVERY)) {
			draw(app);
			drawn_at = clock_now();
			stale = false;
		}
		nfds_t count;
		const double until = wanted(app, fds, &count, drawn_at);
		if (poll(fds, count, clock_ms_until(until)) < 0 && errno != EINTR)
			break;
		if ((fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0 && (fds[0].revents & POLLIN) == 0)
			break; /* the terminal is gone */
		if (fds[1].revents != 0) {
			ended_by = take_signals(app);
			stale = true;
		}
		for (int key; !app->leave && (key = key_read()) != KEY_NONE;) {
			if (!app->drawn)
				draw(app); /* keys may be typed ahead of the page that they are meant for */
			take_key(app, key);
			stale = true;
		}
		stale = (!app->leave && step(app)) || stale;
	}
	while (app->view_count > 0)
		drop_view(app);
	field_done(&app->line);
	field_done(&app->search);
	return ended_by;
}
