/*
 * derive and scope: what follows from several facts, and which facts speak about what is judged.
 */
#include "unit.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "diagnose/derive.h"
#include "diagnose/scope.h"
#include "evidence.h"

#define V6 "mx1.example.com [2001:db8::25]:25"

static struct case_file *derived(const char *facts)
{
	struct case_file *c = evidence_case(EVIDENCE_TARGET, facts);

	derive_facts(c);
	return c;
}

static const struct fact *find(const struct case_file *c, const char *name, const char *subject)
{
	const struct fact *fact = case_find_fact(c, name, subject);

	if (fact == NULL)
		fail_msg("%s about %s was not derived", name, subject);
	return fact;
}

static void expect_number(const struct case_file *c, const char *name, const char *subject, double expected)
{
	double number = find(c, name, subject)->number;

	if (number < expected - 0.0005 || number > expected + 0.0005)
		fail_msg("%s is %f, expected %f", name, number, expected);
}

static void test_endpoints_are_counted_by_family(void **state)
{
	struct case_file *c = derived("smtp.outcome complete\nsmtp.banner.code 220\n"
	                              "@mx2.example.com [192.0.2.26]:25\nsmtp.connect.outcome timeout\n"
	                              "@" V6 "\nsmtp.banner.code 421\nsmtp.outcome refused\n"
	                              "@resolver [192.0.2.53]:53\ndns.resolver.state silent\n");

	(void)state;
	expect_number(c, "path.v4.tried", EVIDENCE_TARGET, 2);
	expect_number(c, "path.v4.reached", EVIDENCE_TARGET, 1);
	expect_number(c, "path.v6.tried", EVIDENCE_TARGET, 1);
	expect_number(c, "path.v6.reached", EVIDENCE_TARGET, 1);
	expect_number(c, "path.unanswered", EVIDENCE_TARGET, 1);
	assert_string_equal(find(c, "path.family", EVIDENCE_ENDPOINT)->text, "v4");
	assert_string_equal(find(c, "path.family", V6)->text, "v6");
	assert_false(find(c, "path.loopback", EVIDENCE_ENDPOINT)->flag);
	case_free(c);

	c = derived("@[127.0.0.1]:2525\nsmtp.outcome complete\n@localhost [::1]:2525\nsmtp.outcome complete");
	assert_true(find(c, "path.loopback", "[127.0.0.1]:2525")->flag);
	assert_true(find(c, "path.loopback", "localhost [::1]:2525")->flag);
	case_free(c);
}

static void test_without_endpoints_nothing_is_derived(void **state)
{
	struct case_file *c = derived("@example.com\ndns.mx.status null");

	(void)state;
	assert_int_equal(c->fact_count, 1);
	case_free(c);
}

static void test_deriving_again_changes_nothing(void **state)
{
	struct case_file *c = derived("smtp.banner.delay 5.02s\nsmtp.banner.code 220");
	size_t count = c->fact_count;

	(void)state;
	assert_true(count > 2);
	derive_facts(c);
	assert_int_equal(c->fact_count, count);
	for (size_t i = 2; i < count; i++) {
		assert_string_equal(c->facts[i].check, "derived");
		assert_string_equal(c->facts[i].at, c->created);
	}
	case_free(c);
}

static void test_the_slowest_phase(void **state)
{
	struct case_file *c = derived("smtp.connect.delay 0.1s\nsmtp.banner.delay 2s\nsmtp.rcpt.delay 7s\n"
	                              "smtp.quit.delay 6.9s");

	(void)state;
	assert_string_equal(find(c, "smtp.slowest.phase", EVIDENCE_ENDPOINT)->text, "rcpt");
	expect_number(c, "smtp.slowest.delay", EVIDENCE_ENDPOINT, 7);
	case_free(c);

	/* A phase that never ended took at least as long as was waited in it. */
	c = derived("smtp.banner.delay 2s\nsmtp.outcome silent\nsmtp.stage mail\nsmtp.waited 30s");
	assert_string_equal(find(c, "smtp.slowest.phase", EVIDENCE_ENDPOINT)->text, "mail");
	expect_number(c, "smtp.slowest.delay", EVIDENCE_ENDPOINT, 30);
	case_free(c);
}

static void test_a_refusal_of_our_own_is_told_from_that_of_others(void **state)
{
#define REJECTED "smtp.connect.outcome unreachable\nsmtp.connect.icmp prohibited\nsmtp.connect.icmp.from "
	struct case_file *c = derived(REJECTED "192.0.2.9\n@self [192.0.2.9]\ndns.self.private no");

	(void)state;
	assert_true(find(c, "path.forbidden-here", EVIDENCE_ENDPOINT)->flag);
	case_free(c);
	c = derived(REJECTED "192.0.2.1\n@self [192.0.2.9]\ndns.self.private no");
	assert_false(find(c, "path.forbidden-here", EVIDENCE_ENDPOINT)->flag);
	case_free(c);
}

static void test_late_replies_are_counted_beyond_the_round_trip(void **state)
{
	struct case_file *c = derived("smtp.connect.delay 10ms\nsmtp.banner.delay 1.5s\nsmtp.ehlo.delay 1.5s\n"
	                              "smtp.mail.delay 1.5s\nsmtp.rcpt.delay 0.9s");

	(void)state;
	expect_number(c, "smtp.late.count", EVIDENCE_ENDPOINT, 3);
	expect_number(c, "smtp.late.share", EVIDENCE_ENDPOINT, 0.75);
	case_free(c);

	/* The same pause before MAIL as before others is one on purpose; two such, or different ones, are not. */
	c = derived("smtp.banner.delay 20ms\nsmtp.ehlo.delay 4.1s\nsmtp.mail.delay 4s\nsmtp.rcpt.delay 4.02s");
	assert_true(find(c, "smtp.late.even", EVIDENCE_ENDPOINT)->flag);
	case_free(c);
	c = derived("smtp.banner.delay 5.02s\nsmtp.ehlo.delay 5s\nsmtp.mail.delay 20ms\nsmtp.rcpt.delay 5.01s");
	assert_false(find(c, "smtp.late.even", EVIDENCE_ENDPOINT)->flag);
	case_free(c);
	c = derived("smtp.banner.delay 20ms\nsmtp.ehlo.delay 3s\nsmtp.mail.delay 4s\nsmtp.rcpt.delay 4s");
	assert_false(find(c, "smtp.late.even", EVIDENCE_ENDPOINT)->flag);
	case_free(c);
	c = derived("smtp.banner.delay 20ms\nsmtp.ehlo.delay 20ms\nsmtp.mail.delay 4s\nsmtp.rcpt.delay 4s");
	assert_false(find(c, "smtp.late.even", EVIDENCE_ENDPOINT)->flag);
	case_free(c);

	/* Over a satellite link the same times are nothing but the way. */
	c = derived("smtp.connect.delay 0.7s\nsmtp.banner.delay 1.5s\nsmtp.ehlo.delay 1.5s\nsmtp.mail.delay 1.5s");
	expect_number(c, "smtp.late.count", EVIDENCE_ENDPOINT, 0);
	expect_number(c, "smtp.late.share", EVIDENCE_ENDPOINT, 0);
	case_free(c);
}

#define KNOWS_US \
	"smtp.server.software sendmail\nsmtp.helo [192.0.2.9]\nsmtp.ehlo.text mx1 Hello me.example.com [192.0.2.9]\n"

static void test_steps_of_a_resolver_at_rcpt(void **state)
{
	static const struct {
		const char *facts;
		bool step;
	} rows[] = {
	    {"smtp.banner.delay 1s\nsmtp.rcpt.delay 10.05s", true},
	    {"smtp.banner.delay 1s\nsmtp.rcpt.delay 12s", false},
	    {"smtp.banner.delay 1s\nsmtp.rcpt.delay 0.1s", false},
	    {"smtp.banner.delay 5s\nsmtp.rcpt.delay 5.02s", false}, /* all is slow */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct case_file *c = derived(rows[i].facts);
		if (find(c, "smtp.rcpt.resolver-step", EVIDENCE_ENDPOINT)->flag != rows[i].step)
			fail_msg("%s", rows[i].facts);
		case_free(c);
	}
}

static void test_steps_of_a_resolver(void **state)
{
	static const struct {
		const char *facts;
		bool step;
	} rows[] = {
	    {"smtp.banner.delay 0.02s", false},
	    {"smtp.banner.delay 4.9s", false},
	    {"smtp.banner.delay 4.96s", true},
	    {"smtp.banner.delay 5.02s", true},
	    {"smtp.banner.delay 5.7s", false},
	    {"smtp.banner.delay 6.03s", false},
	    {"smtp.banner.delay 10.03s", true},
	    {"smtp.banner.delay 13.5s", false},
	    {"smtp.banner.delay 14.96s", true},
	    {"smtp.banner.delay 15.2s", true},
	    {"smtp.banner.delay 20.5s", true},
	    {"smtp.banner.delay 30.04s", true},
	    {"smtp.banner.delay 33s", false},
	    {"smtp.banner.delay 6.15s", true},
	    {"smtp.banner.delay 12.31s", true},
	    {"smtp.banner.delay 6.15s\nsmtp.banner.lines 2", false},
	    {"smtp.banner.delay 11.1s", false},
	    {"smtp.banner.delay 11.1s\nsmtp.server.software exim", true},
	    {"smtp.banner.delay 9.6s\nsmtp.server.software exim", true},
	    /* its first line came at once */
	    {"smtp.banner.delay 5.02s\nsmtp.banner.first 0.02s", false},
	    {"smtp.banner.delay 5.02s\nsmtp.banner.first 5.01s", true},
	    /* who knows our name has made two look-ups */
	    {"smtp.banner.delay 5.02s\n" KNOWS_US, false},
	    {"smtp.banner.delay 6.03s\n" KNOWS_US, false},
	    {"smtp.banner.delay 10.03s\n" KNOWS_US, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct case_file *c = derived(rows[i].facts);
		if (find(c, "smtp.banner.resolver-step", EVIDENCE_ENDPOINT)->flag != rows[i].step)
			fail_msg("%s", rows[i].facts);
		case_free(c);
	}
}

static void test_what_look_ups_explain_of_the_banner(void **state)
{
	struct case_file *c = derived("smtp.banner.delay 10s\n@self [192.0.2.9]\ndns.self.ptr.delay 8s\n"
	                              "@self [2001:db8::9]\ndns.self.ptr.delay 1s\n@" V6 "\nsmtp.banner.delay 10s");

	(void)state;
	expect_number(c, "dns.banner.explained", EVIDENCE_ENDPOINT, 8);
	expect_number(c, "dns.banner.share", EVIDENCE_ENDPOINT, 0.8);
	/* Only our address of the same family is what the peer looks up. */
	expect_number(c, "dns.banner.explained", V6, 1);
	case_free(c);

	/* A look-up that takes longer than the banner is not what it waited for. */
	c = derived("smtp.banner.delay 6.03s\n@self [192.0.2.9]\ndns.self.ptr.delay 20s");
	expect_number(c, "dns.banner.share", EVIDENCE_ENDPOINT, 0);
	case_free(c);

	/* A prompt banner needs no explanation. */
	c = derived("smtp.banner.delay 0.1s\n@self [192.0.2.9]\ndns.self.ptr.delay 0.1s");
	assert_null(case_find_fact(c, "dns.banner.share", NULL));
	case_free(c);
}

static void test_whether_the_server_knows_our_name(void **state)
{
	static const struct {
		const char *hello, *ptr;
		int known; /* -1: cannot be told */
	} rows[] = {
	    {"mx Hello client.example.com [192.0.2.9]", "timeout", 1},
	    {"mx Hello client.example.com [192.0.2.9], pleased to meet you", "ok", 1},
	    {"mx Hello [192.0.2.9] [192.0.2.9]", "ok", 0},
	    {"mx Hello [192.0.2.9], pleased to meet you", "none", -1},
	    {"mx Hello me.example.com [192.0.2.9]", "ok", -1},
	    {"mx", "ok", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *facts = xasprintf("smtp.helo me.example.com\nsmtp.ehlo.text %s\n@self [192.0.2.9]\n"
		                        "dns.self.ptr.status %s\n",
		                        rows[i].hello, rows[i].ptr);
		struct case_file *c = derived(facts);
		const struct fact *fact = case_find_fact(c, "smtp.ehlo.knows-us", EVIDENCE_ENDPOINT);

		if ((fact == NULL ? -1 : fact->flag) != rows[i].known)
			fail_msg("%s", rows[i].hello);
		case_free(c);
		free(facts);
	}
}

static void test_a_route_is_known_from_our_own_addresses(void **state)
{
	struct case_file *c = derived("@" V6 "\nsmtp.connect.outcome unreachable");

	(void)state;
	assert_null(case_find_fact(c, "path.route", NULL));
	case_free(c);

	c = derived("@" V6 "\nsmtp.connect.outcome unreachable\n@self [192.0.2.9]\ndns.self.private no");
	assert_false(find(c, "path.route", V6)->flag);
	case_free(c);

	c = derived("@" V6 "\nsmtp.connect.outcome unreachable\n@self [192.0.2.9]\ndns.self.private no\n"
	            "@self [2001:db8::9]\ndns.self.private no");
	assert_true(find(c, "path.route", V6)->flag);
	case_free(c);

	/* What the kernel picks for want of anything else leads nowhere. */
	c = derived("@" V6 "\nsmtp.connect.outcome timeout\n@self [192.0.2.9]\ndns.self.private no\n"
	            "@self [::1]\ndns.self.private no");
	assert_false(find(c, "path.route", V6)->flag);
	case_free(c);
}

/* --- scopes */

static void expect_scopes(const char *target, const char *facts, const char *const *subjects)
{
	struct case_file *c = evidence_case(target, facts);
	size_t count;
	struct scope *scopes = scopes_new(c, &count);

	for (size_t i = 0; subjects[i] != NULL; i++) {
		assert_true(i < count);
		assert_string_equal(scopes[i].subject, subjects[i]);
		if (subjects[i + 1] == NULL)
			assert_int_equal(count, i + 1);
	}
	scopes_free(scopes, count);
	case_free(c);
}

static void test_what_is_judged(void **state)
{
	(void)state;
	expect_scopes("example.com", "", (const char *[]){"example.com", NULL});
	expect_scopes("example.com", "@example.com\ndns.mx.status null\n@self\ndns.first.state answers",
	              (const char *[]){"example.com", NULL});
	expect_scopes("postmaster@example.com", "@example.com\ndns.mx.status null",
	              (const char *[]){"postmaster@example.com", NULL});
	expect_scopes("example.com",
	              "smtp.outcome complete\n@mx1.example.com\ndns.host.status ok\n@mx2.example.com\n"
	              "dns.host.status nxdomain\n@example.com\ndns.mx.status ok\n@" V6 "\nsmtp.outcome cut",
	              (const char *[]){EVIDENCE_ENDPOINT, V6, "mx2.example.com", "self", NULL});
	expect_scopes("[192.0.2.25]:25", "@[192.0.2.25]:25\nsmtp.outcome complete\n@[192.0.2.25]\ndns.ptr.status ok",
	              (const char *[]){"[192.0.2.25]:25", "self", NULL});
	expect_scopes("example.com",
	              "@resolver [192.0.2.53]:53\ndns.resolver.state answers\n"
	              "@nameserver ns1.example.com [192.0.2.54]\ndns.ns.state lame",
	              (const char *[]){"example.com", NULL});
}

static void test_a_scope_holds_what_speaks_about_it_nearest_first(void **state)
{
	static const char *const inside[] = {
	    EVIDENCE_ENDPOINT,  "mx1.example.com [192.0.2.25]",
	    "mx1.example.com",  "example.com",
	    "self [192.0.2.9]", "nameserver ns1.example.com [192.0.2.54]",
	};
	struct case_file *c =
	    evidence_case(EVIDENCE_TARGET, "@nameserver ns1.example.com [192.0.2.54]\ndns.ns.state lame\n"
	                                   "@resolver [192.0.2.53]:53\ndns.resolver.state answers\n"
	                                   "@self\ndns.first.state answers\n"
	                                   "@self [192.0.2.9]\ndns.self.ptr.status ok\n"
	                                   "@self [2001:db8::9]\ndns.self.ptr.status timeout\n"
	                                   "@example.com\ndns.mx.status ok\n"
	                                   "@mx1.example.com\ndns.host.status ok\n"
	                                   "@mx2.example.com\ndns.host.status nxdomain\n"
	                                   "@mx1.example.com [192.0.2.25]\ndns.ptr.status ok\n"
	                                   "@mx2.example.com [192.0.2.26]\ndns.ptr.status none\n"
	                                   "@" V6 "\nsmtp.outcome refused\n"
	                                   "@" EVIDENCE_ENDPOINT "\nsmtp.outcome complete");
	size_t count;
	struct scope *scopes = scopes_new(c, &count);
	const struct scope *scope = &scopes[1];

	(void)state;
	assert_string_equal(scope->subject, EVIDENCE_ENDPOINT);
	assert_string_equal(scope->host, "mx1.example.com");
	assert_string_equal(scope->address, "192.0.2.25");
	assert_string_equal(scope->port, "25");
	assert_string_equal(scope->self, "192.0.2.9");
	assert_string_equal(scope->domain, "example.com");
	assert_int_equal(scope->count, sizeof inside / sizeof inside[0]);
	for (size_t i = 0; i < scope->count; i++)
		assert_string_equal(scope->facts[i]->subject, inside[i]);
	assert_string_equal(scopes[0].self, "2001:db8::9");
	/* This machine and its name servers are judged apart. */
	assert_true(scopes[count - 1].this_host);
	assert_int_equal(scopes[count - 1].count, 2);
	assert_string_equal(scopes[count - 1].facts[0]->subject, "self");
	assert_string_equal(scopes[count - 1].facts[1]->subject, "resolver [192.0.2.53]:53");
	scopes_free(scopes, count);
	case_free(c);
}

static void test_subjects_that_are_none_are_names(void **state)
{
	static const struct {
		const char *subject, *name, *address, *port;
	} rows[] = {
	    {"", "", "", ""},
	    {"[", "[", "", ""},
	    {"]:25", "]:25", "", ""},
	    {"a [b", "a [b", "", ""},
	    {"a [b]c", "a [b]c", "", ""},
	    {"a [192.0.2.1]", "a", "192.0.2.1", ""},
	    {"[::1]:25", "", "::1", "25"},
	    {"[x] [::1]:25", "[x]", "::1", "25"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *name, *address, *port;
		subject_split(rows[i].subject, &name, &address, &port);
		assert_string_equal(name, rows[i].name);
		assert_string_equal(address, rows[i].address);
		assert_string_equal(port, rows[i].port);
		free(name);
		free(address);
		free(port);
	}
	assert_true(subject_is_endpoint("[::1]:25"));
	assert_false(subject_is_endpoint("resolver [192.0.2.53]:53"));
	assert_false(subject_is_endpoint("self [192.0.2.53]"));
	assert_false(subject_is_endpoint("]:25"));
	assert_false(subject_is_endpoint("mx1.example.com [192.0.2.25]"));
}

#define SERVICE                                                                                     \
	"@postfix smtp/inet\nconfig.software postfix\nconfig.port 25\nconfig.server-timeout 300s\n" \
	"config.server-timeout.stress 10s\n"                                                        \
	"@postfix submission/inet\nconfig.software postfix\nconfig.port 587\nconfig.server-timeout 20s\n"

/* What was measured is held against the service that listens there, not against its neighbours. */
static void test_patience_against_the_configuration(void **state)
{
	static const struct {
		const char *facts, *word;
	} rows[] = {
	    {"smtp.patience 300.1s\nsmtp.patience.end reply\n" SERVICE, "normal"},
	    {"smtp.patience 10.05s\nsmtp.patience.end reply\n" SERVICE, "stress"},
	    {"smtp.patience 20.1s\nsmtp.patience.end reply\n" SERVICE, "other"},
	    {"smtp.patience 10s\nsmtp.patience.end outlasted\n" SERVICE, NULL},
	    {"smtp.patience 10s\nsmtp.patience.end reply\nsmtp.patience.phase starttls\n" SERVICE, NULL},
	    {"smtp.patience 10s\nsmtp.patience.end reply\n"
	     "@postfix smtp/inet\nconfig.software postfix\nconfig.port 25\nconfig.endpoint [192.0.2.9]:25\n"
	     "config.server-timeout 10s\n",
	     NULL},
	    {"smtp.patience 10s\nsmtp.patience.end reply\n", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct case_file *c = derived(rows[i].facts);
		const struct fact *fact = case_find_fact(c, "config.patience", EVIDENCE_ENDPOINT);
		if ((fact == NULL) != (rows[i].word == NULL) || (fact != NULL && strcmp(fact->text, rows[i].word) != 0))
			fail_msg("%s: %s", rows[i].facts, fact != NULL ? fact->text : "nothing");
		case_free(c);
	}
}

#define MX1      "mx1.example.com [192.0.2.25]:25"
#define MX2      "mx2.example.com [192.0.2.26]:25"
#define GIVEN    "@postfix smtp/inet\nconfig.software postfix\nconfig.port 25\nconfig.server-timeout 300s\n"
#define PROBED   "@" MX1 "\nsmtp.outcome complete\n@" MX2 "\nsmtp.outcome complete\n"
#define GREETING "smtp.banner.name "

/* Whose settings a configuration from --config is taken for: nothing in it says which machine it is from. */
static void test_whose_configuration_it_is(void **state)
{
	static const struct {
		const char *facts, *match;
		bool near[2]; /* mx1, mx2 */
	} rows[] = {
	    {PROBED GIVEN, "port", {true, true}},
	    {PROBED GIVEN "config.hostname mx2.example.com\n", "port", {true, true}},
	    {PROBED "@" MX1 "\n" GREETING "mx1.example.com\n@" MX2 "\n" GREETING "MX2.example.com\n" GIVEN
	            "config.hostname mx2.example.com\n",
	     "name",
	     {false, true}},
	    {PROBED "@" MX1 "\n" GREETING "balancer.example.com\n" GIVEN "config.hostname mx2.example.com\n",
	     "port",
	     {true, true}},
	    {PROBED "@" MX1 "\nsmtp.server.software exim\n@" MX2 "\nsmtp.server.software imsva\n" GIVEN,
	     "port",
	     {false, true}},
	    {PROBED "@" MX1 "\nsmtp.server.software exim\n@" MX2 "\nsmtp.server.software exchange\n" GIVEN,
	     "none",
	     {false, false}},
	    {PROBED GIVEN "config.endpoint [192.0.2.26]:25\n", "address", {false, true}},
	    {"@mx1.example.com [192.0.2.25]:587\nsmtp.outcome complete\n" GIVEN, "none", {false, false}},
	};
	static const char *const endpoints[] = {MX1, MX2};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct case_file *c = derived(rows[i].facts);
		size_t count;
		struct scope *scopes = scopes_new(c, &count);
		const char *match = find(c, "config.match", "postfix smtp/inet")->text;
		if (strcmp(match, rows[i].match) != 0)
			fail_msg("row %zu: it matches by %s, expected %s", i, match, rows[i].match);
		for (size_t s = 0; s < count; s++)
			for (size_t e = 0; e < 2; e++)
				if (strcmp(scopes[s].subject, endpoints[e]) == 0 &&
				    (scope_find(&scopes[s], fact_def_find("config.server-timeout")) != NULL) !=
				        rows[i].near[e])
					fail_msg("row %zu: %s", i, endpoints[e]);
		scopes_free(scopes, count);
		case_free(c);
	}
}

#define HERE(service) "@" service "\nconfig.endpoint [192.0.2.25]:25\n"
#define LOADED        "@self\nhost.processors 2\nhost.load 24\nhost.sessions.in 18\nhost.sessions.most 6\n"

/* What this machine shows against what the mail server on it is set to. */
static void test_limits_of_this_machine(void **state)
{
	struct case_file *c = derived(LOADED HERE("exim server") "config.software exim\nconfig.process-limit 20\n"
	                                                         "config.process-reserve 2\nconfig.queue-sessions 36\n"
	                                                         "config.connection-limit 5\nconfig.refuse-load 12\n"
	                                                         "config.queue-load 48\n");

	(void)state;
	expect_number(c, "host.sessions.limit", "self", 18);
	expect_number(c, "host.sessions.share", "self", 1);
	expect_number(c, "host.sessions.queue.share", "self", 0.5);
	expect_number(c, "host.sessions.most.share", "self", 1.2);
	expect_number(c, "host.load.refuse.share", "self", 2);
	expect_number(c, "host.load.queue.share", "self", 0.5);
	assert_null(case_find_fact(c, "host.load.delay.share", "self"));
	case_free(c);

	/* Sendmail has limits where nobody set them, for each processor. */
	c = derived(LOADED HERE("sendmail server MTA") "config.software sendmail\nconfig.refuse-load.origin default\n"
	                                               "config.queue-load.origin file\nconfig.delay-load 8\n");
	expect_number(c, "host.load.refuse", "self", 24);
	expect_number(c, "host.load.refuse.share", "self", 1);
	expect_number(c, "host.load.delay.share", "self", 3);
	assert_null(case_find_fact(c, "host.load.queue.share", "self"));
	assert_null(case_find_fact(c, "host.sessions.share", "self"));
	case_free(c);

	/* Postfix counts processes of each service, which are not sessions of all ports. */
	c = derived(LOADED HERE("postfix smtp/inet") "config.software postfix\nconfig.process-limit 10\n"
	                                             "config.connection-limit 60\n");
	assert_null(case_find_fact(c, "host.sessions.share", "self"));
	expect_number(c, "host.sessions.most.share", "self", 0.1);
	case_free(c);

	/* The configuration of another machine, with --config, has nothing to do with this one's load. */
	c = derived(LOADED "@exim server\nconfig.software exim\nconfig.process-limit 1\nconfig.refuse-load 1\n"
	                   "config.connection-limit 4\n@mail.log\nlog.concurrency 4\n");
	assert_null(case_find_fact(c, "host.sessions.share", "self"));
	assert_null(case_find_fact(c, "host.load.refuse.share", "self"));
	expect_number(c, "log.concurrency.share", "self", 1);
	case_free(c);
}

/* What ended a session is held against the setting for that, not against its neighbour. */
static void test_limits_of_a_session(void **state)
{
#define SET "@opensmtpd server\nconfig.software opensmtpd\nconfig.session-limit 5\nconfig.recipient-limit 3\n"
	static const struct {
		const char *facts;
		double set;
		bool match;
	} rows[] = {
	    {"limit.session.messages 5\nlimit.session.of messages\n" SET, 5, true},
	    {"limit.session.messages 4\nlimit.session.of messages\n" SET, 5, false},
	    {"limit.session.messages 9\nlimit.session.recipients 3\nlimit.session.of recipients\n" SET, 3, true},
	    {"limit.session.messages 9\nlimit.session.recipients 5\nlimit.session.of recipients\n" SET, 3, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct case_file *c = derived(rows[i].facts);
		expect_number(c, "limit.session.configured", EVIDENCE_ENDPOINT, rows[i].set);
		const struct fact *match = case_find_fact(c, "limit.session.match", EVIDENCE_ENDPOINT);
		assert_non_null(match);
		assert_int_equal(match->flag, rows[i].match);
		case_free(c);
	}
	struct case_file *c = derived("limit.session.messages 9\nlimit.session.outcome all-taken\n" SET);
	assert_null(case_find_fact(c, "limit.session.configured", EVIDENCE_ENDPOINT));
	case_free(c);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_endpoints_are_counted_by_family),
	    cmocka_unit_test(test_without_endpoints_nothing_is_derived),
	    cmocka_unit_test(test_deriving_again_changes_nothing),
	    cmocka_unit_test(test_the_slowest_phase),
	    cmocka_unit_test(test_a_refusal_of_our_own_is_told_from_that_of_others),
	    cmocka_unit_test(test_late_replies_are_counted_beyond_the_round_trip),
	    cmocka_unit_test(test_steps_of_a_resolver),
	    cmocka_unit_test(test_steps_of_a_resolver_at_rcpt),
	    cmocka_unit_test(test_what_look_ups_explain_of_the_banner),
	    cmocka_unit_test(test_whether_the_server_knows_our_name),
	    cmocka_unit_test(test_a_route_is_known_from_our_own_addresses),
	    cmocka_unit_test(test_what_is_judged),
	    cmocka_unit_test(test_a_scope_holds_what_speaks_about_it_nearest_first),
	    cmocka_unit_test(test_subjects_that_are_none_are_names),
	    cmocka_unit_test(test_patience_against_the_configuration),
	    cmocka_unit_test(test_limits_of_this_machine),
	    cmocka_unit_test(test_limits_of_a_session),
	    cmocka_unit_test(test_whose_configuration_it_is),
	};

	return cmocka_run_group_tests_name("derive", tests, NULL, NULL);
}
