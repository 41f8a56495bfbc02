/* The report's picture of sizes against hops: drawn from the facts of a sweep, and bearable whatever a case holds. */
#include "base/xalloc.h"
#include "evidence.h"
#include "report/sections.h"
#include "unit.h"

#define ENDPOINT "mx1.example.com [192.0.2.25]:25"

static char *picture(const char *facts)
{
	struct case_file *c = evidence_case(EVIDENCE_TARGET, facts);
	struct document d;
	struct buf out;

	document_init(&d);
	buf_init(&out, 100000);
	add_hops(&d, c);
	document_to_text(&d, &out);
	document_done(&d);
	case_free(c);
	return buf_take(&out);
}

static void expect_text(char *text, const char *expected)
{
	if (strstr(text, expected) == NULL)
		fail_msg("expected:\n%s\nin:\n%s", expected, text);
}

#define HOP(number, address, facts) \
	"@" ENDPOINT " hop " number " [" address "]\nmtu.hop.number " number "\nmtu.hop.delay 1ms\n" facts

static void test_vanishing(void **state)
{
	(void)state;
	char *text = picture("mtu.sweep silent\nmtu.sweep.full 1500B\nmtu.path 1400B\n"
	                     "mtu.link.near hop 2 [198.51.100.2]\nmtu.link.far hop 4 [198.51.100.4]\n"
	                     "mtu.untested the way back\n" HOP("1", "198.51.100.1", "mtu.hop.passed 1500B\n")
	                         HOP("2", "198.51.100.2", "mtu.hop.passed 1500B\n")
	                             HOP("4", "198.51.100.4", "mtu.hop.passed 1400B\nmtu.hop.silent 1401B\n")
	                                 HOP("5", "192.0.2.25", "mtu.hop.passed 1400B\nmtu.hop.silent 1500B\n"));

	expect_text(text, "hop  address       1400  1401  1500\n");
	expect_text(text, "2    198.51.100.2  #     #     #\n");
	expect_text(text, "3    (no answer)\n");
	expect_text(text, "4    198.51.100.4  #     .     .\n");
	expect_text(text, "5    192.0.2.25    #     ?     .\n");
	expect_text(text, "end between hop 2 [198.51.100.2] and hop 4");
	expect_text(text, "Not tested: the way back");
	free(text);
}

/* One router refuses what is over 1450 bytes; another, before it, loses what is over 1492. */
static void test_refused_and_vanishing(void **state)
{
	(void)state;
	char *text = picture("mtu.sweep icmp\nmtu.sweep.full 1500B\nmtu.path 1450B\n" HOP(
	    "1", "198.51.100.1", "mtu.hop.passed 1500B\n") HOP("2", "192.0.2.25",
	                                                       "mtu.hop.passed 1450B\n"
	                                                       "mtu.hop.refused 1451B\n"
	                                                       "mtu.hop.silent 1500B\n"));

	expect_text(text, "hop  address       1450  1451  1500\n");
	expect_text(text, "1    198.51.100.1  #     #     #\n");
	expect_text(text, "2    192.0.2.25    #     !     .\n");
	free(text);
}

static void test_way_back(void **state)
{
	(void)state;
	char *text = picture("mtu.sweep full\nmtu.sweep.full 1500B\nmtu.path 1500B\nmtu.back fragmented\n"
	                     "mtu.back.link.near hop 1 [198.51.100.1]\nmtu.back.link.far hop 2 [192.0.2.25]\n" HOP(
				 "1", "198.51.100.1", "mtu.hop.passed 1500B\n")
	                         HOP("2", "192.0.2.25", "mtu.hop.passed 1500B\n"));

	expect_text(text, "hop  address       1500  1500 back\n");
	expect_text(text, "1    198.51.100.1  #     #\n");
	expect_text(text, "2    192.0.2.25    #     .\n");
	expect_text(text, "[192.0.2.25] and hop 1 [198.51.100.1].");
	free(text);
}

static void test_nothing_to_draw(void **state)
{
	(void)state;
	char *text = picture("mtu.sweep mute\nmtu.sweep.full 1500B\n");

	assert_string_equal(text, "");
	free(text);
	text = picture("mtu.untested which hop it is\n");
	expect_text(text, "- Not tested: which hop it is\n");
	free(text);
}

/* Numbers of hops that are none, and hops of another endpoint. */
static void test_odd_numbers(void **state)
{
	(void)state;
	char *text =
	    picture("mtu.sweep mute\nmtu.sweep.full 1500B\n" HOP("0", "198.51.100.9", "") HOP("64", "198.51.100.9", "")
	                HOP("-3", "198.51.100.9", "") HOP("99999", "198.51.100.9", "")
	                    HOP("2", "198.51.100.1", "") "@other hop 1 [198.51.100.9]\nmtu.hop.number 1\n");

	assert_null(strstr(text, "198.51.100.9"));
	expect_text(text, "1    (no answer)\n");
	expect_text(text, "2    198.51.100.1  ?\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vanishing),   cmocka_unit_test(test_refused_and_vanishing),
	    cmocka_unit_test(test_way_back),    cmocka_unit_test(test_nothing_to_draw),
	    cmocka_unit_test(test_odd_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
