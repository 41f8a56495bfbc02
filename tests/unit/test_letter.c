/*
 * letter: a message for the other side has what was seen, when, and what we ask; none when the server is ours.
 */
#include "unit.h"

#include "base/text.h"
#include "base/xalloc.h"
#include "diagnose/diagnose.h"
#include "evidence.h"

#define REFUSED                                                                                       \
	"smtp.outcome refused\nsmtp.stage banner\nsmtp.reply.code 421\nsmtp.reply.enhanced 4.7.0\n"   \
	"smtp.reply.class too-many-connections\nsmtp.reply.server postfix\nsmtp.reply.phase banner\n" \
	"smtp.reply.text Error: too many connections from 192.0.2.9\nsmtp.server.software postfix\n"

static struct catalogue *catalogue;

static int load(void **state)
{
	struct err err;

	(void)state;
	catalogue = catalogue_load(&err);
	return catalogue != NULL ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	catalogue_free(catalogue);
	return 0;
}

/* The letter about the first finding, which must be of that cause; NULL when there is none. The caller frees. */
static char *letter(const char *facts, const char *cause)
{
	struct case_file *c = evidence_case(EVIDENCE_TARGET, facts);

	for (size_t i = 0; i < c->fact_count; i++) {
		free(c->facts[i].check);
		c->facts[i].check = xstrdup("smtp");
	}
	diagnose(c, catalogue);
	assert_string_equal(c->findings[0].cause, cause);
	char *text = xstrdup(c->findings[0].message);
	case_free(c);
	return text;
}

static void expect_line(const char *text, const char *line)
{
	if (text == NULL || strstr(text, line) == NULL)
		fail_msg("expected \"%s\" in: %s", line, text != NULL ? text : "no letter");
}

static void test_evidence_times_and_request(void **state)
{
	char *text = letter(REFUSED "@self [192.0.2.9]\ndns.self.ptr.status ok", "too-many-connections-per-client");

	(void)state;
	expect_line(text, "To: postmaster@mx1.example.com\n");
	expect_line(text, "Subject: mail to mx1.example.com [192.0.2.25]:25: ");
	expect_line(text, "you allow 192.0.2.9 at a time");
	expect_line(text, "421 4.7.0 Error: too many connections");
	expect_line(text, "(2026-11-21T12:00:00Z)");
	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n') {
		char *one = xstrndup(line, strcspn(line, "\n"));
		if (strncmp(one, "Subject: ", 9) != 0)
			assert_true(text_width(one) <= 72);
		free(one);
	}
	free(text);
}

static void test_what_is_not_known_is_left_to_fill_in(void **state)
{
	char *text = letter(REFUSED, "too-many-connections-per-client");

	(void)state;
	expect_line(text, "you allow [...] at a time");
	assert_null(strstr(text, "not measured"));
	free(text);
}

static void test_no_letter_to_ourselves(void **state)
{
	(void)state;
	assert_null(letter(REFUSED "path.loopback yes", "too-many-connections-per-client"));
	assert_null(letter(REFUSED "@postfix smtp/inet\nconfig.software postfix\nconfig.port 25",
	                   "too-many-connections-per-client"));
	assert_null(letter("smtp.outcome complete", "healthy"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_evidence_times_and_request),
	    cmocka_unit_test(test_what_is_not_known_is_left_to_fill_in),
	    cmocka_unit_test(test_no_letter_to_ourselves),
	};

	return cmocka_run_group_tests_name("letter", tests, load, unload);
}
