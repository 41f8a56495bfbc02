/*
 * check dns: which facts come from which faults, and that what depends on nothing waits for nothing.
 */
#include "unit.h"

#include "base/clock.h"
#include "base/xalloc.h"
#include "checks/check.h"
#include "dns_peer.h"

#include <arpa/nameser.h>
#include <stdio.h>

#define ONE   "127.0.0.2"
#define TWO   "127.0.0.3"
#define THREE "127.0.0.4"

#define IP6_LOOPBACK "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa"

#define RULES(table) .rules = table, .rule_count = sizeof table / sizeof table[0]

/* A domain with nothing wrong: two mail hosts, names that lead back, name servers at ONE and TWO. */
#define GOOD_HOSTS                                                                                          \
	{"example.test", ns_t_mx, "10 mx1.example.test"}, {"example.test", ns_t_mx, "20 mx2.example.test"}, \
	    {"mx1.example.test", ns_t_a, "127.0.0.21"}, {"mx2.example.test", ns_t_a, "127.0.0.22"},         \
	{                                                                                                   \
		"mx2.example.test", ns_t_aaaa, "::1"                                                        \
	}
#define GOOD_NAMES                                                                                              \
	{"21.0.0.127.in-addr.arpa", ns_t_ptr, "mx1.example.test"},                                              \
	    {"22.0.0.127.in-addr.arpa", ns_t_ptr, "mx2.example.test"}, {IP6_LOOPBACK, ns_t_ptr, "client.test"}, \
	    {"1.0.0.127.in-addr.arpa", ns_t_ptr, "client.test"}, {"client.test", ns_t_a, "127.0.0.1"},          \
	{                                                                                                       \
		"client.test", ns_t_aaaa, "::1"                                                                 \
	}
#define GOOD_SERVERS                                                                                   \
	{"example.test", ns_t_soa, "ns1.example.test"}, {"example.test", ns_t_ns, "ns1.example.test"}, \
	    {"example.test", ns_t_ns, "ns2.example.test"}, {"ns1.example.test", ns_t_a, ONE},          \
	{                                                                                              \
		"ns2.example.test", ns_t_a, TWO                                                        \
	}

static const struct peer_record good[] = {
    GOOD_HOSTS,
    GOOD_NAMES,
    GOOD_SERVERS,
    {"example.test", ns_t_txt, "v=spf1 mx -all"},
    {"_25._tcp.mx1.example.test", ns_t_tlsa, "0123456789abcdef"},
    {NULL, 0, NULL},
};

/* One run of the check: what is asked, with what, and the case that comes out. */
struct run {
	const struct peer_script *script;
	const char *target;
	size_t resolvers; /* how many of the script's addresses are resolvers; 0: one */
	double timeout;   /* 0: 3 s */
	bool addresses_only, v4_only, v6_only;
	struct peer peer;
	struct case_file *c;
	enum check_status status;
	double seconds;
};

static void start_run(struct run *run)
{
	struct settings settings = {.timeout = run->timeout > 0 ? run->timeout : 3,
	                            .addresses_only = run->addresses_only,
	                            .v4_only = run->v4_only,
	                            .v6_only = run->v6_only};
	struct target target;
	struct err err = {""};

	peer_start(&run->peer, run->script);
	settings.resolver =
	    peer_resolvers(&run->peer, run->script->addresses, run->resolvers != 0 ? run->resolvers : 1);
	assert_int_equal(target_parse(run->target, &target, &err), 0);
	run->c = case_new(run->target);
	struct emit *e = emit_new("dns", NULL, run->c);
	double began = clock_now();
	run->status = check_run(&check_dns, &target, &settings, e);
	run->seconds = clock_now() - began;
	emit_free(e);
	target_done(&target);
	settings_done(&settings);
}

static void end_run(struct run *run)
{
	case_free(run->c);
	peer_stop(&run->peer);
}

/* What has to be done by then. A busy machine delays answers, too: it holds in one of three runs. */
static void start_quick_run(struct run *run, double most)
{
	for (int more = 2;; more--) {
		start_run(run);
		if (run->seconds < most || more == 0)
			break;
		end_run(run);
	}
	assert_true(run->seconds < most);
}

/* Resolvers have the run's port in their subjects, so a %d in the subject stands for it. */
static const struct fact *find(const struct run *run, const char *name, const char *subject)
{
	const char *hole = strstr(subject, "%d");
	char *full = hole != NULL ? xasprintf("%.*s%d%s", (int)(hole - subject), subject, run->peer.port, hole + 2)
	                          : xstrdup(subject);
	const struct fact *fact = case_find_fact(run->c, name, full);

	free(full);
	return fact;
}

static void expect_text(const struct run *run, const char *name, const char *subject, const char *text)
{
	const struct fact *fact = find(run, name, subject);

	if (fact == NULL)
		fail_msg("%s of %s is missing", name, subject);
	else if (strcmp(fact->text, text) != 0)
		fail_msg("%s of %s is \"%s\" and not \"%s\"", name, subject, fact->text, text);
}

static void expect_number(const struct run *run, const char *name, const char *subject, double least, double most)
{
	const struct fact *fact = find(run, name, subject);

	if (fact == NULL)
		fail_msg("%s of %s is missing", name, subject);
	else if (fact->number < least || fact->number > most)
		fail_msg("%s of %s is %g and not %g to %g", name, subject, fact->number, least, most);
}

static void expect_count(const struct run *run, const char *name, const char *subject, double count)
{
	expect_number(run, name, subject, count, count);
}

static void expect_flag(const struct run *run, const char *name, const char *subject, bool flag)
{
	const struct fact *fact = find(run, name, subject);

	if (fact == NULL || fact->flag != flag)
		fail_msg("%s of %s is missing or %s", name, subject, flag ? "false" : "true");
}

static void expect_no(const struct run *run, const char *name, const char *subject)
{
	if (case_find_fact(run->c, name, subject) != NULL)
		fail_msg("%s should not be there", name);
}

static size_t count_facts(const struct run *run, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < run->c->fact_count; i++)
		count += strcmp(run->c->facts[i].def->name, name) == 0;
	return count;
}

static void test_a_healthy_domain(void **state)
{
	static const struct peer_script script = {.addresses = {ONE, TWO}, .records = good};
	struct run run = {.script = &script, .target = "example.test"};

	(void)state;
	start_run(&run);
	assert_int_equal(run.status, CHECK_DONE);
	expect_text(&run, "dns.mx.status", "example.test", "ok");
	expect_count(&run, "dns.mx.count", "example.test", 2);
	expect_text(&run, "dns.mx.host", "example.test", "10 mx1.example.test");
	expect_text(&run, "dns.host.status", "mx1.example.test", "ok");
	expect_text(&run, "dns.host.address", "mx1.example.test", "127.0.0.21");
	expect_count(&run, "dns.host.v4", "mx2.example.test", 1);
	expect_count(&run, "dns.host.v6", "mx2.example.test", 1);
	expect_count(&run, "dns.host.v6", "mx1.example.test", 0);
	expect_count(&run, "dns.hosts.bad", "example.test", 0);
	expect_text(&run, "dns.ptr.status", "mx1.example.test [127.0.0.21]", "ok");
	expect_text(&run, "dns.ptr.name", "mx1.example.test [127.0.0.21]", "mx1.example.test");
	/* its AAAA leads back, but ::1 is client.test */
	expect_text(&run, "dns.ptr.status", "mx2.example.test [::1]", "ok");
	expect_text(&run, "dns.ptr.name", "mx2.example.test [::1]", "client.test");
	expect_text(&run, "dns.self.ptr.status", "self [127.0.0.1]", "ok");
	expect_text(&run, "dns.self.ptr.name", "self [127.0.0.1]", "client.test");
	expect_text(&run, "dns.self.ptr.status", "self [::1]", "ok");
	expect_flag(&run, "dns.self.private", "self [127.0.0.1]", false);
	expect_text(&run, "dns.spf.status", "example.test", "ok");
	expect_text(&run, "dns.spf.text", "example.test", "v=spf1 mx -all");
	expect_text(&run, "dns.tlsa.status", "mx1.example.test", "ok");
	expect_count(&run, "dns.tlsa.count", "mx1.example.test", 1);
	expect_text(&run, "dns.tlsa.status", "mx2.example.test", "nxdomain");
	expect_count(&run, "dns.ns.count", "example.test", 2);
	expect_count(&run, "dns.ns.bad", "example.test", 0);
	expect_text(&run, "dns.ns.state", "nameserver ns1.example.test [" ONE "]", "answers");
	expect_text(&run, "dns.ns.state", "nameserver ns2.example.test [" TWO "]", "answers");
	expect_flag(&run, "dns.ns.blocked", "example.test", false);
	expect_count(&run, "dns.resolvers.count", "self", 1);
	expect_count(&run, "dns.resolvers.dead", "self", 0);
	expect_text(&run, "dns.first.state", "self", "answers");
	expect_text(&run, "dns.resolver.state", "resolver [" ONE "]:%d", "answers");
	expect_count(&run, "dns.resolver.position", "resolver [" ONE "]:%d", 1);
	expect_count(&run, "dns.resolver.retries", "resolver [" ONE "]:%d", 0);
	expect_number(&run, "dns.resolver.delay", "resolver [" ONE "]:%d", 0, 0.1);
	expect_number(&run, "dns.stub.delay", "self", 0, 0.1);
	expect_no(&run, "dns.conf.fault", NULL);
	/* each question once; the name servers without recursion, one question each */
	assert_int_equal(peer_asked(&run.peer, ONE, "example.test", ns_t_mx), 1);
	assert_int_equal(peer_asked(&run.peer, ONE, "1.0.0.127.in-addr.arpa", ns_t_ptr), 1);
	assert_int_equal(peer_asked(&run.peer, TWO, NULL, 0), 1);
	assert_int_equal(peer_asked(&run.peer, TWO, "example.test", ns_t_soa), 1);
	assert_int_equal(peer_asked(&run.peer, NULL, ".", 0), 0);
	end_run(&run);
}

/* MX -> A -> PTR -> A is four deep; all else fits beside it. The target is 1.2 times the slowest chain. */
static void test_all_questions_take_no_longer_than_the_slowest_chain(void **state)
{
	static const struct peer_rule late[] = {{.delay = 0.15}};
	static const struct peer_script script = {.addresses = {ONE, TWO}, .records = good, RULES(late)};
	struct run run = {.script = &script, .target = "example.test"};

	(void)state;
	start_quick_run(&run, 1.2 * 0.6);
	expect_number(&run, "dns.chain.delay", "self", 0.6, 0.75);
	expect_number(&run, "dns.total.delay", "self", 0.6, 1.2 * 0.6);
	expect_number(&run, "dns.ptr.delay", "mx1.example.test [127.0.0.21]", 0.3, 0.4);
	expect_number(&run, "dns.self.ptr.delay", "self [127.0.0.1]", 0.3, 0.4);
	expect_number(&run, "dns.mx.delay", "example.test", 0.15, 0.25);
	expect_number(&run, "dns.ns.delay", "nameserver ns2.example.test [" TWO "]", 0.15, 0.25);
	end_run(&run);
}

/* A name server that drops questions of one kind: the other kind is found, and what is asked for both waits. */
static void test_one_family_that_nobody_answers(void **state)
{
	static const struct peer_rule rules[] = {
	    {.name = "mx2.example.test", .type = ns_t_aaaa, .deed = PEER_SILENT},
	};
	static const struct peer_script script = {.addresses = {ONE, TWO}, .records = good, RULES(rules)};
	struct run run = {.script = &script, .target = "example.test", .timeout = 1};

	(void)state;
	start_run(&run);
	expect_text(&run, "dns.host.status", "mx2.example.test", "ok");
	expect_text(&run, "dns.host.failure", "mx2.example.test", "timeout");
	end_run(&run);
}

/* Three slow questions in three branches, each at another depth, take as long as one. */
static void test_no_question_waits_for_another_branch(void **state)
{
	static const struct peer_rule late[] = {
	    {.name = "mx2.example.test", .type = ns_t_tlsa, .delay = 0.5},
	    {.name = "mx2.example.test", .type = ns_t_aaaa, .delay = 0.5},
	    {.name = "21.0.0.127.in-addr.arpa", .delay = 0.5},
	    {.name = "ns2.example.test", .delay = 0.5},
	    {.name = "example.test", .type = ns_t_txt, .delay = 0.5},
	};
	static const struct peer_script script = {.addresses = {ONE, TWO}, .records = good, RULES(late)};
	struct run run = {.script = &script, .target = "example.test", .timeout = 10};

	(void)state;
	start_run(&run);
	expect_number(&run, "dns.total.delay", "self", 0.5, 0.7);
	expect_number(&run, "dns.ptr.delay", "mx2.example.test [127.0.0.22]", 0, 0.2);
	end_run(&run);
}

static void test_the_slowest_question_is_named(void **state)
{
	static const struct peer_rule late[] = {{.name = "1.0.0.127.in-addr.arpa", .delay = 0.4}};
	static const struct peer_script script = {.addresses = {ONE, TWO}, .records = good, RULES(late)};
	struct run run = {.script = &script, .target = "example.test", .timeout = 10};

	(void)state;
	start_run(&run);
	expect_number(&run, "dns.slowest.delay", "self", 0.4, 0.6);
	expect_text(&run, "dns.slowest.question", "self", "PTR 1.0.0.127.in-addr.arpa");
	assert_non_null(strstr(find(&run, "dns.slowest.server", "self")->text, "resolver [" ONE "]:"));
	expect_number(&run, "dns.self.ptr.delay", "self [127.0.0.1]", 0.4, 0.6);
	expect_number(&run, "dns.ptr.delay", "mx1.example.test [127.0.0.21]", 0, 0.3);
	expect_number(&run, "dns.resolver.slowest", "resolver [" ONE "]:%d", 0.4, 0.6);
	expect_number(&run, "dns.resolver.delay", "resolver [" ONE "]:%d", 0, 0.2); /* the median */
	end_run(&run);
}

static void test_resolvers_are_timed_side_by_side(void **state)
{
	static const struct peer_rule late[] = {{.delay = 0.3}};
	static const struct peer_script script = {.addresses = {ONE, TWO, THREE}, .records = good, RULES(late)};
	struct run run = {.script = &script, .target = "nobody.test", .resolvers = 3, .timeout = 10};

	(void)state;
	start_quick_run(&run, 0.6);
	expect_number(&run, "dns.resolver.delay", "resolver [" ONE "]:%d", 0.3, 0.5);
	expect_number(&run, "dns.resolver.delay", "resolver [" TWO "]:%d", 0.3, 0.5);
	expect_number(&run, "dns.resolver.delay", "resolver [" THREE "]:%d", 0.3, 0.5);
	expect_count(&run, "dns.resolver.position", "resolver [" THREE "]:%d", 3);
	expect_text(&run, "dns.mx.status", "nobody.test", "nxdomain");
	end_run(&run);
}

static void test_a_dead_first_resolver(void **state)
{
	static const struct peer_rule dead[] = {{.server = ONE, .deed = PEER_SILENT}};
	static const struct peer_script script = {.addresses = {ONE, TWO, THREE}, .records = good, RULES(dead)};
	struct run run = {.script = &script, .target = "example.test", .resolvers = 2, .timeout = 2};

	(void)state;
	start_run(&run);
	expect_text(&run, "dns.first.state", "self", "silent");
	expect_count(&run, "dns.resolvers.dead", "self", 1);
	expect_text(&run, "dns.resolver.state", "resolver [" ONE "]:%d", "silent");
	expect_count(&run, "dns.resolver.answered", "resolver [" ONE "]:%d", 0);
	expect_number(&run, "dns.resolver.retries", "resolver [" ONE "]:%d", 1, 100);
	expect_text(&run, "dns.resolver.state", "resolver [" TWO "]:%d", "answers");
	/* what the C library pays: 5 s for the first server, then the second one's time */
	expect_number(&run, "dns.stub.delay", "self", 5, 5.1);
	/* everything was found out all the same, and without waiting for the dead one */
	expect_text(&run, "dns.mx.status", "example.test", "ok");
	expect_number(&run, "dns.mx.delay", "example.test", 0, 0.1);
	expect_text(&run, "dns.ptr.status", "mx1.example.test [127.0.0.21]", "ok");
	expect_number(&run, "dns.ptr.delay", "mx1.example.test [127.0.0.21]", 0, 0.1);
	assert_int_equal(peer_asked(&run.peer, ONE, NULL, ns_t_ptr), 0);
	end_run(&run);
}

static void test_a_closed_first_resolver_costs_nothing(void **state)
{
	/* nobody listens at THREE */
	static const struct peer_script script = {.addresses = {ONE, TWO}, .records = good};
	struct settings settings = {.timeout = 2};
	struct run run = {.script = &script, .target = "example.test", .c = case_new("example.test")};
	struct emit *e = emit_new("dns", NULL, run.c);
	struct target target;

	(void)state;
	peer_start(&run.peer, &script);
	assert_int_equal(target_parse("example.test", &target, NULL), 0);
	settings.resolver = xasprintf(THREE ":%d," ONE ":%d", run.peer.port, run.peer.port);
	assert_int_equal(check_run(&check_dns, &target, &settings, e), CHECK_DONE);
	expect_text(&run, "dns.first.state", "self", "unreachable");
	expect_count(&run, "dns.resolvers.dead", "self", 1);
	expect_number(&run, "dns.stub.delay", "self", 0, 0.1);
	expect_text(&run, "dns.mx.status", "example.test", "ok");
	emit_free(e);
	target_done(&target);
	settings_done(&settings);
	end_run(&run);
}

static void test_all_resolvers_dead(void **state)
{
	static const struct peer_rule dead[] = {{.deed = PEER_SILENT}};
	static const struct peer_script script = {.addresses = {ONE, TWO}, RULES(dead)};
	struct run run = {.script = &script, .target = "example.test", .resolvers = 2, .timeout = 1};

	(void)state;
	start_quick_run(&run, 1);
	assert_int_equal(run.status, CHECK_DONE);
	expect_count(&run, "dns.resolvers.dead", "self", 2);
	expect_text(&run, "dns.mx.status", "example.test", "timeout");
	expect_number(&run, "dns.stub.delay", "self", 20, 20); /* (5 + 10 / 2) s, twice */
	expect_no(&run, "dns.host.status", NULL);
	expect_no(&run, "dns.ns.count", NULL);
	end_run(&run);
}

static void test_a_domain_that_fails_is_not_the_resolvers_fault(void **state)
{
	static const struct peer_rule broken[] = {{.name = "example.test", .deed = PEER_SERVFAIL}};
	static const struct peer_script script = {.addresses = {ONE, TWO}, .records = good, RULES(broken)};
	struct run run = {.script = &script, .target = "example.test", .resolvers = 2};

	(void)state;
	start_run(&run);
	expect_text(&run, "dns.mx.status", "example.test", "servfail");
	expect_text(&run, "dns.spf.status", "example.test", "servfail");
	expect_text(&run, "dns.first.state", "self", "answers");
	expect_text(&run, "dns.resolver.state", "resolver [" TWO "]:%d", "answers");
	assert_int_equal(peer_asked(&run.peer, ONE, ".", ns_t_ns), 1); /* that is how it is known */
	expect_no(&run, "dns.host.status", NULL);
	end_run(&run);
}

static void test_states_of_resolvers(void **state)
{
	static const struct {
		enum peer_deed deed;
		const char *state, *mx;
	} cases[] = {
	    {PEER_SERVFAIL, "servfail", "servfail"},      {PEER_REFUSED, "refused", "refused"},
	    {PEER_FORMERR, "servfail", "servfail"},       {PEER_LAME, "lame", "refused"},
	    {PEER_NONSENSE, "servfail", "malformed"},     {PEER_CUT_CLOSE, "servfail", "malformed"},
	    {PEER_POINTER_LOOP, "servfail", "malformed"}, {PEER_CUT, "answers", "ok"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct peer_rule rules[] = {{.server = ONE, .deed = cases[i].deed}};
		const struct peer_script script = {.addresses = {ONE, TWO}, .records = good, RULES(rules)};
		struct run run = {.script = &script, .target = "example.test", .timeout = 1};

		start_run(&run);
		expect_text(&run, "dns.first.state", "self", cases[i].state);
		expect_text(&run, "dns.mx.status", "example.test", cases[i].mx);
		expect_count(&run, "dns.resolvers.dead", "self", 0);
		end_run(&run);
	}
}

static void test_cut_answers_are_counted(void **state)
{
	static const struct peer_rule cut[] = {{.name = "example.test", .type = ns_t_txt, .deed = PEER_CUT}};
	static const struct peer_script script = {.addresses = {ONE, TWO}, .records = good, RULES(cut)};
	struct run run = {.script = &script, .target = "example.test"};

	(void)state;
	start_run(&run);
	expect_count(&run, "dns.resolver.tcp", "resolver [" ONE "]:%d", 1);
	expect_text(&run, "dns.spf.status", "example.test", "ok");
	end_run(&run);
}

static void test_another_resolver_takes_over(void **state)
{
	/* ONE answers first, and then fails one question that TWO can answer */
	static const struct peer_rule rules[] = {
	    {.server = TWO, .name = "example.test", .delay = 0.05},
	    {.server = ONE, .name = "21.0.0.127.in-addr.arpa", .deed = PEER_SERVFAIL},
	    {.server = ONE, .name = "22.0.0.127.in-addr.arpa", .deed = PEER_SILENT},
	    {.server = ONE, .name = "mx1.example.test", .type = ns_t_a, .delay = 0.1},
	};
	static const struct peer_script script = {.addresses = {ONE, TWO}, .records = good, RULES(rules)};
	struct run run = {.script = &script, .target = "example.test", .resolvers = 2, .timeout = 2};

	(void)state;
	start_run(&run);
	expect_text(&run, "dns.ptr.status", "mx1.example.test [127.0.0.21]", "ok");
	expect_text(&run, "dns.ptr.status", "mx2.example.test [127.0.0.22]", "ok");
	assert_int_equal(peer_asked(&run.peer, TWO, "21.0.0.127.in-addr.arpa", ns_t_ptr), 1);
	expect_number(&run, "dns.ptr.delay", "mx2.example.test [127.0.0.22]", 0.6, 0.9); /* what the silence cost */
	expect_text(&run, "dns.first.state", "self", "answers");
	end_run(&run);
}

static void test_kinds_of_mx_targets(void **state)
{
	static const struct peer_record records[] = {
	    {"example.test", ns_t_mx, "10 alias.example.test"},
	    {"example.test", ns_t_mx, "20 192.0.2.25"},
	    {"example.test", ns_t_mx, "30 nobody.example.test"},
	    {"example.test", ns_t_mx, "40 text.example.test"},
	    {"example.test", ns_t_mx, "50 loop.example.test"},
	    {"example.test", ns_t_mx, "60 e\\027[2Jvil.example.test"},
	    {"example.test", ns_t_mx, "70 ."},
	    {"example.test", ns_t_mx, "80 inside.example.test"},
	    {"inside.example.test", ns_t_a, "127.0.0.1"},
	    {"inside.example.test", ns_t_a, "172.31.0.25"},
	    {"alias.example.test", ns_t_cname, "real.example.test"},
	    {"real.example.test", ns_t_a, "127.0.0.21"},
	    {"text.example.test", ns_t_txt, "no address here"},
	    {"loop.example.test", ns_t_cname, "pool.example.test"},
	    {"pool.example.test", ns_t_cname, "loop.example.test"},
	    {NULL, 0, NULL},
	};
	static const struct peer_script script = {.addresses = {ONE}, .records = records};
	struct run run = {.script = &script, .target = "example.test"};

	(void)state;
	start_run(&run);
	expect_text(&run, "dns.mx.status", "example.test", "ok");
	expect_count(&run, "dns.mx.count", "example.test", 8);
	expect_text(&run, "dns.mx.address", "inside.example.test [127.0.0.1]", "loopback");
	expect_text(&run, "dns.mx.address", "inside.example.test [172.31.0.25]", "private");
	expect_text(&run, "dns.host.status", "alias.example.test", "cname");
	expect_text(&run, "dns.host.address", "alias.example.test", "127.0.0.21"); /* most servers follow it */
	expect_text(&run, "dns.host.status", "192.0.2.25", "address");
	expect_text(&run, "dns.host.status", "nobody.example.test", "nxdomain");
	expect_text(&run, "dns.host.status", "text.example.test", "none");
	expect_text(&run, "dns.host.status", "loop.example.test", "loop");
	expect_text(&run, "dns.host.status", "e\\027[2jvil.example.test", "malformed");
	expect_text(&run, "dns.host.status", ".", "malformed");
	expect_count(&run, "dns.hosts.bad", "example.test", 6);
	assert_int_equal(peer_asked(&run.peer, NULL, "192.0.2.25", 0), 0);
	assert_int_equal(peer_asked(&run.peer, NULL, NULL, ns_t_tlsa), 5); /* the host names alone */
	end_run(&run);
}

static void test_a_null_mx(void **state)
{
	static const struct peer_record records[] = {
	    {"example.test", ns_t_mx, "0 ."}, {"example.test", ns_t_a, "127.0.0.21"}, {NULL, 0, NULL}};
	static const struct peer_script script = {.addresses = {ONE}, .records = records};
	struct run run = {.script = &script, .target = "example.test"};

	(void)state;
	start_run(&run);
	expect_text(&run, "dns.mx.status", "example.test", "null");
	expect_no(&run, "dns.host.address", NULL);
	assert_int_equal(peer_asked(&run.peer, NULL, "example.test", ns_t_a), 0);
	end_run(&run);
}

static void test_a_domain_without_mx_is_its_own_mail_host(void **state)
{
	static const struct peer_record records[] = {
	    {"example.test", ns_t_cname, "www.test"}, {"www.test", ns_t_a, "127.0.0.21"}, {NULL, 0, NULL}};
	static const struct peer_script script = {.addresses = {ONE}, .records = records};
	struct run run = {.script = &script, .target = "example.test"};

	(void)state;
	start_run(&run);
	expect_text(&run, "dns.mx.status", "example.test", "none");
	expect_text(&run, "dns.host.status", "example.test", "ok"); /* an alias is fine here */
	expect_text(&run, "dns.host.address", "example.test", "127.0.0.21");
	expect_count(&run, "dns.hosts.bad", "example.test", 0);
	end_run(&run);
}

static void test_mx_failures(void **state)
{
	static const struct {
		enum peer_deed deed;
		const char *status;
	} cases[] = {
	    {PEER_REFUSED, "refused"},
	    {PEER_SILENT, "timeout"},
	    {PEER_WRONG_ID, "malformed"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct peer_rule rules[] = {{.type = ns_t_mx, .deed = cases[i].deed}};
		const struct peer_script script = {.addresses = {ONE, TWO}, .records = good, RULES(rules)};
		struct run run = {.script = &script, .target = "example.test", .timeout = 1};

		start_run(&run);
		expect_text(&run, "dns.mx.status", "example.test", cases[i].status);
		expect_text(&run, "dns.spf.status", "example.test", "ok");
		expect_no(&run, "dns.host.address", NULL);
		end_run(&run);
	}
}

static void test_reverse_names(void **state)
{
	static const struct peer_record records[] = {
	    {"a.test", ns_t_a, "127.0.0.21"},
	    {"a.test", ns_t_a, "127.0.0.22"},
	    {"a.test", ns_t_a, "127.0.0.23"},
	    {"a.test", ns_t_a, "127.0.0.24"},
	    {"a.test", ns_t_a, "127.0.0.25"},
	    {"a.test", ns_t_a, "127.0.0.26"},
	    {"21.0.0.127.in-addr.arpa", ns_t_ptr, "elsewhere.test"}, /* leads to another address */
	    {"elsewhere.test", ns_t_a, "127.0.0.99"},
	    {"22.0.0.127.in-addr.arpa", ns_t_ptr, "bad\\032name.test"}, /* no host name */
	    {"23.0.0.127.in-addr.arpa", ns_t_ptr, "elsewhere.test"},    /* the second of two names leads back */
	    {"23.0.0.127.in-addr.arpa", ns_t_ptr, "A.test"},
	    {"24.0.0.127.in-addr.arpa", ns_t_ptr, "broken.test"},
	    {"26.0.0.127.in-addr.arpa", ns_t_ptr, "nobody.test"},
	    {NULL, 0, NULL},
	};
	static const struct peer_rule rules[] = {
	    {.name = "broken.test", .deed = PEER_SERVFAIL},
	    {.name = "1.0.0.127.in-addr.arpa", .deed = PEER_SILENT},
	};
	static const struct peer_script script = {.addresses = {ONE}, .records = records, RULES(rules)};
	struct run run = {.script = &script, .target = "a.test:25", .timeout = 1};

	(void)state;
	start_run(&run);
	expect_text(&run, "dns.ptr.status", "a.test [127.0.0.21]", "unconfirmed");
	expect_text(&run, "dns.ptr.name", "a.test [127.0.0.21]", "elsewhere.test");
	expect_text(&run, "dns.ptr.status", "a.test [127.0.0.22]", "unconfirmed");
	expect_text(&run, "dns.ptr.name", "a.test [127.0.0.22]", "bad\\032name.test");
	assert_int_equal(peer_asked(&run.peer, NULL, "bad\\032name.test", 0), 0);
	expect_text(&run, "dns.ptr.status", "a.test [127.0.0.23]", "ok");
	expect_text(&run, "dns.ptr.name", "a.test [127.0.0.23]", "a.test");
	expect_text(&run, "dns.ptr.status", "a.test [127.0.0.24]", "servfail");
	expect_text(&run, "dns.ptr.status", "a.test [127.0.0.25]", "none");
	expect_text(&run, "dns.ptr.status", "a.test [127.0.0.26]", "unconfirmed");
	expect_text(&run, "dns.self.ptr.status", "self [127.0.0.1]", "timeout");
	expect_number(&run, "dns.self.ptr.delay", "self [127.0.0.1]", 0.3, 0.6);
	end_run(&run);
}

static void test_spf_records(void **state)
{
	static const struct {
		struct peer_record records[4];
		const char *status;
		size_t texts;
	} cases[] = {
	    {{{"a.test", ns_t_txt, "v=spf1 -all"}, {"a.test", ns_t_txt, "V=SPF1"}}, "multiple", 2},
	    {{{"a.test", ns_t_txt, "v=spf10 -all"}, {"a.test", ns_t_txt, "google-site-verification=x"}}, "none", 0},
	    {{{"a.test", ns_t_txt, "v=spf1"}}, "ok", 1},
	    {{{"a.test", ns_t_a, "127.0.0.1"}}, "none", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct peer_script script = {.addresses = {ONE}, .records = cases[i].records};
		struct run run = {.script = &script, .target = "a.test"};

		start_run(&run);
		expect_text(&run, "dns.spf.status", "a.test", cases[i].status);
		assert_int_equal(count_facts(&run, "dns.spf.text"), cases[i].texts);
		end_run(&run);
	}
}

static void test_name_servers(void **state)
{
	static const struct peer_record records[] = {
	    {"example.test", ns_t_soa, "ns1.example.test"},
	    {"example.test", ns_t_ns, "ns1.example.test"},
	    {"example.test", ns_t_ns, "ns2.example.test"},
	    {"example.test", ns_t_ns, "ns3.example.test"},
	    {"example.test", ns_t_ns, "ns4.example.test"},
	    {"example.test", ns_t_ns, "nobody.example.test"},
	    {"example.test", ns_t_ns, "no\\032name.test"},
	    {"ns1.example.test", ns_t_a, ONE},
	    {"ns2.example.test", ns_t_a, TWO},
	    {"ns3.example.test", ns_t_a, THREE},
	    {"ns4.example.test", ns_t_a, "127.0.0.5"}, /* nobody listens there */
	    {NULL, 0, NULL},
	};
	static const struct peer_rule rules[] = {
	    {.server = TWO, .deed = PEER_LAME},
	    {.server = THREE, .deed = PEER_SILENT},
	};
	static const struct peer_script script = {.addresses = {ONE, TWO, THREE}, .records = records, RULES(rules)};
	struct run run = {.script = &script, .target = "example.test", .timeout = 1};

	(void)state;
	start_run(&run);
	expect_count(&run, "dns.ns.count", "example.test", 6);
	expect_count(&run, "dns.ns.bad", "example.test", 5);
	expect_text(&run, "dns.ns.state", "nameserver ns1.example.test [" ONE "]", "answers");
	expect_text(&run, "dns.ns.state", "nameserver ns2.example.test [" TWO "]", "lame");
	expect_text(&run, "dns.ns.state", "nameserver ns3.example.test [" THREE "]", "silent");
	expect_text(&run, "dns.ns.state", "nameserver ns4.example.test [127.0.0.5]", "unreachable");
	expect_text(&run, "dns.ns.state", "nameserver nobody.example.test", "no-address");
	expect_text(&run, "dns.ns.state", "nameserver no\\032name.test", "no-address");
	expect_flag(&run, "dns.ns.blocked", "example.test", false);
	end_run(&run);
}

static void test_more_states_of_name_servers(void **state)
{
	static const struct {
		enum peer_deed deed;
		const char *state;
	} cases[] = {
	    {PEER_REFUSED, "refused"}, {PEER_SERVFAIL, "servfail"}, {PEER_CUT_HANG, "servfail"},
	    {PEER_CUT, "answers"},     {PEER_FORMERR, "servfail"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct peer_rule rules[] = {{.server = TWO, .type = ns_t_soa, .deed = cases[i].deed}};
		const struct peer_script script = {.addresses = {ONE, TWO}, .records = good, RULES(rules)};
		struct run run = {.script = &script, .target = "example.test", .timeout = 1};

		start_run(&run);
		expect_text(&run, "dns.ns.state", "nameserver ns2.example.test [" TWO "]", cases[i].state);
		expect_count(&run, "dns.ns.bad", "example.test", strcmp(cases[i].state, "answers") != 0);
		end_run(&run);
	}
}

static void test_a_network_that_lets_only_resolvers_ask(void **state)
{
	static const struct peer_rule rules[] = {{.type = ns_t_soa, .deed = PEER_SILENT}};
	static const struct peer_script script = {.addresses = {ONE, TWO}, .records = good, RULES(rules)};
	struct run run = {.script = &script, .target = "example.test", .timeout = 1};

	(void)state;
	start_run(&run);
	expect_flag(&run, "dns.ns.blocked", "example.test", true);
	expect_no(&run, "dns.ns.state", NULL); /* nothing is known, so nothing is said */
	expect_no(&run, "dns.ns.bad", NULL);
	end_run(&run);
}

static void test_a_host_below_its_zone(void **state)
{
	static const struct peer_record records[] = {
	    GOOD_SERVERS, {"mail.example.test", ns_t_a, "127.0.0.21"}, {NULL, 0, NULL}};
	static const struct peer_script script = {.addresses = {ONE, TWO}, .records = records};
	struct run run = {.script = &script, .target = "mail.example.test"};

	(void)state;
	start_run(&run);
	expect_count(&run, "dns.ns.count", "mail.example.test", 2);
	assert_int_equal(peer_asked(&run.peer, NULL, "example.test", ns_t_ns), 1);
	assert_int_equal(peer_asked(&run.peer, TWO, "example.test", ns_t_soa), 1);
	end_run(&run);
}

static void test_a_host_with_a_port(void **state)
{
	static const struct peer_script script = {.addresses = {ONE, TWO}, .records = good};
	struct run run = {.script = &script, .target = "mx1.example.test:587"};

	(void)state;
	start_run(&run);
	expect_text(&run, "dns.host.address", "mx1.example.test", "127.0.0.21");
	expect_text(&run, "dns.ptr.status", "mx1.example.test [127.0.0.21]", "ok");
	expect_no(&run, "dns.mx.status", NULL);
	expect_no(&run, "dns.spf.status", NULL);
	assert_int_equal(peer_asked(&run.peer, NULL, "_587._tcp.mx1.example.test", ns_t_tlsa), 1);
	end_run(&run);
}

static void test_an_address(void **state)
{
	static const struct peer_script script = {.addresses = {ONE, TWO}, .records = good};
	struct run run = {.script = &script, .target = "127.0.0.21:25", .resolvers = 2};

	(void)state;
	start_run(&run);
	expect_text(&run, "dns.ptr.status", "[127.0.0.21]", "ok");
	expect_text(&run, "dns.self.ptr.status", "self [127.0.0.1]", "ok");
	expect_text(&run, "dns.resolver.state", "resolver [" TWO "]:%d", "answers");
	expect_no(&run, "dns.host.address", NULL);
	expect_no(&run, "dns.mx.status", NULL);
	end_run(&run);
	run.addresses_only = true;
	start_run(&run);
	assert_int_equal(run.status, CHECK_NOT_APPLICABLE);
	assert_int_equal(run.c->fact_count, 0);
	end_run(&run);
}

static void test_addresses_only(void **state)
{
	static const struct peer_rule dead[] = {{.server = ONE, .deed = PEER_SILENT}};
	static const struct peer_script script = {.addresses = {ONE, TWO}, .records = good, RULES(dead)};
	struct run run = {.script = &script, .target = "example.test", .resolvers = 2, .addresses_only = true};

	(void)state;
	start_quick_run(&run, 0.25); /* the dead resolver is not waited for */
	expect_text(&run, "dns.host.address", "mx1.example.test", "127.0.0.21");
	assert_int_equal(count_facts(&run, "dns.host.address"), 3);
	expect_count(&run, "dns.hosts.bad", "example.test", 0);
	expect_no(&run, "dns.first.state", NULL);
	assert_int_equal(peer_asked(&run.peer, NULL, NULL, ns_t_ptr), 0);
	assert_int_equal(peer_asked(&run.peer, NULL, NULL, ns_t_tlsa), 0);
	assert_int_equal(peer_asked(&run.peer, NULL, NULL, ns_t_txt), 0);
	assert_int_equal(peer_asked(&run.peer, NULL, NULL, ns_t_ns), 0);
	end_run(&run);
}

static void test_one_address_family(void **state)
{
	static const struct peer_script script = {.addresses = {ONE, TWO}, .records = good};
	struct run run = {.script = &script, .target = "example.test", .v4_only = true};

	(void)state;
	start_run(&run);
	/* the records are what they are; only what is probed differs */
	assert_int_equal(count_facts(&run, "dns.host.address"), 3);
	expect_count(&run, "dns.host.v6", "mx2.example.test", 1);
	assert_int_equal(peer_asked(&run.peer, NULL, IP6_LOOPBACK, ns_t_ptr), 0);
	expect_no(&run, "dns.self.ptr.status", "self [::1]");
	expect_text(&run, "dns.self.ptr.status", "self [127.0.0.1]", "ok");
	end_run(&run);
	run.v4_only = false;
	run.v6_only = true;
	start_run(&run);
	expect_text(&run, "dns.host.status", "mx1.example.test", "ok"); /* it has no v6 address, and needs none */
	expect_count(&run, "dns.hosts.bad", "example.test", 0);
	expect_text(&run, "dns.self.ptr.status", "self [::1]", "ok");
	expect_no(&run, "dns.self.ptr.status", "self [127.0.0.1]");
	expect_count(&run, "dns.ns.bad", "example.test", 0);
	end_run(&run);
}

/* What the DNS does not know may stand in /etc/hosts; every system has localhost there. */
static void test_localhost(void **state)
{
	static const struct peer_script script = {.addresses = {ONE}};
	struct run run = {.script = &script, .target = "localhost"};

	(void)state;
	start_run(&run);
	expect_text(&run, "dns.mx.status", "localhost", "none");
	expect_text(&run, "dns.host.status", "localhost", "ok");
	assert_true(count_facts(&run, "dns.host.address") > 0);
	end_run(&run);
	run.target = "localhost:25";
	start_run(&run);
	expect_text(&run, "dns.host.status", "localhost", "ok");
	end_run(&run);
}

static void test_questions_are_bounded(void **state)
{
	static struct peer_record records[200];
	static char names[100][2][32];
	const struct peer_script script = {.addresses = {ONE}, .records = records};
	struct run run = {.script = &script, .target = "a.test"};

	(void)state;
	for (size_t i = 0; i < 60; i++) {
		snprintf(names[i][0], sizeof names[i][0], "%zu mx%zu.test", i, i);
		records[i] = (struct peer_record){"a.test", ns_t_mx, names[i][0]};
	}
	for (size_t i = 0; i < 60; i++) {
		snprintf(names[i][1], sizeof names[i][1], "127.0.1.%zu", i);
		records[60 + i] = (struct peer_record){"mx0.test", ns_t_a, names[i][1]};
	}
	for (size_t i = 0; i < 30; i++)
		records[120 + i] = (struct peer_record){"a.test", ns_t_ns, "ns.test"};
	start_run(&run);
	expect_count(&run, "dns.mx.count", "a.test", 60);
	assert_int_equal(count_facts(&run, "dns.host.status"), 20);
	assert_int_equal(count_facts(&run, "dns.host.address"), 40);
	assert_int_equal(peer_asked(&run.peer, NULL, NULL, ns_t_ptr), 41);
	assert_in_range(peer_asked(&run.peer, NULL, "ns.test", ns_t_a), 1, 8);
	end_run(&run);
}

static void test_the_time_allowed_is_kept(void **state)
{
	static const struct peer_rule late[] = {{.delay = 0.4}};
	static const struct peer_script script = {.addresses = {ONE, TWO}, .records = good, RULES(late)};
	struct run run = {.script = &script, .target = "example.test", .timeout = 0.6};

	(void)state;
	start_quick_run(&run, 0.7);
	assert_int_equal(run.status, CHECK_DONE);
	expect_no(&run, "dns.ptr.status", NULL); /* never asked: nothing is said */
	expect_text(&run, "dns.first.state", "self", "silent");
	end_run(&run);
}

static void test_a_resolver_that_is_none(void **state)
{
	struct case_file *c = case_new("example.test");
	struct emit *e = emit_new("dns", NULL, c);
	struct settings settings = {.resolver = xstrdup("no.address"), .timeout = 1};
	struct target target;

	(void)state;
	assert_int_equal(target_parse("example.test", &target, NULL), 0);
	assert_int_equal(check_run(&check_dns, &target, &settings, e), CHECK_FAILED);
	assert_non_null(strstr(c->checks[0].error, "--resolver: \"no.address\""));
	assert_int_equal(c->fact_count, 0);
	emit_free(e);
	target_done(&target);
	settings_done(&settings);
	case_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_healthy_domain),
	    cmocka_unit_test(test_all_questions_take_no_longer_than_the_slowest_chain),
	    cmocka_unit_test(test_one_family_that_nobody_answers),
	    cmocka_unit_test(test_no_question_waits_for_another_branch),
	    cmocka_unit_test(test_the_slowest_question_is_named),
	    cmocka_unit_test(test_resolvers_are_timed_side_by_side),
	    cmocka_unit_test(test_a_dead_first_resolver),
	    cmocka_unit_test(test_a_closed_first_resolver_costs_nothing),
	    cmocka_unit_test(test_all_resolvers_dead),
	    cmocka_unit_test(test_a_domain_that_fails_is_not_the_resolvers_fault),
	    cmocka_unit_test(test_states_of_resolvers),
	    cmocka_unit_test(test_cut_answers_are_counted),
	    cmocka_unit_test(test_another_resolver_takes_over),
	    cmocka_unit_test(test_kinds_of_mx_targets),
	    cmocka_unit_test(test_a_null_mx),
	    cmocka_unit_test(test_a_domain_without_mx_is_its_own_mail_host),
	    cmocka_unit_test(test_mx_failures),
	    cmocka_unit_test(test_reverse_names),
	    cmocka_unit_test(test_spf_records),
	    cmocka_unit_test(test_name_servers),
	    cmocka_unit_test(test_more_states_of_name_servers),
	    cmocka_unit_test(test_a_network_that_lets_only_resolvers_ask),
	    cmocka_unit_test(test_a_host_below_its_zone),
	    cmocka_unit_test(test_a_host_with_a_port),
	    cmocka_unit_test(test_an_address),
	    cmocka_unit_test(test_addresses_only),
	    cmocka_unit_test(test_one_address_family),
	    cmocka_unit_test(test_localhost),
	    cmocka_unit_test(test_questions_are_bounded),
	    cmocka_unit_test(test_the_time_allowed_is_kept),
	    cmocka_unit_test(test_a_resolver_that_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
