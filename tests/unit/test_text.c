/* Foreign bytes must come out printable, whatever they are; columns and quantities must be counted right. */
#include "base/text.h"

#include "unit.h"

#include <locale.h>
#include <stdio.h>

static void check_clean(const char *bytes, size_t size, const char *expected)
{
	char out[256];

	assert_string_equal(text_clean(bytes, size, out, sizeof out), expected);
}

static void clean_keeps_printable_utf8(void **state)
{
	(void)state;
	check_clean("220 mx.example.com ESMTP", 24, "220 mx.example.com ESMTP");
	check_clean("Gr\xc3\xbc\xc3\x9f"
	            "e \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x93\xa7",
	            19, "Grüße 日本 📧");
	check_clean("back\\slash", 10, "back\\slash");
	check_clean("", 0, "");
}

static void clean_shows_control_bytes(void **state)
{
	(void)state;
	check_clean("\x1b[31mred\x1b]0;title\x07", 18, "\\x1b[31mred\\x1b]0;title\\x07");
	check_clean("a\0b\tc\x7f", 6, "a\\x00b\\x09c\\x7f");
	check_clean("one\r\ntwo\r\n", 10, "one\\x0d\\x0atwo");
	check_clean("\xc2\x9b"
	            "31m",
	            5, "\\xc2\\x9b31m"); /* C1 CSI */
	check_clean("\xe2\x80\xae"
	            "evil",
	            7, "\\xe2\\x80\\xaeevil"); /* right-to-left override */
	check_clean("a\xe2\x80\x8b"
	            "b",
	            5, "a\\xe2\\x80\\x8bb"); /* zero width space */
}

static void clean_shows_invalid_utf8(void **state)
{
	(void)state;
	check_clean("\xff\xfe", 2, "\\xff\\xfe");
	check_clean("\xc0\xaf", 2, "\\xc0\\xaf");                   /* overlong */
	check_clean("\xed\xa0\x80", 3, "\\xed\\xa0\\x80");          /* surrogate */
	check_clean("\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80"); /* above U+10FFFF */
	check_clean("ab\xe2\x82", 4, "ab\\xe2\\x82");               /* cut in the middle */
}

static void clean_cuts_at_a_character(void **state)
{
	char out[8];

	(void)state;
	assert_string_equal(text_clean("0123456789", 10, out, sizeof out), "0123...");
	assert_string_equal(text_clean("0123456", 7, out, sizeof out), "0123456");
	assert_string_equal(text_clean("\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", 8, out, sizeof out), "üü...");
	assert_string_equal(text_clean("abc", 3, out, 1), "");
	assert_string_equal(text_clean("abc", 3, out, 3), "..");
}

/* Any byte string: the result is printable, fits, and is what cleaning makes of itself. */
static void clean_is_safe_for_all_bytes(void **state)
{
	unsigned char bytes[64];
	char out[97];

	(void)state;
	srand(1);
	for (int round = 0; round < 20000; round++) {
		size_t size = (size_t)rand() % sizeof bytes;
		for (size_t i = 0; i < size; i++)
			bytes[i] = (unsigned char)rand();
		text_clean(bytes, size, out, sizeof out);
		assert_true(strlen(out) < sizeof out);
		for (const char *p = out; *p != '\0'; p++)
			assert_false((unsigned char)*p < 0x20 || *p == 0x7f);
		char *again = text_clean_dup(out, strlen(out), sizeof out);
		assert_string_equal(again, out);
		free(again);
	}
}

static void width_counts_columns(void **state)
{
	(void)state;
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		fail_msg("no C.UTF-8 locale");
	assert_int_equal(text_width("abc"), 3);
	assert_int_equal(text_width("日本"), 4);
	assert_int_equal(text_width("ü"), 1);
	assert_int_equal(text_fit("日本語", 5), 6); /* two characters of three bytes; the third needs a sixth column */
	assert_int_equal(text_fit("abc", 10), 3);
	assert_int_equal(text_fit("abc", 0), 0);
	setlocale(LC_CTYPE, "C");
}

static void check_quantity(const char *text, double expected, const char *expected_unit)
{
	double value;
	const char *unit;

	assert_int_equal(text_quantity(text, &value, &unit), 0);
	assert_float_equal(value, expected, 1e-9);
	assert_string_equal(unit, expected_unit);
}

static void quantity_reads_units(void **state)
{
	(void)state;
	check_quantity("30s", 30, "s");
	check_quantity("200ms", 0.2, "s");
	check_quantity("1.5m", 90, "s");
	check_quantity("2h", 7200, "s");
	check_quantity("1400B", 1400, "B");
	check_quantity("10kB", 10240, "B");
	check_quantity("95%", 0.95, "ratio");
	check_quantity("-3", -3, "");
}

static void quantity_refuses_what_is_none(void **state)
{
	static const char *const wrong[] = {"",     "s",           "30 s",  "0x10", "inf", "nan",
	                                    "1e5s", "3lightyears", "1.2.3", "--5",  "30ss"};
	double value;
	const char *unit;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (text_quantity(wrong[i], &value, &unit) == 0)
			fail_msg("\"%s\" was taken for a quantity", wrong[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(clean_keeps_printable_utf8),  cmocka_unit_test(clean_shows_control_bytes),
	    cmocka_unit_test(clean_shows_invalid_utf8),    cmocka_unit_test(clean_cuts_at_a_character),
	    cmocka_unit_test(clean_is_safe_for_all_bytes), cmocka_unit_test(width_counts_columns),
	    cmocka_unit_test(quantity_reads_units),        cmocka_unit_test(quantity_refuses_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
