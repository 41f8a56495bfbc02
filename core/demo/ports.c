#include "demo/ports.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "model/target.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#define TRIES     32
#define DEAF_TIME 0.2 /* s */

static void set_port(struct sockaddr_storage *address, int port)
{
	if (address->ss_family == AF_INET)
		((struct sockaddr_in *)address)->sin_port = htons((in_port_t)port);
	else
		((struct sockaddr_in6 *)address)->sin6_port = htons((in_port_t)port);
}

/* A bound socket, or -1 with errno. Port 0 in the address is replaced by what the kernel picked. */
static int bound_socket(struct sockaddr_storage *address, int type)
{
	int fd = socket(address->ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	const int yes = 1;
	socklen_t size = address_size(address);

	if (fd < 0)
		return -1;
	/* ::1 must not take 0.0.0.0's clients; nothing else is shared, so that a stranger's server stays a stranger's. */
	if ((address->ss_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes) != 0) ||
	    bind(fd, (const struct sockaddr *)address, size) != 0 ||
	    getsockname(fd, (struct sockaddr *)address, &size) != 0) {
		int saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

static bool lacks_address(int sys)
{
	return sys == EADDRNOTAVAIL || sys == EAFNOSUPPORT;
}

/* One attempt; *port is 0 or the port to use. 0, or -1 with errno and *failed. */
static int bind_all(struct port_socket *sockets, size_t count, bool udp, int *port, size_t *failed)
{
	for (size_t i = 0; i < count; i++) {
		struct port_socket *s = &sockets[i];

		*failed = i;
		set_port(&s->address, *port);
		s->tcp = bound_socket(&s->address, SOCK_STREAM);
		if (s->tcp < 0 && s->closed && lacks_address(errno))
			continue;
		if (s->tcp < 0)
			return -1;
		if (udp && (s->udp = bound_socket(&s->address, SOCK_DGRAM)) < 0)
			return -1;
		/* A UDP socket that is connected to itself takes nothing from others: they are told that it is closed. */
		if (udp && s->closed &&
		    connect(s->udp, (const struct sockaddr *)&s->address, address_size(&s->address)) != 0)
			return -1;
		*port = address_port(&s->address);
	}
	for (size_t i = 0; i < count; i++)
		set_port(&sockets[i].address, *port);
	return 0;
}

int ports_bind(struct port_socket *sockets, size_t count, bool udp, struct err *err)
{
	int sys = EADDRINUSE;
	size_t failed = 0;
	char text[46];

	for (size_t i = 0; i < count; i++)
		sockets[i].tcp = sockets[i].udp = -1;
	for (int try = 0; try < TRIES && sys == EADDRINUSE; try++) {
		int port = 0;

		if (bind_all(sockets, count, udp, &port, &failed) == 0)
			return port;
		sys = errno;
		ports_close(sockets, count);
	}
	return err_sys(err, sys, _("demo: cannot serve on %s"), address_text(&sockets[failed].address, text));
}

int port_accept(int listener, struct sockaddr_storage *client, double *deaf_until)
{
	socklen_t size = sizeof *client;
	int fd = accept4(listener, (struct sockaddr *)client, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM))
		*deaf_until = clock_now() + DEAF_TIME;
	return fd;
}

void ports_close(struct port_socket *sockets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (sockets[i].tcp >= 0)
			close(sockets[i].tcp);
		if (sockets[i].udp >= 0)
			close(sockets[i].udp);
		sockets[i].tcp = sockets[i].udp = -1;
	}
}
