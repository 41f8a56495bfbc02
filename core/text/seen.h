/*
 * seen - what lines of any kind say, line by line, as facts
 *
 * Whatever an admin has (a transcript, the error of a library, a bounce, a queue listing, lines of a log or of a
 * configuration, a remark) goes through here a line at a time. Each line is recognised for itself: by the catalogue of
 * replies, by that of wordings, by its place in a session. What came out are words of the fact seen.says about the case,
 * and for the first lines of each kind an explanation: who said it, when in the session, what it means, what governs it.
 *
 * Lines of a log that say that all is well cost a look only. Memory is bounded by the catalogues, not by the input.
 */
#ifndef SMTPDX_TEXT_SEEN_H
#define SMTPDX_TEXT_SEEN_H

#include "checks/emit.h"
#include "log/event.h"

struct seen;

/* Loads the catalogues; NULL with file and line and what was expected. */
struct seen *seen_new(struct err *err);
void seen_free(struct seen *seen);

/*
 * One line without its line end, any bytes, from line `number` of a file. event: what the log grammars made of it; NULL
 * when it is no line of a log. False when nobody knows what it says.
 */
bool seen_line(struct seen *seen, const char *file, long number, struct slice line, const struct log_event *event);

/* The end of a file: a session does not go on in the next one. */
void seen_end_of_file(struct seen *seen);

/* Everything as facts about the subject; explanations have subjects of their own, "FILE line N". */
void seen_emit(struct seen *seen, struct emit *e, const char *subject);

#endif
