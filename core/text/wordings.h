/*
 * wordings - the catalogue help/lines.tsv: what programs say about mail that does not go through
 *
 * Replies on the wire have a catalogue of their own (smtp/replies.h). This one knows everything else: log lines of
 * servers and senders, errors of libraries, filters, resolvers, remarks of people, lines of configurations. A row gives a
 * line its class, a word of the fact seen.says, which is what causes ask for.
 */
#ifndef SMTPDX_TEXT_WORDINGS_H
#define SMTPDX_TEXT_WORDINGS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct wording {
	const char *id, *server, *side, *phase, *class, *setting, *means;
};

struct wordings;

/* NULL with file and line and what was expected. */
struct wordings *wordings_load(struct err *err);
void wordings_free(struct wordings *wordings);

/* The first row that fits the line, which must be in lower case; NULL when none does. Owned by the catalogue. */
const struct wording *wordings_find(const struct wordings *wordings, const char *line);

/* The same among the rows that `may` takes. */
const struct wording *wordings_find_among(const struct wordings *wordings, const char *line,
                                          bool (*may)(const struct wording *row));

/*
 * All rows of side "remark" that fit, after or before the one that wordings_find() gave: people say several things in one
 * line. Fills at most `room`, returns how many.
 */
size_t wordings_find_remarks(const struct wordings *wordings, const char *line, const struct wording **found,
                             size_t room);

size_t wordings_count(const struct wordings *wordings);
const struct wording *wordings_row(const struct wordings *wordings, size_t index);

/* The longest text that every match of the expression contains, as far as it is easy to see; "" when there is none. */
void wording_literal(const char *expression, char *literal, size_t room);

#endif
