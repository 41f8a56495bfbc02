/*
 * demo - the embedded faulty mail server: SMTP and DNS on loopback, scripted by a text file
 *
 * It runs in a process of its own, without privileges, on ports that the kernel picks, and talks to nobody but loopback.
 * Scenarios are help/demo/NAME.demo; their language is described in help/demo/README.
 */
#ifndef SMTPDX_DEMO_DEMO_H
#define SMTPDX_DEMO_DEMO_H

#include "base/err.h"

#include <sys/types.h>

struct demo {
	pid_t pid;
	char title[128];   /* what the scenario shows */
	char target[256];  /* what to probe: "demo.test" or "127.0.0.1:PORT" */
	char resolver[64]; /* ADDR:PORT of its DNS server, "" when the scenario has none */
	int port;          /* of its SMTP server(s), for --port */
	char options[256]; /* further options the scenario wants, e.g. "--idle data --yes"; "" when none */
};

/* Starts the scenario `name` (or the file at that path, when the name holds a slash). The child dies with its parent. */
int demo_start(const char *name, struct demo *demo, struct err *err);
void demo_stop(struct demo *demo);

/* The shipped scenarios, names and titles, for lists: calls show() for each. */
int demo_list(void (*show)(const char *name, const char *title, void *context), void *context, struct err *err);

#endif
