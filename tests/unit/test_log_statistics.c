/* Samples, tests of significance, time buckets and changes must say what a statistician would. */
#include "log/history.h"
#include "log/sample.h"
#include "log/timers.h"
#include "log/when.h"

#include "unit.h"

#include <math.h>
#include <stdio.h>

static void expect_near(double got, double expected, double within)
{
	if (!(fabs(got - expected) <= within))
		fail_msg("%g, expected %g", got, expected);
}

static struct sample sample_of(const double *values, size_t count)
{
	struct sample sample = {.count = 0};

	for (size_t i = 0; i < count; i++)
		sample_add(&sample, values[i]);
	return sample;
}

#define SAMPLE(...) sample_of((const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static void quantiles_are_those_of_all_values(void **state)
{
	struct sample sample = {.count = 0};

	(void)state;
	assert_true(isnan(sample_quantile(&sample, 0.5)));
	for (int i = 1; i <= 5; i++)
		sample_add(&sample, i);
	expect_near(sample_quantile(&sample, 0), 1, 0);
	expect_near(sample_quantile(&sample, 0.5), 3, 0);
	expect_near(sample_quantile(&sample, 1), 5, 0);
	expect_near(sample_quantile(&sample, 0.125), 1.5, 1e-6);
	/* Of a hundred thousand values a few are kept, from all over. */
	for (int i = 6; i <= 100000; i++)
		sample_add(&sample, i);
	assert_int_equal(sample.count, 100000);
	expect_near((double)sample.largest, 100000, 0);
	expect_near(sample_quantile(&sample, 0.5), 50000, 25000);
}

static void larger_values_are_told_from_accidents(void **state)
{
	const struct sample small = SAMPLE(1, 2, 3, 4, 5), large = SAMPLE(10, 11, 12);
	const struct sample same = SAMPLE(7, 7, 7), empty = {.count = 0};
	struct sample many_small = {.count = 0}, many_large = {.count = 0};

	(void)state;
	/* All three larger than all five: one of 8! / (3! 5!) = 56 orders. */
	expect_near(sample_larger(&large, &small), 1.0 / 56, 1e-9);
	expect_near(sample_larger(&small, &large), 1, 1e-9);
	/* Two against two, one pair swapped: U is at least 3 in two of six orders. */
	const struct sample a = SAMPLE(2, 4), b = SAMPLE(1, 3);
	expect_near(sample_larger(&a, &b), 2.0 / 6, 1e-9);
	expect_near(sample_larger(&same, &same), 1, 0); /* nothing to compare */
	expect_near(sample_larger(&empty, &small), 1, 0);
	expect_near(sample_larger(&small, &empty), 1, 0);
	for (int i = 0; i < 30; i++) {
		sample_add(&many_small, 1000 + i % 7);
		sample_add(&many_large, 1003 + i % 7);
	}
	assert_true(sample_larger(&many_large, &many_small) < 1e-4);
	assert_true(sample_larger(&many_small, &many_large) > 0.99);
}

static double total_of(const struct history *h, enum history_row row)
{
	double total = 0;

	for (size_t i = 0; i < h->count; i++)
		total += h->rows[row][i];
	return total;
}

static void buckets_grow_and_lose_nothing(void **state)
{
	static struct history h;
	const double start = 1772359200;

	(void)state;
	h = (struct history){.count = 0};
	history_add(&h, HISTORY_SESSIONS, start);
	expect_near(history_step(&h), 1, 0);
	for (int i = 1; i < 2000; i++)
		history_add(&h, HISTORY_SESSIONS, start + i * 43.2);
	history_add(&h, HISTORY_SESSIONS, start - 3600); /* a line that came late */
	history_add(&h, HISTORY_SESSIONS, NAN);
	expect_near(total_of(&h, HISTORY_SESSIONS), 2001, 0);
	expect_near(history_step(&h), 300, 0); /* a day in at most 512 buckets */
	assert_true(h.count <= HISTORY_MAX);
	assert_true(history_start(&h) <= start - 3600 && history_start(&h) > start - 3600 - 300);
	history_add(&h, HISTORY_TROUBLES, 0); /* 1970: a clock that was not set */
	expect_near(total_of(&h, HISTORY_SESSIONS), 2001, 0);
	assert_true(h.count <= HISTORY_MAX);
}

/* A day with a session every 20 s, and troubles as `trouble` says. */
static struct change course_of(bool (*trouble)(int second, int number), int busy_from, int busy_to)
{
	static struct history h;
	int number = 0;

	h = (struct history){.count = 0};
	for (int second = 0; second < 86400; second += second >= busy_from && second < busy_to ? 2 : 20) {
		history_add(&h, HISTORY_SESSIONS, 1772323200 + second);
		if (trouble(second, number++))
			history_add(&h, HISTORY_TROUBLES, 1772323200 + second);
	}
	return history_change(&h);
}

static bool all_day(int second, int number)
{
	(void)second;
	return number % 50 == 0;
}

static bool from_noon_on(int second, int number)
{
	return second >= 43200 && number % 10 == 0;
}

static bool until_noon(int second, int number)
{
	return second < 43200 && number % 10 == 0;
}

static bool five_times(int second, int number)
{
	(void)second;
	return number % 1000 == 0;
}

static bool under_load(int second, int number)
{
	return second >= 36000 && second < 43200 ? number % 10 == 0 : number % 400 == 0;
}

static void the_course_of_troubles_is_told(void **state)
{
	(void)state;
	assert_int_equal(course_of(five_times, 0, 0).course, COURSE_TOO_FEW);
	assert_int_equal(course_of(all_day, 0, 0).course, COURSE_STEADY);
	assert_int_equal(course_of(all_day, 36000, 43200).course, COURSE_STEADY); /* more of both under load */
	struct change change = course_of(from_noon_on, 0, 0);
	assert_int_equal(change.course, COURSE_BEGAN);
	expect_near(change.at, 1772323200 + 43200, 600);
	assert_true(change.factor > 50);
	assert_int_equal(course_of(until_noon, 0, 0).course, COURSE_ENDED);
	change = course_of(under_load, 36000, 43200);
	assert_int_equal(change.course, COURSE_WITH_LOAD);
	assert_true(change.factor > 10);
}

static void timers_are_recognised(void **state)
{
	(void)state;
	expect_near(timer_value(300), 300, 0);
	expect_near(timer_value(299.2), 300, 0); /* stamps are cut to seconds */
	expect_near(timer_value(304), 300, 0);
	expect_near(timer_value(61), 60, 0);
	expect_near(timer_value(10), 10, 0);
	expect_near(timer_value(600.3), 600, 0);
	expect_near(timer_value(75), 0, 0);
	expect_near(timer_value(0), 0, 0);
	assert_string_equal(timer_find(LOG_POSTFIX, LOG_IN, PHASE_BODY)->setting, "smtpd_timeout");
	assert_string_equal(timer_find(LOG_POSTFIX, LOG_OUT, PHASE_END)->setting, "smtp_data_done_timeout");
	assert_string_equal(timer_find(LOG_EXIM, LOG_OUT, PHASE_RCPT)->setting, "command_timeout");
	assert_null(timer_find(LOG_OPENSMTPD, LOG_IN, PHASE_BODY));
}

static void moments_are_read(void **state)
{
	const time_t now = 1772359200; /* 2026-03-01 10:00:00 UTC */
	static const struct {
		const char *text;
		double time;
	} cases[] = {
	    {"2026-02-28", 1772236800},
	    {"2026-02-28 09:30", 1772271000},
	    {"2026-02-28T09:30:05Z", 1772271005},
	    {"2026-02-28 09:30:05", 1772271005},
	    {"Feb 28 09:30:05", 1772271005},
	    {"09:30", 1772357400},
	    {"2h", 1772352000},
	    {"1d", 1772272800},
	};
	static const char *const wrong[] = {"",    "yesterday", "25:61:99", "2026-13-01",
	                                    "-2h", "2h ago",    "3MB",      "2026-02-28 9"};
	struct err err;
	double time;

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		if (when_parse(cases[i].text, now, &time, &err) != 0)
			fail_msg("%s", err.text);
		expect_near(time, cases[i].time, 0.5);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (when_parse(wrong[i], now, &time, &err) == 0)
			fail_msg("\"%s\" was taken for %f", wrong[i], time);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(quantiles_are_those_of_all_values),
	    cmocka_unit_test(larger_values_are_told_from_accidents),
	    cmocka_unit_test(buckets_grow_and_lose_nothing),
	    cmocka_unit_test(the_course_of_troubles_is_told),
	    cmocka_unit_test(timers_are_recognised),
	    cmocka_unit_test(moments_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
