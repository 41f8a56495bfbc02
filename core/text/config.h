/*
 * config - timers and limits in lines of configurations: postconf -n, exim.conf, the options of libraries
 */
#ifndef SMTPDX_TEXT_CONFIG_H
#define SMTPDX_TEXT_CONFIG_H

#include "checks/emit.h"

#include <stdbool.h>

struct config {
	double server_timeout; /* s a server waits for its client; 0: not seen */
	double client_timeout; /* s a client waits for its server */
	double pool_idle;      /* s a client keeps an unused session */
	double size_limit;     /* B of a message */
	bool published;        /* a container's published ports were listed */
	bool published_25;
};

/* Takes a line in; false when it is none of a configuration. */
bool config_line(struct config *config, const char *line);

/* Facts seen.timeout.*, seen.pool.idle, seen.size.limit, and the word port-not-published. */
void config_emit(const struct config *config, struct emit *e, const char *subject);

#endif
