/* A buffer never grows past its ceiling, and says that it was cut. */
#include "base/buf.h"

#include "unit.h"

static void appends_and_terminates(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 100);
	assert_string_equal(buf.text, "");
	assert_int_equal(buf_puts(&buf, "one"), 0);
	assert_int_equal(buf_putc(&buf, ' '), 0);
	assert_int_equal(buf_printf(&buf, "%d-%s", 2, "three"), 0);
	assert_string_equal(buf.text, "one 2-three");
	assert_int_equal(buf.size, 11);
	char *text = buf_take(&buf);
	assert_string_equal(text, "one 2-three");
	assert_null(buf.text);
	free(text);
}

static void stops_at_the_ceiling(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 5);
	assert_int_equal(buf_puts(&buf, "12345"), 0);
	assert_false(buf.cut);
	assert_int_equal(buf_puts(&buf, "6"), -1);
	assert_true(buf.cut);
	assert_string_equal(buf.text, "12345");
	buf_clear(&buf);
	assert_false(buf.cut);
	assert_int_equal(buf_printf(&buf, "%s", "abcdefgh"), -1);
	assert_string_equal(buf.text, "abcde");
	buf_done(&buf);
}

static void keeps_nul_bytes(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 10);
	buf_add(&buf, "a\0b", 3);
	assert_int_equal(buf.size, 3);
	assert_memory_equal(buf.text, "a\0b", 4);
	buf_done(&buf);
}

static void replaces_in_place(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 10);
	buf_puts(&buf, "held");
	assert_int_equal(buf_replace(&buf, 3, 0, "lo wor", 6), 0);
	assert_string_equal(buf.text, "hello word");
	assert_int_equal(buf_replace(&buf, 9, 0, "l", 1), -1); /* one too many: nothing has changed */
	assert_string_equal(buf.text, "hello word");
	assert_int_equal(buf_replace(&buf, 0, 6, "", 0), 0);
	assert_int_equal(buf_replace(&buf, 4, 0, "s", 1), 0);
	assert_string_equal(buf.text, "words");
	assert_int_equal(buf.size, 5);
	buf_done(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(appends_and_terminates),
	    cmocka_unit_test(stops_at_the_ceiling),
	    cmocka_unit_test(keeps_nul_bytes),
	    cmocka_unit_test(replaces_in_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
