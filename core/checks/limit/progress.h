/*
 * progress - the sessions of a row so far, for whoever looks on: how many were taken, how long the latest ones took
 *
 * Internal to the limit check. A server that gets slower with each session shows before it refuses one.
 */
#ifndef SMTPDX_CHECKS_LIMIT_PROGRESS_H
#define SMTPDX_CHECKS_LIMIT_PROGRESS_H

#include "checks/emit.h"
#include "smtp/session.h"

#define LIMIT_SHOWN 24 /* sessions, the latest */

struct limit_progress {
	struct {
		int number; /* from 1 */
		double seconds;
		enum smtp_status status;
		int code; /* of the reply that refused it; 0: none did */
	} sessions[LIMIT_SHOWN];
	int count; /* all, shown or not */
	int taken;
};

/* One more session, greeted or not, after so many seconds. */
void limit_progress_add(struct limit_progress *progress, const struct smtp_session *session, double seconds);

void limit_progress_tell(const struct limit_progress *progress, int most, struct emit *e, const char *subject);

#endif
