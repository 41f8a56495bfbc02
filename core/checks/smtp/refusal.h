/*
 * refusal - what a server's reply is about, for every check that is told one
 */
#ifndef SMTPDX_CHECKS_SMTP_REFUSAL_H
#define SMTPDX_CHECKS_SMTP_REFUSAL_H

#include "smtp/phase.h"
#include "smtp/replies.h"
#include "smtp/reply.h"

/* The lines of a reply as one text; the caller frees. */
char *refusal_words(const struct smtp_reply *reply);

/* What the catalogue knows about it; NULL when nothing. server: a word of smtp.server.software. */
const struct reply_row *refusal_row(const struct replies *replies, const char *server, const struct smtp_reply *reply,
                                    enum smtp_phase phase);

/* Its class, a word of smtp.reply.class; row: NULL when the catalogue knows nothing. */
const char *refusal_class(const struct reply_row *row, int code);

#endif
