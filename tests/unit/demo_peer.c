#include "demo_peer.h"

#include "base/xalloc.h"
#include "model/target.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static void *serve(void *context)
{
	struct demo_peer *peer = context;

	server_run(&peer->server, peer->stop[0]);
	return NULL;
}

void demo_peer_start(struct demo_peer *peer, const char *text)
{
	struct err err = {""};
	char *whole = xasprintf("title: t\ntarget: demo.test\n%s", text);
	struct scenario *scenario = scenario_parse("test", whole, &err);

	free(whole);
	assert_string_equal(err.text, "");
	assert_non_null(scenario);
	assert_int_equal(server_open(&peer->server, scenario, &err), 0);
	assert_int_equal(pipe(peer->stop), 0);
	assert_int_equal(pthread_create(&peer->thread, NULL, serve, peer), 0);
}

void demo_peer_stop(struct demo_peer *peer)
{
	close(peer->stop[1]);
	assert_int_equal(pthread_join(peer->thread, NULL), 0);
	close(peer->stop[0]);
	server_close(&peer->server);
}

static int connected(const struct port_socket *to, int type)
{
	const struct timeval patience = {.tv_sec = 5};
	int fd = socket(to->address.ss_family, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
	if (connect(fd, (const struct sockaddr *)&to->address, address_size(&to->address)) == 0)
		return fd;
	close(fd);
	return -1;
}

int demo_peer_smtp(const struct demo_peer *peer, size_t i)
{
	return connected(&peer->server.smtp[i], SOCK_STREAM);
}

int demo_peer_dns(const struct demo_peer *peer, size_t i, int type)
{
	return connected(&peer->server.dns[i], type);
}

void demo_peer_expect(int fd, const char *text)
{
	char got[8192];
	size_t size = 0, want = strlen(text) > 0 ? strlen(text) : 1;

	assert_true(want < sizeof got);
	while (size < want) {
		ssize_t n = recv(fd, got + size, want - size, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			fail_msg("expected \"%s\", had to give up after \"%.*s\": %s", text, (int)size, got,
			         strerror(errno));
		if (n == 0)
			break;
		size += (size_t)n;
	}
	got[size] = '\0';
	assert_string_equal(got, text);
}

void demo_peer_say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (int)strlen(text));
}
