#include "dns_peer.h"

#include "base/clock.h"
#include "base/xalloc.h"
#include "model/target.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <math.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define SOCKETS_MAX 64
#define WAITING_MAX 300
#define MESSAGE_MAX 65535
#define TRICKLE_S   0.05

struct peer_log {
	size_t count;
	struct {
		int server, type;
		char name[256];
	} entries[PEER_LOG_MAX];
	char addresses[PEER_ADDRESSES_MAX][46];
};

enum socket_kind { SOCKET_UDP, SOCKET_LISTEN, SOCKET_STREAM };

struct peer_socket {
	enum socket_kind kind;
	int server; /* index of its address */
};

/* Bytes that go out when they are due. */
struct waiting {
	double due;
	int fd;
	struct sockaddr_storage to; /* AF_UNSPEC: a stream */
	unsigned char *bytes;
	size_t size;
	bool then_close;
};

struct server {
	const struct peer_script *script;
	struct peer_log *log;
	struct pollfd fds[SOCKETS_MAX];
	struct peer_socket sockets[SOCKETS_MAX];
	size_t socket_count;
	struct waiting waiting[WAITING_MAX];
	size_t waiting_count;
	unsigned *used; /* by rule */
	int other_fd;   /* for answers from the wrong source */
};

static _Noreturn void give_up(const char *what)
{
	perror(what);
	_exit(99);
}

/* ---- building answers */

struct writer {
	unsigned char *bytes;
	size_t size;
};

static void put(struct writer *w, const void *bytes, size_t size)
{
	if (w->size + size > MESSAGE_MAX)
		give_up("dns_peer: answer too large");
	memcpy(w->bytes + w->size, bytes, size);
	w->size += size;
}

static void put16(struct writer *w, unsigned value)
{
	const unsigned char bytes[2] = {(unsigned char)(value >> 8), (unsigned char)value};
	put(w, bytes, 2);
}

static void put_name(struct writer *w, const char *name)
{
	unsigned char wire[NS_MAXCDNAME + 1];
	int size = dn_comp(name, wire, sizeof wire, NULL, NULL);

	if (size < 0)
		give_up(name);
	put(w, wire, (size_t)size);
}

static void put_data(struct writer *w, const struct peer_record *record)
{
	static const unsigned char soa_numbers[20] = {0};
	unsigned char address[16];
	unsigned long number;
	char *host;

	switch (record->type) {
	case ns_t_a:
		inet_pton(AF_INET, record->data, address);
		put(w, address, 4);
		break;
	case ns_t_aaaa:
		inet_pton(AF_INET6, record->data, address);
		put(w, address, 16);
		break;
	case ns_t_mx:
		number = strtoul(record->data, &host, 10);
		put16(w, (unsigned)number);
		put_name(w, host + 1);
		break;
	case ns_t_txt: /* in strings of at most 20 bytes, so that joining them is tested */
		for (const char *p = record->data; *p != '\0';) {
			unsigned char size = (unsigned char)(strlen(p) < 20 ? strlen(p) : 20);
			put(w, &size, 1);
			put(w, p, size);
			p += size;
		}
		break;
	case ns_t_soa:
		put_name(w, record->data);
		put_name(w, "hostmaster.test");
		put(w, soa_numbers, sizeof soa_numbers);
		break;
	case ns_t_tlsa:
		put(w, "\3\1\1", 3);
		put(w, record->data, strlen(record->data));
		break;
	default:
		put_name(w, record->data);
		break;
	}
}

static void put_record(struct writer *w, const struct peer_record *record)
{
	put_name(w, record->name);
	put16(w, (unsigned)record->type);
	put16(w, ns_c_in);
	put16(w, 0);
	put16(w, 60);
	size_t length_at = w->size;
	put16(w, 0);
	put_data(w, record);
	size_t length = w->size - length_at - 2;
	w->bytes[length_at] = (unsigned char)(length >> 8);
	w->bytes[length_at + 1] = (unsigned char)length;
}

static bool is_below(const char *name, const char *zone)
{
	size_t size = strlen(name), zone_size = strlen(zone);

	return size >= zone_size && strcasecmp(name + size - zone_size, zone) == 0;
}

/* Fills the sections from the records, CNAMEs followed as far as a loop allows. Returns the answer count. */
static unsigned put_answer(struct writer *w, const struct peer_script *script, const char *asked, int type, int *rcode,
                           unsigned *authority)
{
	const struct peer_record *alias = NULL;
	unsigned count = 0, links = 0;
	bool known = false;

	do {
		const char *name = alias != NULL ? alias->data : asked;
		alias = NULL;
		known = false;
		for (const struct peer_record *r = script->records; r != NULL && r->name != NULL; r++) {
			if (strcasecmp(r->name, name) != 0)
				continue;
			known = true;
			if (r->type == type || r->type == ns_t_cname) {
				put_record(w, r);
				count++;
			}
			if (r->type == ns_t_cname)
				alias = r;
		}
	} while (alias != NULL && links++ < 5);
	*rcode = known || count > 0 ? ns_r_noerror : ns_r_nxdomain;
	for (const struct peer_record *r = script->records; count == 0 && r != NULL && r->name != NULL; r++) {
		if (r->type == ns_t_soa && is_below(asked, r->name) && *authority == 0) {
			put_record(w, r);
			*authority = 1;
		}
	}
	return count;
}

struct question {
	unsigned char id[2];
	bool recursive;
	char name[NS_MAXDNAME];
	int type;
};

static void put_header(struct writer *w, const struct question *q, bool cut, bool aa, bool ra, int rcode,
                       unsigned questions)
{
	const unsigned char flags[2] = {
	    (unsigned char)(0x80 | (aa ? 4 : 0) | (cut ? 2 : 0) | (q->recursive ? 1 : 0)),
	    (unsigned char)((ra ? 0x80 : 0) | rcode),
	};

	put(w, q->id, 2);
	put(w, flags, 2);
	put16(w, questions);
	put16(w, 0);
	put16(w, 0);
	put16(w, 0);
}

static void put_question(struct writer *w, const char *name, int type)
{
	put_name(w, name);
	put16(w, (unsigned)type);
	put16(w, ns_c_in);
}

static void set_counts(struct writer *w, unsigned answers, unsigned authority)
{
	w->bytes[6] = (unsigned char)(answers >> 8);
	w->bytes[7] = (unsigned char)answers;
	w->bytes[9] = (unsigned char)authority;
}

/* 65535 bytes of A records, and a bit of text that makes the size come out. */
static void put_big(struct writer *w, const struct question *q)
{
	const struct peer_record a = {q->name, ns_t_a, "127.0.0.9"};
	unsigned count = 0;

	put_header(w, q, false, false, true, 0, 1);
	put_question(w, q->name, q->type);
	while (MESSAGE_MAX - w->size > 400) {
		put_record(w, &a);
		count++;
	}
	put_name(w, q->name);
	put16(w, ns_t_null);
	put16(w, ns_c_in);
	put16(w, 0);
	put16(w, 60);
	put16(w, (unsigned)(MESSAGE_MAX - w->size - 2));
	while (w->size < MESSAGE_MAX)
		put(w, "", 1);
	set_counts(w, count + 1, 0);
}

static size_t build_answer(const struct peer_script *script, const struct question *asked, enum peer_deed deed,
                           bool tcp, unsigned char *bytes)
{
	struct writer w = {.bytes = bytes};
	struct question q = *asked;
	int rcode = 0;
	unsigned authority = 0;

	switch (deed) {
	case PEER_NONSENSE:
		put(&w, "this is no DNS message at all", 29);
		return w.size;
	case PEER_FORMERR:
		put_header(&w, &q, false, false, true, ns_r_formerr, 0);
		return w.size;
	case PEER_LAME:
		put_header(&w, &q, false, false, false, 0, 1);
		put_question(&w, q.name, q.type);
		return w.size;
	case PEER_SERVFAIL:
	case PEER_REFUSED:
		put_header(&w, &q, false, false, true, deed == PEER_REFUSED ? ns_r_refused : ns_r_servfail, 1);
		put_question(&w, q.name, q.type);
		return w.size;
	case PEER_POINTER_LOOP:
		put_header(&w, &q, false, false, true, 0, 1);
		put_question(&w, q.name, q.type);
		put16(&w, 0xc000u | (unsigned)w.size); /* a name that is a pointer to itself */
		put(&w, "\0\1\0\1\0\0\0\0\0\4\177\0\0\1", 14);
		set_counts(&w, 1, 0);
		return w.size;
	case PEER_CUT_BIG:
		if (tcp) {
			put_big(&w, &q);
			return w.size;
		}
		break;
	case PEER_WRONG_ID:
		q.id[0] ^= 0x55;
		break;
	case PEER_CUT_WRONG_ID:
		if (tcp)
			q.id[0] ^= 0x55;
		break;
	default:
		break;
	}
	if (deed >= PEER_CUT && !tcp) {
		put_header(&w, &q, true, false, true, 0, 1);
		put_question(&w, q.name, q.type);
		return w.size;
	}
	put_header(&w, &q, false, !q.recursive, q.recursive, 0, 1);
	put_question(&w, deed == PEER_WRONG_QUESTION ? "other.test" : q.name, q.type);
	unsigned answers = put_answer(&w, script, q.name, q.type, &rcode, &authority);
	w.bytes[3] |= (unsigned char)rcode;
	set_counts(&w, answers, authority);
	return w.size;
}

/* ---- serving */

static void send_later(struct server *s, double due, int fd, const struct sockaddr_storage *to,
                       const unsigned char *bytes, size_t size, bool then_close)
{
	if (s->waiting_count == WAITING_MAX)
		give_up("dns_peer: too much is waiting");
	struct waiting *w = &s->waiting[s->waiting_count++];
	*w = (struct waiting){.due = due, .fd = fd, .size = size, .then_close = then_close};
	w->bytes = xmalloc(size + 1);
	memcpy(w->bytes, bytes, size);
	if (to != NULL)
		w->to = *to;
}

static void send_due(struct server *s, double now)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->waiting_count; i++) {
		struct waiting *w = &s->waiting[i];
		if (w->due > now) {
			s->waiting[kept++] = *w;
			continue;
		}
		if (w->to.ss_family != AF_UNSPEC)
			(void)!sendto(w->fd, w->bytes, w->size, 0, (struct sockaddr *)&w->to, address_size(&w->to));
		else
			(void)!send(w->fd, w->bytes, w->size, MSG_NOSIGNAL);
		if (w->then_close)
			shutdown(w->fd, SHUT_WR);
		free(w->bytes);
	}
	s->waiting_count = kept;
}

static void answer_udp(struct server *s, int fd, const struct sockaddr_storage *to, const struct question *q,
                       const struct peer_rule *rule)
{
	static const enum peer_deed forged[] = {PEER_WRONG_ID, PEER_WRONG_QUESTION, PEER_NONSENSE};
	static unsigned char bytes[MESSAGE_MAX];
	const double due = clock_now() + rule->delay;

	if (rule->deed == PEER_SILENT)
		return;
	if (rule->deed == PEER_WRONG_SOURCE)
		fd = s->other_fd;
	if (rule->deed == PEER_FORGED_FIRST)
		for (size_t i = 0; i < sizeof forged / sizeof forged[0]; i++)
			send_later(s, clock_now(), fd, to, bytes, build_answer(s->script, q, forged[i], false, bytes),
			           false);
	send_later(s, due, fd, to, bytes, build_answer(s->script, q, rule->deed, false, bytes), false);
}

static void answer_tcp(struct server *s, int fd, const struct question *q, const struct peer_rule *rule)
{
	static unsigned char bytes[2 + MESSAGE_MAX];
	size_t size = build_answer(s->script, q, rule->deed, true, bytes + 2);
	double due = clock_now() + rule->delay;

	bytes[0] = (unsigned char)(size >> 8);
	bytes[1] = (unsigned char)size;
	size += 2;
	if (rule->deed == PEER_CUT_TRICKLE)
		for (size_t i = 0; i < size; i++, due += TRICKLE_S)
			send_later(s, due, fd, NULL, bytes + i, 1, false);
	else if (rule->deed != PEER_CUT_HANG)
		send_later(s, due, fd, NULL, bytes, rule->deed == PEER_CUT_CLOSE ? 2 : size,
		           rule->deed == PEER_CUT_CLOSE);
}

static const struct peer_rule *find_rule(struct server *s, int server, const struct question *q)
{
	static const struct peer_rule plain = {.deed = PEER_ANSWER};

	for (size_t i = 0; i < s->script->rule_count; i++) {
		const struct peer_rule *rule = &s->script->rules[i];
		if ((rule->server == NULL || strcmp(rule->server, s->script->addresses[server]) == 0) &&
		    (rule->name == NULL || strcasecmp(rule->name, q->name) == 0) &&
		    (rule->type == 0 || rule->type == q->type) && (rule->first == 0 || s->used[i] < rule->first)) {
			s->used[i]++;
			return rule;
		}
	}
	return &plain;
}

static void read_question(const unsigned char *bytes, size_t size, struct question *q)
{
	int name_size =
	    size > NS_HFIXEDSZ ? dn_expand(bytes, bytes + size, bytes + NS_HFIXEDSZ, q->name, sizeof q->name) : -1;

	if (name_size < 0 || size < NS_HFIXEDSZ + (size_t)name_size + NS_QFIXEDSZ)
		give_up("dns_peer: the question is malformed");
	if (q->name[0] == '\0')
		snprintf(q->name, sizeof q->name, "."); /* the root */
	memcpy(q->id, bytes, 2);
	q->recursive = bytes[2] & 1;
	q->type = bytes[NS_HFIXEDSZ + name_size] << 8 | bytes[NS_HFIXEDSZ + name_size + 1];
}

static void add_socket(struct server *s, int fd, enum socket_kind kind, int server)
{
	if (s->socket_count == SOCKETS_MAX)
		give_up("dns_peer: too many connections");
	s->fds[s->socket_count] = (struct pollfd){.fd = fd, .events = POLLIN};
	s->sockets[s->socket_count++] = (struct peer_socket){.kind = kind, .server = server};
}

static void serve_socket(struct server *s, size_t i)
{
	const struct peer_socket at = s->sockets[i];
	const int fd = s->fds[i].fd;
	struct sockaddr_storage from;
	socklen_t from_size = sizeof from;
	unsigned char bytes[1024];
	struct question q;

	if (at.kind == SOCKET_LISTEN) {
		add_socket(s, accept(fd, NULL, NULL), SOCKET_STREAM, at.server);
		return;
	}
	ssize_t size = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &from_size);
	if (size <= 0) { /* the client has closed its connection; what waits for it is lost */
		s->fds[i].fd = -1;
		return;
	}
	const size_t skip = at.kind == SOCKET_STREAM ? 2 : 0;
	read_question(bytes + skip, (size_t)size - skip, &q);
	const struct peer_rule *rule = find_rule(s, at.server, &q);
	if (s->log->count < PEER_LOG_MAX) {
		s->log->entries[s->log->count].server = at.server;
		s->log->entries[s->log->count].type = q.type;
		snprintf(s->log->entries[s->log->count].name, 256, "%.255s", q.name);
		s->log->count++;
	}
	if (at.kind == SOCKET_UDP)
		answer_udp(s, fd, &from, &q, rule);
	else
		answer_tcp(s, fd, &q, rule);
}

static _Noreturn void serve(struct server *s)
{
	for (;;) {
		double wake_at = clock_now() + 60;
		for (size_t i = 0; i < s->waiting_count; i++)
			wake_at = fmin(wake_at, s->waiting[i].due);
		if (poll(s->fds, s->socket_count, clock_ms_until(wake_at)) < 0)
			give_up("poll");
		const size_t count = s->socket_count;
		for (size_t i = 0; i < count; i++)
			if (s->fds[i].revents != 0)
				serve_socket(s, i);
		send_due(s, clock_now());
	}
}

/* A bound socket, or -1 when the port is taken at that address. */
static int open_bound(const char *address, int port, int type)
{
	struct sockaddr_storage at;
	const int yes = 1;

	address_parse(address, port, &at);
	int fd = socket(at.ss_family, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		give_up("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(fd, (struct sockaddr *)&at, address_size(&at)) != 0 || (type == SOCK_STREAM && listen(fd, 20) != 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* All addresses, UDP and TCP, at one port that the kernel picks. False when it is taken at one of them. */
static bool open_all(struct server *s, int *port)
{
	struct sockaddr_storage at;
	socklen_t size = sizeof at;

	*port = s->script->port;
	s->socket_count = 0;
	for (int i = 0; i < PEER_ADDRESSES_MAX && s->script->addresses[i] != NULL; i++) {
		int udp = open_bound(s->script->addresses[i], *port, SOCK_DGRAM);
		if (udp < 0)
			break;
		add_socket(s, udp, SOCKET_UDP, i);
		if (i == 0 && getsockname(udp, (struct sockaddr *)&at, &size) == 0)
			*port = address_port(&at);
		int tcp = s->script->no_tcp ? -1 : open_bound(s->script->addresses[i], *port, SOCK_STREAM);
		if (tcp < 0 && !s->script->no_tcp)
			break;
		if (tcp >= 0)
			add_socket(s, tcp, SOCKET_LISTEN, i);
		if (i + 1 == PEER_ADDRESSES_MAX || s->script->addresses[i + 1] == NULL)
			return true;
	}
	for (size_t i = 0; i < s->socket_count; i++)
		close(s->fds[i].fd);
	return false;
}

void peer_start(struct peer *peer, const struct peer_script *script)
{
	struct server s = {.script = script};
	struct peer_log *log = mmap(NULL, sizeof *log, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (log == MAP_FAILED)
		give_up("mmap");
	s.log = log;
	for (int i = 0; i < PEER_ADDRESSES_MAX && script->addresses[i] != NULL; i++)
		snprintf(log->addresses[i], sizeof log->addresses[i], "%s", script->addresses[i]);
	for (int tries = 0; !open_all(&s, &peer->port); tries++)
		if (tries == 20)
			give_up("dns_peer: no port is free everywhere");
	peer->log = log;
	peer->pid = fork();
	if (peer->pid < 0)
		give_up("fork");
	if (peer->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		s.used = xcalloc(script->rule_count + 1, sizeof *s.used);
		s.other_fd = open_bound(script->addresses[0], 0, SOCK_DGRAM);
		serve(&s);
	}
	for (size_t i = 0; i < s.socket_count; i++)
		close(s.fds[i].fd);
}

void peer_stop(struct peer *peer)
{
	kill(peer->pid, SIGKILL);
	waitpid(peer->pid, NULL, 0);
	munmap(peer->log, sizeof *peer->log);
}

size_t peer_asked(const struct peer *peer, const char *server, const char *name, int type)
{
	size_t count = 0;

	for (size_t i = 0; i < peer->log->count; i++)
		count += (server == NULL || strcmp(peer->log->addresses[peer->log->entries[i].server], server) == 0) &&
		         (name == NULL || strcasecmp(peer->log->entries[i].name, name) == 0) &&
		         (type == 0 || peer->log->entries[i].type == type);
	return count;
}

char *peer_resolvers(const struct peer *peer, const char *const *addresses, size_t count)
{
	char *text = xstrdup("");

	for (size_t i = 0; i < count; i++) {
		char *longer = xasprintf("%s%s%s:%d", text, i > 0 ? "," : "", addresses[i], peer->port);
		free(text);
		text = longer;
	}
	return text;
}
