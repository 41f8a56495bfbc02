/*
 * dns message: what counts as an answer, what is read from it, and hostile bytes.
 */
#include "unit.h"

#include "base/xalloc.h"
#include "dns/message.h"

#include <arpa/nameser.h>

/* A message with id 1 built from bytes; the string's own NUL does not count. */
#define BYTES(text) (const unsigned char *)(text), sizeof(text) - 1

#define QUESTION_MX      "\4test\0\0\17\0\1" /* test. MX IN; the name is at offset 12 */
#define QUESTION_A       "\4test\0\0\1\0\1"  /* test. A IN */
#define PTR_TEST         "\xc0\x0c"          /* a pointer to that name */
#define RR(type, length) "\0" type "\0\1\0\0\0\74\0" length

static struct dns_answer read_message(const unsigned char *bytes, size_t size, int type)
{
	struct dns_answer answer = {0};
	unsigned char *copy = xmalloc(size); /* exactly that large: a sanitizer sees each byte read beyond */

	memcpy(copy, bytes, size);
	dns_message_read(copy, size, "test", type, &answer);
	free(copy);
	return answer;
}

static void expect_state(const unsigned char *bytes, size_t size, int type, enum dns_state state)
{
	struct dns_answer answer = read_message(bytes, size, type);

	assert_int_equal(answer.state, state);
	dns_answer_done(&answer);
}

static void test_a_query_is_built(void **state)
{
	unsigned char query[DNS_QUERY_SIZE], again[DNS_QUERY_SIZE];
	size_t size = dns_query_build("Test", ns_t_mx, true, query);

	(void)state;
	assert_int_equal(size, 12 + 10);
	assert_memory_equal(query + 2, "\1\0\0\1\0\0\0\0\0\0\4Test\0\0\17\0\1", 20);
	dns_query_build("test", ns_t_mx, false, again);
	assert_int_equal(again[2], 0);
	assert_int_equal(dns_query_build(".", ns_t_ns, true, query), 12 + 5);
	assert_int_equal(dns_query_build("a..b", ns_t_a, true, query), 0);
	assert_int_equal(dns_query_build("a2345678901234567890123456789012345678901234567890123456789012345.test",
	                                 ns_t_a, true, query),
	                 0);
}

static void test_ids_are_not_guessable(void **state)
{
	unsigned char query[DNS_QUERY_SIZE];
	size_t different = 0;
	int last = -1;

	(void)state;
	for (int i = 0; i < 50; i++) {
		dns_query_build("test", ns_t_a, true, query);
		int id = query[0] << 8 | query[1];
		different += id != last && id != last + 1;
		last = id;
	}
	assert_true(different > 45);
}

static void test_what_counts_as_an_answer(void **state)
{
	static const unsigned char query[] = "\0\1\1\0\0\1\0\0\0\0\0\0" QUESTION_MX;
	static const struct {
		const char *what;
		const unsigned char *bytes;
		size_t size;
		bool counts;
	} cases[] = {
	    {"the answer", BYTES("\0\1\x81\x80\0\1\0\0\0\0\0\0" QUESTION_MX), true},
	    {"in other case", BYTES("\0\1\x81\x80\0\1\0\0\0\0\0\0\4TeSt\0\0\17\0\1"), true},
	    {"an error without the question", BYTES("\0\1\x81\x81\0\0\0\0\0\0\0\0"), true},
	    {"no error and no question", BYTES("\0\1\x81\x80\0\0\0\0\0\0\0\0"), false},
	    {"another id", BYTES("\0\2\x81\x80\0\1\0\0\0\0\0\0" QUESTION_MX), false},
	    {"a question", BYTES("\0\1\1\0\0\1\0\0\0\0\0\0" QUESTION_MX), false},
	    {"a notify", BYTES("\0\1\xa1\x80\0\1\0\0\0\0\0\0" QUESTION_MX), false},
	    {"another type", BYTES("\0\1\x81\x80\0\1\0\0\0\0\0\0" QUESTION_A), false},
	    {"another name", BYTES("\0\1\x81\x80\0\1\0\0\0\0\0\0\4tesu\0\0\17\0\1"), false},
	    {"a longer name", BYTES("\0\1\x81\x80\0\1\0\0\0\0\0\0\4test\1x\0\0\17\0\1"), false},
	    {"another class", BYTES("\0\1\x81\x80\0\1\0\0\0\0\0\0\4test\0\0\17\0\3"), false},
	    {"two questions", BYTES("\0\1\x81\x80\0\2\0\0\0\0\0\0" QUESTION_MX QUESTION_MX), false},
	    {"cut in the question", BYTES("\0\1\x81\x80\0\1\0\0\0\0\0\0\4test\0\0\17"), false},
	    {"cut in the name", BYTES("\0\1\x81\x80\0\1\0\0\0\0\0\0\4te"), false},
	    {"cut in the header", BYTES("\0\1\x81\x80\0\1\0\0\0\0\0"), false},
	    {"a name that points to itself", BYTES("\0\1\x81\x80\0\1\0\0\0\0\0\0\xc0\x0c\0\17\0\1"), false},
	    {"nothing", BYTES(""), false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		unsigned char *copy = xmalloc(cases[i].size);
		memcpy(copy, cases[i].bytes, cases[i].size);
		if (dns_message_answers(query, sizeof query - 1, copy, cases[i].size) != cases[i].counts)
			fail_msg("%s", cases[i].what);
		free(copy);
	}
	assert_true(dns_message_is_cut((const unsigned char *)"\0\1\x83\x80\0\1\0\0\0\0\0\0"));
	assert_false(dns_message_is_cut((const unsigned char *)"\0\1\x81\x80\0\1\0\0\0\0\0\0"));
}

static void test_mx_records_are_sorted(void **state)
{
	struct dns_answer answer =
	    read_message(BYTES("\0\1\x85\x80\0\1\0\3\0\0\0\0" QUESTION_MX /* 20, 10 and 10 again */
	                           PTR_TEST RR("\17", "\6") "\0\24\1b\xc0\x0c" PTR_TEST RR(
				       "\17", "\6") "\0\12\1C\xc0\x0c" PTR_TEST RR("\17", "\6") "\0\12\1a\xc0\x0c"),
	                 ns_t_mx);

	(void)state;
	assert_int_equal(answer.state, DNS_OK);
	assert_true(answer.authoritative);
	assert_true(answer.recursion_available);
	assert_int_equal(answer.record_count, 3);
	assert_int_equal(answer.mx_count, 3);
	assert_int_equal(answer.mx[0].preference, 10);
	assert_string_equal(answer.mx[0].host, "a.test");
	assert_string_equal(answer.mx[1].host, "c.test");
	assert_string_equal(answer.mx[2].host, "b.test");
	assert_int_equal(answer.mx[2].preference, 20);
	dns_answer_done(&answer);
}

static void test_a_null_mx_is_the_root(void **state)
{
	struct dns_answer answer =
	    read_message(BYTES("\0\1\x81\x80\0\1\0\1\0\0\0\0" QUESTION_MX PTR_TEST RR("\17", "\3") "\0\0\0"), ns_t_mx);

	(void)state;
	assert_int_equal(answer.mx_count, 1);
	assert_string_equal(answer.mx[0].host, ".");
	dns_answer_done(&answer);
}

static void test_hostile_names_become_printable_and_are_no_host_names(void **state)
{
	struct dns_answer answer = read_message(
	    BYTES("\0\1\x81\x80\0\1\0\2\0\0\0\0" QUESTION_MX PTR_TEST RR(
		"\17", "\13") "\0\1\6a\33[2J.\xc0\x0c" PTR_TEST RR("\17", "\12") "\0\2\5a.b\xff\n\xc0\x0c"),
	    ns_t_mx);

	(void)state;
	assert_int_equal(answer.mx_count, 2);
	for (size_t i = 0; i < 2; i++) {
		for (const char *p = answer.mx[i].host; *p != '\0'; p++)
			assert_in_range(*p, 0x20, 0x7e);
		assert_false(target_is_host_name(answer.mx[i].host));
	}
	dns_answer_done(&answer);
}

static void test_a_name_too_long_for_us_is_no_other_name(void **state)
{
	/* 3 labels of 63 control characters are \001... in text, four times as long */
	unsigned char bytes[512];
	size_t size = 0;
	struct dns_answer answer;

	(void)state;
	memcpy(bytes, "\0\1\x81\x80\0\1\0\1\0\0\0\0" QUESTION_MX PTR_TEST "\0\17\0\1\0\0\0\74\0\303\0\12", 34 + 2);
	size = 36;
	for (int i = 0; i < 3; i++) {
		bytes[size++] = 63;
		memset(bytes + size, 1, 63);
		size += 63;
	}
	bytes[size++] = 0;
	answer = read_message(bytes, size, ns_t_mx);
	assert_int_equal(answer.state, DNS_OK);
	assert_true(strlen(answer.mx[0].host) < DNS_NAME_SIZE);
	assert_false(target_is_host_name(answer.mx[0].host));
	dns_answer_done(&answer);
}

static void test_aliases_are_followed_in_any_order(void **state)
{
	/* b.test A; a.test CNAME b.test; test CNAME a.test */
	struct dns_answer answer = read_message(
	    BYTES("\0\1\x81\x80\0\1\0\3\0\0\0\0" QUESTION_A "\1b\xc0\x0c" RR(
		"\1", "\4") "\177\0\0\2"
	                    "\1a\xc0\x0c" RR("\5", "\4") "\1b\xc0\x0c" PTR_TEST RR("\5", "\4") "\1A\xc0\x0c"),
	    ns_t_a);
	char text[46];

	(void)state;
	assert_int_equal(answer.state, DNS_OK);
	assert_string_equal(answer.cname, "b.test");
	assert_int_equal(answer.address_count, 1);
	assert_string_equal(address_text(&answer.addresses[0], text), "127.0.0.2");
	dns_answer_done(&answer);
}

static void test_records_of_other_names_and_classes_do_not_count(void **state)
{
	(void)state;
	expect_state(BYTES("\0\1\x81\x80\0\1\0\1\0\0\0\0" QUESTION_A "\1b\xc0\x0c" RR("\1", "\4") "\177\0\0\2"), ns_t_a,
	             DNS_NONE);
	expect_state(BYTES("\0\1\x81\x80\0\1\0\1\0\0\0\0" QUESTION_A PTR_TEST "\0\1\0\3\0\0\0\74\0\4\177\0\0\2"),
	             ns_t_a, DNS_NONE);
}

static void test_alias_loops_end(void **state)
{
	(void)state;
	expect_state(BYTES("\0\1\x81\x80\0\1\0\1\0\0\0\0" QUESTION_A PTR_TEST RR("\5", "\2") PTR_TEST), ns_t_a,
	             DNS_LOOP);
	expect_state(BYTES("\0\1\x81\x80\0\1\0\2\0\0\0\0" QUESTION_A PTR_TEST RR(
			 "\5", "\4") "\1a\xc0\x0c\1a\xc0\x0c" RR("\5", "\2") PTR_TEST),
	             ns_t_a, DNS_LOOP);
}

/* test -> a.test -> b.test -> ... : as long as other resolvers follow it, and no longer. */
static void test_long_chains_end(void **state)
{
	const size_t head = sizeof("\0\1\x81\x80\0\1\0\0\0\0\0\0" QUESTION_A) - 1;
	unsigned char bytes[1024];

	(void)state;
	for (unsigned links = 1; links <= 20; links++) {
		size_t size = head;
		memcpy(bytes, "\0\1\x81\x80\0\1\0\0\0\0\0\0" QUESTION_A, head);
		bytes[7] = (unsigned char)links;
		for (unsigned i = 0; i < links; i++) {
			const unsigned char owner[] = {1, (unsigned char)('a' + i - 1), 0xc0, 12};
			const unsigned char target[] = {1, (unsigned char)('a' + i), 0xc0, 12};
			const size_t skip = i == 0 ? 2 : 0; /* the first one belongs to test itself */
			memcpy(bytes + size, owner + skip, sizeof owner - skip);
			size += sizeof owner - skip;
			memcpy(bytes + size, RR("\5", "\4"), 10);
			memcpy(bytes + size + 10, target, sizeof target);
			size += 10 + sizeof target;
		}
		expect_state(bytes, size, ns_t_a, links <= 16 ? DNS_NONE : DNS_LOOP);
	}
}

static void test_states_of_the_response_codes(void **state)
{
	(void)state;
	expect_state(BYTES("\0\1\x81\x80\0\1\0\0\0\0\0\0" QUESTION_MX), ns_t_mx, DNS_NONE);
	expect_state(BYTES("\0\1\x81\x81\0\1\0\0\0\0\0\0" QUESTION_MX), ns_t_mx, DNS_SERVFAIL);
	expect_state(BYTES("\0\1\x81\x82\0\1\0\0\0\0\0\0" QUESTION_MX), ns_t_mx, DNS_SERVFAIL);
	expect_state(BYTES("\0\1\x81\x83\0\1\0\0\0\0\0\0" QUESTION_MX), ns_t_mx, DNS_NXDOMAIN);
	expect_state(BYTES("\0\1\x81\x84\0\1\0\0\0\0\0\0" QUESTION_MX), ns_t_mx, DNS_SERVFAIL);
	expect_state(BYTES("\0\1\x81\x85\0\1\0\0\0\0\0\0" QUESTION_MX), ns_t_mx, DNS_REFUSED);
	expect_state(BYTES("\0\1\x81\x81\0\0\0\0\0\0\0\0"), ns_t_mx, DNS_SERVFAIL);
}

static void test_the_zone_of_a_negative_answer(void **state)
{
	struct dns_answer answer = read_message(BYTES("\0\1\x81\x80\0\1\0\0\0\1\0\0" QUESTION_MX
	                                              "\1Z\xc0\x0c" RR("\6", "\30") "\xc0\x0c\xc0\x0c"
	                                                                            "\0\0\0\0\0\0\0\0\0\0"
	                                                                            "\0\0\0\0\0\0\0\0\0\0"),
	                                        ns_t_mx);

	(void)state;
	assert_int_equal(answer.state, DNS_NONE);
	assert_string_equal(answer.zone, "z.test");
	dns_answer_done(&answer);
}

static void test_strings_of_a_text_are_joined(void **state)
{
	struct dns_answer answer = read_message(
	    BYTES("\0\1\x81\x80\0\1\0\2\0\0\0\0\4test\0\0\20\0\1" PTR_TEST RR("\20", "\16") "\6v=spf1\0\5 -all" PTR_TEST
	              RR("\20", "\5") "\377abc\33"), /* the string claims more than there is */
	    ns_t_txt);

	(void)state;
	assert_int_equal(answer.state, DNS_OK);
	assert_int_equal(answer.text_count, 2);
	assert_string_equal(answer.texts[0], "v=spf1 -all");
	assert_string_equal(answer.texts[1], "abc\\x1b");
	dns_answer_done(&answer);
}

static void test_malformed_messages(void **state)
{
	(void)state;
	expect_state(BYTES(""), ns_t_a, DNS_MALFORMED);
	expect_state(BYTES("\0\1\x81\x80\0\1\0\1\0\0\0\0" QUESTION_A), ns_t_a, DNS_MALFORMED); /* promised more */
	expect_state(BYTES("\0\1\x81\x80\0\1\xff\xff\0\0\0\0" QUESTION_A), ns_t_a, DNS_MALFORMED);
	expect_state(BYTES("\0\1\x81\x80\0\1\0\1\0\0\0\0" QUESTION_A PTR_TEST RR("\1", "\x7f") "\177\0\0\2"), ns_t_a,
	             DNS_MALFORMED);
	/* an address of three bytes, an MX without a host, a PTR that points to itself */
	expect_state(BYTES("\0\1\x81\x80\0\1\0\1\0\0\0\0" QUESTION_A PTR_TEST RR("\1", "\3") "\177\0\0"), ns_t_a,
	             DNS_MALFORMED);
	expect_state(BYTES("\0\1\x81\x80\0\1\0\1\0\0\0\0" QUESTION_MX PTR_TEST RR("\17", "\2") "\0\12"), ns_t_mx,
	             DNS_MALFORMED);
	expect_state(BYTES("\0\1\x81\x80\0\1\0\1\0\0\0\0\4test\0\0\14\0\1" PTR_TEST RR("\14", "\2") "\xc0\x22"),
	             ns_t_ptr, DNS_MALFORMED);
	expect_state(BYTES("\0\1\x81\x80\0\1\0\1\0\0\0\0\4test\0\0\14\0\1" PTR_TEST RR("\14", "\0")), ns_t_ptr,
	             DNS_MALFORMED);
	/* a CNAME that points to itself as a name */
	expect_state(BYTES("\0\1\x81\x80\0\1\0\1\0\0\0\0" QUESTION_A PTR_TEST RR("\5", "\2") "\xc0\x22"), ns_t_a,
	             DNS_MALFORMED);
}

static void test_no_more_records_are_kept_than_there_is_room_for(void **state)
{
	const size_t records = DNS_KEPT_MAX + 50;
	const size_t head = sizeof("\0\1\x81\x80\0\1\0\0\0\0\0\0" QUESTION_A) - 1;
	unsigned char bytes[8192];
	size_t size = head;

	(void)state;
	memcpy(bytes, "\0\1\x81\x80\0\1\0\0\0\0\0\0" QUESTION_A, head);
	bytes[7] = (unsigned char)records;
	for (size_t i = 0; i < records; i++, size += 16)
		memcpy(bytes + size, PTR_TEST RR("\1", "\4") "\177\0\0\2", 16);
	struct dns_answer answer = read_message(bytes, size, ns_t_a);
	assert_int_equal(answer.state, DNS_OK);
	assert_int_equal(answer.address_count, DNS_KEPT_MAX);
	assert_int_equal(answer.record_count, records);
	dns_answer_done(&answer);
}

/* Every prefix of a good answer, and every answer with one byte changed, is read without harm. */
static void test_cut_and_changed_answers_do_no_harm(void **state)
{
	static const unsigned char good[] = "\0\1\x81\x80\0\1\0\3\0\0\0\0" QUESTION_A "\1b\xc0\x0c" RR(
	    "\1", "\4") "\177\0\0\2"
			"\1a\xc0\x0c" RR("\5", "\4") "\1b\xc0\x0c" PTR_TEST RR("\5", "\4") "\1A\xc0\x0c";
	unsigned char bytes[sizeof good - 1];

	(void)state;
	for (size_t size = 0; size < sizeof good - 1; size++)
		expect_state(good, size, ns_t_a, DNS_MALFORMED);
	for (size_t at = 0; at < sizeof bytes; at++) {
		for (int value = 0; value < 256; value += 5) {
			memcpy(bytes, good, sizeof bytes);
			bytes[at] = (unsigned char)value;
			struct dns_answer answer = read_message(bytes, sizeof bytes, ns_t_a);
			dns_answer_done(&answer);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_query_is_built),
	    cmocka_unit_test(test_ids_are_not_guessable),
	    cmocka_unit_test(test_what_counts_as_an_answer),
	    cmocka_unit_test(test_mx_records_are_sorted),
	    cmocka_unit_test(test_a_null_mx_is_the_root),
	    cmocka_unit_test(test_hostile_names_become_printable_and_are_no_host_names),
	    cmocka_unit_test(test_a_name_too_long_for_us_is_no_other_name),
	    cmocka_unit_test(test_aliases_are_followed_in_any_order),
	    cmocka_unit_test(test_records_of_other_names_and_classes_do_not_count),
	    cmocka_unit_test(test_alias_loops_end),
	    cmocka_unit_test(test_long_chains_end),
	    cmocka_unit_test(test_states_of_the_response_codes),
	    cmocka_unit_test(test_the_zone_of_a_negative_answer),
	    cmocka_unit_test(test_strings_of_a_text_are_joined),
	    cmocka_unit_test(test_malformed_messages),
	    cmocka_unit_test(test_no_more_records_are_kept_than_there_is_room_for),
	    cmocka_unit_test(test_cut_and_changed_answers_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
