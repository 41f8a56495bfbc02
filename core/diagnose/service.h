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
 * How a service that listens is known to be the one at an endpoint: it is read to listen on that address; the greeting gives
 * the name that is configured; the port is the same, and nothing speaks against it. Or it is another one: another port,
 * another software, or the server of that name is another endpoint.
 */
enum service_match { MATCH_NONE, MATCH_PORT, MATCH_NAME, MATCH_ADDRESS };

/* endpoint: its subject, "name [address]:port". */
enum service_match service_match(const struct case_file *c, const char *service, const char *endpoint);

/*
 * Whether its settings decide about what is judged: it is the service at that endpoint, or it listens nowhere, since it is
 * what sends. Without an address (a log, a transcript) the services on port 25 do, and those that send.
 */
bool service_is_near(const struct case_file *c, const char *subject, const char *judged, const char *address,
                     const char *port);

#endif
