/*
 * fuzz_cause - the reader of cause files against arbitrary text
 *
 *   clang -std=c11 -D_GNU_SOURCE -Icore -g -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_cause.c \
 *         core/diagnose/{cause,cause_remedy,change,condition,figure,scope,template,template_kind}.c core/model/{fact,fact_table,json,target}.c \
 *         $(echo core/model/facts/?*.c) core/base/{buf,clock,err,file,text,xalloc}.c -ljansson -lm
 *   ./a.out help/causes
 *
 * What is taken must be whole, and each of its commands must be one that the templates allow.
 */
#include "base/xalloc.h"
#include "diagnose/cause.h"
#include "diagnose/template.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

/* Several lines are pasted together, so no line may leave a quote open for the next. */
static void check_command(const char *command, const struct figures *figures)
{
	while (command != NULL && *command != '\0') {
		size_t length = strcspn(command, "\n");
		char *line = xstrndup(command, length);
		check(*line != '\0' && template_check(line, TEMPLATE_COMMAND, figures, NULL) == 0);
		free(line);
		command += length + (command[length] == '\n');
	}
}

static void check_cause(const struct cause *cause)
{
	check(*cause->id != '\0' && *cause->title != '\0' && *cause->why != '\0');
	check(cause->prior >= -WEIGHT_MAX && cause->prior <= WEIGHT_MAX);
	check(cause->evidence_count > 0);
	for (size_t i = 0; i < cause->evidence_count; i++) {
		const struct evidence *evidence = &cause->evidence[i];
		check(evidence->weight <= -1 || evidence->weight >= 1);
		check(evidence->condition.count > 0 && evidence->sentence != NULL);
	}
	for (size_t i = 0; i < cause->remedy_count; i++) {
		check(cause->remedies[i].where != NULL && cause->remedies[i].does != NULL);
		for (size_t k = 0; k < cause->remedies[i].change_count; k++)
			check(strchr(cause->remedies[i].changes[k].value, '\'') == NULL);
		check_command(cause->remedies[i].run, &cause->figures);
		check_command(cause->remedies[i].undo, &cause->figures);
		check_command(cause->remedies[i].verify, &cause->figures);
	}
	for (size_t i = 0; i < cause->blind_alley_count; i++)
		check(cause->blind_alleys[i].idea != NULL && cause->blind_alleys[i].why != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	struct cause cause;
	struct err err = {""};

	if (cause_parse("fuzz", text, &cause, &err) == 0) {
		check_cause(&cause);
		cause_done(&cause);
	} else {
		check(strncmp(err.text, "fuzz:", 5) == 0);
	}
	free(text);
	return 0;
}
