/*
 * service - which configured service an endpoint is: the facts of a read-out are about services, a symptom is about an
 * endpoint
 */
#ifndef SMTPDX_DIAGNOSE_SERVICE_H
#define SMTPDX_DIAGNOSE_SERVICE_H

#include "model/case.h"

/* "postfix smtp/inet" of the setting "postfix smtp/inet: smtpd_timeout", and of itself. The caller frees. */
char *service_of(const char *subject);

/* Whether the fact is one of a configured service, or of a setting of one. */
bool service_has(const struct case_file *c, const struct fact *fact);

/*
 * Whether its settings decide about the endpoint: it is known to listen there; or, when only its ports are known, on that
 * port; or it listens nowhere, since it is what sends. Without an address (what is judged is a log, a transcript) the
 * services on port 25 do, and those that send.
 */
bool service_is_near(const struct case_file *c, const char *subject, const char *address, const char *port);

#endif
