/*
 * condition: what parses, what is refused and how, and when it holds. What was not measured never counts.
 */
#include "unit.h"

#include "base/xalloc.h"
#include "diagnose/condition.h"
#include "evidence.h"

static bool holds(const char *text, const char *facts)
{
	struct case_file *c = evidence_case(EVIDENCE_TARGET, facts);
	struct condition condition;
	struct err err = {""};
	size_t count;

	if (condition_parse(text, NULL, &condition, &err) != 0)
		fail_msg("%s: %s", text, err.text);
	struct scope *scopes = scopes_new(c, &count);
	bool result = condition_holds(&condition, &scopes[0], NULL);
	scopes_free(scopes, count);
	condition_done(&condition);
	case_free(c);
	return result;
}

static void expect_refused(const char *text, const char *why)
{
	struct condition condition;
	struct err err = {""};

	assert_int_equal(condition_parse(text, NULL, &condition, &err), -1);
	assert_string_equal(err.text, why);
	assert_int_equal(condition.count, 0);
}

static void test_numbers_compare_in_the_unit_of_the_fact(void **state)
{
	static const struct {
		const char *condition;
		bool expected;
	} rows[] = {
	    {"smtp.banner.delay > 5s", true},       {"smtp.banner.delay > 5.02s", false},
	    {"smtp.banner.delay >= 5.02s", true},   {"smtp.banner.delay < 5.02s", false},
	    {"smtp.banner.delay <= 5.02s", true},   {"smtp.banner.delay = 5.02s", true},
	    {"smtp.banner.delay > 5019ms", true},   {"smtp.banner.delay != 5.02s", false},
	    {"smtp.banner.delay != 5s", true},      {"smtp.banner.delay < 1m", true},
	    {"smtp.banner.delay>=5s", true},        {"\tsmtp.banner.delay   >=\t5s ", true},
	    {"smtp.banner.delay >= 6000ms", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (holds(rows[i].condition, "smtp.banner.delay 5.02s") != rows[i].expected)
			fail_msg("%s", rows[i].condition);
	assert_true(holds("smtp.reply.code = 421", "smtp.reply.code 421"));
	assert_true(holds("tcp.mss < 10kB", "tcp.mss 1448B"));
	assert_true(holds("dns.banner.share >= 60%", "dns.banner.share 60%"));
	assert_false(holds("dns.banner.share > 60%", "dns.banner.share 60%"));
}

static void test_words_texts_and_flags_compare(void **state)
{
	(void)state;
	assert_true(holds("smtp.outcome = refused", "smtp.outcome refused"));
	assert_false(holds("smtp.outcome = refused", "smtp.outcome reset"));
	assert_true(holds("smtp.outcome = closed|refused|reset", "smtp.outcome reset"));
	assert_false(holds("smtp.outcome != closed|refused|reset", "smtp.outcome reset"));
	assert_true(holds("smtp.outcome != closed|refused", "smtp.outcome reset"));
	/* Every character of a word counts. */
	assert_false(holds("smtp.tls.fault = not-tls", "smtp.tls.fault other"));
	assert_true(holds("smtp.banner.masked = yes", "smtp.banner.masked yes"));
	assert_false(holds("smtp.banner.masked = yes", "smtp.banner.masked no"));
	assert_true(holds("smtp.banner.masked != yes", "smtp.banner.masked no"));
	assert_true(holds("smtp.reply.enhanced = \"4.7.25\"", "smtp.reply.enhanced 4.7.25"));
	assert_true(holds("smtp.reply.enhanced = 4.7.25", "smtp.reply.enhanced 4.7.25"));
	assert_true(holds("smtp.reply.text = \"try again later\"", "smtp.reply.text try again later"));
	assert_false(holds("smtp.reply.text = \"try again\"", "smtp.reply.text try again later"));
}

static void test_what_was_not_measured_makes_every_comparison_false(void **state)
{
	static const char *const conditions[] = {
	    "smtp.banner.delay < 5s",    "smtp.banner.delay >= 0s", "smtp.banner.delay != 5s",
	    "smtp.outcome != refused",   "smtp.outcome = refused",  "smtp.banner.masked = no",
	    "smtp.banner.masked != yes", "smtp.reply.text != \"\"", "smtp.reply.text exists",
	};

	(void)state;
	for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++)
		if (holds(conditions[i], "smtp.ehlo.delay 1s"))
			fail_msg("%s", conditions[i]);
	assert_true(holds("smtp.ehlo.delay exists", "smtp.ehlo.delay 1s"));
}

static void test_and_binds_tighter_than_or(void **state)
{
	static const struct {
		const char *facts;
		bool expected;
	} rows[] = {
	    {"smtp.reply.code 421", true},
	    {"smtp.reply.code 450\nsmtp.reply.phase rcpt", true},
	    {"smtp.reply.code 450\nsmtp.reply.phase mail", false},
	    {"smtp.reply.phase rcpt", false},
	    {"smtp.reply.code 500", false},
	};
	const char *first = "smtp.reply.code = 421 or smtp.reply.code = 450 and smtp.reply.phase = rcpt";
	const char *second = "smtp.reply.code = 450 and smtp.reply.phase = rcpt or smtp.reply.code = 421";

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(holds(first, rows[i].facts), rows[i].expected);
		assert_int_equal(holds(second, rows[i].facts), rows[i].expected);
	}
}

static void test_a_comparison_holds_for_any_fact_in_scope(void **state)
{
	const char *servers = "@resolver [192.0.2.53]:53\ndns.resolver.state answers\n"
			      "@resolver [192.0.2.54]:53\ndns.resolver.state silent";

	(void)state;
	assert_true(holds("dns.resolver.state = silent", servers));
	assert_true(holds("dns.resolver.state = answers", servers));
	assert_false(holds("dns.resolver.state = lame", servers));
}

static void test_the_match_names_the_facts_that_made_it_hold(void **state)
{
	struct case_file *c = evidence_case(EVIDENCE_TARGET, "smtp.reply.code 450\nsmtp.reply.phase rcpt");
	struct condition condition;
	struct match match;
	size_t count;

	(void)state;
	assert_int_equal(condition_parse("smtp.reply.code = 421 or smtp.reply.phase = rcpt and smtp.reply.code = 450",
	                                 NULL, &condition, NULL),
	                 0);
	struct scope *scopes = scopes_new(c, &count);
	assert_true(condition_holds(&condition, &scopes[0], &match));
	assert_int_equal(match.count, 2);
	assert_ptr_equal(match.facts[0], &c->facts[1]);
	assert_ptr_equal(match.facts[1], &c->facts[0]);
	scopes_free(scopes, count);
	condition_done(&condition);
	case_free(c);
}

static void test_mistakes_are_refused_with_what_was_expected(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
	    {"", "expected a fact, found the end of the line"},
	    {"  ", "expected a fact, found the end of the line"},
	    {"smtp.nothing = 5", "expected a fact, found \"smtp.nothing\""},
	    {"smtp.outcome", "expected = != < <= > >= or exists after smtp.outcome, found \"\""},
	    {"smtp.outcome == refused", "expected = != < <= > >= or exists after smtp.outcome, found \"==\""},
	    {"smtp.outcome is refused", "expected = != < <= > >= or exists after smtp.outcome, found \"is\""},
	    {"smtp.outcome < refused", "expected = != or exists after smtp.outcome, which is no number, found \"<\""},
	    {"smtp.outcome =", "expected a value after smtp.outcome =, found the end of the line"},
	    {"smtp.tls.fault = tired",
	     "expected a word of smtp.tls.fault (version|cipher|not-tls|certificate|closed|reset|timeout|other), found "
	     "\"tired\""},
	    {"smtp.tls.fault = version|",
	     "expected a word of smtp.tls.fault (version|cipher|not-tls|certificate|closed|reset|timeout|other), found "
	     "\"\""},
	    {"smtp.banner.delay > 5", "expected a number with the unit s for smtp.banner.delay, found \"5\""},
	    {"smtp.banner.delay > 5B", "expected a number with the unit s for smtp.banner.delay, found \"5B\""},
	    {"smtp.banner.delay > soon", "expected a number with the unit s for smtp.banner.delay, found \"soon\""},
	    {"tcp.mss > 5s", "expected a number with the unit B for tcp.mss, found \"5s\""},
	    {"dns.banner.share > 0.5", "expected a number with the unit % for dns.banner.share, found \"0.5\""},
	    {"smtp.reply.code = 421s", "expected a number without unit for smtp.reply.code, found \"421s\""},
	    {"smtp.banner.masked = true", "expected yes or no for smtp.banner.masked, found \"true\""},
	    {"smtp.reply.code = 421 450", "expected \"and\", \"or\" or the end of the line, found \"450\""},
	    {"smtp.reply.code = 421 and", "expected a fact, found the end of the line"},
	    {"smtp.reply.code exists or or", "expected a fact, found \"or\""},
	    {"not smtp.reply.code exists", "expected a fact, found \"not\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		expect_refused(rows[i].text, rows[i].why);
}

static void test_the_number_of_comparisons_is_bounded(void **state)
{
	char *text = xstrdup("smtp.outcome exists");
	struct condition condition;

	(void)state;
	for (int i = 1; i < CONDITION_MAX; i++) {
		char *longer = xasprintf("%s and smtp.outcome exists", text);
		free(text);
		text = longer;
	}
	assert_int_equal(condition_parse(text, NULL, &condition, NULL), 0);
	assert_int_equal(condition.count, CONDITION_MAX);
	condition_done(&condition);
	assert_true(holds(text, "smtp.outcome cut"));

	char *longer = xasprintf("%s or smtp.outcome = cut", text);
	expect_refused(longer, "expected at most 16 comparisons, found more");
	free(longer);
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_numbers_compare_in_the_unit_of_the_fact),
	    cmocka_unit_test(test_words_texts_and_flags_compare),
	    cmocka_unit_test(test_what_was_not_measured_makes_every_comparison_false),
	    cmocka_unit_test(test_and_binds_tighter_than_or),
	    cmocka_unit_test(test_a_comparison_holds_for_any_fact_in_scope),
	    cmocka_unit_test(test_the_match_names_the_facts_that_made_it_hold),
	    cmocka_unit_test(test_mistakes_are_refused_with_what_was_expected),
	    cmocka_unit_test(test_the_number_of_comparisons_is_bounded),
	};

	return cmocka_run_group_tests_name("condition", tests, NULL, NULL);
}
