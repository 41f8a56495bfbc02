#include "base/xalloc.h"
#include "checks/host/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

static void tell_load(struct emit *e)
{
	double loads[2];
	const long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (processors > 0)
		emit_number(e, "host.processors", HOST_SELF, (double)processors);
	if (getloadavg(loads, 2) != 2)
		return;
	emit_number(e, "host.load", HOST_SELF, loads[0]);
	if (processors > 0)
		emit_number(e, "host.load.share", HOST_SELF, loads[1] / (double)processors);
}

/* "some avg10=0.00 avg60=1.50 ...": the share of the last minute, from per cent (kernel documentation, psi). */
static void tell_pressure(struct emit *e, const char *of)
{
	char *path = xasprintf("/proc/pressure/%s", of), *fact = xasprintf("host.pressure.%s", of);
	char *text = host_read(path);
	const char *average = text != NULL ? strstr(text, "avg60=") : NULL;

	if (average != NULL)
		emit_number(e, fact, HOST_SELF, strtod(average + strlen("avg60="), NULL) / 100);
	free(text);
	free(fact);
	free(path);
}

/* "MemAvailable:   123 kB" -> bytes; -1. */
static double memory_of(const char *text, const char *name)
{
	const char *at = text != NULL ? strstr(text, name) : NULL;

	return at != NULL ? strtod(at + strlen(name), NULL) * 1024 : -1;
}

static void tell_memory(struct emit *e)
{
	char *text = host_read("/proc/meminfo");
	const double total = memory_of(text, "MemTotal:"), available = memory_of(text, "MemAvailable:");

	free(text);
	if (total <= 0 || available < 0)
		return;
	emit_number(e, "host.memory", HOST_SELF, total);
	emit_number(e, "host.memory.available", HOST_SELF, available);
	emit_number(e, "host.memory.share", HOST_SELF, available / total);
}

/* "used  0  limit" (proc(5)). */
static void tell_descriptors(struct emit *e)
{
	char *text = host_read("/proc/sys/fs/file-nr");
	char *at = text;
	const double used = text != NULL ? strtod(at, &at) : 0;
	const double limit = text != NULL && strtod(at, &at) >= 0 ? strtod(at, NULL) : 0;

	if (limit > 0) {
		emit_number(e, "host.descriptors", HOST_SELF, used);
		emit_number(e, "host.descriptors.share", HOST_SELF, used / limit);
	}
	free(text);
}

/*
 * f_bavail is what a mail server finds that is not root; as Postfix and Sendmail count it. A file system without a fixed
 * number of inodes (btrfs) has none to run out of.
 */
static void tell_room(struct emit *e, const char *path)
{
	struct statvfs fs;
	struct stat status;

	if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode) || statvfs(path, &fs) != 0 || fs.f_blocks == 0)
		return;
	emit_text(e, "host.queue.path", HOST_SELF, path);
	emit_number(e, "host.queue.free", HOST_SELF, (double)fs.f_bavail * (double)fs.f_frsize);
	emit_number(e, "host.queue.free.share", HOST_SELF, (double)fs.f_bavail / (double)fs.f_blocks);
	if (fs.f_files > 0)
		emit_number(e, "host.queue.inodes.share", HOST_SELF, (double)fs.f_favail / (double)fs.f_files);
}

static void tell_queues(struct emit *e, double deadline)
{
	static const char *const others[] = {"/var/spool/exim4", "/var/spool/exim", "/var/spool/mqueue",
	                                     "/var/spool/smtpd"};
	char *postfix = host_postfix_queue(deadline);

	if (postfix != NULL)
		tell_room(e, postfix);
	free(postfix);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		tell_room(e, others[i]);
}

static void tell_clock(struct emit *e)
{
	struct timex clock = {.modes = 0}; /* only asks */
	const int state = adjtimex(&clock);

	if (state < 0)
		return;
	emit_flag(e, "host.clock.synchronised", HOST_SELF, state != TIME_ERROR && (clock.status & STA_UNSYNC) == 0);
	emit_number(e, "host.clock.offset", HOST_SELF,
	            (double)clock.offset / ((clock.status & STA_NANO) != 0 ? 1e9 : 1e6));
	emit_number(e, "host.clock.error", HOST_SELF, (double)clock.maxerror / 1e6);
}

void host_tell_resources(struct emit *e, double deadline)
{
	tell_load(e);
	tell_pressure(e, "cpu");
	tell_pressure(e, "memory");
	tell_pressure(e, "io");
	tell_memory(e);
	tell_descriptors(e);
	tell_queues(e, deadline);
	tell_clock(e);
}
