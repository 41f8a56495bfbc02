/*
 * peers - who the log is about: counts of everybody, details of those in trouble, both in bounded memory
 *
 * A busy server sees a million peers a day. Everybody has a small entry (sessions, deliveries, largest message) in one
 * table, eight of them in a line of the cache; when a line is full, the one with the fewest sessions is forgotten and
 * the report says so. Peers with a symptom have a detailed entry in a second, smaller table that keeps the heaviest
 * (space-saving, Metwally et al. 2005, per set of eight).
 */
#ifndef SMTPDX_LOG_PEERS_H
#define SMTPDX_LOG_PEERS_H

#include "log/event.h"
#include "log/sample.h"

#include <stdbool.h>
#include <stdint.h>

struct peer_count {
	uint64_t tag : 16;       /* part of the hash; 0: empty */
	uint64_t sessions : 24;  /* stays at its maximum, as do the others */
	uint64_t delivered : 15; /* messages */
	uint64_t largest : 8;    /* delivered message, as size_code(); 0: none */
	uint64_t troubled : 1;   /* had a symptom that is no noise */
};

#define PEER_SESSIONS_MAX  ((1u << 24) - 1)
#define PEER_DELIVERED_MAX ((1u << 15) - 1)

/* One delivery attempt in time, for how many ran side by side. */
struct attempt {
	double began, ended; /* s since 1970 */
	uint16_t beside;     /* other attempts that overlapped with it */
	bool refused;
};

#define PEER_ATTEMPTS 16
#define PEERS_WATCHED ((size_t)512)

struct peer {
	uint64_t hash;          /* 0: empty */
	uint32_t weight, error; /* for keeping the heaviest; error: what an earlier holder of the place left */
	enum log_direction direction;
	char address[46], name[80]; /* foreign as they came; "" when not known */
	int port;                   /* 0: not known */
	enum log_mta mta;
	double first, last;             /* symptom, s since 1970; NAN */
	uint32_t counts[SYMPTOM_COUNT]; /* all of them, noise too */
	uint32_t troubles;              /* those that are no noise */
	uint32_t phases[PHASE_COUNT];   /* of timeouts and losses */
	uint32_t timeouts[PHASE_COUNT]; /* of timeouts alone */
	uint32_t empty_bodies;          /* timeouts or losses in the content after 0 bytes */
	struct sample body_bytes;       /* of those in the content, where the log tells the bytes */
	struct sample waits;            /* s from the connection to a timeout or loss */
	struct sample stays;           /* s from the connection until the peer left, if it waited for anything at all */
	struct sample silences;        /* s from the last sign of life to a timeout */
	struct sample failed_sizes;    /* bytes of messages that timed out, were lost or refused */
	struct sample delivered_sizes; /* bytes of delivered messages since the first symptom */
	uint32_t delivered;            /* messages since the first symptom */
	uint32_t attempts;             /* deliveries tried (out) since the first symptom */
	struct attempt recent[PEER_ATTEMPTS];
	size_t recent_next;
	struct sample beside_refused, beside_sent; /* own attempts that ran side by side with such a one */
	uint32_t failed_messages, later_delivered; /* queue ids that failed; of these, delivered later */
	char example[200];                         /* words of the heaviest symptom, foreign as they came */
	enum log_symptom example_of;
};

struct peers;

struct peers *peers_new(void);
void peers_free(struct peers *peers);

uint64_t peer_hash(enum log_direction direction, struct slice address);

/* Its small entry will be asked for soon: starts to fetch it from memory. */
void peers_expect(const struct peers *peers, uint64_t hash);

/* The small entry of a peer, made when there is none. Valid until the next call. */
struct peer_count *peers_count(struct peers *peers, uint64_t hash);

/* Marks a peer as having had a symptom that is no noise. */
void peers_mark(struct peers *peers, uint64_t hash);

/* The detailed entry; NULL when the peer has none. */
struct peer *peers_find(struct peers *peers, uint64_t hash);

/* The same, made when there is none (the lightest of its set goes); weight is added to it. */
struct peer *peers_watch(struct peers *peers, uint64_t hash, uint32_t weight);

/* The detailed entries, heaviest first: fills at most `room`, returns how many there are in all. */
size_t peers_heaviest(struct peers *peers, struct peer **out, size_t room);

double peers_known(const struct peers *peers);     /* different peers in the table */
double peers_forgotten(const struct peers *peers); /* small entries that had to go */
double peers_displaced(const struct peers *peers); /* detailed entries that had to go */
double peers_troubled(const struct peers *peers);  /* peers that were marked, about */

/* A size in a byte, 1/8 of a doubling fine: rounds up by at most an eighth; sizes from 4 GB on are one. */
uint8_t size_code(double bytes);
double size_of_code(uint8_t code);

#endif
