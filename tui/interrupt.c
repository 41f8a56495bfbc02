#include "interrupt.h"

#include "base/xalloc.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t count;

static void on_signal(int signal_number)
{
	(void)signal_number;
	if (++count > 2) /* whoever insists does not want the report */
		_exit(3);
}

void interrupt_catch(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = on_signal};

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
		struct sigaction old;
		if (sigaction(signals[i], NULL, &old) != 0)
			die("cannot catch signals");
		if (signals[i] == SIGHUP && old.sa_handler == SIG_IGN)
			continue; /* nohup(1): it shall outlive its terminal */
		if (sigaction(signals[i], &action, NULL) != 0)
			die("cannot catch signals");
	}
}

int interrupt_count(void)
{
	return count;
}

void interrupt_forget(void)
{
	count = 0;
}
