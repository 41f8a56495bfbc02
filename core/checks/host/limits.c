/*
 * What the kernel allows and how much of it is used: files of each mail server's processes, connections that wait for a
 * server to take them, connections that a packet filter keeps in mind.
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "checks/host/host.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NAME_MAX_SHOWN  ((size_t)32)
#define ARGUMENTS_MAX   ((size_t)256) /* bytes of a process' arguments that are looked at */
#define DESCRIPTORS_MAX 1100000       /* that are counted; Linux allows a process 1048576 unless told otherwise */
#define COUNTED_S       1.0           /* over which drops are counted, where there have been any */

/* --- open files of processes */

struct fullest {
	char program[NAME_MAX_SHOWN];
	double files, limit;
	long forbidden; /* the first process that we may not look into; 0: none */
};

/* Programs of mail servers; "master" is Postfix' where its path says so. */
static bool is_mail_program(const char *path, const char *name)
{
	static const char *const names[] = {"smtpd", "exim4", "exim", "sendmail", "sendmail-mta"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return strcmp(name, "master") == 0 && strstr(path, "/postfix/") != NULL;
}

/* The program of a process: the first of its arguments, or its own title ("smtpd: pony express"); "" when it is no mail
 * server. */
static void find_program(const char *pid, char program[static NAME_MAX_SHOWN])
{
	char *file = xasprintf("/proc/%s/cmdline", pid), *text = host_read(file);

	*program = '\0';
	if (text != NULL && strlen(text) < ARGUMENTS_MAX) {
		text[strcspn(text, ": ")] = '\0';
		const char *slash = strrchr(text, '/'), *name = slash != NULL ? slash + 1 : text;
		if (is_mail_program(text, name))
			text_clean(name, strlen(name), program, NAME_MAX_SHOWN);
	}
	free(text);
	free(file);
}

/* "Max open files            1024                 524288               files": the first one counts (proc(5)); -1. */
static double files_allowed(const char *pid)
{
	static const char row[] = "Max open files";
	char *path = xasprintf("/proc/%s/limits", pid), *text = host_read(path);
	const char *at = text != NULL ? strstr(text, row) : NULL;
	const double limit = at != NULL ? strtod(at + strlen(row), NULL) : 0;

	free(text);
	free(path);
	return limit > 0 ? limit : -1; /* "unlimited" is no number */
}

/* How many files it has open; -1 with errno. */
static double files_open(const char *pid)
{
	char *path = xasprintf("/proc/%s/fd", pid);
	DIR *folder = opendir(path);
	double count = 0;

	free(path);
	if (folder == NULL)
		return -1;
	for (struct dirent *entry; count < DESCRIPTORS_MAX && (entry = readdir(folder)) != NULL;)
		count += isdigit((unsigned char)entry->d_name[0]) != 0;
	closedir(folder);
	return count;
}

static void look_at(struct fullest *f, const char *pid)
{
	char program[NAME_MAX_SHOWN];

	find_program(pid, program);
	if (*program == '\0' || host_is_elsewhere(pid))
		return;
	const double limit = files_allowed(pid), files = files_open(pid);
	if (files < 0 && errno == EACCES && f->forbidden == 0)
		f->forbidden = strtol(pid, NULL, 10);
	if (files < 0 || limit <= 0 || (f->limit > 0 && files / limit <= f->files / f->limit))
		return;
	f->files = files;
	f->limit = limit;
	memcpy(f->program, program, sizeof program);
}

static void tell_files(struct emit *e)
{
	struct fullest f = {.limit = 0};
	DIR *proc = opendir("/proc");

	for (struct dirent *entry; proc != NULL && (entry = readdir(proc)) != NULL;)
		if (isdigit((unsigned char)entry->d_name[0]))
			look_at(&f, entry->d_name);
	if (proc != NULL)
		closedir(proc);
	if (f.limit > 0) {
		emit_text(e, "host.process", HOST_SELF, f.program);
		emit_number(e, "host.process.descriptors", HOST_SELF, f.files);
		emit_number(e, "host.process.descriptors.limit", HOST_SELF, f.limit);
		emit_number(e, "host.process.descriptors.share", HOST_SELF, f.files / f.limit);
	}
	if (f.forbidden != 0) {
		char *command = xasprintf("ls /proc/%ld/fd | wc -l", f.forbidden);
		host_tell_untested(e, _("open files of each process of the mail server"), strerror(EACCES), command);
		free(command);
	}
}

/* --- connections that the kernel did not keep for a server */

/*
 * A counter of /proc/net/netstat, where a line of names comes before a line of values, both beginning with "TcpExt:". -1
 * when the kernel does not count it.
 */
static double counter(const char *text, const char *name)
{
	static const char start[] = "TcpExt:";
	const char *names = text != NULL ? strstr(text, start) : NULL;
	const char *values = names != NULL ? strchr(names, '\n') : NULL;

	if (values == NULL || strncmp(++values, start, strlen(start)) != 0)
		return -1;
	while (*names != '\n' && *names != '\0') {
		const size_t size = strcspn(names, " \n");
		if (size == strlen(name) && strncmp(names, name, size) == 0)
			return isdigit((unsigned char)*values) ? strtod(values, NULL) : -1;
		names += size + (names[size] == ' ');
		values += strcspn(values, " \n");
		values += *values == ' ';
	}
	return -1;
}

static double count_of(const char *name)
{
	char *text = host_read("/proc/net/netstat");
	const double count = counter(text, name);

	free(text);
	return count;
}

/* The counters are those of all programs since the machine started, which says little; whether they grow now says more. */
static void tell_drops(struct emit *e, bool waiting)
{
	const double dropped = count_of("ListenOverflows"), half_open = count_of("TCPReqQFullDrop");
	const struct timespec pause = {.tv_sec = (time_t)COUNTED_S};

	if (dropped < 0)
		return;
	emit_number(e, "host.backlog.dropped", HOST_SELF, dropped);
	if (half_open >= 0)
		emit_number(e, "host.half-open.dropped", HOST_SELF, half_open);
	if (!waiting)
		return;
	nanosleep(&pause, NULL);
	emit_number(e, "host.backlog.dropping", HOST_SELF, fmax(0, count_of("ListenOverflows") - dropped));
	if (half_open >= 0)
		emit_number(e, "host.half-open.dropping", HOST_SELF, fmax(0, count_of("TCPReqQFullDrop") - half_open));
}

/* --- the packet filter's memory */

static double number_in(const char *path)
{
	char *text = host_read(path);
	const double number = text != NULL && isdigit((unsigned char)*text) ? strtod(text, NULL) : -1;

	free(text);
	return number;
}

static void tell_conntrack(struct emit *e)
{
	const double count = number_in("/proc/sys/net/netfilter/nf_conntrack_count");
	const double limit = number_in("/proc/sys/net/netfilter/nf_conntrack_max");

	if (count < 0 || limit <= 0)
		return; /* nothing keeps connections in mind */
	emit_number(e, "host.conntrack", HOST_SELF, count);
	emit_number(e, "host.conntrack.limit", HOST_SELF, limit);
	emit_number(e, "host.conntrack.share", HOST_SELF, count / limit);
}

void host_tell_limits(struct emit *e, bool waiting)
{
	tell_files(e);
	tell_drops(e, waiting);
	tell_conntrack(e);
}
