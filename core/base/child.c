#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child, between fork and exec: only what is safe there. False when its parent is dead already, too. */
static bool begin(pid_t parent, int death, int in, int out, int err)
{
	sigset_t none;

	sigemptyset(&none);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	return prctl(PR_SET_PDEATHSIG, death) == 0 && getppid() == parent && dup2(in, STDIN_FILENO) >= 0 &&
	       dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0;
}

static _Noreturn void become(const struct child_program *program, pid_t parent, int in, int out, int err)
{
	if (begin(parent, program->death, in, out, err)) {
		if (program->environment != NULL)
			execve(program->path, program->argv, program->environment);
		else
			execv(program->path, program->argv);
		dprintf(STDERR_FILENO, "%s: %s\n", program->path, strerror(errno));
	}
	_exit(127);
}

void child_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int child_start(struct child *child, const struct child_program *program)
{
	const pid_t parent = getpid();
	int null = program->in < 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;
	const int in = program->in < 0 ? null : program->in;
	int out[2] = {-1, -1}, err[2] = {-1, -1};

	child->pid = -1;
	if (in >= 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0) {
		child->pid = fork();
		if (child->pid == 0)
			become(program, parent, in, out[1], err[1]);
	}
	const int failed = errno;
	child_close(&null);
	child_close(&out[1]);
	child_close(&err[1]);
	child->out = out[0];
	child->err = err[0];
	if (child->pid < 0) {
		child_close(&child->out);
		child_close(&child->err);
		errno = failed;
		return -1;
	}
	setpgid(child->pid,
	        child->pid); /* as the child does: whoever comes first, its group exists before it is signalled */
	return 0;
}

void child_end(struct child *child)
{
	child_close(&child->out);
	child_close(&child->err);
	if (child->pid <= 0)
		return;
	kill(-child->pid, SIGKILL);
	while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	child->pid = -1;
}
