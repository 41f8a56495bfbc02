#include "flow/runner.h"

#include "base/buf.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "flow/protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE        1.0                 /* s from the limit to SIGTERM, and from there to SIGKILL */
#define REAP_WAIT    0.02                /* s between two looks at a worker that is about to end */
#define LAST_READS   64                  /* pipe buffers taken from a worker that has ended */
#define LINE_MAX     ((size_t)256 << 10) /* longest line of a worker */
#define STDERR_MAX   ((size_t)4096)
#define MESSAGES_MAX 50000 /* lines of one worker: more is a fault, not a measurement */

enum job_state { JOB_QUEUED, JOB_RUNNING, JOB_ENDED };

struct worker {
	const struct check *check;
	struct settings settings;
	char *target;
	enum job_state state;
	struct child child;   /* out and err are -1 when at end of file */
	struct buf line;      /* the line that is not complete yet */
	struct buf complaint; /* what it wrote to stderr */
	size_t messages;
	double began, deadline, limit;
	double kill_at; /* when SIGKILL follows SIGTERM; 0: no SIGTERM yet */
	bool cancelled, overdue;
	bool ended; /* said "end" */
	enum check_status status;
	double seconds;
	char *subject, *phase, *reason;
	double phase_limit, phase_began;
	struct tally tally;
	size_t dialogs; /* of the case when it began: what it says goes into others */
};

struct runner {
	struct case_file *c;
	void (*on_fact)(const struct fact *fact, void *context);
	void *context;
	char *program;
	struct worker **workers; /* pointers, since on_fact may add one while another is being read */
	size_t count, room;
};

/*
 * This very program: by its path, since for a program under valgrind /proc/self/exe is valgrind; by that link when the
 * file has been replaced or removed meanwhile, since it still leads to what is running.
 */
static char *own_program(void)
{
	char *path = realpath("/proc/self/exe", NULL);

	if (path != NULL && access(path, X_OK) == 0)
		return path;
	free(path);
	return xstrdup("/proc/self/exe");
}

struct runner *runner_new(struct case_file *c, void (*on_fact)(const struct fact *fact, void *context), void *context)
{
	struct runner *r = xcalloc(1, sizeof *r);

	*r = (struct runner){.c = c, .on_fact = on_fact, .context = context, .program = own_program()};
	return r;
}

void runner_set_program(struct runner *r, const char *path)
{
	free(r->program);
	r->program = xstrdup(path);
}

/* The row in the case: the one place where a worker's fate becomes an outcome. */
static void finish(struct runner *r, struct worker *w, enum check_status status, const char *reason)
{
	double seconds = w->ended ? w->seconds : w->began > 0 ? clock_now() - w->began : 0;

	w->state = JOB_ENDED;
	w->status = status;
	w->seconds = seconds;
	case_add_check(r->c, w->check->name, w->subject, status, seconds, reason);
}

/* A worker has no business with our standard input, unless that is what it shall read. */
static bool reads_stdin(const struct settings *settings)
{
	for (size_t i = 0; i < settings->file_count; i++)
		if (strcmp(settings->files[i], "-") == 0)
			return true;
	return false;
}

static char **worker_argv(const struct worker *w)
{
	char **argv = xcalloc(settings_args_room(&w->settings) + 6, sizeof *argv);
	size_t count = 0;

	argv[count++] = xstrdup("smtpdx");
	argv[count++] = xstrdup("probe");
	count = settings_to_args(&w->settings, argv, count);
	argv[count++] = xstrdup("--");
	argv[count++] = xstrdup(w->check->name);
	argv[count] = xstrdup(w->target);
	return argv;
}

static int start(struct runner *r, struct worker *w)
{
	char **argv = worker_argv(w);
	const struct child_program program = {
	    .path = r->program, .argv = argv, .in = reads_stdin(&w->settings) ? STDIN_FILENO : -1, .death = SIGTERM};

	const int result = child_start(&w->child, &program);
	const int failed = errno;
	for (size_t i = 0; argv[i] != NULL; i++)
		free(argv[i]);
	free(argv);
	errno = failed;
	if (result != 0)
		return -1;
	fcntl(w->child.out, F_SETFL, O_NONBLOCK);
	fcntl(w->child.err, F_SETFL, O_NONBLOCK);
	w->began = w->phase_began = clock_now();
	w->deadline = w->began + w->limit + GRACE;
	w->state = JOB_RUNNING;
	w->dialogs = r->c->dialog_count;
	return 0;
}

static void start_queued(struct runner *r)
{
	size_t running = 0;

	for (size_t i = 0; i < r->count; i++)
		running += r->workers[i]->state == JOB_RUNNING;
	for (size_t i = 0; i < r->count && running < RUNNER_PARALLEL; i++) {
		struct worker *w = r->workers[i];
		if (w->state != JOB_QUEUED)
			continue;
		if (start(r, w) == 0) {
			running++;
		} else {
			struct err err;
			err_sys(&err, errno, _("cannot start a worker"));
			finish(r, w, CHECK_FAILED, err.text);
		}
	}
}

void runner_add(struct runner *r, const struct check *check, const char *target, const struct settings *settings)
{
	struct worker *w = xcalloc(1, sizeof *w);

	w->check = check;
	w->target = xstrdup(target);
	w->subject = xstrdup(target);
	w->phase = xstrdup("");
	w->limit = check_limit(check, settings);
	w->child = (struct child){.pid = -1, .out = -1, .err = -1};
	settings_copy(&w->settings, settings);
	buf_init(&w->line, LINE_MAX);
	buf_init(&w->complaint, STDERR_MAX);
	r->workers = xgrow(r->workers, r->count, &r->room, sizeof *r->workers);
	r->workers[r->count++] = w;
	start_queued(r);
}

/* Asks a worker to end; the second call comes from the clock. */
static void terminate(struct worker *w)
{
	if (w->state != JOB_RUNNING || w->kill_at > 0)
		return;
	kill(-w->child.pid, SIGTERM);
	w->kill_at = clock_now() + GRACE;
}

/* What the worker says is not of the protocol: its further words are worth nothing. */
static void distrust(struct worker *w, const char *why, const char *line, size_t size)
{
	char shown[80];

	free(w->reason);
	w->reason =
	    xasprintf(_("the worker broke the protocol: %s: %s"), why, text_clean(line, size, shown, sizeof shown));
	child_close(&w->child.out);
	terminate(w);
}

static void replace_text(char **text, const char *with)
{
	free(*text);
	*text = xstrdup(with);
}

static void take_message(struct runner *r, struct worker *w, const char *line, size_t size)
{
	struct message m;
	struct err err;

	if (w->ended) {
		distrust(w, _("it went on after its end"), line, size);
		return;
	}
	if (++w->messages > MESSAGES_MAX) {
		distrust(w, _("it never stops talking"), line, size);
		return;
	}
	if (message_parse(line, size, &m, &err) != 0) {
		distrust(w, err.text, line, size);
		return;
	}
	switch (m.type) {
	case MESSAGE_START:
		replace_text(&w->subject, m.subject);
		break;
	case MESSAGE_PROGRESS:
		replace_text(&w->phase, m.phase);
		w->phase_limit = m.limit;
		w->phase_began = clock_now();
		break;
	case MESSAGE_TALLY:
		tally_done(&w->tally);
		w->tally = m.tally;
		m.tally.count = 0; /* it is the worker's now */
		break;
	case MESSAGE_LINE:
		case_add_line_of(r->c, w->check->name, w->dialogs, m.subject, m.t, m.dir, m.text)->packet = m.packet;
		break;
	case MESSAGE_FACT:
		replace_text(&m.fact.check, w->check->name);
		case_add_fact(r->c, &m.fact);
		if (r->on_fact != NULL)
			r->on_fact(&r->c->facts[r->c->fact_count - 1], r->context);
		break;
	case MESSAGE_END:
		w->ended = true;
		w->status = m.status;
		w->seconds = m.seconds;
		if (m.error != NULL)
			replace_text(&w->reason, m.error);
		break;
	}
	message_done(&m);
}

static void take_lines(struct runner *r, struct worker *w, const char *data, size_t size)
{
	while (size > 0 && w->child.out >= 0) {
		const char *newline = memchr(data, '\n', size);
		size_t part = newline != NULL ? (size_t)(newline - data) : size;
		if (buf_add(&w->line, data, part) != 0) {
			distrust(w, _("a line without end"), w->line.text, w->line.size);
			return;
		}
		if (newline == NULL)
			return;
		take_message(r, w, w->line.text, w->line.size);
		buf_clear(&w->line);
		data += part + 1;
		size -= part + 1;
	}
}

/* Takes in what is there; false when there was nothing. */
static bool read_stdout(struct runner *r, struct worker *w)
{
	char data[16384];
	ssize_t size = read(w->child.out, data, sizeof data);

	if (size > 0)
		take_lines(r, w, data, (size_t)size);
	else if (size == 0 || (errno != EAGAIN && errno != EINTR))
		child_close(&w->child.out);
	return size > 0;
}

static void read_stderr(struct worker *w)
{
	char data[4096];
	ssize_t size = read(w->child.err, data, sizeof data);

	if (size > 0)
		buf_add(&w->complaint, data, (size_t)size);
	else if (size == 0 || (errno != EAGAIN && errno != EINTR))
		child_close(&w->child.err);
}

/* The last line of what it complained about: libraries may warn before, die() ends with what matters. */
static void last_words(const struct buf *complaint, char *out, size_t room)
{
	size_t end = complaint->size;

	while (end > 0 && complaint->text[end - 1] == '\n')
		end--;
	const char *newline = memrchr(complaint->text, '\n', end);
	const char *line = newline != NULL ? newline + 1 : complaint->text;
	text_clean(line, (size_t)(complaint->text + end - line), out, room);
}

/* Why a worker ended that never said "end". */
static char *fate_text(const struct worker *w, int status)
{
	char said[256] = "";

	if (w->reason != NULL)
		return xstrdup(w->reason);
	if (w->overdue)
		return xasprintf(_("not finished after %.0f s, ended"), w->limit);
	last_words(&w->complaint, said, sizeof said);
	const char *colon = said[0] != '\0' ? ": " : "";
	if (WIFSIGNALED(status))
		return xasprintf(_("the worker crashed (%s)%s%s"), strsignal(WTERMSIG(status)), colon, said);
	return xasprintf(_("the worker ended without a result (exit status %d)%s%s"), WEXITSTATUS(status), colon, said);
}

static void reap(struct runner *r, struct worker *w)
{
	int status = 0;
	pid_t pid = waitpid(w->child.pid, &status, WNOHANG);

	if (pid == 0)
		return;
	w->child.pid = -1;
	for (int i = 0; i < LAST_READS && w->child.out >= 0 && read_stdout(r, w); i++)
		continue; /* its last words */
	child_close(&w->child.out);
	child_close(&w->child.err);
	/* One that has said all and then crashes is still broken: what it measured stays, the row says so. */
	bool left_well = pid > 0 && WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 3);
	if (w->ended && left_well && (w->reason == NULL || w->status != CHECK_DONE)) {
		finish(r, w, w->status, w->reason);
	} else if (w->cancelled) {
		finish(r, w, CHECK_FAILED, _("cancelled before it had finished; run it again to test this"));
	} else {
		char *why = fate_text(w, pid < 0 ? 0 : status);
		finish(r, w, CHECK_FAILED, why);
		free(why);
	}
}

static void end_overdue(struct worker *w, double now)
{
	if (now > w->deadline && w->kill_at <= 0) {
		w->overdue = true;
		terminate(w);
	} else if (w->kill_at > 0 && now > w->kill_at) {
		kill(-w->child.pid, SIGKILL);
	}
}

/* When a worker needs us although it says nothing: its deadline, or its end that is about to come. */
static double wake_time(const struct worker *w)
{
	if ((w->child.out < 0 && w->child.err < 0) || w->kill_at > 0)
		return clock_now() + REAP_WAIT;
	return w->deadline;
}

size_t runner_descriptors(const struct runner *r, struct pollfd *fds, size_t room, double *wake)
{
	size_t count = 0;

	for (size_t i = 0; i < r->count; i++) {
		const struct worker *w = r->workers[i];
		if (w->state != JOB_RUNNING)
			continue;
		const double at = wake_time(w);
		*wake = at < *wake ? at : *wake;
		if (w->child.out >= 0 && count < room)
			fds[count++] = (struct pollfd){.fd = w->child.out, .events = POLLIN};
		if (w->child.err >= 0 && count < room)
			fds[count++] = (struct pollfd){.fd = w->child.err, .events = POLLIN};
	}
	return count;
}

static void read_ready(struct runner *r, const struct pollfd *fd)
{
	for (size_t i = 0; i < r->count; i++) {
		struct worker *w = r->workers[i];
		if (w->state != JOB_RUNNING)
			continue;
		if (fd->fd == w->child.out)
			read_stdout(r, w);
		else if (fd->fd == w->child.err)
			read_stderr(w);
		else
			continue;
		return;
	}
}

static bool is_running(const struct runner *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->workers[i]->state == JOB_RUNNING)
			return true;
	return false;
}

bool runner_step(struct runner *r, double max_wait)
{
	struct pollfd fds[RUNNER_PARALLEL * 2];
	double until = clock_now() + max_wait;

	if (!is_running(r))
		return false;
	size_t count = runner_descriptors(r, fds, sizeof fds / sizeof fds[0], &until);
	if (poll(fds, count, clock_ms_until(until)) < 0)
		count = 0; /* a signal: whoever set its handler wants control back */
	for (size_t i = 0; i < count; i++)
		if (fds[i].revents != 0)
			read_ready(r, &fds[i]);
	double now = clock_now();
	for (size_t i = 0; i < r->count; i++) {
		struct worker *w = r->workers[i];
		if (w->state != JOB_RUNNING)
			continue;
		end_overdue(w, now);
		/* A descendant of a worker that was told to end may hold the pipes open: do not wait for their end. */
		if ((w->child.out < 0 && w->child.err < 0) || w->kill_at > 0)
			reap(r, w);
	}
	start_queued(r);
	return true;
}

void runner_cancel_job(struct runner *r, size_t index)
{
	struct worker *w = r->workers[index];

	if (w->state == JOB_ENDED)
		return;
	w->cancelled = true;
	if (w->state == JOB_QUEUED)
		finish(r, w, CHECK_FAILED, _("cancelled before it began; run it again to test this"));
	else
		terminate(w);
}

void runner_cancel(struct runner *r)
{
	for (size_t i = 0; i < r->count; i++)
		runner_cancel_job(r, i);
}

void runner_free(struct runner *r)
{
	for (size_t i = 0; i < r->count; i++) {
		struct worker *w = r->workers[i];
		child_end(&w->child);
		buf_done(&w->line);
		buf_done(&w->complaint);
		settings_done(&w->settings);
		free(w->target);
		free(w->subject);
		free(w->phase);
		free(w->reason);
		tally_done(&w->tally);
		free(w);
	}
	free(r->workers);
	free(r->program);
	free(r);
}

size_t runner_job_count(const struct runner *r)
{
	return r->count;
}

struct job runner_job(const struct runner *r, size_t index)
{
	const struct worker *w = r->workers[index];

	return (struct job){
	    .check = w->check->name,
	    .subject = w->subject,
	    .phase = w->phase,
	    .phase_limit = w->phase_limit,
	    .phase_began = w->phase_began,
	    .began = w->began,
	    .tally = &w->tally,
	    .running = w->state == JOB_RUNNING,
	    .ended = w->state == JOB_ENDED,
	    .seconds = w->seconds,
	    .status = w->status,
	};
}
