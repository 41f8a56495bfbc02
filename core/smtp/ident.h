/*
 * ident - whether the server asks our port 113 who we are (RFC 1413)
 *
 * A server that asks and gets no answer greets seconds late, and so does one that pauses on purpose: from the outside the
 * two look alike. What tells them apart is the question itself: a SYN that comes again and again was not answered. It is seen even
 * where a packet filter of this machine drops it, for a packet socket (packet(7)) gets it first. That takes CAP_NET_RAW;
 * without it nobody knows. Nothing is sent.
 */
#ifndef SMTPDX_SMTP_IDENT_H
#define SMTPDX_SMTP_IDENT_H

#include <sys/socket.h>

/* Begins to watch for questions from the peer's address. A descriptor to close(), or -1 where that is not allowed. */
int ident_watch(const struct sockaddr_storage *peer);

/*
 * What the peer has asked since: "none", "answered" (with a refusal, mostly), or "unanswered". Words of the fact
 * smtp.ident.question.
 */
const char *ident_question(int fd, const struct sockaddr_storage *peer);

#endif
