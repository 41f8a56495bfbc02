#include "dns/engine.h"

#include "base/clock.h"
#include "base/xalloc.h"
#include "dns/message.h"

#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LENGTH_SIZE   2  /* before each message over TCP (RFC 1035 4.2.2) */
#define DATAGRAMS_MAX 16 /* read from one socket in one turn, so that a flood starves nobody else */

enum stage { STAGE_UDP, STAGE_TCP_SEND, STAGE_TCP_READ, STAGE_ANSWERED };

/* One question under way. */
struct exchange {
	struct dns_question question;
	dns_on_answer *on_answer;
	void *context;
	enum stage stage;
	int fd; /* -1: none */
	double began, send_again_at, give_up_at;
	int sent;
	bool heard_nonsense;                               /* messages came that were no answer to this question */
	unsigned char query[LENGTH_SIZE + DNS_QUERY_SIZE]; /* as TCP wants it */
	size_t query_size;                                 /* without the length before it */
	unsigned char *stream;                             /* TCP: length and answer */
	size_t stream_done;                                /* bytes sent or read */
};

struct dns_engine {
	double try_s;
	int tries;
	double deadline;
	bool stopped;
	struct exchange **exchanges;
	size_t count, room;
	struct pollfd *fds;
	size_t fds_room;
	unsigned char datagram[DNS_MESSAGE_SIZE];
};

struct dns_engine *dns_engine_new(double try_s, int tries, double deadline)
{
	struct dns_engine *engine = xcalloc(1, sizeof *engine);

	engine->try_s = try_s;
	engine->tries = tries;
	engine->deadline = deadline;
	return engine;
}

static void exchange_free(struct exchange *x)
{
	if (x->fd >= 0)
		close(x->fd);
	dns_answer_done(&x->question.answer);
	free(x->stream);
	free(x);
}

void dns_engine_free(struct dns_engine *engine)
{
	for (size_t i = 0; i < engine->count; i++)
		exchange_free(engine->exchanges[i]);
	free(engine->exchanges);
	free(engine->fds);
	free(engine);
}

void dns_engine_stop(struct dns_engine *engine)
{
	engine->stopped = true;
}

static void finish(struct exchange *x, enum dns_state state, double now)
{
	x->question.answer.state = state;
	x->question.answer.seconds = now - x->began;
	x->stage = STAGE_ANSWERED;
}

static void finish_read(struct exchange *x, const unsigned char *message, size_t size, double now)
{
	dns_message_read(message, size, x->question.name, x->question.type, &x->question.answer);
	finish(x, x->question.answer.state, now);
}

/* A socket that hears nobody but the question's server: answers from elsewhere never reach us. */
static void open_socket(struct exchange *x, int type, double now)
{
	const struct sockaddr_storage *server = &x->question.server;

	if (x->fd >= 0)
		close(x->fd);
	x->fd = socket(server->ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (x->fd < 0 ||
	    (connect(x->fd, (const struct sockaddr *)server, address_size(server)) != 0 && errno != EINPROGRESS))
		finish(x, DNS_UNREACHABLE, now);
}

static bool is_transient(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR || error == ENOBUFS;
}

static void send_datagram(const struct dns_engine *engine, struct exchange *x, double now)
{
	ssize_t sent = send(x->fd, x->query + LENGTH_SIZE, x->query_size, MSG_NOSIGNAL);

	x->question.answer.retries = x->sent++;
	x->send_again_at = x->sent < engine->tries ? now + engine->try_s : INFINITY;
	if (sent < 0 && !is_transient(errno))
		finish(x, DNS_UNREACHABLE, now);
}

static void begin_tcp(const struct dns_engine *engine, struct exchange *x, double now)
{
	x->question.answer.tcp = true;
	x->send_again_at = INFINITY;
	x->give_up_at = now + engine->try_s * engine->tries;
	x->stage = STAGE_TCP_SEND;
	open_socket(x, SOCK_STREAM, now);
}

static void read_datagrams(struct dns_engine *engine, struct exchange *x, double now)
{
	for (int i = 0; i < DATAGRAMS_MAX && x->stage == STAGE_UDP; i++) {
		ssize_t size = recv(x->fd, engine->datagram, sizeof engine->datagram, 0);
		if (size < 0 && is_transient(errno))
			return;
		if (size < 0)
			finish(x, DNS_UNREACHABLE, now);
		else if (!dns_message_answers(x->query + LENGTH_SIZE, x->query_size, engine->datagram, (size_t)size))
			x->heard_nonsense = true;
		else if (dns_message_is_cut(engine->datagram))
			begin_tcp(engine, x, now);
		else
			finish_read(x, engine->datagram, (size_t)size, now);
	}
}

static void send_stream(struct exchange *x, double now)
{
	const size_t size = LENGTH_SIZE + x->query_size;
	ssize_t sent = send(x->fd, x->query + x->stream_done, size - x->stream_done, MSG_NOSIGNAL);

	if (sent < 0 && is_transient(errno))
		return;
	if (sent < 0) { /* also when there was no connection */
		finish(x, DNS_UNREACHABLE, now);
		return;
	}
	x->stream_done += (size_t)sent;
	if (x->stream_done == size) {
		x->stage = STAGE_TCP_READ;
		x->stream_done = 0;
		x->stream = xmalloc(LENGTH_SIZE + DNS_MESSAGE_SIZE);
	}
}

/* Reads up to the end of the message, whose size stands before it; a server that stops earlier has given no answer. */
static void read_stream(struct exchange *x, double now)
{
	const unsigned char *message = x->stream + LENGTH_SIZE;
	size_t wanted = LENGTH_SIZE;

	if (x->stream_done >= LENGTH_SIZE)
		wanted += (size_t)(x->stream[0] << 8 | x->stream[1]);
	ssize_t size = recv(x->fd, x->stream + x->stream_done, wanted - x->stream_done, 0);
	if (size < 0 && is_transient(errno))
		return;
	if (size <= 0) {
		finish(x, DNS_MALFORMED, now);
		return;
	}
	x->stream_done += (size_t)size;
	if (x->stream_done == LENGTH_SIZE)
		wanted += (size_t)(x->stream[0] << 8 | x->stream[1]);
	if (x->stream_done < wanted)
		return;
	if (dns_message_answers(x->query + LENGTH_SIZE, x->query_size, message, wanted - LENGTH_SIZE))
		finish_read(x, message, wanted - LENGTH_SIZE, now);
	else
		finish(x, DNS_MALFORMED, now);
}

static void handle_event(struct dns_engine *engine, struct exchange *x, double now)
{
	switch (x->stage) {
	case STAGE_UDP:
		read_datagrams(engine, x, now);
		break;
	case STAGE_TCP_SEND:
		send_stream(x, now);
		break;
	case STAGE_TCP_READ:
		read_stream(x, now);
		break;
	case STAGE_ANSWERED:
		break;
	}
}

static void handle_time(const struct dns_engine *engine, struct exchange *x, double now)
{
	if (now >= x->give_up_at || now >= engine->deadline)
		finish(x, x->heard_nonsense ? DNS_MALFORMED : DNS_TIMEOUT, now);
	else if (now >= x->send_again_at)
		send_datagram(engine, x, now);
}

bool dns_engine_ask(struct dns_engine *engine, const char *name, int type, const struct sockaddr_storage *server,
                    bool recursive, dns_on_answer *on_answer, void *context)
{
	const double now = clock_now();
	struct exchange *x = xcalloc(1, sizeof *x);

	*x = (struct exchange){.on_answer = on_answer, .context = context, .fd = -1, .began = now};
	x->question.type = type;
	x->question.server = *server;
	x->question.recursive = recursive;
	x->give_up_at = now + engine->try_s * engine->tries;
	snprintf(x->question.name, sizeof x->question.name, "%s", name);
	x->query_size = dns_query_build(x->question.name, type, recursive, x->query + LENGTH_SIZE);
	if (x->query_size == 0 || engine->stopped || now >= engine->deadline) {
		exchange_free(x);
		return false;
	}
	x->query[0] = (unsigned char)(x->query_size >> 8);
	x->query[1] = (unsigned char)(x->query_size & 0xff);
	open_socket(x, SOCK_DGRAM, now);
	if (x->stage != STAGE_ANSWERED)
		send_datagram(engine, x, now);
	engine->exchanges = xgrow(engine->exchanges, engine->count, &engine->room, sizeof *engine->exchanges);
	engine->exchanges[engine->count++] = x;
	return true;
}

/* Waits for the first of: something to read or write, a time to send again or to give up. */
static void wait_for_event(struct dns_engine *engine)
{
	double wake_at = engine->deadline;

	if (engine->fds_room < engine->count) {
		engine->fds = xrealloc(engine->fds, engine->room, sizeof *engine->fds);
		engine->fds_room = engine->room;
	}
	for (size_t i = 0; i < engine->count; i++) {
		const struct exchange *x = engine->exchanges[i];
		engine->fds[i] = (struct pollfd){.fd = x->fd, .events = x->stage == STAGE_TCP_SEND ? POLLOUT : POLLIN};
		if (x->stage == STAGE_ANSWERED) { /* it failed at once: nothing to wait for */
			engine->fds[i].fd = -1;
			wake_at = 0;
		}
		wake_at = fmin(wake_at, fmin(x->send_again_at, x->give_up_at));
	}
	if (poll(engine->fds, engine->count, clock_ms_until(wake_at)) < 0 && errno != EINTR)
		die("poll failed");
}

/* Drops what has been answered. */
static void sweep(struct dns_engine *engine)
{
	size_t kept = 0;

	for (size_t i = 0; i < engine->count; i++) {
		if (engine->exchanges[i]->stage == STAGE_ANSWERED)
			exchange_free(engine->exchanges[i]);
		else
			engine->exchanges[kept++] = engine->exchanges[i];
	}
	engine->count = kept;
}

void dns_engine_run(struct dns_engine *engine)
{
	while (engine->count > 0 && !engine->stopped) {
		wait_for_event(engine);
		const double now = clock_now();
		const size_t count = engine->count; /* callbacks add more; their turn is the next one */
		for (size_t i = 0; i < count && !engine->stopped; i++) {
			struct exchange *x = engine->exchanges[i];
			if (engine->fds[i].revents != 0)
				handle_event(engine, x, now);
			if (x->stage != STAGE_ANSWERED)
				handle_time(engine, x, now);
			if (x->stage == STAGE_ANSWERED)
				x->on_answer(&x->question, x->context);
		}
		sweep(engine);
	}
}

/* dns_ask()'s callback: the answer moves into the caller's question. */
static void move_answer(struct dns_question *question, void *context)
{
	struct dns_question *asked = context;

	asked->answer = question->answer;
	question->answer = (struct dns_answer){0};
}

void dns_ask(struct dns_question *questions, size_t count, double try_s, int tries, double deadline)
{
	struct dns_engine *engine = dns_engine_new(try_s, tries, deadline);

	for (size_t i = 0; i < count; i++) {
		struct dns_question *q = &questions[i];
		q->answer = (struct dns_answer){.state = DNS_TIMEOUT};
		dns_engine_ask(engine, q->name, q->type, &q->server, q->recursive, move_answer, q);
	}
	dns_engine_run(engine);
	dns_engine_free(engine);
}
