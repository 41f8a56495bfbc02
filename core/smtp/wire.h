/*
 * wire - the bytes of a session, through libcurl (which may encrypt them) or, when that has let go, the bare socket
 *
 * Internal to core/smtp.
 */
#ifndef SMTPDX_SMTP_WIRE_H
#define SMTPDX_SMTP_WIRE_H

#include "smtp/session.h"

/* Bytes moved; 0: would block; -1: the connection is over (session.status says how). */
long wire_send(struct smtp_session *s, const char *bytes, size_t size);
long wire_receive(struct smtp_session *s, char *bytes, size_t size);

/* Waits for poll events; false when the deadline came first. */
bool wire_wait(const struct smtp_session *s, short events, double deadline);

/* How a connection ended, by what the kernel knows: sets session.status (unless it is already set) and returns it. */
enum smtp_status wire_ended(struct smtp_session *s);

/* session.c: what greet.c, dialog.c and body.c share */
void session_end_step(struct smtp_session *s, enum smtp_phase phase);
void session_line(struct smtp_session *s, enum line_dir dir, const char *text);
/* Feeds what came; SMTP_PARSE_REPLY when session.reply is a new whole one; a fault ends the session. */
enum smtp_parse session_parse(struct smtp_session *s, const char *bytes, size_t size, size_t *used);
/* The reply of a phase is there: closes its step and decides whether the session goes on. */
enum smtp_status session_reply(struct smtp_session *s, enum smtp_phase phase);
enum smtp_status session_timeout(struct smtp_session *s);
void session_note_fault(struct smtp_session *s, enum smtp_fault fault, const char *detail);

/* dialog.c: whether a whole reply is there although nothing was asked; the connection may also turn out to be over */
bool dialog_hears_reply(struct smtp_session *s);

/* greet.c */
enum smtp_status session_greet(struct smtp_session *s);
void features_read(struct smtp_features *features, const struct smtp_reply *reply);

#endif
