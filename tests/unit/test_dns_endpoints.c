/*
 * dns endpoints: from a target to addresses with ports, or to the reason why there are none.
 */
#include "unit.h"

#include "base/clock.h"
#include "base/xalloc.h"
#include "dns/dns.h"
#include "dns_peer.h"

#include <arpa/nameser.h>
#include <stdio.h>

#define FIRST  "127.0.0.2"
#define SECOND "127.0.0.3"

static const struct peer_record records[] = {
    {"a.test", ns_t_mx, "20 mx2.test"},
    {"a.test", ns_t_mx, "10 mx1.test"},
    {"a.test", ns_t_mx, "5 192.0.2.1"},
    {"mx1.test", ns_t_a, "192.0.2.25"},
    {"mx2.test", ns_t_a, "192.0.2.26"},
    {"mx2.test", ns_t_aaaa, "2001:db8::26"},
    {"null.test", ns_t_mx, "0 ."},
    {"host.test", ns_t_a, "192.0.2.27"},
    {"empty.test", ns_t_txt, "x"},
    {"lost.test", ns_t_mx, "10 nobody.test"},
    {NULL, 0, NULL},
};

static const struct peer_rule rules[] = {
    {.name = "broken.test", .deed = PEER_SERVFAIL},
    {.server = FIRST, .name = "host.test", .deed = PEER_REFUSED},
};

static const struct peer_script script = {
    .addresses = {FIRST, SECOND}, .records = records, .rules = rules, .rule_count = 2};

/* One look-up: a target and what is to come of it. */
struct lookup {
	const char *target;
	int port;
	bool v4_only, v6_only;
	const char *expected; /* endpoints with a blank after each, or a part of the reason */
};

static char *find(const struct lookup *lookup, struct err *err)
{
	struct endpoint endpoints[4];
	struct dns_conf conf;
	struct target target;
	struct peer peer;
	char *found = NULL;

	peer_start(&peer, &script);
	char *resolvers = peer_resolvers(&peer, script.addresses, 2);
	assert_int_equal(dns_conf_load(&conf, NULL, resolvers, err), 0);
	assert_int_equal(target_parse(lookup->target, &target, err), 0);
	conf.timeout = 0.3;
	int count = dns_endpoints(&target, &conf, lookup->port, lookup->v4_only, lookup->v6_only, clock_now() + 3,
	                          endpoints, 4, err);
	for (int i = 0; i < count; i++) {
		char *subject = subject_endpoint(endpoints[i].host, &endpoints[i].address);
		char *longer = xasprintf("%s%s ", found != NULL ? found : "", subject);
		free(found);
		free(subject);
		found = longer;
	}
	target_done(&target);
	free(resolvers);
	peer_stop(&peer);
	return found;
}

static void test_endpoints_of_targets(void **state)
{
	static const struct lookup cases[] = {
	    {.target = "a.test",
	     .expected = "mx1.test [192.0.2.25]:25 mx2.test [192.0.2.26]:25 mx2.test [2001:db8::26]:25 "},
	    {.target = "x@a.test", .v6_only = true, .expected = "mx2.test [2001:db8::26]:25 "},
	    {.target = "a.test",
	     .v4_only = true,
	     .port = 587,
	     .expected = "mx1.test [192.0.2.25]:587 mx2.test [192.0.2.26]:587 "},
	    {.target = "mx1.test:2525", .expected = "mx1.test [192.0.2.25]:2525 "},
	    {.target = "host.test", .expected = "host.test [192.0.2.27]:25 "}, /* no MX: itself; the first refuses */
	    {.target = "192.0.2.9:26", .expected = "[192.0.2.9]:26 "},
	    {.target = "[2001:db8::9]:26", .expected = "[2001:db8::9]:26 "},
	    {.target = "localhost:25", .v4_only = true, .expected = "localhost [127.0.0.1]:25 "},
	    {.target = "localhost", .v4_only = true, .expected = "localhost [127.0.0.1]:25 "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct err err = {""};
		char *found = find(&cases[i], &err);
		if (found == NULL || strcmp(found, cases[i].expected) != 0)
			fail_msg("%s: \"%s\" (%s) and not \"%s\"", cases[i].target, found != NULL ? found : "",
			         err.text, cases[i].expected);
		free(found);
	}
}

static void test_targets_without_endpoints(void **state)
{
	static const struct lookup cases[] = {
	    {.target = "null.test", .expected = "null MX"},
	    {.target = "nobody.test", .expected = "no address of a mail host"},
	    {.target = "empty.test", .expected = "no address of a mail host"},
	    {.target = "lost.test", .expected = "no address of a mail host"},
	    {.target = "broken.test", .expected = "no address of a mail host"},
	    {.target = "host.test:25", .v6_only = true, .expected = "no address of a mail host"},
	    {.target = "192.0.2.9", .v6_only = true, .expected = "not of the address family"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct err err = {""};
		char *found = find(&cases[i], &err);
		if (found != NULL || strstr(err.text, cases[i].expected) == NULL)
			fail_msg("%s: \"%s\" (%s)", cases[i].target, found != NULL ? found : "", err.text);
		assert_non_null(strstr(err.text, cases[i].target));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_endpoints_of_targets),
	    cmocka_unit_test(test_targets_without_endpoints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
