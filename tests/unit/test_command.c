/* Programs of this machine are run without a shell, bounded in time and in what they say. */
#include "base/command.h"

#include "base/clock.h"
#include "unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/smtpdx-command-XXXXXX";

static const char *script(const char *name, const char *text)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "#!/bin/sh\n%s\n", text);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0755), 0);
	return path;
}

static char *output_of(const char *program, const char *argument, double seconds, struct err *err)
{
	const char *const argv[] = {program, argument, NULL};

	return command_output(argv, clock_now() + seconds, NULL, err);
}

static void takes_what_it_says(void **state)
{
	const char *const argv[] = {script("says", "printf '%s|' \"$@\"; echo aside >&2"), "a b", "$(id)", NULL};
	struct err err;
	size_t size = 0;

	(void)state;
	char *text = command_output(argv, clock_now() + 20, &size, &err);
	assert_non_null(text);
	assert_string_equal(text, "a b|$(id)|");
	assert_int_equal(size, 10);
	free(text);
}

static void is_found_in_path(void **state)
{
	struct err err;

	(void)state;
	script("smtpdx-program", "echo found");
	char *old = getenv("PATH") != NULL ? strdup(getenv("PATH")) : NULL;
	assert_null(output_of("smtpdx-program", NULL, 20, &err));
	assert_non_null(strstr(err.text, "smtpdx-program: "));
	assert_int_equal(setenv("PATH", dir, 1), 0);
	char *text = output_of("smtpdx-program", NULL, 20, &err);
	if (old != NULL)
		setenv("PATH", old, 1);
	free(old);
	assert_non_null(text);
	assert_string_equal(text, "found\n");
	free(text);
}

static void the_environment_is_clean(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(setenv("MAIL_CONFIG", "/nowhere", 1), 0);
	char *text = output_of(script("environment", "echo \"$LC_ALL $MAIL_CONFIG\""), NULL, 20, &err);
	unsetenv("MAIL_CONFIG");
	assert_non_null(text);
	assert_string_equal(text, "C \n");
	free(text);
}

static void what_hangs_is_ended(void **state)
{
	struct err err;
	const double began = clock_now();

	(void)state;
	assert_null(output_of(script("hangs", "echo begun; sleep 300 & wait"), NULL, 0.3, &err));
	assert_non_null(strstr(err.text, "gave no answer in time"));
	assert_null(output_of(script("hangs-mute", "exec >&- 2>&-; sleep 300"), NULL, 0.3, &err));
	assert_non_null(strstr(err.text, "gave no answer in time"));
	assert_null(output_of(script("complains", "exec cat /dev/zero >&2"), NULL, 0.3, &err));
	assert_non_null(strstr(err.text, "gave no answer in time"));
	assert_true(clock_now() - began < 30);
}

static void what_fails_says_why(void **state)
{
	struct err err;

	(void)state;
	assert_null(output_of(script("fails", "printf 'fatal: \\033[2Jno\\nmore\\n' >&2; exit 1"), NULL, 20, &err));
	assert_non_null(strstr(err.text, "fatal: \\x1b[2Jno"));
	assert_null(strstr(err.text, "more"));
	assert_null(output_of(script("fails-mute", "exit 3"), NULL, 20, &err));
	assert_non_null(strstr(err.text, "status 3"));
	assert_null(output_of(script("dies", "kill -9 $$"), NULL, 20, &err));
	assert_non_null(strstr(err.text, "signal 9"));
	const char *path = script("no-program", "");
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs("\177ELF, or so it says", file);
	assert_int_equal(fclose(file), 0);
	assert_null(output_of(path, NULL, 20, &err));
	assert_non_null(strstr(err.text, "no-program: Exec format error"));
}

static void what_never_stops_is_stopped(void **state)
{
	struct err err;

	(void)state;
	assert_null(output_of(script("talks", "exec cat /dev/zero"), NULL, 50, &err));
	assert_non_null(strstr(err.text, "says too much"));
}

static int remove_dir(void **state)
{
	static const char *const names[] = {"says",       "smtpdx-program", "environment", "hangs",
	                                    "hangs-mute", "fails",          "fails-mute",  "dies",
	                                    "talks",      "complains",      "no-program"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char path[256];
		snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		unlink(path);
	}
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_what_it_says),       cmocka_unit_test(is_found_in_path),
	    cmocka_unit_test(the_environment_is_clean), cmocka_unit_test(what_hangs_is_ended),
	    cmocka_unit_test(what_fails_says_why),      cmocka_unit_test(what_never_stops_is_stopped),
	};

	if (mkdtemp(dir) == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, remove_dir);
}
