/*
 *   > dns   demo.test                          done             0.02 s
 *     smtp  mx1.demo.test [127.0.0.2]:35447    data        4 s of 120 s  ███░░░░░
 *   -- mx1.demo.test [127.0.0.2]:35447 --------------------------------------
 *     connect  0.2 ms  ▏                                            picture of the
 *     banner   5.0 s   ████████████                                 marked check, or
 *   -- Likeliest so far ----------------------------------------------- its dialog
 *     62 %  ██████  The server gives up on slow clients too early
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "ncursesw.h"
#include "page_parts.h"
#include "pages.h"
#include "picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_COLUMNS 9
#define WIDE         110 /* from here on picture and dialog stand side by side */
#define RANK_ROWS    4

struct run_state {
	size_t marked;
	bool chosen; /* by a key: until then the mark is where one waits */
	bool dialog; /* instead of the picture */
};

static const char *state_text(const struct job *job)
{
	if (job->running)
		return *job->phase != '\0' ? job->phase : _("starting");
	return job->ended ? check_status_text(job->status) : _("waiting");
}

static enum style state_style(const struct job *job)
{
	if (!job->ended)
		return STYLE_TEXT;
	return job->status == CHECK_DONE ? STYLE_GOOD : job->status == CHECK_FAILED ? STYLE_BAD : STYLE_DIM;
}

/* The phase counts up against its limit: in words, and as a bar that fills. */
static void draw_phase(const struct job *job, int row, int column, int columns, bool marked)
{
	const double waited = fmax(clock_now() - job->phase_began, 0);
	const enum style style = marked ? STYLE_MARKED : STYLE_TEXT;
	const int text = columns < 26 ? columns : 16;

	draw_textf(row, column, text, style, _("%5.0f s of %.0f s"), floor(waited), job->phase_limit);
	if (columns > text + 4)
		draw_bar(row, column + text, columns - text - 1, 0, waited / job->phase_limit, false,
		         marked                          ? STYLE_MARKED
		         : waited * 2 > job->phase_limit ? STYLE_WARNING
		                                         : STYLE_TEXT);
}

/* Without a limit there is room for more words, and what counts is how long the check has been at it. */
static void draw_work(const struct job *job, int row, int column, int columns, bool marked)
{
	const enum style style = marked ? STYLE_MARKED : STYLE_TEXT;
	const int times = 9;

	draw_text(row, column, columns - times - 1, style, state_text(job));
	draw_textf(row, column + columns - times, times, style, "%7.0f s", floor(clock_now() - job->began));
}

static void draw_job(const struct job *job, int row, int columns, bool marked)
{
	const enum style style = marked ? STYLE_MARKED : STYLE_TEXT;
	const int states = columns >= 100 ? 20 : 15, times = columns >= 76 ? 27 : 16;
	const int subject = columns - 2 - NAME_COLUMNS - states - times;
	int column = 2;

	if (marked)
		draw_fill(row, 0, columns, style);
	draw_text(row, 0, 1, style, marked ? ">" : " ");
	draw_text(row, column, NAME_COLUMNS - 1, style, job->check);
	draw_text(row, column += NAME_COLUMNS, subject - 1, style, job->subject);
	column += subject;
	if (job->running && job->phase_limit <= 0) {
		draw_work(job, row, column, columns - column, marked);
		return;
	}
	draw_text(row, column, states - 1, marked ? style : state_style(job), state_text(job));
	column += states;
	if (job->running)
		draw_phase(job, row, column, columns - column, marked);
	else if (job->ended)
		draw_textf(row, column, columns - column, style, "%7.1f s", job->seconds);
}

/* The mark stays while its check runs, then goes to the one that has been in its phase for longest. */
static void mark_slowest(struct run_state *run, const struct runner *runner)
{
	double since = 0;

	if (run->marked < runner_job_count(runner) && runner_job(runner, run->marked).running)
		return;
	for (size_t i = 0; i < runner_job_count(runner); i++) {
		const struct job job = runner_job(runner, i);
		if (job.running && (since <= 0 || job.phase_began < since)) {
			since = job.phase_began;
			run->marked = i;
		}
	}
}

/* The rows of the list that are seen: as many as fit, the marked one among them. */
static void draw_jobs(struct runner *runner, struct run_state *run, int row, int rows, int columns)
{
	const size_t count = runner_job_count(runner), room = (size_t)rows;

	if (count > 0 && run->marked >= count)
		run->marked = count - 1;
	const size_t first = run->marked >= room ? run->marked - room + 1 : 0;
	for (size_t i = first; i < count && i < first + room; i++) {
		const struct job job = runner_job(runner, i);
		draw_job(&job, row + (int)(i - first), columns, i == run->marked);
	}
}

static void draw_run(struct app *app, void *state, const struct area *area)
{
	struct run_state *run = state;
	struct runner *runner = session_runner(app->session);
	const struct case_file *c = app_case(app);
	const int rank_rows = area->rows >= 24 ? RANK_ROWS + 2 : RANK_ROWS;
	int row = area->row;

	if (runner == NULL || runner_job_count(runner) == 0)
		return;
	if (!run->chosen)
		mark_slowest(run, runner);
	const int count = (int)runner_job_count(runner), most = area->rows / 3;
	const int list = count < most ? count : most;
	draw_jobs(runner, run, row, list, area->columns);
	row += list;
	const struct job job = runner_job(runner, run->marked);
	const int rows = area->row + area->rows - rank_rows - row;
	struct area picture = {.row = row, .column = 0, .rows = rows, .columns = area->columns};
	const struct dialog *dialog = case_find_dialog(c, job.subject, job.check);
	/* What says nothing to anybody, or not yet, leaves its room to the picture. */
	if (area->columns >= WIDE && dialog != NULL) {
		struct area right = picture;
		picture.columns = area->columns * 6 / 10;
		right.column = picture.columns + 1;
		right.columns = area->columns - right.column;
		picture_draw(&picture, c, &job);
		part_dialog(&right, dialog);
	} else if (run->dialog) {
		part_dialog(&picture, dialog);
	} else {
		picture_draw(&picture, c, &job);
	}
	const struct area rank = {
	    .row = area->row + area->rows - rank_rows, .column = 0, .rows = rank_rows, .columns = area->columns};
	part_ranking(&rank, c, (size_t)-1);
}

static void cancel_marked(struct app *app, const struct run_state *run)
{
	struct runner *runner = session_runner(app->session);

	if (runner == NULL || run->marked >= runner_job_count(runner))
		return;
	const struct job job = runner_job(runner, run->marked);
	if (job.ended) {
		app_say(app, STYLE_TEXT, _("%s has ended already."), job.check);
		return;
	}
	app_say(app, STYLE_TEXT, _("%s %s is ended; the others go on."), job.check, job.subject);
	session_cancel_job(app->session, run->marked);
}

static void mark_by(struct run_state *run, const struct runner *runner, int by)
{
	const size_t count = runner_job_count(runner);

	if (by < 0)
		run->marked -= run->marked > 0;
	else
		run->marked += run->marked + 1 < count;
}

/* Back means to end what runs: it is asked for twice. */
static void back(struct app *app)
{
	if (!app_agreed(
		app, ACTION_BACK,
		_("Checks are running. The same key again ends all of them and shows what they found; any other "
	          "key goes on.")))
		return;
	session_cancel(app->session);
	app_say(app, STYLE_TEXT, "%s", _("The checks are being ended."));
}

static bool act_run(struct app *app, void *state, enum action action)
{
	struct run_state *run = state;
	struct runner *runner = session_runner(app->session);

	if (runner == NULL)
		return false;
	switch (action) {
	case ACTION_UP:
		run->chosen = true;
		mark_by(run, runner, -1);
		return true;
	case ACTION_DOWN:
		run->chosen = true;
		mark_by(run, runner, 1);
		return true;
	case ACTION_HOME:
		run->chosen = true;
		run->marked = 0;
		return true;
	case ACTION_END:
		run->chosen = true;
		run->marked = runner_job_count(runner) - 1;
		return true;
	case ACTION_OTHER_PANE:
		run->dialog = !run->dialog;
		return true;
	case ACTION_CANCEL_CHECK:
		cancel_marked(app, run);
		return true;
	case ACTION_BACK:
		back(app);
		return true;
	default:
		return false;
	}
}

static const char *place_run(const struct app *app, const void *state, char *text, size_t size)
{
	(void)state;
	text[0] = '\0';
	if (app->ran_at > 0)
		snprintf(text, size, _("running for %.0f s"), floor(clock_now() - app->ran_at));
	return text;
}

static const struct page run_page = {
    .title = N_("checks running"),
    .about = N_("All checks run side by side. Each line has its state; the phase that it is in counts up against its "
                "limit. Below is a picture of the marked check (Tab: its dialog), and what the facts so far point to. "
                "That moves until the last check has ended."),
    .context = CONTEXT_RUN,
    .draw = draw_run,
    .act = act_run,
    .place = place_run,
};

struct view run_view(struct app *app)
{
	(void)app;
	return (struct view){.page = &run_page, .state = xcalloc(1, sizeof(struct run_state))};
}
