/*
 * The mtu check: do large packets get through to every endpoint, and back? First what this machine knows, then the proof
 * on the SMTP port itself, then the hops on the way.
 */
#include "checks/check.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "checks/mtu/probe.h"
#include "checks/mtu/sweep.h"

#include <netinet/in.h>
#include <stdlib.h>

#define LIMIT_S 90.0

/* The hops are asked where packets as large as the interface allows do not get through, or where that is not known. */
static bool wants_sweep(const struct mtu_probe *p)
{
	return p->black_hole || p->in.proven || p->in_short || p->out_size <= 0 || p->out_size < p->route.interface_mtu;
}

/* The hops of the path, and in the midst of it what the SMTP port has to say about the size that comes back. */
static void sweep_and_finish(struct mtu_probe *p)
{
	struct sweep *s = NULL;
	struct err err = {0};

	if (wants_sweep(p)) {
		emit_progress(p->e, p->subject, "sweep", p->deadline - clock_now());
		const struct sweep_plan plan = {.target = &p->endpoint->address,
		                                .likely = p->out_exact ? p->out_size : 0,
		                                .deadline = p->deadline,
		                                .subject = p->subject,
		                                .e = p->e};
		s = sweep_begin(&plan, &err);
		if (s == NULL)
			emit_text(p->e, "mtu.untested", p->subject, err.text);
	}
	inband_finish(p, s != NULL ? sweep_back_size(s) : 0);
	if (s != NULL && sweep_end(s, p->deadline, &err) != 0)
		emit_text(p->e, "mtu.untested", p->subject, err.text);
}

/* One endpoint. */
static enum check_status probe_endpoint(struct mtu_probe *p, struct err *err)
{
	const bool is_v6 = p->endpoint->address.ss_family == AF_INET6;
	enum check_status status = CHECK_DONE;

	p->began = clock_now();
	p->header = is_v6 ? HEADER_V6_BYTES : HEADER_V4_BYTES;
	p->subject = subject_endpoint(p->endpoint->host, &p->endpoint->address);
	route_find(&p->endpoint->address, &p->route);
	if (p->route.local) {
		err_set(err, _("%s is this machine itself: there is no path between"), p->subject);
		status = CHECK_NOT_APPLICABLE;
	} else {
		host_tell_route(p->e, p->subject, &p->route);
		host_tell_settings(p->e, p->route.interface);
		p->host_probes = host_probes();
		envelope_helo(p->settings, &p->endpoint->address, p->helo);
		if (inband_prove(p, err) != 0)
			status = CHECK_NOT_TESTED;
		sweep_and_finish(p);
	}
	tally_done(&p->tally);
	free(p->subject);
	return status;
}

static enum check_status run(const struct target *target, const struct settings *settings, double deadline,
                             struct emit *e, struct err *err)
{
	struct endpoint endpoints[ENVELOPE_ENDPOINTS_MAX];
	enum check_status status = CHECK_DONE;

	const int count = envelope_endpoints(target, settings, deadline, endpoints, err);
	if (count < 0)
		return CHECK_FAILED;
	if (count == 0) {
		err_set(err, _("%s: no address of the family asked for"), target->text);
		return CHECK_NOT_APPLICABLE;
	}
	char *rcpt = envelope_rcpt(target, settings);
	for (int i = 0; i < count; i++) {
		const double now = clock_now();
		struct mtu_probe p = {
		    .settings = settings,
		    .endpoint = &endpoints[i],
		    .target = target->text,
		    .rcpt = rcpt,
		    .deadline = now + (deadline - now) / (count - i),
		    .e = e,
		};
		const enum check_status this_status = probe_endpoint(&p, err);
		if (this_status != CHECK_DONE)
			status = this_status;
	}
	free(rcpt);
	return status;
}

const struct check check_mtu = {
    .name = "mtu",
    .title = N_("do large packets get through? The path MTU"),
    .limit = LIMIT_S,
    .run = run,
};
