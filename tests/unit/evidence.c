#include "evidence.h"

#include "unit.h"

#include "base/text.h"
#include "base/xalloc.h"

/* NAME VALUE; the text of `line` is changed. */
static void add_fact(struct case_file *c, char *line, const char *subject)
{
	char *value = strchr(line, ' ');
	struct fact fact = {.number = 0};
	const char *unit;

	if (value == NULL)
		fail_msg("expected a fact and its value, found \"%s\"", line);
	*value++ = '\0';
	fact.def = fact_def_find(line);
	if (fact.def == NULL)
		fail_msg("there is no fact \"%s\"", line);
	switch (fact.def->kind) {
	case FACT_NUMBER:
		if (text_quantity(value, &fact.number, &unit) != 0)
			fail_msg("%s: no number: \"%s\"", line, value);
		break;
	case FACT_WORD:
		if (!fact_def_has_word(fact.def, value))
			fail_msg("%s: no such word: \"%s\"", line, value);
		fact.text = xstrdup(value);
		break;
	case FACT_TEXT:
		fact.text = xstrdup(value);
		break;
	case FACT_FLAG:
		fact.flag = strcmp(value, "yes") == 0;
		break;
	}
	fact.subject = xstrdup(subject);
	fact.check = xstrdup("test");
	fact.at = xstrdup("2026-11-21T12:00:00Z");
	case_add_fact(c, &fact);
}

struct case_file *evidence_case(const char *target, const char *facts)
{
	struct case_file *c = case_new(target);
	char *subject = xstrdup(EVIDENCE_ENDPOINT);

	while (*facts != '\0') {
		size_t length = strcspn(facts, "\n");
		char *line = xstrndup(facts, length);

		facts += length + (facts[length] == '\n');
		if (*line == '@') {
			free(subject);
			subject = xstrdup(line + 1);
		} else if (*line != '\0') {
			add_fact(c, line, subject);
		}
		free(line);
	}
	free(subject);
	return c;
}
