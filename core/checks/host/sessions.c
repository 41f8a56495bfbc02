/*
 * Which sessions of mail ports are stuck right now, as the kernel knows it: sock_diag(7), which needs no rights. It tells
 * of this network namespace only, as everything else here does.
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "checks/host/host.h"
#include "model/target.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* States of TCP as the kernel numbers them (enum in its net/tcp_states.h, which programs cannot include). */
enum {
	ESTABLISHED = 1,
	SYN_SENT = 2,
	SYN_RECEIVED = 3,
	FIN_WAIT1 = 4,
	CLOSE_WAIT = 8,
	LAST_ACK = 9,
	LISTEN = 10,
	CLOSING = 11
};

#define WANTED                                                                                                    \
	((1u << ESTABLISHED) | (1u << SYN_SENT) | (1u << SYN_RECEIVED) | (1u << FIN_WAIT1) | (1u << CLOSE_WAIT) | \
	 (1u << LAST_ACK) | (1u << LISTEN) | (1u << CLOSING))
#define ANSWER_MS    1000
#define ANSWER_SIZE  ((size_t)32768)
#define SESSIONS_MAX 100000 /* that are looked at */
#define SHOWN_MAX    20     /* stuck ones that become facts of their own */
#define CLIENTS_MAX  ((size_t)1024)
#define STUCK_S      5.0  /* without an acknowledgement */
#define UNREAD_S     10.0 /* bytes that lie so long are not being read */
#define IDLE_S       60.0
#define LEFT_S       30.0
#define LOST_TIMES   2 /* the first retransmission may be bad luck */

struct session {
	struct sockaddr_storage peer; /* with its port */
	bool in;
	int state;
	double since_sent, since_received, since_acked; /* s */
	double retransmits, backoff, unacked;
	double unsent, unread, mss; /* bytes */
};

/* How many sessions an address has. */
struct client {
	struct sockaddr_storage address;
	double sessions;
};

struct socket_tally {
	double in, out, stuck, shown, seen;
	double states[6];
	double half_open;
	double backlog, backlog_limit; /* of the port where most wait, for what may; limit 0: nothing listens */
	struct client *clients;        /* CLIENTS_MAX; who comes when it is full is not counted apart */
	size_t client_count;
	struct emit *e;
};

static const char *const words[] = {"lost", "closed-window", "unread", "unanswered", "left", "idle"};

/* What a session is stuck in, an index of words; -1: nothing. */
static int stuck_in(const struct session *s)
{
	const double silence = s->since_sent < s->since_received ? s->since_sent : s->since_received;

	if (s->state == SYN_SENT)
		return s->retransmits >= 1 ? 3 : -1;
	if (s->state == CLOSE_WAIT)
		return s->since_received >= LEFT_S ? 4 : -1;
	if (s->retransmits >= LOST_TIMES && s->unacked > 0 && s->since_acked >= STUCK_S)
		return 0;
	/* Bytes wait although nothing is under way: only a closed window keeps them here. */
	if (s->state == ESTABLISHED && s->unsent > 0 && s->unacked < 1 && s->since_sent >= STUCK_S)
		return 1;
	if (s->unread > 0 && s->since_received >= UNREAD_S)
		return 2;
	return s->state == ESTABLISHED && silence >= IDLE_S ? 5 : -1;
}

static void tell_session(struct socket_tally *t, const struct session *s, const char *word)
{
	char address[INET6_ADDRSTRLEN];
	char *subject = xasprintf("session with %s port %d", address_text(&s->peer, address), address_port(&s->peer));
	const double silence = s->since_sent < s->since_received ? s->since_sent : s->since_received;

	emit_text(t->e, "host.session.state", subject, word);
	emit_text(t->e, "host.session.direction", subject, s->in ? "in" : "out");
	emit_number(t->e, "host.session.idle", subject, silence);
	emit_number(t->e, "host.session.retransmits", subject, s->retransmits);
	emit_number(t->e, "host.session.backoff", subject, s->backoff);
	emit_number(t->e, "host.session.unacked", subject, s->unacked);
	emit_number(t->e, "host.session.unsent", subject, s->unsent);
	emit_number(t->e, "host.session.unread", subject, s->unread);
	if (s->mss > 0)
		emit_number(t->e, "host.session.mss", subject, s->mss);
	free(subject);
}

static void count_client(struct socket_tally *t, const struct sockaddr_storage *peer)
{
	for (size_t i = 0; i < t->client_count; i++)
		if (address_equal(&t->clients[i].address, peer)) {
			t->clients[i].sessions++;
			return;
		}
	if (t->client_count < CLIENTS_MAX)
		t->clients[t->client_count++] = (struct client){.address = *peer, .sessions = 1};
}

static void take(struct socket_tally *t, const struct session *s)
{
	const int stuck = stuck_in(s);

	*(s->in ? &t->in : &t->out) += 1;
	if (s->in)
		count_client(t, &s->peer);
	if (stuck < 0)
		return;
	t->states[stuck]++;
	/* Those that wait for nothing are many on a healthy server: a pool of clients, a person at a keyboard. */
	t->stuck += stuck != 5;
	if (stuck != 5 && t->shown < SHOWN_MAX) {
		tell_session(t, s, words[stuck]);
		t->shown++;
	}
}

/* --- what the kernel says */

static bool is_mail_port(unsigned port)
{
	return port == 25 || port == 465 || port == 587;
}

static void set_peer(struct session *s, const struct inet_diag_msg *message, const void *address)
{
	if (message->idiag_family == AF_INET6) {
		struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&s->peer;
		v6->sin6_family = AF_INET6;
		v6->sin6_port = message->id.idiag_dport;
		memcpy(&v6->sin6_addr, address, sizeof v6->sin6_addr);
		if (!IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
			return;
		address = (const char *)address + 12; /* a listener for both families: an IPv4 peer */
	}
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = message->id.idiag_dport};
	memcpy(&v4.sin_addr, address, sizeof v4.sin_addr);
	memset(&s->peer, 0, sizeof s->peer);
	memcpy(&s->peer, &v4, sizeof v4);
}

static void read_info(struct session *s, const struct rtattr *attribute)
{
	struct tcp_info info = {.tcpi_state = 0}; /* older kernels tell less of it */
	const size_t size = (size_t)RTA_PAYLOAD(attribute);

	memcpy(&info, RTA_DATA(attribute), size < sizeof info ? size : sizeof info);
	s->since_sent = info.tcpi_last_data_sent / 1e3;
	s->since_received = info.tcpi_last_data_recv / 1e3;
	s->since_acked = info.tcpi_last_ack_recv / 1e3;
	s->retransmits = info.tcpi_retransmits;
	s->backoff = info.tcpi_backoff;
	s->unacked = info.tcpi_unacked;
	s->mss = info.tcpi_snd_mss;
}

/* Of a socket that listens the queues are what waits to be taken, and what may wait (inet_diag, tcp_diag_get_info). */
static void take_waiting(struct socket_tally *t, const struct inet_diag_msg *message)
{
	if (message->idiag_state == SYN_RECEIVED) {
		t->half_open++;
		return;
	}
	const double waits = message->idiag_rqueue, may = message->idiag_wqueue;
	if (may > 0 && (t->backlog_limit <= 0 || waits / may > t->backlog / t->backlog_limit)) {
		t->backlog = waits;
		t->backlog_limit = may;
	}
}

static void take_message(struct socket_tally *t, const struct nlmsghdr *header)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	unsigned left = (unsigned)(header->nlmsg_len - NLMSG_LENGTH(sizeof *message));
	struct session s = {.in = false};

	if (header->nlmsg_len < NLMSG_LENGTH(sizeof *message))
		return;
	s.in = is_mail_port(ntohs(message->id.idiag_sport));
	if (!s.in && !is_mail_port(ntohs(message->id.idiag_dport)))
		return;
	s.state = message->idiag_state;
	s.unsent = message->idiag_wqueue;
	s.unread = message->idiag_rqueue;
	if (s.state == LISTEN || s.state == SYN_RECEIVED) {
		if (s.in)
			take_waiting(t, message);
		return;
	}
	set_peer(&s, message, message->id.idiag_dst);
	for (const struct rtattr *a = (const struct rtattr *)(const void *)(message + 1); RTA_OK(a, left);
	     a = RTA_NEXT(a, left))
		if (a->rta_type == INET_DIAG_INFO)
			read_info(&s, a);
	take(t, &s);
}

static int ask(int fd, int family)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 request;
	} question = {
	    .header = {.nlmsg_len = sizeof question,
	               .nlmsg_type = SOCK_DIAG_BY_FAMILY,
	               .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	    .request = {.sdiag_family = (unsigned char)family,
	                .sdiag_protocol = IPPROTO_TCP,
	                .idiag_ext = 1u << (INET_DIAG_INFO - 1),
	                .idiag_states = WANTED},
	};

	return send(fd, &question, sizeof question, 0) == (ssize_t)sizeof question ? 0 : -1;
}

/* The answers to one question. -1 with errno when the kernel does not answer. */
static int listen_for(int fd, struct socket_tally *t)
{
	_Alignas(struct nlmsghdr) char answer[ANSWER_SIZE];
	struct pollfd pfd = {.fd = fd, .events = POLLIN};

	while (t->seen < SESSIONS_MAX) {
		if (poll(&pfd, 1, ANSWER_MS) <= 0) {
			errno = ETIMEDOUT;
			return -1;
		}
		ssize_t got = recv(fd, answer, sizeof answer, 0);
		if (got <= 0)
			return -1;
		size_t left = (size_t)got;
		for (const struct nlmsghdr *header = (const struct nlmsghdr *)(const void *)answer;
		     NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
			if (header->nlmsg_type == NLMSG_DONE)
				return 0;
			if (header->nlmsg_type == NLMSG_ERROR) {
				errno = EOPNOTSUPP;
				return -1;
			}
			t->seen++;
			take_message(t, header);
		}
	}
	return 0;
}

static int read_family(struct socket_tally *t, int family)
{
	const int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	if (fd < 0)
		return -1;
	const int result = ask(fd, family) == 0 ? listen_for(fd, t) : -1;
	const int why = errno;
	close(fd);
	errno = why;
	return result;
}

static void tell_tally(const struct socket_tally *t)
{
	double most = 0;

	for (size_t i = 0; i < t->client_count; i++)
		most = t->clients[i].sessions > most ? t->clients[i].sessions : most;
	emit_number(t->e, "host.sessions.in", HOST_SELF, t->in);
	emit_number(t->e, "host.sessions.out", HOST_SELF, t->out);
	if (most > 0)
		emit_number(t->e, "host.sessions.most", HOST_SELF, most);
	emit_number(t->e, "host.half-open", HOST_SELF, t->half_open);
	if (t->backlog_limit > 0) {
		emit_number(t->e, "host.backlog", HOST_SELF, t->backlog);
		emit_number(t->e, "host.backlog.limit", HOST_SELF, t->backlog_limit);
		emit_number(t->e, "host.backlog.share", HOST_SELF, t->backlog / t->backlog_limit);
	}
	emit_number(t->e, "host.sessions.stuck", HOST_SELF, t->stuck);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		char *fact = xasprintf("host.sessions.%s", words[i]);
		if (t->states[i] > 0)
			emit_number(t->e, fact, HOST_SELF, t->states[i]);
		free(fact);
	}
}

bool host_tell_sessions(struct emit *e)
{
	struct socket_tally t = {.e = e, .clients = xcalloc(CLIENTS_MAX, sizeof(struct client))};

	if (read_family(&t, AF_INET) == 0 && (read_family(&t, AF_INET6) == 0 || errno == EOPNOTSUPP))
		tell_tally(&t);
	else
		host_tell_untested(e, _("sessions that are stuck"), strerror(errno), "ss -tnpoi");
	free(t.clients);
	return t.backlog > 0 || t.half_open > 0;
}
