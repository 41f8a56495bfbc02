/*
 * runner - runs checks as workers and takes in what they measure
 *
 * Each check is a process of its own (`smtpdx probe CHECK TARGET`, started by /proc/self/exe) that writes JSON lines. The
 * runner reads all of them through one poll loop, so nothing here ever blocks on a peer: a check that hangs is ended at
 * its limit, one that crashes or talks nonsense becomes a failed row with the reason, and what it had measured until then
 * is kept. A worker shares no memory with us and dies with us.
 */
#ifndef SMTPDX_FLOW_RUNNER_H
#define SMTPDX_FLOW_RUNNER_H

#include "checks/check.h"
#include "model/case.h"
#include "model/tally.h"

#include <poll.h>

struct runner;

/* How one worker is doing, for whoever draws it. Valid until the next runner call. */
struct job {
	const char *check;
	const char *subject;
	const char *phase;         /* what it is doing, "" before it said so */
	double phase_limit;        /* s; 0: none */
	double phase_began;        /* clock_now() */
	double began;              /* clock_now(), of the check; what a phase without a limit is best counted from */
	const struct tally *tally; /* how far it has come; may be empty */
	bool running;
	bool ended;               /* neither running nor ended: it waits for its turn */
	enum check_status status; /* once it has ended */
	double seconds;           /* that it took */
};

/*
 * Facts, dialog lines and results go into the case. on_fact is called for each fact that has arrived (it may start
 * further checks); may be NULL.
 */
struct runner *runner_new(struct case_file *c, void (*on_fact)(const struct fact *fact, void *context), void *context);

/* Ends what is still running, and frees. */
void runner_free(struct runner *r);

/* The program that is started as the worker instead of this one: for tests of a worker that misbehaves. */
void runner_set_program(struct runner *r, const char *path);

/*
 * Queues a check of a target; at most RUNNER_PARALLEL run at once, the rest follow. The settings are copied. A check that
 * cannot be started at all becomes a failed row.
 */
#define RUNNER_PARALLEL 8
void runner_add(struct runner *r, const struct check *check, const char *target, const struct settings *settings);

/*
 * For a caller with an event loop of its own: fills in at most `room` descriptors to poll and returns how many. When one
 * is ready, or when clock_now() reaches *wake (which only ever becomes earlier), runner_step(r, 0) is due.
 */
size_t runner_descriptors(const struct runner *r, struct pollfd *fds, size_t room, double *wake);

/* One turn: waits up to max_wait seconds for something to happen and takes it in. False when all checks have ended. */
bool runner_step(struct runner *r, double max_wait);

/*
 * Ends all checks, or one: SIGTERM, and a second later SIGKILL. Their rows become failed ones, since what was cut short
 * acquits nobody; what they had measured stays.
 */
void runner_cancel(struct runner *r);
void runner_cancel_job(struct runner *r, size_t index);

size_t runner_job_count(const struct runner *r);
struct job runner_job(const struct runner *r, size_t index);

#endif
