/*
 * The shipped causes against facts as the checks yield them: which cause comes first. Most rows are pairs that are easily
 * confused, and what looks odd and is healthy.
 */
#include "unit.h"

#include "base/xalloc.h"
#include "diagnose/diagnose.h"
#include "evidence.h"

#define QUICK                                                                                                      \
	"smtp.connect.outcome connected\nsmtp.connect.delay 10ms\nsmtp.banner.code 220\nsmtp.ehlo.delay 20ms\n"    \
	"smtp.ehlo.code 250\nsmtp.mail.delay 20ms\nsmtp.mail.code 250\nsmtp.rcpt.delay 20ms\nsmtp.rcpt.code 250\n" \
	"smtp.data.delay 20ms\nsmtp.data.code 354\n"
#define BODY     "smtp.body.outcome accepted\ntcp.mss 1448B\ntcp.retransmits 0\ntcp.window 64240B\n"
#define COMPLETE "smtp.outcome complete\nsmtp.stage quit\nsmtp.quit.delay 20ms\n" QUICK BODY
#define HEALTHY  COMPLETE "smtp.banner.delay 30ms\n"
#define REFUSED(phase, code, class)                                                                           \
	"smtp.outcome refused\nsmtp.stage " phase "\nsmtp.connect.outcome connected\nsmtp.reply.phase " phase \
	"\nsmtp.reply.code " code "\nsmtp.reply.class " class "\nsmtp.reply.text whatever it says\n"
#define SILENT(phase, waited) \
	"smtp.outcome silent\nsmtp.connect.outcome connected\nsmtp.stage " phase "\nsmtp.waited " waited "\n"
#define PATIENCE(seconds, how) \
	QUICK "smtp.banner.delay 30ms\nsmtp.patience " seconds "\nsmtp.patience.phase data\nsmtp.patience.end " how "\n"
#define NOT_CONNECTED(how) "smtp.outcome not-connected\nsmtp.stage connect\nsmtp.connect.outcome " how "\n"
#define NO_TLS(fault)      COMPLETE "smtp.banner.delay 30ms\nsmtp.tls.outcome failed\nsmtp.tls.fault " fault "\n"
#define DOMAIN_OK          "@example.com\ndns.mx.status ok\n@mx1.example.com\ndns.host.status ok\n"
#define RESOLVER_OK        "@self\ndns.first.state answers\ndns.stub.delay 12ms\ndns.resolvers.dead 0\n"
#define DNS_OK             DOMAIN_OK RESOLVER_OK
#define PTR_OK             "@self [192.0.2.9]\ndns.self.ptr.status ok\ndns.self.ptr.delay 30ms\ndns.self.private no\n"
#define V6                 "@mx1.example.com [2001:db8::25]:25\n"

struct row {
	const char *what, *facts, *first;
};

static struct catalogue *catalogue;

static int set_up(void **state)
{
	struct err err = {""};

	(void)state;
	catalogue = catalogue_load(&err);
	if (catalogue == NULL)
		print_error("%s\n", err.text);
	return catalogue != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	catalogue_free(catalogue);
	return 0;
}

static void expect_first(const struct row *rows, size_t count)
{
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++) {
		struct case_file *c = evidence_case(EVIDENCE_TARGET, rows[i].facts);
		diagnose(c, catalogue);
		if (strcmp(c->findings[0].cause, rows[i].first) != 0) {
			print_error("%s: expected %s, found %s (%.2f), then %s (%.2f)\n", rows[i].what, rows[i].first,
			            c->findings[0].cause, c->findings[0].probability, c->findings[1].cause,
			            c->findings[1].probability);
			wrong++;
		}
		case_free(c);
	}
	assert_int_equal(wrong, 0);
}

#define EXPECT_FIRST(rows) expect_first(rows, sizeof rows / sizeof rows[0])

static void test_what_looks_odd_and_is_healthy(void **state)
{
	static const struct row rows[] = {
	    {"a quick session", HEALTHY, "healthy"},
	    {"a quick session and good look-ups", HEALTHY DNS_OK PTR_OK, "healthy"},
	    {"look-ups alone", DNS_OK, "healthy"},
	    {"postscreen greets after 6 s",
	     COMPLETE "smtp.banner.delay 6.03s\nsmtp.banner.lines 2\n"
	              "smtp.server.software postfix\n",
	     "healthy"},
	    {"postscreen, and our address cannot be looked up quickly",
	     COMPLETE "smtp.banner.delay 6.03s\nsmtp.server.software postfix\n@self [192.0.2.9]\n"
	              "dns.self.ptr.status timeout\ndns.self.ptr.delay 20s\n",
	     "healthy"},
	    {"postscreen greets after 5 s, its first line at once",
	     COMPLETE "smtp.banner.delay 5.05s\nsmtp.banner.first 20ms\nsmtp.banner.lines 2\n"
	              "smtp.server.software postfix\n" DNS_OK PTR_OK,
	     "healthy"},
	    {"Sendmail's greeting pause of 5 s, and its ident query was answered",
	     COMPLETE "smtp.banner.delay 5.03s\nsmtp.server.software sendmail\nsmtp.ident.question answered\n"
	              "smtp.helo [192.0.2.9]\nsmtp.ehlo.text mx1 Hello client.example.com [192.0.2.9]\n" DNS_OK PTR_OK,
	     "healthy"},
	    {"a guessed recipient is refused in the second session, too",
	     HEALTHY "mtu.session.outcome refused\nmtu.session.stage rcpt\nmtu.session.reply.code 550\n"
	             "mtu.session.reply.class unknown-recipient\nsmtp.rcpt.guessed yes\n" DNS_OK,
	     "healthy"},
	    {"a private MX host in the same network",
	     HEALTHY DNS_OK "@mx1.example.com [10.0.0.5]\ndns.mx.address private\n", "healthy"},
	    {"Exim pauses for 5 s and asks no ident",
	     COMPLETE "smtp.banner.delay 5.2s\nsmtp.server.software exim\nsmtp.ident.question none\n"
	              "smtp.helo [192.0.2.9]\nsmtp.ehlo.text mx1 Hello client.example.com [192.0.2.9]\n" DNS_OK PTR_OK,
	     "healthy"},
	    {"a line of 1.6 s: one segment in vain", HEALTHY "tcp.retransmits 1\ntcp.loss 5%\n", "healthy"},
	    {"a host of the hosts file, and a dead name server",
	     HEALTHY "@mx1.example.com\ndns.host.status ok\ndns.host.delay 9s\n"
	             "@self\ndns.resolvers.count 1\ndns.resolvers.dead 1\n",
	     "healthy"},
	    {"no name server, and none is needed",
	     "@[127.0.0.1]:25\n" HEALTHY "@self\ndns.conf.fault no name server in it\nhost.resolver.servers 0\n"
	     "dns.resolvers.count 1\ndns.resolvers.dead 1\n",
	     "healthy"},
	    {"a greeting pause of 3 s", COMPLETE "smtp.banner.delay 3.02s\n" DNS_OK PTR_OK, "healthy"},
	    {"sendmail's greeting pause of 1 s", COMPLETE "smtp.banner.delay 1.01s\nsmtp.server.software sendmail\n",
	     "healthy"},
	    {"a banner of many lines", HEALTHY "smtp.banner.lines 40\n", "healthy"},
	    {"no STARTTLS", HEALTHY "smtp.starttls.offered no\nsmtp.tls.outcome not-offered\n", "healthy"},
	    {"a certificate that expired", HEALTHY "smtp.tls.outcome done\nsmtp.tls.verify expired\n", "healthy"},
	    {"a self-signed certificate", HEALTHY "smtp.tls.outcome done\nsmtp.tls.verify self-signed\n", "healthy"},
	    {"no name for our private address",
	     HEALTHY "@self [10.0.0.9]\ndns.self.ptr.status none\ndns.self.private yes\n", "healthy"},
	    {"no SPF, no TLSA", HEALTHY DNS_OK "@example.com\ndns.spf.status none\ndns.tlsa.status nxdomain\n",
	     "healthy"},
	    {"only IPv6", V6 HEALTHY, "healthy"},
	    {"no MX but an address", HEALTHY "@example.com\ndns.mx.status none\ndns.host.status ok\n", "healthy"},
	    {"the second name server is dead",
	     HEALTHY DOMAIN_OK "@self\ndns.first.state answers\ndns.stub.delay 12ms\ndns.resolvers.dead 1\n",
	     "healthy"},
	    {"name servers that may not be asked from here",
	     HEALTHY DNS_OK "@nameserver ns1.example.com [192.0.2.53]\ndns.ns.state silent\n", "healthy"},
	    {"one of the name servers is silent",
	     HEALTHY DNS_OK "@nameserver ns1.example.com [192.0.2.53]\ndns.ns.state silent\n"
	                    "@nameserver ns2.example.com [192.0.2.54]\ndns.ns.state answers\n",
	     "healthy"},
	    {"a proxy on our side answers for all name servers",
	     HEALTHY DNS_OK "@nameserver ns1.example.com [192.0.2.53]\ndns.ns.state lame\n"
	                    "@nameserver ns2.example.com [192.0.2.54]\ndns.ns.state lame\n",
	     "healthy"},
	    {"a retransmission, and yet the text arrived", HEALTHY "tcp.retransmits 2\n", "healthy"},
	    {"a satellite link",
	     COMPLETE "smtp.connect.delay 0.7s\nsmtp.banner.delay 1.5s\nsmtp.ehlo.delay 1.5s\n"
	              "smtp.mail.delay 1.5s\nsmtp.rcpt.delay 1.5s\n",
	     "healthy"},
	    {"a look-up at RCPT takes 3 s", HEALTHY "smtp.rcpt.delay 3s\n", "healthy"},
	    {"IPv6 records, but this machine has no IPv6", HEALTHY V6 NOT_CONNECTED("unreachable") DNS_OK PTR_OK,
	     "healthy"},
	    {"300 s of patience", PATIENCE("300.1s", "reply") REFUSED("data", "421", "idle-timeout"), "healthy"},
	    {"300 s, then closed without a word", PATIENCE("300.1s", "closed") "smtp.outcome closed\nsmtp.stage data\n",
	     "healthy"},
	    {"it outlasted the probe", PATIENCE("60s", "outlasted") "smtp.outcome cut\nsmtp.stage data\n", "healthy"},
	};

	(void)state;
	EXPECT_FIRST(rows);
}

#define FIRST_DEAD                                                                              \
	"@resolver [192.0.2.53]:53\ndns.resolver.state silent\n@self\ndns.first.state silent\n" \
	"dns.resolvers.count 2\ndns.resolvers.dead 1\ndns.stub.delay 5.1s\n"

/* The two causes that come first, and how likely the second is. */
static void expect_two(const char *target, const char *facts, const char *first, const char *second, double at_least)
{
	struct case_file *c = evidence_case(target, facts);

	diagnose(c, catalogue);
	assert_string_equal(c->findings[0].cause, first);
	assert_string_equal(c->findings[1].cause, second);
	if (c->findings[1].probability < at_least)
		fail_msg("%s is only %.3f likely", second, c->findings[1].probability);
	case_free(c);
}

/* Both are true; the mail fails for the one at the mail host, and the other must not hide it. */
static void test_a_dead_name_server_and_a_sick_mail_host(void **state)
{
	(void)state;
	expect_two(EVIDENCE_TARGET, NOT_CONNECTED("refused") DOMAIN_OK FIRST_DEAD, "server-down", "dns-slow-resolver",
	           0.5);
	expect_two(EVIDENCE_TARGET, REFUSED("banner", "421", "too-many-connections") DOMAIN_OK FIRST_DEAD,
	           "too-many-connections-per-client", "dns-slow-resolver", 0.5);
	/* The same pause behind each command, and none before the banner: a milter is asked about each of them. */
	expect_two(EVIDENCE_TARGET,
	           "smtp.outcome complete\nsmtp.stage body\nsmtp.banner.delay 20ms\nsmtp.ehlo.delay 3s\n"
	           "smtp.starttls.delay 20ms\nsmtp.mail.delay 3s\nsmtp.rcpt.delay 3.01s\nsmtp.data.delay 3s\n"
	           "smtp.server.software postfix\n" DNS_OK PTR_OK,
	           "tarpit", "milter-slow", 0.2);
	/* 15 s behind Sendmail's pause of 1 s, and it knows our name: a dead first name server, or ident. Only it can tell. */
	expect_two(EVIDENCE_TARGET,
	           COMPLETE
	           "smtp.banner.delay 16.02s\nsmtp.server.software sendmail\nsmtp.ident.question none\n"
	           "smtp.helo [192.0.2.9]\nsmtp.ehlo.text mx1 Hello client.example.com [192.0.2.9]\n" DNS_OK PTR_OK,
	           "dns-slow-server", "ident-timeout", 0.2);
	expect_two(EVIDENCE_TARGET, HEALTHY DOMAIN_OK FIRST_DEAD, "dns-slow-resolver", "unknown", 0);
}

static void expect_only(const char *target, const char *facts, const char *first)
{
	struct case_file *c = evidence_case(target, facts);

	diagnose(c, catalogue);
	assert_string_equal(c->findings[0].cause, first);
	assert_true(c->findings[1].probability < 0.5);
	case_free(c);
}

/* Whoever gives an address needs no name server to get there. */
static void test_a_dead_name_server_that_nobody_needs(void **state)
{
	const char *dead =
	    "@resolver [192.0.2.53]:53\ndns.resolver.state unreachable\n@self\ndns.first.state unreachable\n"
	    "dns.resolvers.count 1\ndns.resolvers.dead 1\ndns.stub.delay 0.1s\n";
	char *facts = xasprintf("@[192.0.2.25]:25\n" HEALTHY "%s", dead);

	(void)state;
	expect_only("192.0.2.25:25", facts, "healthy");
	free(facts);
	facts = xasprintf("@[192.0.2.25]:25\n" NOT_CONNECTED("refused") "%s", dead);
	expect_only("192.0.2.25:25", facts, "server-down");
	free(facts);
	facts = xasprintf(HEALTHY "%s", dead); /* found in the hosts file: no name server could have told */
	expect_only(EVIDENCE_TARGET, facts, "healthy");
	free(facts);
}

static void test_replies_that_say_it(void **state)
{
	static const struct row rows[] = {
	    {"too many connections", REFUSED("banner", "421", "too-many-connections"),
	     "too-many-connections-per-client"},
	    {"too many connections, Postfix",
	     REFUSED("banner", "421", "too-many-connections") "smtp.reply.server postfix\n",
	     "too-many-connections-per-client"},
	    {"rate limit", REFUSED("mail", "450", "rate-limit"), "rate-limit"},
	    {"session limit", REFUSED("mail", "421", "session-limit"), "session-limit"},
	    {"process limit", REFUSED("banner", "421", "process-limit"), "process-limit"},
	    {"overload", REFUSED("banner", "421", "overload"), "overload-stress"},
	    {"shutdown", REFUSED("banner", "421", "shutdown") "smtp.reply.enhanced 4.3.2\n", "server-down"},
	    {"disk full", REFUSED("mail", "452", "disk-full"), "disk-full"},
	    {"size", REFUSED("mail", "552", "size-limit"), "size-limit"},
	    {"a limit of 500 bytes", HEALTHY "smtp.size.limit 500B\n", "size-limit"},
	    {"greylisting", REFUSED("rcpt", "450", "greylist") DNS_OK, "greylisting"},
	    {"451 at RCPT in words of its own", REFUSED("rcpt", "451", "other") DNS_OK, "greylisting"},
	    {"no name for our address", REFUSED("banner", "550", "dns") "@self [192.0.2.9]\ndns.self.ptr.status none\n",
	     "dns-misconfig"},
	    {"greylisting in words of its own", REFUSED("rcpt", "450", "other"), "greylisting"},
	    {"450 at RCPT and no more", REFUSED("rcpt", "450", "unknown-recipient"), "greylisting"},
	    {"450 4.7.1 at RCPT", REFUSED("rcpt", "450", "policy") "smtp.reply.enhanced 4.7.1\n", "greylisting"},
	    {"450 4.1.1", REFUSED("rcpt", "450", "unknown-recipient") "smtp.reply.enhanced 4.1.1\n",
	     "recipient-refused"},
	    {"a 421 that nobody knows", REFUSED("data", "421", "shutdown"), "unknown"},
	    {"the name given with HELO, by its form",
	     REFUSED("ehlo", "504", "policy") "smtp.reply.setting our HELO name\n", "reputation-block"},
	    {"the name given with HELO, for now",
	     REFUSED("rcpt", "450", "policy") "smtp.reply.setting our HELO name\n" DNS_OK, "reputation-block"},
	    {"the name given with HELO has no address",
	     REFUSED("rcpt", "450", "dns") "smtp.reply.setting our HELO name\n" DNS_OK PTR_OK, "dns-misconfig"},
	    {"EHLO, in its own words", REFUSED("ehlo", "550", "other"), "reputation-block"},
	    {"no client certificate", REFUSED("ehlo", "421", "tls") "smtp.tls.outcome done\n", "tls-handshake-fail"},
	    {"a full mailbox",
	     REFUSED("rcpt", "452", "unknown-recipient") "smtp.reply.setting the recipient's quota\n" DNS_OK,
	     "recipient-refused"},
	    {"it hangs up before it greets",
	     "smtp.outcome closed\nsmtp.stage banner\nsmtp.waited 200ms\nsmtp.connect.outcome connected\n" DNS_OK,
	     "server-fault"},
	    {"block list", REFUSED("banner", "554", "reputation"), "reputation-block"},
	    {"a rule", REFUSED("rcpt", "554", "policy"), "reputation-block"},
	    {"554 for no reason", REFUSED("banner", "554", "other"), "reputation-block"},
	    {"milter", REFUSED("mail", "451", "milter"), "milter-slow"},
	    {"milter, and STARTTLS fails with it", REFUSED("mail", "451", "milter") "smtp.tls.outcome refused\n",
	     "milter-slow"},
	    {"proxy filter", REFUSED("rcpt", "451", "proxy-filter"), "proxy-filter-down"},
	    {"content filter", REFUSED("end", "451", "content-filter"), "content-filter-slow"},
	    {"policy service", REFUSED("rcpt", "451", "policy-service"), "policy-service-down"},
	    {"login", REFUSED("mail", "530", "auth"), "auth-fail"},
	    {"TLS", REFUSED("starttls", "454", "tls"), "tls-handshake-fail"},
	    {"TLS 1.2 wanted", REFUSED("mail", "421", "tls-version"), "tls-version-mismatch"},
	    {"their look-up failed", REFUSED("rcpt", "451", "dns"), "dns-failure"},
	    {"they find no name for us", REFUSED("rcpt", "450", "dns") "smtp.reply.enhanced 4.7.25\n", "dns-misconfig"},
	    {"they find no name for us, and there is none",
	     REFUSED("rcpt", "450", "dns") "smtp.reply.enhanced 4.7.25\n@self [192.0.2.9]\ndns.self.ptr.status none\n",
	     "dns-misconfig"},
	    {"unknown recipient", REFUSED("rcpt", "550", "unknown-recipient") DNS_OK, "recipient-refused"},
	    {"relaying", REFUSED("rcpt", "554", "relaying") DNS_OK, "recipient-refused"},
	    {"550 for no reason", REFUSED("rcpt", "550", "other"), "recipient-refused"},
	    {"sender", REFUSED("mail", "550", "sender"), "sender-refused"},
	    {"internal fault", REFUSED("rcpt", "451", "server-fault"), "server-fault"},
	    {"451 for no reason", REFUSED("data", "451", "other"), "server-fault"},
	    {"early talk", REFUSED("banner", "554", "greet-pause"), "client-bug-disconnects"},
	    {"too many errors", REFUSED("rcpt", "421", "protocol-error"), "client-bug-disconnects"},
	};

	(void)state;
	EXPECT_FIRST(rows);
}

static void test_late_banners(void **state)
{
	static const struct row rows[] = {
	    {"10 s", COMPLETE "smtp.banner.delay 10.03s\n", "dns-slow-server"},
	    {"10 s, Postfix, our name is fine",
	     COMPLETE "smtp.banner.delay 10.03s\nsmtp.server.software postfix\n" PTR_OK, "dns-slow-server"},
	    {"5 s, Exim does not know our name",
	     COMPLETE "smtp.banner.delay 5.02s\nsmtp.server.software exim\nsmtp.helo [192.0.2.9]\nsmtp.ehlo.text mx1 "
	              "Hello [192.0.2.9] "
	              "[192.0.2.9]\n" PTR_OK "dns.self.ptr.name client.example.com\n",
	     "dns-slow-server"},
	    {"5 s, Exim knows our name",
	     COMPLETE "smtp.banner.delay 5.02s\nsmtp.server.software exim\n"
	              "smtp.helo [192.0.2.9]\nsmtp.ehlo.text mx1 Hello client.example.com [192.0.2.9]\n" PTR_OK
	              "dns.self.ptr.name client.example.com\n",
	     "ident-timeout"},
	    {"6 s, Sendmail with its usual second and ident",
	     COMPLETE "smtp.banner.delay 6.02s\nsmtp.server.software sendmail\n" PTR_OK, "ident-timeout"},
	    {"6 s, Postfix whose name server is switched off",
	     COMPLETE "smtp.banner.delay 6.2s\nsmtp.banner.lines 1\nsmtp.server.software postfix\n" DNS_OK PTR_OK,
	     "dns-slow-server"},
	    {"5 s, Sendmail knows our name, and no name server here answers",
	     COMPLETE "smtp.banner.delay 5.02s\nsmtp.server.software sendmail\nsmtp.helo [192.0.2.9]\n"
	              "smtp.ehlo.text mx1 Hello client.example.com [192.0.2.9], pleased to meet you\n"
	              "@self [192.0.2.9]\ndns.self.ptr.status timeout\ndns.self.ptr.delay 9s\n"
	              "@self\ndns.resolvers.count 1\ndns.resolvers.dead 1\n",
	     "ident-timeout"},
	    {"6 s, Sendmail, whose ident query was not answered",
	     COMPLETE "smtp.banner.delay 6.02s\nsmtp.server.software sendmail\nsmtp.ident.question unanswered\n"
	              "smtp.helo [192.0.2.9]\nsmtp.ehlo.text mx1 Hello client.example.com [192.0.2.9]\n" PTR_OK,
	     "ident-timeout"},
	    {"11.4 s, Exim, and nothing else is late",
	     COMPLETE "smtp.banner.delay 11.4s\nsmtp.server.software exim\nsmtp.ident.question none\n"
	              "smtp.helo [192.0.2.9]\nsmtp.ehlo.text mx1 Hello client.example.com [192.0.2.9]\n" DNS_OK PTR_OK,
	     "dns-slow-server"},
	    {"8 s, Exim, whose ident query was not answered",
	     COMPLETE "smtp.banner.delay 8.2s\nsmtp.server.software exim\nsmtp.ident.question unanswered\n" PTR_OK,
	     "ident-timeout"},
	    {"MAIL takes 12 s at Sendmail",
	     COMPLETE "smtp.banner.delay 1.01s\nsmtp.mail.delay 12.05s\nsmtp.server.software sendmail\n" DNS_OK PTR_OK,
	     "milter-slow"},
	    {"RCPT takes two time-outs of a resolver",
	     COMPLETE "smtp.banner.delay 1.01s\nsmtp.rcpt.delay 10.05s\nsmtp.server.software sendmail\n" DNS_OK PTR_OK,
	     "dns-slow-server"},
	    {"the rest of a banner takes 12 s",
	     COMPLETE "smtp.banner.delay 12.2s\nsmtp.banner.first 30ms\nsmtp.banner.lines 2\n" DNS_OK PTR_OK, "tarpit"},
	    {"5 s, Sendmail, and nobody may look whether it asks ident: likelier, and not certain",
	     COMPLETE "smtp.banner.delay 5.01s\nsmtp.server.software sendmail\nsmtp.ident.question unseen\n"
	              "smtp.helo [192.0.2.9]\nsmtp.ehlo.text mx1 Hello client.example.com [192.0.2.9]\n" PTR_OK,
	     "ident-timeout"},
	    {"EHLO takes 30 s at Postfix, six time-outs of a resolver",
	     BODY
	     "smtp.outcome complete\nsmtp.banner.delay 30ms\nsmtp.ehlo.delay 30.07s\nsmtp.ehlo.code 250\n"
	     "smtp.mail.delay 20ms\nsmtp.rcpt.delay 20ms\nsmtp.data.delay 20ms\nsmtp.server.software postfix\n" DNS_OK
	         PTR_OK,
	     "dns-slow-server"},
	    {"RCPT takes 12 s at OpenSMTPD",
	     BODY
	     "smtp.outcome complete\nsmtp.banner.delay 30ms\nsmtp.ehlo.delay 20ms\nsmtp.ehlo.code 250\n"
	     "smtp.mail.delay 20ms\nsmtp.rcpt.delay 12s\nsmtp.data.delay 20ms\nsmtp.server.software opensmtpd\n" DNS_OK
	         PTR_OK,
	     "milter-slow"},
	    {"30 s, Exim", COMPLETE "smtp.banner.delay 30.1s\nsmtp.server.software exim\n" DNS_OK PTR_OK,
	     "ident-timeout"},
	    {"13 s, Sendmail", COMPLETE "smtp.banner.delay 13.02s\nsmtp.server.software sendmail\n" DNS_OK PTR_OK,
	     "tarpit"},
	    {"every reply of Exim takes 5 s",
	     "smtp.outcome complete\nsmtp.stage body\nsmtp.connect.delay 10ms\nsmtp.banner.delay 5.1s\nsmtp.ehlo.delay "
	     "5s\n"
	     "smtp.mail.delay 5s\nsmtp.rcpt.delay 5s\nsmtp.data.delay 5s\nsmtp.server.software exim\n" PTR_OK,
	     "tarpit"},
	    {"10 s, Sendmail", COMPLETE "smtp.banner.delay 10.03s\nsmtp.server.software sendmail\n" PTR_OK,
	     "dns-slow-server"},
	    {"20 s", COMPLETE "smtp.banner.delay 20.05s\n" DNS_OK PTR_OK, "dns-slow-server"},
	    {"40 s", COMPLETE "smtp.banner.delay 40.1s\n", "dns-slow-server"},
	    {"5 s, Postfix", COMPLETE "smtp.banner.delay 5.02s\nsmtp.server.software postfix\n" PTR_OK,
	     "dns-slow-server"},
	    {"5 s, and our name takes as long",
	     COMPLETE "smtp.banner.delay 5.02s\n@self [192.0.2.9]\n"
	              "dns.self.ptr.status ok\ndns.self.ptr.delay 4.6s\n",
	     "dns-slow-server"},
	    {"7.5 s, and our name takes as long",
	     COMPLETE "smtp.banner.delay 7.5s\n@self [192.0.2.9]\n"
	              "dns.self.ptr.status ok\ndns.self.ptr.delay 7.4s\n",
	     "dns-slow-server"},
	    {"12.3 s, nothing else known", COMPLETE "smtp.banner.delay 12.3s\n", "dns-slow-server"},
	    {"5 s, Exim, our name is fine", COMPLETE "smtp.banner.delay 5.02s\nsmtp.server.software exim\n" PTR_OK,
	     "ident-timeout"},
	    {"5 s, Sendmail, our name is fine",
	     COMPLETE "smtp.banner.delay 5.01s\nsmtp.server.software sendmail\n" PTR_OK, "ident-timeout"},
	    {"5 s, Exim, our name fails",
	     COMPLETE "smtp.banner.delay 5.02s\nsmtp.server.software exim\n@self [192.0.2.9]\n"
	              "dns.self.ptr.status timeout\n",
	     "dns-slow-server"},
	    {"everything takes 5 s",
	     "smtp.outcome complete\nsmtp.banner.delay 5.01s\nsmtp.ehlo.delay 5.01s\n"
	     "smtp.mail.delay 5.01s\nsmtp.rcpt.delay 5.01s\nsmtp.data.delay 5.01s\n" DNS_OK,
	     "tarpit"},
	    {"everything takes 3 s, the banner 20 s",
	     "smtp.outcome complete\nsmtp.banner.delay 20.01s\nsmtp.ehlo.delay 3.01s\n"
	     "smtp.mail.delay 3.01s\nsmtp.rcpt.delay 3.01s\nsmtp.data.delay 3.01s\n",
	     "tarpit"},
	    {"MAIL, RCPT and DATA take 4 s each, only after STARTTLS",
	     "smtp.outcome complete\nsmtp.stage body\nsmtp.banner.delay 20ms\nsmtp.ehlo.delay 20ms\n"
	     "smtp.starttls.delay 20ms\nsmtp.mail.delay 4s\nsmtp.rcpt.delay 4.01s\nsmtp.data.delay 4s\n"
	     "smtp.quit.delay 20ms\nsmtp.server.software exim\n" DNS_OK PTR_OK,
	     "tarpit"},
	    {"Postfix sleeps for 5 s everywhere but at STARTTLS and DATA",
	     "smtp.outcome complete\nsmtp.stage body\nsmtp.banner.delay 5.03s\nsmtp.banner.lines 1\nsmtp.ehlo.delay "
	     "5s\nsmtp.starttls.delay 20ms\nsmtp.mail.delay 5s\nsmtp.rcpt.delay 5s\nsmtp.data.delay 20ms\n"
	     "smtp.banner.code 220\nsmtp.server.software postfix\n" DNS_OK PTR_OK,
	     "tarpit"},
	    {"RCPT takes 4 s and MAIL 2 s",
	     COMPLETE "smtp.banner.delay 20ms\nsmtp.mail.delay 2s\nsmtp.rcpt.delay 4s\n" DNS_OK PTR_OK, "healthy"},
	    {"24 s, OpenSMTPD, no step of a resolver",
	     COMPLETE "smtp.banner.delay 23.98s\nsmtp.banner.lines 1\nsmtp.server.software opensmtpd\n" DNS_OK PTR_OK,
	     "dns-slow-server"},
	    {"the sender's domain is not found after half a minute",
	     REFUSED("rcpt", "451", "sender") "smtp.banner.delay 20ms\nsmtp.mail.delay 36s\nsmtp.rcpt.delay 20ms\n",
	     "dns-slow-server"},
	    {"the sender's domain is not found at once",
	     REFUSED("rcpt", "451", "sender") "smtp.banner.delay 20ms\nsmtp.mail.delay 20ms\nsmtp.rcpt.delay 20ms\n",
	     "sender-refused"},
	    {"the sender's domain is refused for good after half a minute",
	     REFUSED("rcpt", "550", "sender") "smtp.banner.delay 20ms\nsmtp.mail.delay 36s\nsmtp.rcpt.delay 20ms\n",
	     "sender-refused"},
	    {"no banner, and what was sent then was not acknowledged",
	     SILENT("banner", "30s") "smtp.tls.unacked 517B\n" DNS_OK PTR_OK, "firewall-smtp-inspection"},
	    {"no banner, and what was sent then was acknowledged",
	     SILENT("banner", "30s") "smtp.tls.unacked 0B\n" DNS_OK PTR_OK, "process-limit"},
	    {"no banner in a minute", SILENT("banner", "60s"), "process-limit"},
	    {"no banner in a minute, and our name cannot be looked up",
	     SILENT("banner", "60s") "@self [192.0.2.9]\ndns.self.ptr.status timeout\n", "dns-slow-server"},
	};

	(void)state;
	EXPECT_FIRST(rows);
}

#define WINDOW                                                                                             \
	"@[192.0.2.10]:46942 -> [198.51.100.25]:25\nsmtp.outcome complete\nsmtp.banner.delay 60ms\n" QUICK \
	"smtp.data.delay 1ms\nsmtp.end.delay 2ms\nsmtp.stage quit\nsmtp.quit.delay 1ms\n"                  \
	"capture.outcome complete\ncapture.gap 7.6s\ncapture.gap.waits-for window\ncapture.gap.side server\n"

static void test_slow_steps_and_stalls(void **state)
{
	static const struct row rows[] = {
	    {"MAIL takes 12 s", HEALTHY "smtp.mail.delay 12s\nsmtp.server.software exim\n", "dns-slow-server"},
	    {"MAIL takes 12 s at Postfix, which looks nothing up there",
	     HEALTHY "smtp.mail.delay 12s\nsmtp.server.software postfix\n", "milter-slow"},
	    {"the final reply takes 95 s", HEALTHY "smtp.end.delay 95s\n", "content-filter-slow"},
	    {"no final reply", SILENT("end", "60s"), "content-filter-slow"},
	    {"the text stalls",
	     SILENT("body", "4s") "smtp.body.outcome stalled\ntcp.retransmits 3\ntcp.mss 1448B\n"
	                          "tcp.window 64240B\n",
	     "pmtu-blackhole"},
	    {"the text stalls, the window is closed",
	     SILENT("body", "4s") "smtp.body.outcome stalled\n"
	                          "tcp.retransmits 3\ntcp.mss 1448B\ntcp.window 0B\n",
	     "content-filter-slow"},
	    {"captured: a window that closes and opens again", WINDOW, "overload-stress"},
	    {"captured: what came meanwhile had to be sent again",
	     WINDOW "capture.client.loss 14%\ncapture.client.lost repaired\n", "overload-stress"},
	    {"the text stalls on this machine",
	     "@[127.0.0.1]:25\n" SILENT("body", "4s") "smtp.body.outcome stalled\ntcp.window 64240B\n", "unknown"},
	    {"the handshake stalls", NO_TLS("timeout"), "pmtu-blackhole"},
	    {"the handshake stalls on this machine", "@[127.0.0.1]:25\n" NO_TLS("timeout"), "tls-handshake-fail"},
	};

	(void)state;
	EXPECT_FIRST(rows);
}

#define FULL(word)    "mtu.full " word "\nmtu.full.mss 1448B\nmtu.full.packet 1500B\nmtu.full.scaled yes\n"
#define CLAMPED(word) "mtu.clamped " word "\nmtu.clamped.mss 524B\n"
#define IN(full, clamped) \
	"mtu.in.full " full "\nmtu.in.full.mss 1460B\nmtu.in.clamped " clamped "\nmtu.in.clamped.mss 1240B\n"
#define LARGE_PASS FULL("pass") "mtu.full.retransmits 0\nmtu.in.full pass\nmtu.discovery unneeded\n"
#define STALLED    "smtp.body.outcome stalled\ntcp.retransmits 3\ntcp.mss 1448B\ntcp.window 64240B\n"

static void test_large_packets(void **state)
{
	static const struct row rows[] = {
	    {"every fifth short line gets lost, or its acknowledgement",
	     HEALTHY DNS_OK "@mx1.example.com [192.0.2.25]:25\n" LARGE_PASS
	                    "tcp.trips 40\ntcp.trips.lost 8\ntcp.trips.loss 20%\n",
	     "packet-loss"},
	    {"three of forty short lines get lost",
	     HEALTHY DNS_OK "@mx1.example.com [192.0.2.25]:25\n" LARGE_PASS
	                    "tcp.trips 40\ntcp.trips.lost 3\ntcp.trips.loss 7.5%\n",
	     "healthy"},
	    {"nothing but the path, and it is wide", LARGE_PASS, "healthy"},
	    {"a healthy session and path", HEALTHY DNS_OK LARGE_PASS, "healthy"},
	    {"a narrow path that says so",
	     HEALTHY FULL("pass") "mtu.full.retransmits 9\nmtu.in.full pass\nmtu.discovery works\n", "healthy"},
	    {"a server that sends nothing large", HEALTHY FULL("pass") "mtu.in.full short\nmtu.full.retransmits 0\n",
	     "healthy"},
	    {"large packets vanish on their way there", FULL("stall") CLAMPED("pass"), "pmtu-blackhole"},
	    {"large packets vanish on their way there, after a session that stalled",
	     SILENT("body", "3s") STALLED FULL("stall") CLAMPED("pass"), "pmtu-blackhole"},
	    {"large packets vanish on their way here", FULL("pass") "mtu.full.retransmits 0\n" IN("stall", "pass"),
	     "pmtu-blackhole"},
	    {"large packets vanish on their way here, after a handshake that stalled",
	     NO_TLS("timeout") FULL("pass") "mtu.full.retransmits 0\n" IN("stall", "pass"), "pmtu-blackhole"},
	    {"large packets vanish in IPv6 alone",
	     HEALTHY LARGE_PASS V6 SILENT("body", "3s") STALLED "smtp.banner.code 220\n" FULL("stall") CLAMPED("pass"),
	     "pmtu-blackhole"},
	    {"the handshake is silent whatever the size", NO_TLS("timeout") FULL("pass") IN("silent", "silent"),
	     "tls-handshake-fail"},
	    {"nothing but the path, and the handshake comes only sometimes", FULL("pass") IN("unsure", "pass"),
	     "unknown"},
	    {"the handshake comes only sometimes", NO_TLS("timeout") FULL("pass") IN("unsure", "pass"),
	     "pmtu-blackhole"},
	    {"DATA is dropped whatever the size", SILENT("body", "3s") STALLED FULL("dead") CLAMPED("dead"),
	     "firewall-smtp-inspection"},
	    {"DATA is reset whatever the size", FULL("reset") CLAMPED("reset"), "firewall-smtp-inspection"},
	    {"packets are lost by chance", HEALTHY FULL("pass") "mtu.full.retransmits 4\nmtu.discovery unneeded\n",
	     "healthy"},
	    {"nothing but the path, and it loses packets by chance",
	     FULL("stopped") CLAMPED("pass") "mtu.full.retransmits 7\n", "packet-loss"},
	    {"a fifth of all segments, in two sessions",
	     HEALTHY "tcp.retransmits 5\ntcp.loss 20%\n" FULL("pass") "mtu.full.retransmits 2\n" DNS_OK, "packet-loss"},
	    {"a third of all segments", HEALTHY "tcp.retransmits 10\ntcp.loss 33%\n" DNS_OK, "packet-loss"},
	    {"one loss that had four segments sent again",
	     HEALTHY "tcp.retransmits 4\ntcp.loss 17%\n" FULL("pass") "mtu.full.retransmits 1\n" DNS_OK, "healthy"},
	    {"a fifth of all segments, and a handshake that stopped",
	     COMPLETE "smtp.banner.delay 1s\ntcp.retransmits 4\ntcp.loss 21%\nsmtp.tls.outcome failed\n"
	              "smtp.tls.fault timeout\n" DNS_OK,
	     "packet-loss"},
	    {"through once, and stopped the next time",
	     HEALTHY "tcp.retransmits 3\ntcp.loss 13%\n" FULL("stopped") DNS_OK, "packet-loss"},
	    {"small commands are not acknowledged", SILENT("ehlo", "40s") "tcp.backoff 7\ntcp.retransmits 8\n" DNS_OK,
	     "firewall-smtp-inspection"},
	    {"silence towards us by chance, though large replies come back whole",
	     "@[192.0.2.2]:25\nmtu.full pass\nmtu.full.retransmits 2\nmtu.discovery unneeded\nmtu.in.full stall\n"
	     "mtu.in.clamped pass\nmtu.in.size 1006B\nmtu.in.exact yes\nmtu.back full\nmtu.back.path 1500B\n",
	     "packet-loss"},
	    {"a window that is not scaled",
	     "mtu.full window\nmtu.full.scaled no\nmtu.full.window 502B\nmtu.full.mss 1448B\n" CLAMPED("window"),
	     "window-scaling-broken"},
	    {"a window that is closed", FULL("window") "mtu.full.window 0B\n" CLAMPED("window"), "content-filter-slow"},
	    {"a late banner, and a path that is wide", COMPLETE "smtp.banner.delay 10.03s\n" LARGE_PASS,
	     "dns-slow-server"},
	    {"MAIL takes 12 s, and the path is wide",
	     HEALTHY "smtp.mail.delay 12s\nsmtp.server.software exim\n" LARGE_PASS, "dns-slow-server"},
	    {"everything takes 3 s, and the path is wide",
	     "smtp.outcome complete\nsmtp.banner.delay 20.01s\nsmtp.ehlo.delay 3.01s\nsmtp.mail.delay 3.01s\n"
	     "smtp.rcpt.delay 3.01s\nsmtp.data.delay 3.01s\n" LARGE_PASS,
	     "tarpit"},
	};

	(void)state;
	EXPECT_FIRST(rows);
}

#define EXIM_HERE "@exim server\nconfig.software exim\nconfig.endpoint [192.0.2.25]:25\n"

/* What this machine shows of itself, where nothing else was measured. */
static void test_this_machine(void **state)
{
	static const struct row rows[] = {
	    {"all sessions of Exim are taken",
	     "@self\nhost.load 1\nhost.sessions.in 20\n" EXIM_HERE "config.process-limit 20\n", "process-limit"},
	    {"one client has all of its sessions",
	     "@self\nhost.load 1\nhost.sessions.in 7\nhost.sessions.most 5\n" EXIM_HERE
	     "config.process-limit 20\nconfig.connection-limit 5\n",
	     "too-many-connections-per-client"},
	    {"the load is past what Exim takes", "@self\nhost.load 9\n" EXIM_HERE "config.refuse-load 8\n",
	     "overload-stress"},
	    {"nobody takes the connections", "@self\nhost.load 1\nhost.backlog 129\nhost.backlog.share 101%\n",
	     "process-limit"},
	    {"a process has no file left",
	     "@self\nhost.load 1\nhost.process smtpd\nhost.process.descriptors 1023\nhost.process.descriptors.share "
	     "99%\n",
	     "process-limit"},
	    {"the packet filter's table is full", "@self\nhost.load 1\nhost.conntrack.share 100%\n", "overload-stress"},
	    {"half of everything is in use",
	     "@self\nhost.load 4\nhost.sessions.in 10\nhost.sessions.most 2\nhost.backlog.share 10%\n"
	     "host.backlog.dropped 500\nhost.conntrack.share 50%\nhost.process.descriptors.share 50%\n" EXIM_HERE
	     "config.process-limit 20\nconfig.connection-limit 5\nconfig.refuse-load 8\n",
	     "healthy"},
	};

	(void)state;
	EXPECT_FIRST(rows);
}

static void test_patience(void **state)
{
	static const struct row rows[] = {
	    {"5 s", PATIENCE("5.0s", "reply") REFUSED("data", "421", "idle-timeout"), "server-idle-timeout-too-short"},
	    {"nobody closed, and nothing gets through any more",
	     PATIENCE("36s", "forgotten") "smtp.outcome cut\nsmtp.stage data\n" DNS_OK, "nat-idle-timeout"},
	    {"300 s, and then nothing gets through any more",
	     PATIENCE("310s", "forgotten") "smtp.outcome cut\nsmtp.stage data\n" DNS_OK, "nat-idle-timeout"},
	    {"the probe left after 10 s",
	     PATIENCE("10s", "outlasted") "smtp.outcome cut\nsmtp.stage data\n"
	                                  "smtp.server.software postfix\n",
	     "healthy"},
	    {"5 s and good look-ups", PATIENCE("5.0s", "reply") REFUSED("data", "421", "idle-timeout") DNS_OK,
	     "server-idle-timeout-too-short"},
	    {"60 s", PATIENCE("60.1s", "reply") REFUSED("data", "421", "idle-timeout") DNS_OK,
	     "server-idle-timeout-too-short"},
	    {"120 s and good look-ups", PATIENCE("120s", "reply") REFUSED("data", "421", "idle-timeout") DNS_OK,
	     "server-idle-timeout-too-short"},
	    {"10 s, Postfix",
	     PATIENCE("10s", "reply") REFUSED("data", "421", "idle-timeout") "smtp.server.software postfix\n",
	     "server-idle-timeout-too-short"},
	    {"10 s, Postfix, the banner was late too",
	     "smtp.banner.delay 8s\nsmtp.connect.delay 1.1s\n"
	     "smtp.patience 10s\nsmtp.patience.end reply\nsmtp.server.software postfix\n" REFUSED("data", "421",
	                                                                                          "idle-timeout"),
	     "overload-stress"},
	};

	(void)state;
	EXPECT_FIRST(rows);
}

static void test_ways_and_ports(void **state)
{
	static const struct row rows[] = {
	    {"refused", NOT_CONNECTED("refused") DNS_OK, "server-down"},
	    {"refused by a filter",
	     NOT_CONNECTED("refused") "smtp.connect.icmp port\nsmtp.connect.icmp.from 192.0.2.1\n",
	     "firewall-port-blocked"},
	    {"prohibited",
	     NOT_CONNECTED("unreachable") "smtp.connect.icmp prohibited\nsmtp.connect.icmp.from 192.0.2.1\n",
	     "firewall-port-blocked"},
	    {"a router without a route",
	     NOT_CONNECTED("unreachable") "smtp.connect.icmp net\nsmtp.connect.icmp.from 192.0.2.1\n",
	     "network-unreachable"},
	    {"the host is off",
	     NOT_CONNECTED(
		 "unreachable") "smtp.waited 3.1s\nsmtp.connect.icmp host\nsmtp.connect.icmp.from 192.0.2.1\n",
	     "server-down"},
	    {"no address of that family on this machine",
	     "@"
	     "mx1.example.com [192.0.2.25]:25\n" HEALTHY V6 NOT_CONNECTED(
		 "failed") "@self [192.0.2.9]\ndns.self.private no\n" DNS_OK,
	     "healthy"},
	    {"Postfix waits for a PROXY line",
	     REFUSED("banner", "421", "server-fault") "smtp.reply.server postfix\nsmtp.banner.delay 5.04s\n",
	     "wrong-port-or-mode"},
	    {"a recipient that was made up is refused",
	     REFUSED("rcpt", "550", "unknown-recipient") "smtp.rcpt.guessed yes\n", "healthy"},
	    {"refused on this machine", "@[127.0.0.1]:25\n" NOT_CONNECTED("refused"), "server-down"},
	    {"rejected by a rule of this machine, as if nobody listened",
	     NOT_CONNECTED("refused") "smtp.connect.icmp port\nsmtp.connect.icmp.from 192.0.2.9\n" DNS_OK PTR_OK,
	     "firewall-port-blocked"},
	    {"filtered", NOT_CONNECTED("timeout") DNS_OK, "firewall-port-blocked"},
	    {"all filtered", NOT_CONNECTED("timeout") "@mx2.example.com [192.0.2.26]:25\n" NOT_CONNECTED("timeout"),
	     "firewall-port-blocked"},
	    {"no route", NOT_CONNECTED("unreachable") DNS_OK, "network-unreachable"},
	    {"IPv6 filtered, IPv4 fine", HEALTHY V6 NOT_CONNECTED("timeout") DNS_OK, "ipv6-broken"},
	    {"IPv6 refused, IPv4 fine", HEALTHY V6 NOT_CONNECTED("refused") DNS_OK, "ipv6-broken"},
	    {"IPv6 without a route on the way, IPv4 fine",
	     HEALTHY V6 NOT_CONNECTED("unreachable") DNS_OK PTR_OK "@self [2001:db8::9]\ndns.self.private no\n",
	     "ipv6-broken"},
	    {"over IPv6 the handshake of TCP is all that passes, IPv4 fine",
	     HEALTHY V6 SILENT("banner", "30s") "smtp.tls.unacked 517B\n" DNS_OK, "ipv6-broken"},
	    {"only IPv6, filtered", V6 NOT_CONNECTED("timeout") DNS_OK, "firewall-port-blocked"},
	    {"both families refused", NOT_CONNECTED("refused") V6 NOT_CONNECTED("refused"), "server-down"},
	    {"ssh", "smtp.outcome garbage\nsmtp.stage banner\nsmtp.banner.protocol ssh\n", "wrong-host"},
	    {"http",
	     "smtp.outcome garbage\nsmtp.stage banner\nsmtp.banner.protocol http\n"
	     "smtp.protocol.fault malformed-reply\n",
	     "wrong-host"},
	    {"STARTTLS refused for the number of sessions",
	     HEALTHY "smtp.tls.outcome refused\nsmtp.tls.refusal rate-limit\n" DNS_OK, "rate-limit"},
	    {"plain text on port 465",
	     "smtp.outcome tls-failed\nsmtp.stage tls\nsmtp.tls.mode implicit\nsmtp.tls.outcome failed\n"
	     "smtp.tls.fault not-tls\nsmtp.connect.outcome connected\n" DNS_OK,
	     "wrong-port-or-mode"},
	    {"TLS on a plain port", SILENT("banner", "5s") "smtp.banner.protocol tls\n", "wrong-port-or-mode"},
	    {"the first session is taken, the next one put off",
	     HEALTHY DNS_OK
	     "@mx1.example.com [192.0.2.25]:25\nmtu.session.outcome refused\nmtu.session.stage banner\n"
	     "mtu.session.reply.code 451\nmtu.session.reply.class other\nmtu.session.reply.text not now\n",
	     "rate-limit"},
	    {"the first session is taken, the next connection lost",
	     HEALTHY DNS_OK "@mx1.example.com [192.0.2.25]:25\nmtu.session.outcome not-connected\nmtu.session.connect "
	                    "timeout\nmtu.session.stage connect\n",
	     "rate-limit"},
	    {"Sendmail takes a session, and then closes its port",
	     HEALTHY "smtp.server.software sendmail\n" DNS_OK
	             "@mx1.example.com [192.0.2.25]:25\nmtu.session.outcome not-connected\n"
	             "mtu.session.connect refused\nmtu.session.stage connect\n",
	     "overload-stress"},
	    {"a firewall refuses the second connection",
	     HEALTHY "smtp.server.software exim\n" DNS_OK
	             "@mx1.example.com [192.0.2.25]:25\nmtu.session.outcome not-connected\n"
	             "mtu.session.connect refused\nmtu.session.stage connect\n",
	     "rate-limit"},
	    {"the first session is taken, the next one is one too many",
	     HEALTHY DNS_OK "@mx1.example.com [192.0.2.25]:25\nmtu.session.outcome refused\nmtu.session.stage banner\n"
	                    "mtu.session.reply.code 421\nmtu.session.reply.class too-many-connections\n",
	     "too-many-connections-per-client"},
	    {"a reset in answer to STARTTLS",
	     "smtp.outcome reset\nsmtp.stage starttls\nsmtp.connect.outcome connected\nsmtp.tls.outcome failed\n"
	     "smtp.tls.fault reset\n" DNS_OK,
	     "firewall-smtp-inspection"},
	    {"what begins like TLS is dropped", NO_TLS("timeout") "smtp.tls.unacked 517B\n" DNS_OK,
	     "firewall-smtp-inspection"},
	    {"the server got our hello and says nothing", NO_TLS("timeout") "smtp.tls.unacked 0B\n" DNS_OK,
	     "pmtu-blackhole"},
	    {"stars in the banner", HEALTHY "smtp.banner.masked yes\n", "firewall-smtp-inspection"},
	    {"XXXX for STARTTLS", HEALTHY "smtp.ehlo.masked yes\nsmtp.starttls.offered no\n",
	     "firewall-smtp-inspection"},
	    {"the handshake ends in an alert", NO_TLS("other"), "tls-handshake-fail"},
	    {"garbage after STARTTLS", NO_TLS("not-tls"), "tls-handshake-fail"},
	    {"no common version", NO_TLS("version"), "tls-version-mismatch"},
	    {"no common cipher", NO_TLS("cipher"), "tls-version-mismatch"},
	    {"STARTTLS refused", HEALTHY "smtp.tls.outcome refused\n", "tls-handshake-fail"},
	    {"an endless reply", "smtp.outcome garbage\nsmtp.stage ehlo\nsmtp.protocol.fault endless-reply\n",
	     "protocol-violation"},
	};

	(void)state;
	EXPECT_FIRST(rows);
}

static void test_names(void **state)
{
	static const struct row rows[] = {
	    {"null MX", "@example.com\ndns.mx.status null\n" RESOLVER_OK, "null-mx"},
	    {"no such domain", "@example.com\ndns.mx.status nxdomain\n" RESOLVER_OK, "dns-misconfig"},
	    {"neither MX nor address", "@example.com\ndns.mx.status none\ndns.host.status none\n" RESOLVER_OK,
	     "dns-misconfig"},
	    {"SERVFAIL", "@example.com\ndns.mx.status servfail\n" RESOLVER_OK, "dns-failure"},
	    {"SERVFAIL, and the resolver has answered nothing else",
	     "@example.com\ndns.mx.status servfail\n"
	     "@self\ndns.first.state servfail\n@resolver [192.0.2.53]:53\ndns.resolver.state servfail\n",
	     "dns-failure"},
	    {"the MX host cannot be looked up",
	     "@example.com\ndns.mx.status ok\n@mx1.example.com\ndns.host.status timeout\n" RESOLVER_OK, "dns-failure"},
	    {"the MX is an alias", HEALTHY "@example.com\ndns.mx.status ok\n@mx1.example.com\ndns.host.status cname\n",
	     "dns-misconfig"},
	    {"the MX is an address", "@example.com\ndns.mx.status ok\n@192.0.2.25\ndns.host.status address\n",
	     "dns-misconfig"},
	    {"the second MX does not exist", HEALTHY DNS_OK "@mx2.example.com\ndns.host.status nxdomain\n",
	     "dns-misconfig"},
	    {"the MX host is everybody's own machine",
	     DNS_OK "@mx1.example.com [127.0.0.1]\ndns.mx.address loopback\n"
	            "@mx1.example.com [127.0.0.1]:25\n" NOT_CONNECTED("refused"),
	     "dns-misconfig"},
	    {"the MX host has a private address",
	     DNS_OK "@mx1.example.com [10.0.0.5]\ndns.mx.address private\n"
	            "@mx1.example.com [10.0.0.5]:25\n" NOT_CONNECTED("timeout"),
	     "dns-misconfig"},
	    {"a lame name server",
	     HEALTHY DNS_OK "@nameserver ns1.example.com [192.0.2.53]\ndns.ns.state lame\n"
	                    "@nameserver ns2.example.com [192.0.2.54]\ndns.ns.state answers\n",
	     "dns-misconfig"},
	    {"all name servers are lame",
	     "@example.com\ndns.mx.status servfail\n" RESOLVER_OK "@nameserver ns1.example.com [192.0.2.53]\n"
	     "dns.ns.state lame\n@nameserver ns2.example.com [192.0.2.54]\ndns.ns.state lame\n",
	     "dns-misconfig"},
	    {"the first resolver is dead",
	     HEALTHY DOMAIN_OK "@self\ndns.first.state silent\ndns.stub.delay 5.01s\n"
	                       "@resolver [192.0.2.53]:53\ndns.resolver.state silent\n",
	     "dns-slow-resolver"},
	    {"the first resolver is dead, mail goes to an address",
	     "@[192.0.2.25]:25\n" HEALTHY "@self\ndns.first.state silent\ndns.stub.delay 5.01s\n"
	     "@resolver [192.0.2.53]:53\ndns.resolver.state silent\n",
	     "dns-slow-resolver"},
	    {"the only line of resolv.conf has a name in it",
	     "@example.com\ndns.mx.status timeout\n@self\ndns.conf.fault no address\ndns.resolvers.count "
	     "1\ndns.resolvers.dead 1\n"
	     "dns.first.state unreachable\n@resolver [127.0.0.1]:53\ndns.resolver.state unreachable\n",
	     "dns-misconfig"},
	    {"resolv.conf has more than three name servers, and the first is dead",
	     "@example.com\ndns.mx.status ok\n@self\ndns.conf.fault more than three\ndns.resolvers.count "
	     "3\ndns.resolvers.dead 1\n"
	     "dns.first.state silent\ndns.stub.delay 5s\n@resolver [192.0.2.53]:53\ndns.resolver.state silent\n",
	     "dns-slow-resolver"},
	    {"all resolvers are dead",
	     "@example.com\ndns.mx.status timeout\n@self\ndns.first.state silent\n"
	     "dns.stub.delay 20s\n@resolver [192.0.2.53]:53\ndns.resolver.state silent\n",
	     "dns-slow-resolver"},
	    {"the resolver refuses us",
	     "@example.com\ndns.mx.status refused\n@self\ndns.first.state refused\n"
	     "@resolver [192.0.2.53]:53\ndns.resolver.state refused\n",
	     "dns-slow-resolver"},
	    {"the resolver takes 3 s",
	     HEALTHY DOMAIN_OK "@self\ndns.first.state answers\ndns.stub.delay 3s\n"
	                       "@resolver [192.0.2.53]:53\ndns.resolver.state answers\ndns.resolver.delay 3s\n",
	     "dns-slow-resolver"},
	};

	(void)state;
	EXPECT_FIRST(rows);
}

static void test_what_cannot_be_told_is_not_told(void **state)
{
	static const struct row rows[] = {
	    {"closed before the banner", "smtp.outcome closed\nsmtp.stage banner\nsmtp.connect.outcome connected\n",
	     "unknown"},
	    {"the run was cut", "smtp.outcome cut\nsmtp.stage ehlo\nsmtp.connect.outcome connected\n", "unknown"},
	    {"450 at MAIL for no reason", REFUSED("mail", "450", "other"), "unknown"},
	    {"nothing", "", "unknown"},
	};

	(void)state;
	EXPECT_FIRST(rows);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_looks_odd_and_is_healthy),
	    cmocka_unit_test(test_a_dead_name_server_and_a_sick_mail_host),
	    cmocka_unit_test(test_a_dead_name_server_that_nobody_needs),
	    cmocka_unit_test(test_replies_that_say_it),
	    cmocka_unit_test(test_late_banners),
	    cmocka_unit_test(test_slow_steps_and_stalls),
	    cmocka_unit_test(test_large_packets),
	    cmocka_unit_test(test_this_machine),
	    cmocka_unit_test(test_patience),
	    cmocka_unit_test(test_ways_and_ports),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_what_cannot_be_told_is_not_told),
	};

	return cmocka_run_group_tests_name("diagnose_causes", tests, set_up, tear_down);
}
