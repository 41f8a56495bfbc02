/*
 * live - the checks of a target and of files: which ones, on which endpoints, in which order
 *
 * Checks of this machine itself (its queue, its resources) run when the target turns out to be this machine, or when
 * --only names them.
 *
 * dns and smtp run side by side. As soon as the dns check has found an address of a mail host, its SMTP probe begins, so
 * a slow name server delays only what depends on it. The mtu check of an endpoint follows its SMTP probe, so that no
 * server ever has two connections of ours at a time.
 *
 * The record check, where it is named, begins when all others have ended, so that it
 * sees the sessions of others alone; when it ends, as it does when it is cancelled, the capture check reads the file.
 */
#ifndef SMTPDX_FLOW_LIVE_H
#define SMTPDX_FLOW_LIVE_H

#include "flow/runner.h"
#include "flow/selection.h"

struct live;

/*
 * Plans the checks of the target for a case, and those of settings->files, and starts the first of them. target is NULL
 * when only files are read, or, without files, only this machine is looked at. The target, settings and selection must outlive it. When the selection leaves out dns but the target is a name, dns still makes the address look-ups that the
 * others need. settings->timeout is the budget of the whole run.
 */
struct live *live_new(struct case_file *c, const struct target *target, const struct settings *settings,
                      const struct selection *selection);
void live_free(struct live *live);

struct runner *live_runner(struct live *live);

/* Ends what runs, as runner_cancel() does, and begins nothing more, but that what was recorded is read. */
void live_cancel(struct live *live);

/* One turn of at most max_wait seconds; false when everything has ended (rows for what could not be tested are added). */
bool live_step(struct live *live, double max_wait);

#endif
