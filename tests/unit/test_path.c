/* What answers to probes say about hops and links: pure inference, over answers written down here. */
#include "checks/mtu/path.h"

#include "base/xalloc.h"
#include "model/target.h"
#include "unit.h"

struct answer {
	int ttl, size;
	enum probe_answer answer;
	const char *from; /* NULL: nobody */
};

static struct prober prober;

static struct sockaddr_storage address(const char *text)
{
	struct sockaddr_storage a;

	assert_int_equal(address_parse(text, 0, &a), 0);
	return a;
}

static bool is_address(const struct sockaddr_storage *a, const char *text)
{
	struct sockaddr_storage b = address(text);

	return address_equal(a, &b);
}

#define TARGET "192.0.2.25"

static struct path path_with(const struct answer *answers, size_t count, int last)
{
	prober = (struct prober){.target = address(TARGET), .full = 1500, .count = count};
	prober.probes = xcalloc(count, sizeof *prober.probes);
	for (size_t i = 0; i < count; i++) {
		prober.probes[i] = (struct probe){.kind = PROBE_UDP,
		                                  .to = prober.target,
		                                  .ttl = answers[i].ttl,
		                                  .size = answers[i].size,
		                                  .asked = 1,
		                                  .answer = answers[i].answer,
		                                  .delay = 0.01 * (double)(i + 1)};
		if (answers[i].from != NULL)
			prober.probes[i].from = address(answers[i].from);
	}
	return (struct path){.prober = &prober, .kind = PROBE_UDP, .last = last, .ends_at_target = true};
}

static int free_probes(void **state)
{
	(void)state;
	free(prober.probes);
	prober.probes = NULL;
	return 0;
}

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const struct answer vanishing[] = {
    {1, 1500, PROBE_HOP, "198.51.100.1"},
    {1, 60, PROBE_HOP, "198.51.100.1"},
    {2, 1500, PROBE_HOP, "198.51.100.2"},
    {2, 60, PROBE_HOP, "198.51.100.2"},
    {3, 1500, PROBE_SILENT, NULL}, /* hop 3 answers nothing at all */
    {3, 60, PROBE_SILENT, NULL},
    {4, 1500, PROBE_SILENT, NULL},
    {4, 60, PROBE_HOP, "198.51.100.4"},
    {4, 1401, PROBE_SILENT, NULL},
    {TTL_TARGET, 60, PROBE_ARRIVED, TARGET},
    {TTL_TARGET, 1400, PROBE_ARRIVED, TARGET},
    {TTL_TARGET, 1401, PROBE_SILENT, NULL},
    {TTL_TARGET, 1500, PROBE_SILENT, NULL},
};

static void test_hops(void **state)
{
	(void)state;
	const struct path path = path_with(vanishing, COUNT(vanishing), 5);
	struct hop hop;

	path_hop(&path, 1, &hop);
	assert_true(is_address(&hop.address, "198.51.100.1"));
	assert_int_equal(hop.passed, 1500);
	assert_int_equal(hop.silent, 0);
	assert_true(hop.delay > 0.0099 && hop.delay < 0.0101); /* the quickest */
	path_hop(&path, 3, &hop);
	assert_int_equal(hop.address.ss_family, AF_UNSPEC);
	assert_int_equal(hop.silent, 0); /* its silence means nothing */
	path_hop(&path, 4, &hop);
	assert_int_equal(hop.passed, 1400); /* the target got that, so it was here */
	assert_int_equal(hop.silent, 1401);
	path_hop(&path, 5, &hop);
	assert_true(is_address(&hop.address, TARGET));
	assert_int_equal(hop.passed, 1400);
	assert_int_equal(hop.silent, 1401);
}

static void test_link_of_silence(void **state)
{
	(void)state;
	const struct path path = path_with(vanishing, COUNT(vanishing), 5);
	struct link link;

	path_link(&path, 1401, &link);
	assert_false(link.by_icmp);
	assert_int_equal(link.near.number, 2);
	assert_int_equal(link.far.number, 4); /* the mute hop is no end of a link */
	path_link(&path, 1400, &link);
	assert_int_equal(link.far.number, 0);
}

/* The router that refuses may speak from another address than the one it ends TTLs with. */
static void test_link_of_icmp(void **state)
{
	static const struct answer refusing[] = {
	    {1, 60, PROBE_HOP, "198.51.100.1"},
	    {1, 1401, PROBE_HOP, "198.51.100.1"},
	    {2, 60, PROBE_HOP, "198.51.100.2"},
	    {2, 1401, PROBE_HOP, "198.51.100.2"},
	    {3, 60, PROBE_HOP, "198.51.100.3"},
	    {3, 1401, PROBE_TOO_BIG, "198.51.100.22"},
	    {TTL_TARGET, 1400, PROBE_ARRIVED, TARGET},
	    {TTL_TARGET, 1401, PROBE_TOO_BIG, "198.51.100.22"},
	    {TTL_TARGET, 1500, PROBE_TOO_BIG, "198.51.100.22"},
	};
	const struct path path = path_with(refusing, COUNT(refusing), 4);
	struct link link;
	struct hop hop;

	(void)state;
	path_link(&path, 1401, &link);
	assert_true(link.by_icmp);
	assert_int_equal(link.near.number, 2);
	assert_true(is_address(&link.near.address, "198.51.100.22"));
	assert_int_equal(link.far.number, 3);
	path_hop(&path, 4, &hop);
	assert_int_equal(hop.refused, 1401);
	assert_int_equal(hop.silent, 0);
}

/* The very first router never gets it. */
static void test_link_of_this_machine(void **state)
{
	static const struct answer first[] = {
	    {1, 60, PROBE_HOP, "198.51.100.1"},
	    {1, 1401, PROBE_SILENT, NULL},
	    {TTL_TARGET, 1400, PROBE_ARRIVED, TARGET},
	    {TTL_TARGET, 1401, PROBE_SILENT, NULL},
	};
	const struct path path = path_with(first, COUNT(first), 2);
	struct link link;

	(void)state;
	path_link(&path, 1401, &link);
	assert_int_equal(link.near.number, 0);
	assert_int_equal(link.far.number, 1);
}

/* Echo to routers, echo where UDP is what the path answers, and what was never sent, say nothing about the way there. */
static void test_other_probes(void **state)
{
	static const struct answer answers[] = {
	    {1, 60, PROBE_HOP, "198.51.100.1"},
	    {TTL_TARGET, 1500, PROBE_ARRIVED, "198.51.100.1"},
	    {TTL_TARGET, 1499, PROBE_ARRIVED, TARGET},
	    {TTL_TARGET, 1498, PROBE_ARRIVED, TARGET},
	};
	struct path path = path_with(answers, COUNT(answers), 2);
	struct hop hop;

	(void)state;
	prober.probes[1].to = address("198.51.100.1");
	prober.probes[2].kind = PROBE_ECHO;
	prober.probes[3].asked = 0;
	path_hop(&path, 1, &hop);
	assert_int_equal(hop.passed, 60);
	path.ends_at_target = false; /* hop 2 is then some router */
	prober.probes[3].asked = 1;
	path_hop(&path, 2, &hop);
	assert_int_equal(hop.passed, 0);
}

static void test_distance(void **state)
{
	(void)state;
	assert_int_equal(path_distance(64), 1);
	assert_int_equal(path_distance(58), 7);
	assert_int_equal(path_distance(128), 1);
	assert_int_equal(path_distance(122), 7);
	assert_int_equal(path_distance(255), 1);
	assert_int_equal(path_distance(249), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(test_hops, free_probes),
	    cmocka_unit_test_teardown(test_link_of_silence, free_probes),
	    cmocka_unit_test_teardown(test_link_of_icmp, free_probes),
	    cmocka_unit_test_teardown(test_link_of_this_machine, free_probes),
	    cmocka_unit_test_teardown(test_other_probes, free_probes),
	    cmocka_unit_test(test_distance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
