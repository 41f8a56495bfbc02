/* The fact table is consistent, and facts travel through JSON unharmed or are refused. */
#include "base/err.h"
#include "model/fact.h"

#include "unit.h"

#include <ctype.h>

static void row_is_consistent(const struct fact_def *def)
{
	static const char *const units[] = {"s", "B", "count", "ratio", "code"};
	bool unit_known = def->kind != FACT_NUMBER && *def->unit == '\0';

	for (size_t u = 0; u < sizeof units / sizeof units[0]; u++)
		unit_known |= def->kind == FACT_NUMBER && strcmp(def->unit, units[u]) == 0;
	if (!unit_known || (def->kind == FACT_WORD) != (def->words != NULL) || def->means == NULL ||
	    *def->means == '\0')
		fail_msg("%s: its row is not complete", def->name);
	for (const char *p = def->name; *p != '\0'; p++)
		if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) && strchr(".-", *p) == NULL)
			fail_msg("%s: names are lower case and dotted", def->name);
	if (fact_def_find(def->name) != def)
		fail_msg("%s: declared twice", def->name);
}

static void tables_are_consistent(void **state)
{
	(void)state;
	for (size_t i = 0; fact_tables[i] != NULL; i++)
		for (const struct fact_def *def = fact_tables[i]; def->name != NULL; def++)
			row_is_consistent(def);
	assert_null(fact_def_find("no.such.fact"));
}

static void words_are_whole(void **state)
{
	const struct fact_def *def = fact_def_find("smtp.outcome");

	(void)state;
	assert_true(fact_def_has_word(def, "complete"));
	assert_true(fact_def_has_word(def, "cut"));
	assert_false(fact_def_has_word(def, "comp"));
	assert_false(fact_def_has_word(def, "completely"));
	assert_false(fact_def_has_word(def, ""));
	assert_false(fact_def_has_word(def, "refused|silent"));
}

static json_t *object_of(const char *text)
{
	json_error_t why;
	json_t *object = json_loads(text, 0, &why);

	if (object == NULL)
		fail_msg("%s", why.text);
	return object;
}

static void json_round_trip(void **state)
{
	static const char *const facts[] = {
	    "{\"name\":\"smtp.banner.delay\",\"value\":5.02,\"unit\":\"s\",\"subject\":\"mx [192.0.2.25]:25\","
	    "\"check\":\"smtp\",\"at\":\"2026-11-21T12:00:00Z\"}",
	    "{\"name\":\"smtp.outcome\",\"value\":\"silent\",\"unit\":\"\",\"subject\":\"a\",\"check\":\"smtp\",\"at\":"
	    "\"b\","
	    "\"later\":{\"x\":[1,null]}}",
	    "{\"name\":\"smtp.delivered\",\"value\":true,\"unit\":\"\",\"subject\":\"a\",\"check\":\"smtp\",\"at\":"
	    "\"b\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
		json_t *object = object_of(facts[i]);
		struct fact fact;
		struct err err;
		assert_int_equal(fact_from_json(object, &fact, &err), 0);
		json_t *again = fact_to_json(&fact);
		assert_true(json_equal(object, again));
		json_decref(object);
		json_decref(again);
		fact_done(&fact);
	}
}

static void json_refuses(void **state)
{
	static const struct {
		const char *object, *why;
	} wrong[] = {
	    {"{\"value\":1}", "no such fact"},
	    {"{\"name\":\"smtp.bogus\",\"value\":1}", "\"smtp.bogus\": no such fact"},
	    {"{\"name\":\"smtp.banner.delay\",\"value\":\"5\"}", "must be a number"},
	    {"{\"name\":\"smtp.delivered\",\"value\":1}", "must be a flag"},
	    {"{\"name\":\"smtp.outcome\",\"value\":\"superb\"}", "\"superb\" is none of"},
	    {"{\"name\":\"smtp.banner.text\"}", "must be a text"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		json_t *object = object_of(wrong[i].object);
		struct fact fact;
		struct err err;
		assert_int_equal(fact_from_json(object, &fact, &err), -1);
		if (strstr(err.text, wrong[i].why) == NULL)
			fail_msg("%s: \"%s\" does not say \"%s\"", wrong[i].object, err.text, wrong[i].why);
		json_decref(object);
	}
}

static void foreign_text_is_cleaned(void **state)
{
	json_t *object =
	    object_of("{\"name\":\"smtp.banner.text\",\"value\":\"220 \\u001b[2J\",\"subject\":\"a\\u0007\"}");
	struct fact fact;
	struct err err;

	(void)state;
	assert_int_equal(fact_from_json(object, &fact, &err), 0);
	assert_string_equal(fact.text, "220 \\x1b[2J");
	assert_string_equal(fact.subject, "a\\x07");
	fact_done(&fact);
	json_decref(object);
}

static void check_value(const char *name, double number, const char *expected)
{
	struct fact fact = {.def = fact_def_find(name), .number = number};
	char *text = fact_value_text(&fact);

	assert_string_equal(text, expected);
	free(text);
}

static void values_read_well(void **state)
{
	(void)state;
	check_value("smtp.banner.delay", 5.02, "5.02 s");
	check_value("smtp.banner.delay", 0.00034, "0.34 ms");
	check_value("smtp.tls.cert.left", 86400 * 30, "30 days");
	check_value("tcp.mss", 1448, "1448 bytes");
	check_value("smtp.reply.code", 421, "421");
	check_value("dns.banner.share", 0.12, "12 %");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tables_are_consistent),   cmocka_unit_test(words_are_whole),
	    cmocka_unit_test(json_round_trip),         cmocka_unit_test(json_refuses),
	    cmocka_unit_test(foreign_text_is_cleaned), cmocka_unit_test(values_read_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
