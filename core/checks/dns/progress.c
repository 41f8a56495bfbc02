/*
 * What the run knows so far, for whoever looks on: how long each server took at most, and which questions are open.
 */
#include "base/i18n.h"
#include "checks/dns/run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SCALE_S 1.0 /* that a row stands for at least, so that short times look short */

static double longest(const struct dns_run *run)
{
	double seconds = SCALE_S;

	for (size_t i = 0; i < run->resolver_count; i++)
		seconds = fmax(seconds, run->resolvers[i].slowest);
	for (size_t i = 0; i < run->ns_address_count; i++)
		seconds = fmax(seconds, run->ns_addresses[i].seconds);
	return seconds;
}

static void add_time(struct tally *tally, const char *label, double seconds, double scale, const char *note)
{
	char value[40];

	snprintf(value, sizeof value, "%.2f s", seconds);
	tally_add(tally, label, value, 0, seconds / scale, note);
}

static void add_resolver(const struct resolver *resolver, double scale, struct tally *tally)
{
	char note[80];

	if (resolver->asked == 0) {
		tally_add(tally, resolver->subject, "", 0, 1, _("no answer yet"))->open = true;
		return;
	}
	snprintf(note, sizeof note, _("%zu of %zu answered"), resolver->answered, resolver->asked);
	add_time(tally, resolver->subject, resolver->slowest, scale, note);
}

static void add_open(const struct lookup *lookup, struct tally *tally)
{
	char question[DNS_NAME_SIZE + 16], type[16];

	snprintf(question, sizeof question, "%s %s", dns_type_name(lookup->type, type), lookup->name);
	tally_add(tally, question, "", 0, 1, _("waiting"))->open = true;
}

static void add_nameserver(const struct nameserver_address *address, double scale, struct tally *tally)
{
	const char *name = address->subject + strlen("nameserver "); /* the space is for its address */

	if (address->over)
		add_time(tally, name, address->seconds, scale, address->state);
	else
		tally_add(tally, name, "", 0, 1, _("no answer yet"))->open = true;
}

void run_tell(const struct dns_run *run)
{
	const double scale = longest(run);
	struct tally tally;

	if (run->settings->addresses_only)
		return;
	tally_init(&tally);
	for (size_t i = 0; i < run->resolver_count; i++)
		add_resolver(&run->resolvers[i], scale, &tally);
	for (size_t i = 0; i < run->ns_address_count; i++)
		add_nameserver(&run->ns_addresses[i], scale, &tally);
	for (size_t i = 0; i < run->lookup_count; i++)
		if (!run->lookups[i]->over)
			add_open(run->lookups[i], &tally);
	emit_tally(run->e, run->target->text, &tally);
	tally_done(&tally);
}
