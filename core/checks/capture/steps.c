/*
 * The dialog of a session as lines of a report: what was said, what TCP did, and in words who kept whom waiting.
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "checks/capture/capture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LATE_ACK   0.2 /* s; acknowledgements are delayed so long on purpose */
#define QUIET_LONG 5.0 /* s; shorter pauses in which nobody has to speak are not worth a line */

static const char *side_word(enum side side)
{
	return side == CLIENT ? _("client") : _("server");
}

/* A time for people; the caller frees. */
static char *seconds_text(double seconds)
{
	if (seconds < 0.0995)
		return xasprintf(_("%.1f ms"), seconds * 1e3);
	return xasprintf(seconds < 10 ? _("%.2f s") : _("%.1f s"), seconds);
}

/* --- pauses in words */

/* "; the network is fine (ACK #94 after 0.8 ms)" */
static char *delivery_text(const struct gap *gap)
{
	if (gap->acked_after < 0)
		return xstrdup("");
	char *after = seconds_text(gap->acked_after);
	char *text = gap->acked_after <= LATE_ACK
	                 ? xasprintf(_("; the network is fine (ACK #%lu after %s)"), gap->ack, after)
	                 : xasprintf(_("; ACK #%lu after %s"), gap->ack, after);
	free(after);
	return text;
}

static char *repeats_text(const struct gap *gap)
{
	if (gap->repeats == 0)
		return xstrdup("");
	return xasprintf(ngettext("; %u segment was sent again", "; %u segments were sent again", gap->repeats),
	                 gap->repeats);
}

static char *who_waits(const struct gap *gap)
{
	switch (gap->waits) {
	case WAITS_CLIENT:
		return xstrdup(_("the server waits for the client"));
	case WAITS_SERVER:
		return xstrdup(_("the client waits for the server"));
	case WAITS_NETWORK:
		return xasprintf(_("what the %s sends is not acknowledged, or does not arrive"), side_word(gap->side));
	case WAITS_WINDOW:
		return xasprintf(_("the %s's window is closed: its program does not read"), side_word(gap->side));
	case WAITS_NOBODY:
	case WAITS_KINDS:
		break;
	}
	return xstrdup(_("nobody has to say anything"));
}

static char *gap_text(const struct gap *gap)
{
	char *time = seconds_text(gap->seconds);
	char *who = who_waits(gap);
	char *delivery = gap->waits == WAITS_CLIENT || gap->waits == WAITS_SERVER ? delivery_text(gap) : xstrdup("");
	char *repeats = repeats_text(gap);
	char *text = xasprintf("... %s: %s%s%s ...", time, who, delivery, repeats);

	free(time);
	free(who);
	free(delivery);
	free(repeats);
	return text;
}

/* --- steps */

static char *times_text(const char *what, unsigned count)
{
	return count > 1 ? xasprintf(_("[%s, %u times]"), what, count) : xasprintf("[%s]", what);
}

static char *icmp_text(const struct step *step)
{
	if (step->bytes > 0)
		return xasprintf(_("[ICMP: too big for a link with an MTU of %.0f]"), step->bytes);
	return xstrdup(step->icmp == ICMP_TOO_BIG   ? _("[ICMP: too big for a link]")
	               : step->icmp == ICMP_EXPIRED ? _("[ICMP: expired on the way]")
	                                            : _("[ICMP: unreachable]"));
}

static char *step_text(const struct step *step)
{
	switch (step->kind) {
	case STEP_LINE:
		if (step->count > 1)
			return xasprintf(ngettext("%s (and %u line more)", "%s (and %u lines more)", step->count - 1),
			                 step->text, step->count - 1);
		return xstrdup(step->text);
	case STEP_CONTENT:
		return xasprintf(ngettext("[%.0f bytes of the message in %u segment]",
		                          "[%.0f bytes of the message in %u segments]", step->count),
		                 step->bytes, step->count);
	case STEP_TLS:
		return step->phase == SMTP_TLS
		           ? xasprintf(ngettext("[TLS handshake, %.0f bytes in %u segment]",
		                                "[TLS handshake, %.0f bytes in %u segments]", step->count),
		                       step->bytes, step->count)
		           : xasprintf(ngettext("[TLS, %.0f bytes in %u segment]", "[TLS, %.0f bytes in %u segments]",
		                                step->count),
		                       step->bytes, step->count);
	case STEP_SYN:
		return times_text("SYN", step->count);
	case STEP_SYN_ACK:
		return times_text("SYN, ACK", step->count);
	case STEP_FIN:
		return xstrdup("[FIN]");
	case STEP_RST:
		return xstrdup("[RST]");
	case STEP_REPEAT:
		return xasprintf(ngettext("[sent again: %u segment of up to %.0f bytes]",
		                          "[sent again: %u segments of up to %.0f bytes]", step->count),
		                 step->count, step->bytes);
	case STEP_ICMP:
		return icmp_text(step);
	case STEP_GAP:
		return gap_text(&step->gap);
	case STEP_MISSED:
		return xasprintf(_("[%.0f bytes that the capture does not hold]"), step->bytes);
	}
	return xstrdup("");
}

static enum line_dir step_dir(const struct step *step)
{
	if (step->kind == STEP_GAP || step->kind == STEP_ICMP)
		return LINE_NOTE;
	return step->side == SERVER ? LINE_IN : LINE_OUT;
}

/* at: when the step before was over. What is told of a pause comes after what happened in it. */
static void tell_step(const struct told *t, const struct step *step, double at)
{
	char *text = step_text(step);
	const unsigned long packet = step->kind == STEP_GAP ? 0 : step->packet;

	emit_packet_line(t->e, t->subject, fmax(at, step->time) - t->session->first, step_dir(step), packet, text);
	free(text);
}

void capture_tell_steps(struct told *t)
{
	const struct ladder *ladder = &t->session->detail->ladder;
	double at = t->session->first;

	for (size_t i = 0; i < ladder_kept(ladder); i++) {
		if (i == LADDER_HEAD && ladder_left_out(ladder) > 0) {
			char *text = xasprintf(_("... %zu steps left out here ..."), ladder_left_out(ladder));
			emit_line(t->e, t->subject, at - t->session->first, LINE_NOTE, text);
			free(text);
		}
		const struct step *step = ladder_step(ladder, i);
		if (step->kind == STEP_GAP && step->gap.waits == WAITS_NOBODY && step->gap.seconds < QUIET_LONG)
			continue;
		tell_step(t, step, at);
		at = fmax(at, step->until);
	}
}
