/*
 *   1. Fix (on the receiving server): waits 300 s in normal operation and still only 10 s under overload
 * [1]
 * postconf -e 'smtpd_timeout = ${stress?{10}:{300}}s'
 * postfix reload
 *   Verify [2]
 * smtpdx check demo.test --only smtp --idle data --yes
 *
 * Commands stand at the margin with nothing beside them, so that a mouse selects them clean; their numbers are for reading
 * aloud.
 */
#include "base/buf.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "clip.h"
#include "ncursesw.h"
#include "page_parts.h"
#include "pages.h"
#include "report/script.h"
#include "report/sections.h"
#include "report/shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEFT     2
#define TEXT_MAX ((size_t)1 << 20)

struct line {
	char *text;
	enum style style;
	bool command;  /* at the margin */
	size_t number; /* of the command that it belongs to; 0: none */
};

struct fix_state {
	struct line *lines;
	size_t count, room;
	char **commands;
	size_t command_count, command_room;
	size_t marked; /* command, from 0 */
	size_t top;
	int columns, rows;
};

static void add_line(struct fix_state *fix, const char *text, size_t size, enum style style, bool command,
                     size_t number)
{
	fix->lines = xgrow(fix->lines, fix->count, &fix->room, sizeof *fix->lines);
	fix->lines[fix->count++] =
	    (struct line){.text = xstrndup(text, size), .style = style, .command = command, .number = number};
}

/* Text broken at blanks, each line a line. */
static void add_text(struct fix_state *fix, const char *text, enum style style, size_t number)
{
	const size_t columns = (size_t)fix->columns - LEFT - 1;

	while (*text != '\0') {
		size_t size = text_fit(text, columns);
		if (text[size] != '\0' && text[size] != ' ')
			while (size > 0 && text[size - 1] != ' ')
				size--;
		if (size == 0)
			size = text_fit(text, columns);
		if (size == 0)
			break;
		add_line(fix, text, size, style, false, number);
		text += size;
		text += strspn(text, " ");
	}
}

static void add_gap(struct fix_state *fix)
{
	if (fix->count > 0 && *fix->lines[fix->count - 1].text != '\0')
		add_line(fix, "", 0, STYLE_TEXT, false, 0);
}

static void add_command(struct fix_state *fix, const struct block *block)
{
	struct buf lines;

	fix->commands = xgrow(fix->commands, fix->command_count, &fix->command_room, sizeof *fix->commands);
	fix->commands[fix->command_count++] = xstrdup(block->text);
	const size_t number = fix->command_count;
	char *label = block->label != NULL ? xasprintf("[%zu] %s", number, block->label) : xasprintf("[%zu]", number);
	add_text(fix, label, STYLE_DIM, number);
	free(label);
	buf_init(&lines, 2 * strlen(block->text) + TEXT_MAX);
	shell_wrap(block->text, (size_t)fix->columns - 1, true, &lines);
	for (const char *line = lines.text; *line != '\0';) {
		size_t size = strcspn(line, "\n");
		/* What has no place to break goes on in the next row: all of it is seen, and copied by the keys as it is. */
		const size_t fits = text_fit(line, (size_t)fix->columns - 1);
		if (fits > 0 && fits < size)
			size = fits;
		add_line(fix, line, size, STYLE_COMMAND, true, number);
		line += size + (line[size] == '\n');
	}
	buf_done(&lines);
}

static void forget(struct fix_state *fix)
{
	for (size_t i = 0; i < fix->count; i++)
		free(fix->lines[i].text);
	for (size_t i = 0; i < fix->command_count; i++)
		free(fix->commands[i]);
	fix->count = fix->command_count = 0;
}

static void make_lines(struct fix_state *fix, const struct case_file *c, const char *text)
{
	struct document d;

	forget(fix);
	document_init(&d);
	add_steps(&d, c);
	add_text(fix, text, STYLE_TEXT, 0);
	for (size_t i = 0; i < d.count; i++) {
		const struct block *block = &d.blocks[i];
		if (block->kind == BLOCK_COMMAND) {
			add_command(fix, block);
			continue;
		}
		if (block->kind == BLOCK_HEADING || block->kind == BLOCK_STEP)
			add_gap(fix);
		if (block->kind == BLOCK_ITEM && block->text != NULL) {
			char *item = xasprintf("- %s", block->text);
			add_text(fix, item, STYLE_TEXT, 0);
			free(item);
		} else if (block->text != NULL) {
			add_text(fix, block->text, block->kind == BLOCK_HEADING ? STYLE_STRONG : STYLE_TEXT, 0);
		}
	}
	if (d.count == 0)
		add_text(fix, _("There is nothing to fix, as far as it was measured."), STYLE_TEXT, 0);
	document_done(&d);
}

static void scroll_to(struct fix_state *fix, size_t first, size_t last)
{
	const size_t rows = (size_t)fix->rows;

	if (last >= fix->top + rows)
		fix->top = last + 1 - rows;
	if (first < fix->top)
		fix->top = first;
}

/* The marked command is in sight, with the sentence before it where that fits. */
static void show_marked(struct fix_state *fix)
{
	size_t first = fix->count, last = 0;

	for (size_t i = 0; i < fix->count; i++) {
		if (fix->lines[i].number != fix->marked + 1)
			continue;
		first = i < first ? i : first;
		last = i;
	}
	if (first == fix->count)
		return;
	if (fix->marked == 0)
		first = 0;
	else if (first > 0 && fix->lines[first - 1].number == 0)
		first--;
	scroll_to(fix, first, last);
}

static void draw_fix(struct app *app, void *state, const struct area *area)
{
	struct fix_state *fix = state;

	if (fix->columns != area->columns || fix->rows != area->rows) {
		fix->columns = area->columns;
		fix->rows = area->rows;
		make_lines(fix, app_case(app), session_event(app->session)->text);
		show_marked(fix);
	}
	for (int i = 0; i < area->rows && fix->top + (size_t)i < fix->count; i++) {
		const struct line *line = &fix->lines[fix->top + (size_t)i];
		const bool label = !line->command && line->number > 0;
		const bool marked = label && line->number == fix->marked + 1;
		const int column = line->command ? 0 : LEFT;
		if (marked)
			draw_text(area->row + i, 0, 1, STYLE_STRONG, ">");
		draw_text(area->row + i, column, area->columns - column, marked ? STYLE_MARKED : line->style,
		          line->text);
	}
}

/* The folder of the case also takes what was copied: a clipboard may be none. The caller frees. */
static char *copy_path(const struct app *app)
{
	const char *path = session_case_path(app->session), *slash = strrchr(path, '/');

	return slash != NULL ? xasprintf("%.*s/commands.txt", (int)(slash - path), path) : NULL;
}

static void copy(struct app *app, const char *text)
{
	struct err err, saved;
	char *path = copy_path(app);
	const bool in_file = path != NULL && file_replace(path, text, strlen(text), &saved) == 0;
	char *shown = part_path(in_file ? path : "");

	if (clip_copy(text, strlen(text), &err) != 0)
		app_say(app, STYLE_BAD, "! %s%s%s", err.text, in_file ? _("; it is in ") : "", shown);
	else
		app_say(app, STYLE_GOOD, in_file ? _("copied (unconfirmed); also in %s") : _("copied (unconfirmed)%s"),
		        shown);
	free(shown);
	free(path);
}

static void copy_one(struct app *app, const struct fix_state *fix)
{
	if (fix->command_count == 0) {
		app_say(app, STYLE_TEXT, "%s", _("There is no command."));
		return;
	}
	char *text = xasprintf("%s\n", fix->commands[fix->marked]);
	copy(app, text);
	free(text);
}

static void copy_all(struct app *app, const struct fix_state *fix)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	for (size_t i = 0; i < fix->command_count; i++)
		buf_printf(&text, "# %zu\n%s\n", i + 1, fix->commands[i]);
	copy(app, text.text);
	buf_done(&text);
}

static void write_script(struct app *app, const char *path)
{
	struct buf script;

	buf_init(&script, TEXT_MAX);
	fix_script(app_case(app), &script);
	if (app_write(app, path, &script))
		app_say(app, STYLE_GOOD, _("Written to %s; sh %s lists its steps"), path, path);
	buf_done(&script);
}

/* A name that nothing has here. The caller frees. */
static char *free_name(void)
{
	char *name = xstrdup("smtpdx-fix.sh");

	for (int i = 2; access(name, F_OK) == 0 && i < 100; i++) {
		free(name);
		name = xasprintf("smtpdx-fix-%d.sh", i);
	}
	return name;
}

static void mark(struct fix_state *fix, size_t marked)
{
	fix->marked = marked;
	show_marked(fix);
}

/* The mark goes along: what is copied is in sight. */
static void mark_visible(struct fix_state *fix)
{
	for (size_t i = fix->top; i < fix->count && i < fix->top + (size_t)fix->rows; i++) {
		if (fix->lines[i].number > 0) {
			fix->marked = fix->lines[i].number - 1;
			return;
		}
	}
}

static void scroll_page(struct fix_state *fix, bool down)
{
	const size_t page = (size_t)fix->rows - 1;
	const size_t last = fix->count > (size_t)fix->rows ? fix->count - (size_t)fix->rows : 0;

	if (down)
		fix->top = fix->top + page < last ? fix->top + page : last;
	else
		fix->top = fix->top > page ? fix->top - page : 0;
	mark_visible(fix);
}

static void ask_for_script(struct app *app)
{
	char *name = free_name();

	app_prompt(app, _("Write a script to:"), name, write_script);
	free(name);
}

static bool act_fix(struct app *app, void *state, enum action action)
{
	struct fix_state *fix = state;

	switch (action) {
	case ACTION_UP:
		mark(fix, fix->marked > 0 ? fix->marked - 1 : 0);
		return true;
	case ACTION_DOWN:
		if (fix->marked + 1 < fix->command_count)
			mark(fix, fix->marked + 1);
		else
			scroll_page(fix, true);
		return true;
	case ACTION_HOME:
		mark(fix, 0);
		return true;
	case ACTION_END:
		scroll_to(fix, fix->count - 1, fix->count - 1);
		return true;
	case ACTION_PAGE_UP:
	case ACTION_PAGE_DOWN:
		scroll_page(fix, action == ACTION_PAGE_DOWN);
		return true;
	case ACTION_COPY:
		copy_one(app, fix);
		return true;
	case ACTION_COPY_ALL:
		copy_all(app, fix);
		return true;
	case ACTION_WRITE:
		ask_for_script(app);
		return true;
	case ACTION_REPORT:
		report_show(app);
		return true;
	case ACTION_OPEN:
		session_next(app->session);
		app_moved(app);
		return true;
	default:
		return false;
	}
}

static const char *place_fix(const struct app *app, const void *state, char *text, size_t size)
{
	const struct fix_state *fix = state;

	(void)app;
	text[0] = '\0';
	if (fix->command_count > 0)
		snprintf(text, size, _("command %zu of %zu"), fix->marked + 1, fix->command_count);
	return text;
}

static void fix_done(void *state)
{
	struct fix_state *fix = state;

	forget(fix);
	free(fix->lines);
	free(fix->commands);
	free(fix);
}

static const struct page fix_page = {
    .title = N_("fix"),
    .about =
	N_("What to type, where, and how to verify and undo it: first what fixes it, then what helps until then, then "
           "what does not help. smtpdx runs none of it. Copying asks your own terminal to put the text into its "
           "clipboard; terminals do not say whether they did."),
    .context = CONTEXT_FIX,
    .draw = draw_fix,
    .act = act_fix,
    .place = place_fix,
    .done = fix_done,
};

struct view fix_view(struct app *app)
{
	(void)app;
	return (struct view){.page = &fix_page, .state = xcalloc(1, sizeof(struct fix_state))};
}
