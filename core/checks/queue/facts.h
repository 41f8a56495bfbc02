/*
 * facts - the sums of a queue as facts queue.*
 */
#ifndef SMTPDX_CHECKS_QUEUE_FACTS_H
#define SMTPDX_CHECKS_QUEUE_FACTS_H

#include "checks/emit.h"
#include "queue/sums.h"

/* Of an empty queue too. The destinations with most recipients have subjects of their own. */
void queue_facts_emit(const struct queue_sums *sums, struct emit *e, const char *subject);

/* The words of seen.says that the reasons come to, for listings so long that no single line says much. */
void queue_words_emit(const struct queue_sums *sums, struct emit *e, const char *subject);

#endif
