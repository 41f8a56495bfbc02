/* Walkthrough files: what they compile to, and each mistake with its line and what was expected. */
#include "flow/walk.h"

#include "unit.h"

static struct walk *parse(const char *text)
{
	struct err err = {""};
	struct walk *walk = walk_parse("test", "test.walk", NULL, text, &err);

	if (walk == NULL)
		fail_msg("%s", err.text);
	return walk;
}

static void compiles_steps(void **state)
{
	(void)state;
	struct walk *walk = parse("# a remark\n"
	                          "title: A title\n"
	                          "about: One\n"
	                          "  two\n"
	                          "say\n"
	                          "  One line\n"
	                          "  goes on.\n"
	                          "\n"
	                          "  - an item\n"
	                          "  - another\n"
	                          "ask where host Which one?\n"
	                          "  default: example.com\n"
	                          "  help: Some help,\n"
	                          "    and more\n"
	                          "  optional\n"
	                          "ask many number How many?\n"
	                          "  range: 1s to 2m\n"
	                          "check dns smtp\n"
	                          "  target: {where}\n"
	                          "  set idle: data\n"
	                          "  set yes\n"
	                          "report markdown\n"
	                          "  to: {where}.md\n");

	assert_string_equal(walk->title, "A title");
	assert_string_equal(walk->about, "One two");
	assert_int_equal(walk->count, 6); /* and the stop at its end */
	assert_int_equal(walk->steps[0].op, WALK_SAY);
	assert_string_equal(walk->steps[0].text, "One line goes on.\n\n- an item\n- another");
	const struct question *q = &walk->steps[1].question;
	assert_string_equal(q->name, "where");
	assert_int_equal(q->kind, QUESTION_HOST);
	assert_string_equal(q->prompt, "Which one?");
	assert_string_equal(q->preset, "example.com");
	assert_string_equal(q->help, "Some help, and more");
	assert_true(q->optional);
	q = &walk->steps[2].question;
	assert_string_equal(q->unit, "s");
	assert_true(q->min <= 1 && q->min >= 1 && q->max >= 120 && q->max <= 120);
	const struct walk_plan *plan = &walk->steps[3].plan;
	assert_int_equal(plan->word_count, 2);
	assert_string_equal(plan->target, "{where}");
	assert_int_equal(plan->setting_count, 2);
	assert_string_equal(plan->settings[0].option, "idle");
	assert_string_equal(plan->settings[0].value, "data");
	assert_string_equal(walk->steps[4].format, "markdown");
	assert_string_equal(walk->steps[4].text, "{where}.md");
	assert_int_equal(walk->steps[4].line, 22);
	walk_free(walk);
}

/* Where a step goes when its test does not hold, or by itself. */
static void compiles_branches(void **state)
{
	(void)state;
	struct walk *walk = parse("title: x\n"
	                          "ask a choice Which?\n"
	                          "  option one: First -> end\n"
	                          "  option two: Second\n"
	                          "when smtp.banner.delay > 5s and dns.answers = yes\n" /* step 1 */
	                          "  say late\n"                                        /* 2; 3 leads to the end */
	                          "otherwise when answer a = two\n"                     /* 4 */
	                          "  when cause != healthy\n"                           /* 5 */
	                          "    say sick\n"                                      /* 6; 7 */
	                          "otherwise\n"
	                          "  say else\n" /* 8 */
	                          "label end\n"
	                          "stop\n"); /* 9 */

	assert_int_equal(walk->steps[0].question.options[0].step, 9);
	assert_int_equal(walk->steps[1].op, WALK_WHEN);
	assert_int_equal(walk->steps[1].test.kind, TEST_FACTS);
	assert_int_equal(walk->steps[1].step, 4);
	assert_int_equal(walk->steps[3].op, WALK_GOTO);
	assert_int_equal(walk->steps[3].step, 9);
	assert_int_equal(walk->steps[4].test.kind, TEST_ANSWER);
	assert_int_equal(walk->steps[4].step, 8);
	assert_int_equal(walk->steps[5].test.kind, TEST_CAUSE);
	assert_true(walk->steps[5].test.negated);
	assert_int_equal(walk->steps[5].step, 7);
	assert_int_equal(walk->steps[7].step, 9);
	walk_free(walk);
}

static void includes_parts(void **state)
{
	(void)state;
	struct walk *walk = parse("title: x\ninclude target\ninclude ending\n");

	assert_non_null(walk_find_question(walk, "target"));
	assert_non_null(walk_find_question(walk, "report"));
	assert_int_equal(walk->origin_count, 3);
	assert_string_equal(walk->steps[0].origin, "built-in help/walkthroughs/target.part");
	walk_free(walk);
}

static void refuses_mistakes(void **state)
{
	static const struct {
		const char *text, *why;
	} wrong[] = {
	    {"", "test.walk:1: expected title: somewhere in the file, found nothing"},
	    {"title: x\ntitle: y\n", "test.walk:2: expected one title"},
	    {"title: x\ndance\n", "test.walk:2: expected say ask check"},
	    {"title: x\n  stop\n", "test.walk:2: expected a statement at the beginning of the line"},
	    {"title: x\n\tstop\n", "test.walk:2: expected blanks before the text"},
	    {"title: x\033[2J\n", "test.walk:1: expected printable UTF-8"},
	    {"title: x\nsay\nstop\n", "test.walk:2: expected a text after say"},
	    {"title: x\nsay {smtp.banner.dely}\n", "test.walk:2: expected a fact or a placeholder"},
	    {"title: x\nsay {name}\n", "test.walk:2: expected a fact or a placeholder, found {name}"},
	    {"title: x\nask\n", "test.walk:2: expected ask NAME KIND QUESTION"},
	    {"title: x\nask Name text What?\n", "test.walk:2: expected ask NAME KIND QUESTION"},
	    {"title: x\nask n colour What?\n", "test.walk:2: expected text, host, number"},
	    {"title: x\nask n text\n", "test.walk:2: expected the question itself, found nothing"},
	    {"title: x\nask plan text Which?\n", "test.walk:2: expected another name"},
	    {"title: x\nask n text What?\n  hint: x\n", "test.walk:3: expected default: help:"},
	    {"title: x\nask n text What?\n  option a: b\n", "test.walk:3: expected options only for a choice"},
	    {"title: x\nask n choice What?\n", "test.walk:2: expected at least two options"},
	    {"title: x\nask n choice W?\n  option a: b\n  option a: c\n", "test.walk:4: expected another value"},
	    {"title: x\nask n choice W?\n  option a\n", "test.walk:3: expected option VALUE: TEXT"},
	    {"title: x\nask n choice W?\n  option a: b -> c\n  option d: e\n", "test.walk:3: expected a label of"},
	    {"title: x\nask n choice W?\n  options: colours\n", "test.walk:3: expected scenarios, walkthroughs"},
	    {"title: x\nask n choice W?\n  options: scenarios\n  options: scenarios\n",
	     "test.walk:4: expected options: once"},
	    {"title: x\nask n number W?\n  range: 2 to 1\n", "test.walk:3: expected range: LOW to HIGH"},
	    {"title: x\nask n number W?\n  range: 1s to 9B\n", "test.walk:3: expected range: LOW to HIGH"},
	    {"title: x\nask n number W?\n  default: many\n", "test.walk:2: the default: expected a number"},
	    {"title: x\nask n yes-no W?\n  default: 7\n", "test.walk:2: the default: expected yes or no"},
	    {"title: x\ncheck\n", "test.walk:2: expected names of checks"},
	    {"title: x\ncheck smpt\n", "test.walk:2: expected names of checks, live or files, found \"smpt\""},
	    {"title: x\ncheck dns\n  set colour: red\n", "test.walk:3: expected set OPTION: VALUE"},
	    {"title: x\ncheck dns\n  set port: 0\n", "test.walk:2: --port: \"0\": expected a port"},
	    {"title: x\ncheck dns\n  set yes: no\n", "test.walk:3: expected no value for this option"},
	    {"title: x\ncheck dns\n  set port\n", "test.walk:3: expected a value for the option"},
	    {"title: x\ncheck files\n  files: log\n", "test.walk:2: expected questions of the kind file or paste"},
	    {"title: x\nwhen smtp.banner.delay > 5\n  stop\n", "test.walk:2: expected a number with the unit s"},
	    {"title: x\nwhen x.y = 1\n  stop\n", "test.walk:2: expected a fact, found \"x.y\""},
	    {"title: x\nwhen answer n = a\n  stop\n", "test.walk:2: expected a question of this walkthrough"},
	    {"title: x\nask n yes-no W?\nwhen answer n = maybe\n  stop\n", "test.walk:3: expected an answer that"},
	    {"title: x\nwhen cause = gremlins\n  stop\n",
	     "test.walk:2: expected the id of a cause, found \"gremlins\""},
	    {"title: x\nwhen unfinished\nstop\n", "test.walk:2: expected something below when"},
	    {"title: x\nwhen unfinished\n  stop\n   stop\n", "test.walk:4: expected the same indent"},
	    {"title: x\notherwise\n  stop\n", "test.walk:2: expected a when of the same indent"},
	    {"title: x\nwhen unfinished\n  label x\n  stop\n", "test.walk:3: expected labels at the beginning"},
	    {"title: x\nlabel a\nlabel a\nstop\n", "test.walk:3: expected each label once"},
	    {"title: x\ngoto b\n", "test.walk:2: expected a label of this walkthrough, found \"b\""},
	    {"title: x\nstop\nsay never\n", "test.walk:3: nothing leads to this step"},
	    {"title: x\nwhen unfinished\n  stop\notherwise\n  stop\nsay x\n",
	     "test.walk:6: nothing leads to this step"},
	    {"title: x\nlabel a\nsay round\ngoto a\n", "test.walk:3: this loop asks nothing"},
	    {"title: x\nfollow dance\n", "test.walk:2: expected the name of a walkthrough"},
	    {"title: x\nreport pdf\n", "test.walk:2: expected text, markdown or json"},
	    {"title: x\nreport\n  into: x\n", "test.walk:3: expected to: PATH"},
	    {"title: x\ndirection up\n", "test.walk:2: expected outbound or inbound"},
	    {"title: x\ninclude ../x\n", "test.walk:2: expected include NAME"},
	    {"title: x\ninclude nowhere\n", "test.walk:2: walkthroughs/nowhere.part: no such help file"},
	    {"title: x\nstop now\n", "test.walk:2: expected the end of the line"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct err err = {""};
		struct walk *walk = walk_parse("test", "test.walk", NULL, wrong[i].text, &err);
		if (walk != NULL)
			fail_msg("taken: %s", wrong[i].text);
		if (strstr(err.text, wrong[i].why) == NULL)
			fail_msg("\"%s\" does not say \"%s\"", err.text, wrong[i].why);
	}
}

/* A loop with a question in it is fine: each round needs an answer. */
static void takes_loops_that_ask(void **state)
{
	(void)state;
	walk_free(parse("title: x\nlabel a\nask n yes-no Again?\nwhen answer n = yes\n  goto a\n"));
}

static void counts_shown(const char *name, const char *title, const char *about, void *context)
{
	assert_true(*name != '\0' && *title != '\0' && *about != '\0');
	++*(size_t *)context;
}

static void lists_what_is_shipped(void **state)
{
	struct err err = {""};
	size_t count = 0;

	(void)state;
	if (walk_list(counts_shown, &count, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(count, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(compiles_steps),       cmocka_unit_test(compiles_branches),
	    cmocka_unit_test(includes_parts),       cmocka_unit_test(refuses_mistakes),
	    cmocka_unit_test(takes_loops_that_ask), cmocka_unit_test(lists_what_is_shipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
