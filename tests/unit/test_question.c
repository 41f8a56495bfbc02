/* Which answers a question takes, as what it keeps them, and why it refuses the others. */
#include "flow/question.h"

#include "unit.h"

#include <stdio.h>
#include <unistd.h>

static struct question_option options[] = {
    {.value = "sent", .text = "We send"}, {.value = "received", .text = "They send"}, {.value = "2", .text = "Two"}};

static void takes_and_refuses(void **state)
{
	static const struct {
		struct question q;
		const char *input, *kept, *why;
	} cases[] = {
	    {{.kind = QUESTION_TEXT}, " a b \n", "a b", NULL},
	    {{.kind = QUESTION_TEXT}, "  ", NULL, "an answer is needed"},
	    {{.kind = QUESTION_TEXT, .optional = true}, "  ", "", NULL},
	    {{.kind = QUESTION_TEXT}, "a\033[2J", NULL, "not printable"},
	    {{.kind = QUESTION_HOST}, "Example.com", "Example.com", NULL},
	    {{.kind = QUESTION_HOST}, "[::1]:25", "[::1]:25", NULL},
	    {{.kind = QUESTION_HOST}, "exa mple", NULL, ""},
	    {{.kind = QUESTION_NUMBER, .min = 1, .max = 0}, "12", "12", NULL},
	    {{.kind = QUESTION_NUMBER, .min = 1, .max = 0}, "12s", NULL, "without a unit"},
	    {{.kind = QUESTION_NUMBER, .min = 1, .max = 0}, "many", NULL, "expected a number"},
	    {{.kind = QUESTION_NUMBER, .min = 1, .max = 60, .unit = "s"}, "1m", "1m", NULL},
	    {{.kind = QUESTION_NUMBER, .min = 1, .max = 60, .unit = "s"}, "61s", NULL, "from 1 to 60"},
	    {{.kind = QUESTION_NUMBER, .min = 1, .max = 60, .unit = "s"}, "5", NULL, "with the unit s"},
	    {{.kind = QUESTION_CHOICE, .options = options, .option_count = 3}, "sent", "sent", NULL},
	    {{.kind = QUESTION_CHOICE, .options = options, .option_count = 3}, "1", "sent", NULL},
	    {{.kind = QUESTION_CHOICE, .options = options, .option_count = 3}, "2", "2", NULL}, /* a value wins */
	    {{.kind = QUESTION_CHOICE, .options = options, .option_count = 3}, "Rec", "received", NULL},
	    {{.kind = QUESTION_CHOICE, .options = options, .option_count = 3},
	     "4",
	     NULL,
	     "1 to 3 or one of sent, received, 2"},
	    {{.kind = QUESTION_YES_NO}, "Y", "yes", NULL},
	    {{.kind = QUESTION_YES_NO}, "no", "no", NULL},
	    {{.kind = QUESTION_YES_NO}, "perhaps", NULL, "expected yes or no"},
	    {{.kind = QUESTION_FILE}, "/dev/null", "/dev/null", NULL},
	    {{.kind = QUESTION_FILE}, "/", NULL, "Is a directory"},
	    {{.kind = QUESTION_FILE}, "/nowhere/x", NULL, "No such file"},
	    {{.kind = QUESTION_PATH}, "-", "-", NULL},
	    {{.kind = QUESTION_PATH}, "/nowhere/x", NULL, "No such file"},
	    {{.kind = QUESTION_PASTE}, "one\r\n\033two", "one\n\\x1btwo\n", NULL},
	    {{.kind = QUESTION_PASTE}, " \n\n", NULL, "nothing in it"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct err err = {""};
		char *value = NULL;
		int result = question_read(&cases[i].q, cases[i].input, &value, &err);
		if (result != (cases[i].kept != NULL ? 0 : -1))
			fail_msg("\"%s\": %s", cases[i].input, result == 0 ? "taken" : err.text);
		if (result == 0)
			assert_string_equal(value, cases[i].kept);
		else if (strstr(err.text, cases[i].why) == NULL)
			fail_msg("\"%s\" does not say \"%s\"", err.text, cases[i].why);
		free(value);
	}
}

/* More than a terminal's worth of text belongs into a file: nothing is cut off silently. */
static void refuses_too_much(void **state)
{
	const struct question q = {.kind = QUESTION_PASTE};
	char *text = malloc(QUESTION_PASTE_MAX + 2), *value = NULL;
	struct err err;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', QUESTION_PASTE_MAX + 1);
	text[QUESTION_PASTE_MAX + 1] = '\0';
	assert_int_equal(question_read(&q, text, &value, &err), -1);
	assert_non_null(strstr(err.text, "save it in a file"));
	text[QUESTION_PASTE_MAX] = '\0';
	assert_int_equal(question_read(&q, text, &value, &err), 0);
	assert_int_equal(strlen(value), QUESTION_PASTE_MAX + 1); /* with the end of its line */
	free(value);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_and_refuses),
	    cmocka_unit_test(refuses_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
