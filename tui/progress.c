#include "progress.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "interrupt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DRAW_EVERY 0.2 /* s between two looks at the checks */

static bool shown;

static size_t terminal_columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20)
		return 80;
	return size.ws_col;
}

bool progress_is_shown(void)
{
	const char *type = getenv("TERM");

	return isatty(STDERR_FILENO) && type != NULL && *type != '\0' && strcmp(type, "dumb") != 0;
}

/* The check that has been at its phase for longest: what the user is waiting for. */
static bool slowest_job(const struct runner *r, struct job *slowest, size_t *ended)
{
	bool found = false;

	*ended = 0;
	for (size_t i = 0; i < runner_job_count(r); i++) {
		struct job job = runner_job(r, i);
		*ended += !job.running;
		if (job.running && (!found || job.phase_began < slowest->phase_began)) {
			*slowest = job;
			found = true;
		}
	}
	return found;
}

/* Draws the line anew. */
static void show(const struct runner *r)
{
	struct job job;
	size_t ended;
	struct buf line;

	if (!progress_is_shown() || !slowest_job(r, &job, &ended))
		return;
	buf_init(&line, 512);
	buf_printf(&line, _("%zu of %zu checks done; %s %s: %s %.0f s"), ended, runner_job_count(r), job.check,
	           job.subject, job.phase, clock_now() - (job.phase_limit > 0 ? job.phase_began : job.began));
	if (job.phase_limit > 0)
		buf_printf(&line, _(" of %.0f s"), job.phase_limit);
	size_t size = text_fit(line.text, terminal_columns() - 1);
	fprintf(stderr, "\r%.*s\033[K", (int)size, line.text);
	buf_done(&line);
	shown = true;
}

/* So that what follows begins on a clean line. */
static void clear(void)
{
	if (shown)
		fprintf(stderr, "\r\033[K");
	shown = false;
}

void progress_run(struct live *live)
{
	bool cancelled = false;

	while (live_step(live, DRAW_EVERY)) {
		show(live_runner(live));
		if (interrupt_count() > 0 && !cancelled) {
			live_cancel(live);
			cancelled = true;
		}
	}
	clear();
	live_free(live);
}
