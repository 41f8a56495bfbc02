/*
 * smtp_session - the server's side of one scripted SMTP session, without any I/O
 *
 * In: bytes and the time. Out: bytes to send, and the wish to end. It acts out the rules of its part, one command at a
 * time: while a delay runs, what the client sends waits. Mail is counted and thrown away.
 */
#ifndef SMTPDX_DEMO_SMTP_SESSION_H
#define SMTPDX_DEMO_SMTP_SESSION_H

#include "base/buf.h"
#include "demo/scenario.h"

#include <stdint.h>

enum smtp_end { SMTP_END_NOT, SMTP_END_CLOSE, SMTP_END_RESET };

struct smtp_session {
	struct smtp_part *part;
	char client[46]; /* its address */

	struct buf out;    /* to be sent; whoever sends clears it */
	enum smtp_end end; /* wanted, once everything is sent */
	bool silent;       /* reads on and never answers */
	bool stalled;      /* does not even read */

	struct smtp_rule *rule; /* being acted out; NULL: the client's turn */
	size_t step;
	double wake;       /* when the delay of this step is over; 0: it has not begun */
	double idle_since; /* since when it has been the client's turn */

	bool greeted, in_mail, in_body;
	size_t recipients;
	double body_size;
	bool body_told;    /* the rule for the body has had its turn */
	unsigned dot_seen; /* how much of CRLF.CRLF the body ended with */

	bool overlong; /* the beginning of this line has been thrown away */
	size_t in_size;
	char in[4096];
};

/* A client has connected that has so many sessions with this part already. */
void smtp_session_init(struct smtp_session *s, struct smtp_part *part, const char *client, size_t sessions, double now);
void smtp_session_done(struct smtp_session *s);

/* How many bytes it can take now; 0: it does not want to read. */
size_t smtp_session_room(const struct smtp_session *s);
void smtp_session_feed(struct smtp_session *s, const char *bytes, size_t size, double now); /* size at most the room */

/* Goes on as far as it can. */
void smtp_session_run(struct smtp_session *s, double now);

/* When to call smtp_session_run() even if nothing comes; INFINITY: never. */
double smtp_session_deadline(const struct smtp_session *s);

/* Whether nothing will happen any more unless the client sends something. */
bool smtp_session_waits(const struct smtp_session *s);

#endif
