/* What a check emits is what the runner reads; anything else is refused with the reason. */
#include "checks/emit.h"
#include "flow/protocol.h"

#include "unit.h"

#include <math.h>
#include <stdio.h>

/* Emits through a memory stream and gives back the lines. */
static char *emitted(void (*emit)(struct emit *e))
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	struct emit *e = emit_new("smtp", stream, NULL);
	emit(e);
	emit_free(e);
	fclose(stream);
	return text;
}

static struct message parse(const char *line)
{
	struct message m;
	struct err err;

	if (message_parse(line, strlen(line), &m, &err) != 0)
		fail_msg("%s: %s", line, err.text);
	return m;
}

static void emit_all(struct emit *e)
{
	emit_start(e, "mx [192.0.2.1]:25", 60);
	emit_progress(e, "mx [192.0.2.1]:25", "banner", 300);
	emit_line(e, "mx [192.0.2.1]:25", 0.0123456789, LINE_IN, "220 \"quoted\" \\x1b");
	emit_number(e, "smtp.banner.delay", "mx [192.0.2.1]:25", 5.0200000001);
	emit_number(e, "smtp.ehlo.delay", "mx [192.0.2.1]:25", NAN); /* left out */
	emit_text(e, "smtp.outcome", "mx [192.0.2.1]:25", "silent");
	emit_flag(e, "smtp.delivered", "mx [192.0.2.1]:25", false);
	emit_end(e, "mx [192.0.2.1]:25", CHECK_NOT_TESTED, 1.5, "needs --yes");
}

static void both_sides_agree(void **state)
{
	char *text = emitted(emit_all);
	struct message m[7];
	char *save = NULL;
	size_t count = 0;

	(void)state;
	for (char *line = strtok_r(text, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
		assert_true(count < 7);
		m[count++] = parse(line);
	}
	assert_int_equal(count, 7);
	assert_int_equal(m[0].type, MESSAGE_START);
	assert_float_equal(m[0].limit, 60, 0);
	assert_int_equal(m[1].type, MESSAGE_PROGRESS);
	assert_string_equal(m[1].phase, "banner");
	assert_float_equal(m[1].limit, 300, 0);
	assert_int_equal(m[2].type, MESSAGE_LINE);
	assert_string_equal(m[2].text, "220 \"quoted\" \\x1b");
	assert_float_equal(m[2].t, 0.012346, 1e-12);
	assert_int_equal(m[2].dir, LINE_IN);
	assert_float_equal(m[3].fact.number, 5.02, 1e-12);
	assert_string_equal(m[3].fact.subject, "mx [192.0.2.1]:25");
	assert_string_equal(m[4].fact.text, "silent");
	assert_int_equal(m[5].fact.def->kind, FACT_FLAG);
	assert_int_equal(m[6].type, MESSAGE_END);
	assert_int_equal(m[6].status, CHECK_NOT_TESTED);
	assert_string_equal(m[6].error, "needs --yes");
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(m[i].subject, "mx [192.0.2.1]:25");
		message_done(&m[i]);
	}
	free(text);
}

static void nonsense_is_refused(void **state)
{
	static const struct {
		const char *line, *why;
	} wrong[] = {
	    {"", "no JSON object"},
	    {"==123== ERROR: AddressSanitizer", "no JSON object"},
	    {"[1]", "no JSON object"},
	    {"{\"type\":\"fact\"}{}", "no JSON object"},
	    {"{\"type\":\"gift\",\"subject\":\"a\"}", "\"type\" is none of"},
	    {"{\"type\":\"progress\",\"phase\":\"x\",\"limit\":1}", "\"subject\" is no text"},
	    {"{\"type\":\"progress\",\"subject\":\"a\",\"phase\":\"x\"}", "\"limit\" is no number"},
	    {"{\"type\":\"tally\",\"subject\":\"a\",\"rows\":{}}", "\"rows\" is no list"},
	    {"{\"type\":\"line\",\"subject\":\"a\",\"t\":0,\"dir\":\"up\",\"text\":\"\"}", "\"dir\" is none of"},
	    {"{\"type\":\"fact\",\"subject\":\"a\",\"name\":\"smtp.none\",\"value\":1}", "no such fact"},
	    {"{\"type\":\"end\",\"subject\":\"a\",\"status\":\"done\"}", "\"seconds\" is no number"},
	    {"{\"type\":\"end\",\"subject\":\"a\",\"status\":\"failed\",\"seconds\":1}", "\"error\" is no text"},
	    {"{\"type\":\"end\",\"subject\":\"a\",\"status\":\"fine\",\"seconds\":1}", "\"status\" is none of"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct message m;
		struct err err;
		if (message_parse(wrong[i].line, strlen(wrong[i].line), &m, &err) != -1)
			fail_msg("%s was taken", wrong[i].line);
		if (strstr(err.text, wrong[i].why) == NULL)
			fail_msg("%s: \"%s\" does not say \"%s\"", wrong[i].line, err.text, wrong[i].why);
	}
}

static void foreign_text_is_cleaned_again(void **state)
{
	struct message m =
	    parse("{\"type\":\"line\",\"subject\":\"a\\u001b[2J\",\"t\":0,\"dir\":\"in\",\"text\":\"\\u202eabc\"}");

	(void)state;
	assert_string_equal(m.subject, "a\\x1b[2J");
	assert_string_equal(m.text, "\\xe2\\x80\\xaeabc");
	message_done(&m);
}

static void emit_two_rows(struct emit *e)
{
	struct tally tally;

	tally_init(&tally);
	tally_add(&tally, "taken", "3 of 20", 0, 0.15, "");
	tally_add(&tally, "session 3", "0.02 s", 0.25, 7, "refused, 421")->open = true;
	tally_add(&tally, "nothing", "", 0, NAN, "");
	tally_drop(&tally);
	emit_tally(e, "mx [192.0.2.1]:25", &tally);
	tally_done(&tally);
}

static void a_tally_comes_through(void **state)
{
	char *text = emitted(emit_two_rows);
	text[strcspn(text, "\n")] = '\0';
	struct message m = parse(text);

	(void)state;
	assert_int_equal(m.type, MESSAGE_TALLY);
	assert_string_equal(m.subject, "mx [192.0.2.1]:25");
	assert_int_equal(m.tally.count, 2);
	assert_string_equal(m.tally.rows[0].label, "taken");
	assert_string_equal(m.tally.rows[0].value, "3 of 20");
	assert_float_equal(m.tally.rows[0].to, 0.15, 1e-9);
	assert_false(m.tally.rows[0].open);
	assert_float_equal(m.tally.rows[1].from, 0.25, 1e-9);
	assert_float_equal(m.tally.rows[1].to, 1, 0); /* a bar is never longer than its row */
	assert_true(m.tally.rows[1].open);
	assert_string_equal(m.tally.rows[1].note, "refused, 421");
	message_done(&m);
	free(text);
}

static void a_foreign_tally_is_cut_to_measure(void **state)
{
	struct message m =
	    parse("{\"type\":\"tally\",\"subject\":\"a\",\"rows\":[{\"label\":\"\\u001b[2J\",\"from\":-3,"
	          "\"to\":1e300},7]}");

	(void)state;
	assert_int_equal(m.tally.count, 2);
	assert_string_equal(m.tally.rows[0].label, "\\x1b[2J");
	assert_string_equal(m.tally.rows[0].value, "");
	assert_float_equal(m.tally.rows[0].from, 0, 0);
	assert_float_equal(m.tally.rows[0].to, 1, 0);
	assert_string_equal(m.tally.rows[1].label, "");
	message_done(&m);
}

static void a_full_tally_keeps_the_latest_row(void **state)
{
	struct tally tally;
	char label[24];

	(void)state;
	tally_init(&tally);
	for (int i = 0; i < 100; i++) {
		snprintf(label, sizeof label, "%d", i);
		tally_add(&tally, label, "", 0, 0, "");
	}
	assert_int_equal(tally.count, TALLY_ROWS_MAX);
	assert_string_equal(tally.rows[0].label, "0");
	assert_string_equal(tally.rows[TALLY_ROWS_MAX - 1].label, "99");
	tally_done(&tally);
}

static void facts_go_into_a_case_too(void **state)
{
	struct case_file *c = case_new("x");
	struct emit *e = emit_new("smtp", NULL, c);

	(void)state;
	emit_all(e);
	emit_free(e);
	assert_int_equal(c->fact_count, 3);
	assert_int_equal(c->check_count, 1);
	assert_int_equal(c->dialogs[0].line_count, 1);
	case_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_sides_agree),
	    cmocka_unit_test(nonsense_is_refused),
	    cmocka_unit_test(foreign_text_is_cleaned_again),
	    cmocka_unit_test(a_tally_comes_through),
	    cmocka_unit_test(a_foreign_tally_is_cut_to_measure),
	    cmocka_unit_test(a_full_tally_keeps_the_latest_row),
	    cmocka_unit_test(facts_go_into_a_case_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
