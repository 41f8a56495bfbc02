#include "base/command.h"

#include "base/buf.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MORE_PLACES   "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
#define COMPLAINT_MAX ((size_t)4096) /* bytes of standard error that are kept */
#define SHOWN_MAX     ((size_t)200)
#define REAP_WAIT_MS  10 /* between two looks at a program that has closed its output and not ended */

struct running {
	const char *name;
	struct child child;
	command_taker *taker; /* of its output */
	void *context;
	struct buf complaint;
};

/* Where programs are looked for, as in PATH. The caller frees. */
static char *places(void)
{
	const char *path = getenv("PATH");

	return path != NULL && *path != '\0' ? xasprintf("%s:%s", path, MORE_PLACES) : xstrdup(MORE_PLACES);
}

static bool is_program(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

char *command_find(const char *name)
{
	if (strchr(name, '/') != NULL)
		return is_program(name) ? xstrdup(name) : NULL;
	char *list = places(), *found = NULL;
	for (char *at = list; at != NULL && found == NULL;) {
		char *end = strchr(at, ':');
		if (end != NULL)
			*end++ = '\0';
		/* Not from wherever we happen to be: only whole paths count. */
		char *path = *at == '/' ? xasprintf("%s/%s", at, name) : NULL;
		if (path != NULL && is_program(path))
			found = path;
		else
			free(path);
		at = end;
	}
	free(list);
	return found;
}

static int start(struct running *r, const char *path, const char *const argv[])
{
	char *where = places();
	char *path_variable = xasprintf("PATH=%s", where);
	char *const environment[] = {path_variable, (char[]){"LC_ALL=C"}, NULL};

	const int result = child_start(
	    &r->child,
	    &(struct child_program){
		.path = path, .argv = (char *const *)argv, .environment = environment, .in = -1, .death = SIGKILL});
	const int failed = errno;
	free(path_variable);
	free(where);
	errno = failed;
	return result;
}

/* Hands on what is there; at its end closes the pipe. -1 when the taker wants no more. */
static int take(int *fd, command_taker *taker, void *context)
{
	char data[16384];
	const ssize_t size = read(*fd, data, sizeof data);

	if (size > 0)
		return taker(data, (size_t)size, context);
	if (size == 0 || errno != EINTR)
		child_close(fd);
	return 0;
}

static int keep(const char *data, size_t size, void *context)
{
	return buf_add(context, data, size);
}

/* Reads both pipes until their ends. */
static int drain(struct running *r, double deadline, struct err *err)
{
	while (r->child.out >= 0 || r->child.err >= 0) {
		struct pollfd fds[] = {{.fd = r->child.out, .events = POLLIN}, {.fd = r->child.err, .events = POLLIN}};
		const int ready = poll(fds, 2, clock_ms_until(deadline));
		if (ready < 0 && errno != EINTR)
			return err_sys(err, errno, "%s", r->name);
		if (clock_now() >= deadline) /* however much it says */
			return err_set(err, _("%s: gave no answer in time"), r->name);
		if (ready <= 0)
			continue;
		if (fds[0].revents != 0 && take(&r->child.out, r->taker, r->context) != 0)
			return err_set(err, _("%s: says too much"), r->name);
		if (fds[1].revents != 0)
			take(&r->child.err, keep, &r->complaint);
	}
	return 0;
}

/* Waits for its end. */
static int reap(struct running *r, double deadline, int *status, struct err *err)
{
	pid_t ended;

	while ((ended = waitpid(r->child.pid, status, WNOHANG)) != r->child.pid) {
		if (ended < 0 && errno != EINTR)
			return err_sys(err, errno, "%s", r->name);
		if (clock_now() >= deadline)
			return err_set(err, _("%s: gave no answer in time"), r->name);
		poll(NULL, 0, REAP_WAIT_MS);
	}
	r->child.pid = -1;
	return 0;
}

/* The first line that it complained with, cleaned. The caller frees. */
static char *first_complaint(const struct running *r)
{
	return text_clean_dup(r->complaint.text, strcspn(r->complaint.text, "\n"), SHOWN_MAX);
}

static int judge(const struct running *r, int status, struct err *err)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFSIGNALED(status))
		return err_set(err, _("%s: ended by signal %d"), r->name, WTERMSIG(status));
	char *complaint = first_complaint(r);
	if (*complaint != '\0')
		err_set(err, "%s: %s", r->name, complaint);
	else
		err_set(err, _("%s: ended with status %d"), r->name, WEXITSTATUS(status));
	free(complaint);
	return -1;
}

int command_stream(const char *const argv[], double deadline, command_taker *taker, void *context, struct err *err)
{
	struct running r = {.name = argv[0], .taker = taker, .context = context};
	int status = 0;
	char *path = command_find(argv[0]);

	if (path == NULL)
		return err_sys(err, ENOENT, "%s", argv[0]);
	if (start(&r, path, argv) != 0) {
		err_sys(err, errno, "%s", argv[0]);
		free(path);
		return -1;
	}
	free(path);
	buf_init(&r.complaint, COMPLAINT_MAX);
	const bool good =
	    drain(&r, deadline, err) == 0 && reap(&r, deadline, &status, err) == 0 && judge(&r, status, err) == 0;
	child_end(&r.child);
	buf_done(&r.complaint);
	return good ? 0 : -1;
}

char *command_output(const char *const argv[], double deadline, size_t *size, struct err *err)
{
	struct buf output;

	buf_init(&output, COMMAND_OUTPUT_MAX);
	if (command_stream(argv, deadline, keep, &output, err) != 0) {
		buf_done(&output);
		return NULL;
	}
	if (size != NULL)
		*size = output.size;
	return buf_take(&output);
}
