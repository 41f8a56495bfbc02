/*
 * Towards us: the server's large packets, those of its TLS handshake above all. All that can be seen of them is whether
 * they come. So a first connection that stays silent is only a suspicion; it becomes a proof when another one, whose small
 * segments we asked for, is answered at once, and a third one with large segments stays silent again.
 */
#include "base/clock.h"
#include "base/xalloc.h"
#include "checks/mtu/probe.h"
#include "checks/mtu/sizes.h"

#include <math.h>
#include <netinet/in.h>
#include <stdlib.h>

#define FIRST_SIZE   1280 /* bytes: a packet that hardly any path refuses (RFC 8200 5) */
#define LEAST_SIZE   576  /* bytes: what every IPv4 host takes (RFC 1122 3.3.3) */
#define CONTRAST     4    /* times longer than a greeting takes must the silence be */
#define PATIENCE_MAX 20.0 /* s */
#define NEARLY       4    /* bytes that a full segment may be short of, for alignment */

static bool greeted(const struct attempt *a)
{
	return a->blocked == BLOCKED_NOT && a->status == SMTP_OK;
}

/* A greeting with segments for packets of that size, or of full size (0). */
static void greet(struct mtu_probe *p, int size, double patience, struct attempt *a)
{
	const struct attempt_plan plan = {
	    .what = "inward", .greeting = GREETING_TLS, .mss = size > 0 ? size - p->header : 0, .patience = patience};

	attempt_run(p, &plan, a);
}

void inward_tell(struct mtu_probe *p, const struct attempt *full)
{
	const bool filled = full->largest >= full->advertised - NEARLY;

	if (full->advertised <= 0)
		return;
	p->in_short = !filled && full->tls;
	emit_text(p->e, "mtu.in.full", p->subject, filled ? "pass" : "short");
	emit_number(p->e, "mtu.in.full.mss", p->subject, full->advertised + full->options);
	if (full->largest > 0)
		emit_number(p->e, "mtu.in.largest", p->subject, p->header + full->options + full->largest);
}

/* Small segments: 0 when there is an answer, and then *took is how long it took. */
static int contrast(struct mtu_probe *p, struct inward *in, double *took)
{
	const int sizes[] = {FIRST_SIZE, p->header > 40 ? 0 : LEAST_SIZE};
	struct attempt *a = xcalloc(1, sizeof *a);
	int result = -1;

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0] && sizes[i] > 0 && result != 0; i++) {
		greet(p, sizes[i], in->patience, a);
		if (greeted(a)) {
			in->passes = sizes[i];
			*took = a->greeting;
			result = 0;
		} else if (a->blocked == BLOCKED_IN) {
			in->fails = sizes[i];
			in->silences++;
		} else {
			break;
		}
	}
	free(a);
	return result;
}

void inward_prove(struct mtu_probe *p, const struct attempt *full, struct inward *in)
{
	const double mss = full->advertised + full->options;
	double took = 0;

	*in = (struct inward){.full = p->header + (int)mss,
	                      .full_mss = mss,
	                      .patience = fmax(full->waited, INWARD_PATIENCE),
	                      .phase = full->phase,
	                      .silences = 1};
	in->fails = in->full;
	in->proven = contrast(p, in, &took) == 0;
	if (in->proven && full->waited < CONTRAST * took) {
		/* A server that is slow with everybody: it gets the time that it needs, and then the silence counts or ends. */
		struct attempt *a = xcalloc(1, sizeof *a);
		in->patience = fmin(CONTRAST * took, PATIENCE_MAX);
		greet(p, 0, in->patience, a);
		in->proven = a->blocked == BLOCKED_IN;
		in->silences += in->proven;
		if (greeted(a))
			in->passes = in->full;
		free(a);
	}
	if (in->proven && in->silences >= 2)
		probe_settle(p, true);
}

/* Tries a size; false when that told nothing. */
static bool try(struct mtu_probe *p, struct inward *in, int size)
{
	struct attempt *a = xcalloc(1, sizeof *a);
	bool told = true;

	greet(p, size < in->full ? size : 0, in->patience, a);
	if (greeted(a)) {
		in->passes = size;
	} else if (a->blocked == BLOCKED_IN) {
		in->fails = size;
		in->silences++;
		if (in->silences == 2)
			probe_settle(p, true);
	} else {
		told = false;
	}
	free(a);
	return told;
}

void inward_narrow(struct mtu_probe *p, struct inward *in)
{
	bool told = true;

	while (told && p->connections < PROBE_CONNECTIONS_MAX && clock_now() < p->deadline) {
		int size = sizes_next(in->passes, in->fails, p->out_exact ? p->out_size : 0);
		if (size == 0 && in->silences < 2 && in->fails == in->full)
			size = in->full; /* every smaller size passed: was the first silence chance? */
		if (size == 0)
			break;
		told = try(p, in, size);
		if (in->passes >= in->full)
			break;
	}
}

static const char *outcome(const struct inward *in)
{
	if (in->passes >= in->full)
		return "pass";
	return in->proven && in->silences >= 2 ? "stall" : "silent";
}

void inward_tell_proof(struct mtu_probe *p, const struct inward *in)
{
	const bool stalls = in->proven && in->silences >= 2 && in->passes < in->full;

	emit_text(p->e, "mtu.in.full", p->subject, outcome(in));
	emit_number(p->e, "mtu.in.full.mss", p->subject, in->full_mss);
	emit_text(p->e, "mtu.in.phase", p->subject, smtp_phases[in->phase].name);
	emit_number(p->e, "mtu.in.delay", p->subject, in->patience);
	emit_text(p->e, "mtu.in.clamped", p->subject, in->passes > 0 ? "pass" : "silent");
	if (in->passes > 0)
		emit_number(p->e, "mtu.in.clamped.mss", p->subject, in->passes - p->header);
	if (!stalls)
		return;
	emit_number(p->e, "mtu.in.size", p->subject, in->passes);
	emit_number(p->e, "mtu.in.mss", p->subject, in->passes - p->header);
	emit_flag(p->e, "mtu.in.exact", p->subject, in->fails - in->passes == 1);
}
