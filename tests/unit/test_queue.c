/* Listings of mail queues in the form of each server become sums: what waits, for whom, and why. */
#include "unit.h"

#include "checks/emit.h"
#include "checks/queue/facts.h"
#include "queue/queue.h"

#include <stdio.h>
#include <time.h>

#define NOW 1795323600 /* 2026-11-22 05:00 UTC */

static struct queue *queue;
static int known;       /* lines that belong to a listing */
static int told;        /* reasons */
static char said[1200]; /* the last reason */

static void on_reason(const struct log_event *event, void *context)
{
	(void)context;
	told++;
	snprintf(said, sizeof said, "%.*s", (int)event->text.size, event->text.at);
}

static void add_bytes(const char *line, size_t size)
{
	known += queue_line(queue, (struct slice){.at = line, .size = size});
}

/* Lines that a line feed ends. */
static const struct queue_sums *read_text(const char *text)
{
	for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1)
		add_bytes(text, (size_t)(end - text));
	queue_next_file(queue, NOW);
	return queue_sums(queue);
}

static int begin(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	known = told = 0;
	said[0] = '\0';
	queue = queue_new(NOW, on_reason, NULL);
	return 0;
}

static int end(void **state)
{
	(void)state;
	queue_free(queue);
	return 0;
}

static void assert_near(double value, double expected)
{
	if (value < expected - 0.5 || value > expected + 0.5)
		fail_msg("%f is not %f", value, expected);
}

static const struct queue_peer *domain(const char *name)
{
	const struct queue_peer *peers[QUEUE_PEERS];
	const size_t count = queue_heaviest(&queue_sums(queue)->domains, peers, QUEUE_PEERS);

	for (size_t i = 0; i < count; i++)
		if (strcmp(peers[i]->name, name) == 0)
			return peers[i];
	fail_msg("nothing waits for %s", name);
	return NULL;
}

static void reads_postqueue(void **state)
{
	const struct queue_sums *sums =
	    read_text("-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n"
	              "3290E1B5*      2360 Sun Nov 22 04:00:00  a@example.com\n"
	              "   (connect to mx.example.net[192.0.2.1]:25: Connection timed out)\n"
	              "                                         b@Example.NET\n"
	              "                                         c@example.net\n"
	              "(host mx.example.org[192.0.2.2] said: 450 4.2.0 Greylisted (in reply to RCPT TO command))\n"
	              "                                         d@example.org\n"
	              "\n"
	              "4XYZ12abCDz0!     1000 Sat Nov 21 05:00:00  MAILER-DAEMON\n"
	              "                                         e@example.com\n"
	              "\n"
	              "-- 3 Kbytes in 2 Requests.\n");

	(void)state;
	assert_int_equal(known, 12);
	assert_near(sums->messages, 2);
	assert_near(sums->active, 1);
	assert_near(sums->held, 1);
	assert_near(sums->bounces, 1);
	assert_near(sums->bytes, 3360);
	assert_near(sums->recipients, 4);
	assert_near(sums->told, 3);
	assert_int_equal(sums->counts[SYMPTOM_CONNECT_TIMEOUT], 2);
	assert_int_equal(sums->counts[SYMPTOM_GREYLIST], 1);
	assert_int_equal(sums->phases[PHASE_RCPT], 1);
	assert_near((double)sums->ages.largest, 86400);
	assert_near((double)sums->ages.smallest, 3600);
	assert_int_equal(told, 2);
	assert_int_equal(domain("example.net")->recipients, 2);
	assert_string_equal(domain("example.net")->host, "mx.example.net");
	assert_near(domain("example.net")->oldest, 3600);
	assert_int_equal(domain("example.com")->counts[SYMPTOM_CONNECT_TIMEOUT], 0);
}

static void reads_postqueue_json(void **state)
{
	const struct queue_sums *sums = read_text(
	    "{\"queue_name\": \"deferred\", \"queue_id\": \"3290E1B5\", \"arrival_time\": 1795320000, "
	    "\"message_size\": 2360, "
	    "\"forced_expire\": false, \"sender\": \"MAILER-DAEMON\", \"recipients\": [{\"address\": \"a@b.example\", "
	    "\"delay_reason\": \"connect to b.example[192.0.2.1]:25: Connection refused\"}, {\"address\": "
	    "\"\\\"x\\\\\\\"y\\\"@c.example\"}]}\n"
	    "{\"queue_name\":\"hold\",\"queue_id\":\"X\",\"sender\":\"\",\"recipients\":[{\"address\":\"\\u00fc@d."
	    "example\","
	    "\"delay_reason\":\"\\\"421 \\ud800\\u20ac\\n\"}]}\n"
	    "{\"queue_name\": \"active\", \"queue_id\": \"CUT\", \"recipients\": [{\"address\": \"z@b.example\", "
	    "\"delay_re\n");

	(void)state;
	assert_int_equal(known, 3);
	assert_near(sums->messages, 3);
	assert_near(sums->active, 1);
	assert_near(sums->held, 1);
	assert_near(sums->bounces, 2);
	assert_near(sums->recipients, 4);
	assert_near(sums->told, 2);
	assert_near((double)sums->ages.largest, 3600);
	assert_int_equal(domain("b.example")->recipients, 2);
	assert_int_equal(domain("b.example")->counts[SYMPTOM_CONNECT_REFUSED], 1);
	assert_int_equal(domain("c.example")->recipients, 1);
	assert_int_equal(domain("c.example")->counts[SYMPTOM_CONNECT_REFUSED], 0);
	assert_string_equal(said, "\"421 ?\xe2\x82\xac\n");
}

static void reads_sendmail(void **state)
{
	const struct queue_sums *sums =
	    read_text("\t\t/var/spool/mqueue (2 requests)\n"
	              "-----Q-ID----- --Size-- -----Q-Time----- ------------Sender/Recipient-----------\n"
	              "6AM4diYw000119*    1446 Sun Nov 22 04:39 <a@example.com>\n"
	              "                 (Deferred: Connection timed out with mx.example.net.)\n"
	              "\t\t\t\t\t <b@example.net>\n"
	              "6AM4dirF000114        ? Sun Nov 22 04:30 MAILER-DAEMON\n"
	              "      8BITMIME   (Deferred: 421 4.7.0 mx.example.org Error: too many conn\n"
	              "\t\t\t\t\t root\n"
	              "\t\tTotal requests: 2\n"
	              "-----Q-ID----- --Size-- -Priority- ---Q-Time--- --------Sender/Recipient--------\n"
	              "6AM4diYw000120     1446      60000+Nov 21 05:00 a@example.com\n"
	              "                 (host map: lookup (example.org): deferred)\n"
	              "\t\t\t\t\t\t(---:postmaster---)\n"
	              "\t\t\t\t\t\tc@example.org\n"
	              "/var/spool/mqueue-client is empty\n");

	(void)state;
	assert_int_equal(known, 15);
	assert_near(sums->messages, 3);
	assert_near(sums->active, 1);
	assert_near(sums->bounces, 1);
	assert_near(sums->recipients, 3);
	assert_near(sums->told, 3);
	assert_near(sums->bytes, 2892);
	assert_int_equal(sums->counts[SYMPTOM_CONNECT_TIMEOUT], 1);
	assert_int_equal(sums->counts[SYMPTOM_BUSY], 1);
	assert_int_equal(domain("local")->recipients, 1);
	assert_int_equal(domain("example.org")->recipients, 1);
	assert_near((double)sums->ages.largest, 86400);
	assert_near((double)sums->ages.smallest, 21 * 60);
}

static void reads_exim(void **state)
{
	const struct queue_sums *sums = read_text("25m  2.9K 1xUzMc-00004i-2A <a@example.com>\n"
	                                          "        D done@example.net\n"
	                                          "          b@example.net\n"
	                                          "\n"
	                                          " 3d   573 1xUzMc-0000000004i-2A0b <> *** frozen ***\n"
	                                          "          c@example.org\n"
	                                          "\n");

	(void)state;
	assert_int_equal(known, 7);
	assert_near(sums->messages, 2);
	assert_near(sums->held, 1);
	assert_near(sums->bounces, 1);
	assert_near(sums->recipients, 2);
	assert_near(sums->told, 0);
	assert_near(sums->bytes, 2.9 * 1024 + 573);
	assert_near((double)sums->ages.largest, 3 * 86400);
	assert_near(domain("example.net")->oldest, 1500);
	assert_int_equal(domain("example.net")->recipients, 1);
}

static void reads_smtpctl(void **state)
{
	const struct queue_sums *sums =
	    read_text("e3d2f0e5ed9a17b1|inet4|mta|auth|a@example.com|b@example.net|b@example.net|1795320000|1795665600|"
	              "1795323000|2|pending|406|Network error on destination MXs\n"
	              "e3d2f0e5ed9a17b2|local|mta||a@example.com|b@example.net|c@example.org|1795320000|1795665600|"
	              "1795323000|2|inflight|4|421 4.7.0 a|b: try again later\n"
	              "e3d2f0e5ed9a17b3|local|mta||a@example.com|1795320000|2|pending|4|too few\n");

	(void)state;
	assert_int_equal(known, 2);
	assert_near(sums->messages, 2);
	assert_near(sums->active, 1);
	assert_near(sums->recipients, 2);
	assert_near(sums->told, 2);
	assert_int_equal(sums->counts[SYMPTOM_BUSY], 1);
	assert_string_equal(said, "421 4.7.0 a|b: try again later");
	assert_int_equal(domain("example.org")->recipients, 1);
	assert_near((double)sums->ages.largest, 3600);
}

static void an_empty_queue_is_one(void **state)
{
	const struct queue_sums *sums = read_text("Mail queue is empty\n/var/spool/mqueue is empty\n");

	(void)state;
	assert_int_equal(known, 2);
	assert_near(sums->listings, 2);
	assert_near(sums->messages, 0);
}

static void leaves_other_lines_alone(void **state)
{
	const struct queue_sums *sums = read_text(
	    "Nov 22 04:39:39 mx postfix/smtp[9]: 3290E1B5: to=<a@b.example>, relay=none, delay=1, status=deferred (x)\n"
	    "2026-11-22 04:39:39 1xUzMc-00004i-2A == a@b.example R=x T=y defer (110): Connection timed out\n"
	    "Nov 22 04:39:39 mx sm-mta[9]: 6AM4diYw000119: to=<a@b.example>, delay=00:00:01, stat=Deferred\n"
	    "421 4.7.0 mx Error: too many connections\n"
	    "/var/spool/postfix is on /dev/sda1\n"
	    "(a remark)\n"
	    "b@example.net\n"
	    "\n"
	    "{\"queue\": 1, \"recipients\": []}\n"
	    "25m of waiting, and then it went on\n"
	    "abcde 12 Sun it rained\n");

	(void)state;
	assert_int_equal(known, 0);
	assert_near(sums->messages, 0);
}

/* What stands between listings ends a message, and what was cut off still counts. */
static void a_listing_ends_anywhere(void **state)
{
	const struct queue_sums *sums = read_text("3290E1B5       2360 Sun Nov 22 04:00:00  a@example.com\n"
	                                          "(connect to mx.example.net[192.0.2.1]:25: Connection timed out)\n"
	                                          "Nov 22 04:39:39 mx postfix/qmgr[1]: 3290E1B5: removed\n"
	                                          "b@example.net\n"
	                                          "3290E1B6       2360 Sun Nov 22 04:00:00  a@example.com\n"
	                                          "(host mx.example.net[192.0.2.1] said: 421 4.7.0 try\n"
	                                          "again later (in reply to MAIL FROM command))\n"
	                                          "        b@example.net\n"
	                                          "3290E1B7       2360 Sun Nov 22 04:00:00  a@example.com\n");

	(void)state;
	assert_int_equal(known, 7);
	assert_near(sums->messages, 3);
	assert_near(sums->recipients, 3);
	assert_int_equal(domain("unknown")->recipients, 2);
	assert_int_equal(domain("example.net")->recipients, 1);
	assert_int_equal(sums->counts[SYMPTOM_BUSY], 1);
}

/* A stamp without a year is not in the future; a clock that is a little off makes no year of it. */
static void years_are_guessed(void **state)
{
	const struct queue_sums *sums = read_text("3290E1B5       1 Sun Nov 22 05:10:00  a@example.com\n"
	                                          "3290E1B6       1 Thu Dec 25 05:00:00  a@example.com\n"
	                                          "3290E1B7       1 Thu Dec 99 05:00:00  a@example.com\n");

	(void)state;
	assert_near(sums->messages, 2);
	assert_near((double)sums->ages.smallest, 0);
	assert_near((double)sums->ages.largest, 332 * 86400);
}

/* A million rare domains displace each other, not the one that all wait for. */
static void tables_are_bounded(void **state)
{
	char line[200];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		snprintf(line, sizeof line,
		         "%016x|local|mta||a@example.com|b@x.example|b@%s%d.example|1795320000|1|1|1|pending|1|"
		         "host h%d[192.0.2.%d] said: 450 4.2.0 Greylisted",
		         i, i % 3 == 0 ? "big" : "rare", i % 3 == 0 ? 0 : i, i, i % 256);
		add_bytes(line, strlen(line));
	}
	const struct queue_sums *sums = queue_sums(queue);
	assert_near(sums->recipients, 20000);
	assert_int_equal(domain("big0.example")->recipients, 6667);
	assert_true(sums->domains.displaced > 10000);
	const struct queue_peer *peers[1];
	assert_true(queue_heaviest(&sums->domains, peers, 1) <= QUEUE_PEERS);
	assert_string_equal(peers[0]->name, "big0.example");
	/* 13334 domains and 20000 hosts, give or take two per cent */
	assert_in_range(queue_distinct(&sums->domains), 13000, 13650);
	assert_in_range(queue_distinct(&sums->hosts), 19500, 20500);
}

static const struct fact *fact_of(const struct case_file *c, const char *name, const char *subject)
{
	const struct fact *fact = case_find_fact(c, name, subject);

	if (fact == NULL)
		fail_msg("no fact %s about %s", name, subject);
	return fact;
}

static void facts_are_clean(void **state)
{
	struct case_file *c = case_new("x");
	struct emit *e = emit_new("queue", NULL, c);

	(void)state;
	for (int i = 0; i < 12; i++) {
		char line[200];
		snprintf(line, sizeof line,
		         "3290E1%02X 10 Sun Nov 22 04:00:00 a@example.com\n"
		         "(connect to relay\x1b[2J.example[192.0.2.1]:25: Connection refused)\n"
		         " u@\x1b]0;x\x07%d.example\n\n",
		         i, i % 6);
		read_text(line);
	}
	queue_facts_emit(queue_sums(queue), e, "x");
	emit_free(e);
	assert_near(fact_of(c, "queue.messages", "x")->number, 12);
	assert_string_equal(fact_of(c, "queue.scope", "x")->text, "one-host");
	assert_string_equal(fact_of(c, "queue.main", "x")->text, "connect-refused");
	assert_near(fact_of(c, "queue.destinations", "x")->number, 6);
	assert_near(fact_of(c, "queue.recipients", "queue to \\x1b]0;x\\x070.example")->number, 2);
	for (size_t i = 0; i < c->fact_count; i++) {
		assert_null(strpbrk(c->facts[i].subject, "\x1b\x07\n"));
		if (c->facts[i].text != NULL)
			assert_null(strpbrk(c->facts[i].text, "\x1b\x07\n"));
	}
	case_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(reads_postqueue, begin, end),
	    cmocka_unit_test_setup_teardown(reads_postqueue_json, begin, end),
	    cmocka_unit_test_setup_teardown(reads_sendmail, begin, end),
	    cmocka_unit_test_setup_teardown(reads_exim, begin, end),
	    cmocka_unit_test_setup_teardown(reads_smtpctl, begin, end),
	    cmocka_unit_test_setup_teardown(an_empty_queue_is_one, begin, end),
	    cmocka_unit_test_setup_teardown(leaves_other_lines_alone, begin, end),
	    cmocka_unit_test_setup_teardown(a_listing_ends_anywhere, begin, end),
	    cmocka_unit_test_setup_teardown(years_are_guessed, begin, end),
	    cmocka_unit_test_setup_teardown(tables_are_bounded, begin, end),
	    cmocka_unit_test_setup_teardown(facts_are_clean, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
