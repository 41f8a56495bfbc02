/*
 * facts - what an analysis of logs comes to, as facts
 *
 * The whole log is the subject of the case; the peers most in trouble are subjects of their own, "name [address]".
 */
#ifndef SMTPDX_CHECKS_LOG_FACTS_H
#define SMTPDX_CHECKS_LOG_FACTS_H

#include "checks/emit.h"
#include "log/analysis.h"

#define LOG_PEERS_SHOWN 20

void log_facts_emit(struct analysis *analysis, struct emit *e, const char *subject);

#endif
