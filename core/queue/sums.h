/*
 * sums - messages and recipients of a queue added up, by destination, by host and by reason
 */
#ifndef SMTPDX_QUEUE_SUMS_H
#define SMTPDX_QUEUE_SUMS_H

#include "log/event.h"
#include "log/sample.h"
#include "log/word.h"

#include <stdbool.h>
#include <stdint.h>

enum queue_state {
	QUEUE_WAITING, /* for its next attempt, or for its first */
	QUEUE_ACTIVE,  /* being delivered just now */
	QUEUE_HELD,    /* held or frozen: nobody tries until somebody releases it */
};

struct queue_message {
	enum log_mta mta;
	enum queue_state state;
	double size; /* B; -1: not told */
	double age;  /* s since it came; -1: not told */
	bool bounce; /* its sender is the null sender or the mailer itself */
};

/* Who is waited for: a domain that messages go to, or a host that reasons name. */
struct queue_peer {
	uint64_t hash; /* 0: empty */
	char name[80]; /* foreign as it came, lower case; a host's may be its address */
	char host[80]; /* of a domain: the last host that a reason named */
	uint32_t recipients;
	double bytes;                   /* of their messages; one with two recipients counts twice */
	double oldest;                  /* s; -1: not known */
	uint32_t counts[SYMPTOM_COUNT]; /* recipients by reason */
	char example[200];              /* a reason, foreign as it came */
	enum log_symptom example_of;
};

#define QUEUE_PEERS ((size_t)1024) /* of each table */

/* Everybody of one kind: who is waited for most, and how many there are. */
struct queue_peers {
	struct queue_peer *table; /* QUEUE_PEERS */
	double displaced;         /* recipients whose peer had to go */
	uint64_t met[512];        /* a bit for each hash that was met, for telling how many there are */
};

struct queue_sums {
	double messages, active, held, bounces;
	double recipients, told; /* told: of these, with a reason */
	double bytes, largest;
	double mta[LOG_MTA_COUNT]; /* messages by whose listing it is */
	struct sample ages;        /* s, of messages */
	uint32_t counts[SYMPTOM_COUNT];
	uint32_t phases[PHASE_COUNT];
	double words[LOG_WORDS_MAX];       /* rows of log_words, by recipient */
	char examples[SYMPTOM_COUNT][200]; /* the first reason of each kind */
	struct queue_peers domains, hosts;
	double named;    /* recipients whose reason names a host */
	double listings; /* headings, ends, and "the queue is empty" */
};

void queue_sums_init(struct queue_sums *sums);
void queue_sums_done(struct queue_sums *sums);

void queue_sums_message(struct queue_sums *sums, const struct queue_message *message);

/* A recipient that a message still waits for. reason: NULL when the listing states none. */
void queue_sums_recipient(struct queue_sums *sums, const struct queue_message *message, struct slice address,
                          const struct log_event *reason);

/* The peers in a table, most recipients first: fills at most `room`, returns how many are in it. */
size_t queue_heaviest(const struct queue_peers *peers, const struct queue_peer **out, size_t room);

/* How many different ones there were; about, when not all of them have found a place. */
double queue_distinct(const struct queue_peers *peers);

/* The symptom most recipients wait for; SYMPTOM_NONE when no reason is told. */
enum log_symptom queue_main(const uint32_t counts[static SYMPTOM_COUNT]);

#endif
