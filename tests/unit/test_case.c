/* A case is loaded and saved without loss, also what this version does not know; broken files are refused with a place. */
#include "base/file.h"
#include "model/case.h"
#include "model/json.h"

#include "unit.h"

#include <stdio.h>
#include <unistd.h>

static const char full[] =
    "{\"schema\":\"smtpdx.case/1\",\"smtpdx\":\"9.9\",\"created\":\"2026-11-21T12:00:00Z\",\n"
    "\"observer\":{\"host\":\"here\",\"os\":\"Linux\",\"moon\":\"full\"},\"target\":\"example.com\",\"direction\":"
    "\"outbound\",\n"
    "\"answers\":{\"size\":\"large\"},\n"
    "\"checks\":[{\"check\":\"smtp\",\"subject\":\"a "
    "[192.0.2.1]:25\",\"status\":\"done\",\"seconds\":1.25,\"error\":null},\n"
    " {\"check\":\"dns\",\"subject\":\"a\",\"status\":\"not-tested\",\"seconds\":0,\"error\":\"why\",\"new\":[1]}],\n"
    "\"facts\":[{\"name\":\"smtp.banner.delay\",\"value\":5.02,\"unit\":\"s\",\"subject\":\"s\",\"check\":\"smtp\","
    "\"at\":\"t\"},\n"
    " {\"name\":\"future.fact\",\"value\":{\"deep\":true},\"unit\":\"furlong\",\"subject\":\"s\",\"check\":\"x\","
    "\"at\":\"t\"}],\n"
    "\"dialogs\":[{\"subject\":\"s\",\"lines\":[{\"t\":0.012,\"dir\":\"in\",\"text\":\"220 "
    "mx\",\"tls\":true}],\"extra\":1}],\n"
    "\"diagnosis\":[{\"cause\":\"pmtu-blackhole\",\"title\":\"T\",\"why\":\"one\\ntwo\",\"probability\":0.97,"
    "\"subject\":\"s\",\n"
    " \"because\":[{\"fact\":\"mtu.full\",\"text\":\"x\",\"weight\":30,\"y\":1}],\"against\":[],\n"
    " \"fixes\":[{\"kind\":\"fix\",\"where\":\"firewall\",\"does\":\"d\",\"command\":\"a\\nb\",\"undo\":\"u\","
    "\"verify\":\"v\",\"z\":1}],\n"
    " \"dead_ends\":[{\"idea\":\"i\",\"why\":\"w\",\"q\":0}],\"see\":[\"RFC 1191\"],\"confidence\":\"high\"}],\n"
    "\"site\":{\"ticket\":42}}";

static struct case_file *load_text(const char *text, struct err *err)
{
	json_error_t why;
	json_t *root = json_loads(text, 0, &why);
	if (root == NULL)
		fail_msg("line %d: %s", why.line, why.text);
	struct case_file *c = case_from_json(root, "test", err);

	json_decref(root);
	return c;
}

static void load_and_save_is_the_identity(void **state)
{
	struct err err;
	json_t *root = json_loads(full, 0, NULL);
	struct case_file *c = case_from_json(root, "test", &err);

	(void)state;
	assert_non_null(c);
	json_t *again = case_to_json(c);
	if (!json_equal(root, again)) {
		char *text = json_to_text(again, true);
		fail_msg("not the same:\n%s", text);
	}
	assert_int_equal(c->fact_count, 1); /* the unknown one is kept, but it is no fact for us */
	json_decref(root);
	json_decref(again);
	case_free(c);
}

static void saved_file_loads_again(void **state)
{
	char path[] = "/tmp/smtpdx-case-XXXXXX";
	struct err err;
	int fd = mkstemp(path);
	struct case_file *c = case_new("example.com");

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	struct fact fact = {.def = fact_def_find("smtp.banner.delay"),
	                    .number = 0.1 + 0.2,
	                    .subject = strdup("s"),
	                    .check = strdup("smtp"),
	                    .at = strdup("t")};
	case_add_fact(c, &fact);
	case_add_line(c, "s", 0.5, LINE_OUT, "EHLO x");
	case_add_line_of(c, "limit", 1, "s", 0.1, LINE_NOTE, "session 1");
	case_add_check(c, "smtp", "s", CHECK_FAILED, 1, "because");
	assert_int_equal(case_save(c, path, &err), 0);
	struct case_file *loaded = case_load(path, &err);
	assert_non_null(loaded);
	assert_string_equal(loaded->target, "example.com");
	assert_float_equal(case_find_fact(loaded, "smtp.banner.delay", "s")->number, 0.3, 1e-9);
	assert_string_equal(loaded->dialogs[0].lines[0].text, "EHLO x");
	assert_null(loaded->dialogs[0].check);
	assert_string_equal(loaded->dialogs[1].check, "limit");
	assert_int_equal(loaded->checks[0].status, CHECK_FAILED);
	assert_string_equal(loaded->checks[0].error, "because");
	case_free(loaded);
	case_free(c);
	unlink(path);
}

/* What is measured again takes its own dialogs along, and those that nobody knows the check of. */
static void dialogs_are_of_runs(void **state)
{
	struct case_file *c = case_new("example.com");

	(void)state;
	case_add_line_of(c, "smtp", 0, "s", 0.1, LINE_IN, "220 one");
	char *title = case_dialog_title(c, &c->dialogs[0]);
	assert_string_equal(title, "s");
	free(title);
	case_add_line_of(c, "limit", 1, "s", 0.1, LINE_IN, "220 two");
	case_add_line_of(c, "smtp", 0, "s", 0.2, LINE_OUT, "QUIT");
	assert_int_equal(c->dialog_count, 2);
	assert_int_equal(c->dialogs[0].line_count, 2);
	assert_ptr_equal(case_find_dialog(c, "s", "smtp"), &c->dialogs[0]);
	assert_ptr_equal(case_find_dialog(c, "s", NULL), &c->dialogs[1]);
	assert_null(case_find_dialog(c, "s", "mtu"));
	case_add_check(c, "smtp", "s", CHECK_DONE, 1, NULL);
	case_clear_measurements(c, "smtp");
	assert_int_equal(c->dialog_count, 1);
	assert_string_equal(c->dialogs[0].check, "limit");
	case_free(c);
}

/* Cut anywhere: refused, with file and line, and never a crash. */
static void cut_files_are_refused(void **state)
{
	char path[] = "/tmp/smtpdx-case-XXXXXX";
	struct err err;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	for (size_t size = 0; size < sizeof full - 1; size += 7) {
		assert_int_equal(file_replace(path, full, size, &err), 0);
		if (case_load(path, &err) != NULL)
			fail_msg("cut at %zu was loaded", size);
		char expected[64];
		snprintf(expected, sizeof expected, "%s:", path);
		assert_int_equal(strncmp(err.text, expected, strlen(expected)), 0);
		assert_true(strtol(err.text + strlen(expected), NULL, 10) >= 1 || size == 0);
	}
	unlink(path);
}

static void wrong_members_are_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} wrong[] = {
	    {"{}", "\"schema\": expected smtpdx.case/1"},
	    {"[]", "\"schema\""},
	    {"{\"schema\":\"smtpdx.case/2\"}", "\"schema\""},
	    {"{\"schema\":\"smtpdx.case/1\",\"facts\":{}}", "\"facts\": expected a list"},
	    {"{\"schema\":\"smtpdx.case/1\",\"facts\":[1]}", "\"facts\": expected a list of objects"},
	    {"{\"schema\":\"smtpdx.case/1\",\"facts\":[{\"name\":\"smtp.banner.delay\",\"value\":\"x\"}]}",
	     "must be a number"},
	    {"{\"schema\":\"smtpdx.case/1\",\"checks\":[{\"status\":\"splendid\"}]}", "\"checks.status\""},
	    {"{\"schema\":\"smtpdx.case/1\",\"dialogs\":[{\"lines\":[{\"dir\":\"up\"}]}]}", "\"dialogs.lines.dir\""},
	    {"{\"schema\":\"smtpdx.case/1\",\"diagnosis\":[{\"because\":3}]}", "\"because\": expected a list"},
	    {"{\"schema\":\"smtpdx.case/1\",\"diagnosis\":[{\"see\":[3]}]}", "\"see\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct err err;
		struct case_file *c = load_text(wrong[i].text, &err);
		if (c != NULL)
			fail_msg("%s was loaded", wrong[i].text);
		if (strstr(err.text, wrong[i].why) == NULL)
			fail_msg("%s: \"%s\" does not say \"%s\"", wrong[i].text, err.text, wrong[i].why);
	}
}

static void paths_that_are_no_file(void **state)
{
	struct err err;

	(void)state;
	assert_null(case_load("/no/such/case.json", &err));
	assert_string_equal(err.text, "/no/such/case.json: No such file or directory");
	assert_null(case_load("/tmp", &err));
	assert_string_equal(err.text, "/tmp: Is a directory");
}

static void add_number(struct case_file *c, const char *name, const char *subject, const char *check, double number)
{
	struct fact fact = {.def = fact_def_find(name),
	                    .number = number,
	                    .subject = strdup(subject),
	                    .check = strdup(check),
	                    .at = strdup("t")};

	case_add_fact(c, &fact);
}

static void expect_number(const struct case_file *c, const char *name, const char *subject, double number)
{
	size_t count = 0;

	for (size_t i = 0; i < c->fact_count; i++) {
		if (strcmp(c->facts[i].def->name, name) != 0 || strcmp(c->facts[i].subject, subject) != 0)
			continue;
		assert_float_equal(c->facts[i].number, number, 0);
		count++;
	}
	assert_int_equal(count, 1);
}

/* What is measured anew replaces, of each mail host by itself; what was cut off replaces nothing. */
static void no_two_facts_contradict(void **state)
{
	struct case_file *c = case_new("x");

	(void)state;
	add_number(c, "smtp.banner.delay", "a", "smtp", 1);
	add_number(c, "tcp.mss", "a", "derived", 7);
	add_number(c, "smtp.ehlo.delay", "a", "smtp", 2);
	add_number(c, "smtp.banner.delay", "b", "smtp", 3);
	case_add_check(c, "smtp", "a", CHECK_DONE, 1, NULL);
	case_add_check(c, "smtp", "b", CHECK_DONE, 1, NULL);
	const size_t known = case_measured_count(c);
	assert_int_equal(known, 3);
	case_add_check(c, "smtp", "a", CHECK_DONE, 1, NULL);
	case_add_check(c, "smtp", "b", CHECK_FAILED, 1, "cut off");
	add_number(c, "smtp.banner.delay", "a", "smtp", 10);
	add_number(c, "smtp.mail.delay", "a", "smtp", 20);
	add_number(c, "smtp.banner.delay", "b", "smtp", 30);
	assert_int_equal(case_replace_repeated(c, known), 1);
	expect_number(c, "smtp.banner.delay", "a", 10);
	expect_number(c, "smtp.ehlo.delay", "a", 2);
	expect_number(c, "smtp.mail.delay", "a", 20);
	expect_number(c, "smtp.banner.delay", "b", 3);
	expect_number(c, "tcp.mss", "a", 7);
	assert_int_equal(c->fact_count, 5);
	case_free(c);
}

static void derived_facts_can_be_replaced(void **state)
{
	struct case_file *c = case_new("x");

	(void)state;
	for (int i = 0; i < 6; i++)
		add_number(c, "tcp.mss", "s", i % 2 != 0 ? "derived" : "smtp", i);
	case_remove_facts_of(c, "derived");
	assert_int_equal(c->fact_count, 3);
	assert_float_equal(c->facts[2].number, 4, 0);
	case_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(load_and_save_is_the_identity), cmocka_unit_test(saved_file_loads_again),
	    cmocka_unit_test(cut_files_are_refused),         cmocka_unit_test(dialogs_are_of_runs),
	    cmocka_unit_test(wrong_members_are_refused),     cmocka_unit_test(paths_that_are_no_file),
	    cmocka_unit_test(derived_facts_can_be_replaced), cmocka_unit_test(no_two_facts_contradict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
