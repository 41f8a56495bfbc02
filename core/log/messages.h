/*
 * messages - queue ids of messages on their way, in bounded memory
 *
 * A message is logged in pieces that only its queue id joins: who brought it, how large it is, whether it failed before it
 * was delivered. Entries go when the message leaves the queue, and the oldest when there are too many.
 */
#ifndef SMTPDX_LOG_MESSAGES_H
#define SMTPDX_LOG_MESSAGES_H

#include "log/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct message {
	uint64_t client; /* hash of the peer that brought it; 0: not known */
	uint64_t failed; /* hash of the peer with which it last failed; 0: it did not */
	uint64_t tried;  /* hash of the peer of the last attempt: its other recipients are no further attempts */
	double tried_at; /* s since 1970 */
	float size;      /* bytes; -1: not known */
	uint32_t used;   /* when, for finding the oldest */
};

struct messages;

struct messages *messages_new(void);
void messages_free(struct messages *messages);

/* The entry of a queue id, made when there is none. Valid until the next call. */
struct message *messages_get(struct messages *messages, struct slice queue_id);

void messages_remove(struct messages *messages, struct slice queue_id);

/* How many had to go before they left the queue. */
double messages_forgotten(const struct messages *messages);

#endif
