/*
 * fuzz_text - the readers of everything but logs against arbitrary bytes: catalogues, sessions, packets, configurations
 *
 *   clang -std=c11 -D_GNU_SOURCE -Icore -g -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_text.c libsmtpdx.a ...
 *
 * Whatever comes in, what goes out is clean text of bounded size.
 */
#include "base/text.h"
#include "base/xalloc.h"
#include "checks/emit.h"
#include "log/event.h"
#include "text/excerpt.h"
#include "text/seen.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void check_facts(const struct case_file *c)
{
	check(c->fact_count < 1000);
	for (size_t i = 0; i < c->fact_count; i++) {
		const char *text = c->facts[i].text;
		if (text == NULL)
			continue;
		char *again = text_clean_dup(text, strlen(text), 1 << 20);
		check(strcmp(text, again) == 0 && strlen(text) < 4000);
		free(again);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct seen *seen; /* kept: loading the catalogues takes a thousand times longer than a line */
	struct case_file *c = case_new("fuzz");
	struct emit *e = emit_new("log", NULL, c);
	struct excerpt *excerpt = excerpt_new();
	struct log_event event;
	struct slice line;
	long number = 0;
	int parts;

	if (seen == NULL)
		seen = seen_new(NULL);
	check(seen != NULL);
	for (const char *at = (const char *)data, *end = at + size; at < end;) {
		const char *feed = memchr(at, '\n', (size_t)(end - at));
		line = (struct slice){.at = at, .size = (size_t)((feed != NULL ? feed : end) - at)};
		if (!excerpt_add(excerpt, line))
			break;
		at += line.size + 1;
	}
	excerpt_tidy(excerpt);
	while (excerpt_next(excerpt, &line, &parts)) {
		const bool is_log = log_event_parse(NULL, line.at, line.size, &event);
		seen_line(seen, "fuzz", ++number, line, is_log ? &event : NULL);
	}
	excerpt_free(excerpt);
	seen_end_of_file(seen);
	seen_emit(seen, e, "fuzz");
	check_facts(c);
	emit_free(e);
	case_free(c);
	return 0;
}
