/* The reply parser: whole replies, replies in pieces, and everything that is none. */
#include "smtp/reply.h"
#include "unit.h"

#include <stdio.h>

static char last_line[SMTP_LINE_KEPT];
static int line_count;

static void on_line(void *context, const char *line)
{
	(void)context;
	snprintf(last_line, sizeof last_line, "%s", line);
	line_count++;
}

/* Feeds all bytes, `step` at a time; returns the last result, stops at a fault. */
static enum smtp_parse feed(struct smtp_parser *p, const char *bytes, size_t size, size_t step)
{
	enum smtp_parse result = SMTP_PARSE_MORE;

	smtp_parser_init(p, on_line, NULL);
	line_count = 0;
	for (size_t at = 0; at < size && result == SMTP_PARSE_MORE;) {
		size_t part = size - at < step ? size - at : step, used = 0;
		result = smtp_parser_feed(p, bytes + at, part, &used);
		assert_true(used > 0 && used <= part);
		at += used;
	}
	return result;
}

static enum smtp_parse feed_text(struct smtp_parser *p, const char *text)
{
	return feed(p, text, strlen(text), strlen(text));
}

static void test_one_line(void **state)
{
	struct smtp_parser p;

	(void)state;
	assert_int_equal(feed_text(&p, "421 4.4.2 mx Error: timeout exceeded\r\n"), SMTP_PARSE_REPLY);
	assert_int_equal(p.reply.code, 421);
	assert_int_equal(p.reply.lines, 1);
	assert_string_equal(p.reply.enhanced, "4.4.2");
	assert_string_equal(p.reply.first, "mx Error: timeout exceeded");
	assert_string_equal(p.reply.text, "mx Error: timeout exceeded\n");
	assert_int_equal(p.reply.fault, SMTP_FAULT_NONE);
	assert_string_equal(last_line, "421 4.4.2 mx Error: timeout exceeded");
}

static void test_code_alone(void **state)
{
	struct smtp_parser p;

	(void)state;
	assert_int_equal(feed_text(&p, "250\r\n"), SMTP_PARSE_REPLY);
	assert_int_equal(p.reply.code, 250);
	assert_string_equal(p.reply.first, "");
}

static void test_lines_byte_by_byte(void **state)
{
	static const char reply[] = "250-mx.test\r\n250-SIZE 1000\r\n250 STARTTLS\r\n";
	struct smtp_parser p;

	(void)state;
	for (size_t step = 1; step < sizeof reply; step++) {
		assert_int_equal(feed(&p, reply, sizeof reply - 1, step), SMTP_PARSE_REPLY);
		assert_int_equal(p.reply.lines, 3);
		assert_int_equal(line_count, 3);
		assert_string_equal(p.reply.text, "mx.test\nSIZE 1000\nSTARTTLS\n");
	}
}

static void test_two_replies_at_once(void **state)
{
	static const char both[] = "250 one\r\n354 two\r\n";
	struct smtp_parser p;
	size_t used = 0;

	(void)state;
	smtp_parser_init(&p, NULL, NULL);
	assert_int_equal(smtp_parser_feed(&p, both, sizeof both - 1, &used), SMTP_PARSE_REPLY);
	assert_int_equal(used, strlen("250 one\r\n"));
	assert_int_equal(p.reply.code, 250);
	assert_int_equal(smtp_parser_feed(&p, both + used, sizeof both - 1 - used, &used), SMTP_PARSE_REPLY);
	assert_int_equal(p.reply.code, 354);
	assert_string_equal(p.reply.text, "two\n");
}

static void test_no_reply(void **state)
{
	static const char *const lines[] = {
	    "SSH-2.0-OpenSSH_9.2\r\n",
	    "HTTP/1.1 400 Bad Request\r\n",
	    "+OK ready\r\n",
	    "\r\n",
	    "22\r\n",
	    "2200 x\r\n",
	    "220_x\r\n",
	    "120 x\r\n",
	    "620 x\r\n",
	    " 220 x\r\n",
	    "\x15\x03\x01\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct smtp_parser p;
		assert_int_equal(feed_text(&p, lines[i]), SMTP_PARSE_FAULT);
		assert_int_equal(p.reply.fault, SMTP_FAULT_MALFORMED);
		assert_string_equal(p.reply.detail, last_line);
	}
}

static void test_oddities_do_not_end_it(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		enum smtp_fault fault;
		int code;
	} odd[] = {
	    {"220 mx\n", 7, SMTP_FAULT_BARE_LF, 220},
	    {"220 m\0x\r\n", 9, SMTP_FAULT_NUL, 220},
	    {"250-a\r\n251 b\r\n", 14, SMTP_FAULT_MIXED_CODES, 251},
	};

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		struct smtp_parser p;
		assert_int_equal(feed(&p, odd[i].bytes, odd[i].size, odd[i].size), SMTP_PARSE_REPLY);
		assert_int_equal(p.reply.fault, odd[i].fault);
		assert_int_equal(p.reply.code, odd[i].code);
	}
}

static void test_nothing_raw(void **state)
{
	struct smtp_parser p;

	(void)state;
	assert_int_equal(feed_text(&p, "220 \x1b[31mmx\x07 \xff\r\n"), SMTP_PARSE_REPLY);
	assert_string_equal(p.reply.first, "\\x1b[31mmx\\x07 \\xff");
	assert_string_equal(last_line, "220 \\x1b[31mmx\\x07 \\xff");
}

static void test_line_limit(void **state)
{
	size_t size = SMTP_LINE_MAX + 16;
	char *bytes = test_malloc(size);
	struct smtp_parser p;

	(void)state;
	memset(bytes, 'x', size);
	memcpy(bytes, "220 ", 4);
	memcpy(bytes + SMTP_LINE_MAX - 1, "\r\n", 2); /* the largest that is allowed */
	assert_int_equal(feed(&p, bytes, SMTP_LINE_MAX + 1, 4096), SMTP_PARSE_REPLY);
	assert_int_equal(strlen(p.reply.first), SMTP_LINE_KEPT - 1 - 4);
	memset(bytes + SMTP_LINE_MAX - 1, 'x', 2);
	assert_int_equal(feed(&p, bytes, size, 4096), SMTP_PARSE_FAULT);
	assert_int_equal(p.reply.fault, SMTP_FAULT_LINE_LENGTH);
	test_free(bytes);
}

static void test_endless(void **state)
{
	char bytes[16 * (SMTP_REPLY_LINES_MAX + 1)];
	size_t size = 0;
	struct smtp_parser p;

	(void)state;
	for (int i = 0; i < SMTP_REPLY_LINES_MAX; i++)
		size += (size_t)snprintf(bytes + size, sizeof bytes - size, "220-%d\r\n", i);
	assert_int_equal(feed(&p, bytes, size, 100), SMTP_PARSE_FAULT);
	assert_int_equal(p.reply.fault, SMTP_FAULT_ENDLESS);
	assert_int_equal(line_count, SMTP_REPLY_LINES_MAX);
}

static void test_endless_bytes(void **state)
{
	const size_t line = 60000, lines = 6;
	char *bytes = test_malloc(line * lines);
	struct smtp_parser p;

	(void)state;
	memset(bytes, 'x', line * lines);
	for (size_t i = 0; i < lines; i++) {
		memcpy(bytes + i * line, "220-", 4);
		memcpy(bytes + (i + 1) * line - 2, "\r\n", 2);
	}
	assert_int_equal(feed(&p, bytes, line * lines, 16384), SMTP_PARSE_FAULT);
	assert_int_equal(p.reply.fault, SMTP_FAULT_ENDLESS);
	test_free(bytes);
}

static void test_long_replies_are_cut(void **state)
{
	char bytes[64 * 512];
	size_t size = 0;
	struct smtp_parser p;

	(void)state;
	for (int i = 0; i < 60; i++)
		size += (size_t)snprintf(bytes + size, sizeof bytes - size, "250%c%0400d\r\n", i < 59 ? '-' : ' ', i);
	assert_int_equal(feed(&p, bytes, size, 777), SMTP_PARSE_REPLY);
	assert_int_equal(p.reply.lines, 60);
	assert_true(strlen(p.reply.text) < SMTP_REPLY_KEPT);
	assert_int_equal(strlen(p.reply.text) % 401, 0); /* whole lines only */
}

static void test_enhanced_codes(void **state)
{
	static const struct {
		const char *text, *enhanced, *rest;
	} cases[] = {
	    {"4.7.0 text", "4.7.0", "text"},  {"4.7.500 text", "4.7.500", "text"}, {"2.0.0", "2.0.0", ""},
	    {"4.7.1: text", "4.7.1", "text"}, {"3.1.1 text", "", "3.1.1 text"},    {"4.7 text", "", "4.7 text"},
	    {"4.7.1234 x", "", "4.7.1234 x"}, {"4.7.0text", "", "4.7.0text"},      {"", "", ""},
	    {"5..1 x", "", "5..1 x"},
	};
	char enhanced[12];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_string_equal(smtp_reply_split(cases[i].text, enhanced), cases[i].rest);
		assert_string_equal(enhanced, cases[i].enhanced);
	}
}

static void test_fault_names_are_facts(void **state)
{
	(void)state;
	assert_string_equal(smtp_fault_name(SMTP_FAULT_MALFORMED), "malformed-reply");
	assert_string_equal(smtp_fault_name(SMTP_FAULT_BARE_LF), "bare-lf");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_line),
	    cmocka_unit_test(test_code_alone),
	    cmocka_unit_test(test_lines_byte_by_byte),
	    cmocka_unit_test(test_two_replies_at_once),
	    cmocka_unit_test(test_no_reply),
	    cmocka_unit_test(test_oddities_do_not_end_it),
	    cmocka_unit_test(test_nothing_raw),
	    cmocka_unit_test(test_line_limit),
	    cmocka_unit_test(test_endless),
	    cmocka_unit_test(test_endless_bytes),
	    cmocka_unit_test(test_long_replies_are_cut),
	    cmocka_unit_test(test_enhanced_codes),
	    cmocka_unit_test(test_fault_names_are_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
