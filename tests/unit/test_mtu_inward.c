/*
 * What is concluded from the silence of a server about the packets that it sends, over a path that is played: the
 * connections of the check are replaced by answers to what they ask.
 */
#include "checks/mtu/probe.h"

#include "base/clock.h"
#include "unit.h"

#include <string.h>

#define SUBJECT    "mx1.example.com [192.0.2.25]:25"
#define FULL       1500 /* bytes; what our own interface takes */
#define SLOW_S     1.5  /* what a slow server takes, now and then */
#define NTH(count) (1U << (count))

/* Packets of up to `mtu` bytes come; of the connections, a bit for each, some are late, and in some the server is slow. */
static struct {
	int mtu;
	unsigned late, slow;
} path;

/* Takes the place of attempt.c. */
void attempt_run(struct mtu_probe *p, const struct attempt_plan *plan, struct attempt *a)
{
	const int size = plan->mss > 0 ? plan->mss + p->header : FULL;
	const unsigned bit = NTH(++p->connections);

	*a = (struct attempt){.phase = SMTP_TLS, .advertised = size - p->header};
	const bool slow = (path.slow & bit) != 0;
	if (size > path.mtu || (slow && plan->patience < SLOW_S)) {
		a->blocked = BLOCKED_IN;
		a->hole = size > path.mtu;
		a->waited = plan->patience;
		return;
	}
	a->status = SMTP_OK;
	a->tls = true;
	a->greeting = slow ? SLOW_S : (path.late & bit) != 0 ? 0.5 : 0.01;
	a->largest = a->advertised;
}

/* What became of it. */
struct found {
	char word[16];
	int size; /* 0: none was told */
	bool exact;
	int connections;
};

/* The first connection of a check was silent; the hint is what ICMP echo would say, or 0. */
static struct found play(int mtu, int hint, unsigned late, unsigned slow)
{
	struct case_file *c = case_new(SUBJECT);
	struct mtu_probe p = {.header = HEADER_V4_BYTES,
	                      .deadline = clock_now() + 60,
	                      .e = emit_new("mtu", NULL, c),
	                      .subject = (char[]){SUBJECT}};
	const struct attempt_plan full = {.patience = INWARD_PATIENCE};
	struct found found = {0};
	struct attempt a;

	path.mtu = mtu;
	path.late = late;
	path.slow = slow | NTH(1);
	attempt_run(&p, &full, &a);
	inward_prove(&p, &a);
	p.connections++; /* the one without TLS */
	if (p.in.proven)
		inward_narrow(&p, hint);
	inward_tell_proof(&p);
	const struct fact *fact = case_find_fact(c, "mtu.in.full", SUBJECT);
	snprintf(found.word, sizeof found.word, "%s", fact->text);
	if ((fact = case_find_fact(c, "mtu.in.size", SUBJECT)) != NULL)
		found.size = (int)fact->number;
	if ((fact = case_find_fact(c, "mtu.in.exact", SUBJECT)) != NULL)
		found.exact = fact->flag;
	found.connections = p.connections;
	emit_free(p.e);
	case_free(c);
	return found;
}

static void common_sizes_are_found(void **state)
{
	static const int common[] = {576, 1280, 1400, 1420, 1450};

	(void)state;
	for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
		struct found found = play(common[i], 0, 0, 0);
		assert_string_equal(found.word, "stall");
		assert_int_equal(found.size, common[i]);
		assert_true(found.exact);
		assert_true(found.connections <= PROBE_CONNECTIONS_MAX);
	}
}

static void a_size_that_was_known_takes_five_connections(void **state)
{
	(void)state;
	for (int mtu = 1280; mtu < FULL; mtu++) {
		struct found found = play(mtu, mtu, 0, 0);
		assert_string_equal(found.word, "stall");
		assert_int_equal(found.size, mtu);
		assert_true(found.exact);
		assert_true(found.connections <= 5);
	}
}

/* Whatever greeting is late, or is the one that something was lost of: the path is not taken for a wide one. */
static void one_late_greeting_hides_no_black_hole(void **state)
{
	(void)state;
	for (int mtu = 1280; mtu < FULL; mtu++)
		for (int number = 2; number <= PROBE_CONNECTIONS_MAX; number++)
			for (int hint = 0; hint <= mtu; hint += mtu) {
				struct found found = play(mtu, hint, NTH(number), 0);
				assert_true(strcmp(found.word, "stall") == 0 || strcmp(found.word, "unsure") == 0);
				assert_true(hint == 0 || strcmp(found.word, "stall") == 0);
				assert_true(found.size <= mtu);
				assert_true(!found.exact || found.size == mtu);
				assert_true(found.connections <= PROBE_CONNECTIONS_MAX);
			}
}

static void a_slow_server_is_given_time(void **state)
{
	(void)state;
	struct found found = play(1400, 1400, ~0U, 0);

	assert_string_equal(found.word, "stall");
	assert_int_equal(found.size, 1400);
}

static void late_in_the_last_connection_is_unsure(void **state)
{
	(void)state;
	struct found found = play(1439, 0, NTH(PROBE_CONNECTIONS_MAX), 0);

	assert_string_equal(found.word, "unsure");
	assert_int_equal(found.size, 0);
}

/* The first connection was silent although packets of all sizes come, and so were others. */
static void a_server_that_is_slow_now_and_then_is_no_black_hole(void **state)
{
	(void)state;
	for (unsigned slow = 0; slow < NTH(PROBE_CONNECTIONS_MAX + 1); slow++)
		assert_string_equal(play(FULL, 0, 0, slow).word, "pass");
}

static void nothing_at_all_is_silent(void **state)
{
	(void)state;
	struct found found = play(0, 0, 0, 0);

	assert_string_equal(found.word, "silent");
	assert_int_equal(found.size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(common_sizes_are_found),
	    cmocka_unit_test(a_size_that_was_known_takes_five_connections),
	    cmocka_unit_test(one_late_greeting_hides_no_black_hole),
	    cmocka_unit_test(a_slow_server_is_given_time),
	    cmocka_unit_test(late_in_the_last_connection_is_unsure),
	    cmocka_unit_test(a_server_that_is_slow_now_and_then_is_no_black_hole),
	    cmocka_unit_test(nothing_at_all_is_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
