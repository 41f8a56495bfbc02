/*
 * A session goes through a walkthrough: answers, branches, back, plans, answers given in advance, being cut off.
 * This very program plays the worker of the checks: it notes each run in the file runs.
 */
#include "flow/session.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/xalloc.h"

#include "unit.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define TARGET "127.0.0.1:25"

static char folder[] = "/tmp/smtpdx-session-XXXXXX";

/* ---- the worker */

static int play_worker(int argc, char **argv)
{
	const char *check = argv[argc - 2];
	FILE *runs = fopen("runs", "ae");

	if (runs == NULL)
		return 3;
	fprintf(runs, "%s\n", check);
	fclose(runs);
	printf("{\"type\":\"start\",\"check\":\"%s\",\"subject\":\"[127.0.0.1]:25\",\"limit\":9}\n", check);
	printf("{\"type\":\"line\",\"subject\":\"[127.0.0.1]:25\",\"t\":0.1,\"dir\":\"in\",\"text\":\"220 %s\"}\n",
	       check);
	if (strcmp(check, "smtp") == 0)
		puts("{\"type\":\"fact\",\"name\":\"smtp.banner.delay\",\"value\":7.5,\"unit\":\"s\",\"subject\":"
		     "\"[127.0.0.1]:25\",\"check\":\"smtp\",\"at\":\"2026-11-22T00:00:00Z\"}");
	fflush(stdout);
	if (access("hang", F_OK) == 0)
		sleep(30);
	puts("{\"type\":\"end\",\"subject\":\"[127.0.0.1]:25\",\"status\":\"done\",\"seconds\":0.1,\"error\":null}");
	return 0;
}

static size_t count_runs(void)
{
	size_t size = 0, lines = 0;
	char *text = access("runs", F_OK) == 0 ? file_read("runs", 10000, &size, NULL) : NULL;

	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	free(text);
	return lines;
}

/* ---- helpers */

static void write_text(const char *path, const char *text)
{
	struct err err;

	if (file_replace(path, text, strlen(text), &err) != 0)
		fail_msg("%s", err.text);
}

static struct session *begin(const char *text)
{
	struct err err;
	const struct session_options options = {0};

	write_text("t.walk", text);
	struct session *s = session_new("./t.walk", &options, &err);
	if (s == NULL)
		fail_msg("%s", err.text);
	return s;
}

static struct session *start(const char *text)
{
	struct session *s = begin(text);

	session_begin(s);
	return s;
}

static void answer(struct session *s, const char *input)
{
	struct err err;

	assert_int_equal(session_event(s)->kind, EVENT_ASK);
	if (session_answer(s, input, &err) != 0)
		fail_msg("\"%s\": %s", input, err.text);
}

static void accept_plan(struct session *s)
{
	struct err err;

	assert_int_equal(session_event(s)->kind, EVENT_PLAN);
	if (session_plan_accept(s, &err) != 0)
		fail_msg("%s", err.text);
}

static void run(struct session *s)
{
	assert_int_equal(session_event(s)->kind, EVENT_RUN);
	while (session_step(s, 1))
		continue;
}

static void expect_question(const struct session *s, const char *name, const char *value)
{
	const struct event *event = session_event(s);

	assert_int_equal(event->kind, EVENT_ASK);
	assert_string_equal(event->question->name, name);
	assert_string_equal(event->value, value);
}

static const char *case_answer(const struct session *s, const char *name)
{
	return json_string_value(json_object_get(session_case(s)->answers, name));
}

/* A state folder that nobody has used before. */
static const char *xdg_state(const char *name)
{
	static char path[100];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static int clean_up(void **state)
{
	(void)state;
	unlink("runs");
	unlink("hang");
	return 0;
}

static const char dialog[] = "title: x\n"
			     "say Hello.\n"
			     "ask name text Who?\n"
			     "  default: nobody\n"
			     "say Well, {name}.\n"
			     "ask way choice Where?\n"
			     "  option up: Up -> up\n"
			     "  option down: Down\n"
			     "say You chose down.\n"
			     "label up\n"
			     "when answer name = Eve|Ada\n"
			     "  say I know you.\n"
			     "otherwise\n"
			     "  say Who are you?\n"
			     "stop\n";

/* ---- tests */

static void answers_lead_on(void **state)
{
	struct err err;

	(void)state;
	struct session *s = start(dialog);
	expect_question(s, "name", "nobody");
	assert_string_equal(session_event(s)->text, "Hello.");
	assert_false(session_event(s)->can_go_back);
	answer(s, "Ada");
	assert_string_equal(session_event(s)->text, "Well, Ada.");
	assert_int_equal(session_answer(s, "left", &err), -1);
	assert_non_null(strstr(err.text, "one of up, down"));
	answer(s, "1");
	assert_int_equal(session_event(s)->kind, EVENT_STOP);
	assert_string_equal(session_event(s)->text, "I know you.");
	assert_null(session_event(s)->failure);
	assert_string_equal(case_answer(s, "name"), "Ada");
	assert_string_equal(case_answer(s, "way"), "up");
	session_free(s);
}

static void back_loses_nothing(void **state)
{
	(void)state;
	struct session *s = start(dialog);
	assert_false(session_back(s));
	answer(s, "Bob");
	answer(s, "down");
	assert_string_equal(session_event(s)->text, "You chose down.\n\nWho are you?");
	assert_true(session_back(s));
	expect_question(s, "way", "down");
	assert_string_equal(session_event(s)->text, "Well, Bob.");
	assert_null(case_answer(s, "way")); /* not given any more, only offered */
	assert_true(session_back(s));
	expect_question(s, "name", "Bob");
	answer(s, "Eve");
	expect_question(s, "way", "down");
	answer(s, "up");
	assert_string_equal(session_event(s)->text, "I know you.");
	/* What is half typed is offered again until it is answered. */
	assert_true(session_back(s));
	session_keep_typed(s, "do");
	assert_true(session_back(s));
	session_keep_typed(s, "Ev");
	answer(s, "Ada");
	expect_question(s, "way", "do");
	answer(s, "down");
	assert_true(session_back(s));
	expect_question(s, "way", "down");
	assert_true(session_back(s));
	expect_question(s, "name", "Ada");
	session_free(s);
}

static void answers_in_advance(void **state)
{
	struct err err;

	(void)state;
	struct session *s = begin(dialog);
	assert_int_equal(session_preset(s, "name", "Ada", &err), 0);
	assert_int_equal(session_preset(s, "way", "sideways", &err), 0);
	assert_int_equal(session_preset(s, "nmae", "x", &err), -1);
	assert_non_null(strstr(err.text, "it asks name, way"));
	session_begin(s);
	expect_question(s, "way", "sideways");
	assert_string_equal(session_event(s)->text, "Hello.\n\nWell, Ada.");
	assert_non_null(strstr(session_event(s)->complaint, "one of up, down"));
	answer(s, "up");
	assert_true(session_back(s) && session_back(s)); /* what was answered in advance can be changed, too */
	expect_question(s, "name", "Ada");
	session_free(s);
}

static void several_answers_are_taken_in_turn(void **state)
{
	struct err err;

	(void)state;
	struct session *s = begin("title: x\nlabel a\nask n yes-no Again?\nsay {n}\nwhen answer n = yes\n  goto a\n");
	assert_int_equal(session_preset_text(s, "f", "# remark\n\nn=yes\nn=no\n", &err), 0);
	session_begin(s);
	assert_int_equal(session_event(s)->kind, EVENT_STOP);
	assert_string_equal(session_event(s)->text, "yes\n\nno");
	char *text = session_answers_text(s);
	assert_string_equal(text, "# smtpdx walk ./t.walk --answers THIS-FILE\nn=yes\nn=no\n");
	free(text);
	assert_int_equal(session_preset_text(s, "f", "n=yes\noops\n", &err), -1);
	assert_non_null(strstr(err.text, "f:2: expected NAME=VALUE"));
	session_free(s);
}

static void lines_survive_recording(void **state)
{
	struct err err;

	(void)state;
	struct session *s = start("title: x\nask log paste Lines?\n");
	answer(s, "a\\b\nc=d\n");
	char *text = session_answers_text(s);
	assert_non_null(strstr(text, "\nlog=a\\\\b\\nc=d\\n\n"));
	session_free(s);
	s = begin("title: x\nask log paste Lines?\n");
	assert_int_equal(session_preset_text(s, "f", text, &err), 0);
	session_begin(s);
	assert_int_equal(session_event(s)->kind, EVENT_STOP);
	assert_string_equal(case_answer(s, "log"), "a\\b\nc=d\n");
	session_free(s);
	free(text);
}

/* It is called what it is, not by the file that keeps it; and what was found in one text is not known of another. */
static void pasted_text_is_called_so(void **state)
{
	(void)state;
	struct session *s =
	    start("title: x\nask first paste Lines?\nask second paste More?\n  optional\ncheck log\nstop\n");
	answer(s, "a\nb\n");
	answer(s, "");
	assert_string_equal(session_event(s)->plan->target, "pasted text, 2 lines");
	accept_plan(s);
	run(s);
	assert_string_equal(session_case(s)->target, "pasted text, 2 lines");
	assert_true(session_back(s));
	assert_true(session_event(s)->plan->rows[0].measured);
	assert_true(session_back(s) && session_back(s));
	answer(s, "c\nd\n");
	answer(s, "");
	assert_string_equal(session_event(s)->plan->target, "pasted text, 2 lines");
	assert_false(session_event(s)->plan->rows[0].measured);
	assert_true(session_back(s));
	answer(s, "e");
	assert_string_equal(session_event(s)->plan->target, "pasted text 1, 2 lines and 1 more");
	session_free(s);
}

static const char measuring[] = "title: x\n"
				"ask target host Which?\n"
				"ask from text Who?\n"
				"  optional\n"
				"check smtp\n"
				"  set from: {from}\n"
				"when smtp.banner.delay >= 5s\n"
				"  say After {smtp.banner.delay}.\n"
				"diagnose\n"
				"stop\n";

static void measures_once(void **state)
{
	struct err err;

	(void)state;
	struct session *s = start(measuring);
	answer(s, TARGET);
	answer(s, "");
	const struct plan *plan = session_event(s)->plan;
	assert_int_equal(plan->count, 1);
	assert_string_equal(plan->target, TARGET);
	assert_true(plan->rows[0].on && !plan->rows[0].measured && !plan->rows[0].intrusive);
	assert_int_equal(session_plan_set(s, 0, false, &err), 0);
	assert_int_equal(session_plan_accept(s, &err), -1);
	assert_int_equal(session_plan_set(s, 0, true, &err), 0);
	accept_plan(s);
	run(s);
	assert_int_equal(session_event(s)->kind, EVENT_DIAGNOSIS);
	assert_string_equal(session_event(s)->text, "After 7.50 s.");
	assert_true(session_case(s)->finding_count > 0);
	assert_string_equal(case_answer(s, "plan"), "smtp");
	assert_int_equal(count_runs(), 1);

	assert_true(session_back(s)); /* what was measured counts */
	assert_true(session_event(s)->plan->rows[0].measured && !session_event(s)->plan->rows[0].on);
	accept_plan(s);
	assert_int_equal(session_event(s)->kind, EVENT_DIAGNOSIS);
	assert_string_equal(session_event(s)->text, "After 7.50 s.");
	assert_int_equal(count_runs(), 1);

	assert_true(session_back(s) && session_back(s)); /* with another sender it must be measured again */
	answer(s, "a@b.example");
	assert_false(session_event(s)->plan->rows[0].measured);
	accept_plan(s);
	run(s);
	assert_int_equal(count_runs(), 2);
	assert_int_equal(session_case(s)->check_count, 1); /* the old result made room */
	session_free(s);
}

static void consent_is_asked_for(void **state)
{
	struct err err;
	static const char text[] = "title: x\nask target host Which?\ncheck smtp\n  set idle: data\n";

	(void)state;
	struct session *s = start(text);
	answer(s, TARGET);
	assert_true(session_event(s)->plan->rows[0].intrusive && !session_event(s)->plan->rows[0].on);
	assert_int_equal(session_plan_accept(s, &err), -1);
	session_free(s);
	s = begin(text);
	assert_int_equal(session_preset(s, "plan", "smtp", &err), 0);
	assert_int_equal(session_preset(s, "plan", "smpt", &err), -1);
	session_begin(s);
	answer(s, TARGET);
	run(s);
	assert_int_equal(count_runs(), 1);
	session_free(s);
}

static size_t count_checks(const struct session *s, const char *check)
{
	size_t count = 0;

	for (size_t i = 0; i < session_case(s)->check_count; i++)
		count += strcmp(session_case(s)->checks[i].check, check) == 0;
	return count;
}

/* One check more: nothing that was measured is lost, the diagnosis comes again, and back leads where it led before. */
/* Each run has a dialog of its own, and a name. */
static void expect_dialogs(const struct case_file *c, const char *titles)
{
	struct buf text;

	buf_init(&text, 1000);
	for (size_t i = 0; i < c->dialog_count; i++) {
		char *title = case_dialog_title(c, &c->dialogs[i]);
		buf_printf(&text, "%s|", title);
		free(title);
		assert_int_equal(c->dialogs[i].line_count, 1);
	}
	assert_string_equal(text.text, titles);
	buf_done(&text);
}

static void a_diagnosis_tests_more(void **state)
{
	struct err err;

	(void)state;
	struct session *s = start(measuring);
	assert_int_equal(session_test_begin(s, "mtu", &err), -1); /* there is no diagnosis yet */
	answer(s, TARGET);
	answer(s, "");
	accept_plan(s);
	run(s);
	assert_int_equal(session_test_begin(s, "mut", &err), -1);
	assert_int_equal(session_test_begin(s, "smtp --deliver --rcpt a@b.example", &err), -1);
	assert_int_equal(session_test_begin(s, "log", &err), -1); /* no question for a file to lead to */
	assert_non_null(strstr(err.text, "smtpdx explain"));
	assert_int_equal(session_test_begin(s, "config", &err), 0); /* of this machine, which is what was measured */
	run(s);
	assert_int_equal(session_event(s)->kind, EVENT_DIAGNOSIS);
	assert_string_equal(session_event(s)->text, "After 7.50 s.");
	assert_string_equal(session_event(s)->news, "config has run: 0 facts more.");
	assert_int_equal(count_checks(s, "smtp"), 1);
	assert_int_equal(count_checks(s, "config"), 1);
	assert_string_equal(case_answer(s, "test"), "config");
	const size_t facts = session_case(s)->fact_count;

	assert_int_equal(session_test_begin(s, "smtp --idle data", &err), 0); /* intrusive: a plan first */
	assert_int_equal(session_event(s)->kind, EVENT_PLAN);
	assert_true(session_event(s)->plan->count == 1 && session_event(s)->plan->rows[0].intrusive);
	assert_non_null(strstr(session_event(s)->text, "consent"));
	assert_true(session_back(s));
	assert_int_equal(session_event(s)->kind, EVENT_DIAGNOSIS);
	assert_int_equal(session_test_begin(s, "smtp --idle data", &err), 0);
	accept_plan(s);
	run(s);
	assert_int_equal(session_event(s)->kind, EVENT_DIAGNOSIS);
	assert_int_equal(count_checks(s, "smtp"), 2);
	assert_int_equal(session_case(s)->fact_count, facts); /* the banner came as late once more */
	assert_string_equal(session_event(s)->news, "smtp --idle data has run: 0 facts more, 1 measured anew.");
	expect_dialogs(session_case(s),
	               "[127.0.0.1]:25, smtp, run 1|[127.0.0.1]:25, config|[127.0.0.1]:25, smtp, run 2|");
	/* Of several mail hosts one, and not one that nobody has measured. */
	assert_int_equal(session_test_begin(s, "mtu at [127.0.0.1]", &err), 0);
	run(s);
	assert_string_equal(session_event(s)->news, "mtu at [127.0.0.1] has run: 0 facts more.");
	assert_int_equal(session_test_begin(s, "mtu at mx9 [192.0.2.9]", &err), 0);
	run(s);
	assert_string_equal(session_event(s)->news, "mtu has run: 0 facts more.");
	assert_true(session_back(s));
	assert_int_equal(session_event(s)->kind, EVENT_PLAN);
	assert_true(session_event(s)->plan->rows[0].measured); /* by the run with the settings of this plan */
	session_free(s);
}

static void a_test_can_be_asked_for_in_advance(void **state)
{
	struct err err;

	(void)state;
	struct session *s = begin(measuring);
	assert_int_equal(session_preset(s, "test", "mut", &err), -1);
	assert_int_equal(session_preset(s, "test", "limit --rate", &err), 0);
	session_begin(s);
	answer(s, TARGET);
	answer(s, "");
	accept_plan(s);
	run(s);
	run(s); /* whoever names it consents */
	assert_int_equal(session_event(s)->kind, EVENT_DIAGNOSIS);
	assert_int_equal(count_checks(s, "limit"), 1);
	session_free(s);
}

/* A file that was not named before can be named now. */
static void a_test_leads_to_the_question_for_a_file(void **state)
{
	struct err err;

	(void)state;
	struct session *s = start("title: x\nask target host Which?\nask log file A log?\n  optional\ncheck smtp log\n"
	                          "diagnose\nask note text Note?\nstop\n");
	answer(s, TARGET);
	answer(s, "");
	accept_plan(s);
	run(s);
	session_next(s);
	answer(s, "some note");
	assert_int_equal(session_test_begin(s, "log", &err), 0);
	expect_question(s, "log", "");
	session_free(s);
}

static void what_is_cancelled_is_not_measured(void **state)
{
	(void)state;
	struct session *s = start(measuring);
	write_text("hang", "");
	answer(s, TARGET);
	answer(s, "");
	accept_plan(s);
	while (session_case(s)->fact_count == 0 && session_step(s, 1))
		continue;
	session_cancel_job(s, 0);
	run(s);
	assert_int_equal(session_event(s)->kind, EVENT_DIAGNOSIS);
	assert_string_equal(session_event(s)->text, "After 7.50 s."); /* what it had said until then counts */
	assert_true(session_back(s));
	assert_true(session_event(s)->plan->rows[0].on && !session_event(s)->plan->rows[0].measured);
	session_free(s);
}

static const char resuming[] = "title: x\n"
			       "when unfinished\n"
			       "  ask session choice Go on?\n"
			       "    options: unfinished\n"
			       "    option new: No\n"
			       "  resume {session}\n"
			       "ask target host Which?\n"
			       "check smtp\n"
			       "ask after text And then?\n";

static void goes_on_where_it_was_cut_off(void **state)
{
	(void)state;
	assert_int_equal(setenv("XDG_STATE_HOME", xdg_state("another"), 1), 0);
	struct session *s = start(resuming);
	answer(s, TARGET);
	accept_plan(s);
	run(s);
	expect_question(s, "after", "");
	char *path = xstrdup(session_case_path(s));
	session_free(s); /* not ended */

	s = start(resuming);
	expect_question(s, "session", "");
	assert_int_equal(session_event(s)->question->option_count, 2);
	assert_non_null(strstr(session_event(s)->question->options[0].text, TARGET));
	assert_string_equal(session_event(s)->question->options[1].value, "new");
	answer(s, "1");
	expect_question(s, "after", "");
	assert_string_equal(session_case_path(s), path);
	assert_int_equal(session_case(s)->fact_count > 0, 1);
	assert_int_equal(count_runs(), 1);
	assert_true(session_back(s) && session_back(s));
	expect_question(s, "target", TARGET);
	session_end(s);
	session_free(s);

	s = start(resuming);
	expect_question(s, "target", ""); /* what has ended is not offered */
	session_free(s);
	free(path);
}

/* What the case is about is the mail host, once it is known; nothing is never what it is about. */
static void names_the_case(void **state)
{
	static const char text[] = "title: x\nask target host Which?\n  optional\nask more text What?\n";

	(void)state;
	struct session *s = start(text);
	answer(s, "");
	assert_true(session_case(s)->target[0] != '\0');
	assert_true(session_back(s));
	answer(s, TARGET);
	assert_string_equal(session_case(s)->target, TARGET);
	session_free(s);
}

/* A step that fails because of an answer asks for it again. */
static void bad_files_are_asked_for_again(void **state)
{
	(void)state;
	write_text("no.json", "{}");
	struct session *s = start("title: x\nask case file Which?\nopen {case}\ndiagnose\n");
	answer(s, "no.json");
	expect_question(s, "case", "no.json");
	assert_non_null(strstr(session_event(s)->complaint, "no.json"));
	session_free(s);
}

static void follows_other_walkthroughs(void **state)
{
	(void)state;
	struct session *s = start("title: x\nask w choice Which?\n  options: walkthroughs\nfollow {w}\n");
	answer(s, "slow-greeting");
	expect_question(s, "target", "");
	assert_true(session_back(s));
	expect_question(s, "w", "slow-greeting");
	session_free(s);
}

/* Nobody can write: the session goes on all the same. */
static void works_without_a_place_to_save(void **state)
{
	(void)state;
	write_text("file", "");
	assert_int_equal(setenv("XDG_STATE_HOME", "/dev/null/state", 1), 0);
	struct session *s = start(dialog);
	answer(s, "Ada");
	expect_question(s, "way", "");
	assert_string_equal(session_case_path(s), "");
	session_free(s);
	assert_int_equal(setenv("XDG_STATE_HOME", folder, 1), 0);
}

static int enter_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL && chdir(folder) == 0 && setenv("XDG_STATE_HOME", folder, 1) == 0 ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int remove_folder(void **state)
{
	(void)state;
	return chdir("/") == 0 ? nftw(folder, remove_one, 10, FTW_DEPTH | FTW_PHYS) : -1;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answers_lead_on),
	    cmocka_unit_test(back_loses_nothing),
	    cmocka_unit_test(answers_in_advance),
	    cmocka_unit_test(several_answers_are_taken_in_turn),
	    cmocka_unit_test(lines_survive_recording),
	    cmocka_unit_test_teardown(measures_once, clean_up),
	    cmocka_unit_test_teardown(consent_is_asked_for, clean_up),
	    cmocka_unit_test_teardown(a_diagnosis_tests_more, clean_up),
	    cmocka_unit_test_teardown(a_test_can_be_asked_for_in_advance, clean_up),
	    cmocka_unit_test_teardown(a_test_leads_to_the_question_for_a_file, clean_up),
	    cmocka_unit_test_teardown(what_is_cancelled_is_not_measured, clean_up),
	    cmocka_unit_test_teardown(goes_on_where_it_was_cut_off, clean_up),
	    cmocka_unit_test(names_the_case),
	    cmocka_unit_test(bad_files_are_asked_for_again),
	    cmocka_unit_test_teardown(pasted_text_is_called_so, clean_up),
	    cmocka_unit_test(follows_other_walkthroughs),
	    cmocka_unit_test(works_without_a_place_to_save),
	};

	if (argc > 3 && strcmp(argv[1], "probe") == 0)
		return play_worker(argc, argv);
	return cmocka_run_group_tests(tests, enter_folder, remove_folder);
}
