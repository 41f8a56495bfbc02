#include "demo/smtp_server.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "demo/smtp_session.h"
#include "model/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINGER_TIME   1.0    /* s; after our FIN, so that a client still sending reads the last reply and no reset */
#define LIFE_TIME     3600.0 /* s; of a session, whatever it does */
#define BACKLOG       128
#define STALLED_SPACE 4096 /* bytes; a server that does not read is to be noticed soon */

struct listener {
	struct smtp_part *part;
	int fd;
	int filler;        /* of a filtered part: the connection that fills the backlog; otherwise -1 */
	double deaf_until; /* no accept before */
	size_t place;
};

struct client {
	int fd; /* -1: free */
	size_t place;
	double born;
	double linger_until; /* our side is shut down; 0: not yet */
	bool gone;           /* it has shut down its side */
	struct smtp_session session;
};

struct smtp_server {
	struct listener *listeners;
	size_t listener_count;
	struct client clients[SMTP_SESSIONS_MAX];
};

static bool has_stall(const struct smtp_part *part)
{
	for (size_t i = 0; i < part->rule_count; i++)
		for (size_t j = 0; j < part->rules[i].step_count; j++)
			if (part->rules[i].steps[j].kind == SMTP_STEP_STALL)
				return true;
	return false;
}

/*
 * A backlog of one, filled by ourselves and never emptied: Linux then drops the SYNs of all others, as a firewall would.
 * (Only net.ipv4.tcp_abort_on_overflow would make it refuse them.)
 */
static int start_filtering(struct listener *listener, const struct sockaddr_storage *address)
{
	if (listen(listener->fd, 0) != 0)
		return -1;
	listener->filler = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener->filler < 0)
		return -1;
	if (connect(listener->filler, (const struct sockaddr *)address, address_size(address)) != 0 &&
	    errno != EINPROGRESS)
		return -1;
	return 0;
}

static int start_listening(struct listener *listener, const struct sockaddr_storage *address)
{
	const int space = STALLED_SPACE;

	if (listener->part->closed)
		return 0;
	if (listener->part->filtered)
		return start_filtering(listener, address);
	if (has_stall(listener->part) && setsockopt(listener->fd, SOL_SOCKET, SO_RCVBUF, &space, sizeof space) != 0)
		return -1;
	return listen(listener->fd, BACKLOG);
}

struct smtp_server *smtp_server_new(struct smtp_part *const *parts, const struct port_socket *sockets, size_t count,
                                    struct err *err)
{
	struct smtp_server *server = xcalloc(1, sizeof *server);

	server->listeners = xcalloc(count, sizeof *server->listeners);
	server->listener_count = count;
	for (size_t i = 0; i < SMTP_SESSIONS_MAX; i++)
		server->clients[i].fd = -1;
	for (size_t i = 0; i < count; i++)
		server->listeners[i] = (struct listener){.part = parts[i], .fd = sockets[i].tcp, .filler = -1};
	for (size_t i = 0; i < count; i++) {
		if (start_listening(&server->listeners[i], &sockets[i].address) != 0) {
			err_sys(err, errno, _("demo: cannot listen"));
			smtp_server_free(server);
			return NULL;
		}
	}
	return server;
}

static void client_drop(struct client *client)
{
	close(client->fd);
	client->fd = -1;
	smtp_session_done(&client->session);
}

void smtp_server_free(struct smtp_server *server)
{
	if (server == NULL)
		return;
	for (size_t i = 0; i < SMTP_SESSIONS_MAX; i++)
		if (server->clients[i].fd >= 0)
			client_drop(&server->clients[i]);
	for (size_t i = 0; i < server->listener_count; i++) {
		if (server->listeners[i].fd >= 0)
			close(server->listeners[i].fd);
		if (server->listeners[i].filler >= 0)
			close(server->listeners[i].filler);
	}
	free(server->listeners);
	free(server);
}

/* ---- clients talk; the functions return -1 when the connection is over */

static int client_read(struct client *client, double now)
{
	char bytes[4096];
	bool lingers = client->linger_until > 0;
	size_t room = lingers ? sizeof bytes : smtp_session_room(&client->session);
	ssize_t got;

	if (room == 0)
		return 0;
	got = recv(client->fd, bytes, room < sizeof bytes ? room : sizeof bytes, MSG_DONTWAIT);
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (got == 0)
		client->gone = true;
	else if (!lingers)
		smtp_session_feed(&client->session, bytes, (size_t)got, now);
	return 0;
}

static int client_write(struct client *client)
{
	struct buf *out = &client->session.out;
	ssize_t sent = send(client->fd, out->text, out->size, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (sent < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	memmove(out->text, out->text + sent, out->size - (size_t)sent + 1);
	out->size -= (size_t)sent;
	return 0;
}

/* The session's turn, as often as what it wrote could be sent: it pauses when too much is unsent. */
static int client_talk(struct client *client, double now)
{
	size_t written;

	do {
		smtp_session_run(&client->session, now);
		written = client->session.out.size;
		if (written != 0 && client_write(client) != 0)
			return -1;
	} while (written != 0 && client->session.out.size == 0);
	return 0;
}

/* Ends our side once everything is sent. A close lingers a moment (RFC 9293 3.10.4: unread data would turn it into a reset). */
static int client_end(struct client *client, double now)
{
	const struct linger reset = {.l_onoff = 1, .l_linger = 0};

	if (client->session.end == SMTP_END_NOT || client->session.out.size != 0)
		return 0;
	if (client->session.end == SMTP_END_RESET) {
		(void)!setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
		return -1;
	}
	if (client->linger_until <= 0) {
		client->linger_until = now + LINGER_TIME;
		if (shutdown(client->fd, SHUT_WR) != 0)
			return -1;
	}
	return client->gone || now >= client->linger_until ? -1 : 0;
}

static int client_turn(struct client *client, short events, double now)
{
	if (now >= client->born + LIFE_TIME || (events & (POLLERR | POLLHUP)) != 0)
		return -1;
	if ((events & POLLIN) != 0 && client_read(client, now) != 0)
		return -1;
	if (client_talk(client, now) != 0)
		return -1;
	/* A client that has shut down its side still gets the answers to what it sent. */
	if (client->gone && client->session.out.size == 0 && smtp_session_waits(&client->session))
		return -1;
	return client_end(client, now);
}

/* ---- clients come */

static size_t sessions_of(const struct smtp_server *server, const struct smtp_part *part, const char *address)
{
	size_t count = 0;

	for (size_t i = 0; i < SMTP_SESSIONS_MAX; i++) {
		const struct client *client = &server->clients[i];

		count += client->fd >= 0 && client->linger_until <= 0 && client->session.part == part &&
		         strcmp(client->session.client, address) == 0;
	}
	return count;
}

static struct client *free_client(struct smtp_server *server)
{
	for (size_t i = 0; i < SMTP_SESSIONS_MAX; i++)
		if (server->clients[i].fd < 0)
			return &server->clients[i];
	return NULL;
}

static void client_accept(struct smtp_server *server, struct listener *listener, double now)
{
	static const char full[] = "421 4.3.2 All server ports are busy\r\n";
	struct sockaddr_storage address;
	char text[46];
	int fd = port_accept(listener->fd, &address, &listener->deaf_until);
	struct client *client = free_client(server);

	if (fd < 0)
		return;
	if (client == NULL) {
		(void)!send(fd, full, sizeof full - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
		close(fd);
		return;
	}
	address_text(&address, text);
	smtp_session_init(&client->session, listener->part, text, sessions_of(server, listener->part, text), now);
	client->fd = fd;
	client->place = WAITS_MAX;
	client->born = now;
	client->linger_until = 0;
	client->gone = false;
	if (client_turn(client, 0, now) != 0)
		client_drop(client);
}

/* ---- the loop */

static void client_wait(struct client *client, struct waits *waits)
{
	const struct smtp_session *session = &client->session;
	bool reads = !client->gone && (client->linger_until > 0 || smtp_session_room(session) != 0);
	short events = (short)((reads ? POLLIN : 0) | (session->out.size != 0 ? POLLOUT : 0));

	client->place = waits_add(waits, client->fd, events);
	waits_until(waits, client->born + LIFE_TIME);
	waits_until(waits, client->linger_until > 0 ? client->linger_until : smtp_session_deadline(session));
}

void smtp_server_wait(struct smtp_server *server, struct waits *waits, double now)
{
	for (size_t i = 0; i < server->listener_count; i++) {
		struct listener *listener = &server->listeners[i];

		listener->place = WAITS_MAX;
		if (listener->part->closed || listener->part->filtered)
			continue;
		if (listener->deaf_until <= now)
			listener->place = waits_add(waits, listener->fd, POLLIN);
		else
			waits_until(waits, listener->deaf_until);
	}
	for (size_t i = 0; i < SMTP_SESSIONS_MAX; i++)
		if (server->clients[i].fd >= 0)
			client_wait(&server->clients[i], waits);
}

void smtp_server_work(struct smtp_server *server, const struct waits *waits, double now)
{
	for (size_t i = 0; i < SMTP_SESSIONS_MAX; i++) {
		struct client *client = &server->clients[i];

		if (client->fd >= 0 && client_turn(client, waits_events(waits, client->place), now) != 0)
			client_drop(client);
	}
	for (size_t i = 0; i < server->listener_count; i++)
		if (waits_events(waits, server->listeners[i].place) != 0)
			client_accept(server, &server->listeners[i], now);
}
