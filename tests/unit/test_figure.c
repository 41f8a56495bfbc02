/*
 * figure: the numbers that cause files compute from facts, their units, and what happens when a fact is missing.
 */
#include "unit.h"

#include "base/xalloc.h"
#include "diagnose/cause.h"
#include "diagnose/diagnose.h"
#include "diagnose/figure.h"
#include "diagnose/scope.h"
#include "diagnose/template.h"
#include "evidence.h"

#include <math.h>

/* The value of the last of the figures, each in a line; NAN when it is not known. */
static double value(const char *lines, const char *facts)
{
	struct figures figures = {0};
	struct case_file *c = evidence_case(EVIDENCE_TARGET, facts);
	struct fact values[8];
	struct scope with_figures;
	struct err err;
	size_t count;

	while (*lines != '\0') {
		char *line = xstrndup(lines, strcspn(lines, "\n"));
		if (figures_parse(&figures, line, &err) != 0)
			fail_msg("%s: %s", line, err.text);
		lines += strlen(line);
		lines += *lines == '\n';
		free(line);
	}
	struct scope *scopes = scopes_new(c, &count);
	figures_scope_init(&with_figures, &scopes[0], &figures, values);
	const struct fact *fact = scope_find(&with_figures, &figures.list[figures.count - 1]->def);
	double number = fact != NULL ? fact->number : NAN;
	figures_scope_done(&with_figures);
	scopes_free(scopes, count);
	figures_done(&figures);
	case_free(c);
	return number;
}

static void expect(const char *lines, const char *facts, double expected)
{
	double number = value(lines, facts);

	if (isnan(expected) ? !isnan(number) : !(fabs(number - expected) < 1e-9))
		fail_msg("%s with %s: %g, expected %g", lines, facts, number, expected);
}

static void test_functions(void **state)
{
	(void)state;
	expect("t = timeout(smtp.waited)", "smtp.waited 90.5s", 120);
	expect("t = timeout(smtp.waited)", "smtp.waited 24s", 30);
	expect("t = timeout(smtp.waited)", "smtp.waited 0s", 30);
	expect("t = max(timeout(smtp.waited), 300s)", "smtp.waited 90.5s", 300);
	expect("t = max(timeout(smtp.waited), 60s)", "smtp.waited 90.5s", 120);
	expect("n = twice(log.limit)", "log.limit 100", 200);
	expect("n = min(twice(log.limit), 150)", "log.limit 100", 150);
	expect("n = sum(log.limit, 5, 1)", "log.limit 100", 106);
	expect("n = first(log.limit, 20)", "log.limit 100", 100);
	expect("a = 3\nb = twice(a)\nc = twice(b)", "smtp.outcome refused", 12);
}

static void test_what_was_not_measured(void **state)
{
	const char *nothing = "smtp.outcome refused";

	(void)state;
	expect("t = smtp.waited", nothing, NAN);
	expect("t = timeout(smtp.waited)", nothing, NAN);
	expect("t = max(timeout(smtp.waited), 300s)", nothing, 300);
	expect("t = min(300s, smtp.waited)", nothing, 300);
	expect("n = twice(log.limit)", nothing, NAN);
	expect("n = sum(log.limit, 5)", nothing, NAN);
	expect("n = first(log.limit, 20, 30)", nothing, 20);
	expect("n = first(log.limit, log.load)", nothing, NAN);
}

static void test_mistakes_say_what_was_expected(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
	    {"", "NAME = EXPRESSION"},
	    {"t", "NAME = EXPRESSION"},
	    {"= 3", "NAME = EXPRESSION"},
	    {"-t = 3", "NAME = EXPRESSION"},
	    {"T = 3", "NAME = EXPRESSION"},
	    {"t.t = 3", "NAME = EXPRESSION"},
	    {"host = 3", "has a meaning already"},
	    {"known = 3", "has a meaning already"},
	    {"t =", "expected a fact"},
	    {"t = nothing", "found \"nothing\""},
	    {"t = smtp.reply.text", "found the text smtp.reply.text"},
	    {"t = half(3)", "found \"half\""},
	    {"t = max(3", "expected , or )"},
	    {"t = max(3,)", "expected a fact"},
	    {"t = max(3) 4", "expected the end of the line, found \"4\""},
	    {"t = twice(3, 4)", "expected 1 operand of twice, found 2"},
	    {"t = max(3, smtp.waited)", "found \"smtp.waited\" in s"},
	    {"t = max(30s, 3B)", "found \"3B\" in B"},
	    {"t = timeout(3)", "expected seconds in timeout(), found count"},
	    {"t = max(1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25)", "at most 24"},
	    {"t = "
	     "max(max(max(max(max(max(max(max(max(max(max(max(max(max(max(max(max(max(max(max(max(max(max(max(max(max("
	     "1",
	     "fewer brackets"},
	};
	struct figures figures = {0};

	(void)state;
	assert_int_equal(figures_parse(&figures, "known = 1", NULL), 0);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct err err = {""};
		if (figures_parse(&figures, rows[i].text, &err) == 0)
			fail_msg("%s was taken", rows[i].text);
		if (strstr(err.text, rows[i].why) == NULL)
			fail_msg("%s: \"%s\", expected \"%s\"", rows[i].text, err.text, rows[i].why);
	}
	assert_int_equal(figures.count, 1);
	figures_done(&figures);
}

static void test_sentences_conditions_and_commands_use_them(void **state)
{
	struct figures figures = {0};
	struct condition condition;
	struct err err = {""};

	(void)state;
	assert_int_equal(figures_parse(&figures, "patience = 120s", NULL), 0);
	assert_int_equal(template_check("waits {patience}", TEMPLATE_SENTENCE, &figures, NULL), 0);
	assert_int_equal(template_check("x ${stress?{10}:{{patience:seconds}}}s", TEMPLATE_COMMAND, &figures, NULL), 0);
	assert_int_equal(template_check("x {patience:bytes}", TEMPLATE_COMMAND, &figures, NULL), -1);
	assert_int_equal(template_check("waits {patience}", TEMPLATE_SENTENCE, NULL, &err), -1);
	assert_int_equal(condition_parse("patience >= 300s", &figures, &condition, NULL), 0);
	condition_done(&condition);
	assert_int_equal(condition_parse("patience >= 300s", NULL, &condition, NULL), -1);
	assert_int_equal(condition_parse("patience >= 300B", &figures, &condition, NULL), -1);
	assert_true(template_shows("a {patience:seconds} b", "patience"));
	assert_true(template_shows("{patience}", "patience"));
	assert_false(template_shows("{patience-too} patience ${patience}", "patience"));
	figures_done(&figures);
}

/* The figure of that name in a shipped cause; NAN when it is not known. */
static double shipped(const struct catalogue *catalogue, const char *cause, const char *name, const char *facts)
{
	struct case_file *c = evidence_case(EVIDENCE_TARGET, facts);
	struct fact values[16];
	struct scope with_figures;
	double number = NAN;
	size_t count;
	struct scope *scopes = scopes_new(c, &count);

	for (size_t i = 0; i < catalogue->count; i++) {
		const struct cause *shipped_cause = &catalogue->causes[i];
		if (strcmp(shipped_cause->id, cause) != 0)
			continue;
		figures_scope_init(&with_figures, &scopes[0], &shipped_cause->figures, values);
		const struct fact *fact = scope_find(&with_figures, figures_find_def(&shipped_cause->figures, name));
		number = fact != NULL ? fact->number : NAN;
		figures_scope_done(&with_figures);
	}
	scopes_free(scopes, count);
	case_free(c);
	return number;
}

/* Twice a limit of a few kilobytes would not let ordinary mail through, and then the fix would not verify. */
static void test_a_size_limit_is_raised_to_what_the_server_has_by_itself(void **state)
{
	struct err err = {""};
	struct catalogue *catalogue = catalogue_load(&err);

	(void)state;
	assert_non_null(catalogue);
	assert_true(shipped(catalogue, "size-limit", "opensmtpd-size", "smtp.size.limit 5000B") == 36700160);
	assert_true(shipped(catalogue, "size-limit", "postfix-size", "smtp.size.limit 5000B") == 10240000);
	assert_true(shipped(catalogue, "size-limit", "postfix-size", "smtp.size.limit 20000000B") == 40000000);
	assert_true(shipped(catalogue, "size-limit", "sendmail-now", "smtp.size.limit 0B") == 0); /* there is none */
	catalogue_free(catalogue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_functions),
	    cmocka_unit_test(test_what_was_not_measured),
	    cmocka_unit_test(test_mistakes_say_what_was_expected),
	    cmocka_unit_test(test_sentences_conditions_and_commands_use_them),
	    cmocka_unit_test(test_a_size_limit_is_raised_to_what_the_server_has_by_itself),
	};

	return cmocka_run_group_tests_name("figure", tests, NULL, NULL);
}
