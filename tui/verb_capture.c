#include "verbs.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/privilege.h"
#include "base/xalloc.h"
#include "capture/file.h"
#include "capture/filter.h"
#include "capture/record.h"
#include "capture/rewrite.h"
#include "dns/dns.h"
#include "interrupt.h"
#include "progress.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DRAW_EVERY     0.2 /* s between two looks at the recording */
#define ENDPOINTS_MAX  40
#define LOOK_UP_LIMIT  20.0 /* s to find the addresses of the target */
#define TELL_TO_FINISH N_("then: smtpdx explain %s")

/* The addresses whose packets are of interest. Their number, or -1. */
static int find_addresses(const struct options *o, const struct target *target, struct sockaddr_storage *addresses,
                          struct err *err)
{
	struct endpoint endpoints[ENDPOINTS_MAX];
	struct dns_conf conf;

	if (dns_conf_load(&conf, NULL, o->settings.resolver, err) != 0)
		return -1;
	const int count = dns_endpoints(target, &conf, o->settings.port, o->settings.v4_only, o->settings.v6_only,
	                                clock_now() + LOOK_UP_LIMIT, endpoints, ENDPOINTS_MAX, err);
	for (int i = 0; i < count; i++)
		addresses[i] = endpoints[i].address;
	return count == 0 ? err_set(err, _("%s: has no address"), target->text) : count;
}

/* Where -o says, or a name that no earlier recording has. */
static char *file_name(const struct options *o)
{
	char stamp[CLOCK_STAMP_SIZE];

	if (o->output != NULL)
		return xstrdup(o->output);
	clock_stamp(stamp);
	for (char *p = stamp; *p != '\0'; p++)
		if (*p == ':')
			*p = '.'; /* a colon means a host to scp(1) */
	return xasprintf("smtpdx-%s.pcap", stamp);
}

/* We may not record, or cannot: the same by other means, ready to paste. */
static int tell_other_way(const struct options *o, const char *filter, const char *path, const char *why)
{
	char *command = filter_command(filter, o->interface, (int)o->seconds, path);

	fail(EXIT_UNMEASURED, "%s", why);
	fprintf(stderr, _("This records the same; reproduce the problem meanwhile, Ctrl-C ends it sooner:\n\n"));
	fprintf(stderr, "  %s\n\n", command);
	fprintf(stderr, _(TELL_TO_FINISH), path);
	fputc('\n', stderr);
	free(command);
	return EXIT_UNMEASURED;
}

static void show(const struct options *o, const struct record_count *count, double began)
{
	const double left = o->seconds - (clock_now() - began);

	if (progress_is_shown())
		fprintf(stderr, _("\r%llu packets, %.1f MB, %.0f s left; Ctrl-C ends it\033[K"), count->packets,
		        (double)count->bytes / 1e6, left > 0 ? left : 0.0);
}

/* Records until time, size or Ctrl-C end it. 0 when there is a file with packets. */
static int record(struct recorder *r, const struct options *o, const char *filter, const char *path)
{
	struct err err;
	const double began = clock_now();

	if (recorder_start(r, filter, path, o->seconds, (long long)o->size, &err) != 0)
		return fail(EXIT_UNMEASURED, "%s", err.text);
	fprintf(stderr, _("Recording. Now reproduce the problem: send the mail that times out.\n"));
	while (interrupt_count() == 0 && recorder_step(r, DRAW_EVERY))
		show(o, recorder_count(r), began);
	if (progress_is_shown())
		fputs("\r\033[K", stderr);
	if (recorder_finish(r, &err) != 0)
		return fail(EXIT_UNMEASURED, "%s", err.text);
	const struct record_count *count = recorder_count(r);
	if (count->packets == 0) {
		unlink(path);
		return fail(EXIT_UNMEASURED,
		            _("%s: nothing was recorded: no packet of that host passed here in %.0f s"), path,
		            clock_now() - began);
	}
	fprintf(stderr, _("%s: %llu packets in %.0f s"), path, count->packets, clock_now() - began);
	if (count->full)
		fprintf(stderr, _("; full, --size allows more"));
	if (count->dropped > 0)
		fprintf(stderr, _("; %llu packets were missed"), count->dropped);
	fputc('\n', stderr);
	return 0;
}

/* The recording has its name; the report goes to standard output. */
static int explain(struct options *o, char *path)
{
	o->operands = &path;
	o->operand_count = 1;
	o->output = NULL;
	interrupt_forget();
	return verb_explain(o);
}

/* With the device open, or without one: who is asked to record, for what, and what comes of it. */
static int record_target(struct options *o, struct recorder *r, const struct target *target, const char *why)
{
	struct sockaddr_storage addresses[ENDPOINTS_MAX];
	struct err err;

	/* Whoever records instead of us may write where we may not, but no file is without a name. */
	if (o->output != NULL && (r != NULL || *o->output == '\0') && file_check_writable(o->output, &err) != 0)
		return fail(EXIT_UNMEASURED, "%s", err.text);
	const int count = find_addresses(o, target, addresses, &err);
	if (count < 0)
		return fail(EXIT_UNMEASURED, "%s", err.text);
	char *filter = filter_text(addresses, (size_t)count);
	char *path = file_name(o);
	interrupt_catch();
	int status = r != NULL ? record(r, o, filter, path) : tell_other_way(o, filter, path, why);
	if (status == 0)
		status = explain(o, path);
	free(filter);
	free(path);
	return status;
}

/* --redact FILE: no recording, but an old one for somebody else's eyes. */
static int rewrite(const struct options *o, const char *from)
{
	struct rewrite_count count;
	struct err err;

	if (o->output == NULL)
		return fail(EXIT_USAGE, _("capture: --redact %s: needs -o FILE for the rewritten capture"), from);
	if (file_is_same(from, o->output))
		return fail(EXIT_USAGE, _("%s: would be lost: write to another file"), from);
	if (capture_rewrite(from, o->output, &count, &err) != 0)
		return fail(EXIT_UNMEASURED, "%s", err.text);
	fprintf(stderr, _("%s: %lu packets, %lu others left out\n"), o->output, count.kept, count.left_out);
	if (count.trouble[0] != '\0')
		return fail(EXIT_UNMEASURED, "%s: %s", from, count.trouble);
	return EXIT_HEALTHY;
}

int verb_capture(struct options *o)
{
	enum record_refusal refusal = RECORD_NO_RIGHT;
	struct target target;
	struct err why, err;

	if (o->operand_count != 1)
		return fail(EXIT_USAGE, _("capture: expected one target: whose packets shall be recorded?"));
	if (o->redact && strcmp(o->operands[0], "-") != 0 && capture_file_is_one(o->operands[0]))
		return rewrite(o, o->operands[0]);
	if (target_parse(o->operands[0], &target, &err) != 0)
		return fail(EXIT_USAGE, "%s", err.text);
	/* Before anything that takes no rights, so that nothing else is done with them. */
	struct recorder *r = recorder_open(o->interface, &refusal, &why);
	int status;
	if (privilege_drop(&err) != 0)
		status = fail(EXIT_UNMEASURED, "%s", err.text);
	else if (r == NULL && refusal == RECORD_NO_INTERFACE)
		status = fail(EXIT_UNMEASURED, "%s", why.text);
	else
		status = record_target(o, r, &target, why.text);
	recorder_free(r);
	target_done(&target);
	return status;
}
