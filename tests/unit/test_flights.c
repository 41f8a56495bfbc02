/* The picture of the two message texts, from whatever their facts say. */
#include "evidence.h"
#include "report/sections.h"

#include "unit.h"

#include <stdio.h>

static char *picture(const char *facts)
{
	struct case_file *c = evidence_case("192.0.2.25:25", facts);
	struct document d;
	struct buf text;

	document_init(&d);
	add_flights(&d, c);
	buf_init(&text, 65536);
	document_to_text(&d, &text);
	document_done(&d);
	case_free(c);
	return buf_take(&text);
}

#define FLIGHT(run, word, mss, acked, bytes, delay, progress)                                                    \
	"mtu." run " " word "\nmtu." run ".mss " mss "B\nmtu." run ".acked " acked "B\nmtu." run ".bytes " bytes \
	"B\nmtu." run ".delay " delay "\nmtu." run ".progress " progress "\n"

static void both_are_drawn(void **state)
{
	char *text = picture(
	    "@[192.0.2.25]:25\n" FLIGHT("full", "stall", "1448", "200", "12000", "500ms", "0:0 0.001:200 0.5:200")
		FLIGHT("clamped", "pass", "524", "4000", "4000", "250ms", "0:0 0.125:2000 0.25:4000"));

	(void)state;
	assert_non_null(strstr(text, "     100 %                       ooooooooooooooooooooooo\n"));
	assert_non_null(strstr(text, "      80 %\n"));
	assert_non_null(strstr(text, "       0 %  **********##################################\n"));
	assert_non_null(strstr(text, "0.50 s\n"));
	assert_non_null(strstr(text, "# segments of 1448 bytes: stall, 200 of 12000 bytes acknowledged in 0.500 s"));
	assert_non_null(strstr(text, "o segments of 524 bytes: pass, 4000 of 4000 bytes acknowledged in 0.250 s"));
	free(text);
}

static void one_alone_is_no_picture(void **state)
{
	char *text =
	    picture("@[192.0.2.25]:25\n" FLIGHT("full", "pass", "1448", "12000", "12000", "1ms", "0:0 0.001:12000"));

	(void)state;
	assert_string_equal(text, "");
	free(text);
}

/* A case may come from anywhere. */
static void odd_progress_does_no_harm(void **state)
{
	static const char *const odd[] = {
	    "x",          "1",           ":",           "0:0 1:-5",         "5:1 1:9",
	    "0:0 nan:1",  "inf:1",       "-1:4000",     "1e308:1 2e308:2",  "0:1e308",
	    "0:0 0:4000", "0:0 0.5:inf", "0:0 0.1:1 ?", "0:0 0.1 0.2:4000", "0:0  1:2000"};

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		char facts[1024];
		snprintf(facts, sizeof facts,
		         "@[192.0.2.25]:25\nmtu.full stall\nmtu.full.bytes 4000B\nmtu.full.progress %s\n"
		         "mtu.clamped pass\nmtu.clamped.bytes 4000B\nmtu.clamped.progress %s\n",
		         odd[i], odd[i]);
		char *text = picture(facts);
		for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1)
			assert_true(strcspn(line, "\n") <= 80);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_are_drawn),
	    cmocka_unit_test(one_alone_is_no_picture),
	    cmocka_unit_test(odd_progress_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
