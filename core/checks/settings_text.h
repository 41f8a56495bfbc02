/*
 * settings_text - what the texts among the settings may be, so that a slip is refused before anything is sent
 *
 * Each function is the `fits` of rows of settings_table: 0, or -1 with the option and the reason.
 */
#ifndef SMTPDX_CHECKS_SETTINGS_TEXT_H
#define SMTPDX_CHECKS_SETTINGS_TEXT_H

#include "base/err.h"

/* What may stand between the angle brackets of MAIL and RCPT. */
int settings_mailbox_fits(const char *option, const char *text, struct err *err);

/* The same, or the null reverse-path as RFC 5321 writes it. */
int settings_sender_fits(const char *option, const char *text, struct err *err);

/* What may stand behind EHLO. */
int settings_helo_fits(const char *option, const char *text, struct err *err);

/* A phase of the session after which one can stay silent. */
int settings_phase_fits(const char *option, const char *text, struct err *err);

/* Addresses of name servers, as dns_conf_load() takes them. */
int settings_resolvers_fit(const char *option, const char *text, struct err *err);

/* A moment, as when_parse() reads it. */
int settings_moment_fits(const char *option, const char *text, struct err *err);

#endif
