/*
 * helpfile: the site's files come before the built-in ones, and hostile ones are refused.
 *
 * This program brings its own table of built-in files; the linker then leaves the real one out.
 */
#include "base/helpfile.h"

#include "base/helpfile_embedded.h"
#include "base/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define BYTES(text) .bytes = (const unsigned char *)(text), .size = sizeof(text) - 1

const struct embedded_file embedded_files[] = {
    {.name = "causes/a.cause", BYTES("built-in a\n")}, {.name = "causes/b.cause", BYTES("built-in b\n")},
    {.name = "causes/notes.txt", BYTES("no cause\n")}, {.name = "causesque/z.cause", BYTES("another folder\n")},
    {.name = "replies.tsv", BYTES("220\tready\n")},
};
const size_t embedded_count = sizeof embedded_files / sizeof embedded_files[0];

static char config[] = "/tmp/smtpdx-helpfile-XXXXXX"; /* stands for $XDG_CONFIG_HOME */

static char *site_path(const char *name)
{
	return xasprintf("%s/smtpdx/%s", config, name);
}

static void write_site_file(const char *name, const void *bytes, size_t size)
{
	char *path = site_path(name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
	free(path);
}

static void remove_site_file(const char *name)
{
	char *path = site_path(name);

	assert_int_equal(remove(path), 0);
	free(path);
}

static void make_site_folder(const char *name)
{
	char *path = site_path(name);

	assert_int_equal(mkdir(path, 0700), 0);
	free(path);
}

static int set_up(void **state)
{
	(void)state;
	if (mkdtemp(config) == NULL)
		return -1;
	make_site_folder("");
	make_site_folder("causes");
	return setenv("XDG_CONFIG_HOME", config, 1);
}

static int tear_down(void **state)
{
	(void)state;
	remove_site_file("causes");
	remove_site_file("");
	return rmdir(config);
}

/* The one file of the site is refused, and the reason contains the words. */
static void expect_refused(const char *name, const char *words)
{
	struct helpfile *files;
	struct err err = {""};
	size_t count;

	assert_int_equal(helpfile_list("causes", ".cause", &files, &count, &err), -1);
	assert_int_equal(count, 0);
	assert_null(files);
	assert_non_null(strstr(err.text, words));
	assert_non_null(strstr(err.text, name));
}

static void test_built_in_files_are_listed_by_folder_and_suffix(void **state)
{
	struct helpfile *files;
	struct err err;
	size_t count;

	(void)state;
	assert_int_equal(helpfile_list("causes", ".cause", &files, &count, &err), 0);
	assert_int_equal(count, 2);
	assert_string_equal(files[0].name, "causes/a.cause");
	assert_string_equal(files[0].origin, "built-in help/causes/a.cause");
	assert_string_equal(files[0].text, "built-in a\n");
	assert_int_equal(files[0].size, 11);
	assert_string_equal(files[1].name, "causes/b.cause");
	helpfile_list_free(files, count);
}

static void test_site_files_replace_and_extend_sorted_by_name(void **state)
{
	struct helpfile *files;
	struct err err;
	size_t count;
	char *path = site_path("causes/b.cause");

	(void)state;
	write_site_file("causes/b.cause", "site b\n", 7);
	write_site_file("causes/aa.cause", "site aa\n", 8);
	write_site_file("causes/.hidden.cause", "an editor's", 11);
	write_site_file("causes/b.cause~", "a backup", 8);
	assert_int_equal(helpfile_list("causes", ".cause", &files, &count, &err), 0);
	assert_int_equal(count, 3);
	assert_string_equal(files[0].text, "built-in a\n");
	assert_string_equal(files[1].name, "causes/aa.cause");
	assert_string_equal(files[1].text, "site aa\n");
	assert_string_equal(files[2].text, "site b\n");
	assert_string_equal(files[2].origin, path);
	helpfile_list_free(files, count);
	remove_site_file("causes/b.cause");
	remove_site_file("causes/aa.cause");
	remove_site_file("causes/.hidden.cause");
	remove_site_file("causes/b.cause~");
	free(path);
}

static void test_get_prefers_the_site(void **state)
{
	struct helpfile file;
	struct err err;

	(void)state;
	assert_int_equal(helpfile_get("replies.tsv", &file, &err), 0);
	assert_string_equal(file.text, "220\tready\n");
	assert_string_equal(file.origin, "built-in help/replies.tsv");
	helpfile_done(&file);

	write_site_file("replies.tsv", "421\tmine\n", 9);
	assert_int_equal(helpfile_get("replies.tsv", &file, &err), 0);
	assert_string_equal(file.name, "replies.tsv");
	assert_string_equal(file.text, "421\tmine\n");
	assert_int_equal(file.size, 9);
	helpfile_done(&file);
	remove_site_file("replies.tsv");
}

static void test_get_never_leaves_its_folders(void **state)
{
	static const char *const names[] = {
	    "",
	    "nothing.tsv",
	    "/etc/passwd",
	    "../smtpdx/replies.tsv",
	    "causes/../replies.tsv",
	    "causes//a.cause",
	    "causes/",
	    "a b",
	    "causes/\x1b[2J",
	    ".hidden",
	    "causes/a.cause/x",
	};
	struct helpfile file;

	(void)state;
	write_site_file(".hidden", "x", 1);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct err err = {""};

		assert_int_equal(helpfile_get(names[i], &file, &err), -1);
		assert_non_null(strstr(err.text, "no such help file"));
		assert_null(file.text);
	}
	remove_site_file(".hidden");
}

static void test_home_counts_when_xdg_config_home_is_not_absolute(void **state)
{
	struct helpfile file;
	struct err err;
	char *home = site_path("home");
	char *dot_config = site_path("home/.config");
	char *link = site_path("home/.config/smtpdx");

	(void)state;
	make_site_folder("home");
	make_site_folder("home/.config");
	assert_int_equal(symlink("../..", link), 0);
	write_site_file("replies.tsv", "at home\n", 8);
	setenv("HOME", home, 1);
	setenv("XDG_CONFIG_HOME", "relative", 1);
	assert_int_equal(helpfile_get("replies.tsv", &file, &err), 0);
	assert_string_equal(file.text, "at home\n");
	helpfile_done(&file);

	unsetenv("HOME");
	assert_int_equal(helpfile_get("replies.tsv", &file, &err), 0);
	assert_string_equal(file.text, "220\tready\n");
	helpfile_done(&file);

	setenv("XDG_CONFIG_HOME", config, 1);
	remove_site_file("replies.tsv");
	remove_site_file("home/.config/smtpdx");
	remove_site_file("home/.config");
	remove_site_file("home");
	free(home);
	free(dot_config);
	free(link);
}

static void test_a_file_of_the_largest_size_is_read_and_one_byte_more_refused(void **state)
{
	size_t size = HELPFILE_SIZE_MAX;
	char *bytes = xmalloc(size + 1);
	struct helpfile file;
	struct err err;

	(void)state;
	memset(bytes, 'x', size + 1);
	write_site_file("causes/big.cause", bytes, size);
	assert_int_equal(helpfile_get("causes/big.cause", &file, &err), 0);
	assert_int_equal(file.size, size);
	assert_int_equal(strlen(file.text), size);
	helpfile_done(&file);
	write_site_file("causes/big.cause", bytes, size + 1);
	expect_refused("causes/big.cause", "larger than 1048576 bytes");
	remove_site_file("causes/big.cause");
	free(bytes);
}

static void test_a_nul_byte_is_refused(void **state)
{
	(void)state;
	write_site_file("causes/nul.cause", "a\0b", 3);
	expect_refused("causes/nul.cause", "NUL");
	remove_site_file("causes/nul.cause");
}

static void test_what_is_no_regular_file_is_refused_without_waiting(void **state)
{
	char *path = site_path("causes/pipe.cause");

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_refused("causes/pipe.cause", "not a regular file");
	assert_int_equal(remove(path), 0);
	make_site_folder("causes/pipe.cause");
	expect_refused("causes/pipe.cause", "not a regular file");
	remove_site_file("causes/pipe.cause");
	free(path);
}

static void test_a_file_name_with_other_characters_is_refused(void **state)
{
	(void)state;
	write_site_file("causes/\x1b]0;x\a.cause", "x", 1);
	expect_refused("causes/\\x1b]0;x\\x07.cause", "letters, digits");
	remove_site_file("causes/\x1b]0;x\a.cause");
}

static void test_a_link_that_leads_nowhere_is_passed_over_and_a_loop_is_told(void **state)
{
	char *path = site_path("causes/link.cause");
	struct helpfile *files;
	struct err err;
	size_t count;

	(void)state;
	assert_int_equal(symlink("nowhere", path), 0);
	assert_int_equal(helpfile_list("causes", ".cause", &files, &count, &err), 0);
	assert_int_equal(count, 2);
	helpfile_list_free(files, count);
	assert_int_equal(remove(path), 0);
	assert_int_equal(symlink("link.cause", path), 0);
	expect_refused("causes/link.cause", "symbolic links");
	assert_int_equal(remove(path), 0);
	free(path);
}

static void test_more_files_than_allowed_are_refused(void **state)
{
	char name[64];

	(void)state;
	for (int i = 0; i <= HELPFILE_COUNT_MAX; i++) {
		snprintf(name, sizeof name, "causes/n%d.cause", i);
		write_site_file(name, "x", 1);
	}
	expect_refused("/causes", "more than 1000 files");
	for (int i = 0; i <= HELPFILE_COUNT_MAX; i++) {
		snprintf(name, sizeof name, "causes/n%d.cause", i);
		remove_site_file(name);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_built_in_files_are_listed_by_folder_and_suffix),
	    cmocka_unit_test(test_site_files_replace_and_extend_sorted_by_name),
	    cmocka_unit_test(test_get_prefers_the_site),
	    cmocka_unit_test(test_get_never_leaves_its_folders),
	    cmocka_unit_test(test_home_counts_when_xdg_config_home_is_not_absolute),
	    cmocka_unit_test(test_a_file_of_the_largest_size_is_read_and_one_byte_more_refused),
	    cmocka_unit_test(test_a_nul_byte_is_refused),
	    cmocka_unit_test(test_what_is_no_regular_file_is_refused_without_waiting),
	    cmocka_unit_test(test_a_file_name_with_other_characters_is_refused),
	    cmocka_unit_test(test_a_link_that_leads_nowhere_is_passed_over_and_a_loop_is_told),
	    cmocka_unit_test(test_more_files_than_allowed_are_refused),
	};

	return cmocka_run_group_tests_name("helpfile", tests, set_up, tear_down);
}
