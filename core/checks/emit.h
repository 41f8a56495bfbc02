/*
 * emit - where a check puts what it measures: the worker's side of the line protocol (man page smtpdx-probe(5))
 *
 * One JSON object a line: start, progress, tally, line, fact, end. A check never prints otherwise and never judges.
 * The fact functions end the program (a fault of ours) when the fact table does not know the name, or knows it as
 * another kind; numbers that are not finite are left out.
 */
#ifndef SMTPDX_CHECKS_EMIT_H
#define SMTPDX_CHECKS_EMIT_H

#include "model/case.h"
#include "model/tally.h"

struct emit;

/*
 * A new emitter for one run of a check. With out != NULL each line is written and flushed there at once (a peer that has
 * gone away ends the process with status 3); with into != NULL facts and dialog lines are added to that case as well.
 */
struct emit *emit_new(const char *check, FILE *out, struct case_file *into);
void emit_free(struct emit *e);

void emit_start(struct emit *e, const char *subject, double limit);
/* Where a check is: the phase, since it counts up against `limit` seconds (0: no limit). */
void emit_progress(struct emit *e, const char *subject, const char *phase, double limit);
/* How far it has come, for whoever looks on; replaces what was told before. */
void emit_tally(struct emit *e, const char *subject, const struct tally *tally);
/* Text must be clean. t: seconds since the dialog began. */
void emit_line(struct emit *e, const char *subject, double t, enum line_dir dir, const char *text);
/* The same from a capture, with the number of the packet; 0: none. */
void emit_packet_line(struct emit *e, const char *subject, double t, enum line_dir dir, unsigned long packet,
                      const char *text);
void emit_number(struct emit *e, const char *fact, const char *subject, double value);
void emit_text(struct emit *e, const char *fact, const char *subject, const char *text); /* text and word facts */
/* The same, unless there is nothing to tell: the value is 0 or less; the text, which is made clean, is empty. */
void emit_positive(struct emit *e, const char *fact, const char *subject, double value);
void emit_clean(struct emit *e, const char *fact, const char *subject, const char *foreign);
void emit_flag(struct emit *e, const char *fact, const char *subject, bool flag);
/* Exactly one per run, last. error: NULL when done; otherwise the reason, and for not-tested what would test it. */
void emit_end(struct emit *e, const char *subject, enum check_status status, double seconds, const char *error);

#endif
