/* One session in two captures, from packets made here: clocks, what vanished, what was changed. */
#include "capture/join.h"

#include "unit.h"

#include <stdlib.h>

#define DELAY 0.01
#define AHEAD 5.0 /* s, the clock of the server's end */

static struct trace_record *add(struct trace *t, enum side side, double time, uint32_t seq, uint32_t size)
{
	struct trace_record *r = &t->records[t->count++];

	*r = (struct trace_record){.time = time,
	                           .seq = seq,
	                           .size = size,
	                           .side = (uint8_t)side,
	                           .number = (uint32_t)t->count,
	                           .flags = TCP_ACK};
	t->end = time > t->end ? time : t->end;
	return r;
}

struct pair {
	struct trace client, server;
	double time;
	uint32_t seq[SIDES];
};

static void begin(struct pair *p)
{
	*p = (struct pair){.seq = {100, 4294967290u}, .time = 1};
	p->client.records = calloc(100, sizeof *p->client.records);
	p->server.records = calloc(100, sizeof *p->server.records);
}

static void end(struct pair *p)
{
	trace_done(&p->client);
	trace_done(&p->server);
}

/* Leaves that side's end and, unless it is lost, arrives at the other. Everything before it is acknowledged. */
static void cross(struct pair *p, enum side side, uint32_t size, bool lost)
{
	struct trace *near = side == CLIENT ? &p->client : &p->server;
	struct trace *far = side == CLIENT ? &p->server : &p->client;
	const double here = side == CLIENT ? 0 : AHEAD, there = side == CLIENT ? AHEAD : 0;

	add(near, side, p->time + here, p->seq[side], size)->ack = p->seq[other_side(side)];
	if (!lost)
		add(far, side, p->time + there + DELAY, p->seq[side], size)->ack = p->seq[other_side(side)];
	p->time += 0.05;
}

static void talk(struct pair *p, enum side side, uint32_t size)
{
	cross(p, side, size, false);
	p->seq[side] += size;
}

static void greet(struct pair *p)
{
	talk(p, SERVER, 30);
	talk(p, CLIENT, 20);
	talk(p, SERVER, 90);
	talk(p, CLIENT, 40);
	talk(p, SERVER, 14);
}

static void ends_and_clocks(void **state)
{
	struct joined j;
	struct pair p;

	(void)state;
	begin(&p);
	greet(&p);
	assert_true(join(&p.server, &p.client, &j)); /* whichever is named first */
	assert_ptr_equal(j.ends[CLIENT], &p.client);
	assert_true(j.offset > AHEAD - 1e-6 && j.offset < AHEAD + 1e-6);
	assert_true(j.delay > DELAY - 1e-6 && j.delay < DELAY + 1e-6);
	assert_int_equal(j.sides[CLIENT].vanished + j.sides[SERVER].vanished, 0);
	assert_int_equal(j.sides[CLIENT].sent, 2);
	assert_int_equal(j.sides[SERVER].largest, 90);
	assert_int_equal(j.step_count, 5);
	joined_done(&j);
	end(&p);
}

static void large_ones_vanish(void **state)
{
	struct joined j;
	struct pair p;

	(void)state;
	begin(&p);
	greet(&p);
	for (int i = 0; i < 4; i++)
		cross(&p, CLIENT, 1460, true);
	p.seq[CLIENT] += 1460;
	cross(&p, CLIENT, 200, false);
	p.seq[CLIENT] -= 1460; /* which is all that the server acknowledges */
	talk(&p, SERVER, 50);
	assert_true(join(&p.client, &p.server, &j));
	assert_int_equal(j.sides[CLIENT].vanished, 1);
	assert_int_equal(j.sides[CLIENT].times, 4);
	assert_int_equal(j.sides[CLIENT].smallest, 1460);
	assert_int_equal(j.sides[CLIENT].largest, 200);
	assert_int_equal(j.sides[CLIENT].lost, 4);
	assert_true(j.sides[CLIENT].later);
	assert_int_equal(j.sides[SERVER].vanished, 0);
	joined_done(&j);
	end(&p);
}

/* What was acknowledged arrived, even where the capture does not hold it. */
static void what_a_recorder_missed(void **state)
{
	struct joined j;
	struct pair p;

	(void)state;
	begin(&p);
	greet(&p);
	cross(&p, CLIENT, 1460, true);
	p.seq[CLIENT] += 1460;
	talk(&p, SERVER, 14);
	assert_true(join(&p.client, &p.server, &j));
	assert_int_equal(j.sides[CLIENT].vanished, 0);
	assert_int_equal(j.sides[CLIENT].lost, 0);
	joined_done(&j);
	end(&p);
}

static void what_was_changed_on_the_way(void **state)
{
	struct joined j;
	struct pair p;

	(void)state;
	begin(&p);
	greet(&p);
	for (size_t i = 0; i < p.client.count; i++)
		p.client.records[i].letters = p.server.records[i].letters = (uint32_t)i + 1;
	p.client.records[0].letters = 77;
	add(&p.client, SERVER, p.time, p.seq[SERVER], 0)->flags = TCP_RST;
	assert_true(join(&p.client, &p.server, &j));
	assert_int_equal(j.rewritten, 1);
	assert_true(j.forged[SERVER]);
	assert_false(j.forged[CLIENT]);
	joined_done(&j);
	end(&p);
}

/* A firewall that makes up sequence numbers of its own, and captures that begin after the SYNs. */
static void what_is_said_places_it(void **state)
{
	struct joined j;
	struct pair p;

	(void)state;
	begin(&p);
	greet(&p);
	cross(&p, CLIENT, 1460, true);
	cross(&p, CLIENT, 1460, true);
	for (size_t i = 0; i < p.client.count; i++)
		p.client.records[i].letters = (uint32_t)i + 1;
	for (size_t i = 0; i < p.server.count; i++) {
		struct trace_record *r = &p.server.records[i];
		r->letters = (uint32_t)i + 1;
		r->seq += r->side == CLIENT ? 1000003 : 4000000005u;
		r->ack += r->side == CLIENT ? 4000000005u : 1000003;
	}
	assert_true(join(&p.client, &p.server, &j));
	assert_int_equal(j.sides[CLIENT].sent, 3);
	assert_int_equal(j.sides[CLIENT].vanished, 1);
	assert_int_equal(j.sides[SERVER].vanished, 0);
	joined_done(&j);
	end(&p);
}

static void others_are_not_joined(void **state)
{
	struct pair p, q;
	struct joined j;

	(void)state;
	begin(&p);
	greet(&p);
	begin(&q);
	q.seq[CLIENT] = 5000;
	greet(&q);
	assert_false(join(&p.client, &q.server, &j)); /* other numbers */
	joined_done(&j);
	assert_false(join(&p.client, &p.client, &j)); /* no way between them */
	joined_done(&j);
	end(&p);
	end(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ends_and_clocks),        cmocka_unit_test(large_ones_vanish),
	    cmocka_unit_test(what_a_recorder_missed), cmocka_unit_test(what_was_changed_on_the_way),
	    cmocka_unit_test(what_is_said_places_it), cmocka_unit_test(others_are_not_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
