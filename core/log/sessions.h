/*
 * sessions - what each server process is doing: since when it serves whom, and when it last heard something
 *
 * The time between connection and symptom betrays the timer that fired, but the line of the symptom does not tell it. The
 * process id does (Postfix, Sendmail: a process serves one client at a time), or OpenSMTPD's session id.
 */
#ifndef SMTPDX_LOG_SESSIONS_H
#define SMTPDX_LOG_SESSIONS_H

#include "log/event.h"

#include <stdbool.h>
#include <stdint.h>

struct session {
	size_t place;  /* in the table */
	double began;  /* s since 1970 */
	double heard;  /* the last sign of life of the client */
	bool accepted; /* a message was accepted in it */
	enum log_direction direction;
	bool named;
	char address[46], name[80]; /* of the peer, when named: later lines do not repeat them (OpenSMTPD) */
};

struct sessions;

struct sessions *sessions_new(void);
void sessions_free(struct sessions *sessions);

uint64_t session_key(const struct log_event *event); /* 0: the line belongs to no session that can be told */

/* A session begins: what its process did before is over. */
struct session *sessions_begin(struct sessions *sessions, uint64_t key, double time);
struct session *sessions_find(struct sessions *sessions, uint64_t key); /* NULL when it is not known */
void sessions_end(struct sessions *sessions, struct session *session);

double sessions_most(const struct sessions *sessions); /* at any moment: clients served side by side */

#endif
