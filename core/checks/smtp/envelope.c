#include "checks/smtp/envelope.h"

#include "base/i18n.h"
#include "base/xalloc.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SUBMISSIONS_PORT 465

bool envelope_is_implicit_tls(const struct sockaddr_storage *peer)
{
	return address_port(peer) == SUBMISSIONS_PORT;
}

void envelope_helo(const struct settings *settings, const struct sockaddr_storage *peer,
                   char helo[static ENVELOPE_HELO_SIZE])
{
	char name[256] = "", numeric[INET6_ADDRSTRLEN];
	struct sockaddr_storage self;

	if (settings->helo != NULL) {
		snprintf(helo, ENVELOPE_HELO_SIZE, "%s", settings->helo);
	} else if (gethostname(name, sizeof name - 1) == 0 && strchr(name, '.') != NULL && target_is_host_name(name)) {
		snprintf(helo, ENVELOPE_HELO_SIZE, "%s", name);
	} else if (dns_source_address(peer, &self) == 0) {
		snprintf(helo, ENVELOPE_HELO_SIZE, self.ss_family == AF_INET6 ? "[IPv6:%s]" : "[%s]",
		         address_text(&self, numeric));
	} else {
		snprintf(helo, ENVELOPE_HELO_SIZE, "localhost");
	}
}

const char *envelope_from(const struct settings *settings)
{
	return settings->from != NULL && strcmp(settings->from, "<>") != 0 ? settings->from : "";
}

char *envelope_rcpt(const struct target *target, const struct settings *settings)
{
	if (settings->rcpt != NULL)
		return xstrdup(settings->rcpt);
	if (target->recipient != NULL)
		return xstrdup(target->recipient);
	if (target->is_domain && strchr(target->name, '.') != NULL)
		return xasprintf("postmaster@%s", target->name);
	return NULL;
}

int envelope_endpoints(const struct target *target, const struct settings *settings, double deadline,
                       struct endpoint *endpoints, struct err *err)
{
	struct dns_conf conf;
	const int port = settings->port != 0 ? settings->port : target->port;

	if (settings->address != NULL) {
		memset(endpoints, 0, sizeof *endpoints);
		memcpy(endpoints->host, target->name, strlen(target->name) + 1);
		return address_parse(settings->address, port, &endpoints->address) == 0
		           ? 1
		           : err_set(err, _("--address: not an address: %s"), settings->address);
	}
	if (dns_conf_load(&conf, NULL, settings->resolver, err) != 0)
		return -1;
	return dns_endpoints(target, &conf, settings->port, settings->v4_only, settings->v6_only, deadline, endpoints,
	                     ENVELOPE_ENDPOINTS_MAX, err);
}
