/*
 * guess - what a session is doing where nobody can read what is said: it is encrypted, or the capture holds headers only
 *
 * Who speaks after whom, how much, and the first letters where a snap length left some: a greeting comes first, EHLO
 * after it, STARTTLS has ten bytes, a message is larger than any command (RFC 5321 4.5.3.1.4: 512), and what the server
 * says next is the reply to its end. Good enough to name the phase of a pause; never what was said.
 */
#ifndef SMTPDX_CAPTURE_GUESS_H
#define SMTPDX_CAPTURE_GUESS_H

#include "capture/side.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct guess {
	bool encrypted;        /* letters are none, and sizes those of TLS records */
	bool talked;           /* anything was said */
	enum side spoke;       /* last */
	unsigned turns;        /* of the client */
	size_t said;           /* B in the turn under way */
	bool command;          /* its first letters are those of a command */
	enum smtp_phase phase; /* of what the client said last; SMTP_PHASES: nothing yet */
	double asked_at;       /* s, the end of that */
	bool message_due;      /* the reply was a 354 */
};

/* encrypted: what follows is inside TLS. greeted: the greeting was before. */
void guess_init(struct guess *g, bool encrypted, bool greeted);

/* The client said `size` bytes, the first `known` of which are here. Returns the phase that it is in now. */
enum smtp_phase guess_client(struct guess *g, const uint8_t *bytes, size_t known, size_t size, double time);

/* The server did. Returns the phase that it answers, SMTP_PHASES when it only goes on. */
enum smtp_phase guess_server(struct guess *g, const uint8_t *bytes, size_t known);

#endif
