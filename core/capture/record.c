#include "capture/record.h"

#include "base/i18n.h"

#ifdef HAVE_LIBPCAP

#include "base/clock.h"
#include "base/privilege.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SNAPLEN     262144     /* more than any packet has: what libpcap takes for "all of it" */
#define RING_SIZE   (16 << 20) /* B in the kernel, for bursts */
#define NEWS_EVERY  0.2        /* s between two counts from the child */
#define HEADER_SIZE 24         /* B of a pcap file before its packets */
#define RECORD_SIZE 16         /* B before each packet */
#define DRAIN_ROUND 64         /* packets taken at a time, so that the limits are looked at in between */

struct recorder {
	pcap_t *device;
	char *path, *temporary; /* NULL: not started */
	pid_t child;            /* 0: none */
	int news, leash;        /* the child's counts; it ends when the leash is closed */
	struct record_count count;
};

/* What the child works on. */
struct job {
	pcap_t *device;
	pcap_dumper_t *out;
	struct record_count count;
	unsigned long long limit;
};

struct recorder *recorder_open(const char *interface, enum record_refusal *refusal, struct err *err)
{
	char text[PCAP_ERRBUF_SIZE];
	pcap_t *device = pcap_create(interface, text);

	if (device == NULL) {
		*refusal = RECORD_NO_INTERFACE;
		err_set(err, "%s: %s", interface, text);
		return NULL;
	}
	/* Each of these can fail only on a handle that is active already. */
	pcap_set_snaplen(device, SNAPLEN);
	pcap_set_promisc(device, 0);
	pcap_set_immediate_mode(device, 1); /* or the last packets would be in the kernel's buffer still */
	pcap_set_buffer_size(device, RING_SIZE);
	if (pcap_set_tstamp_precision(device, PCAP_TSTAMP_PRECISION_NANO) != 0)
		pcap_set_tstamp_precision(device, PCAP_TSTAMP_PRECISION_MICRO);
	const int status = pcap_activate(device);
	if (status < 0) {
		const bool no_right = status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED;
		*refusal = no_right ? RECORD_NO_RIGHT : RECORD_NO_INTERFACE;
		err_set(err, "%s: %s", interface, no_right ? _("no right to record") : pcap_statustostr(status));
		pcap_close(device);
		return NULL;
	}
#ifdef DLT_LINUX_SLL2
	pcap_set_datalink(device,
	                  DLT_LINUX_SLL2); /* "any" with the interface of each packet; others have no such thing */
#endif
	struct recorder *r = xcalloc(1, sizeof *r);
	r->device = device;
	r->news = r->leash = -1;
	return r;
}

bool recorder_is_allowed(void)
{
	enum record_refusal refusal;
	struct err err;
	struct recorder *r = recorder_open("any", &refusal, &err);

	recorder_free(r);
	return r != NULL;
}

static int set_filter(pcap_t *device, const char *text, struct err *err)
{
	struct bpf_program program;

	if (pcap_compile(device, &program, text, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return err_set(err, _("the filter for the recording: %s"), pcap_geterr(device));
	const int status = pcap_setfilter(device, &program);
	pcap_freecode(&program);
	return status != 0 ? err_set(err, _("the filter for the recording: %s"), pcap_geterr(device)) : 0;
}

static void keep_packet(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
	struct job *job = (struct job *)(void *)user;
	const unsigned long long size = RECORD_SIZE + header->caplen;

	if (job->count.full || job->count.bytes + size > job->limit) {
		job->count.full = true;
		return;
	}
	pcap_dump((u_char *)job->out, header, bytes);
	job->count.bytes += size;
	job->count.packets++;
}

/* A count is smaller than PIPE_BUF, so it arrives whole; when nobody reads it any more, the leash is gone, too. */
static void tell(int news, struct job *job)
{
	struct pcap_stat stat;

	if (pcap_stats(job->device, &stat) == 0)
		job->count.dropped = stat.ps_drop;
	if (write(news, &job->count, sizeof job->count) < 0)
		return;
}

static bool leash_is_closed(int leash)
{
	struct pollfd end = {.fd = leash, .events = POLLIN};

	return poll(&end, 1, 0) > 0;
}

static void record(struct job *job, int news, int leash, double deadline)
{
	struct pollfd wait[2] = {{.fd = pcap_get_selectable_fd(job->device), .events = POLLIN},
	                         {.fd = leash, .events = POLLIN}};
	double next = clock_now();

	for (;;) {
		const bool last = leash_is_closed(leash) || clock_now() >= deadline;
		int taken;
		do {
			taken = pcap_dispatch(job->device, DRAIN_ROUND, keep_packet, (u_char *)(void *)job);
		} while (taken == DRAIN_ROUND && !job->count.full && (!last || clock_now() < deadline + 1));
		if (taken == PCAP_ERROR)
			snprintf(job->count.trouble, sizeof job->count.trouble, "%.150s", pcap_geterr(job->device));
		if (clock_now() >= next) {
			tell(news, job);
			next = clock_now() + NEWS_EVERY;
		}
		if (last || job->count.full || taken < 0)
			return;
		const double until = next < deadline ? next : deadline;
		if (poll(wait, 2, clock_ms_until(until)) < 0 && errno != EINTR)
			return;
	}
}

_Noreturn static void be_child(struct recorder *r, int file, int news, int leash, double seconds, long long size)
{
	struct job job = {.device = r->device, .count = {.bytes = HEADER_SIZE}, .limit = (unsigned long long)size};
	struct err err;

	signal(SIGINT, SIG_IGN); /* the parent decides when it is enough */
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	FILE *stream = fdopen(file, "wb");
	if (privilege_become_nobody(&err) != 0)
		snprintf(job.count.trouble, sizeof job.count.trouble, "%.150s", err.text);
	else if (stream == NULL || (job.out = pcap_dump_fopen(r->device, stream)) == NULL)
		snprintf(job.count.trouble, sizeof job.count.trouble, "%.150s", pcap_geterr(r->device));
	else
		record(&job, news, leash, clock_now() + seconds);
	if (job.out != NULL && (pcap_dump_flush(job.out) != 0 || ferror(stream)))
		snprintf(job.count.trouble, sizeof job.count.trouble, "%s", _("the file cannot be written"));
	tell(news, &job);
	if (job.out != NULL)
		pcap_dump_close(job.out);
	pcap_close(r->device);
	close(news);
	close(leash);
	_exit(job.count.trouble[0] != '\0');
}

/* mkostemp(3) makes it the user's alone, which suits a file with mail in it. */
static int make_file(struct recorder *r, const char *path, struct err *err)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(err, _("%s: exists and is no regular file"), path);
	r->path = xstrdup(path);
	r->temporary = xasprintf("%s.XXXXXX", path);
	const int file = mkostemp(r->temporary, O_CLOEXEC);
	if (file >= 0)
		return file;
	err_sys(err, errno, "%s", path);
	free(r->temporary);
	r->temporary = NULL;
	return -1;
}

int recorder_start(struct recorder *r, const char *filter, const char *path, double seconds, long long size,
                   struct err *err)
{
	int news[2] = {-1, -1}, leash[2] = {-1, -1};

	if (set_filter(r->device, filter, err) != 0)
		return -1;
	if (pcap_setnonblock(r->device, 1, (char[PCAP_ERRBUF_SIZE]){0}) != 0)
		return err_set(err, _("the device cannot be read without waiting"));
	const int file = make_file(r, path, err);
	if (file < 0)
		return -1;
	if (pipe2(news, O_CLOEXEC) != 0 || pipe2(leash, O_CLOEXEC) != 0 || (r->child = fork()) < 0) {
		err_sys(err, errno, "%s", _("starting the recording"));
		r->child = 0;
	} else if (r->child == 0) {
		close(news[0]);
		close(leash[1]);
		be_child(r, file, news[1], leash[0], seconds, size);
	}
	close(file);
	close(news[1]);
	close(leash[0]);
	r->news = news[0];
	r->leash = leash[1];
	return r->child > 0 ? 0 : -1;
}

bool recorder_step(struct recorder *r, double wait)
{
	struct pollfd news = {.fd = r->news, .events = POLLIN};
	struct record_count count;

	const int ready = poll(&news, 1, clock_ms_until(clock_now() + wait));
	if (ready <= 0)
		return ready == 0 || errno == EINTR;
	const ssize_t size = read(r->news, &count, sizeof count);
	if (size == (ssize_t)sizeof count)
		r->count = count;
	return size > 0;
}

const struct record_count *recorder_count(const struct recorder *r)
{
	return &r->count;
}

static void close_pipe(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Lets go of the leash, hears the last count, and waits for the child. True when it ended as it should. */
static bool stop(struct recorder *r)
{
	int status = -1;

	close_pipe(&r->leash);
	while (r->news >= 0 && recorder_step(r, 60))
		;
	close_pipe(&r->news);
	while (r->child > 0 && waitpid(r->child, &status, 0) < 0 && errno == EINTR)
		;
	r->child = 0;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int recorder_finish(struct recorder *r, struct err *err)
{
	if (!stop(r))
		return err_set(err, "%s: %s", r->path,
		               r->count.trouble[0] != '\0' ? r->count.trouble : _("the recording broke off"));
	if (rename(r->temporary, r->path) != 0)
		return err_sys(err, errno, "%s", r->path);
	free(r->temporary);
	r->temporary = NULL;
	return 0;
}

void recorder_free(struct recorder *r)
{
	if (r == NULL)
		return;
	if (r->child > 0)
		stop(r);
	close_pipe(&r->news);
	close_pipe(&r->leash);
	if (r->temporary != NULL)
		unlink(r->temporary);
	pcap_close(r->device);
	free(r->temporary);
	free(r->path);
	free(r);
}

#else

struct recorder *recorder_open(const char *interface, enum record_refusal *refusal, struct err *err)
{
	*refusal = RECORD_NO_LIBRARY;
	err_set(err, "%s: %s", interface, _("this smtpdx was built without libpcap"));
	return NULL;
}

bool recorder_is_allowed(void)
{
	return false;
}

/* There is no recorder to do these with. */
int recorder_start(struct recorder *r, const char *filter, const char *path, double seconds, long long size,
                   struct err *err)
{
	(void)r, (void)filter, (void)path, (void)seconds, (void)size;
	return err_set(err, "%s", _("this smtpdx was built without libpcap"));
}

bool recorder_step(struct recorder *r, double wait)
{
	(void)r, (void)wait;
	return false;
}

const struct record_count *recorder_count(const struct recorder *r)
{
	static const struct record_count none;

	(void)r;
	return &none;
}

int recorder_finish(struct recorder *r, struct err *err)
{
	(void)r;
	return err_set(err, "%s", _("this smtpdx was built without libpcap"));
}

void recorder_free(struct recorder *r)
{
	(void)r;
}

#endif
