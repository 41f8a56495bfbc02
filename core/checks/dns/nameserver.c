#include "base/xalloc.h"
#include "checks/dns/run.h"

#include <arpa/nameser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an authoritative server did with a question about its own zone, as a word of dns.ns.state. */
static const char *state_of(const struct dns_answer *answer)
{
	switch (answer->state) {
	case DNS_OK:
	case DNS_NONE:
		return answer->authoritative ? "answers" : "lame";
	case DNS_REFUSED:
		return "refused";
	case DNS_SERVFAIL:
	case DNS_MALFORMED:
		return "servfail";
	case DNS_UNREACHABLE:
		return "unreachable";
	case DNS_TIMEOUT:
		return answer->tcp ? "servfail" : "silent";
	case DNS_NXDOMAIN:
	case DNS_LOOP:
		break;
	}
	return "lame"; /* it does not know the name that the parent zone delegates to it */
}

static void on_state(struct dns_question *question, void *context)
{
	struct nameserver_address *address = context;

	address->over = true;
	address->state = state_of(&question->answer);
	address->seconds = question->answer.seconds;
	run_count_question(address->nameserver->run, question, address->before + address->seconds, address->subject);
	run_tell(address->nameserver->run);
}

/*
 * One question to one address of a name server. An address that we have no route to says nothing about the server. With
 * --resolver ADDR:PORT the name servers are asked at that port too, so that a lab needs no port 53.
 */
static void ask_state(struct nameserver *nameserver, struct sockaddr_storage server, double before)
{
	struct dns_run *run = nameserver->run;
	struct sockaddr_storage source;

	if (run->ns_address_count == RUN_NS_ADDRESSES_MAX)
		return;
	nameserver->address_count++;
	if (dns_source_address(&server, &source) != 0)
		return;
	address_set_port(&server, address_port(&run->conf->servers[0]));
	struct nameserver_address *address = &run->ns_addresses[run->ns_address_count++];
	char *subject = subject_address(nameserver->name, &server);
	*address = (struct nameserver_address){
	    .nameserver = nameserver, .before = before, .subject = xasprintf("nameserver %s", subject)};
	free(subject);
	dns_engine_ask(run->engine, run->zone, ns_t_soa, &server, false, on_state, address);
}

static void on_address(const struct lookup *lookup, const struct dns_answer *answer, void *context)
{
	struct nameserver *nameserver = context;

	for (size_t i = 0; i < answer->address_count; i++)
		ask_state(nameserver, answer->addresses[i], lookup_chain(lookup));
	nameserver->resolved = --nameserver->open == 0;
}

static void begin_one(struct dns_run *run, const char *name, double before)
{
	struct nameserver *nameserver = &run->nameservers[run->nameserver_count++];

	nameserver->run = run;
	snprintf(nameserver->name, sizeof nameserver->name, "%s", name);
	nameserver->resolved = !target_is_host_name(name);
	if (nameserver->resolved)
		return; /* no host name, no address */
	nameserver->open = 2;
	lookup_start(run, name, ns_t_a, before, on_address, nameserver);
	lookup_start(run, name, ns_t_aaaa, before, on_address, nameserver);
}

/* Whether a zone that a negative answer named may hold the domain, and is no top-level domain or the root. */
static bool is_zone_above(const char *zone, const char *domain)
{
	const size_t size = strlen(zone), domain_size = strlen(domain);

	return target_is_host_name(zone) && strchr(zone, '.') != NULL && size < domain_size &&
	       domain[domain_size - size - 1] == '.' && dns_name_equal(domain + domain_size - size, zone);
}

static void on_ns(const struct lookup *lookup, const struct dns_answer *answer, void *context)
{
	struct dns_run *run = context;
	const bool moved_up = strcmp(run->zone, run->target->name) != 0;

	if (answer->state == DNS_NONE && !moved_up && is_zone_above(answer->zone, run->zone)) {
		snprintf(run->zone, sizeof run->zone, "%s", answer->zone);
		lookup_start(run, run->zone, ns_t_ns, lookup_chain(lookup), on_ns, run);
		return;
	}
	if (answer->state != DNS_OK)
		return;
	run_progress(run, "name servers");
	run->nameserver_total = answer->record_count;
	for (size_t i = 0; i < answer->text_count && run->nameserver_count < RUN_NAMESERVERS_MAX; i++)
		begin_one(run, answer->texts[i], lookup_chain(lookup));
}

void nameservers_begin(struct dns_run *run)
{
	snprintf(run->zone, sizeof run->zone, "%s", run->target->name);
	lookup_start(run, run->zone, ns_t_ns, 0, on_ns, run);
}

static bool has_state(const struct nameserver_address *address, const char *state)
{
	return address->over && strcmp(address->state, state) == 0;
}

static bool answers(const struct dns_run *run, const struct nameserver *nameserver)
{
	for (size_t i = 0; i < run->ns_address_count; i++)
		if (run->ns_addresses[i].nameserver == nameserver && has_state(&run->ns_addresses[i], "answers"))
			return true;
	return false;
}

/* The name server was asked at some address, and said something or nothing for long enough. */
static bool was_tested(const struct dns_run *run, const struct nameserver *nameserver)
{
	for (size_t i = 0; i < run->ns_address_count; i++)
		if (run->ns_addresses[i].nameserver == nameserver && run->ns_addresses[i].over)
			return true;
	return nameserver->resolved && nameserver->address_count == 0;
}

/*
 * Not one of them lets us hear anything, yet our resolver knows the domain: then it is our network that lets only the
 * resolver ask outside, and nothing can be said about the name servers.
 */
static bool are_blocked(const struct dns_run *run)
{
	for (size_t i = 0; i < run->ns_address_count; i++)
		if (!has_state(&run->ns_addresses[i], "silent") && !has_state(&run->ns_addresses[i], "unreachable"))
			return false;
	return run->ns_address_count > 0 && run->mx_usable;
}

static void emit_states(const struct dns_run *run)
{
	size_t bad = 0;

	for (size_t i = 0; i < run->ns_address_count; i++) {
		const struct nameserver_address *address = &run->ns_addresses[i];
		if (!address->over)
			continue;
		emit_text(run->e, "dns.ns.state", address->subject, address->state);
		emit_number(run->e, "dns.ns.delay", address->subject, address->seconds);
	}
	for (size_t i = 0; i < run->nameserver_count; i++) {
		const struct nameserver *nameserver = &run->nameservers[i];
		bad += was_tested(run, nameserver) && !answers(run, nameserver);
		if (!nameserver->resolved || nameserver->address_count > 0)
			continue;
		char *subject = xasprintf("nameserver %s", nameserver->name);
		emit_text(run->e, "dns.ns.state", subject, "no-address");
		free(subject);
	}
	emit_number(run->e, "dns.ns.bad", run->target->name, (double)bad);
}

void nameservers_emit(struct dns_run *run)
{
	const bool blocked = are_blocked(run);

	if (run->nameserver_count == 0)
		return;
	emit_number(run->e, "dns.ns.count", run->target->name, (double)run->nameserver_total);
	emit_flag(run->e, "dns.ns.blocked", run->target->name, blocked);
	if (!blocked)
		emit_states(run);
}

void nameservers_done(struct dns_run *run)
{
	for (size_t i = 0; i < run->ns_address_count; i++)
		free(run->ns_addresses[i].subject);
}
