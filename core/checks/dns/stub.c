#include "base/clock.h"
#include "base/xalloc.h"
#include "checks/dns/run.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child that makes the look-up: the C library's resolver blocks, for half a minute when all servers are dead. */
struct stub {
	pid_t pid;
	int fd; /* it writes the seconds here, as a double */
};

/* The name servers of the root are known to every working resolver, so what this costs is the resolvers' own doing. */
static _Noreturn void look_up(int fd)
{
	struct __res_state state = {0};
	unsigned char answer[NS_MAXMSG];

	if (res_ninit(&state) != 0)
		_exit(1);
	const double began = clock_now();
	res_nquery(&state, ".", ns_c_in, ns_t_ns, answer, sizeof answer);
	const double seconds = clock_now() - began;
	res_nclose(&state);
	_exit(write(fd, &seconds, sizeof seconds) == sizeof seconds ? 0 : 1);
}

struct stub *stub_start(void)
{
	const pid_t parent = getpid();
	int fds[2];

	if (pipe(fds) != 0)
		return NULL;
	pid_t pid = fork();
	if (pid == 0) {
		/* It must not outlive a worker that is cancelled. */
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
			_exit(1);
		signal(SIGTERM, SIG_DFL);
		look_up(fds[1]);
	}
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return NULL;
	}
	struct stub *stub = xmalloc(sizeof *stub);
	*stub = (struct stub){.pid = pid, .fd = fds[0]};
	return stub;
}

double stub_finish(struct stub *stub, double deadline)
{
	double seconds;
	bool read_it = false;

	if (stub == NULL)
		return -1;
	struct pollfd fd = {.fd = stub->fd, .events = POLLIN};
	int ready;
	do {
		ready = poll(&fd, 1, clock_ms_until(deadline));
	} while (ready < 0 && errno == EINTR);
	if (ready > 0)
		read_it = read(stub->fd, &seconds, sizeof seconds) == sizeof seconds;
	kill(stub->pid, SIGKILL);
	waitpid(stub->pid, NULL, 0);
	close(stub->fd);
	free(stub);
	return read_it ? seconds : -1;
}
