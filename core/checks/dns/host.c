#include "base/xalloc.h"
#include "checks/dns/run.h"

#include <arpa/nameser.h>
#include <math.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_ADDRESSES_MAX 8

/* With --addresses-only nothing else is under way that would be worth waiting for. */
static void stop_when_all_is_known(struct dns_run *run)
{
	if (run->settings->addresses_only && run->mx_over && run->hosts_over == run->host_count)
		dns_engine_stop(run->engine);
}

/*
 * An MX record is for senders elsewhere: what leads each of them to itself, or into a private network, leads nowhere (RFC
 * 6890). Of 127/8 only the address that everybody has counts: the others are for trying things out.
 */
static const char *special_address(const struct sockaddr_storage *address)
{
	if (address_is_private(address))
		return "private";
	if (address->ss_family == AF_INET6) {
		const struct in6_addr *v6 = &((const struct sockaddr_in6 *)address)->sin6_addr;
		return IN6_IS_ADDR_LOOPBACK(v6) ? "loopback" : IN6_IS_ADDR_UNSPECIFIED(v6) ? "unspecified" : NULL;
	}
	const uint32_t v4 = ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr);
	return v4 == INADDR_LOOPBACK ? "loopback" : v4 == INADDR_ANY ? "unspecified" : NULL;
}

static void tell_special(const struct host *host, const struct sockaddr_storage *address)
{
	const char *kind = host->of_mx ? special_address(address) : NULL;

	if (kind == NULL)
		return;
	char *subject = subject_address(host->name, address);
	emit_text(host->run->e, "dns.mx.address", subject, kind);
	free(subject);
}

static bool add_address(struct host *host, const struct sockaddr_storage *address, double chain)
{
	struct dns_run *run = host->run;
	char text[INET6_ADDRSTRLEN];

	if (run->address_count == RUN_ADDRESSES_MAX)
		return false;
	run->address_count++;
	if (address->ss_family == AF_INET6)
		host->v6++;
	else
		host->v4++;
	emit_text(run->e, "dns.host.address", host->name, address_text(address, text));
	tell_special(host, address);
	if (!run->settings->addresses_only && run_wants(run, address->ss_family))
		reverse_begin(run, host->name, address, chain);
	return true;
}

/* Names that no name server knows, such as localhost. */
static bool add_from_hosts_file(struct host *host)
{
	struct sockaddr_storage found[FILE_ADDRESSES_MAX];
	size_t count = dns_hosts_file(NULL, host->name, found, FILE_ADDRESSES_MAX);
	bool added = false;

	for (size_t i = 0; i < count; i++)
		added = add_address(host, &found[i], host->seconds) || added;
	return added;
}

static void finish_host(struct host *host)
{
	struct dns_run *run = host->run;
	const char *status = host->of_mx && host->alias ? "cname" : "ok";
	const bool half = host->v4 + host->v6 > 0 && host->failure > DNS_NXDOMAIN;

	if (host->v4 + host->v6 == 0 && !add_from_hosts_file(host))
		status = dns_state_name(host->failure);
	run->hosts_over++;
	run->hosts_bad += host->v4 + host->v6 == 0;
	emit_text(run->e, "dns.host.status", host->name, status);
	if (half)
		emit_text(run->e, "dns.host.failure", host->name, dns_state_name(host->failure));
	emit_number(run->e, "dns.host.delay", host->name, host->seconds);
	emit_number(run->e, "dns.host.v4", host->name, (double)host->v4);
	emit_number(run->e, "dns.host.v6", host->name, (double)host->v6);
	stop_when_all_is_known(run);
}

static void on_addresses(const struct lookup *lookup, const struct dns_answer *answer, void *context)
{
	struct host *host = context;

	host->seconds = fmax(host->seconds, lookup->seconds);
	host->alias = host->alias || answer->cname[0] != '\0';
	if (answer->state == DNS_OK)
		for (size_t i = 0; i < answer->address_count; i++)
			add_address(host, &answer->addresses[i], lookup_chain(lookup));
	else if (answer->state > host->failure) /* "none" of one family says less than what befell the other */
		host->failure = answer->state;
	if (--host->open == 0)
		finish_host(host);
}

static void on_tlsa(const struct lookup *lookup, const struct dns_answer *answer, void *context)
{
	struct host *host = context;
	struct emit *e = host->run->e;

	emit_text(e, "dns.tlsa.status", host->name, dns_state_name(answer->state));
	emit_number(e, "dns.tlsa.delay", host->name, lookup->seconds);
	emit_number(e, "dns.tlsa.count", host->name, (double)answer->record_count);
}

static void ask_tlsa(struct host *host, double before)
{
	const struct dns_run *run = host->run;
	char name[DNS_NAME_SIZE + 16];

	snprintf(name, sizeof name, "_%d._tcp.%s", run->settings->port != 0 ? run->settings->port : run->target->port,
	         host->name);
	if (!run->settings->addresses_only && target_is_host_name(name))
		lookup_start(host->run, name, ns_t_tlsa, before, on_tlsa, host);
}

static struct host *new_host(struct dns_run *run, const char *name)
{
	if (run->host_count == RUN_HOSTS_MAX)
		return NULL;
	struct host *host = &run->hosts[run->host_count++];
	host->run = run;
	host->failure = DNS_NONE;
	snprintf(host->name, sizeof host->name, "%s", name);
	return host;
}

/* Both families, whatever is to be probed: that a host has no address of the other one is no fault of its records. */
static void begin_host(struct host *host, double before)
{
	host->open = 2;
	lookup_start(host->run, host->name, ns_t_a, before, on_addresses, host);
	lookup_start(host->run, host->name, ns_t_aaaa, before, on_addresses, host);
	ask_tlsa(host, before);
}

/* A host that cannot be looked up: MX records must name hosts, neither addresses nor anything else (RFC 5321 5.1). */
static void refuse_host(struct dns_run *run, struct host *host)
{
	struct sockaddr_storage address;
	const bool is_address = address_parse(host->name, 0, &address) == 0;

	emit_text(run->e, "dns.host.status", host->name, is_address ? "address" : "malformed");
	run->hosts_bad++;
	run->hosts_over++;
}

static bool is_listed(const struct dns_run *run, const char *name)
{
	for (size_t i = 0; i < run->host_count; i++)
		if (strcmp(run->hosts[i].name, name) == 0)
			return true;
	return false;
}

static void begin_mx_hosts(struct dns_run *run, const struct dns_answer *answer, double before)
{
	run_progress(run, "addresses");
	for (size_t i = 0; i < answer->mx_count; i++) {
		const struct dns_mx *mx = &answer->mx[i];
		struct host *host = is_listed(run, mx->host) ? NULL : new_host(run, mx->host);
		char *text = xasprintf("%d %s", mx->preference, mx->host);
		emit_text(run->e, "dns.mx.host", run->target->name, text);
		free(text);
		if (host == NULL)
			continue;
		host->of_mx = true;
		if (target_is_host_name(mx->host))
			begin_host(host, before);
		else
			refuse_host(run, host);
	}
}

/* Without MX records the domain itself is the mail host (RFC 5321 5.1); a failed look-up leaves only /etc/hosts to try. */
static const char *begin_implicit_host(struct dns_run *run, const struct dns_answer *answer, double before)
{
	struct sockaddr_storage found;
	const bool in_file = dns_hosts_file(NULL, run->target->name, &found, 1) > 0;

	if (answer->state == DNS_NONE) {
		begin_host(new_host(run, run->target->name), before);
		return "none";
	}
	if (!in_file)
		return dns_state_name(answer->state);
	struct host *host = new_host(run, run->target->name);
	host->failure = answer->state;
	finish_host(host);
	return answer->state == DNS_NXDOMAIN ? "none" : dns_state_name(answer->state);
}

static void on_mx(const struct lookup *lookup, const struct dns_answer *answer, void *context)
{
	struct dns_run *run = context;
	const char *status = "ok";

	run->mx_over = true;
	run->mx_usable = answer->state == DNS_OK || answer->state == DNS_NONE;
	emit_number(run->e, "dns.mx.delay", run->target->name, lookup->seconds);
	emit_number(run->e, "dns.mx.count", run->target->name, (double)answer->record_count);
	if (answer->state != DNS_OK)
		status = begin_implicit_host(run, answer, lookup_chain(lookup));
	else if (answer->record_count == 1 && strcmp(answer->mx[0].host, ".") == 0)
		status = "null";
	else
		begin_mx_hosts(run, answer, lookup_chain(lookup));
	emit_text(run->e, "dns.mx.status", run->target->name, status);
	stop_when_all_is_known(run);
}

/* SPF records are the TXT records that begin with the version and then end or have a blank (RFC 7208 4.5). */
static bool is_spf(const char *text)
{
	static const char version[] = "v=spf1";

	for (size_t i = 0; i < sizeof version - 1; i++)
		if ((text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a' : text[i]) != version[i])
			return false;
	return text[sizeof version - 1] == ' ' || text[sizeof version - 1] == '\0';
}

static void on_txt(const struct lookup *lookup, const struct dns_answer *answer, void *context)
{
	struct dns_run *run = context;
	const char *domain = run->target->name;
	const char *status = dns_state_name(answer->state);
	size_t count = 0;

	for (size_t i = 0; i < answer->text_count; i++) {
		if (is_spf(answer->texts[i])) {
			emit_text(run->e, "dns.spf.text", domain, answer->texts[i]);
			count++;
		}
	}
	if (answer->state == DNS_OK)
		status = count == 0 ? "none" : count == 1 ? "ok" : "multiple";
	emit_text(run->e, "dns.spf.status", domain, status);
	emit_number(run->e, "dns.spf.delay", domain, lookup->seconds);
}

void hosts_begin(struct dns_run *run)
{
	if (!run->target->is_domain) {
		run->mx_over = true;
		run_progress(run, "addresses");
		begin_host(new_host(run, run->target->name), 0);
		return;
	}
	run_progress(run, "mx");
	lookup_start(run, run->target->name, ns_t_mx, 0, on_mx, run);
	if (!run->settings->addresses_only)
		lookup_start(run, run->target->name, ns_t_txt, 0, on_txt, run);
}

void hosts_emit(struct dns_run *run)
{
	if (run->target->is_domain && run->mx_over && run->hosts_over == run->host_count)
		emit_number(run->e, "dns.hosts.bad", run->target->name, (double)run->hosts_bad);
}
