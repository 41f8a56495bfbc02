/*
 * fuzz_walkthrough - the reader of walkthroughs against arbitrary text
 *
 *   clang -std=c11 -D_GNU_SOURCE -Icore -g -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_walkthrough.c \
 *         libsmtpdx.a -lcurl -ljansson -lz -lresolv -lpcap -lm
 *   ./a.out help/walkthroughs
 *
 * What is taken leads nowhere but to its own steps, and asks questions that can be answered.
 */
#include "base/xalloc.h"
#include "flow/walk.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void check_question(const struct walk *walk, const struct question *q)
{
	check(*q->name != '\0' && *q->prompt != '\0');
	check(q->kind != QUESTION_CHOICE || q->option_count >= 2 || q->source != NULL);
	for (size_t i = 0; i < q->option_count; i++) {
		check(*q->options[i].value != '\0' && *q->options[i].text != '\0');
		check(q->options[i].label == NULL || q->options[i].step < walk->count);
	}
}

static void check_walk(const struct walk *walk)
{
	check(*walk->title != '\0' && walk->count > 0 && walk->steps[walk->count - 1].op == WALK_STOP);
	for (size_t i = 0; i < walk->count; i++) {
		const struct walk_step *step = &walk->steps[i];
		check((step->op != WALK_GOTO && step->op != WALK_WHEN) || step->step < walk->count);
		check(step->op != WALK_CHECK || step->plan.word_count > 0);
		check(step->op != WALK_SAY || *step->text != '\0');
		if (step->op == WALK_ASK)
			check_question(walk, &step->question);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	struct err err = {""};
	struct walk *walk = walk_parse("fuzz", "fuzz", NULL, text, &err);

	if (walk != NULL)
		check_walk(walk);
	else
		check(strchr(err.text, ':') != NULL);
	walk_free(walk);
	free(text);
	return 0;
}
