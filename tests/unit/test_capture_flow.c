/* Sessions from packets made here: sequence numbers, holes, windows, the dialog, and to whom a pause belongs. */
#include "capture/flows.h"

#include "unit.h"

#include <stdio.h>

/* Two ends whose packets are made by hand. */
struct wire {
	struct flows *flows;
	uint32_t seq[SIDES];
	uint16_t port; /* of the server */
	double time;
	unsigned long number;
	uint16_t window[SIDES];
	uint8_t ttl;
	bool dropped[SIDES]; /* packets of that side are not captured */
	bool cut;            /* of payloads only this many bytes are */
	size_t snap;
};

static struct packet made(struct wire *w, enum side side, uint8_t flags, uint32_t seq, const char *text, size_t size)
{
	static const uint8_t addresses[SIDES][4] = {{192, 0, 2, 10}, {198, 51, 100, 25}};

	w->number++;
	return (struct packet){
	    .kind = PACKET_TCP,
	    .source = addresses[side],
	    .destination = addresses[other_side(side)],
	    .source_port = side == CLIENT ? 40000 : w->port,
	    .destination_port = side == CLIENT ? w->port : 40000,
	    .seq = seq,
	    .ack = w->seq[other_side(side)],
	    .flags = flags,
	    .window = w->window[side],
	    .ttl = w->ttl,
	    .scale = (flags & TCP_SYN) != 0 ? 0 : -1,
	    .mss = (flags & TCP_SYN) != 0 ? 1460 : 0,
	    .payload = (const uint8_t *)text,
	    .payload_size = size,
	    .payload_captured = size,
	};
}

static void send_at(struct wire *w, enum side side, uint8_t flags, uint32_t seq, const char *text, size_t size)
{
	struct packet p = made(w, side, flags, seq, text, size);

	if (w->dropped[side])
		return;
	if (w->cut && size > w->snap)
		p.payload_captured = w->snap;
	flows_take(w->flows, &p, w->time, w->number);
}

static void say(struct wire *w, enum side side, const char *text)
{
	const size_t size = strlen(text);

	send_at(w, side, TCP_ACK, w->seq[side], text, size);
	w->seq[side] += (uint32_t)size;
	send_at(w, other_side(side), TCP_ACK, w->seq[other_side(side)], "", 0);
}

static void close_side(struct wire *w, enum side side)
{
	send_at(w, side, TCP_ACK | TCP_FIN, w->seq[side], "", 0);
	w->seq[side]++;
}

static void connect_wire(struct wire *w)
{
	send_at(w, CLIENT, TCP_SYN, w->seq[CLIENT]++, "", 0);
	send_at(w, SERVER, TCP_SYN | TCP_ACK, w->seq[SERVER]++, "", 0);
	send_at(w, CLIENT, TCP_ACK, w->seq[CLIENT], "", 0);
}

static void open_wire(struct wire *w, uint16_t port, uint32_t first)
{
	*w = (struct wire){
	    .flows = flows_new(), .port = port, .seq = {first, first}, .window = {60000, 60000}, .ttl = 64};
	connect_wire(w);
}

/* The same where only the packets of one side are captured. */
static void open_one_sided(struct wire *w, enum side side)
{
	*w = (struct wire){.flows = flows_new(), .port = 25, .seq = {7, 7}, .window = {60000, 60000}, .ttl = 64};
	w->dropped[other_side(side)] = true;
	connect_wire(w);
}

static void greet(struct wire *w)
{
	say(w, SERVER, "220 mx.example.net ESMTP\r\n");
	say(w, CLIENT, "EHLO a\r\n");
	say(w, SERVER, "250-mx.example.net\r\n250 PIPELINING\r\n");
	say(w, CLIENT, "MAIL FROM:<>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n");
	say(w, SERVER, "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go\r\n");
}

/* The only session; the wire stays open for the caller to look at it. */
static const struct flow *ended(struct wire *w)
{
	size_t count;

	flows_end(w->flows, w->time);
	const struct flow_kept *kept = flows_kept(w->flows, &count);
	assert_int_equal(count, 1);
	return kept[0].session;
}

static void a_whole_session_over_a_wrap(void **state)
{
	struct wire w;

	(void)state;
	open_wire(&w, 25, UINT32_MAX - 40);
	greet(&w);
	say(&w, CLIENT, "Subject: x\r\n\r\nbody\r\n.\r\nQUIT\r\n");
	w.time += 2;
	say(&w, SERVER, "250 2.0.0 Ok\r\n");
	say(&w, SERVER, "221 Bye\r\n");
	close_side(&w, SERVER);
	close_side(&w, CLIENT);
	const struct flow *s = ended(&w);
	assert_int_equal(flow_outcome(s), FLOW_COMPLETE);
	assert_int_equal(s->dialog.accepted, 1);
	assert_true(s->dialog.body_total == 23);
	assert_true(s->dialog.delay[SMTP_END] > 1.9 && s->dialog.delay[SMTP_END] < 2.1);
	assert_int_equal(s->streams[CLIENT].repeats, 0);
	assert_true(stream_hole(&s->streams[CLIENT]) == 0);
	assert_int_equal(s->worst.waits, WAITS_SERVER);
	flows_free(w.flows);
}

static void the_client_is_late(void **state)
{
	struct wire w;

	(void)state;
	open_wire(&w, 25, 1000);
	greet(&w);
	w.time += 60;
	say(&w, SERVER, "421 4.4.2 Error: timeout exceeded\r\n");
	close_side(&w, SERVER);
	w.time += 30.5;
	send_at(&w, CLIENT, TCP_ACK, w.seq[CLIENT], "Subject: x\r\n", 12);
	send_at(&w, SERVER, TCP_RST, w.seq[SERVER], "", 0);
	const struct flow *s = ended(&w);
	assert_int_equal(flow_outcome(s), FLOW_SERVER_GAVE_UP);
	assert_int_equal(s->worst.waits, WAITS_CLIENT);
	assert_true(s->worst.seconds == 60);
	assert_true(s->late[CLIENT].seconds == 90.5);
	assert_int_equal(s->late[CLIENT].phase, SMTP_BODY);
	assert_true(s->gave_up[SERVER].seconds == 60);
	assert_true(s->late_after == 30.5);
	assert_true(s->reset_after_fin);
	assert_int_equal(s->dialog.refusal.code, 421);
	flows_free(w.flows);
}

static void large_segments_are_lost(void **state)
{
	static char large[1460];
	struct wire w;

	(void)state;
	memset(large, 'x', sizeof large);
	open_wire(&w, 25, 1000);
	greet(&w);
	for (int i = 0; i < 4; i++) {
		send_at(&w, CLIENT, TCP_ACK, w.seq[CLIENT], large, sizeof large);
		w.time += 1 << i;
	}
	w.time += 45;
	say(&w, SERVER, "421 4.4.2 Error: timeout exceeded\r\n");
	const struct flow *s = ended(&w);
	assert_int_equal(s->worst.waits, WAITS_NETWORK);
	assert_int_equal(s->worst.side, CLIENT);
	assert_int_equal(s->streams[CLIENT].stuck_times, 4);
	assert_int_equal(s->streams[CLIENT].stuck_size, 1460);
	assert_true(s->streams[CLIENT].passed < 100);
	assert_true(stream_unacked(&s->streams[CLIENT]) == 1460);
	flows_free(w.flows);
}

/* Taken behind the loss: only the tail of what was sent arrives. */
static void a_hole_stays(void **state)
{
	struct wire w;

	(void)state;
	open_wire(&w, 25, 1000);
	greet(&w);
	send_at(&w, CLIENT, TCP_ACK, w.seq[CLIENT] + 14600, "tail\r\n.\r\n", 9);
	send_at(&w, SERVER, TCP_ACK, w.seq[SERVER], "", 0);
	w.time += 300;
	say(&w, SERVER, "421 4.4.2 Error: timeout exceeded\r\n");
	const struct flow *s = ended(&w);
	assert_true(stream_hole(&s->streams[CLIENT]) == 14600);
	assert_int_equal(s->worst.waits, WAITS_NETWORK);
	assert_true(s->dialog.body_total == 0);
	flows_free(w.flows);
}

/* What the receiver acknowledged and the capture does not hold was lost by the capture, not by the network. */
static void the_capture_missed_something(void **state)
{
	struct wire w;

	(void)state;
	open_wire(&w, 25, 1000);
	greet(&w);
	w.seq[CLIENT] += 5000;
	say(&w, CLIENT, "end\r\n.\r\n");
	say(&w, SERVER, "250 2.0.0 Ok\r\n");
	const struct flow *s = ended(&w);
	assert_true(s->streams[CLIENT].missed == 5000);
	assert_true(stream_hole(&s->streams[CLIENT]) == 0);
	assert_int_equal(s->dialog.accepted, 1);
	flows_free(w.flows);
}

static void segments_out_of_order_and_again(void **state)
{
	struct wire w;

	(void)state;
	open_wire(&w, 25, 1000);
	send_at(&w, SERVER, TCP_ACK, w.seq[SERVER] + 8, "ESMTP\r\n", 7);
	send_at(&w, SERVER, TCP_ACK, w.seq[SERVER], "220 x.y ", 8);
	w.time += 0.3;
	send_at(&w, SERVER, TCP_ACK, w.seq[SERVER], "220 x.y ESMTP\r\n", 15);
	w.seq[SERVER] += 15;
	send_at(&w, CLIENT, TCP_ACK, w.seq[CLIENT], "", 0);
	const struct flow *s = ended(&w);
	assert_int_equal(s->dialog.banner.code, 220);
	assert_string_equal(s->dialog.banner.text, "x.y ESMTP");
	assert_int_equal(s->streams[SERVER].repeats, 1);
	assert_int_equal(s->dialog.replies, 1);
	flows_free(w.flows);
}

static void the_window_is_closed(void **state)
{
	struct wire w;

	(void)state;
	open_wire(&w, 25, 1000);
	greet(&w);
	w.window[SERVER] = 0;
	say(&w, CLIENT, "Subject: x\r\n");
	for (int i = 0; i < 4; i++) {
		w.time += 30;
		send_at(&w, CLIENT, TCP_ACK, w.seq[CLIENT] - 1, "", 0); /* a probe of the window */
		send_at(&w, SERVER, TCP_ACK, w.seq[SERVER], "", 0);
	}
	w.window[SERVER] = 60000;
	send_at(&w, SERVER, TCP_ACK, w.seq[SERVER], "", 0);
	say(&w, CLIENT, "body\r\n");
	const struct flow *s = ended(&w);
	assert_int_equal(s->worst.waits, WAITS_WINDOW);
	assert_int_equal(s->worst.side, SERVER);
	assert_true(s->streams[CLIENT].closed_longest == 120);
	assert_int_equal(s->streams[CLIENT].probes, 4);
	assert_int_equal(s->streams[CLIENT].repeats, 0);
	flows_free(w.flows);
}

static void nobody_has_to_speak_between_messages(void **state)
{
	struct wire w;

	(void)state;
	open_wire(&w, 25, 1000);
	greet(&w);
	say(&w, CLIENT, "x\r\n.\r\n");
	say(&w, SERVER, "250 2.0.0 Ok\r\n");
	w.time += 300;
	say(&w, SERVER, "421 4.4.2 Error: timeout exceeded\r\n");
	close_side(&w, SERVER);
	const struct flow *s = ended(&w);
	assert_int_equal(flow_outcome(s), FLOW_COMPLETE);
	assert_true(s->worst.seconds == 0);
	assert_true(s->idle_s == 300);
	flows_free(w.flows);
}

static void other_protocols_are_dropped(void **state)
{
	struct wire w;

	(void)state;
	open_wire(&w, 8080, 1000);
	say(&w, CLIENT, "GET / HTTP/1.1\r\n\r\n");
	say(&w, SERVER, "HTTP/1.1 200 OK\r\n\r\n");
	flows_end(w.flows, w.time);
	assert_int_equal(flows_totals(w.flows)->sessions, 0);
	flows_free(w.flows);
	open_wire(&w, 2526, 1000);
	greet(&w);
	flows_end(w.flows, w.time);
	assert_int_equal(flows_totals(w.flows)->sessions, 1);
	flows_free(w.flows);
}

static void a_reset_from_another_machine(void **state)
{
	struct wire w;

	(void)state;
	open_wire(&w, 25, 1000);
	greet(&w);
	w.ttl = 250;
	send_at(&w, SERVER, TCP_RST, w.seq[SERVER], "", 0);
	assert_true(ended(&w)->reset_odd);
	flows_free(w.flows);
	open_wire(&w, 25, 1000);
	greet(&w);
	send_at(&w, SERVER, TCP_RST, w.seq[SERVER], "", 0);
	assert_false(ended(&w)->reset_odd);
	flows_free(w.flows);
}

static void credentials_and_content_are_not_kept(void **state)
{
	struct wire w;

	(void)state;
	open_wire(&w, 587, 1000);
	say(&w, SERVER, "220 mx ESMTP\r\n");
	say(&w, CLIENT, "EHLO a\r\n");
	say(&w, SERVER, "250 AUTH\r\n");
	say(&w, CLIENT, "AUTH PLAIN c2VjcmV0\r\n");
	say(&w, SERVER, "235 ok\r\n");
	say(&w, CLIENT, "AUTH LOGIN\r\n");
	say(&w, SERVER, "334 VXNlcg==\r\n");
	say(&w, CLIENT, "c2VjcmV0\r\n");
	say(&w, SERVER, "535 no\r\n");
	const struct flow *s = ended(&w);
	for (size_t i = 0; i < ladder_kept(&s->detail->ladder); i++) {
		const struct step *step = ladder_step(&s->detail->ladder, i);
		if (step->kind == STEP_LINE)
			assert_null(strstr(step->text, "c2Vj"));
	}
	flows_free(w.flows);
}

/* More sessions than the table holds, and ways of going wrong than are kept. */
static void tables_keep_to_their_sizes(void **state)
{
	struct flows *flows = flows_new();
	size_t count;

	(void)state;
	for (unsigned i = 0; i < FLOWS_MAX + 500; i++) {
		const uint8_t client[4] = {10, 1, (uint8_t)(i >> 8), (uint8_t)i};
		const uint8_t server[4] = {198, 51, 100, (uint8_t)(i % 40)};
		const struct packet syn = {.kind = PACKET_TCP,
		                           .source = client,
		                           .destination = server,
		                           .source_port = 1025,
		                           .destination_port = 25,
		                           .flags = TCP_SYN,
		                           .scale = -1};
		assert_true(flows_take(flows, &syn, i * 0.001, i + 1));
	}
	flows_end(flows, 10);
	flows_kept(flows, &count);
	assert_int_equal(count, FLOWS_KEPT);
	assert_int_equal(flows_totals(flows)->sessions, FLOWS_MAX + 500);
	assert_int_equal(flows_totals(flows)->displaced, 500);
	assert_true(flows_totals(flows)->left_out > 0);
	flows_free(flows);
}

/* What RCPT was refused for is the reason, not that DATA then has no recipient. */
static void the_first_refusal_counts(void **state)
{
	struct wire w;

	(void)state;
	open_wire(&w, 25, 1000);
	say(&w, SERVER, "220 mx.example.net ESMTP\r\n");
	say(&w, CLIENT, "EHLO a\r\n");
	say(&w, SERVER, "250-mx.example.net\r\n250 PIPELINING\r\n");
	say(&w, CLIENT, "MAIL FROM:<>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n");
	say(&w, SERVER, "250 2.1.0 Ok\r\n550 5.1.1 User unknown\r\n554 5.5.1 Error: no valid recipients\r\n");
	assert_int_equal(ended(&w)->dialog.refusal.code, 550);
	flows_free(w.flows);
}

/* A snap length of 96 behind IPv6: RCPT and DATA in one segment, of which ten bytes are captured. */
static void content_is_not_taken_for_commands(void **state)
{
	struct wire w;

	(void)state;
	open_wire(&w, 25, 1000);
	w.cut = true;
	w.snap = 10;
	say(&w, SERVER, "220 mx.example.net ESMTP\r\n");
	say(&w, CLIENT, "EHLO a.example.com\r\n");
	say(&w, SERVER, "250 mx.example.net\r\n");
	say(&w, CLIENT, "MAIL FROM:<a@example.com>\r\n");
	say(&w, SERVER, "250 2.1.0 Ok\r\n");
	say(&w, CLIENT, "RCPT TO:<b@example.net>\r\nDATA\r\n");
	say(&w, SERVER, "250 2.1.5 Ok\r\n354 Go\r\n");
	say(&w, CLIENT, "secret words\r\nand more of them\r\n.\r\n");
	w.time += 75;
	say(&w, SERVER, "250 2.0.0 Ok\r\n");
	const struct flow *s = ended(&w);
	for (size_t i = 0; i < ladder_kept(&s->detail->ladder); i++) {
		const struct step *step = ladder_step(&s->detail->ladder, i);
		if (step->kind == STEP_LINE)
			assert_null(strstr(step->text, "secret"));
	}
	assert_true(s->dialog.delay[SMTP_END] == 75);
	assert_int_equal(s->worst.waits, WAITS_SERVER);
	flows_free(w.flows);
}

/* Taken behind the loss: each segment that fills a hole late was sent again, those that were only overtaken were not. */
static void holes_that_are_filled(void **state)
{
	static char part[100];
	struct wire w;

	(void)state;
	memset(part, 'x', sizeof part);
	open_wire(&w, 25, 1000);
	greet(&w);
	send_at(&w, CLIENT, TCP_ACK, w.seq[CLIENT] + 300, part, sizeof part);
	w.time += 0.004;
	send_at(&w, CLIENT, TCP_ACK, w.seq[CLIENT], part, sizeof part); /* overtaken */
	w.time += 0.3;
	send_at(&w, CLIENT, TCP_ACK, w.seq[CLIENT] + 100, part, sizeof part);
	send_at(&w, CLIENT, TCP_ACK, w.seq[CLIENT] + 200, part, sizeof part);
	assert_int_equal(ended(&w)->streams[CLIENT].repaired, 2);
	flows_free(w.flows);
}

/* --- where only one direction was captured */

static void a_late_client_seen_alone(void **state)
{
	struct wire w;

	(void)state;
	open_one_sided(&w, CLIENT);
	greet(&w);
	w.time += 60;
	say(&w, SERVER, "421 4.4.2 Error: timeout exceeded\r\n"); /* only its acknowledgement is captured */
	w.time += 30.5;
	send_at(&w, CLIENT, TCP_ACK, w.seq[CLIENT], "Subject: x\r\n", 12);
	const struct flow *s = ended(&w);
	assert_true(flow_is_one_sided(s));
	assert_int_equal(flow_outcome(s), FLOW_SERVER_GAVE_UP);
	assert_int_equal(s->worst.waits, WAITS_CLIENT);
	assert_true(s->gave_up[SERVER].seconds == 60);
	assert_true(s->late_after == 30.5);
	flows_free(w.flows);
}

static void a_slow_server_seen_alone(void **state)
{
	struct wire w;

	(void)state;
	open_one_sided(&w, SERVER);
	greet(&w);
	say(&w, CLIENT, "Subject: x\r\n\r\nbody\r\n.\r\n"); /* whether the dot was among it nobody saw */
	w.time += 75;
	say(&w, SERVER, "250 2.0.0 Ok\r\n");
	say(&w, CLIENT, "QUIT\r\n");
	say(&w, SERVER, "221 Bye\r\n");
	const struct flow *s = ended(&w);
	assert_int_equal(flow_outcome(s), FLOW_COMPLETE);
	assert_int_equal(s->worst.waits, WAITS_SERVER);
	assert_int_equal(s->worst.phase, SMTP_END);
	assert_true(s->dialog.delay[SMTP_END] == 75);
	flows_free(w.flows);
}

/* Of a client that is not heard of nothing but repeats is seen; what the server says meanwhile is no answer. */
static void a_stuck_client_seen_alone(void **state)
{
	static char large[1460];
	struct wire w;

	(void)state;
	memset(large, 'x', sizeof large);
	open_one_sided(&w, CLIENT);
	greet(&w);
	send_at(&w, CLIENT, TCP_ACK, w.seq[CLIENT], large, sizeof large);
	for (int i = 0; i < 2; i++) { /* the second a probe of whether the tail got lost (RFC 8985 7) */
		send_at(&w, CLIENT, TCP_ACK, w.seq[CLIENT] + sizeof large, "tail\r\n.\r\n", 9);
		w.time += 0.1;
	}
	for (int i = 0; i < 4; i++) {
		w.time += 1 << i;
		send_at(&w, CLIENT, TCP_ACK, w.seq[CLIENT], large, sizeof large);
	}
	w.time += 45;
	say(&w, SERVER, "421 4.4.2 Error: timeout exceeded\r\n");
	const struct flow *s = ended(&w);
	assert_int_equal(flow_outcome(s), FLOW_SERVER_GAVE_UP);
	assert_int_equal(s->worst.waits, WAITS_NETWORK);
	assert_int_equal(s->streams[CLIENT].stuck_times, 5);
	flows_free(w.flows);
}

/* --- where only headers were captured */

/* From the greeting to the reply to the message, which takes 40 s. */
static const struct flow *cut_session(struct wire *w, size_t snap)
{
	static char message[900];

	memset(message, 'x', sizeof message - 1);
	open_wire(w, 25, 1000);
	w->cut = true;
	w->snap = snap;
	w->time += 8;
	say(w, SERVER, "220 mx.example.net ESMTP\r\n");
	say(w, CLIENT, "EHLO mail.example.com\r\n");
	say(w, SERVER, "250 mx.example.net\r\n");
	say(w, CLIENT, "MAIL FROM:<a@example.com>\r\n");
	say(w, SERVER, "250 2.1.0 Ok\r\n");
	say(w, CLIENT, "RCPT TO:<b@example.net>\r\n");
	say(w, SERVER, "250 2.1.5 Ok\r\n");
	say(w, CLIENT, "DATA\r\n");
	say(w, SERVER, "354 Go\r\n");
	say(w, CLIENT, message);
	w->time += 40;
	say(w, SERVER, "250 2.0.0 Ok\r\n");
	w->time += 300; /* the session is kept for the next message */
	say(w, CLIENT, "QUIT\r\n");
	say(w, SERVER, "221 Bye\r\n");
	close_side(w, SERVER);
	close_side(w, CLIENT);
	return ended(w);
}

static void phases_by_sizes(void **state)
{
	(void)state;
	for (size_t snap = 0; snap <= 3; snap++) {
		struct wire w;
		const struct flow *s = cut_session(&w, snap);
		assert_int_equal(flow_outcome(s), FLOW_UNREAD);
		assert_true(s->dialog.guessed);
		assert_true(s->dialog.delay[SMTP_BANNER] == 8);
		assert_true(s->dialog.delay[SMTP_END] == 40);
		assert_int_equal(s->worst.waits, WAITS_SERVER);
		assert_int_equal(s->worst.phase, SMTP_END);
		assert_true(s->worst.seconds == 40);
		assert_true(s->dialog.quit);
		flows_free(w.flows);
	}
}

static void a_refusal_by_its_first_letters(void **state)
{
	struct wire w;

	(void)state;
	open_wire(&w, 25, 1000);
	w.cut = true;
	w.snap = 2;
	say(&w, SERVER, "421 4.7.0 Too many connections\r\n");
	close_side(&w, SERVER);
	close_side(&w, CLIENT);
	assert_int_equal(flow_outcome(ended(&w)), FLOW_REFUSED);
	flows_free(w.flows);
}

/* "421 Lost connection" is said to somebody who has left; "550" to a command that was sent before leaving is a refusal. */
static void a_client_that_leaves_in_its_message_is_not_refused(void **state)
{
	struct wire w;

	(void)state;
	open_wire(&w, 25, 1000);
	greet(&w);
	say(&w, CLIENT, "Subject: x\r\n\r\nhalf of it\r\n");
	close_side(&w, CLIENT);
	say(&w, SERVER, "421 mx.example.net lost input connection\r\n");
	close_side(&w, SERVER);
	assert_int_equal(flow_outcome(ended(&w)), FLOW_CLIENT_CLOSED);
	flows_free(w.flows);

	open_wire(&w, 25, 1000);
	say(&w, SERVER, "220 mx.example.net ESMTP\r\n");
	say(&w, CLIENT, "EHLO a\r\nMAIL FROM:<a@example.org>\r\n");
	close_side(&w, CLIENT);
	say(&w, SERVER, "250 mx.example.net\r\n550 5.1.8 Domain not found\r\n");
	close_side(&w, SERVER);
	assert_int_equal(flow_outcome(ended(&w)), FLOW_REFUSED);
	flows_free(w.flows);
}

/* Nobody waits a minute for an acknowledgement without sending again: the capture missed it. */
static void an_acknowledgement_that_the_capture_missed(void **state)
{
	struct wire w;

	(void)state;
	open_wire(&w, 25, 1000);
	say(&w, SERVER, "220 mx.example.net ESMTP\r\n");
	say(&w, CLIENT, "EHLO a\r\n");
	send_at(&w, SERVER, TCP_ACK, w.seq[SERVER], "250 x\r\n", 7);
	w.seq[SERVER] += 7;
	w.time += 60;
	send_at(&w, SERVER, TCP_ACK, w.seq[SERVER], "421 4.4.2 Error: timeout exceeded\r\n", 35);
	const struct flow *s = ended(&w);
	assert_int_equal(s->worst.waits, WAITS_CLIENT);
	flows_free(w.flows);
}

/* Exchange and Sendmail end a message that does not come with 451. */
static void a_farewell_that_is_no_421(void **state)
{
	struct wire w;

	(void)state;
	open_wire(&w, 25, 1000);
	greet(&w);
	w.time += 300;
	say(&w, SERVER, "451 4.7.0 Timeout waiting for client input\r\n");
	close_side(&w, SERVER);
	const struct flow *s = ended(&w);
	assert_int_equal(flow_outcome(s), FLOW_SERVER_GAVE_UP);
	assert_int_equal(s->worst.waits, WAITS_CLIENT);
	assert_int_equal(s->dialog.through, 0);
	flows_free(w.flows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_whole_session_over_a_wrap),
	    cmocka_unit_test(the_client_is_late),
	    cmocka_unit_test(large_segments_are_lost),
	    cmocka_unit_test(a_hole_stays),
	    cmocka_unit_test(the_capture_missed_something),
	    cmocka_unit_test(segments_out_of_order_and_again),
	    cmocka_unit_test(the_window_is_closed),
	    cmocka_unit_test(nobody_has_to_speak_between_messages),
	    cmocka_unit_test(other_protocols_are_dropped),
	    cmocka_unit_test(a_reset_from_another_machine),
	    cmocka_unit_test(credentials_and_content_are_not_kept),
	    cmocka_unit_test(tables_keep_to_their_sizes),
	    cmocka_unit_test(the_first_refusal_counts),
	    cmocka_unit_test(holes_that_are_filled),
	    cmocka_unit_test(content_is_not_taken_for_commands),
	    cmocka_unit_test(a_late_client_seen_alone),
	    cmocka_unit_test(a_slow_server_seen_alone),
	    cmocka_unit_test(a_stuck_client_seen_alone),
	    cmocka_unit_test(phases_by_sizes),
	    cmocka_unit_test(a_refusal_by_its_first_letters),
	    cmocka_unit_test(a_client_that_leaves_in_its_message_is_not_refused),
	    cmocka_unit_test(an_acknowledgement_that_the_capture_missed),
	    cmocka_unit_test(a_farewell_that_is_no_421),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
