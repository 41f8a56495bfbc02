#include "base/xalloc.h"
#include "checks/dns/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void resolvers_init(struct dns_run *run, const struct dns_conf *conf)
{
	for (size_t i = 0; i < conf->server_count; i++) {
		if (resolver_find(run, &conf->servers[i]) != NULL)
			continue; /* named twice */
		run->resolvers[run->resolver_count++] = (struct resolver){
		    .run = run, .server = conf->servers[i], .subject = subject_endpoint("resolver", &conf->servers[i])};
	}
}

void resolvers_done(struct dns_run *run)
{
	for (size_t i = 0; i < run->resolver_count; i++) {
		free(run->resolvers[i].subject);
		free(run->resolvers[i].delays);
	}
}

struct resolver *resolver_find(struct dns_run *run, const struct sockaddr_storage *server)
{
	for (size_t i = 0; i < run->resolver_count; i++)
		if (address_equal(&run->resolvers[i].server, server) &&
		    address_port(&run->resolvers[i].server) == address_port(server))
			return &run->resolvers[i];
	return NULL;
}

bool answer_is_usable(const struct dns_answer *answer)
{
	return answer->state == DNS_OK || answer->state == DNS_NONE || answer->state == DNS_NXDOMAIN ||
	       answer->state == DNS_LOOP;
}

bool resolver_is_usable(const struct resolver *resolver)
{
	return resolver->states[DNS_OK] + resolver->states[DNS_NONE] + resolver->states[DNS_NXDOMAIN] +
	           resolver->states[DNS_LOOP] >
	       0;
}

void resolver_count_answer(struct resolver *resolver, struct dns_answer *answer)
{
	const bool silent = answer->state == DNS_TIMEOUT || answer->state == DNS_UNREACHABLE;

	/* The C library passes over such an answer too (res_send). */
	if (answer->state == DNS_NONE && !answer->authoritative && !answer->recursion_available) {
		answer->state = DNS_REFUSED;
		resolver->lame++;
	}
	resolver->states[answer->state]++;
	resolver->asked++;
	resolver->retries += (size_t)answer->retries;
	resolver->tcp += answer->tcp;
	if (silent && !answer->tcp)
		return;
	resolver->delays = xgrow(resolver->delays, resolver->answered, &resolver->delay_room, sizeof(double));
	resolver->delays[resolver->answered++] = answer->seconds;
	resolver->slowest = fmax(resolver->slowest, answer->seconds);
}

const char *resolver_state(const struct resolver *resolver)
{
	if (resolver_is_usable(resolver))
		return "answers";
	if (resolver->lame > 0 && resolver->lame == resolver->states[DNS_REFUSED])
		return "lame";
	if (resolver->states[DNS_REFUSED] > 0)
		return "refused";
	if (resolver->answered > 0)
		return "servfail"; /* or nonsense, or cut answers and no TCP: no answer that is of any use */
	if (resolver->states[DNS_UNREACHABLE] > 0 && resolver->states[DNS_TIMEOUT] == 0)
		return "unreachable";
	return "silent";
}

static bool is_dead(const struct resolver *resolver)
{
	return resolver->asked > 0 && resolver->answered == 0;
}

static int compare_seconds(const void *a, const void *b)
{
	const double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static void emit_resolver(struct emit *e, struct resolver *resolver, size_t position)
{
	const size_t n = resolver->answered;

	emit_number(e, "dns.resolver.position", resolver->subject, (double)position);
	emit_text(e, "dns.resolver.state", resolver->subject, resolver_state(resolver));
	emit_number(e, "dns.resolver.asked", resolver->subject, (double)resolver->asked);
	emit_number(e, "dns.resolver.answered", resolver->subject, (double)n);
	emit_number(e, "dns.resolver.retries", resolver->subject, (double)resolver->retries);
	emit_number(e, "dns.resolver.tcp", resolver->subject, (double)resolver->tcp);
	if (n == 0)
		return;
	qsort(resolver->delays, n, sizeof(double), compare_seconds);
	emit_number(e, "dns.resolver.delay", resolver->subject,
	            (resolver->delays[(n - 1) / 2] + resolver->delays[n / 2]) / 2);
	emit_number(e, "dns.resolver.slowest", resolver->subject, resolver->slowest);
}

/*
 * What one look-up costs the C library with these resolvers: it asks the first three in turn, `attempts` times, and waits
 * in the first round timeout seconds for the first and timeout * 2^i / count for the i-th of `count` (send_dg() of
 * glibc's res_send.c). A server that says that it will not answer costs only its answer's time. The fastest answer of
 * each is taken: what is slow about one domain is not the resolver's.
 */
static double work_out_stub_delay(const struct dns_run *run)
{
	const size_t count = run->resolver_count < DNS_STUB_MAX ? run->resolver_count : DNS_STUB_MAX;
	double total = 0;

	for (int attempt = 0; attempt < run->conf->attempts; attempt++) {
		for (size_t i = 0; i < count; i++) {
			const struct resolver *resolver = &run->resolvers[i];
			double patience = run->conf->timeout * (double)(1u << i) / (i > 0 ? (double)count : 1);
			patience = fmax(1, floor(patience));
			double delay = resolver->answered > 0 ? resolver->delays[0] : patience;
			if (is_dead(resolver) && strcmp(resolver_state(resolver), "unreachable") == 0)
				delay = 0;
			total += fmin(delay, patience);
			if (resolver_is_usable(resolver) && delay < patience)
				return total;
		}
	}
	return total;
}

void resolvers_emit(struct dns_run *run, double stub_delay)
{
	size_t dead = 0;

	emit_number(run->e, "dns.resolvers.count", "self", (double)run->resolver_count);
	for (size_t i = 0; i < run->resolver_count; i++) {
		if (run->resolvers[i].asked > 0)
			emit_resolver(run->e, &run->resolvers[i], i + 1);
		dead += is_dead(&run->resolvers[i]);
	}
	emit_number(run->e, "dns.resolvers.dead", "self", (double)dead);
	if (run->resolver_count == 0 || run->resolvers[0].asked == 0)
		return;
	emit_text(run->e, "dns.first.state", "self", resolver_state(&run->resolvers[0]));
	emit_number(run->e, "dns.stub.delay", "self", stub_delay >= 0 ? stub_delay : work_out_stub_delay(run));
}
