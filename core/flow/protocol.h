/*
 * protocol - the runner's side of the worker's JSON lines (the other side is checks/emit.h; man page smtpdx-probe(5))
 *
 * A worker has talked to hostile peers, so its words are checked like any foreign input: a line that is not of the
 * protocol is refused with the reason, texts are cleaned again, numbers must be finite.
 */
#ifndef SMTPDX_FLOW_PROTOCOL_H
#define SMTPDX_FLOW_PROTOCOL_H

#include "model/case.h"
#include "model/tally.h"

enum message_type { MESSAGE_START, MESSAGE_PROGRESS, MESSAGE_TALLY, MESSAGE_LINE, MESSAGE_FACT, MESSAGE_END };

struct message {
	enum message_type type;
	char *subject;
	char *phase;              /* progress */
	char *text;               /* line */
	char *error;              /* end; NULL when done */
	double t, limit, seconds; /* line; start and progress; end */
	enum line_dir dir;        /* line */
	unsigned long packet;     /* line; 0: none */
	enum check_status status; /* end */
	struct fact fact;         /* fact */
	struct tally tally;       /* tally */
};

/* Reads one line without its line end. 0, or -1 with the reason and nothing to free. */
int message_parse(const char *line, size_t size, struct message *m, struct err *err);
void message_done(struct message *m);

#endif
