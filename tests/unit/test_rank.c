/*
 * rank: every probability can be recomputed by hand, and scopes are merged as promised.
 */
#include "unit.h"

#include "diagnose/rank.h"
#include "evidence.h"

#include <math.h>
#include <stdio.h>

#define CAUSE(id, prior, evidence) "cause: " id "\ntitle: t\nprior: " prior "\n" evidence "why\n  w\n"

static const char *const texts[] = {
    CAUSE("healthy", "0", "support +20 smtp.outcome = complete\n  s\nagainst -30 smtp.outcome = refused\n  s\n"),
    CAUSE("unknown", "-3", "support +10 smtp.outcome = refused\n  s\n"),
    CAUSE("busy", "-10", "support +30 smtp.reply.code = 421\n  s\nagainst -7 smtp.banner.delay > 1s\n  s\n"),
    CAUSE("resolver", "-10",
          "support +5 smtp.banner.delay exists\n  s\nsupport +35 dns.resolver.state = silent\n  s\n"),
};

static struct cause causes[4];
static const struct catalogue catalogue = {.causes = causes, .count = 4};

static int set_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++)
		if (cause_parse("x", texts[i], &causes[i], NULL) != 0)
			return -1;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++)
		cause_done(&causes[i]);
	return 0;
}

static void expect_near(double value, double expected)
{
	if (fabs(value - expected) > 1e-9)
		fail_msg("%.12f, expected %.12f", value, expected);
}

/* The probability of a score among the scores of a scope, as anybody can work it out. */
static double by_hand(double score, const double *scores, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += pow(10, scores[i] / 10);
	return pow(10, score / 10) / sum;
}

static void test_probabilities_follow_from_priors_and_weights(void **state)
{
	struct case_file *c = evidence_case(EVIDENCE_TARGET, "smtp.outcome refused\nsmtp.reply.code 421\n"
	                                                     "smtp.banner.delay 2s");
	const double scores[] = {0 - 30, -3 + 10, -10 + 30 - 7, -10 + 5};
	struct candidate candidates[4];
	double sum = 0;
	size_t count;
	struct scope *scopes = scopes_new(c, &count);

	(void)state;
	rank_scope(&catalogue, &scopes[0], candidates);
	for (size_t i = 0; i < 4; i++) {
		expect_near(candidates[i].score, scores[i]);
		expect_near(candidates[i].probability, by_hand(scores[i], scores, 4));
		sum += candidates[i].probability;
	}
	expect_near(sum, 1);
	scopes_free(scopes, count);
	case_free(c);
}

static void test_nothing_is_certain(void **state)
{
	struct cause sure[2];
	struct catalogue two = {.causes = sure, .count = 2};
	struct case_file *c = evidence_case(EVIDENCE_TARGET, "smtp.outcome refused\nsmtp.reply.code 421");
	struct candidate candidates[2];
	size_t count;
	struct scope *scopes = scopes_new(c, &count);

	(void)state;
	assert_int_equal(cause_parse("x",
	                             CAUSE("a", "60",
	                                   "support +60 smtp.outcome exists\n  s\n"
	                                   "support +60 smtp.reply.code exists\n  s\n"),
	                             &sure[0], NULL),
	                 0);
	assert_int_equal(cause_parse("x", CAUSE("b", "-60", "against -60 smtp.outcome exists\n  s\n"), &sure[1], NULL),
	                 0);
	rank_scope(&two, &scopes[0], candidates);
	assert_true(candidates[0].probability < 1 && candidates[0].probability > 0.999);
	assert_true(candidates[1].probability > 0 && candidates[1].probability < 0.001);
	cause_done(&sure[0]);
	cause_done(&sure[1]);
	scopes_free(scopes, count);
	case_free(c);
}

static void test_the_subject_is_that_of_the_heaviest_fact(void **state)
{
	struct case_file *c = evidence_case(
	    EVIDENCE_TARGET, "@example.com\ndns.mx.status ok\n@resolver [192.0.2.53]:53\ndns.resolver.state silent");
	struct candidate candidates[4];
	size_t count;
	struct scope *scopes = scopes_new(c, &count);

	(void)state;
	rank_scope(&catalogue, &scopes[0], candidates);
	assert_string_equal(candidates[3].subject, "resolver [192.0.2.53]:53");
	assert_string_equal(candidates[2].subject, EVIDENCE_TARGET); /* nothing spoke for it */
	scopes_free(scopes, count);
	case_free(c);
}

/* --- merging */

static struct cause named[] = {
    {.id = (char *)"a"}, {.id = (char *)"b"},       {.id = (char *)"c"},
    {.id = (char *)"d"}, {.id = (char *)"healthy"}, {.id = (char *)"unknown"},
};
enum { A, B, C, D, HEALTHY, UNKNOWN };

#define ROW(which, about, p)                                                   \
	{                                                                      \
		.cause = &named[which], .subject = (about), .probability = (p) \
	}

static void expect_list(struct candidate *candidates, size_t count, const char *expected)
{
	char list[512] = "";

	count = rank_merge(candidates, count);
	for (size_t i = 0; i < count; i++) {
		size_t used = strlen(list);
		snprintf(list + used, sizeof list - used, "%s%s@%s:%g", i > 0 ? " " : "", candidates[i].cause->id,
		         candidates[i].subject, candidates[i].probability);
	}
	assert_string_equal(list, expected);
}

static void test_the_same_cause_and_subject_is_one_entry(void **state)
{
	struct candidate candidates[] = {
	    ROW(A, "resolver", 0.6), ROW(A, "resolver", 0.9), ROW(A, "resolver", 0.7),
	    ROW(B, "x", 0.1),        ROW(C, "x", 0.1),
	};

	(void)state;
	expect_list(candidates, 5, "a@resolver:0.9 b@x:0.1 c@x:0.1");
}

static void test_a_cause_about_several_subjects(void **state)
{
	struct candidate even[] = {ROW(A, "x", 0.5), ROW(A, "y", 0.8), ROW(A, "z", 0.4), ROW(B, "x", 0.3),
	                           ROW(C, "x", 0.2)};
	struct candidate small[] = {ROW(A, "x", 0.1), ROW(A, "y", 0.3), ROW(B, "y", 0.45), ROW(C, "y", 0.02)};

	(void)state;
	expect_list(even, 5, "a@y:0.8 a@x:0.5 b@x:0.3 c@x:0.2");
	expect_list(small, 4, "b@y:0.45 a@y:0.3 c@y:0.02");
}

static void test_healthy_is_the_least_and_unknown_the_most_of_all(void **state)
{
	struct candidate candidates[] = {
	    ROW(HEALTHY, "x", 0.97), ROW(UNKNOWN, "x", 0.01), ROW(HEALTHY, "y", 0.02),
	    ROW(UNKNOWN, "y", 0.08), ROW(A, "y", 0.9),
	};

	(void)state;
	expect_list(candidates, 5, "a@y:0.9 unknown@y:0.08 healthy@y:0.02");
}

static void test_the_negligible_is_dropped_but_three_remain(void **state)
{
	struct candidate many[] = {ROW(A, "x", 0.9), ROW(B, "x", 0.05), ROW(C, "x", 0.03), ROW(D, "x", 0.0049)};
	struct candidate few[] = {ROW(A, "x", 0.996), ROW(D, "x", 0.001), ROW(B, "x", 0.002), ROW(C, "x", 0.0005)};
	struct candidate exact[] = {ROW(A, "x", 0.9), ROW(B, "x", 0.05), ROW(C, "x", 0.03), ROW(D, "x", 0.005)};

	(void)state;
	expect_list(many, 4, "a@x:0.9 b@x:0.05 c@x:0.03");
	expect_list(few, 4, "a@x:0.996 b@x:0.002 d@x:0.001");
	expect_list(exact, 4, "a@x:0.9 b@x:0.05 c@x:0.03 d@x:0.005");
}

static void test_ties_are_in_the_order_of_ids_and_subjects(void **state)
{
	struct candidate candidates[] = {ROW(C, "x", 0.25), ROW(A, "y", 0.25), ROW(B, "x", 0.25),
	                                 ROW(HEALTHY, "x", 0.25)};
	struct candidate subjects[] = {ROW(A, "z", 0.5), ROW(A, "x", 0.5), ROW(A, "y", 0.5)};

	(void)state;
	expect_list(candidates, 4, "a@y:0.25 b@x:0.25 c@x:0.25 healthy@x:0.25");
	expect_list(subjects, 3, "a@x:0.5 a@y:0.5 a@z:0.5");
}

static void test_no_candidates(void **state)
{
	struct candidate none[1];

	(void)state;
	assert_int_equal(rank_merge(none, 0), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_probabilities_follow_from_priors_and_weights),
	    cmocka_unit_test(test_nothing_is_certain),
	    cmocka_unit_test(test_the_subject_is_that_of_the_heaviest_fact),
	    cmocka_unit_test(test_the_same_cause_and_subject_is_one_entry),
	    cmocka_unit_test(test_a_cause_about_several_subjects),
	    cmocka_unit_test(test_healthy_is_the_least_and_unknown_the_most_of_all),
	    cmocka_unit_test(test_the_negligible_is_dropped_but_three_remain),
	    cmocka_unit_test(test_ties_are_in_the_order_of_ids_and_subjects),
	    cmocka_unit_test(test_no_candidates),
	};

	return cmocka_run_group_tests_name("rank", tests, set_up, tear_down);
}
