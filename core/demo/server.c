#include "demo/server.h"

#include "base/clock.h"
#include "demo/dns_server.h"
#include "demo/smtp_server.h"
#include "demo/waits.h"

#define TURN_MAX 3600.0 /* s */

static int open_smtp(struct server *server, struct err *err)
{
	struct scenario *scenario = server->scenario;
	struct smtp_part *parts[PORT_SOCKETS_MAX];

	for (size_t i = 0; i < scenario->smtp_count; i++) {
		for (size_t j = 0; j < scenario->smtp[i].address_count; j++) {
			server->smtp[server->smtp_count] = (struct port_socket){
			    .address = scenario->smtp[i].addresses[j], .closed = scenario->smtp[i].closed};
			parts[server->smtp_count++] = &scenario->smtp[i];
		}
	}
	if (server->smtp_count == 0)
		return 0;
	server->smtp_port = ports_bind(server->smtp, server->smtp_count, false, err);
	if (server->smtp_port < 0)
		return -1;
	server->smtp_server = smtp_server_new(parts, server->smtp, server->smtp_count, err);
	return server->smtp_server != NULL ? 0 : -1;
}

static int open_dns(struct server *server, struct err *err)
{
	struct scenario *scenario = server->scenario;
	struct dns_part *parts[PORT_SOCKETS_MAX];

	for (size_t i = 0; i < scenario->dns_count; i++) {
		for (size_t j = 0; j < scenario->dns[i].address_count; j++) {
			server->dns[server->dns_count] = (struct port_socket){.address = scenario->dns[i].addresses[j],
			                                                      .closed = scenario->dns[i].closed};
			parts[server->dns_count++] = &scenario->dns[i];
		}
	}
	if (server->dns_count == 0)
		return 0;
	server->dns_port = ports_bind(server->dns, server->dns_count, true, err);
	if (server->dns_port < 0)
		return -1;
	server->dns_server = dns_server_new(parts, server->dns, server->dns_count, err);
	return server->dns_server != NULL ? 0 : -1;
}

int server_open(struct server *server, struct scenario *scenario, struct err *err)
{
	*server = (struct server){.scenario = scenario};
	if (open_smtp(server, err) == 0 && open_dns(server, err) == 0)
		return 0;
	server_close(server);
	return -1;
}

void server_close(struct server *server)
{
	smtp_server_free(server->smtp_server);
	dns_server_free(server->dns_server);
	scenario_free(server->scenario);
	*server = (struct server){0};
}

void server_run(struct server *server, int stop_fd)
{
	for (;;) {
		struct waits waits;
		double now = clock_now();
		size_t stop;

		waits_init(&waits, now + TURN_MAX);
		stop = waits_add(&waits, stop_fd, POLLIN);
		if (server->smtp_server != NULL)
			smtp_server_wait(server->smtp_server, &waits, now);
		if (server->dns_server != NULL)
			dns_server_wait(server->dns_server, &waits, now);
		waits_poll(&waits);
		if (waits_events(&waits, stop) != 0)
			return;
		now = clock_now();
		if (server->smtp_server != NULL)
			smtp_server_work(server->smtp_server, &waits, now);
		if (server->dns_server != NULL)
			dns_server_work(server->dns_server, &waits, now);
	}
}
