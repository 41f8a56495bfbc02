/* How far the reading of a large log has come: share, speed, time left. */
#include "unit.h"

#include "checks/log/progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* What is told of a reading that took so many seconds; free() it. */
static char *told(double bytes, double size, double seconds)
{
	const struct log_input input = {.bytes = bytes, .size = size, .lines = bytes / 100};
	const struct log_filter filter = {.since = NAN, .until = NAN};
	struct analysis *analysis = analysis_new(&filter);
	const struct log_progress progress = {
	    .name = "mail.log", .input = &input, .analysis = analysis, .seconds = seconds};
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	assert_non_null(out);
	struct emit *e = emit_new("log", out, NULL);

	log_progress_tell(&progress, e, "./mail.log");
	emit_free(e);
	fclose(out);
	analysis_free(analysis);
	return text;
}

static void expect_told(double bytes, double size, double seconds, const char *what)
{
	char *text = told(bytes, size, seconds);

	if (strstr(text, what) == NULL)
		fail_msg("not \"%s\" in: %s", what, text);
	free(text);
}

static void a_file_has_a_share_a_speed_and_an_end(void **state)
{
	(void)state;
	expect_told(50e6, 200e6, 0.5, "25 % at 100 MB/s, 2 s left: mail.log");
	expect_told(180e6, 200e6, 9, "90 % at 20 MB/s, 1 s left: mail.log");
	expect_told(50e6, 200e6, 0.5, "1000000 lines/s");
}

/* What grew while it was read is not read backwards. */
static void a_file_that_grew_has_nothing_left(void **state)
{
	(void)state;
	expect_told(210e6, 200e6, 2.1, "100 % at 100 MB/s, 0 s left: mail.log");
}

static void a_pipe_has_a_speed_and_no_end(void **state)
{
	(void)state;
	expect_told(50e6, -1, 0.5, "50 MB at 100 MB/s: mail.log");
	expect_told(0, 200e6, 0.5, "0 MB at 0 MB/s: mail.log");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_file_has_a_share_a_speed_and_an_end),
	    cmocka_unit_test(a_file_that_grew_has_nothing_left),
	    cmocka_unit_test(a_pipe_has_a_speed_and_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
