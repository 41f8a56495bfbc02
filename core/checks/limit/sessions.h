/*
 * sessions - sessions that are opened for their number, not for their content
 *
 * Internal to the limit check. Each says EHLO and waits; QUIT ends it. Only the first of a row and the one that is not
 * taken become dialogs: twenty sessions in which nothing happens are no reading matter.
 */
#ifndef SMTPDX_CHECKS_LIMIT_SESSIONS_H
#define SMTPDX_CHECKS_LIMIT_SESSIONS_H

#include "checks/emit.h"
#include "checks/settings.h"
#include "checks/smtp/envelope.h"
#include "smtp/replies.h"
#include "smtp/session.h"
#include "smtp/software.h"

struct limit_probe {
	const struct settings *settings;
	const struct endpoint *endpoint;
	const char *subject;
	const struct replies *replies;
	struct emit *e;
	const char *rcpt; /* NULL: to be guessed */
	double deadline;
	char helo[ENVELOPE_HELO_SIZE];
	double began; /* clock_now() when the first connection was begun */
	int opened;   /* connections since then */
	struct smtp_software software;
};

/* How a row of sessions ended. */
struct row_end {
	const char *outcome; /* a word of limit.outcome */
	int taken;           /* sessions that were greeted */
	enum smtp_phase phase;
	struct smtp_reply reply; /* code 0: none */
};

/* A session that is open, and the last lines of its dialog. */
struct held;

/* Connects and says EHLO; NULL never. held_leave() says goodbye and frees, whatever became of it. */
struct held *held_open(struct limit_probe *p, double until);
struct smtp_session *held_session(struct held *h);
/* What it said last becomes a dialog below that note. */
void held_show(const struct held *h, const char *note);
/* How it ended, in `end`; slowest: s that the slowest session before it took to be greeted, 0: none was. */
void held_note_end(struct row_end *end, const struct held *h, double slowest);
void held_leave(struct held *h);

/* Opens up to `most` sessions and holds them until it is over, at most 10 s. */
void limit_hold(struct limit_probe *p, int most, struct row_end *end);

/* Opens up to `most` sessions, each after the one before has been ended. */
void limit_rate(struct limit_probe *p, int most, struct row_end *end);

/* One session, ended at once. Whether it was taken. */
bool limit_try(struct limit_probe *p, double until, struct row_end *end);

/* transactions.c: up to `most` messages in one session, then as many recipients of a message, as facts limit.session.*. */
void limit_transactions(struct limit_probe *p, int most);

/* The end of a row as facts PREFIX.outcome, PREFIX.phase, PREFIX.reply.* and so on. */
void limit_tell_end(const struct limit_probe *p, const char *prefix, const struct row_end *end);

#endif
