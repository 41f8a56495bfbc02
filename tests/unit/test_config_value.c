/* Values as mail servers write them: references to other settings, numbers with units. */
#include "config/expand.h"
#include "config/value.h"

#include "unit.h"

static const char *look_up(const void *context, const char *name)
{
	static const struct {
		const char *name, *value;
	} known[] = {
	    {"stress", "yes"},
	    {"empty", ""},
	    {"limit", "100"},
	    {"half", "$limit$limit"},
	    {"self", "$self"},
	    {"ping", "a${pong}"},
	    {"pong", "b$(ping)"},
	    {"b0", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
	    {"b1", "$b0$b0$b0$b0"},
	    {"b2", "$b1$b1$b1$b1"},
	    {"b3", "$b2$b2$b2$b2"},
	    {"b4", "$b3$b3$b3$b3"},
	    {"b5", "$b4$b4$b4$b4"},
	    {"b6", "$b5$b5$b5$b5"},
	    {"b7", "$b6$b6$b6$b6"},
	    {"e0", ""},
	    {"e1", "$e0$e0$e0$e0$e0$e0$e0$e0$e0$e0"},
	    {"e2", "$e1$e1$e1$e1$e1$e1$e1$e1$e1$e1"},
	    {"e3", "$e2$e2$e2$e2$e2$e2$e2$e2$e2$e2"},
	    {"e4", "$e3$e3$e3$e3$e3$e3$e3$e3$e3$e3"},
	};

	(void)context;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].value;
	return NULL;
}

static const struct macros macros = {.lookup = look_up};

static void expands_what_postfix_expands(void **state)
{
	static const struct {
		const char *text, *value;
	} cases[] = {
	    {"300s", "300s"},
	    {"${stress?{10}:{300}}s", "10s"},
	    {"${empty?{10}:{300}}s", "300s"},
	    {"${unknown?{10}:{300}}s", "300s"},
	    {"${stress?10}${stress:300}s", "10s"},
	    {"${empty?10}${empty:300}s", "300s"},
	    {"${ stress ? { 10 } : { 300 } }s", "10s"},
	    {"$limit,$(limit),${limit}", "100,100,100"},
	    {"$half", "100100"},
	    {"$$limit", "$limit"},
	    {"${{$limit} == {100} ? {yes} : {no}}", "yes"},
	    {"${{$limit}=={0100}?{yes}:{no}}", "yes"},
	    {"${{$limit} != {100}?{yes}:{no}}", "no"},
	    {"${{9} < {10}?{yes}:{no}}", "yes"},
	    {"${{9} <= {10}?{yes}:{no}}", "yes"},
	    {"${{b} > {a}?{yes}:{no}}", "yes"},
	    {"${{9} >= {10}?{yes}}", ""},
	    {"${stress?{${empty?{1}:{2}}}:{3}}", "2"},
	    {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct err err = {""};
		char *value = expand(cases[i].text, &macros, &err);
		if (value == NULL || strcmp(value, cases[i].value) != 0)
			fail_msg("%s: \"%s\" (%s)", cases[i].text, value != NULL ? value : "-", err.text);
		free(value);
	}
}

static void says_what_cannot_be_expanded(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
	    {"$nobody", "nobody knows"},
	    {"${nobody}", "nobody knows"},
	    {"$self", "refers to itself"},
	    {"$ping", "refers to itself"},
	    {"${stress?{10}", "does not end"},
	    {"$(limit", "does not end"},
	    {"costs 5$", "a name is expected"},
	    {"${limit!x}", "? or : is expected"},
	    {"${{1} ~ {2}?{x}}", "is expected in a comparison"},
	    {"${{1} == 2?{x}}", "both sides in braces"},
	    {"$b5$b5", "more than 65536 bytes"},
	    {"${}", "? or : is expected"},
	    {"$e4$e4", "too many others"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct err err = {""};
		char *value = expand(cases[i].text, &macros, &err);
		if (value != NULL || strstr(err.text, cases[i].why) == NULL)
			fail_msg("%s: %s: \"%s\"", cases[i].text, value != NULL ? "expanded" : "refused", err.text);
		free(value);
	}
}

static void reads_numbers_as_each_server_does(void **state)
{
	static const struct {
		const char *server, *text;
		enum value_kind kind;
		double unit, number; /* < 0: it is none */
	} cases[] = {
	    {"postfix", "300s", VALUE_TIME, 1, 300},
	    {"postfix", "60", VALUE_TIME, 1, 60},
	    {"postfix", "5", VALUE_TIME, 86400, 432000},
	    {"postfix", "5m", VALUE_TIME, 1, 300},
	    {"postfix", "1h", VALUE_TIME, 1, 3600},
	    {"postfix", "2W", VALUE_TIME, 1, 1209600},
	    {"postfix", "1h30m", VALUE_TIME, 1, -1},
	    {"postfix", "5x", VALUE_TIME, 1, -1},
	    {"postfix", "-5s", VALUE_TIME, 1, -1},
	    {"postfix", "", VALUE_TIME, 1, -1},
	    {"postfix", "9999999999", VALUE_TIME, 1, -1},
	    {"postfix", "99999w", VALUE_TIME, 1, -1},
	    {"postfix", "2147483647", VALUE_COUNT, 0, 2147483647},
	    {"postfix", "2147483648", VALUE_COUNT, 0, -1},
	    {"postfix", "10M", VALUE_SIZE, 0, -1},
	    {"postfix", "10240000", VALUE_SIZE, 0, 10240000},
	    {"exim", "1h30m", VALUE_TIME, 1, 5400},
	    {"exim", "50M", VALUE_SIZE, 0, 52428800},
	    {"exim", "1.5", VALUE_COUNT, 0, 1.5},
	    {"exim", "10K", VALUE_COUNT, 0, 10240},
	    {"sendmail", "1h", VALUE_TIME, 60, 3600},
	    {"sendmail", "10", VALUE_TIME, 60, 600},
	    {"sendmail", "1000", VALUE_TIME, 0.001, 1},
	    {"opensmtpd", "4d", VALUE_TIME, 1, 345600},
	    {"opensmtpd", "35M", VALUE_SIZE, 0, 36700160},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct config_setting setting = {
		    .server = cases[i].server, .kind = cases[i].kind, .unit = cases[i].unit};
		double number = -1;
		const int result = value_number(cases[i].text, &setting, &number, NULL);
		if ((result == 0) != (cases[i].number >= 0) ||
		    (result == 0 && (number < cases[i].number - 1e-9 || number > cases[i].number + 1e-9)))
			fail_msg("%s \"%s\": %d, %g", cases[i].server, cases[i].text, result, number);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(expands_what_postfix_expands),
	    cmocka_unit_test(says_what_cannot_be_expanded),
	    cmocka_unit_test(reads_numbers_as_each_server_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
