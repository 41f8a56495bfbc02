/*
 * sections - what a report says, section by section, in the order of the functions below
 *
 * Each function adds its blocks to the document, or nothing when the case holds nothing for it.
 */
#ifndef SMTPDX_REPORT_SECTIONS_H
#define SMTPDX_REPORT_SECTIONS_H

#include "model/case.h"
#include "report/document.h"

/* advice.c: what is wrong and what to do */
void add_verdict(struct document *d, const struct case_file *c);
void add_advice(struct document *d, const struct case_file *c);
void add_candidates(struct document *d, const struct case_file *c);
void add_steps(struct document *d, const struct case_file *c); /* of add_advice() what to do and what not to */
void add_finding_reasons(struct document *d, const struct case_file *c,
                         size_t index); /* all about one candidate: why, */
void add_finding_advice(struct document *d, const struct case_file *c, size_t index); /* and what to do */

/* lines.c: single lines of the evidence, explained */
void add_lines(struct document *d, const struct case_file *c);

/* log.c: what logs say, over time and peer by peer */
void add_log(struct document *d, const struct case_file *c);
bool is_log_peer(const struct case_file *c, const struct fact *fact); /* listed there, not among all facts */

/* queue.c: what waits in a mail queue, for whom, and why */
void add_queue(struct document *d, const struct case_file *c);
bool is_queue_destination(const struct fact *fact); /* told there, not among all facts */

/* host.c: what this machine has, its own sessions that are stuck, and what could not be looked at */
void add_host(struct document *d, const struct case_file *c);
bool is_host_fact(const struct fact *fact); /* told there, not among all facts */

/* config.c: what the mail server is set to */
void add_config(struct document *d, const struct case_file *c);
bool is_config_fact(const struct case_file *c, const struct fact *fact); /* listed there, not among all facts */

/* timers.c: the facts as charts */
void add_timers(struct document *d, const struct case_file *c);
void add_name_servers(struct document *d, const struct case_file *c);

/* flights.c: message text in large and in small packets */
void add_flights(struct document *d, const struct case_file *c);

/* hops.c: which sizes reach which hop */
void add_hops(struct document *d, const struct case_file *c);

/* ladder.c: captured sessions, a table and the worst of them step by step */
void add_ladders(struct document *d, const struct case_file *c);
bool is_ladder(const struct dialog *dialog);                              /* drawn there, not among the dialogs */
bool is_captured_session(const struct case_file *c, const char *subject); /* whose facts only the case file lists */

/* evidence.c: everything that it rests on */
void add_dialogs(struct document *d, const struct case_file *c);
void add_gaps(struct document *d, const struct case_file *c);
void add_facts(struct document *d, const struct case_file *c);
void add_method(struct document *d, const struct case_file *c);

/* A table of facts for people: the value, what it is, and what it is about unless that is NULL. begin_fact_table() comes first. */
void begin_fact_table(struct document *d);
void add_fact_row(struct document *d, const struct fact *fact, const char *about);

/*
 * The facts of a case ordered by subject, within a subject as they were measured. facts_by_subject() returns an array of
 * fact_count pointers that the caller frees; subject_end() the index behind the last one with the subject of `start`.
 */
const struct fact **facts_by_subject(const struct case_file *c);
size_t subject_end(const struct fact *const *facts, size_t count, size_t start);

#endif
