/*
 * analysis - what the lines of a log say together
 *
 * Takes events one by one, in the order of the log, keeps counts, tables of fixed size and samples, and answers at the end:
 * who is in trouble, since when, how often, after how many seconds and bytes, and what became of the messages. It judges
 * nothing: that is for the diagnosis.
 */
#ifndef SMTPDX_LOG_ANALYSIS_H
#define SMTPDX_LOG_ANALYSIS_H

#include "log/event.h"
#include "log/history.h"
#include "log/messages.h"
#include "log/peers.h"
#include "log/sessions.h"
#include "log/word.h"

/*
 * In more lines than these the words of single lines say little (every wording occurs somewhere in a large log): then what
 * is told by many counts.
 */
#define LOG_EXCERPT_MAX 120

/* What the user is interested in. */
struct log_filter {
	double since, until;  /* s since 1970; NAN: open */
	const char *peer;     /* address or name; NULL: all */
	const char *queue_id; /* NULL: all */
};

/* What is still to be added to the small entry of a peer: memory is slow, other lines come first. */
struct pending {
	uint64_t peer; /* 0: none */
	bool session;
	bool delivered;
	double size; /* of the delivered message, bytes; -1: not known */
};

#define ANALYSIS_PENDING 8

/* Attempts that a line of its own and the delivery's line both tell. */
#define ANALYSIS_TOLD 16

struct analysis {
	struct log_filter filter;
	struct peers *peers;
	struct peer *all; /* the troubles of everybody, as if they were one peer; no address, no attempts */
	struct messages *messages;
	struct sessions *sessions;
	struct history history;
	double first, last;                  /* s since 1970; NAN: no stamp yet */
	double mta[LOG_MTA_COUNT];           /* lines of each server */
	double filtered;                     /* events that the filter left out */
	double connections;                  /* sessions of clients */
	double received, sent;               /* messages taken over; deliveries */
	double deferred, suspended, bounced; /* suspended: put off without a new attempt */
	double counts[SYMPTOM_COUNT];        /* noise too */
	double words[LOG_WORDS_MAX];         /* rows of log_words */
	double troubles, noise;              /* what is no noise, and what is */
	double failed_messages, later_delivered;
	double unknown;     /* lines of a known server with an unknown wording */
	double limit;       /* the process limit that was reached; -1: none */
	double load;        /* the highest load average that the log names; -1 */
	double concurrency; /* the most connections of one client at a time that the log names; -1 */
	double rate;        /* the same for connections per time unit */
	char concurrency_peer[46], rate_peer[46];
	struct pending pending[ANALYSIS_PENDING];
	size_t pending_next;
	struct {
		uint64_t peer;
		double time;
	} told[ANALYSIS_TOLD];
	size_t told_next;
};

/* The filter is copied, its texts are not. */
struct analysis *analysis_new(const struct log_filter *filter);
void analysis_free(struct analysis *analysis);

void analysis_add(struct analysis *analysis, const struct log_event *event);

/* The end of the log: closes what is still open, e.g. the last attempts. */
void analysis_end(struct analysis *analysis);

/*
 * Whether an event is what every public server logs all day: bots that connect and leave, refused strangers, failed
 * passwords. One of them is no trouble; many of them from one peer are still counted.
 */
bool event_is_noise(const struct log_event *event);

#endif
