/*
 * server_config - lines of a mail server's configuration among other evidence: three lines of postconf -n in a question
 *
 * Each line is recognised by the name of its setting (help/config.tsv) and read as the config check reads it. What is
 * not written there is not known: defaults stay out.
 */
#ifndef SMTPDX_TEXT_SERVER_CONFIG_H
#define SMTPDX_TEXT_SERVER_CONFIG_H

#include "checks/emit.h"

#include <stdbool.h>

struct server_config;

struct server_config *server_config_new(struct err *err); /* NULL with file and line and what was expected */
void server_config_free(struct server_config *s);

/* Takes a clean line in; false when it is none of a configuration. */
bool server_config_line(struct server_config *s, const char *line, long number);

/* Facts config.* about the subject. */
void server_config_emit(struct server_config *s, struct emit *e, const char *subject);

#endif
