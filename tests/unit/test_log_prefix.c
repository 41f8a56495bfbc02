/* Whatever stands before a message must be told from it: stamps with their year and zone, containers, hosts, programs. */
#include "log/prefix.h"

#include "unit.h"

#include <math.h>
#include <stdio.h>

#define ANCHOR 1775000000   /* 2026-03-31 23:33:20 UTC */
#define MARCH1 1772359200.0 /* 2026-03-01 10:00:00 UTC */

static struct log_clock make_clock(const char *zone)
{
	struct log_clock clock;

	setenv("TZ", zone, 1);
	tzset();
	log_clock_init(&clock, ANCHOR);
	return clock;
}

static void prefixes_are_recognised(void **state)
{
	static const struct {
		const char *line;
		double time;
		const char *host, *program;
		long pid;
		const char *message;
	} cases[] = {
	    {"Mar  1 10:00:00 mx postfix/smtpd[12]: hello", MARCH1, "mx", "postfix/smtpd", 12, "hello"},
	    {"Mar 01 10:00:00 mx postfix/smtpd[12]: hello", MARCH1, "mx", "postfix/smtpd", 12, "hello"},
	    {"<22>Mar  1 10:00:00 mx postfix/smtpd[12]: hello", MARCH1, "mx", "postfix/smtpd", 12, "hello"},
	    {"Mar  1 10:00:00 mx mail.info postfix/smtpd[12]: hello", MARCH1, "mx", "postfix/smtpd", 12, "hello"},
	    {"Mar  1 10:00:00 mx sendmail[12]: [ID 801593 mail.info] hello", MARCH1, "mx", "sendmail", 12, "hello"},
	    {"2026-03-01T10:00:00.250+00:00 mx postfix/smtpd[12]: hello", MARCH1 + 0.25, "mx", "postfix/smtpd", 12,
	     "hello"},
	    {"2026-03-01T11:00:00+01:00 mx postfix/smtpd[12]: hello", MARCH1, "mx", "postfix/smtpd", 12, "hello"},
	    {"2026-03-01T10:00:00Z mx postfix/smtpd[12]: hello", MARCH1, "mx", "postfix/smtpd", 12, "hello"},
	    {"<22>1 2026-03-01T10:00:00Z mx postfix/smtpd 12 - - hello", MARCH1, "mx", "postfix/smtpd", 12, "hello"},
	    {"<22>1 2026-03-01T10:00:00Z mx postfix/smtpd 12 - [x@1 y=\"z\"] hello", MARCH1, "mx", "postfix/smtpd", 12,
	     "hello"},
	    {"<22>1 2026-03-01T10:00:00Z mx postfix/smtpd 12 - [x@1 cut", MARCH1, "mx", "postfix/smtpd", 12, ""},
	    {"2026-03-01 10:00:00 hello there", MARCH1, "", "", -1, "hello there"},
	    {"2026-03-01 10:00:00 Warning: purging the environment", MARCH1, "", "", -1,
	     "Warning: purging the environment"},
	    {"2026-03-01 10:00:00.500 [77] hello", MARCH1 + 0.5, "", "", -1, "hello"},
	    {"2026-03-01 11:00:00 +0100 [77] hello", MARCH1, "", "", -1, "hello"},
	    {"mail-1  | Mar  1 10:00:00 mx postfix/smtpd[12]: hello", MARCH1, "mx", "postfix/smtpd", 12, "hello"},
	    {"mail.log.1:Mar  1 10:00:00 mx postfix/smtpd[12]: hello", MARCH1, "mx", "postfix/smtpd", 12, "hello"},
	    {"2026-03-01T10:00:00.123456789Z stdout F Mar  1 09:00:00 mx postfix/smtpd[12]: hello",
	     MARCH1 + 0.123456789, "mx", "postfix/smtpd", 12, "hello"},
	    {"{\"log\":\"Mar  1 10:00:00 mx postfix/smtpd[12]: \\u003chello\\u003e\\n\",\"stream\":\"stdout\"}", MARCH1,
	     "mx", "postfix/smtpd", 12, "<hello>"},
	    {"{\"log\":\"postfix/smtpd[12]: hello\\n\",\"stream\":\"stdout\",\"time\":\"2026-03-01T10:00:00.5Z\"}",
	     MARCH1 + 0.5, "", "postfix/smtpd", 12, "hello"},
	    {"{ \"__REALTIME_TIMESTAMP\" : \"1772359200500000\", \"_HOSTNAME\" : \"mx\", \"SYSLOG_IDENTIFIER\" : "
	     "\"postfix/smtpd\", "
	     "\"_PID\" : \"12\", \"MESSAGE\" : \"say \\\"hello\\\"\" }",
	     MARCH1 + 0.5, "mx", "postfix/smtpd", 12, "say \"hello\""},
	    {"postfix/smtpd[12]: hello", NAN, "", "postfix/smtpd", 12, "hello"},
	    {"mx postfix/smtpd[12]: hello", NAN, "mx", "postfix/smtpd", 12, "hello"},
	    {"postfix/smtpd[xxxx]: hello", NAN, "", "postfix/smtpd", -1, "hello"},
	    {"no prefix at all", NAN, "", "", -1, "no prefix at all"},
	    {"", NAN, "", "", -1, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct log_clock clock = make_clock("UTC");
		const struct slice line = {.at = cases[i].line, .size = strlen(cases[i].line)};
		struct log_prefix p;

		log_prefix_parse(&clock, line, &p);
		if (isnan(cases[i].time) ? !isnan(p.time) : !(fabs(p.time - cases[i].time) < 1e-4))
			fail_msg("%s: time %.3f, expected %.3f", cases[i].line, p.time, cases[i].time);
		if (!slice_is(p.host, cases[i].host) || !slice_is(p.program, cases[i].program) ||
		    p.pid != cases[i].pid || !slice_is(p.message, cases[i].message))
			fail_msg("%s: host \"%.*s\", program \"%.*s\", pid %ld, message \"%.*s\"", cases[i].line,
			         (int)p.host.size, p.host.at, (int)p.program.size, p.program.at, p.pid,
			         (int)p.message.size, p.message.at);
	}
}

static double time_of(struct log_clock *clock, const char *stamp)
{
	char line[80];
	struct log_prefix p;

	snprintf(line, sizeof line, "%s mx postfix/smtpd[1]: x", stamp);
	log_prefix_parse(clock, (struct slice){.at = line, .size = strlen(line)}, &p);
	return p.time;
}

static void years_follow_from_the_anchor(void **state)
{
	struct log_clock clock = make_clock("UTC");

	(void)state;
	/* The file ends in March 2026, so November was in 2025; then the year turns. */
	assert_true(fabs(time_of(&clock, "Nov 30 00:00:00") - 1764460800) < 1e-6);
	assert_true(fabs(time_of(&clock, "Dec 31 23:59:59") - 1767225599) < 1e-6);
	assert_true(fabs(time_of(&clock, "Jan  1 00:00:00") - 1767225600) < 1e-6);
	assert_true(fabs(time_of(&clock, "Dec 31 23:59:59") - 1767225599) < 1e-6); /* a line that came late */
	assert_true(fabs(time_of(&clock, "Mar  1 10:00:00") - MARCH1) < 1e-6);
}

static void stamps_without_a_zone_are_local(void **state)
{
	struct log_clock clock = make_clock("CET-1CEST,M3.5.0,M10.5.0/3");

	(void)state;
	assert_true(fabs(time_of(&clock, "Mar  1 11:00:00") - MARCH1) < 1e-6);
	assert_true(fabs(time_of(&clock, "Mar  1 11:00:01") - MARCH1 - 1) < 1e-6);
	/* Summer time began on the 29th at two. */
	assert_true(fabs(time_of(&clock, "Mar 29 01:59:59") - 1774745999) < 1e-6);
	assert_true(fabs(time_of(&clock, "Mar 29 03:00:00") - 1774746000) < 1e-6);
	assert_true(fabs(time_of(&clock, "2026-03-01T10:00:00+00:00") - MARCH1) < 1e-6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(prefixes_are_recognised),
	    cmocka_unit_test(years_follow_from_the_anchor),
	    cmocka_unit_test(stamps_without_a_zone_are_local),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
