/*
 * make_log - writes a Postfix log of the wanted size for the benchmark
 *
 *     make_log BYTES [PEERS [SEED]] >FILE
 *
 * A day of a busy relay: each of PEERS clients (1 000 000) connects, some much more often, most sessions
 * deliver a message that is sent on, some are bots that connect and leave, and one peer in a thousand stalls in its data.
 * The same arguments give the same bytes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PIDS 400

static uint64_t state;

static uint64_t draw(void) /* xorshift64* */
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * UINT64_C(2685821657736338717);
}

/* Four sessions of five are those of all peers in turn (in no order to be seen), the others those of a thousandth of them. */
static unsigned peer_of(uint64_t serial, uint64_t r, unsigned peers)
{
	if (serial % 5 == 0)
		return (unsigned)(r % (peers / 1000 + 1));
	return (unsigned)((serial - serial / 5) * 7919 % peers);
}

static size_t write_session(double t, uint64_t serial, unsigned peers)
{
	const uint64_t r = draw();
	const unsigned peer = peer_of(serial, r >> 8, peers);
	const unsigned pid = 10000 + (unsigned)(serial % PIDS);
	const time_t second = (time_t)t;
	struct tm tm;
	char stamp[32], client[96];
	int size = 0;

	gmtime_r(&second, &tm);
	strftime(stamp, sizeof stamp, "%b %e %H:%M:%S", &tm);
	snprintf(client, sizeof client, "%s%u%s[10.%u.%u.%u]", peer % 5 == 0 ? "unknown" : "mail", peer,
	         peer % 5 == 0 ? "" : ".example.net", peer >> 16, peer >> 8 & 255, peer & 255);
	if (peer % 5 == 0)
		snprintf(client, sizeof client, "unknown[10.%u.%u.%u]", peer >> 16, peer >> 8 & 255, peer & 255);
	size += printf("%s mx postfix/smtpd[%u]: connect from %s\n", stamp, pid, client);
	if (r % 16 == 0) {
		size += printf("%s mx postfix/smtpd[%u]: lost connection after CONNECT from %s\n", stamp, pid, client);
		size += printf("%s mx postfix/smtpd[%u]: disconnect from %s commands=0/0\n", stamp, pid, client);
		return (size_t)size;
	}
	const unsigned long long id = (unsigned long long)(serial * 7919 % 0xffffffffff);
	if (peer % 1000 == 7) {
		size += printf("%s mx postfix/smtpd[%u]: %010llX: client=%s\n", stamp, pid, id, client);
		size += printf("%s mx postfix/smtpd[%u]: timeout after DATA (0 bytes) from %s\n", stamp, pid, client);
		size +=
		    printf("%s mx postfix/smtpd[%u]: disconnect from %s ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4\n",
		           stamp, pid, client);
		return (size_t)size;
	}
	size += printf("%s mx postfix/smtpd[%u]: %010llX: client=%s\n", stamp, pid, id, client);
	size += printf("%s mx postfix/cleanup[%u]: %010llX: message-id=<%016" PRIx64 ".%u@mail%u.example.net>\n", stamp,
	               pid + 1000, id, r, peer, peer);
	size += printf(
	    "%s mx postfix/qmgr[977]: %010llX: from=<user%u@mail%u.example.net>, size=%u, nrcpt=1 (queue active)\n",
	    stamp, id, peer % 97, peer, (unsigned)(1500 + (r >> 20) % 60000));
	size += printf("%s mx postfix/smtpd[%u]: disconnect from %s ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5\n",
	               stamp, pid, client);
	size += printf("%s mx postfix/smtp[%u]: %010llX: to=<box%u@example.org>, "
	               "relay=mail.example.org[192.0.2.%u]:25, delay=0.%02u, "
	               "delays=0.05/0.01/0.02/0.%02u, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as %010llX)\n",
	               stamp, pid + 2000, id, peer % 31, (unsigned)(r >> 40) % 200 + 1, (unsigned)(r % 90 + 9),
	               (unsigned)(r % 80 + 1), id ^ 0x5a5a5a);
	size += printf("%s mx postfix/qmgr[977]: %010llX: removed\n", stamp, id);
	return (size_t)size;
}

int main(int argc, char **argv)
{
	const size_t bytes = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	const unsigned peers = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1000000;
	const double sessions = (double)bytes / 800;
	size_t written = 0;

	if (bytes == 0 || peers == 0 || peers > 1u << 24) {
		fputs("usage: make_log BYTES [PEERS [SEED]] >FILE\n", stderr);
		return 2;
	}
	state = argc > 3 ? strtoull(argv[3], NULL, 10) | 1 : 20261121;
	for (uint64_t i = 0; written < bytes; i++)
		written += write_session(1772323200 + 86400 * (double)i / sessions, i, peers);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
