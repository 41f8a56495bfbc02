/* The calendar takes moments from logs, captures and certificates: whatever they claim, a stamp is one or is none. */
#include "base/clock.h"

#include "unit.h"

#include <math.h>

static void stamps(void **state)
{
	static const struct {
		double moment;
		const char *stamp; /* "": none */
	} cases[] = {
	    {0, "1970-01-01T00:00:00Z"},
	    {1795392000.9, "2026-11-23T00:00:00Z"},
	    {253402300799.0, "9999-12-31T23:59:59Z"},
	    {253402300800.0, ""},
	    {-1, ""},
	    {1e300, ""},
	    {-1e300, ""},
	    {(double)INFINITY, ""},
	    {(double)NAN, ""},
	};
	char stamp[CLOCK_STAMP_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(clock_stamp_of(cases[i].moment, stamp), cases[i].stamp[0] != '\0');
		assert_string_equal(stamp, cases[i].stamp);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(stamps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
