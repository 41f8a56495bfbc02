/* A file is replaced whole or not at all; reading is bounded. */
#include "base/file.h"

#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/smtpdx-file-XXXXXX";

static char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static size_t files_in_dir(void)
{
	size_t count = 0;
	DIR *d = opendir(dir);

	assert_non_null(d);
	for (struct dirent *entry; (entry = readdir(d)) != NULL;)
		count += entry->d_name[0] != '.';
	closedir(d);
	return count;
}

static void check_content(const char *name, const char *expected)
{
	size_t size;
	struct err err;
	char *text = file_read(path_of(name), 1000, &size, &err);

	assert_non_null(text);
	assert_string_equal(text, expected);
	assert_int_equal(size, strlen(expected));
	free(text);
}

static void replaces_whole(void **state)
{
	struct err err;
	struct stat st;

	(void)state;
	assert_int_equal(file_replace(path_of("a"), "first", 5, &err), 0);
	check_content("a", "first");
	assert_int_equal(chmod(path_of("a"), 0600), 0);
	assert_int_equal(file_replace(path_of("a"), "second one", 10, &err), 0);
	check_content("a", "second one");
	assert_int_equal(stat(path_of("a"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(files_in_dir(), 1);
}

static void keeps_a_symbolic_link(void **state)
{
	struct err err;
	struct stat st;
	char target[256];

	(void)state;
	snprintf(target, sizeof target, "%s", path_of("target"));
	assert_int_equal(file_replace(target, "old", 3, &err), 0);
	assert_int_equal(symlink(target, path_of("link")), 0);
	assert_int_equal(file_replace(path_of("link"), "new", 3, &err), 0);
	assert_int_equal(lstat(path_of("link"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	check_content("target", "new");
}

static void leaves_nothing_behind_on_failure(void **state)
{
	struct err err;
	size_t before = files_in_dir();

	(void)state;
	assert_int_equal(file_replace(path_of("no/such/dir"), "x", 1, &err), -1);
	assert_non_null(strstr(err.text, "no/such/dir: No such file or directory"));
	assert_int_equal(file_replace(dir, "x", 1, &err), -1);
	assert_non_null(strstr(err.text, "Is a directory"));
	assert_int_equal(file_replace("/dev/full", "x", 1, &err), -1);
	assert_non_null(strstr(err.text, "/dev/full: No space left on device"));
	assert_int_equal(files_in_dir(), before);
}

static void tells_beforehand(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(file_check_writable(path_of("new"), &err), 0);
	assert_int_equal(file_check_writable(path_of("a"), &err), 0);
	assert_int_equal(file_check_writable("/dev/null", &err), 0);
	assert_int_equal(file_check_writable("relative", &err), access(".", W_OK) == 0 ? 0 : -1);
	assert_int_equal(file_check_writable(path_of("no/dir"), &err), -1);
	assert_non_null(strstr(err.text, "no/dir: No such file or directory"));
	assert_int_equal(file_check_writable(dir, &err), -1);
	assert_int_equal(file_check_writable("/dev/null/new", &err), -1);
	assert_int_equal(file_check_writable("", &err), -1);
	assert_non_null(strstr(err.text, "\"\": No such file or directory"));
}

static void reading_is_bounded(void **state)
{
	struct err err;
	size_t size;
	char big[10000];

	(void)state;
	memset(big, 'x', sizeof big);
	assert_int_equal(file_replace(path_of("big"), big, sizeof big, &err), 0);
	char *text = file_read(path_of("big"), sizeof big, &size, &err);
	assert_non_null(text);
	assert_int_equal(size, sizeof big);
	free(text);
	assert_null(file_read(path_of("big"), sizeof big - 1, &size, &err));
	assert_non_null(strstr(err.text, "larger than 9999 bytes"));
	assert_null(file_read(path_of("missing"), 10, &size, &err));
	assert_null(file_read(dir, 10, &size, &err));
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static int remove_dir(void **state)
{
	static const char *const names[] = {"a", "link", "target", "big"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		unlink(path_of(names[i]));
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(replaces_whole),
	    cmocka_unit_test(keeps_a_symbolic_link),
	    cmocka_unit_test(leaves_nothing_behind_on_failure),
	    cmocka_unit_test(tells_beforehand),
	    cmocka_unit_test(reading_is_bounded),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
