#include "dns/dns.h"

#include "base/i18n.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define HOSTS_MAX 20
#define TRIES     2

/* What dns_endpoints() collects. */
struct search {
	const struct dns_conf *conf;
	int port;
	bool v4, v6;
	double deadline;
	struct endpoint *endpoints;
	size_t count, room;
};

static void add_endpoint(struct search *search, const char *host, const struct sockaddr_storage *address)
{
	if (search->count == search->room || !(address->ss_family == AF_INET6 ? search->v6 : search->v4))
		return;
	struct endpoint *endpoint = &search->endpoints[search->count++];
	snprintf(endpoint->host, sizeof endpoint->host, "%s", host);
	endpoint->address = *address;
	address_set_port(&endpoint->address, search->port);
}

static void prepare(struct dns_question *q, const struct search *search, size_t server, const char *name, int type)
{
	*q = (struct dns_question){.type = type, .server = search->conf->servers[server], .recursive = true};
	snprintf(q->name, sizeof q->name, "%s", name);
}

static bool is_usable(enum dns_state state)
{
	return state == DNS_OK || state == DNS_NONE || state == DNS_NXDOMAIN;
}

/*
 * The MX hosts of a domain, asked of all name servers at once; *server becomes the one whose answer counts. Returns the
 * number of hosts, or -1 with the reason.
 */
static int find_hosts(const struct search *search, const char *domain, char hosts[static HOSTS_MAX][DNS_NAME_SIZE],
                      size_t *server, struct err *err)
{
	struct dns_question questions[DNS_SERVERS_MAX];
	const size_t server_count = search->conf->server_count;
	int count = 0;

	for (size_t i = 0; i < server_count; i++)
		prepare(&questions[i], search, i, domain, ns_t_mx);
	dns_ask(questions, server_count, search->conf->timeout, TRIES, search->deadline);
	for (*server = 0; *server + 1 < server_count && !is_usable(questions[*server].answer.state);)
		++*server;

	const struct dns_answer *answer = &questions[*server].answer;
	if (answer->state == DNS_OK && answer->mx_count == 1 && strcmp(answer->mx[0].host, ".") == 0) {
		count = err_set(err, _("%s: takes no mail (null MX, RFC 7505)"), domain);
	} else if (answer->state == DNS_OK) {
		for (size_t i = 0; i < answer->mx_count && count < HOSTS_MAX; i++)
			if (target_is_host_name(answer->mx[i].host))
				snprintf(hosts[count++], DNS_NAME_SIZE, "%s", answer->mx[i].host);
	} else if (answer->state == DNS_NONE) {
		snprintf(hosts[count++], DNS_NAME_SIZE, "%s", domain); /* RFC 5321 5.1 */
	}
	for (size_t i = 0; i < server_count; i++)
		dns_answer_done(&questions[i].answer);
	return count;
}

/* The addresses of the hosts, all asked at once of one name server. */
static void find_addresses(struct search *search, char hosts[static HOSTS_MAX][DNS_NAME_SIZE], size_t count,
                           size_t server)
{
	struct dns_question questions[HOSTS_MAX * 2];

	for (size_t i = 0; i < count; i++) {
		prepare(&questions[i * 2], search, server, hosts[i], ns_t_a);
		prepare(&questions[i * 2 + 1], search, server, hosts[i], ns_t_aaaa);
	}
	dns_ask(questions, count * 2, search->conf->timeout, TRIES, search->deadline);
	for (size_t i = 0; i < count * 2; i++) {
		struct dns_answer *answer = &questions[i].answer;
		for (size_t k = 0; answer->state == DNS_OK && k < answer->address_count; k++)
			add_endpoint(search, questions[i].name, &answer->addresses[k]);
		dns_answer_done(answer);
	}
}

static void add_from_hosts_file(struct search *search, const char *name)
{
	struct sockaddr_storage found[8];
	size_t count = dns_hosts_file(NULL, name, found, sizeof found / sizeof found[0]);

	for (size_t i = 0; i < count; i++)
		add_endpoint(search, name, &found[i]);
}

int dns_endpoints(const struct target *target, const struct dns_conf *conf, int port, bool v4_only, bool v6_only,
                  double deadline, struct endpoint *endpoints, size_t room, struct err *err)
{
	struct search search = {.conf = conf,
	                        .port = port != 0 ? port : target->port,
	                        .v4 = !v6_only,
	                        .v6 = !v4_only,
	                        .deadline = deadline,
	                        .endpoints = endpoints,
	                        .room = room};
	char hosts[HOSTS_MAX][DNS_NAME_SIZE];
	size_t server = 0;
	int count = 1;

	if (target->address.ss_family != AF_UNSPEC) {
		add_endpoint(&search, "", &target->address);
		return search.count > 0 ? 1 : err_set(err, _("%s: not of the address family asked for"), target->text);
	}
	if (target->is_domain)
		count = find_hosts(&search, target->name, hosts, &server, err);
	else
		snprintf(hosts[0], sizeof hosts[0], "%s", target->name);
	if (count < 0)
		return -1;
	for (; server < conf->server_count && search.count == 0; server++)
		find_addresses(&search, hosts, (size_t)count, server);
	if (search.count == 0)
		add_from_hosts_file(&search, target->name);
	return search.count > 0 ? (int)search.count
	                        : err_set(err, _("%s: no address of a mail host could be found"), target->text);
}
