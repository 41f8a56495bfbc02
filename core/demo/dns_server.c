#include "demo/dns_server.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "demo/zone.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TCP_QUERY_MAX ((size_t)2048)
#define TCP_PATIENCE  10.0 /* s without a byte in either direction */
#define UDP_TURN_MAX  64   /* queries of one socket before the others have their turn */
#define BACKLOG       64

struct listener {
	struct dns_part *part;
	int udp, tcp;
	double deaf_until; /* no accept before */
	size_t udp_place, tcp_place;
};

/* A UDP answer that a rule holds back. */
struct delayed {
	int udp;
	struct sockaddr_storage client;
	socklen_t client_size;
	double due;
	size_t size;
	unsigned char bytes[ZONE_UDP_MAX];
};

struct tcp_client {
	int fd; /* -1: free */
	struct dns_part *part;
	size_t place;
	double deadline;
	double due; /* when the answer may go out; 0 when there is none */
	size_t in_size, out_size, out_sent;
	unsigned char in[2 + TCP_QUERY_MAX];
	unsigned char out[2 + ZONE_TCP_MAX];
};

struct dns_server {
	struct listener *listeners;
	size_t listener_count;
	struct delayed *delayed;
	size_t delayed_count;
	struct tcp_client *clients;
};

struct dns_server *dns_server_new(struct dns_part *const *parts, const struct port_socket *sockets, size_t count,
                                  struct err *err)
{
	struct dns_server *server = xcalloc(1, sizeof *server);

	server->listeners = xcalloc(count, sizeof *server->listeners);
	server->delayed = xcalloc(DNS_DELAYED_MAX, sizeof *server->delayed);
	server->clients = xcalloc(DNS_TCP_MAX, sizeof *server->clients);
	for (size_t i = 0; i < DNS_TCP_MAX; i++)
		server->clients[i].fd = -1;
	server->listener_count = count;
	for (size_t i = 0; i < count; i++)
		server->listeners[i] =
		    (struct listener){.part = parts[i], .udp = sockets[i].udp, .tcp = sockets[i].tcp};
	for (size_t i = 0; i < count; i++) {
		if (!parts[i]->closed && listen(server->listeners[i].tcp, BACKLOG) != 0) {
			err_sys(err, errno, _("demo: cannot listen"));
			dns_server_free(server);
			return NULL;
		}
	}
	return server;
}

static void tcp_close(struct tcp_client *client)
{
	close(client->fd);
	client->fd = -1;
}

void dns_server_free(struct dns_server *server)
{
	if (server == NULL)
		return;
	for (size_t i = 0; i < server->listener_count; i++) {
		if (server->listeners[i].udp >= 0)
			close(server->listeners[i].udp);
		if (server->listeners[i].tcp >= 0)
			close(server->listeners[i].tcp);
	}
	for (size_t i = 0; i < DNS_TCP_MAX; i++)
		if (server->clients[i].fd >= 0)
			tcp_close(&server->clients[i]);
	free(server->listeners);
	free(server->delayed);
	free(server->clients);
	free(server);
}

/* ---- UDP */

static void udp_send(const struct delayed *answer)
{
	/* A full socket buffer loses the answer, as a network may. */
	(void)!sendto(answer->udp, answer->bytes, answer->size, MSG_DONTWAIT, (const struct sockaddr *)&answer->client,
	              answer->client_size);
}

/* Queries that come while this goes on are read as well: each has its own time of arrival. */
static void udp_read(struct dns_server *server, const struct listener *listener)
{
	for (int i = 0; i < UDP_TURN_MAX; i++) {
		struct delayed answer = {.udp = listener->udp, .client_size = sizeof answer.client};
		unsigned char query[TCP_QUERY_MAX];
		double delay;
		ssize_t got = recvfrom(listener->udp, query, sizeof query, MSG_DONTWAIT,
		                       (struct sockaddr *)&answer.client, &answer.client_size);

		if (got < 0)
			return;
		answer.size = zone_answer(listener->part, query, (size_t)got, answer.bytes, ZONE_UDP_MAX, &delay);
		answer.due = clock_now() + delay;
		if (answer.size == 0)
			continue;
		if (delay <= 0)
			udp_send(&answer);
		else if (server->delayed_count < DNS_DELAYED_MAX)
			server->delayed[server->delayed_count++] = answer;
	}
}

static void udp_send_due(struct dns_server *server, double now)
{
	size_t kept = 0;

	for (size_t i = 0; i < server->delayed_count; i++) {
		if (server->delayed[i].due <= now)
			udp_send(&server->delayed[i]);
		else
			server->delayed[kept++] = server->delayed[i];
	}
	server->delayed_count = kept;
}

/* ---- TCP */

static void tcp_accept(struct dns_server *server, struct listener *listener, double now)
{
	struct sockaddr_storage address;
	int fd = port_accept(listener->tcp, &address, &listener->deaf_until);

	if (fd < 0)
		return;
	for (size_t i = 0; i < DNS_TCP_MAX; i++) {
		struct tcp_client *client = &server->clients[i];

		if (client->fd >= 0)
			continue;
		client->fd = fd;
		client->part = listener->part;
		client->place = WAITS_MAX;
		client->deadline = now + TCP_PATIENCE;
		client->due = 0;
		client->in_size = client->out_size = client->out_sent = 0;
		return;
	}
	close(fd);
}

/* The size of the query at the start of the buffer, as its first two bytes tell. */
static size_t tcp_query_size(const struct tcp_client *client)
{
	return client->in_size < 2 ? 0 : (size_t)client->in[0] << 8 | client->in[1];
}

static bool tcp_has_query(const struct tcp_client *client)
{
	return client->in_size >= 2 && client->in_size >= 2 + tcp_query_size(client);
}

/* Takes the query at the start of the buffer and makes its answer, if it is to have one. */
static void tcp_answer(struct tcp_client *client, double now)
{
	size_t size = tcp_query_size(client);
	double delay;

	client->out_size = zone_answer(client->part, client->in + 2, size, client->out + 2, ZONE_TCP_MAX, &delay);
	client->in_size -= 2 + size;
	memmove(client->in, client->in + 2 + size, client->in_size);
	if (client->out_size == 0)
		return;
	client->out[0] = (unsigned char)(client->out_size >> 8);
	client->out[1] = (unsigned char)client->out_size;
	client->out_size += 2;
	client->out_sent = 0;
	client->due = now + delay;
	client->deadline = client->due + TCP_PATIENCE;
}

/* -1: the client has gone. */
static int tcp_read(struct tcp_client *client, double now)
{
	ssize_t got = recv(client->fd, client->in + client->in_size, sizeof client->in - client->in_size, 0);

	if (got <= 0)
		return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
	client->in_size += (size_t)got;
	client->deadline = fmax(client->deadline, now + TCP_PATIENCE);
	return 0;
}

static int tcp_write(struct tcp_client *client)
{
	ssize_t sent =
	    send(client->fd, client->out + client->out_sent, client->out_size - client->out_sent, MSG_NOSIGNAL);

	if (sent < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	client->out_sent += (size_t)sent;
	if (client->out_sent == client->out_size)
		client->out_size = 0;
	return 0;
}

/* One answer after the other, each when it is due; -1: the client is to be dropped. */
static int tcp_talk(struct tcp_client *client, double now)
{
	for (;;) {
		if (tcp_query_size(client) > TCP_QUERY_MAX)
			return -1;
		if (client->out_size == 0 && !tcp_has_query(client))
			return 0;
		if (client->out_size == 0)
			tcp_answer(client, now);
		if (client->out_size != 0 && client->due > now)
			return 0;
		if (client->out_size != 0 && tcp_write(client) != 0)
			return -1;
		if (client->out_size != 0)
			return 0;
	}
}

static void tcp_work(struct tcp_client *client, short events, double now)
{
	if (now >= client->deadline || ((events & (POLLIN | POLLHUP | POLLERR)) != 0 && tcp_read(client, now) != 0) ||
	    tcp_talk(client, now) != 0)
		tcp_close(client);
}

/* ---- the loop */

static void tcp_wait(struct tcp_client *client, struct waits *waits, double now)
{
	if (client->out_size == 0) {
		client->place = waits_add(waits, client->fd, POLLIN);
		waits_until(waits, client->deadline);
	} else if (client->due > now) {
		client->place = waits_add(waits, client->fd, 0);
		waits_until(waits, client->due);
	} else { /* not read while it is answered, so it cannot fill anything */
		client->place = waits_add(waits, client->fd, POLLOUT);
		waits_until(waits, client->deadline);
	}
}

void dns_server_wait(struct dns_server *server, struct waits *waits, double now)
{
	for (size_t i = 0; i < server->listener_count; i++) {
		struct listener *listener = &server->listeners[i];
		listener->udp_place = listener->tcp_place = WAITS_MAX;
		if (listener->part->closed)
			continue;
		listener->udp_place = waits_add(waits, listener->udp, POLLIN);
		if (listener->deaf_until <= now)
			listener->tcp_place = waits_add(waits, listener->tcp, POLLIN);
		else
			waits_until(waits, listener->deaf_until);
	}
	for (size_t i = 0; i < server->delayed_count; i++)
		waits_until(waits, server->delayed[i].due);
	for (size_t i = 0; i < DNS_TCP_MAX; i++)
		if (server->clients[i].fd >= 0)
			tcp_wait(&server->clients[i], waits, now);
}

void dns_server_work(struct dns_server *server, const struct waits *waits, double now)
{
	udp_send_due(server, now);
	for (size_t i = 0; i < DNS_TCP_MAX; i++)
		if (server->clients[i].fd >= 0)
			tcp_work(&server->clients[i], waits_events(waits, server->clients[i].place), now);
	for (size_t i = 0; i < server->listener_count; i++) {
		struct listener *listener = &server->listeners[i];

		if (waits_events(waits, listener->udp_place) != 0)
			udp_read(server, listener);
		if (waits_events(waits, listener->tcp_place) != 0)
			tcp_accept(server, listener, now);
	}
}
