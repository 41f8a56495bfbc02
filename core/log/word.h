/*
 * word - the word of the fact seen.says for what a line of a log reports
 *
 * The same words as for pasted lines, so that the causes ask once. In a large log most of them occur somewhere: a word
 * that is weak must come often to mean anything (mail to dead hosts, peers that hang up), the others are worth a look
 * however rare they are.
 */
#ifndef SMTPDX_LOG_WORD_H
#define SMTPDX_LOG_WORD_H

#include "log/event.h"

struct log_word {
	enum log_direction direction; /* LOG_NOWHERE: any */
	enum log_symptom symptom;
	enum log_phase phase; /* PHASE_NONE: any */
	int bytes;            /* content that came before: 0 none, 1 some, -1: not said, or any */
	bool weak;
	const char *word; /* of seen.says */
};

#define LOG_WORDS_MAX 48 /* room for a counter for each row */

extern const struct log_word log_words[];
extern const size_t log_words_count;

/* The row that fits an event in trouble; -1 when there is no word for it. */
int log_word_find(const struct log_event *event);

#endif
