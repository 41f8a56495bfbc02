/* Stories told by whole logs: who is in trouble, after how many bytes and seconds, and what became of the messages. */
#include "log/analysis.h"

#include "unit.h"

#include <math.h>
#include <stdio.h>

static struct analysis *analysis;
static struct log_clock log_time;
static struct log_filter filter;

static int set_up(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	filter = (struct log_filter){.since = NAN, .until = NAN};
	analysis = analysis_new(&filter);
	log_clock_init(&log_time, 1775000000);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	analysis_free(analysis);
	return 0;
}

/* A line of Postfix at so many seconds after ten. */
__attribute__((format(printf, 2, 3))) static void say(int second, const char *format, ...)
{
	char line[600];
	struct log_event event;
	va_list args;

	int size = snprintf(line, sizeof line, "Mar  1 %02d:%02d:%02d mx postfix/", 10 + second / 3600,
	                    second / 60 % 60, second % 60);
	va_start(args, format);
	size += vsnprintf(line + size, sizeof line - (size_t)size, format, args);
	va_end(args);
	if (!log_event_parse(&log_time, line, (size_t)size, &event))
		fail_msg("not understood: %s", line);
	analysis_add(analysis, &event);
}

static const struct peer *find(enum log_direction direction, const char *address)
{
	const struct slice text = {.at = address, .size = strlen(address)};

	analysis_end(analysis);
	return peers_find(analysis->peers, peer_hash(direction, text));
}

static void expect_near(double got, double expected)
{
	if (!(fabs(got - expected) <= 1e-6))
		fail_msg("%g, expected %g", got, expected);
}

static void deliver(int second, int pid, const char *address, int size)
{
	say(second, "smtpd[%d]: connect from a.example[%s]", pid, address);
	say(second, "smtpd[%d]: A%05dB%d: client=a.example[%s]", pid, second, pid, address);
	say(second, "qmgr[1]: A%05dB%d: from=<a@b>, size=%d, nrcpt=1 (queue active)", second, pid, size);
	say(second + 1, "smtpd[%d]: disconnect from a.example[%s] ehlo=1 quit=1 commands=2", pid, address);
	say(second + 1, "qmgr[1]: A%05dB%d: removed", second, pid);
}

static void a_stalling_client_betrays_its_timer(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++)
		deliver(i, 100, "198.51.100.1", 2000 + i);
	for (int i = 0; i < 4; i++) {
		say(100 + i * 400, "smtpd[200]: connect from unknown[198.51.100.7]");
		say(103 + i * 400, "smtpd[200]: B%05dC: client=unknown[198.51.100.7]", i);
		say(403 + i * 400, "smtpd[200]: timeout after DATA (%d bytes) from unknown[198.51.100.7]",
		    i == 3 ? 1448 : 0);
		say(403 + i * 400, "smtpd[200]: disconnect from unknown[198.51.100.7] ehlo=1");
	}
	const struct peer *peer = find(LOG_IN, "198.51.100.7");
	assert_non_null(peer);
	assert_int_equal(peer->troubles, 4);
	assert_int_equal(peer->timeouts[PHASE_BODY], 4);
	assert_int_equal(peer->empty_bodies, 3);
	expect_near((double)peer->body_bytes.largest, 1448);
	expect_near(sample_quantile(&peer->silences, 0.5), 300);
	expect_near(sample_quantile(&peer->waits, 0.5), 303);
	expect_near(peer->last - peer->first, 1200);
	assert_null(find(LOG_IN, "198.51.100.1")); /* who is well has no details */
	expect_near(peers_troubled(analysis->peers), 1);
	expect_near(analysis->troubles, 4);
	expect_near(analysis->received, 20);
	expect_near(sessions_most(analysis->sessions), 1);
}

static void only_large_messages_fail(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		const bool large = i % 4 == 3;
		say(i * 200, "smtpd[100]: D%05dE: client=a.example[198.51.100.1]", i);
		say(i * 200, "qmgr[1]: D%05dE: from=<a@b>, size=%d, nrcpt=2 (queue active)", i,
		    large ? 200000 + i : 3000 + i);
		for (int recipient = 0; recipient < 2; recipient++)
			if (large)
				say(i * 200 + 181,
				    "smtp[300]: D%05dE: to=<b%d@c>, relay=mx.example.org[192.0.2.25]:25, delay=181, "
				    "delays=0/0/1/180, dsn=4.4.2, "
				    "status=deferred (conversation with mx.example.org[192.0.2.25] timed out while "
				    "sending message body)",
				    i, recipient);
			else
				say(i * 200 + 1,
				    "smtp[300]: D%05dE: to=<b%d@c>, relay=mx.example.org[192.0.2.25]:25, delay=1, "
				    "delays=0/0/1/0, dsn=2.0.0, "
				    "status=sent (250 Ok)",
				    i, recipient);
	}
	const struct peer *peer = find(LOG_OUT, "192.0.2.25");
	assert_non_null(peer);
	assert_int_equal(peer->troubles, 5); /* two recipients of one message are one attempt */
	assert_int_equal(peer->failed_sizes.count, 5);
	assert_true(peer->delivered_sizes.count >= 10);
	assert_true((double)peer->failed_sizes.smallest >= 200000 && (double)peer->delivered_sizes.largest <= 3020);
	assert_true(sample_larger(&peer->failed_sizes, &peer->delivered_sizes) < 0.001);
	expect_near(sample_quantile(&peer->waits, 0.5), 181);
	expect_near(analysis->failed_messages, 5);
	expect_near(analysis->later_delivered, 0);
}

static void a_retry_that_succeeds_is_seen(void **state)
{
	(void)state;
	say(0, "qmgr[1]: F00001: from=<a@b>, size=3000, nrcpt=1 (queue active)");
	say(1, "smtp[300]: F00001: to=<b@c>, relay=mx.example.org[192.0.2.25]:25, delay=1, delays=0/0/1/0, dsn=4.2.0, "
	       "status=deferred (host mx.example.org[192.0.2.25] said: 450 4.2.0 Greylisted (in reply to RCPT TO "
	       "command))");
	say(301,
	    "smtp[300]: F00001: to=<b@c>, relay=mx.example.org[192.0.2.25]:25, delay=301, delays=300/0/1/0, dsn=2.0.0, "
	    "status=sent (250 Ok)");
	const struct peer *peer = find(LOG_OUT, "192.0.2.25");
	assert_non_null(peer);
	assert_int_equal(peer->counts[SYMPTOM_GREYLIST], 1);
	assert_int_equal(peer->failed_messages, 1);
	assert_int_equal(peer->later_delivered, 1);
}

/* What is put off since the destination is known to be dead is no further attempt, and each host is counted once. */
static void a_dead_destination_counts_once_for_each_attempt(void **state)
{
	(void)state;
	say(30, "smtp[300]: connect to mx.example.org[192.0.2.25]:25: Connection timed out");
	say(30, "smtp[300]: F00001: to=<b@c>, relay=none, delay=30, delays=0/0/30/0, dsn=4.4.1, status=deferred "
	        "(connect to "
	        "mx.example.org[192.0.2.25]:25: Connection timed out)");
	for (int i = 0; i < 50; i++)
		say(31 + i,
		    "error[301]: F0%04d: to=<b@c>, relay=none, delay=1, delays=0/0/0/0, dsn=4.4.1, status=deferred "
		    "(delivery "
		    "temporarily suspended: connect to mx.example.org[192.0.2.25]:25: Connection timed out)",
		    i + 2);
	const struct peer *peer = find(LOG_OUT, "192.0.2.25");
	assert_non_null(peer);
	assert_int_equal(peer->counts[SYMPTOM_CONNECT_TIMEOUT], 1);
	expect_near(analysis->deferred, 51);
	expect_near(analysis->suspended, 50);
	expect_near(analysis->troubles, 1);
}

static void refusals_come_with_parallel_deliveries(void **state)
{
	int id = 0;

	(void)state;
	for (int round = 0; round < 12; round++) {
		/* Three at a time pass; then eight at a time, of which the last are refused. */
		const int parallel = round % 3 != 0 ? 3 : 8;
		for (int i = 0; i < parallel; i++, id++)
			if (i < 5)
				say(round * 60 + 10,
				    "smtp[30%d]: F1%04d: to=<b@c>, relay=mx.example.org[192.0.2.25]:25, delay=8, "
				    "delays=0/0/1/7, "
				    "dsn=2.0.0, status=sent (250 Ok)",
				    i, id);
			else
				say(round * 60 + 11,
				    "smtp[30%d]: F1%04d: to=<b@c>, relay=mx.example.org[192.0.2.25]:25, delay=1, "
				    "delays=0/0/5/0, "
				    "dsn=4.7.0, status=deferred (host mx.example.org[192.0.2.25] refused to talk to "
				    "me: 421 4.7.0 Too many "
				    "concurrent SMTP connections; please try again later)",
				    i, id);
	}
	const struct peer *peer = find(LOG_OUT, "192.0.2.25");
	assert_non_null(peer);
	assert_int_equal(peer->counts[SYMPTOM_TOO_MANY], 12);
	assert_true(sample_quantile(&peer->beside_refused, 0.5) >= 6);
	assert_true(sample_quantile(&peer->beside_sent, 0.5) < sample_quantile(&peer->beside_refused, 0.5));
	assert_true(sample_larger(&peer->beside_refused, &peer->beside_sent) < 0.05);
}

static void bots_are_noise(void **state)
{
	(void)state;
	for (int i = 0; i < 30; i++) {
		say(i, "smtpd[100]: connect from unknown[203.0.113.%d]", i);
		say(i, "smtpd[100]: lost connection after %s from unknown[203.0.113.%d]", i % 2 ? "CONNECT" : "EHLO",
		    i);
		say(i, "smtpd[100]: disconnect from unknown[203.0.113.%d] commands=0/0", i);
	}
	say(31, "smtpd[100]: NOQUEUE: reject: RCPT from unknown[203.0.113.1]: 554 5.7.1 <a@b>: Relay access denied; "
	        "from=<x@y>");
	say(32, "postscreen[5]: PREGREET 8 after 0 from [203.0.113.2]:999: HELO x");
	expect_near(analysis->troubles, 0);
	expect_near(analysis->noise, 32);
	expect_near(peers_troubled(analysis->peers), 0);
	/* A temporary refusal of ours is more than noise. */
	say(33, "smtpd[100]: NOQUEUE: reject: RCPT from a.example[203.0.113.3]: 451 4.3.5 Server configuration "
	        "problem; from=<x@y>");
	expect_near(analysis->troubles, 1);
}

static void a_client_that_leaves_after_a_constant_time_has_a_timer(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++) {
		say(i * 100, "smtpd[100]: connect from a.example[198.51.100.7]");
		say(i * 100 + 30, "smtpd[100]: lost connection after CONNECT from a.example[198.51.100.7]");
	}
	const struct peer *peer = find(LOG_IN, "198.51.100.7");
	assert_non_null(peer);
	assert_int_equal(peer->stays.count, 6);
	expect_near(sample_quantile(&peer->stays, 0.9), 30);
}

static void figures_of_limits_are_kept(void **state)
{
	(void)state;
	say(0, "anvil[7]: statistics: max connection count 17 for (smtpd:198.51.100.7) at Mar  1 09:59:00");
	say(0, "anvil[7]: statistics: max connection count 3 for (smtpd:198.51.100.8) at Mar  1 09:59:00");
	say(0, "anvil[7]: statistics: max connection rate 90/60s for (smtpd:198.51.100.8) at Mar  1 09:59:00");
	say(1, "master[1]: warning: service \"smtp\" (25) has reached its process limit \"100\": new clients may "
	       "experience noticeable "
	       "delays");
	expect_near(analysis->concurrency, 17);
	assert_string_equal(analysis->concurrency_peer, "198.51.100.7");
	expect_near(analysis->rate, 90);
	assert_string_equal(analysis->rate_peer, "198.51.100.8");
	expect_near(analysis->limit, 100);
	expect_near(analysis->troubles, 1); /* statistics are none */
}

static void filters_choose(void **state)
{
	(void)state;
	analysis_free(analysis);
	filter.since = 1772359200 + 100; /* 10:01:40 */
	filter.until = 1772359200 + 200;
	filter.peer = "198.51.100.7";
	analysis = analysis_new(&filter);
	for (int i = 0; i < 300; i += 10) {
		say(i, "smtpd[100]: timeout after RCPT from unknown[198.51.100.7]");
		say(i, "smtpd[100]: timeout after RCPT from unknown[198.51.100.8]");
	}
	expect_near(analysis->troubles, 11);
	assert_non_null(find(LOG_IN, "198.51.100.7"));
	assert_null(find(LOG_IN, "198.51.100.8"));
}

/* Half a million peers with a symptom each cannot push out one with many, nor take more memory. */
static void the_heaviest_stay_whatever_comes(void **state)
{
	struct peer *top[3];

	(void)state;
	for (int i = 0; i < 100000; i++) {
		say(i / 60, "smtpd[100]: lost connection after AUTH from unknown[2001:db8:%x::%x]", i >> 8, i & 255);
		if (i % 5000 == 0)
			say(i / 60, "smtpd[101]: timeout after DATA (0 bytes) from a.example[198.51.100.7]");
		if (i % 10000 == 0)
			say(i / 60, "smtpd[101]: timeout after DATA (0 bytes) from b.example[198.51.100.8]");
	}
	assert_int_equal(peers_heaviest(analysis->peers, top, 3), PEERS_WATCHED);
	assert_string_equal(top[0]->address, "198.51.100.7");
	assert_int_equal(top[0]->troubles, 20);
	assert_string_equal(top[1]->address, "198.51.100.8");
	assert_true(peers_displaced(analysis->peers) > 90000);
	expect_near(peers_troubled(analysis->peers), 2);
	/* Each was counted, and none twice: about 100002 different ones. */
	const double known = peers_known(analysis->peers) + peers_forgotten(analysis->peers);
	assert_true(known <= 100002 && known > 0);
}

static void sizes_fit_a_byte(void **state)
{
	(void)state;
	expect_near(size_of_code(0), 0);
	for (double bytes = 1; bytes < 4e9; bytes *= 1.37) {
		const double back = size_of_code(size_code(bytes));
		if (back < bytes * 0.999 || back > bytes * 1.13)
			fail_msg("%g came back as %g", bytes, back);
	}
	assert_int_equal(size_code(1e12), 255);
	assert_true(size_code(0) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_stalling_client_betrays_its_timer, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(only_large_messages_fail, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_retry_that_succeeds_is_seen, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_dead_destination_counts_once_for_each_attempt, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refusals_come_with_parallel_deliveries, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(bots_are_noise, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_client_that_leaves_after_a_constant_time_has_a_timer, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(figures_of_limits_are_kept, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(filters_choose, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(the_heaviest_stay_whatever_comes, set_up, tear_down),
	    cmocka_unit_test(sizes_fit_a_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
