/*
 * queue - what listings of mail queues say: what waits, for whom, how long, and why
 *
 * Reads `postqueue -p` and -j, `mailq` of Postfix and Sendmail (with -v too), `exim -bp` and `smtpctl show queue`, line by
 * line, with or without their headings, between whatever else a file holds. Nothing is kept but sums: totals, and a table
 * of fixed size of the destinations that wait for most. Reasons are read by the same grammar as those of logs.
 *
 * Listings are foreign text: domains, hosts and reasons pass text_clean() before they become facts.
 */
#ifndef SMTPDX_QUEUE_QUEUE_H
#define SMTPDX_QUEUE_QUEUE_H

#include "queue/sums.h"

#include <time.h>

struct queue;

/*
 * told: called for each reason that a listing states, once however many recipients share it, with what the grammar of
 * reasons made of it (kind LOG_DEFERRED); NULL: nobody wants to know. `now`: when the listing was made.
 */
struct queue *queue_new(time_t now, void (*told)(const struct log_event *event, void *context), void *context);
void queue_free(struct queue *queue);

/* One line without its line end, any bytes. True when it belongs to a listing. */
bool queue_line(struct queue *queue, struct slice line);

/* Whether the lines before leave a message unfinished, so that the next one may go on with it. */
bool queue_is_within(const struct queue *queue);

/* The end of a file: a message does not go on in the next one, which was made at its own time. */
void queue_next_file(struct queue *queue, time_t now);

/* Whether any line belonged to a listing, if only to say that the queue is empty. */
bool queue_was_listed(const struct queue *queue);

const struct queue_sums *queue_sums(const struct queue *queue);

#endif
