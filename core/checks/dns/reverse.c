#include "base/xalloc.h"
#include "checks/dns/run.h"

#include <arpa/nameser.h>
#include <math.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

/* The facts of a mail host's address and of our own are named alike. */
static const struct {
	const char *status, *name, *delay;
} facts[] = {
    [false] = {"dns.ptr.status", "dns.ptr.name", "dns.ptr.delay"},
    [true] = {"dns.self.ptr.status", "dns.self.ptr.name", "dns.self.ptr.delay"},
};

static const char *status_of(const struct reverse *reverse)
{
	if (reverse->confirmed != NULL)
		return "ok";
	if (reverse->failure == DNS_NONE || reverse->failure == DNS_NXDOMAIN)
		return reverse->name_count > 0 ? "unconfirmed" : "none";
	return dns_state_name(reverse->failure);
}

static void finish_reverse(const struct reverse *reverse)
{
	struct emit *e = reverse->run->e;

	emit_text(e, facts[reverse->self].status, reverse->subject, status_of(reverse));
	emit_number(e, facts[reverse->self].delay, reverse->subject, reverse->seconds + reverse->forward_seconds);
	if (reverse->name_count > 0)
		emit_text(e, facts[reverse->self].name, reverse->subject,
		          reverse->confirmed != NULL ? reverse->confirmed : reverse->names[0]);
}

static void on_forward(const struct lookup *lookup, const struct dns_answer *answer, void *context)
{
	struct reverse *reverse = context;

	reverse->forward_seconds = fmax(reverse->forward_seconds, lookup->seconds);
	for (size_t i = 0; i < answer->address_count && reverse->confirmed == NULL; i++)
		for (size_t k = 0; k < reverse->name_count; k++)
			if (address_equal(&answer->addresses[i], &reverse->address) &&
			    dns_name_equal(reverse->names[k], lookup->name))
				reverse->confirmed = reverse->names[k];
	if (answer->state != DNS_OK && answer->state > reverse->failure)
		reverse->failure = answer->state;
	if (--reverse->open == 0)
		finish_reverse(reverse);
}

static void on_name(const struct lookup *lookup, const struct dns_answer *answer, void *context)
{
	struct reverse *reverse = context;
	const int type = reverse->address.ss_family == AF_INET6 ? ns_t_aaaa : ns_t_a;

	reverse->seconds = lookup->seconds;
	reverse->failure = answer->state == DNS_OK ? DNS_NONE : answer->state;
	for (size_t i = 0; i < answer->text_count && reverse->name_count < RUN_NAMES_MAX; i++) {
		char *name = reverse->names[reverse->name_count++];
		snprintf(name, DNS_NAME_SIZE, "%s", answer->texts[i]);
		if (!target_is_host_name(name))
			continue; /* it leads nowhere */
		reverse->open++;
		lookup_start(reverse->run, name, type, lookup_chain(lookup), on_forward, reverse);
	}
	if (reverse->open == 0)
		finish_reverse(reverse);
}

static bool is_known(const struct dns_run *run, const struct sockaddr_storage *address, bool self)
{
	for (size_t i = 0; i < run->reverse_count; i++)
		if (run->reverses[i].self == self && address_equal(&run->reverses[i].address, address))
			return true;
	return false;
}

static void begin_one(struct dns_run *run, const char *host, const struct sockaddr_storage *address, bool self,
                      double before)
{
	char name[DNS_NAME_SIZE];

	if (is_known(run, address, self) || run->reverse_count == sizeof run->reverses / sizeof run->reverses[0])
		return;
	struct reverse *reverse = &run->reverses[run->reverse_count++];
	*reverse = (struct reverse){
	    .run = run, .address = *address, .self = self, .subject = subject_address(self ? "self" : host, address)};
	if (self)
		emit_flag(run->e, "dns.self.private", reverse->subject, address_is_private(address));
	if (run->reverse_count == 1)
		run_progress(run, "reverse");
	dns_reverse_name(address, name);
	lookup_start(run, name, ns_t_ptr, before, on_name, reverse);
}

void reverse_begin(struct dns_run *run, const char *host, const struct sockaddr_storage *address, double before)
{
	struct sockaddr_storage source;

	begin_one(run, host, address, false, before);
	if (dns_source_address(address, &source) == 0)
		begin_one(run, NULL, &source, true, before);
}

void reverses_done(struct dns_run *run)
{
	for (size_t i = 0; i < run->reverse_count; i++)
		free(run->reverses[i].subject);
}
