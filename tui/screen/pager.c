#include "pager.h"

#include "base/i18n.h"
#include "base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOWHERE ((size_t)-1)

void pager_init(struct pager *p)
{
	*p = (struct pager){.found_at = NOWHERE, .marked = NOWHERE};
}

static void drop_lines(struct pager *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->lines[i]);
	p->count = 0;
	for (size_t i = 0; i < p->entry_count; i++)
		free(p->entries[i].link);
	p->entry_count = 0;
}

void pager_done(struct pager *p)
{
	drop_lines(p);
	free(p->lines);
	free(p->entries);
	free(p->search);
}

static size_t rows_of(const struct pager *p)
{
	return p->rows > 0 ? (size_t)p->rows : 1;
}

static size_t last_top(const struct pager *p)
{
	const size_t rows = rows_of(p);

	return p->count > rows ? p->count - rows : 0;
}

/* The first line of it is. */
static bool is_in_sight(const struct pager *p, size_t entry)
{
	return p->entries[entry].line >= p->top && p->entries[entry].line < p->top + rows_of(p);
}

static void go_to(struct pager *p, size_t top)
{
	p->top = top < last_top(p) ? top : last_top(p);
	if (p->marked < p->entry_count && !is_in_sight(p, p->marked))
		p->marked = NOWHERE;
}

void pager_set_text(struct pager *p, const char *text)
{
	drop_lines(p);
	while (*text != '\0') {
		const size_t size = strcspn(text, "\n");
		p->lines = xgrow(p->lines, p->count, &p->room, sizeof *p->lines);
		p->lines[p->count++] = xstrndup(text, size);
		text += size + (text[size] == '\n');
	}
	p->found_at = NOWHERE;
	p->anew = true;
}

void pager_add_entry(struct pager *p, const char *link, size_t line, size_t lines)
{
	p->entries = xgrow(p->entries, p->entry_count, &p->entry_room, sizeof *p->entries);
	p->entries[p->entry_count++] = (struct pager_entry){.link = xstrdup(link), .line = line, .lines = lines};
}

const char *pager_marked(const struct pager *p)
{
	return p->marked < p->entry_count ? p->entries[p->marked].link : NULL;
}

/* The entry before or behind the marked one when it is in sight; where none is marked, the last or first that is. */
static bool mark_by(struct pager *p, int by)
{
	const bool any = p->marked < p->entry_count;

	for (size_t i = 0; i < p->entry_count; i++) {
		const size_t at = by > 0 ? i : p->entry_count - 1 - i;
		if ((any && (by > 0 ? at <= p->marked : at >= p->marked)) || !is_in_sight(p, at))
			continue;
		p->marked = at;
		return true;
	}
	return false;
}

/* The next one wherever it is, and after the last the first. */
static void mark_next(struct pager *p)
{
	size_t next = p->marked < p->entry_count ? p->marked + 1 : 0;

	if (p->marked >= p->entry_count)
		while (next < p->entry_count && p->entries[next].line < p->top)
			next++;
	if (p->entry_count == 0)
		return;
	next = next < p->entry_count ? next : 0;
	p->marked = NOWHERE;
	if (!is_in_sight(p, next))
		go_to(p, p->entries[next].line > 2 ? p->entries[next].line - 2 : 0);
	p->marked = next;
}

bool pager_act(struct pager *p, enum action action)
{
	const size_t page = p->rows > 2 ? (size_t)p->rows - 1 : 1;

	switch (action) {
	case ACTION_NEXT_ENTRY:
		mark_next(p);
		return true;
	case ACTION_UP:
		if (mark_by(p, -1))
			return true;
		go_to(p, p->top > 0 ? p->top - 1 : 0);
		return true;
	case ACTION_DOWN:
		if (mark_by(p, 1))
			return true;
		go_to(p, p->top + 1);
		return true;
	case ACTION_PAGE_UP:
		go_to(p, p->top > page ? p->top - page : 0);
		return true;
	case ACTION_PAGE_DOWN:
		go_to(p, p->top + page);
		return true;
	case ACTION_HOME:
		go_to(p, 0);
		return true;
	case ACTION_END:
		go_to(p, p->count);
		return true;
	default:
		return false;
	}
}

bool pager_search(struct pager *p, const char *text)
{
	if (*text != '\0') {
		free(p->search);
		p->search = xstrdup(text);
		p->found_at = NOWHERE;
	}
	return pager_search_next(p);
}

bool pager_search_next(struct pager *p)
{
	if (p->search == NULL || p->count == 0)
		return false;
	const size_t start = p->found_at != NOWHERE ? p->found_at + 1 : p->top;
	for (size_t i = 0; i < p->count; i++) {
		const size_t at = (start + i) % p->count;
		if (strcasestr(p->lines[at], p->search) == NULL)
			continue;
		p->found_at = at;
		if (at < p->top || at >= p->top + (size_t)p->rows)
			go_to(p, at > 2 ? at - 2 : 0);
		return true;
	}
	return false;
}

static bool is_marked(const struct pager *p, size_t line)
{
	const struct pager_entry *entry = p->marked < p->entry_count ? &p->entries[p->marked] : NULL;

	return entry != NULL && line >= entry->line && line < entry->line + entry->lines;
}

/* What begins at the margin is a heading: so are all texts of the report made. */
static enum style line_style(const struct pager *p, size_t at)
{
	if (at == p->found_at || is_marked(p, at))
		return STYLE_MARKED;
	return p->lines[at][0] != ' ' ? STYLE_STRONG : STYLE_TEXT;
}

void pager_draw(struct pager *p, const struct area *area)
{
	p->rows = area->rows;
	if (p->anew && p->marked < p->entry_count && !is_in_sight(p, p->marked))
		p->top = p->entries[p->marked].line > 2 ? p->entries[p->marked].line - 2 : 0;
	p->anew = false;
	go_to(p, p->top);
	for (int i = 0; i < area->rows && p->top + (size_t)i < p->count; i++) {
		const size_t at = p->top + (size_t)i;
		draw_text(area->row + i, area->column, area->columns, line_style(p, at), p->lines[at]);
		if (is_marked(p, at) && at == p->entries[p->marked].line)
			draw_text(area->row + i, area->column, 1, STYLE_MARKED, ">");
	}
}

const char *pager_place(const struct pager *p, char *text, size_t size)
{
	const size_t end = p->top + (size_t)p->rows < p->count ? p->top + (size_t)p->rows : p->count;

	text[0] = '\0';
	if (p->count > (size_t)p->rows)
		snprintf(text, size, _("%zu-%zu of %zu"), p->top + 1, end, p->count);
	return text;
}
