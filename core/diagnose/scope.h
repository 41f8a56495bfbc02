/*
 * scope - what is judged as a whole, and the facts that speak about it
 *
 * Evidence is per subject: one mail host can be black-holed while the other is healthy. The scope of an endpoint holds
 * the facts about itself, its address, its host, the target, our own address of the same family, the domain's name
 * servers and the configuration that was read, nearest first. A mail host that led to no endpoint (its name does not
 * exist, say) is judged by itself; without any endpoint the target is.
 *
 * Where endpoints were found, this machine and its name servers are judged apart: what is wrong with them and what is
 * wrong with a mail host do not exclude each other, so neither may hide the other.
 */
#ifndef SMTPDX_DIAGNOSE_SCOPE_H
#define SMTPDX_DIAGNOSE_SCOPE_H

#include "model/case.h"

struct scope {
	char *subject;             /* what is judged */
	bool this_host;            /* what is judged is this machine and its name servers */
	char *target;              /* as the user gave it */
	char *domain;              /* the domain or host name in the target; "" when it was an address */
	char *host;                /* "" when no name is known */
	char *address;             /* without brackets; "" when it is no endpoint */
	char *port;                /* "25"; "" when it is no endpoint */
	char *self;                /* our own source address towards it; "" when not known */
	const struct fact **facts; /* nearest subject first; owned by the case */
	size_t count;
};

/* The scopes of a case, at least one. The case must outlive them unchanged. */
struct scope *scopes_new(const struct case_file *c, size_t *count);
void scopes_free(struct scope *scopes, size_t count);

/* The nearest fact of that definition; NULL when it was not measured. */
const struct fact *scope_find(const struct scope *scope, const struct fact_def *def);

/*
 * The parts of a subject "name [address]:port", without the word nameserver before a name; of a session those of its
 * server. The caller frees each. Parts
 * that are not there are "".
 */
void subject_split(const char *subject, char **name, char **address, char **port);

/* Whether a subject is a session in a capture: "[client]:port -> [server]:port". */
bool subject_is_session(const char *subject);

/* Whether a subject is one server's port, other than a name server's. */
bool subject_is_endpoint(const char *subject);

/* The domain or host name in a target such as user@example.com, example.com:587 or [192.0.2.1]:25. Caller frees. */
char *target_domain(const char *target);

#endif
