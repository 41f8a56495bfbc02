/*
 * The runner outlives whatever a worker does. A shell script plays the worker; what it does follows from its target.
 */
#include "base/clock.h"
#include "flow/runner.h"

#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char program[] = "/tmp/smtpdx-worker-XXXXXX";

static const char script[] =
    "#!/bin/sh\n"
    "for target; do :; done\n" /* the last argument */
    "start='{\"type\":\"start\",\"check\":\"smtp\",\"subject\":\"mx [192.0.2.1]:25\",\"limit\":1}'\n"
    "fact='{\"type\":\"fact\",\"name\":\"smtp.banner.delay\",\"value\":1.5,\"subject\":\"s\",\"check\":\"liar\",\"at\":"
    "\"t\"}'\n"
    "end='{\"type\":\"end\",\"subject\":\"s\",\"status\":\"done\",\"seconds\":0.5,\"error\":null}'\n"
    "echo \"$start\"; echo \"$fact\"\n"
    "case $target in\n"
    "good) echo \"$end\" ;;\n"
    "untested) echo '{\"type\":\"end\",\"subject\":\"s\",\"status\":\"not-tested\",\"seconds\":0,\"error\":\"needs "
    "--yes\"}'; exit 3 ;;\n"
    "crash) kill -SEGV $$ ;;\n"
    "crash-late) echo \"$end\"; kill -SEGV $$ ;;\n"
    "die) printf '%s\\n' 'a warning' 'smtpdx: out of memory' >&2; exit 3 ;;\n"
    "garbage) echo 'Segmentation fault'; sleep 30 ;;\n"
    "unknown-fact) echo '{\"type\":\"fact\",\"subject\":\"s\",\"name\":\"x.y\",\"value\":1}'; sleep 30 ;;\n"
    "after-end) echo \"$end\"; echo \"$fact\"; sleep 30 ;;\n"
    "endless-line) head -c 400000 /dev/zero | tr '\\0' x; sleep 30 ;;\n"
    "endless-talk) yes \"$fact\" ;;\n"
    "hang) exec sleep 30 ;;\n"
    "stubborn) trap '' TERM; while :; do sleep 1; done ;;\n"
    "closed) exec >&- 2>&-; sleep 0.3 ;;\n"
    "slow) sleep 0.3; echo \"$end\" ;;\n"
    "args) for a; do printf '{\"type\":\"line\",\"subject\":\"s\",\"t\":0,\"dir\":\"note\",\"text\":\"%s\"}\\n' "
    "\"$a\"; done; echo \"$end\" ;;\n"
    "esac\n";

/* What is only there to notice a hang may take longer under valgrind. */
static double patience(double seconds)
{
	const char *slow = getenv("SMTPDX_SLOW");

	return slow != NULL && slow[0] != '\0' ? seconds * 10 : seconds;
}

static const struct check fake = {.name = "smtp", .title = "fake", .limit = 20};

static struct case_file *run_with(const char *const *targets, double timeout, double *seconds)
{
	struct case_file *c = case_new("x");
	struct runner *r = runner_new(c, NULL, NULL);
	struct settings settings = {.timeout = timeout};
	double began = clock_now();

	runner_set_program(r, program);
	for (; *targets != NULL; targets++)
		runner_add(r, &fake, *targets, &settings);
	while (runner_step(r, 1))
		if (clock_now() - began > patience(15))
			fail_msg("the runner does not end");
	if (seconds != NULL)
		*seconds = clock_now() - began;
	runner_free(r);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
	assert_int_equal(errno, ECHILD);
	return c;
}

static struct case_file *run_one(const char *target, double timeout, double *seconds)
{
	const char *const targets[] = {target, NULL};

	return run_with(targets, timeout, seconds);
}

static void expect_row(const char *target, double timeout, enum check_status status, const char *error)
{
	double seconds;
	struct case_file *c = run_one(target, timeout, &seconds);

	assert_int_equal(c->check_count, 1);
	if (c->checks[0].status != status)
		fail_msg("%s: %s: %s", target, check_status_name(c->checks[0].status), c->checks[0].error);
	if (error == NULL)
		assert_null(c->checks[0].error);
	else if (c->checks[0].error == NULL || strstr(c->checks[0].error, error) == NULL)
		fail_msg("%s: \"%s\" does not say \"%s\"", target, c->checks[0].error, error);
	assert_string_equal(c->checks[0].subject, "mx [192.0.2.1]:25");
	assert_true(c->fact_count >= 1);                /* what was measured before stays */
	assert_string_equal(c->facts[0].check, "smtp"); /* whatever the worker claims to be */
	assert_true(seconds < patience(10));
	case_free(c);
}

static void good_worker(void **state)
{
	(void)state;
	expect_row("good", 0, CHECK_DONE, NULL);
	expect_row("untested", 0, CHECK_NOT_TESTED, "needs --yes");
}

static void crashed_worker(void **state)
{
	(void)state;
	expect_row("crash", 0, CHECK_FAILED, "crashed (Segmentation fault)");
	expect_row("crash-late", 0, CHECK_FAILED, "crashed");
	expect_row("die", 0, CHECK_FAILED, "exit status 3): smtpdx: out of memory");
	expect_row("closed", 0, CHECK_FAILED, "ended without a result");
}

static void worker_that_talks_nonsense(void **state)
{
	(void)state;
	expect_row("garbage", 0, CHECK_FAILED, "no JSON object: Segmentation fault");
	expect_row("unknown-fact", 0, CHECK_FAILED, "no such fact");
	expect_row("after-end", 0, CHECK_FAILED, "went on after its end");
	expect_row("endless-line", 0, CHECK_FAILED, "a line without end");
	expect_row("endless-talk", 0, CHECK_FAILED, "never stops talking");
}

static void hanging_worker_is_ended(void **state)
{
	double seconds;
	struct case_file *c;

	(void)state;
	expect_row("hang", 0.2, CHECK_FAILED, "not finished after 0 s");
	c = run_one("stubborn", 0.2, &seconds); /* ignores SIGTERM: limit, grace, SIGTERM, grace, SIGKILL */
	assert_int_equal(c->checks[0].status, CHECK_FAILED);
	assert_true(seconds > 2 && seconds < patience(6));
	case_free(c);
}

static void workers_run_side_by_side(void **state)
{
	static const char *const slow[] = {"slow", "slow", "slow", "slow", "slow", "slow", NULL};
	double seconds;
	struct case_file *c = run_with(slow, 0, &seconds);

	(void)state;
	assert_int_equal(c->check_count, 6);
	assert_int_equal(c->fact_count, 6);
	for (size_t i = 0; i < c->check_count; i++)
		assert_int_equal(c->checks[i].status, CHECK_DONE);
	assert_true(seconds < patience(1.2)); /* one after the other: 1.8 s */
	case_free(c);
}

static void more_workers_than_run_at_once(void **state)
{
	const char *targets[RUNNER_PARALLEL * 2 + 2];

	(void)state;
	for (size_t i = 0; i <= RUNNER_PARALLEL * 2; i++)
		targets[i] = "good";
	targets[RUNNER_PARALLEL * 2 + 1] = NULL;
	struct case_file *c = run_with(targets, 0, NULL);
	assert_int_equal(c->check_count, RUNNER_PARALLEL * 2 + 1);
	case_free(c);
}

static void cancelled_worker_keeps_its_facts(void **state)
{
	struct case_file *c = case_new("x");
	struct runner *r = runner_new(c, NULL, NULL);
	const struct settings settings = {0};
	double began = clock_now();

	(void)state;
	runner_set_program(r, program);
	runner_add(r, &fake, "hang", &settings);
	runner_add(r, &fake, "slow", &settings);
	while (runner_step(r, 0.1))
		if (c->fact_count == 2)
			runner_cancel_job(r, 0);
	assert_true(clock_now() - began < 5);
	assert_int_equal(c->check_count, 2);
	for (size_t i = 0; i < 2; i++) {
		bool cancelled = c->checks[i].status == CHECK_FAILED;
		assert_true(cancelled || c->checks[i].status == CHECK_DONE); /* the other one went on */
		if (cancelled)
			assert_non_null(strstr(c->checks[i].error, "cancelled"));
	}
	assert_int_not_equal(c->checks[0].status, c->checks[1].status);
	assert_false(runner_job(r, 0).running);
	runner_free(r);
	case_free(c);
}

static void facts_may_start_further_checks_of(const struct fact *fact, void *context)
{
	struct runner **r = context;
	const struct settings settings = {0};

	if (strcmp(fact->def->name, "smtp.banner.delay") == 0 && runner_job_count(*r) < 3)
		runner_add(*r, &fake, "good", &settings);
}

static void facts_may_start_further_checks(void **state)
{
	struct case_file *c = case_new("x");
	struct runner *r = NULL;
	const struct settings settings = {0};

	(void)state;
	r = runner_new(c, facts_may_start_further_checks_of, &r);
	runner_set_program(r, program);
	runner_add(r, &fake, "good", &settings);
	while (runner_step(r, 1))
		continue;
	assert_int_equal(c->check_count, 3);
	runner_free(r);
	case_free(c);
}

static void settings_reach_the_worker(void **state)
{
	struct case_file *c = case_new("x");
	struct runner *r = runner_new(c, NULL, NULL);
	const struct settings settings = {.port = 2525, .from = "-x"};
	static const char *const expected[] = {"probe", "--port", "2525", "--from", "-x", "--", "smtp", "args"};

	(void)state;
	runner_set_program(r, program);
	runner_add(r, &fake, "args", &settings);
	while (runner_step(r, 1))
		continue;
	assert_int_equal(c->dialog_count, 1);
	assert_int_equal(c->dialogs[0].line_count, 8);
	for (size_t i = 0; i < 8; i++)
		assert_string_equal(c->dialogs[0].lines[i].text, expected[i]);
	runner_free(r);
	case_free(c);
}

static void program_that_cannot_start(void **state)
{
	struct case_file *c = case_new("x");
	struct runner *r = runner_new(c, NULL, NULL);
	const struct settings settings = {0};

	(void)state;
	runner_set_program(r, "/no/such/program");
	runner_add(r, &fake, "good", &settings);
	while (runner_step(r, 1))
		continue;
	assert_int_equal(c->check_count, 1);
	assert_int_equal(c->checks[0].status, CHECK_FAILED);
	assert_non_null(strstr(c->checks[0].error, "exit status 127"));
	runner_free(r);
	case_free(c);
}

/* Freeing a runner in the middle leaves no process behind. */
static void free_ends_the_workers(void **state)
{
	struct case_file *c = case_new("x");
	struct runner *r = runner_new(c, NULL, NULL);
	const struct settings settings = {0};

	(void)state;
	runner_set_program(r, program);
	runner_add(r, &fake, "stubborn", &settings);
	runner_step(r, 0.2);
	runner_free(r);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	case_free(c);
}

static int write_program(void **state)
{
	int fd = mkstemp(program);

	(void)state;
	if (fd < 0 || write(fd, script, sizeof script - 1) != (ssize_t)sizeof script - 1 || fchmod(fd, 0700) != 0)
		return -1;
	return close(fd);
}

static int remove_program(void **state)
{
	(void)state;
	return unlink(program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_worker),
	    cmocka_unit_test(crashed_worker),
	    cmocka_unit_test(worker_that_talks_nonsense),
	    cmocka_unit_test(hanging_worker_is_ended),
	    cmocka_unit_test(workers_run_side_by_side),
	    cmocka_unit_test(more_workers_than_run_at_once),
	    cmocka_unit_test(cancelled_worker_keeps_its_facts),
	    cmocka_unit_test(facts_may_start_further_checks),
	    cmocka_unit_test(settings_reach_the_worker),
	    cmocka_unit_test(program_that_cannot_start),
	    cmocka_unit_test(free_ends_the_workers),
	};

	return cmocka_run_group_tests(tests, write_program, remove_program);
}
