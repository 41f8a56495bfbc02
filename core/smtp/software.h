/*
 * software - which mail server is that? A guess from banner, EHLO keywords and the wording of replies
 *
 * A product's own name in the banner is the surest sign; but banners are often changed, other replies hardly ever, so
 * their wording tells the product where the banner does not. The guess says what it rests on.
 */
#ifndef SMTPDX_SMTP_SOFTWARE_H
#define SMTPDX_SMTP_SOFTWARE_H

#include "smtp/phase.h"
#include "smtp/reply.h"

struct smtp_software {
	const char *name;  /* a word of smtp.server.software; "unknown" as long as nothing speaks for one */
	char version[64];  /* "" when the server does not say */
	char because[160]; /* what the guess rests on, clean */
	int weight;        /* of the evidence so far, to compare */
};

void smtp_software_init(struct smtp_software *software);

/* Takes a reply into account that came in this phase. */
void smtp_software_hear(struct smtp_software *software, enum smtp_phase phase, const struct smtp_reply *reply);

#endif
