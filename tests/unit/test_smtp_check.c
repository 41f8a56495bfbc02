/* The smtp check against the demo server's scripted sessions: what each phase becomes, TLS, pipelining, silence. */
#include "base/xalloc.h"
#include "demo_peer.h"
#include "smtp_peer.h"
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

static struct case_file *probe_with(const char *scenario, double seconds, const struct settings *settings)
{
	struct demo_peer peer;
	char *text = xasprintf("smtp 127.0.0.1\n%s", scenario);

	demo_peer_start(&peer, text);
	free(text);
	struct case_file *c = smtp_check("127.0.0.1", peer.server.smtp_port, seconds, settings);
	demo_peer_stop(&peer);
	return c;
}

static struct case_file *probe(const char *scenario)
{
	return probe_with(scenario, 5, NULL);
}

static bool is_slow(void)
{
	const char *slow = getenv("SMTPDX_SLOW");

	return slow != NULL && slow[0] != '\0';
}

/* What the peer does takes as long as it is told to; on a busy machine everything takes a little more. */
static void expect_seconds(double is, double least, double most)
{
	assert_true(is_slow() || (is >= least && is <= most));
}

static void test_complete_session(void **state)
{
	(void)state;
	struct case_file *c = probe("host mx1.demo.test\n");
	expect_fact(c, "smtp.connect.outcome", "connected");
	expect_fact(c, "smtp.outcome", "complete");
	expect_fact(c, "smtp.stage", "body");
	expect_fact(c, "smtp.mode", "lock-step");
	expect_fact(c, "smtp.tls.mode", "none");
	expect_fact(c, "smtp.tls.outcome", "not-offered");
	expect_fact(c, "smtp.banner.name", "mx1.demo.test");
	expect_fact(c, "smtp.banner.protocol", "smtp");
	expect_fact(c, "smtp.ehlo.used", "ehlo");
	expect_fact(c, "smtp.ehlo.keywords", "PIPELINING, SIZE 10240000, ENHANCEDSTATUSCODES, 8BITMIME, DSN");
	expect_fact(c, "smtp.server.software", "postfix");
	expect_fact(c, "smtp.body.outcome", "accepted");
	assert_true(fact_flag(c, "smtp.pipelining.offered"));
	assert_false(fact_flag(c, "smtp.starttls.offered"));
	assert_false(fact_flag(c, "smtp.banner.masked"));
	assert_int_equal(fact_number(c, "smtp.size.limit"), 10240000);
	assert_int_equal(fact_number(c, "smtp.banner.code"), 220);
	assert_int_equal(fact_number(c, "smtp.ehlo.code"), 250);
	assert_int_equal(fact_number(c, "smtp.mail.code"), 250);
	assert_int_equal(fact_number(c, "smtp.rcpt.code"), 250);
	assert_int_equal(fact_number(c, "smtp.data.code"), 354);
	assert_true(fact_number(c, "smtp.body.bytes") >= 16000);
	assert_int_equal(fact_number(c, "smtp.body.unacked"), 0);
	assert_true(fact_number(c, "tcp.mss") > 500);
	expect_no_fact(c, "smtp.reply.code");
	expect_no_fact(c, "smtp.delivered");
	assert_int_equal(lines_said(c, LINE_OUT, "MAIL FROM:<>"), 1);
	assert_int_equal(lines_said(c, LINE_OUT, "RCPT TO:<postmaster@mx1.demo.test>"), 1);
	assert_int_equal(lines_said(c, LINE_OUT, "."), 0);    /* nothing is delivered */
	assert_int_equal(lines_said(c, LINE_OUT, "QUIT"), 0); /* it would become message text */
	case_free(c);
}

static void test_recipients_are_guessed_until_one_exists(void **state)
{
	(void)state;
	struct case_file *c = probe("host mx1.demo.test\nrcpt first 1 reply \"550 5.1.1 User unknown\"\n"
	                            "rcpt reply \"250 2.1.5 Ok\"\n");
	expect_fact(c, "smtp.outcome", "complete");
	assert_true(fact_flag(c, "smtp.rcpt.guessed"));
	assert_int_equal(fact_number(c, "smtp.rcpt.code"), 250);
	assert_int_equal(lines_said(c, LINE_OUT, "RCPT TO:<postmaster@mx1.demo.test>"), 1);
	assert_int_equal(lines_said(c, LINE_OUT, "RCPT TO:<postmaster@demo.test>"), 1);
	assert_int_equal(lines_said(c, LINE_OUT, "RCPT TO:<postmaster>"), 0);
	case_free(c);

	/* What is not about the recipient is the answer, whoever is named. */
	c = probe("host mx1.demo.test\nrcpt first 1 reply \"450 4.2.0 Greylisted, come back later\"\n");
	expect_fact(c, "smtp.outcome", "refused");
	assert_int_equal(fact_number(c, "smtp.rcpt.code"), 450);
	case_free(c);

	c = probe("host mx1.demo.test\nrcpt reply \"550 5.1.1 User unknown\"\n");
	expect_fact(c, "smtp.outcome", "refused");
	assert_int_equal(lines_said(c, LINE_OUT, "RCPT TO:<postmaster>"), 1);
	case_free(c);
}

static void test_a_web_server_is_known_by_its_answer(void **state)
{
	(void)state;
	/* Three connections within the time allowed, which under valgrind takes longer. */
	struct case_file *c =
	    probe_with("banner wait bytes \"HTTP/1.1 400 Bad Request\\r\\n\\r\\n\" close\n", is_slow() ? 15 : 3, NULL);
	expect_fact(c, "smtp.banner.protocol", "http");
	case_free(c);
}

static void test_each_delay_is_its_own(void **state)
{
	(void)state;
	struct case_file *c = probe("banner delay 300ms reply \"220 {host} ESMTP\"\n"
	                            "rcpt delay 200ms reply \"250 2.1.5 Ok\"\n"
	                            "data delay 100ms reply \"354 go\"\n");
	expect_seconds(fact_number(c, "smtp.banner.delay"), 0.29, 0.4);
	expect_seconds(fact_number(c, "smtp.banner.first"), 0.29, 0.4);
	expect_seconds(fact_number(c, "smtp.ehlo.delay"), 0, 0.05);
	expect_seconds(fact_number(c, "smtp.mail.delay"), 0, 0.05);
	expect_seconds(fact_number(c, "smtp.rcpt.delay"), 0.19, 0.3);
	expect_seconds(fact_number(c, "smtp.data.delay"), 0.09, 0.2);
	expect_fact(c, "smtp.outcome", "complete");
	case_free(c);
}

static void test_closed_port(void **state)
{
	(void)state;
	struct case_file *c = probe("closed\n");
	expect_fact(c, "smtp.connect.outcome", "refused");
	expect_fact(c, "smtp.outcome", "not-connected");
	expect_fact(c, "smtp.stage", "connect");
	assert_true(strlen(fact_text(c, "smtp.connect.error")) > 5);
	expect_no_fact(c, "smtp.connect.delay");
	expect_no_fact(c, "tcp.mss"); /* there was no connection to have one */
	case_free(c);
}

static void test_filtered_port(void **state)
{
	(void)state;
	struct case_file *c = probe_with("filtered\n", 0.7, NULL);
	expect_fact(c, "smtp.connect.outcome", "timeout");
	expect_fact(c, "smtp.outcome", "not-connected");
	expect_seconds(fact_number(c, "smtp.waited"), 0.5, 1);
	case_free(c);
}

static void test_ipv6(void **state)
{
	char helo[] = "client.demo.test", name[256] = "";
	const struct settings settings = {.helo = helo};
	struct demo_peer peer;

	(void)state;
	demo_peer_start(&peer, "smtp ::1\n");
	struct case_file *c = smtp_check("[::1]", peer.server.smtp_port, 5, NULL);
	expect_fact(c, "smtp.outcome", "complete");
	if (gethostname(name, sizeof name - 1) == 0 &&
	    strchr(name, '.') == NULL) /* a full name would be said instead */
		assert_int_equal(lines_said(c, LINE_OUT, "EHLO [IPv6:::1]"), 1);
	case_free(c);
	c = smtp_check("[::1]", peer.server.smtp_port, 5, &settings);
	assert_int_equal(lines_said(c, LINE_OUT, "EHLO client.demo.test"), 1);
	case_free(c);
	demo_peer_stop(&peer);
}

static void test_ehlo_refused_falls_back_to_helo(void **state)
{
	(void)state;
	struct case_file *c = probe("ehlo reply \"502 5.5.2 not here\"\n");
	expect_fact(c, "smtp.ehlo.used", "helo");
	assert_int_equal(fact_number(c, "smtp.ehlo.code"), 250);
	expect_no_fact(c, "smtp.ehlo.keywords");
	expect_fact(c, "smtp.outcome", "complete");
	case_free(c);
}

static void test_ehlo_and_helo_refused(void **state)
{
	(void)state;
	struct case_file *c = probe("ehlo reply \"502 5.5.2 not here\"\nhelo reply \"550 5.7.1 go away\"\n");
	expect_fact(c, "smtp.outcome", "refused");
	expect_fact(c, "smtp.stage", "ehlo");
	assert_int_equal(fact_number(c, "smtp.reply.code"), 550);
	assert_int_equal(lines_said(c, LINE_OUT, "QUIT"), 1);
	case_free(c);
}

static void test_masked_by_a_firewall(void **state)
{
	(void)state;
	struct case_file *c = probe("banner reply \"220 ****************2****0*****\"\n"
	                            "ehlo reply \"250-{host}\" \"250-XXXXXXXA\" \"250-XXXXXXXX\" \"250 DSN\"\n");
	assert_true(fact_flag(c, "smtp.banner.masked"));
	assert_true(fact_flag(c, "smtp.ehlo.masked"));
	expect_no_fact(c, "smtp.banner.name");
	case_free(c);
}

/* --- STARTTLS */

#define OFFER "ehlo reply \"250-{host}\" \"250 STARTTLS\"\n"

static void test_starttls_refused(void **state)
{
	(void)state;
	struct case_file *c = probe(OFFER "starttls reply \"454 4.7.0 TLS not available due to local problem\"\n");
	assert_true(fact_flag(c, "smtp.starttls.offered"));
	expect_fact(c, "smtp.tls.outcome", "refused");
	expect_fact(c, "smtp.tls.mode", "none");
	assert_int_equal(fact_number(c, "smtp.starttls.code"), 454);
	expect_fact(c, "smtp.outcome", "complete");
	case_free(c);
}

static void test_handshakes_that_fail(void **state)
{
	static const struct {
		const char *deed, *fault;
	} handshakes[] = {
	    {"wait bytes \"\\x15\\x03\\x03\\x00\\x02\\x02\\x46\" close", "version"},
	    {"wait bytes \"\\x15\\x03\\x03\\x00\\x02\\x02\\x28\" close", "cipher"},
	    {"wait bytes \"\\x15\\x03\\x03\\x00\\x02\\x02\\x47\" close", "cipher"},
	    {"wait bytes \"500 5.5.2 what was that?\\r\\n\" close", "not-tls"},
	    {"wait close", "closed"},
	    {"reset", "reset"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof handshakes / sizeof handshakes[0]; i++) {
		char *scenario = xasprintf(OFFER "starttls reply \"220 go ahead\" %s\n", handshakes[i].deed);
		struct case_file *c = probe(scenario);
		expect_fact(c, "smtp.tls.outcome", "failed");
		expect_fact(c, "smtp.tls.fault", handshakes[i].fault);
		expect_fact(c, "smtp.tls.mode", "none");
		expect_fact(c, "smtp.outcome", "complete"); /* measured in plain text, on a second connection */
		assert_int_equal(lines_said(c, LINE_OUT, "STARTTLS"), 1);
		case_free(c);
		free(scenario);
	}
}

static void test_handshake_that_never_comes(void **state)
{
	(void)state;
	struct case_file *c = probe_with(OFFER "starttls reply \"220 go ahead\" silent\n", 1, NULL);
	expect_fact(c, "smtp.tls.outcome", "failed");
	expect_fact(c, "smtp.tls.fault", "timeout");
	expect_fact(c, "smtp.tls.error", "the handshake never went on");
	assert_int_equal(fact_number(c, "smtp.tls.unacked"), 0);
	case_free(c);
}

static void test_starttls_that_is_answered_by_a_reset(void **state)
{
	(void)state;
	struct case_file *c = probe(OFFER "starttls reset\n");
	expect_fact(c, "smtp.outcome", "reset");
	expect_fact(c, "smtp.stage", "starttls");
	expect_fact(c, "smtp.tls.outcome", "failed");
	expect_fact(c, "smtp.tls.error", "the session was reset when STARTTLS was said");
	case_free(c);
}

/* --- pipelining */

static void test_pipelining(void **state)
{
	const struct settings settings = {.pipelining = true};

	(void)state;
	struct case_file *c = probe_with("data delay 200ms reply \"354 go\"\n", 5, &settings);
	expect_fact(c, "smtp.mode", "pipelining");
	expect_fact(c, "smtp.outcome", "complete");
	expect_seconds(fact_number(c, "smtp.mail.delay"), 0, 0.1);
	expect_seconds(fact_number(c, "smtp.data.delay"), 0.19, 0.3);
	case_free(c);
}

static void test_pipelining_with_a_refusal(void **state)
{
	const struct settings settings = {.pipelining = true};

	(void)state;
	struct case_file *c = probe_with("rcpt reply \"554 5.7.1 Relay access denied\"\n", 5, &settings);
	expect_fact(c, "smtp.outcome", "refused");
	expect_fact(c, "smtp.stage", "rcpt");
	expect_fact(c, "smtp.reply.class", "relaying");
	assert_int_equal(lines_said(c, LINE_OUT, "QUIT"), 0); /* DATA is under way: it might become message text */
	case_free(c);
}

static void test_pipelining_not_offered(void **state)
{
	const struct settings settings = {.pipelining = true};

	(void)state;
	struct case_file *c = probe_with("ehlo reply \"250 {host}\"\n", 5, &settings);
	expect_fact(c, "smtp.mode", "lock-step");
	expect_fact(c, "smtp.outcome", "complete");
	case_free(c);
}

/* --- silence */

static void test_patience_after_every_phase(void **state)
{
	static const char *const phases[] = {"banner", "ehlo", "starttls", "mail", "rcpt", "data", "body"};

	(void)state;
	for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
		char phase[16];
		snprintf(phase, sizeof phase, "%s", phases[i]);
		const struct settings settings = {.idle = phase, .yes = true};
		struct case_file *c =
		    probe_with(OFFER "starttls reply \"220 go ahead\"\n"
		                     "idle 400ms reply \"421 4.4.2 {host} Error: timeout exceeded\" close\n",
		               5, &settings);
		expect_fact(c, "smtp.patience.phase", phases[i]);
		expect_fact(c, "smtp.patience.end", "reply");
		expect_seconds(fact_number(c, "smtp.patience"), 0.38, 3);
		expect_fact(c, "smtp.outcome", "refused");
		expect_fact(c, "smtp.stage", phases[i]);
		assert_int_equal(fact_number(c, "smtp.reply.code"), 421);
		expect_fact(c, "smtp.reply.class", "idle-timeout");
		case_free(c);
	}
}

static void test_patience_ends_without_a_word(void **state)
{
	char phase[] = "data";
	const struct settings settings = {.idle = phase, .yes = true};
	const double timeout = is_slow() ? 4 : 0.9;

	(void)state;
	struct case_file *c = probe_with("idle 300ms close\n", 5, &settings);
	expect_fact(c, "smtp.patience.end", "closed");
	expect_fact(c, "smtp.outcome", "closed");
	case_free(c);

	c = probe_with("idle 300ms reset\n", 5, &settings);
	expect_fact(c, "smtp.patience.end", "reset");
	case_free(c);

	c = probe_with("idle 60s close\n", timeout, &settings);
	expect_fact(c, "smtp.patience.end", "outlasted");
	expect_fact(c, "smtp.outcome", "cut");
	if (!is_slow())
		expect_seconds(fact_number(c, "smtp.patience"), 0.2, 3);
	assert_int_equal(lines_said(c, LINE_OUT, "QUIT"), 0); /* within DATA it would be message text */
	case_free(c);

	snprintf(phase, sizeof phase, "mail");
	c = probe_with("idle 60s close\n", timeout, &settings);
	expect_fact(c, "smtp.patience.end", "outlasted");
	assert_int_equal(lines_said(c, LINE_OUT, "QUIT"), 1);
	case_free(c);
}

/* --- what is not done unasked */

static enum check_status status_of(const struct settings *settings, char text[static 512])
{
	struct target target;
	struct err err = {""};
	struct emit *e = emit_new("smtp", NULL, NULL);

	assert_int_equal(target_parse("127.0.0.1:9", &target, &err), 0);
	enum check_status status = check_smtp.run(&target, settings, 0, e, &err);
	snprintf(text, 512, "%s", err.text);
	target_done(&target);
	emit_free(e);
	return status;
}

static void test_consent(void **state)
{
	char idle[] = "data", why[512];
	const struct settings silent = {.idle = idle}, deliver = {.deliver = true};

	(void)state;
	assert_int_equal(status_of(&silent, why), CHECK_NOT_TESTED);
	assert_non_null(strstr(why, "smtpdx check 127.0.0.1:9 --only smtp --idle data --yes"));
	assert_int_equal(status_of(&deliver, why), CHECK_NOT_TESTED);
	assert_non_null(strstr(why, "--rcpt"));
}

static void test_deliver(void **state)
{
	char rcpt[] = "me@demo.test", from[] = "you@demo.test";
	const struct settings settings = {.deliver = true, .rcpt = rcpt, .from = from};

	(void)state;
	struct case_file *c = probe_with("end delay 200ms reply \"250 2.0.0 Ok: queued\"\n", 5, &settings);
	expect_fact(c, "smtp.outcome", "complete");
	expect_fact(c, "smtp.stage", "end");
	assert_true(fact_flag(c, "smtp.delivered"));
	expect_seconds(fact_number(c, "smtp.end.delay"), 0.19, 0.3);
	assert_int_equal(lines_said(c, LINE_OUT, "MAIL FROM:<you@demo.test>"), 1);
	assert_int_equal(lines_said(c, LINE_OUT, "RCPT TO:<me@demo.test>"), 1);
	assert_int_equal(fact_number(c, "smtp.quit.code"), 221);
	case_free(c);
}

static void test_small_size_limit_is_kept(void **state)
{
	char nobody[] = "<>";

	(void)state;
	struct case_file *c =
	    probe_with("ehlo reply \"250-{host}\" \"250 SIZE 2000\"\n", 5, &(struct settings){.from = nobody});
	assert_int_equal(lines_said(c, LINE_OUT, "MAIL FROM:<>"), 1);
	assert_true(fact_number(c, "smtp.body.bytes") <= 2000);
	expect_fact(c, "smtp.outcome", "complete");
	case_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_complete_session),
	    cmocka_unit_test(test_recipients_are_guessed_until_one_exists),
	    cmocka_unit_test(test_a_web_server_is_known_by_its_answer),
	    cmocka_unit_test(test_each_delay_is_its_own),
	    cmocka_unit_test(test_closed_port),
	    cmocka_unit_test(test_filtered_port),
	    cmocka_unit_test(test_ipv6),
	    cmocka_unit_test(test_ehlo_refused_falls_back_to_helo),
	    cmocka_unit_test(test_ehlo_and_helo_refused),
	    cmocka_unit_test(test_masked_by_a_firewall),
	    cmocka_unit_test(test_starttls_refused),
	    cmocka_unit_test(test_handshakes_that_fail),
	    cmocka_unit_test(test_handshake_that_never_comes),
	    cmocka_unit_test(test_starttls_that_is_answered_by_a_reset),
	    cmocka_unit_test(test_pipelining),
	    cmocka_unit_test(test_pipelining_with_a_refusal),
	    cmocka_unit_test(test_pipelining_not_offered),
	    cmocka_unit_test(test_patience_after_every_phase),
	    cmocka_unit_test(test_patience_ends_without_a_word),
	    cmocka_unit_test(test_consent),
	    cmocka_unit_test(test_deliver),
	    cmocka_unit_test(test_small_size_limit_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
