/*
 * clue - what stands in a line besides its wording: an address with its port, a reply of a server, a time of day
 *
 * Lines come from logs, libraries and people, so everything is looked for anywhere in the line, in the forms in which
 * programs print it. Nothing is allocated.
 */
#ifndef SMTPDX_TEXT_CLUE_H
#define SMTPDX_TEXT_CLUE_H

#include <stdbool.h>
#include <stddef.h>

struct clue_endpoint {
	char address[46]; /* numeric, without brackets; "" when the line has only a port */
	bool is_v6;
	bool is_loopback;
	int port; /* 0: none */
};

/* The first address of the line ("mx[192.0.2.1]:25", "2001:db8::1 port 25"), or port alone. False when there is neither. */
bool clue_endpoint_find(const char *line, struct clue_endpoint *endpoint);

/*
 * A refusing reply (4xx, 5xx) that the line is or quotes, as text that ends where the quotation does; the caller's buffer
 * takes "421 4.4.2 host Error: timeout exceeded". Where only the enhanced code was kept, 421 or 550 is put before it.
 * *begin is where it begins in the line. False when there is none.
 */
bool clue_reply_find(const char *line, char *reply, size_t room, size_t *begin);

/* "status: 120/120" and the like: whether all of so many are in use. */
bool clue_slots_full(const char *line);

/* Seconds since midnight by the first "hh:mm:ss" of the line; -1 when there is none. */
double clue_time_of_day(const char *line);

#endif
