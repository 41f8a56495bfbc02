/*
 * A session that two captures hold, one from each end: what left one end and never arrived at the other, as facts and as a
 * picture of its own.
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "capture/join.h"
#include "checks/capture/capture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FILES_MAX 6   /* that are searched for the session */
#define DRAWN_MAX 60  /* lines of the picture */
#define LARGE     400 /* B; smaller segments fit every path (RFC 791 wants 576) */
#define LOSS_MIN  5   /* segments, so that their share means something */

/* --- facts */

static const char *crossing_word(const struct crossing *c)
{
	if (c->vanished == 0)
		return c->lost > 0 ? "repaired" : "none";
	return c->later && c->smallest >= LARGE && c->smallest > c->largest ? "large" : "any";
}

static void tell_side(const struct told *t, const struct joined *j, enum side side)
{
	const struct crossing *c = &j->sides[side];
	char *fact = xasprintf("capture.%s.between", side_name(side));

	emit_text(t->e, fact, t->subject, crossing_word(c));
	free(fact);
	capture_tell_side_number(t, side, "vanished", c->vanished);
	capture_tell_side_number(t, side, "vanished.size", c->smallest);
	capture_tell_side_number(t, side, "vanished.times", c->times);
	capture_tell_side_number(t, side, "arrived.size", c->largest);
	if (c->lost >= LOSS_MIN && c->copies > 0)
		capture_tell_side_number(t, side, "between.loss", (double)c->lost / c->copies);
	if (c->mss_sent != c->mss_arrived && c->mss_sent > 0 && c->mss_arrived > 0)
		capture_tell_side_number(t, side, "mss.arrived", c->mss_arrived);
}

static void tell_facts(const struct told *t, const struct joined *j)
{
	const double ahead = j->offset + j->ends[SERVER]->start - j->ends[CLIENT]->start;

	emit_flag(t->e, "capture.joined", t->subject, true);
	emit_number(t->e, "capture.joined.delay", t->subject, j->delay);
	emit_number(t->e, "capture.joined.clock", t->subject, fabs(ahead));
	for (int side = 0; side < SIDES; side++)
		tell_side(t, j, (enum side)side);
	for (int side = 0; side < SIDES; side++)
		if (j->forged[side])
			emit_text(t->e, "capture.reset.forged", t->subject, side_name((enum side)side));
	if (j->rewritten > 0)
		emit_number(t->e, "capture.rewritten", t->subject, j->rewritten);
}

/* Where an address translator stands between, the server's end knows the session by other addresses. */
static void tell_other_name(const struct told *t, const struct joined *j)
{
	struct flow *names = xcalloc(1, sizeof *names);

	for (int end = 0; end < SIDES; end++) {
		memcpy(names->ends, j->ends[end]->ends, sizeof names->ends);
		char *subject = flow_subject(names);
		if (strcmp(subject, t->subject) != 0)
			emit_text(t->e, "capture.joined.name", t->subject, subject);
		free(subject);
	}
	free(names);
}

/* --- the picture */

static const char *flag_name(uint8_t flags)
{
	return (flags & TCP_RST) != 0                             ? "RST"
	       : (flags & TCP_SYN) != 0 && (flags & TCP_ACK) != 0 ? "SYN, ACK"
	       : (flags & TCP_SYN) != 0                           ? "SYN"
	                                                          : "FIN";
}

/* Steps that went alike one after the other are one line. */
static bool is_like(const struct crossed *a, const struct crossed *b)
{
	return a->side == b->side && (a->arrived == 0) == (b->arrived == 0) && a->size > 0 && b->size > 0;
}

static char *step_text(const struct crossed *first, size_t count, uint32_t largest)
{
	if (first->size == 0)
		return first->arrived == 0 ? xasprintf(_("[%s] -> never arrives"), flag_name(first->flags))
		                           : xasprintf(_("[%s] -> #%u after %.2f ms"), flag_name(first->flags),
		                                       first->arrived, first->late * 1e3);
	if (first->arrived == 0)
		return xasprintf(ngettext("%zu segment of %u bytes -> never arrives",
		                          "%zu segments of up to %u bytes -> never arrive", count),
		                 count, largest);
	return xasprintf(ngettext("%zu segment of %u bytes -> #%u after %.2f ms",
	                          "%zu segments of up to %u bytes -> from #%u on, after %.2f ms", count),
	                 count, largest, first->arrived, first->late * 1e3);
}

static void draw(const struct told *t, const struct joined *j)
{
	char *subject = xasprintf(_("%s, from one end to the other"), t->subject);
	size_t lines = 0, i = 0;

	while (i < j->step_count && lines < DRAWN_MAX) {
		const struct crossed *first = &j->steps[i];
		uint32_t largest = 0;
		size_t count = 0;
		while (i + count < j->step_count && (count == 0 || is_like(first, first + count))) {
			largest = first[count].size > largest ? first[count].size : largest;
			count++;
		}
		char *text = step_text(first, count, largest);
		emit_packet_line(t->e, subject, first->time, first->side == SERVER ? LINE_IN : LINE_OUT, first->sent,
		                 text);
		free(text);
		i += count;
		lines++;
	}
	if (i < j->step_count) {
		char *text = xasprintf(_("... %zu packets left out here ..."), j->step_count - i);
		emit_line(t->e, subject, j->steps[i].time, LINE_NOTE, text);
		free(text);
	}
	free(subject);
}

/* --- the two captures */

static bool tell(const struct told *t, struct trace *a, struct trace *b)
{
	struct joined joined;
	const bool joins = join(a, b, &joined);

	if (joins) {
		tell_facts(t, &joined);
		tell_other_name(t, &joined);
		draw(t, &joined);
	}
	joined_done(&joined);
	return joins;
}

bool capture_tell_joined(const struct told *t, const char *const *paths, size_t count)
{
	struct trace traces[FILES_MAX] = {0};
	bool joins = false;
	size_t found = FILES_MAX;

	if (count > FILES_MAX)
		count = FILES_MAX;
	for (size_t i = 0; i < count; i++) {
		if (!trace_read(&traces[i], paths[i], t->session->ends))
			continue;
		if (found < FILES_MAX)
			joins = joins || tell(t, &traces[found], &traces[i]);
		else
			found = i;
	}
	for (size_t i = 0; i < count && found < FILES_MAX && !joins; i++) {
		if (traces[i].count > 0)
			continue; /* the same addresses, and yet not the same session */
		trace_done(&traces[i]);
		struct flow_endpoint ends[SIDES];
		joins = trace_find(paths[i], &traces[found], ends) && trace_read(&traces[i], paths[i], ends) &&
		        tell(t, &traces[found], &traces[i]);
	}
	for (size_t i = 0; i < count; i++)
		trace_done(&traces[i]);
	return joins;
}
