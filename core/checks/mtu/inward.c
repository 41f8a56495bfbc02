/*
 * Towards us: the server's large packets, those of its TLS handshake above all. All that can be seen of them is whether
 * they come. So a first connection that stays silent is only a suspicion; it becomes a proof when another one, for which we
 * asked for small segments, is answered at once, and a third one with large segments stays silent again. Servers that are
 * slow and paths that lose packets by chance show in the greetings that do come, and are given more time.
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "checks/mtu/probe.h"
#include "checks/mtu/sizes.h"

#include <math.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE     1280 /* bytes: a packet that hardly any path refuses (RFC 8200 5) */
#define LEAST_SIZE     576  /* bytes: what every IPv4 host takes (RFC 1122 3.3.3) */
#define CONTRAST       4    /* times longer than a greeting takes must the silence be */
#define RESENT_S       0.15 /* by which a greeting is late when a packet of it had to be sent again: less than RTO's least */
#define SLOW_PATIENCE  2.0  /* s, for the second silence where nothing but silence says that it is not the server's */
#define LOSSY_PATIENCE 5.0  /* s, where packets are lost by chance: some five retransmissions */
#define PATIENCE_MAX   20.0 /* s */
#define ENOUGH         2    /* silences are a proof, or one with more patience after two that were doubted */
#define NEARLY         4    /* bytes that a full segment may be short of, for alignment */

/* A greeting with segments for packets of that size, or of full size (0). False when it ended for other reasons. */
static bool greet(struct mtu_probe *p, int size, double limit, struct attempt *a)
{
	const struct attempt_plan plan = {
	    .what = "inward", .greeting = GREETING_TLS, .mss = size > 0 ? size - p->header : 0, .patience = limit};

	attempt_run(p, &plan, a);
	return a->blocked == BLOCKED_IN || (a->blocked == BLOCKED_NOT && a->status == SMTP_OK);
}

void inward_tell(struct mtu_probe *p, const struct attempt *full)
{
	const bool filled = full->largest >= full->advertised - NEARLY;

	if (full->advertised <= 0)
		return;
	p->in_short = !filled && full->tls;
	if (!filled)
		emit_text(p->e, "mtu.untested", p->subject,
		          _("packets of full size from the server: what it sent was smaller"));
	emit_text(p->e, "mtu.in.full", p->subject, filled ? "pass" : "short");
	emit_number(p->e, "mtu.in.full.mss", p->subject, full->advertised + full->options);
	if (full->largest > 0)
		emit_number(p->e, "mtu.in.largest", p->subject, p->header + full->options + full->largest);
}

/*
 * What was silent may have been slow, or lost by chance: it counts no more, and is tried again with more patience. The
 * sizes that came have come.
 */
static void distrust(struct inward *in, double due)
{
	in->patience = fmin(fmax(in->patience, due), PATIENCE_MAX);
	in->doubted += in->silences;
	in->silences = 0;
	in->settled_at = 0;
}

/* How many silences are missing until there is no doubt. */
static int missing(const struct inward *in)
{
	const int enough = in->doubted >= ENOUGH ? 1 : ENOUGH;

	return in->silences < enough ? enough - in->silences : 0;
}

static double patience(const struct inward *in)
{
	return missing(in) == 0 || in->holes ? in->patience : fmax(in->patience, SLOW_PATIENCE);
}

/* A greeting came through. On a path that loses packets of any size it may take one or two retransmissions longer. */
static void note_greeting(struct inward *in, int size, const struct attempt *a)
{
	const bool first = in->passes == 0, refuted = size >= in->fails;

	in->passes = size;
	in->quickest = first ? a->greeting : fmin(in->quickest, a->greeting);
	if (!refuted && (in->lossy || (a->resent <= 0 && a->greeting < in->quickest + RESENT_S)))
		return;
	in->lossy = true;
	distrust(in, LOSSY_PATIENCE);
	if (refuted) {
		in->fails = in->full;
		in->doubted = 0;
	}
}

/* Tries a size; false when that told nothing. */
static bool try(struct mtu_probe *p, struct inward *in, int size, double limit)
{
	struct attempt *a = xcalloc(1, sizeof *a);
	const bool told = greet(p, size < in->full ? size : 0, limit, a);

	if (told && a->blocked == BLOCKED_IN) {
		in->fails = size;
		in->silences++;
		in->holes |= a->hole;
	} else if (told) {
		note_greeting(in, size, a);
	}
	free(a);
	if (in->passes > 0 && missing(in) == 0 && in->settled_at <= 0)
		in->settled_at = clock_now();
	return told;
}

void inward_prove(struct mtu_probe *p, const struct attempt *full)
{
	const double mss = full->advertised + full->options;
	struct inward *in = &p->in;

	*in = (struct inward){.full = p->header + (int)mss,
	                      .full_mss = mss,
	                      .patience = fmax(full->waited, INWARD_PATIENCE),
	                      .phase = full->phase,
	                      .silences = 1,
	                      .holes = full->hole};
	in->fails = in->full;
	if (p->header == HEADER_V4_BYTES)
		try(p, in, FIRST_SIZE, patience(in));
	/* The last resort gets the time that a slow server needs. */
	if (in->passes == 0)
		try(p, in, p->header == HEADER_V4_BYTES ? LEAST_SIZE : FIRST_SIZE, PATIENCE_MAX);
	in->proven = in->passes > 0;
	if (in->patience < CONTRAST * in->quickest)
		distrust(in, CONTRAST * in->quickest);
}

/* The size to try next; 0 when all is known. */
static int next_size(const struct mtu_probe *p, const struct inward *in, int hint)
{
	/* The verdict comes before the exact size: it wants the last connections, if it is still open. */
	const int wanted = missing(in);
	if (wanted > 0 && (in->silences == 0 || PROBE_CONNECTIONS_MAX - p->connections <= wanted))
		return in->fails;
	const int size = sizes_next(in->passes, in->fails, hint);
	/* Every smaller size passed: was the first silence chance? */
	return size == 0 && wanted > 0 ? in->fails : size;
}

void inward_narrow(struct mtu_probe *p, int hint)
{
	struct inward *in = &p->in;

	if (hint == 0 && p->out_exact)
		hint = p->out_size;
	while (in->passes < in->full && p->connections < PROBE_CONNECTIONS_MAX && clock_now() < p->deadline) {
		const int size = next_size(p, in, hint);
		if (size == 0 || !try(p, in, size, patience(in)))
			break;
	}
	if (in->settled_at > 0)
		probe_settle(p, true, in->settled_at);
}

static const char *outcome(const struct inward *in)
{
	if (in->passes >= in->full)
		return "pass";
	if (!in->proven)
		return "silent";
	return missing(in) == 0 ? "stall" : "unsure";
}

void inward_tell_proof(struct mtu_probe *p)
{
	const struct inward *in = &p->in;
	const char *word = outcome(in);

	emit_text(p->e, "mtu.in.full", p->subject, word);
	emit_number(p->e, "mtu.in.full.mss", p->subject, in->full_mss);
	emit_text(p->e, "mtu.in.phase", p->subject, smtp_phases[in->phase].name);
	emit_number(p->e, "mtu.in.delay", p->subject, in->patience);
	emit_text(p->e, "mtu.in.clamped", p->subject, in->proven ? "pass" : "silent");
	if (!in->proven)
		return;
	emit_number(p->e, "mtu.in.clamped.mss", p->subject, in->passes - p->header);
	if (strcmp(word, "stall") != 0)
		return;
	emit_number(p->e, "mtu.in.size", p->subject, in->passes);
	emit_number(p->e, "mtu.in.mss", p->subject, in->passes - p->header);
	emit_flag(p->e, "mtu.in.exact", p->subject, in->fails - in->passes == 1);
}
