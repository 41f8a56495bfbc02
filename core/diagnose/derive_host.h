/*
 * derive_host - for derive.c alone: what the host, log and limit checks measured on this machine, held against the limits of
 * the mail server that is configured on it
 *
 * Postfix counts processes by service, which the host check does itself (host.processes.share). Exim, Sendmail and OpenSMTPD
 * have limits on the sessions of all ports together, and on the load of the machine.
 */
#ifndef SMTPDX_DIAGNOSE_DERIVE_HOST_H
#define SMTPDX_DIAGNOSE_DERIVE_HOST_H

#include "model/case.h"

/* Adds a fact of check "derived" (derive.c). */
void derive_add(struct case_file *c, const char *name, const char *subject, struct fact value);

void derive_host(struct case_file *c);

/* By what each configured service is known to be one that was probed. */
void derive_matches(struct case_file *c);

#endif
