/* The sizes that are tried between one that passes and one that does not lead to the exact size, and soon. */
#include "checks/mtu/sizes.h"

#include "unit.h"

/* Plays a path of that MTU; the number of sizes that were tried until one byte more is known to fail. */
static int tries_until_exact(int passes, int fails, int mtu, int hint)
{
	int tries = 0;

	for (int size; (size = sizes_next(passes, fails, hint)) != 0; tries++) {
		assert_true(size > passes && size < fails);
		if (size <= mtu)
			passes = size;
		else
			fails = size;
		assert_true(tries < 100);
	}
	assert_int_equal(passes, mtu);
	assert_int_equal(fails, mtu + 1);
	return tries;
}

static void every_size_is_found(void **state)
{
	(void)state;
	for (int mtu = 1280; mtu < 1500; mtu++)
		assert_true(tries_until_exact(1280, 1500, mtu, 0) <= 12);
	for (int mtu = 576; mtu < 9000; mtu += 7)
		tries_until_exact(576, 9000, mtu, 0);
}

static void common_sizes_are_found_in_five(void **state)
{
	static const int common[] = {1280, 1300, 1400, 1420, 1450, 1472, 1480, 1492};

	(void)state;
	for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
		assert_true(tries_until_exact(1280, 1500, common[i], 0) <= 5);
}

static void a_hint_saves_the_search(void **state)
{
	(void)state;
	assert_int_equal(tries_until_exact(1280, 1500, 1337, 1337), 2);
	assert_true(tries_until_exact(1280, 1500, 1337, 1400) <= 12); /* a wrong one does no harm */
	assert_true(tries_until_exact(1280, 1500, 1450, 1400) <= 12);
}

static void nothing_is_left_between_neighbours(void **state)
{
	int sizes[8];

	(void)state;
	assert_int_equal(sizes_next(1400, 1401, 0), 0);
	assert_int_equal(sizes_ladder(1400, 1401, sizes, 8), 0);
}

/* A ladder is climbed to the first rung that fails; the next one stands between the two around it. */
static int ladders_until_exact(int passes, int fails, int mtu)
{
	int sizes[80], ladders = 0;
	size_t count;

	for (; (count = sizes_ladder(passes, fails, sizes, 80)) > 0; ladders++) {
		for (size_t i = 0; i < count; i++) {
			assert_true(sizes[i] > (i > 0 ? sizes[i - 1] : passes) && sizes[i] < fails);
		}
		for (size_t i = 0; i < count; i++) {
			if (sizes[i] > mtu) {
				fails = sizes[i];
				break;
			}
			passes = sizes[i];
		}
		assert_true(ladders < 10);
	}
	assert_int_equal(passes, mtu);
	assert_int_equal(fails, mtu + 1);
	return ladders;
}

static void ladders_find_every_size(void **state)
{
	(void)state;
	for (int mtu = 576; mtu < 1500; mtu++)
		assert_true(ladders_until_exact(576, 1500, mtu) <= 4);
	for (int mtu = 576; mtu < 9000; mtu++)
		assert_true(ladders_until_exact(576, 9000, mtu) <= 4);
	assert_int_equal(ladders_until_exact(576, 1500, 1400), 1);
	assert_int_equal(ladders_until_exact(576, 1500, 1492), 1);
	assert_int_equal(ladders_until_exact(576, 9000, 1500), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_size_is_found),     cmocka_unit_test(common_sizes_are_found_in_five),
	    cmocka_unit_test(a_hint_saves_the_search), cmocka_unit_test(nothing_is_left_between_neighbours),
	    cmocka_unit_test(ladders_find_every_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
