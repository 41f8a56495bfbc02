/*
 * demo - the embedded faulty mail server: SMTP and DNS on loopback, scripted by a text file
 *
 * It runs in a process of its own, without privileges, on ports that the kernel picks, and talks to nobody but loopback.
 * It delivers nothing and forwards nothing. Scenarios are help/demo/NAME.demo; their language is described in
 * help/demo/README.
 */
#ifndef SMTPDX_DEMO_DEMO_H
#define SMTPDX_DEMO_DEMO_H

#include "base/err.h"

#include <stdio.h>
#include <sys/types.h>

struct demo {
	pid_t pid;
	int lifeline;      /* a socket: the server ends when it closes, so it cannot outlive us */
	char title[128];   /* what the scenario shows */
	char target[256];  /* what to probe: "demo.test" or "127.0.0.1:PORT" */
	char resolver[64]; /* ADDR:PORT of its DNS server, "" when the scenario has none */
	int port;          /* of its SMTP server(s), for --port; 0 when the scenario has none */
	char options[256]; /* further options the scenario wants, e.g. "--idle data --yes"; "" when none */
	char expect[64];   /* the cause that this should be diagnosed as */
};

/*
 * Starts the scenario `name` (or the file at that path, when the name holds a slash) in a child. When it returns 0, the
 * server accepts connections. -1 with the reason: no such scenario, file and line of what is wrong in it, no sockets.
 */
int demo_start(const char *name, struct demo *demo, struct err *err);
void demo_stop(struct demo *demo);

/*
 * Serves the scenario in this process until SIGTERM, SIGINT or SIGHUP. Before that it prints to out, one a line:
 * "title TEXT", "expect CAUSE", "smtp ADDR:PORT" and "dns ADDR:PORT" of every server, "target TARGET", and "options
 * OPTION..." with all that smtpdx check needs to find it; the line "ready" comes last. 0, or -1 with the reason.
 */
int demo_serve(const char *name, FILE *out, struct err *err);

/* The shipped scenarios and the site's own, names and titles, for lists: calls show() for each. */
int demo_list(void (*show)(const char *name, const char *title, void *context), void *context, struct err *err);

#endif
