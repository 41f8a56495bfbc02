/*
 * fuzz_case - the reader of saved cases, and every report of what it took
 *
 *   clang -std=c11 -D_GNU_SOURCE -DSMTPDX_VERSION='"0"' -Icore -g -fsanitize=fuzzer,address,undefined \
 *         tests/fuzz/fuzz_case.c core/report/?*.c core/model/?*.c core/model/facts/?*.c core/smtp/{phase,reply}.c \
 *         core/base/{buf,clock,err,file,text,xalloc}.c -ljansson -lm
 *   ./a.out tests/fuzz/seeds/case
 *
 * A case that was taken survives being saved and taken again, and a report has no byte that a terminal would obey.
 */
#include "base/text.h"
#include "model/case.h"
#include "model/json.h"
#include "model/redact.h"
#include "report/report.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define REPORT_MAX ((size_t)16 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void check_reports(const struct case_file *c)
{
	for (size_t i = 0; report_formats[i] != NULL; i++) {
		struct buf out;
		buf_init(&out, REPORT_MAX);
		report_formats[i]->write(c, &out);
		size_t length;
		uint32_t code;
		check(text_find_harmful(out.text, &length, &code) == NULL);
		for (size_t at = 0; at < out.size; at++)
			check((unsigned char)out.text[at] >= 0x20 || out.text[at] == '\n' || out.text[at] == '\t');
		buf_done(&out);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_error_t why;
	struct err err;
	json_t *root = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, &why);
	struct case_file *c = case_from_json(root, "fuzz", &err);

	json_decref(root);
	if (c == NULL)
		return 0;
	json_t *saved = case_to_json(c);
	struct case_file *again = case_from_json(saved, "again", &err);
	check(again != NULL);
	json_t *second = case_to_json(again);
	check(json_equal(saved, second));
	json_decref(saved);
	json_decref(second);
	case_free(again);
	check_reports(c);
	struct case_file *redacted = case_redacted(c);
	check_reports(redacted);
	case_free(redacted);
	case_free(c);
	return 0;
}
