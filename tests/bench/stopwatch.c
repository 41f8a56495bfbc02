/*
 * stopwatch COUNT COMMAND [ARG...] - runs the command so many times and prints the median of its times in milliseconds
 *
 * What the command prints is thrown away. The status is 1 when a run could not be started or was ended by a signal.
 */
#include "base/clock.h"
#include "base/xalloc.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANNOT_START 127

static double run_once(char **command)
{
	double began = clock_now();
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		if (dup2(null, STDIN_FILENO) >= 0 && dup2(null, STDOUT_FILENO) >= 0 && dup2(null, STDERR_FILENO) >= 0)
			execvp(command[0], command);
		_exit(CANNOT_START);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die("stopwatch: no process");
	if (!WIFEXITED(status) || WEXITSTATUS(status) == CANNOT_START)
		die("stopwatch: the command did not run");
	return clock_now() - began;
}

static int by_size(const void *a, const void *b)
{
	const double *left = a;
	const double *right = b;

	return (*left > *right) - (*left < *right);
}

int main(int argc, char **argv)
{
	size_t count = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	double *times;

	if (count == 0 || count > 100000)
		die("stopwatch: COUNT COMMAND [ARG...] expected");
	times = xcalloc(count, sizeof *times);
	for (size_t i = 0; i < count; i++)
		times[i] = run_once(argv + 2);
	qsort(times, count, sizeof *times, by_size);
	printf("%.2f\n", times[count / 2] * 1000);
	free(times);
	return 0;
}
