/*
 * waits - what one turn of the server's poll loop waits for
 *
 * Rebuilt each turn: every module adds its descriptors and its next deadline, then poll(2) runs once, then every module
 * looks at what became of its own descriptors.
 */
#ifndef SMTPDX_DEMO_WAITS_H
#define SMTPDX_DEMO_WAITS_H

#include <poll.h>
#include <stddef.h>

#define WAITS_MAX 512

struct waits {
	struct pollfd fds[WAITS_MAX];
	size_t count;
	double deadline; /* the earliest; clock_now() time */
};

void waits_init(struct waits *waits, double deadline);

/* Returns the place to ask waits_events() for. Descriptors past WAITS_MAX and negative ones are not waited for. */
size_t waits_add(struct waits *waits, int fd, short events);
void waits_until(struct waits *waits, double deadline); /* not longer than this */

/* Returns when something happened or the deadline passed. */
void waits_poll(struct waits *waits);
short waits_events(const struct waits *waits, size_t place);

#endif
