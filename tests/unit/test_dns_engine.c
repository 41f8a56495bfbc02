/*
 * dns engine: every fate of a question, each against a server that causes it, and many at once.
 */
#include "unit.h"

#include "base/clock.h"
#include "base/xalloc.h"
#include "dns/engine.h"
#include "dns_peer.h"

#include <arpa/nameser.h>
#include <stdio.h>

#define SERVER "127.0.0.2"
#define TRY_S  0.15
#define TRIES  2
#define BUDGET 3.0

static const struct peer_record records[] = {
    {"test", ns_t_mx, "20 mx2.test"},       {"test", ns_t_mx, "10 MX1.test"},
    {"mx1.test", ns_t_a, "127.0.0.1"},      {"mx1.test", ns_t_aaaa, "::1"},
    {"alias.test", ns_t_cname, "mx1.test"}, {"loop.test", ns_t_cname, "pool.test"},
    {"pool.test", ns_t_cname, "loop.test"}, {"test", ns_t_txt, "v=spf1 a mx ip4:192.0.2.0/24 -all"},
    {"test", ns_t_soa, "ns1.test"},         {NULL, 0, NULL},
};

static const struct peer_rule rules[] = {
    {.name = "silent.test", .deed = PEER_SILENT},
    {.name = "servfail.test", .deed = PEER_SERVFAIL},
    {.name = "refused.test", .deed = PEER_REFUSED},
    {.name = "formerr.test", .deed = PEER_FORMERR},
    {.name = "nonsense.test", .deed = PEER_NONSENSE},
    {.name = "wrong-id.test", .deed = PEER_WRONG_ID},
    {.name = "wrong-question.test", .deed = PEER_WRONG_QUESTION},
    {.name = "wrong-source.test", .deed = PEER_WRONG_SOURCE},
    {.name = "pointer-loop.test", .deed = PEER_POINTER_LOOP},
    {.name = "cut-hang.test", .deed = PEER_CUT_HANG},
    {.name = "cut-trickle.test", .deed = PEER_CUT_TRICKLE},
    {.name = "cut-close.test", .deed = PEER_CUT_CLOSE},
    {.name = "cut-wrong-id.test", .deed = PEER_CUT_WRONG_ID},
    {.name = "cut-big.test", .deed = PEER_CUT_BIG},
    {.name = "test", .type = ns_t_txt, .deed = PEER_CUT},
    {.name = "test", .type = ns_t_soa, .deed = PEER_FORGED_FIRST, .delay = 0.02},
    {.name = "mx1.test", .type = ns_t_a, .first = 1, .deed = PEER_SILENT},
    {.name = "mx1.test", .type = ns_t_aaaa, .first = 1, .delay = 0.2},
    {.name = "mx1.test", .type = ns_t_aaaa, .deed = PEER_SILENT},
};

static const struct peer_script script = {.addresses = {SERVER, "127.0.0.3"},
                                          .records = records,
                                          .rules = rules,
                                          .rule_count = sizeof rules / sizeof rules[0]};

static struct peer peer;

static int set_up(void **state)
{
	(void)state;
	peer_start(&peer, &script);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	peer_stop(&peer);
	return 0;
}

static void prepare(struct dns_question *q, const char *server, int port, const char *name, int type)
{
	*q = (struct dns_question){.type = type, .recursive = true};
	snprintf(q->name, sizeof q->name, "%s", name);
	assert_int_equal(address_parse(server, port, &q->server), 0);
}

static struct dns_answer ask(const char *name, int type)
{
	struct dns_question q;

	prepare(&q, SERVER, peer.port, name, type);
	dns_ask(&q, 1, TRY_S, TRIES, clock_now() + BUDGET);
	return q.answer;
}

/* Asks and expects that state within that time. */
static void expect(const char *name, int type, enum dns_state state, double least, double most)
{
	struct dns_answer answer = ask(name, type);

	if (answer.state != state)
		fail_msg("%s: %s instead of %s", name, dns_state_name(answer.state), dns_state_name(state));
	if (answer.seconds < least || answer.seconds > most)
		fail_msg("%s: took %.3f s, not %.3f to %.3f", name, answer.seconds, least, most);
	dns_answer_done(&answer);
}

static void test_answers_are_read(void **state)
{
	struct dns_answer answer = ask("TEST", ns_t_mx);
	char text[46];

	(void)state;
	assert_int_equal(answer.state, DNS_OK);
	assert_int_equal(answer.mx_count, 2);
	assert_string_equal(answer.mx[0].host, "mx1.test");
	assert_int_equal(answer.retries, 0);
	assert_false(answer.tcp);
	assert_true(answer.seconds < TRY_S);
	dns_answer_done(&answer);
	answer = ask("alias.test", ns_t_a);
	assert_string_equal(answer.cname, "mx1.test");
	assert_int_equal(answer.address_count, 1);
	assert_string_equal(address_text(&answer.addresses[0], text), "127.0.0.1");
	dns_answer_done(&answer);
}

static void test_negative_answers(void **state)
{
	(void)state;
	expect("test", ns_t_aaaa, DNS_NONE, 0, TRY_S);
	expect("nobody.test", ns_t_a, DNS_NXDOMAIN, 0, TRY_S);
	expect("servfail.test", ns_t_a, DNS_SERVFAIL, 0, TRY_S);
	expect("refused.test", ns_t_a, DNS_REFUSED, 0, TRY_S);
	expect("formerr.test", ns_t_a, DNS_SERVFAIL, 0, TRY_S);
	expect("loop.test", ns_t_a, DNS_LOOP, 0, TRY_S);
}

static void test_silence_ends_after_the_last_try(void **state)
{
	struct dns_answer answer = ask("silent.test", ns_t_a);

	(void)state;
	assert_int_equal(answer.state, DNS_TIMEOUT);
	assert_int_equal(answer.retries, TRIES - 1);
	assert_true(answer.seconds >= TRIES * TRY_S && answer.seconds < TRIES * TRY_S + 0.2);
	assert_int_equal(peer_asked(&peer, SERVER, "silent.test", ns_t_a), TRIES);
}

static void test_a_lost_question_is_sent_again(void **state)
{
	struct dns_answer answer = ask("mx1.test", ns_t_a);

	(void)state;
	assert_int_equal(answer.state, DNS_OK);
	assert_int_equal(answer.retries, 1);
	assert_true(answer.seconds >= TRY_S && answer.seconds < 2 * TRY_S);
	dns_answer_done(&answer);
}

static void test_a_late_answer_to_the_first_try_counts(void **state)
{
	struct dns_answer answer = ask("mx1.test", ns_t_aaaa);

	(void)state;
	assert_int_equal(answer.state, DNS_OK);
	assert_int_equal(answer.retries, 1);
	assert_true(answer.seconds >= 0.2 && answer.seconds < TRIES * TRY_S);
	dns_answer_done(&answer);
}

static void test_answers_to_other_questions_do_not_count(void **state)
{
	(void)state;
	expect("nonsense.test", ns_t_a, DNS_MALFORMED, TRIES * TRY_S, BUDGET);
	expect("wrong-id.test", ns_t_a, DNS_MALFORMED, TRIES * TRY_S, BUDGET);
	expect("wrong-question.test", ns_t_a, DNS_MALFORMED, TRIES * TRY_S, BUDGET);
	expect("wrong-source.test", ns_t_a, DNS_TIMEOUT, TRIES * TRY_S, BUDGET); /* it is not even heard */
	expect("pointer-loop.test", ns_t_a, DNS_MALFORMED, 0, TRY_S);
	expect("test", ns_t_soa, DNS_OK, 0.02, TRY_S); /* the forged ones came before */
}

static void test_cut_answers_are_asked_for_over_tcp(void **state)
{
	struct dns_answer answer = ask("test", ns_t_txt);

	(void)state;
	assert_int_equal(answer.state, DNS_OK);
	assert_true(answer.tcp);
	assert_int_equal(answer.text_count, 1);
	assert_string_equal(answer.texts[0], "v=spf1 a mx ip4:192.0.2.0/24 -all");
	dns_answer_done(&answer);
}

static void test_the_largest_answer_over_tcp(void **state)
{
	struct dns_answer answer = ask("cut-big.test", ns_t_a);

	(void)state;
	assert_int_equal(answer.state, DNS_OK);
	assert_int_equal(answer.address_count, DNS_KEPT_MAX);
	assert_true(answer.record_count > 2000);
	dns_answer_done(&answer);
}

static void test_tcp_that_does_not_work_ends(void **state)
{
	(void)state;
	expect("cut-hang.test", ns_t_a, DNS_TIMEOUT, TRIES * TRY_S, TRIES * TRY_S + 0.2);
	expect("cut-trickle.test", ns_t_a, DNS_TIMEOUT, TRIES * TRY_S, TRIES * TRY_S + 0.2);
	expect("cut-close.test", ns_t_a, DNS_MALFORMED, 0, TRY_S);
	expect("cut-wrong-id.test", ns_t_a, DNS_MALFORMED, 0, TRY_S);
}

static void test_tcp_that_is_refused_ends(void **state)
{
	static const struct peer_rule cut[] = {{.deed = PEER_CUT}};
	static const struct peer_script no_tcp = {.addresses = {SERVER}, .rules = cut, .rule_count = 1, .no_tcp = true};
	struct dns_question q;
	struct peer other;

	(void)state;
	peer_start(&other, &no_tcp);
	prepare(&q, SERVER, other.port, "test", ns_t_a);
	dns_ask(&q, 1, TRY_S, TRIES, clock_now() + BUDGET);
	peer_stop(&other);
	assert_int_equal(q.answer.state, DNS_UNREACHABLE);
	assert_true(q.answer.tcp);
	assert_true(q.answer.seconds < TRY_S);
}

static void test_a_closed_port_is_unreachable_at_once(void **state)
{
	static const struct peer_script nothing = {.addresses = {SERVER}};
	struct dns_question q;
	struct peer other;

	(void)state;
	peer_start(&other, &nothing);
	peer_stop(&other);
	prepare(&q, SERVER, other.port, "test", ns_t_a);
	dns_ask(&q, 1, TRY_S, TRIES, clock_now() + BUDGET);
	assert_int_equal(q.answer.state, DNS_UNREACHABLE);
	assert_true(q.answer.seconds < TRY_S);
}

static void test_no_route_is_unreachable_at_once(void **state)
{
	struct dns_question q;

	(void)state;
	prepare(&q, "fe80::1", 53, "test", ns_t_a); /* link-local without an interface */
	dns_ask(&q, 1, TRY_S, TRIES, clock_now() + BUDGET);
	assert_int_equal(q.answer.state, DNS_UNREACHABLE);
	assert_true(q.answer.seconds < TRY_S);
}

static void test_nothing_outlasts_the_deadline(void **state)
{
	const double began = clock_now();
	struct dns_question q;

	(void)state;
	prepare(&q, SERVER, peer.port, "silent.test", ns_t_a);
	dns_ask(&q, 1, 10, 3, began + 0.2);
	assert_int_equal(q.answer.state, DNS_TIMEOUT);
	assert_true(clock_now() - began >= 0.2 && clock_now() - began < 2);
	dns_ask(&q, 1, 10, 3, began); /* over already: not even asked */
	assert_int_equal(q.answer.state, DNS_TIMEOUT);
	assert_true(q.answer.seconds <= 0);
}

static void test_a_name_that_is_none_is_not_asked(void **state)
{
	struct dns_question q;

	(void)state;
	prepare(&q, SERVER, peer.port, "a..b", ns_t_a);
	dns_ask(&q, 1, TRY_S, TRIES, clock_now() + BUDGET);
	assert_true(q.answer.seconds <= 0);
	assert_int_equal(peer_asked(&peer, NULL, "a..b", 0), 0);
}

static void test_many_questions_go_side_by_side(void **state)
{
	static const struct peer_rule late[] = {{.delay = 0.3}};
	static const struct peer_script slow = {
	    .addresses = {"127.0.0.4", "127.0.0.5", "127.0.0.6"}, .records = records, .rules = late, .rule_count = 1};
	struct dns_question questions[60];
	const double began = clock_now();
	struct peer other;

	(void)state;
	peer_start(&other, &slow);
	for (size_t i = 0; i < 60; i++)
		prepare(&questions[i], slow.addresses[i % 3], other.port, "test", ns_t_mx);
	dns_ask(questions, 60, 2, 2, began + BUDGET);
	assert_true(clock_now() - began < 3); /* one after the other would take 18 */
	for (size_t i = 0; i < 60; i++) {
		assert_int_equal(questions[i].answer.state, DNS_OK);
		assert_true(questions[i].answer.seconds >= 0.3 && questions[i].answer.seconds < 2);
		dns_answer_done(&questions[i].answer);
	}
	peer_stop(&other);
}

/* What the callbacks of the next tests share. */
struct chain {
	struct dns_engine *engine;
	size_t answers;
	size_t links;
	bool stop;
};

static void on_answer(struct dns_question *question, void *context)
{
	struct chain *chain = context;

	chain->answers++;
	if (chain->stop)
		dns_engine_stop(chain->engine);
	else if (chain->answers < chain->links)
		assert_true(dns_engine_ask(chain->engine, question->name, question->type, &question->server, true,
		                           on_answer, chain));
}

static void test_an_answer_may_ask_further(void **state)
{
	struct chain chain = {.links = 200};
	struct sockaddr_storage server;

	(void)state;
	chain.engine = dns_engine_new(TRY_S, TRIES, clock_now() + BUDGET);
	assert_int_equal(address_parse(SERVER, peer.port, &server), 0);
	assert_true(dns_engine_ask(chain.engine, "test", ns_t_mx, &server, true, on_answer, &chain));
	assert_int_equal(chain.answers, 0); /* never from within asking */
	dns_engine_run(chain.engine);
	dns_engine_free(chain.engine);
	assert_int_equal(chain.answers, 200);
}

static void test_a_run_can_be_stopped(void **state)
{
	const double began = clock_now();
	struct chain chain = {.stop = true};
	struct sockaddr_storage server;

	(void)state;
	chain.engine = dns_engine_new(BUDGET, 1, began + BUDGET);
	assert_int_equal(address_parse(SERVER, peer.port, &server), 0);
	assert_true(dns_engine_ask(chain.engine, "silent.test", ns_t_mx, &server, true, on_answer, &chain));
	assert_true(dns_engine_ask(chain.engine, "test", ns_t_mx, &server, true, on_answer, &chain));
	dns_engine_run(chain.engine);
	assert_int_equal(chain.answers, 1);
	assert_true(clock_now() - began < BUDGET / 2);
	assert_false(dns_engine_ask(chain.engine, "test", ns_t_mx, &server, true, on_answer, &chain));
	dns_engine_free(chain.engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_answers_are_read),
	    cmocka_unit_test(test_negative_answers),
	    cmocka_unit_test(test_silence_ends_after_the_last_try),
	    cmocka_unit_test(test_a_lost_question_is_sent_again),
	    cmocka_unit_test(test_a_late_answer_to_the_first_try_counts),
	    cmocka_unit_test(test_answers_to_other_questions_do_not_count),
	    cmocka_unit_test(test_cut_answers_are_asked_for_over_tcp),
	    cmocka_unit_test(test_the_largest_answer_over_tcp),
	    cmocka_unit_test(test_tcp_that_does_not_work_ends),
	    cmocka_unit_test(test_tcp_that_is_refused_ends),
	    cmocka_unit_test(test_a_closed_port_is_unreachable_at_once),
	    cmocka_unit_test(test_no_route_is_unreachable_at_once),
	    cmocka_unit_test(test_nothing_outlasts_the_deadline),
	    cmocka_unit_test(test_a_name_that_is_none_is_not_asked),
	    cmocka_unit_test(test_many_questions_go_side_by_side),
	    cmocka_unit_test(test_an_answer_may_ask_further),
	    cmocka_unit_test(test_a_run_can_be_stopped),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
