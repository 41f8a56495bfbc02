/*
 * words - which words of seen.says a large log comes to
 */
#ifndef SMTPDX_CHECKS_LOG_WORDS_H
#define SMTPDX_CHECKS_LOG_WORDS_H

#include "checks/emit.h"
#include "log/analysis.h"

/* Nothing for a log of at most LOG_EXCERPT_MAX lines: there every line speaks for itself (check text). */
void log_words_emit(const struct analysis *analysis, struct emit *e, const char *subject);

/*
 * The replies that the peers most in trouble gave, and what they are about. Two steps, since the catalogue needs as much
 * memory as the analysis can spare only when it is gone.
 */
#define LOG_REPLIES_MAX 10

struct log_replies {
	char *texts[LOG_REPLIES_MAX];
	size_t count;
};

void log_replies_collect(struct analysis *analysis, struct log_replies *replies);
void log_replies_emit(const struct log_replies *replies, struct emit *e, const char *subject);
void log_replies_done(struct log_replies *replies);

#endif
