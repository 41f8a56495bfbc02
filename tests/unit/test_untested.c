/*
 * untested: which checks could still tell something of a cause, and which could not.
 */
#include "unit.h"

#include "diagnose/untested.h"
#include "evidence.h"

#include <stdio.h>

static const char text[] =
    "cause: x\ntitle: t\nprior: 0\n"
    "support +30 mtu.full = stall and smtp.outcome = refused\n  s\n"
    "against -20 mtu.full = pass\n  s\n"
    "support +25 smtp.patience >= 10s\n  s\n"
    "support +15 limit.rate.outcome = refused or log.lines exists\n  s\n"
    "support +40 mtu.full = stall and log.lines exists\n  s\n"        /* two checks: nobody alone can tell */
    "support +50 mtu.full = stall and smtp.outcome = complete\n  s\n" /* not any more */
    "support +5 smtp.patience = 9s\n  s\n"                            /* too light */
    "support +11 host.load.share > 90%\n  s\n"                        /* of this machine, which is no mail host */
    "why\n  w\n";

static void expect_about(struct case_file *c, const char *subject, const char *expected)
{
	struct untested found[UNTESTED_MAX];
	struct cause cause;
	char all[300] = "";

	assert_int_equal(cause_parse("x", text, &cause, NULL), 0);
	const size_t count = untested_find(c, &cause, subject, found);
	for (size_t i = 0; i < count; i++)
		snprintf(all + strlen(all), sizeof all - strlen(all), "%s %.0f %.0f; ", found[i].test, found[i].support,
		         found[i].against);
	assert_string_equal(all, expected);
	cause_done(&cause);
	case_free(c);
}

static void expect_found(struct case_file *c, const char *expected)
{
	expect_about(c, EVIDENCE_ENDPOINT, expected);
}

static struct case_file *probed(const char *facts)
{
	struct case_file *c = evidence_case(EVIDENCE_TARGET, facts);

	case_add_check(c, "smtp", EVIDENCE_ENDPOINT, CHECK_DONE, 1, NULL);
	return c;
}

static void what_could_weigh_is_found(void **state)
{
	(void)state;
	expect_found(
	    probed("smtp.outcome refused\nsmtp.connect.outcome connected\nsmtp.data.delay 1s\nsmtp.stage body"),
	    "mtu 30 -20; smtp --idle data 25 0; limit --rate 15 0; log 15 0; ");
}

static void the_silence_begins_where_the_session_got_to(void **state)
{
	(void)state;
	expect_found(probed("smtp.outcome complete\nsmtp.connect.outcome connected\nsmtp.stage rcpt"),
	             "mtu 50 -20; smtp --idle ehlo 25 0; limit --rate 15 0; log 15 0; ");
}

static void without_a_connection_nothing_is_tested(void **state)
{
	(void)state;
	expect_found(probed("smtp.outcome not-connected\nsmtp.connect.outcome refused"), "log 15 0; ");
}

static void what_has_run_is_not_offered(void **state)
{
	(void)state;
	struct case_file *c = probed("smtp.outcome refused\nsmtp.patience 5s\nlimit.rate.outcome all-taken");
	case_add_check(c, "mtu", EVIDENCE_ENDPOINT, CHECK_NOT_APPLICABLE, 0, "this machine itself");
	case_add_check(c, "log", EVIDENCE_TARGET, CHECK_DONE, 0, NULL);
	expect_found(c, "");
}

static void this_machine_is_asked_about_itself(void **state)
{
	(void)state;
	expect_about(probed("smtp.outcome refused\nsmtp.connect.outcome connected\n@self\ndns.resolvers.count 1"),
	             "self", "host 11 0; ");
}

static void what_failed_can_be_tried_again(void **state)
{
	(void)state;
	struct case_file *c = probed("smtp.outcome refused\nsmtp.patience 5s\nlimit.rate.outcome all-taken");
	case_add_check(c, "mtu", EVIDENCE_ENDPOINT, CHECK_FAILED, 0, "it crashed");
	case_add_check(c, "mtu", "mx2.example.com [192.0.2.26]:25", CHECK_DONE, 0, NULL); /* another server */
	expect_found(c, "mtu 30 -20; log 15 0; ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_could_weigh_is_found),
	    cmocka_unit_test(the_silence_begins_where_the_session_got_to),
	    cmocka_unit_test(without_a_connection_nothing_is_tested),
	    cmocka_unit_test(what_has_run_is_not_offered),
	    cmocka_unit_test(this_machine_is_asked_about_itself),
	    cmocka_unit_test(what_failed_can_be_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
