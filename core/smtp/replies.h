/*
 * replies - the reply catalogue help/replies.tsv: who words a reply that way, what it means, what governs it
 *
 * Columns, separated by tabs, first line a header: id, server (a word of smtp.server.software, or "any"), code ("421",
 * "4xx", or empty), enhanced ("4.7.0", or empty), wording (POSIX extended regular expression, matched against the reply
 * text without code and enhanced code... see replies.tsv's head comment), phase (word of smtp.reply.phase or "any"), class
 * (word of smtp.reply.class), setting, means. Lines that start with # are comments. Rows run from special to general; the
 * first that fits wins; rows of server "any" come last and rest on code and enhanced code alone (RFC 3463, RFC 5248).
 */
#ifndef SMTPDX_SMTP_REPLIES_H
#define SMTPDX_SMTP_REPLIES_H

#include "base/err.h"

struct reply_row {
	char *id, *server, *code, *enhanced, *wording, *phase, *class, *setting, *means;
};

struct replies;

struct replies *replies_load(struct err *err); /* NULL with file and line and what was expected */
void replies_free(struct replies *replies);

/*
 * The row that fits a whole reply ("421 4.4.2 mx Error: timeout exceeded"; of a multi-line reply the lines joined by a
 * blank) seen in that phase (NULL: not known). NULL when none fits. Owned by the catalogue.
 */
const struct reply_row *replies_find(const struct replies *replies, const char *reply, const char *phase);

/* The same when the server software is known (a word of smtp.server.software): its own rows are asked first. */
const struct reply_row *replies_find_of(const struct replies *replies, const char *server, const char *reply,
                                        const char *phase);

#endif
