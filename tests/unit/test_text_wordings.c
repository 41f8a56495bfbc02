/* The catalogue of wordings and the manual of settings: what they recognise, and what they refuse. */
#include "unit.h"

#include "base/file.h"
#include "base/xalloc.h"
#include "text/manual.h"
#include "text/wordings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct wordings *load(void)
{
	struct err err = {""};
	struct wordings *wordings = wordings_load(&err);

	assert_string_equal(err.text, "");
	assert_non_null(wordings);
	return wordings;
}

static const struct wording *find(const struct wordings *wordings, const char *line)
{
	char lower[2000];
	size_t i = 0;

	for (; line[i] != '\0' && i + 1 < sizeof lower; i++)
		lower[i] = line[i] >= 'A' && line[i] <= 'Z' ? (char)(line[i] - 'A' + 'a') : line[i];
	lower[i] = '\0';
	return wordings_find(wordings, lower);
}

/* "id TAB line TAB similar line": each row finds its own line before all others, and leaves the similar one alone. */
static void every_row_knows_its_line_and_no_similar_one(void **state)
{
	const char *folder = getenv("SMTPDX_SRCDIR");
	struct wordings *wordings = load();
	struct err err = {""};
	size_t count = 0, size;

	(void)state;
	if (folder == NULL)
		skip();
	char *path = xasprintf("%s/tests/data/lines.tsv", folder);
	char *text = file_read(path, 1048576, &size, &err), *rest = text;
	assert_string_equal(err.text, "");
	for (char *line; (line = strsep(&rest, "\n")) != NULL && *line != '\0';) {
		if (line[0] == '#')
			continue;
		const char *id = strsep(&line, "\t"), *own = strsep(&line, "\t"), *similar = strsep(&line, "\t");
		assert_non_null(similar);
		assert_string_equal(wordings_row(wordings, count)->id, id); /* in step: no row without an example */
		const struct wording *row = find(wordings, own);
		if (row == NULL || strcmp(row->id, id) != 0)
			fail_msg("%s: \"%s\" is taken for %s", id, own, row != NULL ? row->id : "nothing");
		row = find(wordings, similar);
		if (row != NULL && strcmp(row->id, id) == 0)
			fail_msg("%s: \"%s\" is taken for it", id, similar);
		count++;
	}
	assert_true(count > 900);
	assert_int_equal(count, wordings_count(wordings));
	free(text);
	free(path);
	wordings_free(wordings);
}

static void expect_literal(const char *expression, const char *literal)
{
	char found[40];

	wording_literal(expression, found, sizeof found);
	assert_string_equal(found, literal);
}

/* What is taken for a part of every match really is one: else rows would never be tried. */
static void a_literal_is_in_every_match(void **state)
{
	(void)state;
	expect_literal("lost connection after [a-z]+ from", "lost connection after ");
	expect_literal("^550 5\\.7\\.1 no", "550 5.7.1 no");
	expect_literal("(one|two) three", " three");
	expect_literal("colou?r of it", "r of it");
	expect_literal("[0-9]{16} smtp", " smtp");
	expect_literal("ab{2}c", "a");
	expect_literal("x{2,3}yz", "yz");
	expect_literal("ab+cdef", "cdef");
	expect_literal("one|two", "");
	expect_literal("[]a] x(y[)]z) tail", " tail");
	expect_literal("(a)*long enough", "long enough");
	expect_literal("", "");
}

/* In a folder of the site, where its files come before the built-in ones. */
static void with_site_file(const char *name, const char *content, void (*check)(struct err *err))
{
	char folder[] = "/tmp/smtpdx-wordings-XXXXXX";
	struct err err = {""};

	assert_non_null(mkdtemp(folder));
	char *inner = xasprintf("%s/smtpdx", folder);
	assert_int_equal(mkdir(inner, 0700), 0);
	char *path = xasprintf("%s/%s", inner, name);
	assert_int_equal(file_replace(path, content, strlen(content), &err), 0);
	assert_int_equal(setenv("XDG_CONFIG_HOME", folder, 1), 0);
	check(&err);
	unsetenv("XDG_CONFIG_HOME");
	unlink(path);
	rmdir(inner);
	rmdir(folder);
	free(path);
	free(inner);
}

static void manual_is_refused(struct err *err)
{
	assert_null(manual_load(err));
}

#define HEAD "id\tserver\tside\tphase\tclass\tsetting\twording\tmeans\n"

static const char *expected_words;

static void wordings_are_refused_because(struct err *err)
{
	assert_null(wordings_load(err));
	if (strstr(err->text, expected_words) == NULL || strstr(err->text, "lines.tsv:3: ") == NULL)
		fail_msg("\"%s\" does not say \"%s\" and where", err->text, expected_words);
}

static void bad_rows_are_refused_with_their_line(void **state)
{
	static const struct {
		const char *row, *why;
	} cases[] = {
	    {"a\tany\tany\tany\ttarpit\t\twords", "7 columns, expected 8"},
	    {"\tany\tany\tany\ttarpit\t\twords\tmeaning", "no id"},
	    {"a\tany\tany\tlater\ttarpit\t\twords\tmeaning", "expected a phase"},
	    {"a\tany\tany\tany\tweather\t\twords\tmeaning", "a word of seen.says"},
	    {"a\tany\tany\tany\ttarpit\t\twords\t", "does not say what the line means"},
	    {"a\tany\tany\tany\ttarpit\t\twords\t=", "does not say what the line means"},
	    {"a\tany\tany\tany\ttarpit\t\two(rds\tmeaning", "not an extended regular expression"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *content = xasprintf("# a comment\n" HEAD "%s\n", cases[i].row);
		expected_words = cases[i].why;
		with_site_file("lines.tsv", content, wordings_are_refused_because);
		free(content);
	}
	expected_words = "does not say what the line means"; /* what the row above means is of another class */
	with_site_file("lines.tsv",
	               HEAD "a\tany\tany\tany\ttarpit\t\twords\tit waits\nb\tany\tany\tany\tnoise\t\twords\t=\n",
	               wordings_are_refused_because);
	with_site_file("settings.tsv", "server\tsetting\tdefault\tread\tchange\npostfix\tx\n", manual_is_refused);
}

static void settings_are_found_by_the_first_name_that_the_server_has(void **state)
{
	struct err err = {""};
	struct manual *manual = manual_load(&err);

	(void)state;
	assert_non_null(manual);
	const struct manual_entry *entry =
	    manual_find(manual, "postfix", "smtpd_timeout (smtpd_starttls_timeout in TLS)");
	assert_non_null(entry);
	assert_string_equal(entry->setting, "smtpd_timeout");
	assert_non_null(strstr(entry->read, "postconf smtpd_timeout"));
	assert_non_null(strstr(entry->change, "postconf -e"));
	entry = manual_find(manual, "postfix", "queue_minfree, message_size_limit");
	assert_string_equal(entry->setting, "queue_minfree");
	entry = manual_find(manual, "exim", "smtp_accept_max_per_host");
	assert_string_equal(entry->setting, "smtp_accept_max_per_host"); /* not smtp_accept_max */
	assert_null(manual_find(manual, "exim", "smtpd_timeout"));
	assert_null(manual_find(manual, "postfix", "nothing that is known"));
	manual_free(manual);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_row_knows_its_line_and_no_similar_one),
	    cmocka_unit_test(a_literal_is_in_every_match),
	    cmocka_unit_test(bad_rows_are_refused_with_their_line),
	    cmocka_unit_test(settings_are_found_by_the_first_name_that_the_server_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
