#include "base/clock.h"
#include "base/xalloc.h"
#include "checks/dns/run.h"

#include <arpa/nameser.h>
#include <stdio.h>
#include <stdlib.h>

double lookup_chain(const struct lookup *lookup)
{
	return lookup->before + lookup->seconds;
}

/* Which of two failures says more: what a server told us, then silence, then what only the network said. */
static int failure_rank(enum dns_state state)
{
	return state == DNS_UNREACHABLE ? 0 : state == DNS_TIMEOUT ? 1 : 2;
}

static void on_control(struct dns_question *question, void *context)
{
	struct resolver *resolver = context;

	run_count_question(resolver->run, question, resolver->doubted_after + question->answer.seconds,
	                   resolver->subject);
	resolver_count_answer(resolver, &question->answer);
	run_tell(resolver->run);
}

/*
 * A resolver that fails one domain need not be broken: the domain may be. The name servers of the root are known to every
 * working resolver, so it is asked for these once.
 */
static void ask_control(struct dns_run *run, struct resolver *resolver, double before)
{
	if (resolver->doubted || resolver_is_usable(resolver) || run->settings->addresses_only)
		return;
	resolver->doubted = true;
	resolver->doubted_after = before;
	dns_engine_ask(run->engine, ".", ns_t_ns, &resolver->server, true, on_control, resolver);
}

static void on_answer(struct dns_question *question, void *context);

static bool ask(struct lookup *lookup, struct resolver *resolver)
{
	lookup->asked |= 1u << (resolver - lookup->run->resolvers);
	if (!dns_engine_ask(lookup->run->engine, lookup->name, lookup->type, &resolver->server, true, on_answer,
	                    lookup))
		return false;
	lookup->open++;
	return true;
}

/* Asks a resolver that is known to work and has not been asked yet. False when there is none. */
static bool ask_another(struct lookup *lookup)
{
	struct dns_run *run = lookup->run;

	for (size_t i = 0; i < run->resolver_count; i++)
		if ((lookup->asked & 1u << i) == 0 && resolver_is_usable(&run->resolvers[i]))
			return ask(lookup, &run->resolvers[i]);
	return false;
}

static void end(struct lookup *lookup, const struct dns_answer *answer)
{
	lookup->over = true;
	lookup->seconds = clock_now() - lookup->began;
	lookup->done(lookup, answer, lookup->context);
}

static void take_answer(struct lookup *lookup, struct dns_question *question)
{
	struct dns_run *run = lookup->run;
	struct resolver *resolver = resolver_find(run, &question->server);
	struct dns_answer *answer = &question->answer;

	const double chain = lookup->before + (clock_now() - lookup->began);

	run_count_question(run, question, chain, resolver->subject);
	resolver_count_answer(resolver, answer);
	lookup->open--;
	if (answer_is_usable(answer)) {
		if (run->preferred == NULL)
			run->preferred = resolver;
		if (!lookup->over)
			end(lookup, answer);
		return;
	}
	if (answer->state == DNS_SERVFAIL || answer->state == DNS_REFUSED)
		ask_control(run, resolver, chain);
	if (failure_rank(answer->state) >= failure_rank(lookup->failure.state))
		lookup->failure.state = answer->state;
	if (!lookup->over && lookup->open == 0 && !ask_another(lookup))
		end(lookup, &lookup->failure);
}

static void on_answer(struct dns_question *question, void *context)
{
	struct lookup *lookup = context;

	take_answer(lookup, question);
	run_tell(lookup->run);
}

/* As long as nobody has answered, everybody is asked; later the one that answered first, the others in its place. */
void lookup_start(struct dns_run *run, const char *name, int type, double before, lookup_done *done, void *context)
{
	struct lookup *lookup = xcalloc(1, sizeof *lookup);

	*lookup = (struct lookup){.run = run,
	                          .done = done,
	                          .context = context,
	                          .type = type,
	                          .before = before,
	                          .began = clock_now(),
	                          .failure.state = DNS_UNREACHABLE};
	snprintf(lookup->name, sizeof lookup->name, "%s", name);
	run->lookups = xgrow(run->lookups, run->lookup_count, &run->lookup_room, sizeof *run->lookups);
	run->lookups[run->lookup_count++] = lookup;
	if (run->preferred != NULL) {
		ask(lookup, run->preferred);
		return;
	}
	for (size_t i = 0; i < run->resolver_count; i++)
		ask(lookup, &run->resolvers[i]);
}

void lookups_free(struct dns_run *run)
{
	for (size_t i = 0; i < run->lookup_count; i++)
		free(run->lookups[i]);
	free(run->lookups);
}
