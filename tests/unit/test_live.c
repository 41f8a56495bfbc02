/* --only and --skip choose checks by name, and name what they do not know. */
#include "flow/live.h"

#include "unit.h"

static void selects_by_name(void **state)
{
	const struct selection all = {0}, only = {.only = "smtp"}, skip = {.skip = "dns,mtu"},
			       both = {.only = "dns,smtp", .skip = "smtp"};

	(void)state;
	assert_true(selection_has(&all, "dns") && selection_has(&all, "smtp"));
	assert_true(selection_has(&only, "smtp") && !selection_has(&only, "dns"));
	assert_true(selection_has(&skip, "smtp") && !selection_has(&skip, "dns"));
	assert_true(selection_has(&both, "dns") && !selection_has(&both, "smtp"));
	assert_false(selection_has(&only, "smt"));
}

static void counts_only_what_can_run(void **state)
{
	const struct selection log = {.only = "log"}, smtp = {.only = "smtp"};

	(void)state;
	assert_int_equal(selection_check(&log, TAKES_FILES, NULL), 0);
	assert_int_equal(selection_check(&log, TAKES_TARGET, NULL), -1);
	assert_int_equal(selection_check(&smtp, TAKES_FILES, NULL), -1);
	assert_int_equal(selection_check(&smtp, TAKES_TARGET, NULL), 0);
}

static void refuses_what_is_no_check(void **state)
{
	static const struct {
		struct selection selection;
		const char *why;
	} wrong[] = {
	    {{.only = "smtp,smpt"}, "--only: there is no check \"smpt\""},
	    {{.skip = "dns,"}, NULL},
	    {{.skip = "x"}, "--skip: there is no check \"x\""},
	    {{.only = ""}, "leave no check"},
	    {{.skip = "dns,smtp,mtu,config"}, "leave no check"},
	    {{.only = "dns", .skip = "dns"}, "leave no check"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct err err = {""};
		int result = selection_check(&wrong[i].selection, TAKES_TARGET, &err);
		assert_int_equal(result, wrong[i].why != NULL ? -1 : 0);
		if (wrong[i].why != NULL && strstr(err.text, wrong[i].why) == NULL)
			fail_msg("\"%s\" does not say \"%s\"", err.text, wrong[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(selects_by_name),
	    cmocka_unit_test(counts_only_what_can_run),
	    cmocka_unit_test(refuses_what_is_no_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
