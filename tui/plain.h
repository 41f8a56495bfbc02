/*
 * plain - a session line by line: for a serial console, a screen reader, a pipe
 *
 * Nothing moves the cursor; progress is lines, too. At any question `back`, `help` (or `?`) and `quit` are understood.
 * When the input ends, what has a default is answered by it.
 */
#ifndef SMTPDX_TUI_PLAIN_H
#define SMTPDX_TUI_PLAIN_H

#include "flow/session.h"

#include <stdio.h>

struct plain_options {
	FILE *out;       /* where it talks to */
	bool unattended; /* nobody answers: what was not answered in advance and has no default ends it */
};

enum plain_end {
	PLAIN_STOPPED,    /* at the end of the walkthrough */
	PLAIN_LEFT,       /* the person has left it: quit */
	PLAIN_CUT,        /* a signal, or Ctrl-C: it can be taken up again */
	PLAIN_UNANSWERED, /* nobody answers a question that needs it: err names it */
};

/* Goes through the session from its present event on; answers come from standard input. */
enum plain_end plain_run(struct session *s, const struct plain_options *options, struct err *err);

#endif
