/*
 * capture - what the parts of the check share: a session and where what is known of it goes
 */
#ifndef SMTPDX_CHECKS_CAPTURE_CAPTURE_H
#define SMTPDX_CHECKS_CAPTURE_CAPTURE_H

#include "capture/capture.h"
#include "checks/emit.h"
#include "smtp/replies.h"
#include "smtp/software.h"

#define CAPTURE_DRAWN 4 /* sessions whose dialog is shown */

struct told {
	struct emit *e;
	const struct replies *replies;
	const struct flow *session;
	const char *subject;
	enum flow_outcome outcome;
	struct smtp_software software;
	const char *reply_class; /* of what refused; NULL: nothing did */
};

/* "[192.0.2.10]:40000 -> [192.0.2.25]:25"; the caller frees. */
char *flow_subject(const struct flow *s);

/* "192.0.2.10"; the caller frees. */
char *flow_endpoint_address(const struct flow_endpoint *end);

/* facts.c: what TCP and the clock say, facts capture.* */
void capture_tell_flow(struct told *t, const struct flow_kept *kept);

/* facts.c: a positive number of which each side has one: "capture.client.mss" */
void capture_tell_side_number(const struct told *t, enum side side, const char *name, double value);

/* smtp.c: what the dialog says, facts smtp.* as a probe would have them */
void capture_tell_smtp(struct told *t);

/* missing.c: what the capture does not hold of the session, and how it is recorded whole; snap: 0: whole packets */
void capture_tell_missing(const struct told *t, size_t snap);

/*
 * joined.c: where one of these files holds the session from one end and another from the other: what got lost between.
 * Reads them again. False when they do not.
 */
bool capture_tell_joined(const struct told *t, const char *const *paths, size_t count);

/* steps.c: the dialog, line by line */
void capture_tell_steps(struct told *t);

#endif
