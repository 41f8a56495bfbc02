/*
 * cause: a whole file becomes what it says, and every mistake is refused with its line and what was expected.
 */
#include "unit.h"

#include "base/xalloc.h"
#include "diagnose/cause.h"

#define HEAD                         \
	"cause: slow-thing\n"        \
	"title: Something is slow\n" \
	"prior: -10\n"
#define EVIDENCE                               \
	"support +20 smtp.outcome = refused\n" \
	"            it said {smtp.reply.text}\n"
#define WHY     \
	"why\n" \
	"  Because.\n"

static const char whole[] = "# a comment\n"
			    "cause: slow-thing\r\n"
			    "title: Something is slow\n"
			    "prior: -10\n"
			    "\n"
			    "support +30 smtp.banner.delay >= 5s and smtp.outcome = complete\n"
			    "            the banner took\n"
			    "            {smtp.banner.delay}\n"
			    "against -5  smtp.outcome = complete or smtp.outcome = refused\n"
			    "\tit went through\n"
			    "\n"
			    "why\n"
			    "  One sentence.\n"
			    "  Another.\n"
			    "\n"
			    "  A paragraph.\n"
			    "\n"
			    "fix where=their-server if smtp.server.software = postfix\n"
			    "  does:   sets it\n"
			    "          for good\n"
			    "  run:    postconf -e 'smtpd_timeout = ${stress?{10}:{300}}s'\n"
			    "  run:    postfix reload\n"
			    "  undo:   postconf -X smtpd_timeout\n"
			    "  verify: smtpdx check {target} --only smtp\n"
			    "fix where=their-server otherwise\n"
			    "  does: something\n"
			    "until-then where=this-host\n"
			    "  does: wait\n"
			    "dead-end: raising the limit\n"
			    "  It is no\n"
			    "  limit.\n"
			    "see: RFC 5321 4.5.3.2 , RFC 1047,resolv.conf(5)\n";

static void test_a_whole_file_becomes_what_it_says(void **state)
{
	struct cause cause;
	struct err err = {""};

	(void)state;
	if (cause_parse("x", whole, &cause, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(cause.id, "slow-thing");
	assert_string_equal(cause.title, "Something is slow");
	assert_true(cause.prior > -10.5 && cause.prior < -9.5);
	assert_string_equal(cause.why, "One sentence. Another.\nA paragraph.");

	assert_int_equal(cause.evidence_count, 2);
	assert_int_equal((int)cause.evidence[0].weight, 30);
	assert_int_equal(cause.evidence[0].condition.count, 2);
	assert_string_equal(cause.evidence[0].sentence, "the banner took {smtp.banner.delay}");
	assert_int_equal((int)cause.evidence[1].weight, -5);
	assert_string_equal(cause.evidence[1].sentence, "it went through");

	assert_int_equal(cause.remedy_count, 3);
	assert_false(cause.remedies[0].until_then);
	assert_string_equal(cause.remedies[0].where, "their-server");
	assert_int_equal(cause.remedies[0].condition.count, 1);
	assert_string_equal(cause.remedies[0].does, "sets it for good");
	assert_string_equal(cause.remedies[0].run,
	                    "postconf -e 'smtpd_timeout = ${stress?{10}:{300}}s'\npostfix reload");
	assert_string_equal(cause.remedies[0].undo, "postconf -X smtpd_timeout");
	assert_string_equal(cause.remedies[0].verify, "smtpdx check {target} --only smtp");
	assert_true(cause.remedies[1].otherwise);
	assert_null(cause.remedies[1].run);
	assert_true(cause.remedies[2].until_then);
	assert_int_equal(cause.remedies[2].condition.count, 0);

	assert_int_equal(cause.blind_alley_count, 1);
	assert_string_equal(cause.blind_alleys[0].idea, "raising the limit");
	assert_string_equal(cause.blind_alleys[0].why, "It is no limit.");
	assert_int_equal(cause.see_count, 3);
	assert_string_equal(cause.see[0], "RFC 5321 4.5.3.2");
	assert_string_equal(cause.see[1], "RFC 1047");
	assert_string_equal(cause.see[2], "resolv.conf(5)");
	cause_done(&cause);
}

static void test_the_least_file_is_enough(void **state)
{
	struct cause cause;
	struct err err = {""};

	(void)state;
	if (cause_parse("x", HEAD EVIDENCE WHY, &cause, &err) != 0)
		fail_msg("%s", err.text);
	cause_done(&cause);
	/* A last line without its end is a line. */
	assert_int_equal(cause_parse("x", HEAD EVIDENCE "why\n  Because.", &cause, NULL), 0);
	assert_string_equal(cause.why, "Because.");
	cause_done(&cause);
}

static void test_mistakes_are_refused_with_their_line(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
	    {"", "F:1: expected \"cause:\" somewhere in the file, found none"},
	    {"cause: x\n", "F:1: expected \"title:\" somewhere in the file, found none"},
	    {"cause: x\ntitle: y\n", "F:2: expected \"prior:\" somewhere in the file, found none"},
	    {HEAD, "F:3: expected \"support\" somewhere in the file, found none"},
	    {HEAD EVIDENCE, "F:5: expected \"why\" somewhere in the file, found none"},
	    {"cause: Slow\n", "F:1: expected an id of small letters, digits and hyphens, found \"Slow\""},
	    {"cause: ../x\n", "F:1: expected an id of small letters, digits and hyphens, found \"../x\""},
	    {"cause:\n", "F:1: expected a value after \"cause:\", found none"},
	    {"cause: x\ncause: y\n", "F:2: expected \"cause:\" once, found it again"},
	    {HEAD "title: again\n", "F:4: expected \"title:\" once, found it again"},
	    {HEAD "prior: 0\n", "F:4: expected \"prior:\" once, found it again"},
	    {"prior: high\n", "F:1: expected decibans such as +10 or -20, found \"high\""},
	    {"prior: -10.5\n", "F:1: expected decibans such as +10 or -20, found \"-10.5\""},
	    {"prior: -61\n", "F:1: expected decibans from -60 to 60, found -61"},
	    {"prior: 99999999999999999999\n", "F:1: expected decibans from -60 to 60, found 99999999999999999999"},
	    {"prior: -10 or so\n", "F:1: expected the end of the line after the prior, found \"or so\""},
	    {"  indented\n", "F:1: expected a line that is not indented, found indented text"},
	    {HEAD "  indented\n", "F:4: expected a line that is not indented, found indented text"},
	    {"reason: x\n",
	     "F:1: expected cause: title: prior: support against why let fix until-then ask dead-end: or see:, "
	     "found \"reason:\""},
	    {"supporting +3 smtp.outcome exists\n",
	     "F:1: expected cause: title: prior: support against why let fix until-then ask dead-end: or see:, found "
	     "\"supporting\""},
	    {HEAD "support 20 smtp.outcome exists\n",
	     "F:4: expected a weight such as +10 after \"support\", found \"20\""},
	    {HEAD "support -20 smtp.outcome exists\n",
	     "F:4: expected a weight such as +10 after \"support\", found \"-20\""},
	    {HEAD "support +0 smtp.outcome exists\n",
	     "F:4: expected a weight such as +10 after \"support\", found \"+0\""},
	    {HEAD "against +20 smtp.outcome exists\n",
	     "F:4: expected a weight such as -10 after \"against\", found \"+20\""},
	    {HEAD "support +61 smtp.outcome exists\n", "F:4: expected decibans from -60 to 60, found +61"},
	    {HEAD "support smtp.outcome exists\n", "F:4: expected decibans such as +10 or -20, found \"smtp.outcome\""},
	    {HEAD "\n\nsupport +20 smtp.outcom exists\n", "F:6: expected a fact, found \"smtp.outcom\""},
	    {HEAD "support +20 smtp.banner.delay > 5B\n",
	     "F:4: expected a number with the unit s for smtp.banner.delay, found \"5B\""},
	    {HEAD "support +20 smtp.outcome exists\nwhy\n  So.\n",
	     "F:4: expected an indented sentence after the condition, found none"},
	    {HEAD EVIDENCE "support +20 smtp.outcome exists\n",
	     "F:6: expected an indented sentence after the condition, found none"},
	    {HEAD "support +20 smtp.outcome exists\n  it said {smtp.reply.texts}\n",
	     "F:5: expected a fact or a placeholder, found {smtp.reply.texts}"},
	    {HEAD "support +20 smtp.outcome exists\n  it said {smtp.reply.text:port5}\n",
	     "F:5: expected a kind of value after {smtp.reply.text:, found \"port5\""},
	    {HEAD EVIDENCE "why so\n", "F:6: expected the end of the line after \"why\", found \"so\""},
	    {HEAD EVIDENCE "why\n\nsee: RFC 1\n", "F:6: expected indented sentences after \"why\", found none"},
	    {HEAD EVIDENCE WHY WHY, "F:8: expected \"why\" once, found it again"},
	    {HEAD EVIDENCE WHY "fix\n  does: x\n",
	     "F:8: expected where=this-host, their-server, firewall, dns, their-dns, application or provider, found "
	     "\"\""},
	    {HEAD EVIDENCE WHY "fix where=there\n  does: x\n",
	     "F:8: expected where=this-host, their-server, firewall, dns, their-dns, application or provider, found "
	     "\"where=there\""},
	    {HEAD EVIDENCE WHY "fix where=dns when smtp.outcome exists\n",
	     "F:8: expected \"if CONDITION\", \"otherwise\" or the end of the line, found \"when smtp.outcome "
	     "exists\""},
	    {HEAD EVIDENCE WHY "fix where=dns if smtp.outcome\n",
	     "F:8: expected = != < <= > >= or exists after smtp.outcome, found \"\""},
	    {HEAD EVIDENCE WHY "fix where=dns\n", "F:8: expected \"does:\" below the fix, found none"},
	    {HEAD EVIDENCE WHY "fix where=dns\n  run: ls\nsee: x\n",
	     "F:8: expected \"does:\" below the fix, found none"},
	    {HEAD EVIDENCE WHY "fix where=dns\n  ran: ls\n",
	     "F:9: expected does: run: set: undo: verify: or side-effect:, found \"ran:\""},
	    {HEAD EVIDENCE WHY "fix where=dns\n  does: x\n  does: y\n",
	     "F:10: expected one text after \"does:\", found it again"},
	    {HEAD EVIDENCE WHY "fix where=dns\n  does: x\n  run:\n",
	     "F:10: expected one text after \"run:\", found none"},
	    {HEAD EVIDENCE WHY "fix where=dns\n  does: x\n  run: ls\n  -l\n",
	     "F:11: expected does: run: set: undo: verify: or side-effect:, found \"-l\""},
	    {HEAD EVIDENCE WHY "fix where=dns\n  does: x\n  run: dig {smtp.banner.name}\n",
	     "F:10: expected a kind, as in {smtp.banner.name:host}, for a value in a command, found "
	     "{smtp.banner.name}"},
	    {HEAD EVIDENCE WHY "fix where=dns\n  does: x\n  verify: smtpdx check '{target}'\n",
	     "F:10: expected {target} outside quotes, since it brings its own, found it inside"},
	    {HEAD EVIDENCE WHY "dead-end:\n",
	     "F:8: expected the idea that does not help after \"dead-end:\", found none"},
	    {HEAD EVIDENCE WHY "dead-end: hope\n", "F:8: expected an indented sentence after the dead end, found none"},
	    {HEAD "title: \x1b[2J\n", "F:4: expected printable UTF-8, found \"title: \\x1b[2J\""},
	    {HEAD "title: \xff\n", "F:4: expected printable UTF-8, found \"title: \\xff\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cause cause;
		struct err err = {""};

		if (cause_parse("F", rows[i].text, &cause, &err) == 0)
			fail_msg("row %zu was not refused", i);
		assert_string_equal(err.text, rows[i].why);
	}
}

static void test_a_line_may_have_4096_bytes(void **state)
{
	char *word = xmalloc(5000);
	struct cause cause;
	struct err err = {""};

	(void)state;
	memset(word, 'x', 4999);
	word[4096 - 2] = '\0';
	char *text = xasprintf(HEAD EVIDENCE "why\n  %s\n", word);
	assert_int_equal(cause_parse("F", text, &cause, &err), 0);
	cause_done(&cause);
	free(text);
	word[4096 - 2] = 'x';
	word[4096 - 1] = '\0';
	text = xasprintf(HEAD EVIDENCE "why\n  %s\n", word);
	assert_int_equal(cause_parse("F", text, &cause, &err), -1);
	assert_string_equal(err.text, "F:7: expected at most 4096 bytes in a line, found 4097");
	free(text);
	free(word);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_whole_file_becomes_what_it_says),
	    cmocka_unit_test(test_the_least_file_is_enough),
	    cmocka_unit_test(test_mistakes_are_refused_with_their_line),
	    cmocka_unit_test(test_a_line_may_have_4096_bytes),
	};

	return cmocka_run_group_tests_name("cause", tests, NULL, NULL);
}
