/*
 * report: the verdict and the exit status of every kind of case, what the report of a full case says (golden files, read
 * by a person before they were accepted), and that it stays a report whatever a case holds.
 */
#include "report/report.h"

#include "base/file.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "model/json.h"
#include "report/verdict.h"
#include "unit.h"

#include <stdio.h>
#include <time.h>

#define OUT_MAX ((size_t)64 << 20)

static char *data_path(const char *name)
{
	const char *srcdir = getenv("SMTPDX_SRCDIR");

	return xasprintf("%s/tests/data/report/%s", srcdir != NULL ? srcdir : ".", name);
}

static struct case_file *load(const char *name)
{
	char *path = data_path(name);
	struct err err;
	struct case_file *c = case_load(path, &err);

	if (c == NULL)
		fail_msg("%s", err.text);
	free(path);
	return c;
}

/* The caller frees. */
static char *report(const struct case_file *c, const char *format)
{
	struct buf out;

	buf_init(&out, OUT_MAX);
	report_format_find(format)->write(c, &out);
	assert_false(out.cut);
	return buf_take(&out);
}

/* Leaves what it got beside where the tests run, to be looked at and, when it is right, to be copied over the golden file. */
static void expect_golden(const char *format, const char *name)
{
	struct case_file *c = load("full.json");
	char *got = report(c, format);
	char *path = data_path(name);
	struct err err;
	size_t size;
	char *expected = file_read(path, OUT_MAX, &size, &err);

	if (expected == NULL || strcmp(expected, got) != 0) {
		char *seen = xasprintf("/tmp/smtpdx-%s", name);
		file_replace(seen, got, strlen(got), &err);
		fail_msg("diff %s %s", path, seen);
	}
	free(expected);
	free(path);
	free(got);
	case_free(c);
}

static void text_of_a_full_case(void **state)
{
	(void)state;
	expect_golden("text", "full.txt");
}

static void text_of_a_full_case_without_utf8(void **state)
{
	(void)state;
	expect_golden("text", "full.ascii.txt");
}

static void markdown_of_a_full_case(void **state)
{
	(void)state;
	expect_golden("markdown", "full.md");
}

static void json_is_the_case_itself(void **state)
{
	struct case_file *c = load("full.json");
	char *text = report(c, "json");
	struct err err;
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	struct case_file *again = case_from_json(root, "report", &err);

	(void)state;
	assert_non_null(again);
	json_t *before = case_to_json(c), *after = case_to_json(again);
	assert_true(json_equal(before, after));
	assert_true(json_equal(before, root));
	assert_int_equal(text[strlen(text) - 1], '\n');
	json_decref(before);
	json_decref(after);
	json_decref(root);
	case_free(again);
	case_free(c);
	free(text);
}

/* Every line but commands and URLs that cannot be broken fits the page. */
static void expect_narrow(const char *text)
{
	while (*text != '\0') {
		size_t size = strcspn(text, "\n");
		char *line = xstrndup(text, size);
		const char *start = line + strspn(line, " ");
		bool whole = strstr(line, "://") != NULL || strncmp(start, "smtpd_client_restrictions=", 26) == 0;
		if (text_width(line) > 80 && !whole)
			fail_msg("%zu columns: %s", text_width(line), line);
		if (size > 0 && line[size - 1] == ' ')
			fail_msg("ends with a blank: %s", line);
		free(line);
		text += size + 1;
	}
}

static void text_keeps_to_80_columns(void **state)
{
	struct case_file *c = load("full.json");
	char *text = report(c, "text");

	(void)state;
	expect_narrow(text);
	free(text);
	case_free(c);
}

static void first_screen_holds_verdict_reasons_and_first_fix(void **state)
{
	struct case_file *c = load("full.json");
	char *text = report(c, "text");
	char *end = text;

	(void)state;
	for (int line = 0; line < 24; line++)
		end += strcspn(end, "\n") + 1;
	*end = '\0';
	assert_non_null(strstr(text, "97 %, almost certain"));
	assert_non_null(strstr(text, "+20 look-ups of our own address"));
	assert_non_null(strstr(text, "1. Fix (on the receiving server)"));
	assert_non_null(strstr(text, "       postconf -e 'smtpd_timeout = ${stress?{10}:{300}}s' \\\n"));
	free(text);
	case_free(c);
}

static size_t count(const char *text, const char *piece)
{
	size_t found = 0;

	while ((text = strstr(text, piece)) != NULL) {
		found++;
		text += strlen(piece);
	}
	return found;
}

/* The same verdict about two endpoints is one verdict: its advice is given once, both places are named. */
static void same_verdict_is_grouped(void **state)
{
	struct case_file *c = load("full.json");
	char *text = report(c, "markdown");

	(void)state;
	assert_int_equal(count(text, "postconf -e smtp_helo_timeout=300s\n"), 1);
	assert_non_null(strstr(text, "and 1 other: The server's own DNS look-ups"));
	assert_non_null(strstr(text, "- mx2.example.com \\[192.0.2.26\\]:25 (71 %)"));
	free(text);
	case_free(c);
}

/* Cases made here. */

static struct finding *add_finding(struct case_file *c, const char *cause, double probability, const char *subject)
{
	struct finding *f = case_add_finding(c);

	f->cause = xstrdup(cause);
	f->title = xasprintf("Title of %s", cause);
	f->why = xstrdup("");
	f->probability = probability;
	f->subject = xstrdup(subject);
	return f;
}

static void add_because(struct finding *f)
{
	f->because = xgrow(f->because, f->because_count, &f->because_room, sizeof *f->because);
	f->because[f->because_count++] =
	    (struct reason){.fact = xstrdup("smtp.banner.delay"), .text = xstrdup("it is slow"), .weight = 10};
}

static void add_number(struct case_file *c, const char *name, const char *subject, const char *check, double number)
{
	struct fact fact = {
	    .def = fact_def_find(name),
	    .number = number,
	    .subject = xstrdup(subject),
	    .check = xstrdup(check),
	    .at = xstrdup("2026-11-21T12:00:00Z"),
	};

	assert_non_null(fact.def);
	case_add_fact(c, &fact);
}

static void add_word(struct case_file *c, const char *name, const char *subject, const char *word)
{
	struct fact fact = {
	    .def = fact_def_find(name),
	    .text = xstrdup(word),
	    .subject = xstrdup(subject),
	    .check = xstrdup("smtp"),
	    .at = xstrdup("2026-11-21T12:00:00Z"),
	};

	assert_non_null(fact.def);
	assert_true(fact_def_has_word(fact.def, word));
	case_add_fact(c, &fact);
}

static void expect_verdict(struct case_file *c, int status, const char *sentence)
{
	char *got = verdict_sentence(c);
	char *text = report(c, "text");
	char *markdown = report(c, "markdown");

	assert_string_equal(got, sentence);
	assert_int_equal(report_exit_status(c), status);
	expect_narrow(text);
	assert_non_null(strstr(markdown, "# smtpdx: "));
	free(got);
	free(text);
	free(markdown);
	case_free(c);
}

static void empty_case_is_not_measured(void **state)
{
	(void)state;
	expect_verdict(case_new("example.com"), 3, "example.com: it could not be measured: no check was made.");
}

static void failed_checks_alone_are_not_measured(void **state)
{
	struct case_file *c = case_new("example.com");

	(void)state;
	case_add_check(c, "smtp", "example.com", CHECK_NOT_TESTED, 0, "no addresses are known");
	case_add_check(c, "dns", "example.com", CHECK_FAILED, 0.1, "/etc/resolv.conf: Permission denied");
	add_number(c, "smtp.slowest.delay", "example.com", "derived", 1);
	add_finding(c, "healthy", 0.9, "example.com");
	expect_verdict(c, 3,
	               "example.com: it could not be measured: check dns of example.com: /etc/resolv.conf: "
	               "Permission denied.");
}

static void healthy_is_0(void **state)
{
	struct case_file *c = case_new("mx.example");

	(void)state;
	case_add_check(c, "smtp", "mx.example", CHECK_DONE, 1, NULL);
	case_add_check(c, "mtu", "mx.example", CHECK_NOT_TESTED, 0, "needs --yes");
	add_number(c, "smtp.banner.delay", "mx.example", "smtp", 0.1);
	add_finding(c, "healthy", 0.9, "mx.example");
	add_finding(c, "tarpit", 0.05, "mx.example");
	expect_verdict(c, 0, "mx.example: nothing is wrong, as far as it was measured (90 % sure).");
}

/* A crashed check may have missed the trouble: a monitoring that sees 0 would be told a lie. */
static void healthy_with_a_failed_check_is_3(void **state)
{
	struct case_file *c = case_new("mx.example");

	(void)state;
	case_add_check(c, "dns", "mx.example", CHECK_DONE, 1, NULL);
	case_add_check(c, "smtp", "mx.example", CHECK_FAILED, 0, "the worker ended with signal 11");
	add_number(c, "dns.mx.delay", "mx.example", "dns", 0.1);
	add_finding(c, "healthy", 0.9, "mx.example");
	expect_verdict(c, 3,
	               "mx.example: nothing wrong was found, but not all could be measured: check smtp of mx.example: "
	               "the worker ended with signal 11.");
}

/* What the cause file says of a healthy server is not known of one that could not be measured. */
static void gaps_are_not_explained_away(void **state)
{
	(void)state;
	for (int failed = 0; failed <= 1; failed++) {
		struct case_file *c = case_new("mx.example");
		case_add_check(c, "dns", "mx.example", CHECK_DONE, 1, NULL);
		case_add_check(c, "smtp", "mx.example", failed ? CHECK_FAILED : CHECK_DONE, 1, failed ? "why" : NULL);
		add_number(c, "dns.mx.delay", "mx.example", "dns", 0.1);
		struct finding *f = add_finding(c, "healthy", 0.9, "mx.example");
		free(f->why);
		f->why = xstrdup("Every step was measured.");
		char *text = report(c, "text");
		assert_int_equal(strstr(text, "Every step was measured.") == NULL, failed);
		free(text);
		case_free(c);
	}
}

static void candidates_without_reasons_are_only_counted(void **state)
{
	struct case_file *c = case_new("mx.example");

	(void)state;
	add_number(c, "smtp.banner.delay", "mx.example", "smtp", 31);
	for (int i = 0; i < 8; i++) {
		char cause[16];
		snprintf(cause, sizeof cause, "cause-%d", i);
		struct finding *f = add_finding(c, cause, 0.1, "mx.example");
		if (i == 6) {
			f->because = xgrow(f->because, 0, &f->because_room, sizeof *f->because);
			f->because[f->because_count++] =
			    (struct reason){.fact = xstrdup("x.y"), .text = xstrdup("a reason"), .weight = 3};
		}
	}
	char *text = report(c, "text");
	assert_non_null(strstr(text, "10 %  cause-1: "));
	assert_null(strstr(text, "10 %  cause-2: "));
	assert_non_null(strstr(text, "10 %  cause-6: Title of cause-6 (mx.example)\n      +3 a reason\n"));
	assert_non_null(strstr(text, "  5 more, less likely: the JSON report has them\n"));
	free(text);
	case_free(c);
}

static void trouble_is_1(void **state)
{
	struct case_file *c = case_new("mx.example");

	(void)state;
	case_add_check(c, "smtp", "mx.example", CHECK_FAILED, 1, "time limit");
	add_number(c, "smtp.banner.delay", "mx.example", "smtp", 31);
	add_finding(c, "tarpit", 0.42, "mx.example");
	add_finding(c, "healthy", 0.3, "mx.example");
	expect_verdict(c, 1, "mx.example: Title of tarpit (42 %, the likeliest of several).");
}

static void self_is_this_machine(void **state)
{
	static const struct {
		const char *subject, *place;
	} cases[] = {{"self", "this machine"},
	             {"self [192.0.2.1]", "this machine [192.0.2.1]"},
	             {"selfish.example", "selfish.example"},
	             {"", ""}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *place = place_name(cases[i].subject);
		assert_string_equal(place, cases[i].place);
		free(place);
	}
}

static void unknown_is_1(void **state)
{
	struct case_file *c = case_new("mx.example");

	(void)state;
	case_add_check(c, "smtp", "mx.example", CHECK_DONE, 1, NULL);
	add_number(c, "smtp.banner.delay", "mx.example", "smtp", 31);
	add_finding(c, "unknown", 0.6, "mx.example");
	expect_verdict(c, 1, "mx.example: the measurements do not point to any one cause (60 % sure).");
}

static void facts_without_a_diagnosis_are_3(void **state)
{
	struct case_file *c = case_new("mx.example");

	(void)state;
	add_number(c, "smtp.banner.delay", "mx.example", "smtp", 31);
	expect_verdict(c, 3, "mx.example: it could not be measured: there is no diagnosis.");
}

static void add_fix(struct finding *f, const char *kind, const char *does)
{
	f->fixes = xgrow(f->fixes, f->fix_count, &f->fix_room, sizeof *f->fixes);
	f->fixes[f->fix_count++] = (struct fix){
	    .kind = xstrdup(kind),
	    .where = xstrdup("this-host"),
	    .does = xstrdup(does),
	    .command = xstrdup("true"),
	    .undo = xstrdup(""),
	    .verify = xstrdup(""),
	};
}

/* What a healthy or an unknown case proposes is no fix: nothing is known to be broken. */
static void without_trouble_the_steps_are_tests(void **state)
{
	static const struct {
		const char *cause, *first, *second;
	} cases[] = {
	    {"tarpit", "  1. Fix (on this host): second\n       true\n", "  2. Until then (on this host): first\n"},
	    {"healthy", "  1. Next test (on this host): second\n", "  2. Next test (on this host): first\n"},
	    {"unknown", "  1. Next test (on this host): second\n", "  2. Next test (on this host): first\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct case_file *c = case_new("mx.example");
		struct finding *f = add_finding(c, cases[i].cause, 0.9, "mx.example");
		add_number(c, "smtp.banner.delay", "mx.example", "smtp", 31);
		add_fix(f, "until-then", "first");
		add_fix(f, "fix", "second");
		char *text = report(c, "text");
		assert_non_null(strstr(text, cases[i].first));
		assert_non_null(strstr(text, cases[i].second));
		free(text);
		case_free(c);
	}
}

static void probabilities_are_never_certain(void **state)
{
	static const struct {
		double probability;
		const char *text;
	} cases[] = {{1, "> 99 %"},  {0.996, "> 99 %"}, {0.9949, "99 %"}, {0.5, "50 %"},
	             {0.006, "1 %"}, {0.001, "< 1 %"},  {0, "< 1 %"},     {-3, "< 1 %"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *text = probability_text(cases[i].probability);
		assert_string_equal(text, cases[i].text);
		free(text);
	}
}

static void what_is_always_possible_is_not_shown(void **state)
{
	struct case_file *c = case_new("example.com");

	(void)state;
	add_finding(c, "tarpit", 0.6, "mx [192.0.2.1]:25");
	assert_int_equal(finding_shown_count(c), 1);
	add_finding(c, "unknown", 0.2, "mx [192.0.2.1]:25");
	add_finding(c, "disk-full", 0.01, "mx [192.0.2.1]:25");
	assert_int_equal(finding_shown_count(c), 2);
	add_because(add_finding(c, "greylist", 0.01, "mx [192.0.2.1]:25"));
	add_finding(c, "null-mx", 0.01, "mx [192.0.2.1]:25");
	assert_int_equal(finding_shown_count(c), 4);
	case_free(c);
}

/* Many endpoints, each with facts, a dialog and the same cause; and far more findings than any diagnosis has. */
static void many_subjects_stay_legible(void **state)
{
	const char *slow = getenv("SMTPDX_SLOW"); /* under valgrind: no time to lose, and timers are no evidence */
	const bool is_slow = slow != NULL && *slow != '\0';
	const size_t subjects = is_slow ? 1000 : 20000;
	struct case_file *c = case_new("example.com");
	const clock_t start = clock(); /* what it computes, whatever else the machine does */

	(void)state;
	for (size_t i = 0; i < subjects; i++) {
		char subject[64];
		snprintf(subject, sizeof subject, "mx%zu.example.com [192.0.2.1]:25", i * 7919 % subjects);
		add_number(c, "smtp.banner.delay", subject, "smtp", (double)i);
		add_because(add_finding(c, "tarpit", 0.9, subject));
	}
	for (size_t i = 0; i < subjects; i++) {
		char subject[64];
		snprintf(subject, sizeof subject, "mx%zu.example.com [192.0.2.1]:25", i);
		add_number(c, "smtp.ehlo.delay", subject, "smtp", 1);
	}
	case_add_check(c, "smtp", "example.com", CHECK_DONE, 1, NULL);
	char *text = report(c, "text");
	assert_non_null(strstr(text, is_slow ? "and 999 others: Title of" : "and 19999 others: Title of"));
	assert_non_null(strstr(text, is_slow ? "  ... 900 more: the JSON" : "  ... 19900 more: the JSON"));
	assert_int_equal(count(text, "fact               value\n"), subjects); /* one table each */
	assert_non_null(strstr(text, " more, less likely: the JSON report has them\n"));
	expect_narrow(text);
	/* Far off: it would take hours if it grew with the square. */
	assert_true(is_slow || clock() - start < 20 * CLOCKS_PER_SEC);
	free(text);
	case_free(c);
}

static void long_dialog_is_cut_in_the_middle(void **state)
{
	struct case_file *c = case_new("example.com");

	(void)state;
	for (int i = 0; i < 1000; i++) {
		char line[64];
		snprintf(line, sizeof line, "250-line %d", i);
		case_add_line(c, "mx [192.0.2.1]:25", i * 0.1, LINE_IN, line);
	}
	char *text = report(c, "text");
	assert_non_null(strstr(text, "250-line 39\n"));
	assert_null(strstr(text, "250-line 40\n"));
	assert_non_null(strstr(text, "[940 lines left out here; the JSON report has them]\n"));
	assert_null(strstr(text, "250-line 979\n"));
	assert_non_null(strstr(text, "250-line 980\n"));
	assert_non_null(strstr(text, "250-line 999\n"));
	free(text);
	case_free(c);
}

static void numbers_without_measure_do_no_harm(void **state)
{
	static const double numbers[] = {1e308, -1e308, 1e-308, 0, -1};
	static const char *const names[] = {"smtp.connect.delay", "smtp.banner.delay", "smtp.patience",
	                                    "smtp.tls.cert.left", "smtp.size.limit",   "dns.banner.share"};
	struct case_file *c = case_new("example.com");

	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		char *subject = xasprintf("mx%zu [192.0.2.1]:25", i);
		for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
			add_number(c, names[k], subject, "smtp", numbers[i]);
		add_finding(c, "tarpit", numbers[i], subject);
		free(subject);
	}
	char *text = report(c, "text");
	expect_narrow(text);
	free(text);
	case_free(c);
}

/* One endpoint gave up with a 421, one outlasted the probe, one refused the connection. */
static void timers_say_how_each_phase_ended(void **state)
{
	struct case_file *c = case_new("mx.example");

	(void)state;
	add_number(c, "smtp.data.delay", "mx1", "smtp", 2);
	add_number(c, "smtp.data.code", "mx1", "smtp", 354);
	add_number(c, "smtp.patience", "mx1", "smtp", 5);
	add_word(c, "smtp.patience.end", "mx1", "reply");
	add_number(c, "smtp.reply.code", "mx1", "smtp", 421);
	add_number(c, "smtp.patience", "mx2", "smtp", 4);
	add_number(c, "smtp.banner.delay", "mx2", "smtp", 4);
	add_word(c, "smtp.patience.end", "mx2", "outlasted");
	add_number(c, "smtp.waited", "mx3", "smtp", 0.5);
	add_word(c, "smtp.stage", "mx3", "connect");
	add_word(c, "smtp.outcome", "mx3", "not-connected");
	add_word(c, "smtp.connect.outcome", "mx3", "refused");
	char *text = report(c, "text");
	assert_non_null(strstr(text,
	                       "     data     2.00 s  ############                                354  min 120 s\n"
	                       "     silence  5.00 s              ##############################  421  min 300 s\n"));
	assert_non_null(strstr(text, "------  outlasted  min 300 s\n"));
	assert_non_null(strstr(text, "     connect  0.50 s  ----"));
	assert_non_null(strstr(text, "  refused\n"));
	free(text);
	case_free(c);
}

/* A newer version may give a fact any kind of value, and a stranger any at all. */
static void unknown_facts_are_shown_whatever_they_are(void **state)
{
	static const char source[] =
	    "{\"schema\":\"smtpdx.case/1\",\"target\":\"x\",\"facts\":["
	    "{\"name\":\"new.number\",\"value\":4.5},{\"name\":\"new.flag\",\"value\":true},{\"name\":\"new.nothing\"},"
	    "{\"name\":\"new.list\",\"value\":[1,\"\\u001b[2J\"]},{\"name\":\"new.text\",\"value\":\"\\u001b[2J\"}]}";
	json_t *root = json_loads(source, 0, NULL);
	struct err err;
	struct case_file *c = case_from_json(root, "newer", &err);

	(void)state;
	assert_non_null(c);
	char *text = report(c, "text");
	assert_non_null(strstr(text, "     new.number   4.5\n"));
	assert_non_null(strstr(text, "     new.flag     true\n"));
	assert_non_null(strstr(text, "     new.nothing\n"));
	assert_non_null(strstr(text, "     new.list     [1,\"\\u001B[2J\"]\n"));
	assert_non_null(strstr(text, "     new.text     \\x1b[2J\n"));
	free(text);
	case_free(c);
	json_decref(root);
}

static void formats_are_found_by_name(void **state)
{
	(void)state;
	assert_string_equal(report_formats[0]->name, "text");
	assert_ptr_equal(report_format_find("text"), report_formats[0]);
	assert_string_equal(report_format_find("json")->name, "json");
	assert_null(report_format_find("html"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(text_of_a_full_case, set_utf8),
	    cmocka_unit_test_setup(text_of_a_full_case_without_utf8, set_ascii),
	    cmocka_unit_test_setup(markdown_of_a_full_case, set_utf8),
	    cmocka_unit_test_setup(json_is_the_case_itself, set_utf8),
	    cmocka_unit_test_setup(text_keeps_to_80_columns, set_utf8),
	    cmocka_unit_test_setup(first_screen_holds_verdict_reasons_and_first_fix, set_utf8),
	    cmocka_unit_test_setup(same_verdict_is_grouped, set_utf8),
	    cmocka_unit_test_setup(empty_case_is_not_measured, set_utf8),
	    cmocka_unit_test_setup(failed_checks_alone_are_not_measured, set_utf8),
	    cmocka_unit_test_setup(healthy_is_0, set_utf8),
	    cmocka_unit_test_setup(healthy_with_a_failed_check_is_3, set_utf8),
	    cmocka_unit_test_setup(gaps_are_not_explained_away, set_utf8),
	    cmocka_unit_test_setup(candidates_without_reasons_are_only_counted, set_utf8),
	    cmocka_unit_test_setup(trouble_is_1, set_utf8),
	    cmocka_unit_test_setup(self_is_this_machine, set_utf8),
	    cmocka_unit_test_setup(unknown_is_1, set_utf8),
	    cmocka_unit_test_setup(facts_without_a_diagnosis_are_3, set_utf8),
	    cmocka_unit_test_setup(without_trouble_the_steps_are_tests, set_utf8),
	    cmocka_unit_test_setup(probabilities_are_never_certain, set_utf8),
	    cmocka_unit_test(what_is_always_possible_is_not_shown),
	    cmocka_unit_test_setup(many_subjects_stay_legible, set_utf8),
	    cmocka_unit_test_setup(long_dialog_is_cut_in_the_middle, set_utf8),
	    cmocka_unit_test_setup(numbers_without_measure_do_no_harm, set_utf8),
	    cmocka_unit_test_setup(timers_say_how_each_phase_ended, set_ascii),
	    cmocka_unit_test_setup(unknown_facts_are_shown_whatever_they_are, set_utf8),
	    cmocka_unit_test_setup(formats_are_found_by_name, set_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
