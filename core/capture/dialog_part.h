/*
 * dialog_part - what dialog.c, which reads what is said, shares with dialog_unread.c, which knows only that something was
 */
#ifndef SMTPDX_CAPTURE_DIALOG_PART_H
#define SMTPDX_CAPTURE_DIALOG_PART_H

#include "capture/dialog.h"

/* dialog.c */
struct step *dialog_add_step(struct capture_dialog *d, enum step_kind kind, enum side side);
void dialog_expect_reply(struct capture_dialog *d, enum smtp_phase phase);
void dialog_begin_body(struct capture_dialog *d);
void dialog_note_delay(struct capture_dialog *d, enum smtp_phase phase, double since); /* -1: not known */
void dialog_count_content(struct capture_dialog *d, size_t size);
size_t dialog_take_chunk(struct capture_dialog *d, size_t size);

/* dialog_unread.c: what follows is TLS */
void dialog_begin_tls(struct capture_dialog *d);

/* dialog_unread.c: a segment of TLS; `missing` bytes behind it were not captured */
void dialog_take_tls(struct capture_dialog *d, enum side side, const uint8_t *bytes, size_t size, size_t missing);

/* dialog_unread.c: a segment of which the capture holds too little to read it */
void dialog_take_unread(struct capture_dialog *d, enum side side, const uint8_t *bytes, size_t size, size_t missing);

#endif
