/* The reply catalogue: every row recognises its reply and not a similar one; what is wrong in a file is told exactly. */
#include "base/file.h"
#include "base/xalloc.h"
#include "smtp/replies.h"
#include "unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Rows whose words an earlier row of the same server has; they are in the catalogue for whoever reads it. */
static const struct {
	const char *id, *found;
} shadowed[] = {
    {"ps-421-timeout", "pf-smtpd-421-timeout"},
};

static struct replies *load(void)
{
	struct err err = {""};
	struct replies *replies = replies_load(&err);

	assert_string_equal(err.text, "");
	assert_non_null(replies);
	return replies;
}

static char *read_source(const char *name)
{
	const char *folder = getenv("SMTPDX_SRCDIR");
	struct err err = {""};
	size_t size;

	if (folder == NULL)
		return NULL;
	char *path = xasprintf("%s/%s", folder, name);
	char *text = file_read(path, 1048576, &size, &err);
	assert_string_equal(err.text, "");
	free(path);
	return text;
}

static const char *expected_for(const char *id)
{
	for (size_t i = 0; i < sizeof shadowed / sizeof shadowed[0]; i++)
		if (strcmp(shadowed[i].id, id) == 0)
			return shadowed[i].found;
	return id;
}

static void check_example(const struct replies *replies, const char *id, const char *server, const char *phase,
                          const char *reply, const char *other)
{
	const char *in = strcmp(phase, "-") == 0 ? NULL : phase;
	const struct reply_row *row = replies_find_of(replies, server, reply, in);

	if (row == NULL || strcmp(row->id, expected_for(id)) != 0)
		fail_msg("%s: \"%s\" is taken for %s", id, reply, row != NULL ? row->id : "none");
	row = replies_find_of(replies, server, other, in);
	if (row != NULL && strcmp(row->id, expected_for(id)) == 0)
		fail_msg("%s: \"%s\" is taken for it", id, other);
}

/* The next line of a text that is cut up on the way; NULL at its end. */
static char *next_line(char **at)
{
	char *line = *at;

	if (line == NULL || *line == '\0')
		return NULL;
	char *end = strchr(line, '\n');
	*at = end != NULL ? end + 1 : NULL;
	if (end != NULL)
		*end = '\0';
	return line;
}

static void test_every_row(void **state)
{
	struct replies *replies = load();
	char *rows = read_source("help/replies.tsv"), *examples = read_source("tests/data/replies.tsv");
	char *row_at = rows, *example_at = examples, *row, *example;
	int count = 0;

	(void)state;
	if (rows == NULL)
		skip();
	while ((row = next_line(&row_at)) != NULL) {
		if (row[0] == '#' || strncmp(row, "id\t", 3) == 0)
			continue;
		do
			example = next_line(&example_at);
		while (example != NULL && example[0] == '#');
		assert_non_null(example);
		char *id = strsep(&row, "\t"), *server = strsep(&row, "\t");
		char *example_id = strsep(&example, "\t"), *phase = strsep(&example, "\t");
		char *reply = strsep(&example, "\t"), *other = strsep(&example, "\t");
		assert_string_equal(example_id, id); /* the two files go in step: no row without an example */
		assert_non_null(other);
		check_example(replies, id, server, phase, reply, other);
		count++;
	}
	assert_true(count > 150);
	assert_null(next_line(&example_at));
	free(rows);
	free(examples);
	replies_free(replies);
}

static void expect_class(const struct replies *replies, const char *reply, const char *class)
{
	const struct reply_row *row = replies_find(replies, reply, NULL);

	if (row == NULL || strcmp(row->class, class) != 0)
		fail_msg("\"%s\" is %s", reply, row != NULL ? row->class : "not known");
}

/* Servers that nobody has heard of, by wording and code alone. */
static void test_unknown_servers(void **state)
{
	struct replies *replies = load();

	(void)state;
	expect_class(replies, "451 4.7.1 Greylisting in action, please come back later", "greylist");
	expect_class(replies, "421 4.7.0 mx too many simultaneous connections from you", "too-many-connections");
	expect_class(replies, "421 load average too high, try again", "overload");
	expect_class(replies, "421 mx.example.com read timeout", "idle-timeout");
	expect_class(replies, "554 5.7.1 listed by some DNSBL", "reputation");
	expect_class(replies, "452 4.3.1 Sorry", "disk-full");
	expect_class(replies, "421 Sorry", "shutdown");
	expect_class(replies, "552 5.3.4 Sorry", "size-limit");
	expect_class(replies, "530 5.7.0 Must issue a STARTTLS command first", "tls");
	assert_null(replies_find(replies, "250 2.0.0 Ok", NULL));
	assert_null(replies_find(replies, "354 go ahead", NULL));
	assert_null(replies_find(replies, "", NULL));
	assert_null(replies_find(replies, "4", NULL));
	replies_free(replies);
}

/* Postfix and its appliance say the same; the server that is known to talk decides, otherwise the first row. */
static void test_known_server_comes_first(void **state)
{
	static const char reply[] = "421 4.4.2 mx.example.com Error: timeout exceeded";
	struct replies *replies = load();

	(void)state;
	assert_string_equal(replies_find(replies, reply, "data")->id, "pf-smtpd-421-timeout");
	assert_string_equal(replies_find_of(replies, "imsva", reply, "data")->id, "im-421-442");
	assert_string_equal(replies_find_of(replies, "exim", reply, "data")->id, "pf-smtpd-421-timeout");
	replies_free(replies);
}

static void test_phase_of_a_row_counts(void **state)
{
	static const char reply[] = "421 mx.example.com Service unavailable - try again later";
	struct replies *replies = load();

	(void)state;
	assert_string_equal(replies_find(replies, reply, "banner")->id, "pf-smtpd-421-connect-milter");
	assert_string_equal(replies_find(replies, reply, "rcpt")->id, "ps-421-try");
	replies_free(replies);
}

static void test_joined_lines(void **state)
{
	static const char *const replies_of_lines[] = {
	    "421-4.7.0 [192.0.2.1] an unusual rate of 421-4.7.0 unsolicited mail",
	    "421 4.7.0 [192.0.2.1] an unusual rate of 421 4.7.0 unsolicited mail",
	    "421 4.7.0 [192.0.2.1] an unusual rate of unsolicited mail",
	};
	struct replies *replies = load();

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(replies_find(replies, replies_of_lines[i], NULL)->id, "gm-421-470-rate");
	replies_free(replies);
}

/* --- a site's own file, and what can be wrong with it */

static char *site; /* $XDG_CONFIG_HOME */

static int make_site(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	site = xasprintf("%s/smtpdx-replies-XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(site) == NULL || setenv("XDG_CONFIG_HOME", site, 1) != 0)
		return -1;
	char *folder = xasprintf("%s/smtpdx", site);
	int result = mkdir(folder, 0700);
	free(folder);
	return result;
}

static int remove_site(void **state)
{
	char *file = xasprintf("%s/smtpdx/replies.tsv", site), *folder = xasprintf("%s/smtpdx", site);

	(void)state;
	unlink(file);
	rmdir(folder);
	rmdir(site);
	unsetenv("XDG_CONFIG_HOME");
	free(file);
	free(folder);
	free(site);
	return 0;
}

static void write_site(const char *text)
{
	struct err err = {""};
	char *file = xasprintf("%s/smtpdx/replies.tsv", site);

	assert_int_equal(file_replace(file, text, strlen(text), &err), 0);
	free(file);
}

static void test_what_is_wrong_is_told_with_its_line(void **state)
{
	static const struct {
		const char *text, *why;
	} files[] = {
	    {"id\tserver\n", ":1: 2 columns, expected 9"},
	    {"# x\na\tpostfix\t421\t4.4.2\tx\tany\tother\t\n", ":2: 8 columns"},
	    {"\tpostfix\t421\t4.4.2\tx\tany\tother\t\tm\n", ":1: the row has no id"},
	    {"a\tqmial\t421\t\tx\tany\tother\t\tm\n", ":1: \"qmial\": expected a server software"},
	    {"a\tany\t42\t\tx\tany\tother\t\tm\n", ":1: \"42\": expected a code"},
	    {"a\tany\t421,450\t\tx\tany\tother\t\tm\n", ":1: \"421,450\": expected a code"},
	    {"a\tany\t421\t\tx\tlunch\tother\t\tm\n", ":1: \"lunch\": expected a phase"},
	    {"a\tany\t421\t\tx\tany\tnonsense\t\tm\n", ":1: \"nonsense\": expected a class"},
	    {"a\tany\t421\t\tx\tany\tother\t\t\n", ":1: the row does not say what the reply means"},
	    {"a\tany\t421\t\t(x\tany\tother\t\tm\n", ":1: not an extended regular expression"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		struct err err = {""};
		write_site(files[i].text);
		assert_null(replies_load(&err));
		if (strstr(err.text, files[i].why) == NULL || strstr(err.text, "smtpdx/replies.tsv:") == NULL)
			fail_msg("\"%s\" does not say \"%s\"", err.text, files[i].why);
	}
}

static void test_rows_of_a_site(void **state)
{
	(void)state;
	write_site("# ours\na\tany\t421|45x\t4.x.1|-\tlunch\tany\tpolicy\tthe cook\tThe cook says no.");
	struct replies *replies = load();
	assert_string_equal(replies_find(replies, "421 lunch", NULL)->setting, "the cook");
	assert_non_null(replies_find(replies, "452 4.9.1 Lunch", "data"));
	assert_null(replies_find(replies, "452 4.9.2 lunch", NULL));
	assert_null(replies_find(replies, "500 lunch", NULL));
	assert_null(replies_find(replies, "421 dinner", NULL));
	replies_free(replies);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_row),
	    cmocka_unit_test(test_unknown_servers),
	    cmocka_unit_test(test_known_server_comes_first),
	    cmocka_unit_test(test_phase_of_a_row_counts),
	    cmocka_unit_test(test_joined_lines),
	    cmocka_unit_test_setup_teardown(test_what_is_wrong_is_told_with_its_line, make_site, remove_site),
	    cmocka_unit_test_setup_teardown(test_rows_of_a_site, make_site, remove_site),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
