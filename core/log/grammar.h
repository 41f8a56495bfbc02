/*
 * grammar - how the mail servers word their log lines; what event.c dispatches to
 *
 * Each function reads the message of a line (the prefix is gone) into an event that is empty but for what the prefix said,
 * and returns false when no such server says that. A table of wordings serves what is rare; what every session logs is
 * told apart by its first bytes, since a log is mostly that.
 */
#ifndef SMTPDX_LOG_GRAMMAR_H
#define SMTPDX_LOG_GRAMMAR_H

#include "log/event.h"

bool postfix_parse(struct slice message, struct log_event *event);
bool exim_parse(struct slice message, struct log_event *event);
bool sendmail_parse(struct slice message, struct log_event *event);
bool opensmtpd_parse(struct slice message, struct log_event *event);

/* How the rest of a message that begins (or goes on) with a certain wording is read. */
enum shape {
	SHAPE_TEXT,       /* nothing but words for the catalogue */
	SHAPE_PEER,       /* the peer comes first */
	SHAPE_FROM,       /* "... from PEER" */
	SHAPE_AFTER_FROM, /* "RCPT (12 bytes) from PEER" */
	SHAPE_NUMBER,     /* a number somewhere, then perhaps "from PEER" */
	SHAPE_REASON,     /* a reason as in log_reason_parse() */
};

struct wording {
	const char *words; /* the message begins with them, or holds them when `within` is set */
	bool within;
	enum log_kind kind;
	enum log_symptom symptom;
	enum log_phase phase;
	enum log_direction direction;
	enum shape shape;
};

#define PLAIN(begins)                                \
	{                                            \
		.words = (begins), .kind = LOG_PLAIN \
	}
#define DETAIL(begins)                                \
	{                                             \
		.words = (begins), .kind = LOG_DETAIL \
	}
#define PLAIN_WITHIN(part)                                         \
	{                                                          \
		.words = (part), .within = true, .kind = LOG_PLAIN \
	}
#define TROUBLE(begins, what, where, way, rest)                                                            \
	{                                                                                                  \
		.words = (begins), .kind = LOG_TROUBLE, .symptom = SYMPTOM_##what, .phase = PHASE_##where, \
		.direction = LOG_##way, .shape = SHAPE_##rest                                              \
	}
#define TROUBLE_WITHIN(part, what, where, way, rest)                                             \
	{                                                                                        \
		.words = (part), .within = true, .kind = LOG_TROUBLE, .symptom = SYMPTOM_##what, \
		.phase = PHASE_##where, .direction = LOG_##way, .shape = SHAPE_##rest            \
	}

/* The first row (the last one has no words) that fits; fills the event. False when none does. */
bool wording_parse(const struct wording *table, struct slice message, struct log_event *event);

/*
 * "mx.example.com[192.0.2.25]:25", "(helo) [192.0.2.25]:5678", "mail.example.com [192.0.2.25]", "[192.0.2.25]" at the
 * beginning -> name, address, port of the event. Returns what follows, or a slice with at == NULL when no address is there.
 */
struct slice peer_parse(struct slice text, struct log_event *event);

/* SMTP verb or Postfix' name of a state -> phase; PHASE_NONE when it is none. */
enum log_phase phase_of_command(struct slice command);

/* A reply "421 4.7.0 ..." at the beginning: sets code, symptom and text of the event. False: there is none. */
bool reply_parse(struct slice text, struct log_event *event);

/* What a reply is about, by its code and well-known words; SYMPTOM_REFUSED when nothing special. */
enum log_symptom symptom_of_reply(int code, struct slice text);

/* "00:05:03", "1+02:00:00" (Sendmail), "5m3s", "1h", "300.2s" (Exim), "12.5" -> seconds; -1. */
double duration_parse(struct slice text);

/* A trouble of a peer of this machine itself (127.0.0.0/8, ::1, a socket) is that of a filter or mailbox behind it. */
bool peer_is_local(struct slice address);

#endif
