#include "base/child.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

bool child_begin(pid_t parent, int death, int in, int out, int err)
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
