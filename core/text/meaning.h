/*
 * meaning - what a line says by the two catalogues: that of wordings, that of replies, or both
 *
 * A line may hold several voices: a program's own sentence, the reply that it quotes, the reason that somebody else gave to
 * whoever replied. The innermost one that says why counts; the sentence around it says only that something went wrong.
 */
#ifndef SMTPDX_TEXT_MEANING_H
#define SMTPDX_TEXT_MEANING_H

#include "smtp/replies.h"
#include "text/wordings.h"

#include <stdbool.h>
#include <stddef.h>

/* Rows of the catalogues, owned by them; NULL where none fits. */
struct meaning {
	const struct wording *wording;
	const struct reply_row *reply;
	size_t
	    own; /* bytes of the line before a reply that the catalogue knows: what is said there is nobody's quote */
};

/* is_setting: the line gives a setting its value; is_log: a log grammar knows it. */
struct meaning meaning_find(const struct wordings *wordings, const struct replies *replies, const char *line,
                            bool is_setting, bool is_log);

#endif
