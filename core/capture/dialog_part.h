/*
 * dialog_part - what the parts of the dialog share
 *
 * dialog.c takes the bytes, knows commands and whose turn it is; dialog_reply.c reads what the server says;
 * dialog_body.c counts content and finds its end; dialog_unread.c knows only that something was said, not what.
 */
#ifndef SMTPDX_CAPTURE_DIALOG_PART_H
#define SMTPDX_CAPTURE_DIALOG_PART_H

#include "capture/dialog.h"

/* --- dialog.c */

struct step *dialog_add_step(struct capture_dialog *d, enum step_kind kind, enum side side);
void dialog_expect_reply(struct capture_dialog *d, enum smtp_phase phase);

/* Firewalls that inspect SMTP overwrite what they do not know with X. */
bool dialog_is_masked(const char *word, size_t size);

/* --- dialog_reply.c */

/* A line of the server; cut: the rest of it was not captured, and whether more lines follow can not be told. */
void dialog_take_reply_line(struct capture_dialog *d, const char *line, size_t size, bool cut);

/* The capture is cut behind a line of a reply that has more: they will not come. */
void dialog_cut_reply(struct capture_dialog *d);

/* The server answers in that phase what was said at `since`; -1: not known when. */
void dialog_note_delay(struct capture_dialog *d, enum smtp_phase phase, double since);

/* What a client asks next, as a rule. */
enum smtp_phase dialog_next_phase(const struct capture_dialog *d);

/* --- dialog_body.c */

void dialog_begin_body(struct capture_dialog *d);

/* "BDAT 4000 LAST" */
void dialog_begin_chunk(struct capture_dialog *d, const char *line);

/* Content; these return how many of the bytes are: what follows are commands again. */
size_t dialog_take_body(struct capture_dialog *d, const uint8_t *bytes, size_t size);
size_t dialog_take_chunk(struct capture_dialog *d, size_t size);

/* Content that is counted, whatever it is. */
void dialog_count_content(struct capture_dialog *d, size_t size);

/* --- dialog_unread.c */

/* What follows is TLS. */
void dialog_begin_tls(struct capture_dialog *d);

/* A segment of TLS; `missing` bytes behind it were not captured. */
void dialog_take_tls(struct capture_dialog *d, enum side side, const uint8_t *bytes, size_t size, size_t missing);

/* A segment of which the capture holds too little to read it. */
void dialog_take_unread(struct capture_dialog *d, enum side side, const uint8_t *bytes, size_t size, size_t missing);

#endif
