/*
 * facts - a configuration as facts: its services and what is in effect there (model/facts/config.c)
 */
#ifndef SMTPDX_CHECKS_CONFIG_FACTS_H
#define SMTPDX_CHECKS_CONFIG_FACTS_H

#include "checks/emit.h"
#include "config/config.h"

/* The subject of a service: "postfix smtp/inet", "postfix postfix-out smtp/inet". The caller frees. */
char *config_subject(const struct config *config, const struct config_service *service);

/*
 * All of it. Each service has the facts of its roles; every setting is a row of the first service of its side (the one on
 * port 25 before others), and of another only where that one differs.
 */
void config_emit(const struct config *config, const struct config_catalogue *catalogue, struct emit *e);

/*
 * Settings that were found among other lines: only what is written, all about one subject. Configurations of several
 * servers may be about the same.
 */
void config_emit_found(const struct config *config, const struct config_catalogue *catalogue, struct emit *e,
                       const char *subject);

#endif
