/*
 * dns - the check of everything that a mail needs from DNS, on our side and on the domain's (see run.h)
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "checks/check.h"
#include "checks/dns/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_S     30.0
#define TRY_S       3.0 /* shorter than the C library's 5 s, so that a lost packet costs less here */
#define TRIES       3
#define STUB_WAIT_S 1.0 /* for the C library's look-up, once everything else is known */
#define REPORT_S    0.1 /* of the time allowed, kept for the facts of what was cut off */

bool run_wants(const struct dns_run *run, int family)
{
	return family == AF_INET6 ? !run->settings->v4_only : !run->settings->v6_only;
}

void run_progress(struct dns_run *run, const char *phase)
{
	emit_progress(run->e, run->target->text, phase, run->patience);
}

void run_count_question(struct dns_run *run, const struct dns_question *question, double chain, const char *server)
{
	char type[16];

	run->chain = fmax(run->chain, chain);
	if (question->answer.seconds <= run->slowest)
		return;
	run->slowest = question->answer.seconds;
	snprintf(run->slowest_question, sizeof run->slowest_question, "%s %s", dns_type_name(question->type, type),
	         question->name);
	snprintf(run->slowest_server, sizeof run->slowest_server, "%s", server);
}

static void emit_summary(const struct dns_run *run, double total)
{
	if (run->slowest_question[0] != '\0') {
		emit_number(run->e, "dns.slowest.delay", "self", run->slowest);
		emit_text(run->e, "dns.slowest.question", "self", run->slowest_question);
		emit_text(run->e, "dns.slowest.server", "self", run->slowest_server);
	}
	emit_number(run->e, "dns.chain.delay", "self", run->chain);
	emit_number(run->e, "dns.total.delay", "self", total);
}

static void begin(struct dns_run *run)
{
	if (run->target->address.ss_family != AF_UNSPEC) {
		reverse_begin(run, NULL, &run->target->address, 0);
		return;
	}
	hosts_begin(run);
	if (run->target->is_domain && !run->settings->addresses_only)
		nameservers_begin(run);
}

void dns_measure(const struct target *target, const struct settings *settings, const struct dns_conf *conf,
                 struct stub *stub, double deadline, struct emit *e)
{
	const double began = clock_now();
	const double left = deadline - began;
	struct dns_run *run = xcalloc(1, sizeof *run);

	*run = (struct dns_run){.target = target, .settings = settings, .conf = conf, .e = e};
	const double try_s = fmin(TRY_S, left / 10);
	run->patience = try_s * TRIES;
	run->engine = dns_engine_new(try_s, TRIES, deadline - fmin(REPORT_S, left / 10));
	resolvers_init(run, conf);
	begin(run);
	run_tell(run);
	dns_engine_run(run->engine);
	const double total = clock_now() - began;
	hosts_emit(run);
	const double stub_delay = stub_finish(stub, fmin(deadline, clock_now() + STUB_WAIT_S));
	if (!settings->addresses_only) {
		nameservers_emit(run);
		resolvers_emit(run, stub_delay);
		emit_summary(run, total);
	}
	dns_engine_free(run->engine);
	lookups_free(run);
	reverses_done(run);
	nameservers_done(run);
	resolvers_done(run);
	free(run);
}

static enum check_status run_check(const struct target *target, const struct settings *settings, double deadline,
                                   struct emit *e, struct err *err)
{
	const bool is_address = target->address.ss_family != AF_UNSPEC;
	struct stub *stub = NULL;
	struct dns_conf conf;

	if (dns_conf_load(&conf, NULL, settings->resolver, err) != 0)
		return CHECK_FAILED;
	if (is_address && settings->addresses_only) {
		err_set(err, _("%s: already an address"), target->text);
		return CHECK_NOT_APPLICABLE;
	}
	if (conf.fault[0] != '\0' && !settings->addresses_only)
		emit_text(e, "dns.conf.fault", "self", conf.fault);
	if (settings->resolver == NULL && !settings->addresses_only)
		stub = stub_start();
	dns_measure(target, settings, &conf, stub, deadline, e);
	return CHECK_DONE;
}

const struct check check_dns = {
    .name = "dns", .title = N_("our name servers and the domain's records"), .limit = LIMIT_S, .run = run_check};
