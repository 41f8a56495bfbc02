/*
 * progress - how far the reading of a log has come, and what it has found by then
 *
 * Internal to the log check. Told twice a second: how much of the file is read, how fast, how long the rest takes, and the
 * sessions and troubles over time, as they grow.
 */
#ifndef SMTPDX_CHECKS_LOG_PROGRESS_H
#define SMTPDX_CHECKS_LOG_PROGRESS_H

#include "checks/emit.h"
#include "log/analysis.h"
#include "log/reader.h"

struct log_progress {
	const char *name; /* of the file */
	const struct log_input *input;
	const struct analysis *analysis;
	double seconds; /* since its first line */
};

/* As a phase and as a tally. */
void log_progress_tell(const struct log_progress *progress, struct emit *e, const char *subject);

#endif
