/*
 * probe - one endpoint, from connecting to QUIT, as facts
 *
 * Internal to the smtp check. The phases follow each other in lock-step (or MAIL, RCPT and DATA together); what each one
 * gave becomes facts at once, so that a run that is ended early leaves what it has.
 */
#ifndef SMTPDX_CHECKS_SMTP_PROBE_H
#define SMTPDX_CHECKS_SMTP_PROBE_H

#include "checks/emit.h"
#include "checks/settings.h"
#include "checks/smtp/envelope.h"
#include "dns/dns.h"
#include "smtp/replies.h"
#include "smtp/session.h"
#include "smtp/software.h"

/* What an endpoint is asked. */
struct plan {
	const struct settings *settings;
	const struct endpoint *endpoint;
	const char *rcpt;     /* NULL: to be guessed */
	enum smtp_phase idle; /* stay silent after this phase; SMTP_PHASES: never */
	double deadline;
	const struct replies *replies;
	struct emit *e;
};

struct probe {
	const struct plan *plan;
	char *subject;
	double began; /* clock_now() when the first connection was begun: all lines of the dialog count from there */
	struct smtp_session session;
	struct smtp_software software;
	char helo[ENVELOPE_HELO_SIZE];
	double heard;    /* bytes that had come, */
	double heard_at; /* and clock_now() when the last of them did */
	struct recipients recipients;
	bool told[SMTP_PHASES]; /* phases that have become facts; a second connection does not repeat them */
	bool tls_told;
	bool ask_trust; /* only a handshake that insists on it can tell whether the certificate is trusted */
	bool was_idle;  /* stayed silent, as --idle asked */
	bool forgotten; /* and then nothing got through any more, though nobody had closed the session */
	int ident;      /* ident_watch(); -1 when that is not allowed, or over */
	bool ident_told;
	double waited; /* s in the phase that the session ended in */
	struct smtp_body body;
};

void probe_endpoint(const struct plan *plan);

/* trips.c: the text of a message was accepted: how many round trips lose a packet, where that is in doubt? */
void count_trips(struct probe *p);

/* facts.c: what a session measured, in the words of the fact table */
void tell_asked(
    struct probe *p); /* what the user wants to be asked: whoever repeats the measurement has to ask the same */
void tell_phase(struct probe *p, enum smtp_phase phase);
void tell_ident(struct probe *p); /* once; then the watch is over */
void tell_tls(struct probe *p);
void tell_trust(struct probe *p, const char *word);
void tell_body(struct probe *p);
void tell_trips(struct probe *p, int trips, int lost);
void tell_patience(struct probe *p);
void tell_end(struct probe *p);
void tell_protocol(struct probe *p); /* what answered in place of an SMTP server, when it is known */
void tell_note(struct probe *p, const char *text);
const char *reply_class(const struct probe *p); /* of the last reply, a word of smtp.reply.class */

/* recipient.c */
const char *recipient(const struct probe *p);
bool recipient_fails(const struct probe *p); /* refused for not being there, which says nothing when it was a guess */

#endif
