/*
 * A path sweep while it goes on: sizes that arrive, that vanish, and those in between that nobody knows yet; below, how
 * large the packets were that each hop got.
 */
#include "base/i18n.h"
#include "checks/mtu/sweep_state.h"
#include "model/target.h"

#include <stdio.h>

static void add_sizes(const struct sweep *s, int passes, int fails, struct tally *tally)
{
	const double full = s->p.full;
	char value[40];

	snprintf(value, sizeof value, "%d B", passes);
	tally_add(tally, _("arrives"), value, 0, passes / full, "");
	if (fails - passes > 1) {
		snprintf(value, sizeof value, "%d B", fails - passes - 1);
		tally_add(tally, _("not known"), value, passes / full, (fails - 1) / full, "")->open = true;
	}
	if (fails <= s->p.full) {
		snprintf(value, sizeof value, "%d B", fails);
		tally_add(tally, _("does not"), value, (fails - 1) / full, 1, "");
	}
}

static void add_hops(const struct sweep *s, struct tally *tally)
{
	const struct path path = sweep_path(s);

	for (int number = 1; number <= s->last && number <= TTL_HOPS; number++) {
		struct hop hop;
		char label[40], value[40] = "", address[46];
		path_hop(&path, number, &hop);
		snprintf(label, sizeof label, _("hop %d"), number);
		if (hop.passed > 0)
			snprintf(value, sizeof value, "%d B", hop.passed);
		tally_add(tally, label, value, 0, hop.passed / (double)s->p.full,
		          hop.address.ss_family == AF_UNSPEC ? _("no answer") : address_text(&hop.address, address));
	}
}

void sweep_progress(const struct sweep *s, int passes, int fails)
{
	struct tally tally;

	tally_init(&tally);
	add_sizes(s, passes, fails, &tally);
	add_hops(s, &tally);
	emit_tally(s->e, s->subject, &tally);
	tally_done(&tally);
}
