/*
 * fuzz_protocol - what the runner takes from its workers, which have talked to strangers
 *
 *   clang -std=c11 -D_GNU_SOURCE -DSMTPDX_VERSION='"0"' -Icore -g -fsanitize=fuzzer,address,undefined \
 *         tests/fuzz/fuzz_protocol.c core/flow/protocol.c core/model/?*.c core/model/facts/?*.c \
 *         core/base/{buf,clock,err,file,text,xalloc}.c -ljansson -lm
 *   ./a.out tests/fuzz/seeds/protocol
 *
 * Each line is a message or is refused with a reason; texts of a message are printable.
 */
#include "flow/protocol.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void check_text(const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		check((unsigned char)*text >= 0x20 && *text != 0x7f);
}

static void check_line(const char *line, size_t size)
{
	struct message m;
	struct err err = {.text = ""};

	if (message_parse(line, size, &m, &err) != 0) {
		check(err.text[0] != '\0');
		return;
	}
	check_text(m.subject);
	check_text(m.phase);
	check_text(m.text);
	check_text(m.error);
	check(isfinite(m.t) && isfinite(m.limit) && isfinite(m.seconds));
	check((m.type == MESSAGE_FACT) == (m.fact.def != NULL));
	message_done(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	while (size > 0) {
		const char *end = memchr(text, '\n', size);
		const size_t length = end != NULL ? (size_t)(end - text) : size;
		check_line(text, length);
		text += length + (end != NULL);
		size -= length + (end != NULL);
	}
	return 0;
}
