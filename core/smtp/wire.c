#include "smtp/wire.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

enum smtp_status wire_ended(struct smtp_session *s)
{
	tcp_sample(s->fd, &s->tcp);
	if (s->status == SMTP_OK)
		s->status = s->tcp.dead ? SMTP_RESET : SMTP_CLOSED;
	return s->status;
}

long wire_send(struct smtp_session *s, const char *bytes, size_t size)
{
	size_t sent = 0;

	if (s->curl_is_out) {
		ssize_t n = send(s->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n >= 0)
			return n;
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	}
	CURLcode result = curl_easy_send(s->easy, bytes, size, &sent);
	if (result == CURLE_OK)
		return (long)sent;
	return result == CURLE_AGAIN ? 0 : -1;
}

long wire_receive(struct smtp_session *s, char *bytes, size_t size)
{
	size_t got = 0;

	if (s->curl_is_out) {
		ssize_t n = recv(s->fd, bytes, size, MSG_DONTWAIT);
		if (n > 0)
			return n;
		return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
	}
	CURLcode result = curl_easy_recv(s->easy, bytes, size, &got);
	if (result == CURLE_AGAIN)
		return 0;
	return result == CURLE_OK && got > 0 ? (long)got : -1;
}

bool wire_wait(const struct smtp_session *s, short events, double deadline)
{
	struct pollfd pfd = {.fd = s->fd, .events = events};

	for (;;) {
		int n = poll(&pfd, 1, clock_ms_until(deadline));
		if (n > 0)
			return true;
		if (clock_now() >= deadline)
			return false;
		if (n < 0 && errno != EINTR)
			return false;
	}
}
