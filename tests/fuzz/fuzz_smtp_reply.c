/*
 * fuzz_smtp_reply - the parser of SMTP replies against arbitrary bytes
 *
 *   clang -std=c11 -D_GNU_SOURCE -Icore -g -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_smtp_reply.c \
 *         core/smtp/reply.c core/base/text.c core/base/xalloc.c
 *   ./a.out -max_len=70000 tests/fuzz/seeds/smtp_reply
 *
 * The first byte says into what portions the rest is cut.
 */
#include "smtp/reply.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_line(void *context, const char *line)
{
	(void)context;
	for (const char *p = line; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			abort(); /* raw */
}

static void check(const struct smtp_reply *reply, enum smtp_parse result)
{
	if (strlen(reply->text) >= sizeof reply->text || strlen(reply->first) >= sizeof reply->first)
		abort();
	if (result == SMTP_PARSE_REPLY && (reply->code < 200 || reply->code > 599 || reply->lines < 1))
		abort();
	if (result == SMTP_PARSE_FAULT && reply->fault == SMTP_FAULT_NONE)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smtp_parser parser;
	const char *bytes = (const char *)data;

	if (size == 0)
		return 0;
	const size_t step = (size_t)data[0] + 1;
	bytes++;
	size--;
	smtp_parser_init(&parser, on_line, NULL);
	while (size > 0) {
		size_t part = size < step ? size : step, used = 0;
		enum smtp_parse result = smtp_parser_feed(&parser, bytes, part, &used);
		if (used == 0 || used > part)
			abort();
		check(&parser.reply, result);
		if (result == SMTP_PARSE_FAULT)
			break;
		bytes += used;
		size -= used;
	}
	return 0;
}
