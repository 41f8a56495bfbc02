/*
 * record - packets of a mail host's sessions, into a file, while somebody reproduces the problem; SIGTERM ends it in order
 *
 * flow/live.c runs it when no other check runs, since what our own sessions do says nothing about anybody's mail, and
 * hands the file to the capture check then. The file has whole packets, mail among them, so nobody gets one without having
 * asked for it. What it takes to be allowed to is in capture/record.h.
 */
#include "checks/check.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "capture/filter.h"
#include "capture/record.h"
#include "dns/dns.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LIMIT_S        600.0
#define LOOK_UP_S      20.0              /* to find the addresses of the target */
#define SIZE_MAX_B     ((long long)64e6) /* of the file */
#define ENDPOINTS_MAX  40
#define PROGRESS_EVERY 0.5 /* s */

static volatile sig_atomic_t told_to_end;

static void on_term(int number)
{
	(void)number;
	told_to_end = 1;
}

/* A filter that all addresses of the target pass. NULL with the reason. The caller frees. */
static char *filter_of_all(const struct target *target, const struct settings *settings, struct err *err)
{
	struct endpoint endpoints[ENDPOINTS_MAX];
	struct sockaddr_storage addresses[ENDPOINTS_MAX];
	struct dns_conf conf;

	if (dns_conf_load(&conf, NULL, settings->resolver, err) != 0)
		return NULL;
	const int count = dns_endpoints(target, &conf, settings->port, settings->v4_only, settings->v6_only,
	                                clock_now() + LOOK_UP_S, endpoints, ENDPOINTS_MAX, err);
	for (int i = 0; i < count; i++)
		addresses[i] = endpoints[i].address;
	if (count == 0)
		err_set(err, _("%s: has no address"), target->text);
	return count > 0 ? filter_text(addresses, (size_t)count) : NULL;
}

/* The phase stays as it is: on the plain face each one is a line. */
static void tell_progress(struct emit *e, const char *subject, const struct record_count *count)
{
	char packets[40], note[40];
	struct tally tally;

	tally_init(&tally);
	snprintf(packets, sizeof packets, "%llu", count->packets);
	snprintf(note, sizeof note, _("%.1f MB; end this check when it has happened"), (double)count->bytes / 1e6);
	tally_add(&tally, _("packets"), packets, 0, 0, note);
	emit_tally(e, subject, &tally);
	tally_done(&tally);
}

/* Until it is told to end, or the file or the time is full. */
static void record(struct recorder *r, struct emit *e, const char *subject)
{
	double next = 0;

	while (!told_to_end && recorder_step(r, PROGRESS_EVERY)) {
		if (clock_now() < next)
			continue;
		tell_progress(e, subject, recorder_count(r));
		next = clock_now() + PROGRESS_EVERY;
	}
}

static enum check_status record_into(struct recorder *r, const char *filter, const struct target *target,
                                     const struct settings *settings, double deadline, struct emit *e,
                                     const char *subject, struct err *err)
{
	const double seconds = deadline - clock_now();

	if (recorder_start(r, filter, settings->recording, seconds > 1 ? seconds : 1, SIZE_MAX_B, err) != 0)
		return CHECK_NOT_TESTED;
	emit_progress(e, subject, _("now reproduce the problem"), 0);
	record(r, e, subject);
	if (recorder_finish(r, err) != 0)
		return CHECK_FAILED;
	if (recorder_count(r)->packets > 0)
		return CHECK_DONE;
	unlink(settings->recording);
	err_set(err, _("no packet of the mail host passed here meanwhile: smtpdx capture %s"), target->text);
	return CHECK_NOT_TESTED;
}

static enum check_status run(const struct target *target, const struct settings *settings, double deadline,
                             struct emit *e, struct err *err)
{
	const struct sigaction action = {.sa_handler = on_term};
	struct sockaddr_storage address;
	enum record_refusal refusal;

	if (settings->recording == NULL) {
		err_set(err, _("it has no file to record into; this has: smtpdx capture %s"), target->text);
		return CHECK_NOT_TESTED;
	}
	struct recorder *r = recorder_open("any", &refusal, err);
	if (r == NULL) {
		struct err why = *err;
		err_set(err, _("%s; as root: smtpdx capture %s"), why.text, target->text);
		return CHECK_NOT_TESTED;
	}
	sigaction(SIGTERM, &action, NULL);
	const bool one = settings->address != NULL && address_parse(settings->address, target->port, &address) == 0;
	char *subject = one ? subject_endpoint(target->name, &address) : xstrdup(target->text);
	char *filter = one ? filter_text(&address, 1) : filter_of_all(target, settings, err);
	const enum check_status status =
	    filter != NULL ? record_into(r, filter, target, settings, deadline, e, subject, err) : CHECK_NOT_TESTED;
	recorder_free(r);
	free(filter);
	free(subject);
	return status;
}

const struct check check_record = {
    .name = "record",
    .title = N_("records packets while you reproduce the problem"),
    .takes = TAKES_TARGET,
    .intrusive = true,
    .keeps_mail = true,
    .is_allowed = recorder_is_allowed,
    .limit = LIMIT_S,
    .run = run,
};
