/*
 *   What is wrong?
 *
 *   > 1  Mail that I send is late or refused
 *     2  Mail that is sent to me does not arrive
 *     3  I have a log or an error text
 *
 *   Help of the question.
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "ncursesw.h"
#include "page_parts.h"
#include "pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEFT      2 /* columns of the margin */
#define PROSE_MAX 100

struct ask {
	size_t marked;      /* of a choice */
	struct field lines; /* of a paste */
	bool has_lines;
};

static bool is_choice(const struct question *q)
{
	return q->kind == QUESTION_CHOICE || q->kind == QUESTION_YES_NO;
}

/* A question of yes or no has its two options here: the engine has none for it. */
static size_t option_count(const struct question *q)
{
	return q->kind == QUESTION_YES_NO ? 2 : q->option_count;
}

static const char *option_value(const struct question *q, size_t at)
{
	if (q->kind == QUESTION_YES_NO)
		return at == 0 ? "yes" : "no";
	return q->options[at].value;
}

static const char *option_text(const struct question *q, size_t at)
{
	if (q->kind == QUESTION_YES_NO)
		return at == 0 ? _("yes") : _("no");
	return q->options[at].text;
}

static int options_width(const struct question *q, size_t values)
{
	int width = 0;

	for (size_t i = 0; i < values; i++) {
		const int own = draw_width(option_value(q, i));
		width = own > width ? own : width;
	}
	return width;
}

/* Columns of the values before the texts. Those that only a script knows by heart are not shown; scenarios' names are. */
static int values_width(const struct question *q)
{
	const bool named = q->source != NULL && strcmp(q->source, "unfinished") != 0;

	return named ? options_width(q, option_count(q)) + 2 : 0;
}

/* Whether the text of the marked option does not fit into its line. */
static bool is_cut(const struct ask *ask, const struct question *q, const struct area *area)
{
	return ask->marked < option_count(q) &&
	       draw_width(option_text(q, ask->marked)) > area->columns - 4 - values_width(q);
}

static void draw_options(const struct ask *ask, const struct question *q, const struct area *area, int row, int rows)
{
	const size_t count = option_count(q);
	const size_t room = rows > 0 ? (size_t)rows : 1;
	const size_t first = ask->marked >= room ? ask->marked - room + 1 : 0;
	const int names = values_width(q);

	for (size_t i = first; i < count && i < first + room; i++) {
		const int at = area->row + row + (int)(i - first);
		const enum style style = i == ask->marked ? STYLE_MARKED : STYLE_TEXT;
		if (i == ask->marked)
			draw_fill(at, 0, COLS, style);
		draw_text(at, 1, 1, style, i == ask->marked ? ">" : " ");
		if (i < 9)
			draw_textf(at, area->column + 1, 3, style, "%zu", i + 1);
		if (names > 0)
			draw_text(at, area->column + 4, names - 1, style, option_value(q, i));
		draw_text(at, area->column + 4 + names, area->columns - 4 - names, style, option_text(q, i));
	}
}

static void draw_field(struct app *app, const struct ask *ask, const struct area *area, int row)
{
	const bool many = ask->has_lines;
	struct area inner = {
	    .row = area->row + row, .column = area->column + 2, .rows = 1, .columns = area->columns - 3};

	if (many) {
		inner.rows = area->rows - row;
		draw_rule(inner.row++, area->column, area->columns);
		inner.rows -= 1;
		inner.column = area->column;
		inner.columns = area->columns;
	} else {
		draw_text(inner.row, area->column, 2, STYLE_STRONG, ">");
	}
	field_draw(many ? &ask->lines : &app->line, &inner);
	app->cursor = true;
}

static void draw_ask(struct app *app, void *state, const struct area *full)
{
	const struct ask *ask = state;
	const struct event *event = session_event(app->session);
	const struct question *q = event->question;
	struct area area = {.row = full->row, .column = LEFT, .rows = full->rows, .columns = full->columns - 2 * LEFT};
	int row = full->rows > 16, cursor_row, cursor_column;

	if (area.columns > PROSE_MAX)
		area.columns = PROSE_MAX;
	if (*event->text != '\0')
		row = draw_prose(&area, row, STYLE_TEXT, event->text) + 1;
	row += draw_wrapped(&area, row, STYLE_STRONG, q->prompt);
	if (event->complaint != NULL)
		row += draw_wrapped(&area, row, STYLE_WARNING, event->complaint);
	row++;
	const int help_rows = q->help != NULL ? 3 : 0;
	if (is_choice(q)) {
		const int count = (int)option_count(q);
		int room = area.rows - row - help_rows;
		room = room < 3 ? area.rows - row : room;
		draw_options(ask, q, &area, row, room);
		row += (count < room ? count : room) + 1;
		if (is_cut(ask, q, &area))
			row += draw_wrapped(&area, row, STYLE_TEXT, option_text(q, ask->marked)) + 1;
	} else if (!ask->has_lines) {
		draw_field(app, ask, &area, row);
		row += 2;
	}
	getyx(stdscr, cursor_row, cursor_column);
	if (q->help != NULL)
		row = draw_prose(&area, row, STYLE_DIM, q->help);
	move(cursor_row, cursor_column);
	if (ask->has_lines)
		draw_field(app, ask, &area, row + (q->help != NULL));
}

static bool answer(struct app *app, const char *input)
{
	struct err err;

	if (session_answer(app->session, input, &err) != 0)
		app_say(app, STYLE_BAD, "! %s", err.text);
	else
		app_moved(app);
	return true;
}

static bool act_choice(struct app *app, struct ask *ask, const struct question *q, enum action action)
{
	if (action == ACTION_OPEN)
		return answer(app, option_value(q, ask->marked));
	return part_move(&ask->marked, option_count(q), action);
}

static const char *place_choice(const struct app *app, const void *state, char *text, size_t size)
{
	const struct ask *ask = state;
	const size_t count = option_count(session_event(app->session)->question);

	text[0] = '\0';
	if (count > 9)
		snprintf(text, size, _("%zu of %zu"), ask->marked + 1, count);
	return text;
}

/* How much was pasted: more than is in sight, mostly. */
static const char *place_paste(const struct app *app, const void *state, char *text, size_t size)
{
	const struct ask *ask = state;
	const char *lines = ask->lines.text.text;
	size_t count = 0;

	(void)app;
	text[0] = '\0';
	for (const char *at = lines; *at != '\0'; at += *at == '\n') {
		at += strcspn(at, "\n");
		count++;
	}
	if (count > 1)
		snprintf(text, size, _("%zu lines"), count);
	return text;
}

static bool act_ask(struct app *app, void *state, enum action action)
{
	struct ask *ask = state;
	const struct question *q = session_event(app->session)->question;

	if (is_choice(q))
		return option_count(q) > 0 && act_choice(app, ask, q, action);
	switch (action) {
	case ACTION_BACK:
		session_keep_typed(app->session, ask->has_lines ? ask->lines.text.text : app->line.text.text);
		return false;
	case ACTION_DONE:
		if (!ask->has_lines)
			field_remember(&app->line);
		return answer(app, ask->has_lines ? ask->lines.text.text : app->line.text.text);
	case ACTION_HISTORY_BACK:
		field_history(&app->line, -1);
		return true;
	case ACTION_HISTORY_ON:
		field_history(&app->line, 1);
		return true;
	default:
		return false;
	}
}

/* A digit takes that option. */
static bool type_choice(struct app *app, void *state, int key)
{
	struct ask *ask = state;
	const struct question *q = session_event(app->session)->question;

	if (key < '1' || key > '9' || (size_t)(key - '1') >= option_count(q))
		return false;
	ask->marked = (size_t)(key - '1');
	return answer(app, option_value(q, ask->marked));
}

/* A line with a single dot, typed as on the plain face: it ends the lines, and is none of them. */
static bool take_dot(struct field *lines)
{
	const struct buf *text = &lines->text;

	if (lines->pasting || key_waits() || text->size == 0 || lines->cursor != text->size ||
	    text->text[text->size - 1] != '.' || (text->size > 1 && text->text[text->size - 2] != '\n'))
		return false;
	return field_key(lines, -KEY_BACKSPACE);
}

static bool type_text(struct app *app, void *state, int key)
{
	struct ask *ask = state;
	struct field *field = ask->has_lines ? &ask->lines : &app->line;

	if (ask->has_lines && (key == '\r' || key == '\n') && take_dot(field))
		return act_ask(app, state, ACTION_DONE);
	if (!field->pasting && !ask->has_lines && (key == '\r' || key == '\n'))
		return false;
	if (!field_key(field, key))
		return false;
	app->said[0] = '\0';
	if (field->full)
		app_say(app, STYLE_WARNING, "%s", _("That is more than fits here: the rest was left out."));
	return true;
}

static void ask_done(void *state)
{
	struct ask *ask = state;

	if (ask->has_lines)
		field_done(&ask->lines);
	free(ask);
}

#define ABOUT                                                                                                          \
	N_("A question of the walkthrough. What was answered before stands there already; going back and forth loses " \
	   "nothing.")

static const struct page choice_page = {
    .title = N_("question"),
    .about = ABOUT,
    .context = CONTEXT_LIST | CONTEXT_CHOICE,
    .draw = draw_ask,
    .act = act_ask,
    .type = type_choice,
    .place = place_choice,
    .done = ask_done,
};

static const struct page text_page = {
    .title = N_("question"),
    .about = ABOUT,
    .context = CONTEXT_TEXT,
    .draw = draw_ask,
    .act = act_ask,
    .type = type_text,
    .done = ask_done,
};

static const struct page paste_page = {
    .title = N_("question"),
    .about = ABOUT,
    .context = CONTEXT_PASTE,
    .draw = draw_ask,
    .act = act_ask,
    .type = type_text,
    .place = place_paste,
    .done = ask_done,
};

struct view ask_view(struct app *app)
{
	const struct event *event = session_event(app->session);
	const struct question *q = event->question;
	struct ask *ask = xcalloc(1, sizeof *ask);

	if (is_choice(q)) {
		for (size_t i = 0; i < option_count(q); i++)
			if (strcmp(option_value(q, i), event->value) == 0)
				ask->marked = i;
		return (struct view){.page = &choice_page, .state = ask};
	}
	if (q->kind == QUESTION_PASTE) {
		ask->has_lines = true;
		field_init(&ask->lines, true, event->value);
		return (struct view){.page = &paste_page, .state = ask};
	}
	field_set(&app->line, event->value);
	app->line.history_at = app->line.history_count;
	return (struct view){.page = &text_page, .state = ask};
}
