/*
 * pager - a text longer than the screen: scrolled, searched, broken anew when the width changes
 *
 * What it shows is a document of the report (report/document.h), so the screen says in the same words what the report
 * says. It keeps the rendered lines and no pointer into what they were made from.
 */
#ifndef SMTPDX_TUI_SCREEN_PAGER_H
#define SMTPDX_TUI_SCREEN_PAGER_H

#include "base/buf.h"
#include "draw.h"
#include "key.h"

#include <stdbool.h>

/* Lines that lead somewhere. */
struct pager_entry {
	char *link;
	size_t line, lines;
};

struct pager {
	char **lines;
	size_t count, room;
	size_t top;
	int rows;        /* of the area when it was drawn last */
	char *search;    /* NULL: nothing is searched for */
	size_t found_at; /* the line; (size_t)-1: none */
	struct pager_entry *entries;
	size_t entry_count, entry_room;
	size_t marked; /* the entry; (size_t)-1: none */
	bool anew;     /* the text has not been drawn yet: what is marked must come into sight */
};

void pager_init(struct pager *p);
void pager_done(struct pager *p);

/* Takes the lines of a text; the place where one was reading stays when there is as much text as before. No entries yet. */
void pager_set_text(struct pager *p, const char *text);

/* Lines that can be marked, each below the one before. The mark stays on the one that it was on. */
void pager_add_entry(struct pager *p, const char *link, size_t line, size_t lines);
const char *pager_marked(const struct pager *p); /* its link; NULL: none is marked */

/*
 * Moves, or takes no notice of the action and returns false. Up and down go from entry to entry as far as these are in
 * sight, and scroll otherwise.
 */
bool pager_act(struct pager *p, enum action action);

/* Goes to the next line, from where one is on, that has the text (whatever its case); false when none has. */
bool pager_search(struct pager *p, const char *text);
bool pager_search_next(struct pager *p);

void pager_draw(struct pager *p, const struct area *area);

/* Where one is, "12-34 of 99", into the caller's buffer; "" when all is in sight. */
const char *pager_place(const struct pager *p, char *text, size_t size);

#endif
