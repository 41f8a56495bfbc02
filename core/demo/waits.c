#include "demo/waits.h"

#include "base/clock.h"

void waits_init(struct waits *waits, double deadline)
{
	waits->count = 0;
	waits->deadline = deadline;
}

size_t waits_add(struct waits *waits, int fd, short events)
{
	if (waits->count == WAITS_MAX)
		return WAITS_MAX;
	waits->fds[waits->count] = (struct pollfd){.fd = fd, .events = events};
	return waits->count++;
}

void waits_until(struct waits *waits, double deadline)
{
	if (deadline < waits->deadline)
		waits->deadline = deadline;
}

void waits_poll(struct waits *waits)
{
	/* Interrupted or out of memory: a turn without events, the next one tries again. */
	if (poll(waits->fds, waits->count, clock_ms_until(waits->deadline)) < 0)
		for (size_t i = 0; i < waits->count; i++)
			waits->fds[i].revents = 0;
}

short waits_events(const struct waits *waits, size_t place)
{
	return place < waits->count ? waits->fds[place].revents : 0;
}
