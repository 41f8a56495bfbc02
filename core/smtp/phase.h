/*
 * phase - the phases of an SMTP session, in their order
 *
 * One row a phase: its name in facts and options, what reply lets the session go on, the facts that its timer and its
 * code become, and the least time that RFC 5321 4.5.3.2 wants a client to wait there.
 */
#ifndef SMTPDX_SMTP_PHASE_H
#define SMTPDX_SMTP_PHASE_H

enum smtp_phase {
	SMTP_CONNECT,
	SMTP_BANNER,
	SMTP_EHLO,
	SMTP_STARTTLS,
	SMTP_TLS,
	SMTP_MAIL,
	SMTP_RCPT,
	SMTP_DATA,
	SMTP_BODY,
	SMTP_END, /* the final dot */
	SMTP_QUIT,
	SMTP_PHASES
};

struct smtp_phase_def {
	const char *name;
	int expect;     /* first digit of the reply that lets the session go on; 0: there is no reply */
	double minimum; /* s; 0: the RFC names none */
	const char *delay_fact;
	const char *code_fact; /* NULL: there is no reply */
};

extern const struct smtp_phase_def smtp_phases[SMTP_PHASES];

/* The phase of that name; -1 when there is none. */
int smtp_phase_find(const char *name);

#endif
