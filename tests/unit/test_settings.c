/* What the user sets reaches a worker unchanged, and what is out of range is refused by name. */
#include "checks/settings.h"

#include "unit.h"

static const struct setting *find(const char *option)
{
	for (size_t i = 0; i < settings_table_size; i++)
		if (settings_table[i].option != NULL && strcmp(settings_table[i].option, option) == 0)
			return &settings_table[i];
	fail_msg("no setting %s", option);
	return NULL;
}

static void set(struct settings *s, const char *option, const char *argument)
{
	struct err err;

	if (settings_set(s, find(option), argument, &err) != 0)
		fail_msg("%s", err.text);
}

static void refused(const char *option, const char *argument, const char *why)
{
	struct settings s = {0};
	struct err err;

	assert_int_equal(settings_set(&s, find(option), argument, &err), -1);
	if (strstr(err.text, why) == NULL || strstr(err.text, option) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.text, why);
	settings_done(&s);
}

static void arguments_are_checked(void **state)
{
	(void)state;
	refused("timeout", "0", "expected seconds");
	refused("timeout", "-3", "expected seconds");
	refused("timeout", "2d", "at most a day");
	refused("timeout", "10B", "expected seconds");
	refused("timeout", "soon", "expected seconds");
	refused("port", "0", "1 to 65535");
	refused("port", "65536", "1 to 65535");
	refused("port", "25x", "1 to 65535");
	refused("port", "+25", "1 to 65535");
	refused("from", "a@b\r\nRCPT TO:<c@d>", "not printable");
	refused("from", "a b@c", "not an address");
	refused("rcpt", "<>", "not an address");
	refused("rcpt", "a@b> SIZE=1", "not an address");
	refused("helo", "", "neither a host name");
	refused("helo", "mx one", "neither a host name");
	refused("idle", "lunch", "no such phase: lunch (one of banner");
	refused("idle", "tls", "no such phase");
	refused("resolver", "192.0.2.1,ns.example", "\"ns.example\": expected ADDRESS");
	refused("since", "tomorrow", "\"tomorrow\" is no moment");
	refused("until", "99:99", "is no moment");
}

/* A worker gets exactly what main() got: arguments read back through the table give the same settings. */
static void arguments_survive_the_way_to_a_worker(void **state)
{
	struct settings s = {0}, again = {0}, copy;
	char *argv[SETTINGS_ARGS_MAX] = {NULL};
	struct err err;

	(void)state;
	set(&s, "timeout", "1.5m");
	set(&s, "port", "2525");
	set(&s, "resolver", "127.0.0.1:5353");
	set(&s, "from", "-a@example.com");
	set(&s, "idle", "data");
	set(&s, "yes", NULL);
	set(&s, "address", "192.0.2.1");
	s.v4_only = true;
	settings_add_file(&s, "mail.log");
	settings_add_file(&s, "a\nb \x1b.log"); /* paths are what they are */
	settings_copy(&copy, &s);
	assert_true(settings_args_room(&copy) >= SETTINGS_ARGS_MAX + 4);
	size_t count = settings_to_args(&copy, argv, 0);
	for (size_t i = 0; i < count; i++) {
		const struct setting *setting = strcmp(argv[i], "-4") == 0 ? &settings_table[1] : find(argv[i] + 2);
		const char *argument = setting->kind != SETTING_FLAG ? argv[++i] : NULL;
		if (settings_set(&again, setting, argument, &err) != 0)
			fail_msg("%s", err.text);
	}
	assert_float_equal(again.timeout, 90, 1e-9);
	assert_int_equal(again.port, 2525);
	assert_string_equal(again.resolver, "127.0.0.1:5353");
	assert_string_equal(again.from, "-a@example.com");
	assert_string_equal(again.idle, "data");
	assert_string_equal(again.address, "192.0.2.1");
	assert_int_equal(again.file_count, 2);
	assert_string_equal(again.files[0], "mail.log");
	assert_string_equal(again.files[1], "a\nb \x1b.log");
	assert_true(again.yes && again.v4_only);
	assert_false(again.deliver || again.v6_only || again.pipelining);
	assert_null(again.rcpt);
	for (size_t i = 0; i < count; i++)
		free(argv[i]);
	settings_done(&s);
	settings_done(&copy);
	settings_done(&again);
}

static void every_setting_fits_the_argument_vector(void **state)
{
	(void)state;
	assert_true(settings_table_size * 2 <= SETTINGS_ARGS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(arguments_are_checked),
	    cmocka_unit_test(arguments_survive_the_way_to_a_worker),
	    cmocka_unit_test(every_setting_fits_the_argument_vector),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
