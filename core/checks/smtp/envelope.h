/*
 * envelope - what every check says that opens SMTP sessions: where to, in whose name, to whom, and with which text
 */
#ifndef SMTPDX_CHECKS_SMTP_ENVELOPE_H
#define SMTPDX_CHECKS_SMTP_ENVELOPE_H

#include "checks/settings.h"
#include "dns/dns.h"

#define ENVELOPE_ENDPOINTS_MAX 64
#define ENVELOPE_HELO_SIZE     ((size_t)300)

/* The endpoints of the target, or the one that --address names. Their number (0: none of the family), or -1. */
int envelope_endpoints(const struct target *target, const struct settings *settings, double deadline,
                       struct endpoint *endpoints, struct err *err);

/* Who sends: "" is the null reverse-path, which a user may also write as <>. */
const char *envelope_from(const struct settings *settings);

/* Whom the envelope names: postmaster at the domain unless the user says. NULL when nothing tells; the caller frees. */
char *envelope_rcpt(const struct target *target, const struct settings *settings);

/* Whom it may name: one address, or guesses, the likeliest first. */
struct recipients {
	char list[3][300];
	size_t count, at; /* the one in use */
	bool guessed;
};

/* recipient.c: rcpt: NULL when it has to be guessed, by the first line of the banner, which names the server. */
void recipients_choose(struct recipients *recipients, const char *rcpt, const char *banner);

/* Whether a server at that port wants TLS from the first byte on (RFC 8314). */
bool envelope_is_implicit_tls(const struct sockaddr_storage *peer);

/* Our name for EHLO: what the user says, this host's full name, or the address literal of RFC 5321 4.1.3. */
void envelope_helo(const struct settings *settings, const struct sockaddr_storage *peer,
                   char helo[static ENVELOPE_HELO_SIZE]);

/*
 * message.c: a text that fills about `size` bytes, header first, every line ended, no final dot. from is "" for the null
 * sender. The caller frees.
 */
char *message_new(const char *from, const char *rcpt, const char *host, size_t size, size_t *length);

#endif
