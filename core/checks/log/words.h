/*
 * words - which words of seen.says a large log comes to
 */
#ifndef SMTPDX_CHECKS_LOG_WORDS_H
#define SMTPDX_CHECKS_LOG_WORDS_H

#include "checks/emit.h"
#include "log/analysis.h"

/* Nothing for a log of at most LOG_EXCERPT_MAX lines: there every line speaks for itself (check text). */
void log_words_emit(struct analysis *analysis, struct emit *e, const char *subject);

#endif
