/*
 * smtp_peer - a mail server that misbehaves in ways the demo's scenarios have no words for, in a process of its own; and
 * a run of the smtp check against it, or against a scenario
 */
#ifndef SMTPDX_UNIT_SMTP_PEER_H
#define SMTPDX_UNIT_SMTP_PEER_H

#include "checks/check.h"

#include <sys/types.h>

struct smtp_peer {
	pid_t pid;
	int port;
};

/* Listens on 127.0.0.1 and calls serve() for one connection after the other; it returns when it is through with one. */
void smtp_peer_start(struct smtp_peer *peer, void (*serve)(int fd, int connection));
void smtp_peer_stop(struct smtp_peer *peer);

/* For serve(): say a text; take in what comes until a line begins like that (false: the client has left). */
void smtp_peer_say(int fd, const char *text);
bool smtp_peer_hear(int fd, const char *command);
void smtp_peer_reset(int fd); /* closes with a reset instead of a FIN */

/* Banner to 354: for faults that come later. Stops before it answers `until` ("EHLO", "MAIL", "RCPT", "DATA"). */
bool smtp_peer_serve_until(int fd, const char *until);

/* Runs the smtp check on that host (an IPv6 address in brackets) and port, within `seconds`. The case has its facts and dialog. */
struct case_file *smtp_check(const char *host, int port, double seconds, const struct settings *settings);

/* Facts of the case; each fails the test when there is no such fact. */
double fact_number(const struct case_file *c, const char *name);
const char *fact_text(const struct case_file *c, const char *name);
bool fact_flag(const struct case_file *c, const char *name);
void expect_fact(const struct case_file *c, const char *name, const char *text);
void expect_no_fact(const struct case_file *c, const char *name);

/* How often a line of the dialog is exactly that. */
int lines_said(const struct case_file *c, enum line_dir dir, const char *text);

#endif
