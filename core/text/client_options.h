/*
 * client_options - timers and limits in the options of libraries, appliances and containers
 */
#ifndef SMTPDX_TEXT_CLIENT_OPTIONS_H
#define SMTPDX_TEXT_CLIENT_OPTIONS_H

#include "checks/emit.h"

#include <stdbool.h>

struct client_options {
	double server_timeout; /* s a server waits for its client; 0: not seen */
	double client_timeout; /* s a client waits for its server */
	double pool_idle;      /* s a client keeps an unused session */
	double size_limit;     /* B of a message */
	bool published;        /* a container's published ports were listed */
	bool published_25;
};

/* Takes a line in; false when it is none of a configuration. */
bool client_options_line(struct client_options *options, const char *line);

/* Facts seen.timeout.*, seen.pool.idle, seen.size.limit, and the word port-not-published. */
void client_options_emit(const struct client_options *options, struct emit *e, const char *subject);

#endif
