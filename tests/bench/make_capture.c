/*
 * make_capture - writes a capture of port 25 of the wanted size for the benchmark
 *
 *     make_capture BYTES [SEED] >FILE
 *
 * A busy relay: 250 sessions at a time, most with a message of some kB, one in fifty refused with 421, one in a hundred
 * ended by a timeout, and a few with messages of 20 MB. The same arguments give the same bytes.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SESSIONS 250
#define LONG     4    /* of them */
#define SEGMENT  1448 /* B */
#define HEADERS  66   /* Ethernet, IPv4, TCP with timestamps */

static uint64_t state = 88172645463325252u;
static uint64_t now_us = 1795000000000000u;
static unsigned long long written;

static uint64_t draw(void) /* xorshift64* */
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * UINT64_C(2685821657736338717);
}

struct session {
	unsigned peer, port, step, left; /* left: B of the body */
	uint32_t seq[2];                 /* of client and server */
	char kind;                       /* 'r'efused, 't'imeout, 'o'rdinary */
};

static void put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

enum { FIN = 1, SYN = 2, PSH = 8, ACK = 16 };

static void packet(struct session *s, int from, unsigned flags, const char *data, size_t size)
{
	uint8_t frame[HEADERS + SEGMENT] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
	uint8_t *ip = frame + 14, *tcp = ip + 20;
	const uint32_t length = (uint32_t)(HEADERS + size);
	const uint32_t record[4] = {(uint32_t)(now_us / 1000000), (uint32_t)(now_us % 1000000), length, length};
	const uint32_t client = 0x0a000000u + s->peer, server = 0xc6336419u;

	ip[0] = 0x45;
	put16(ip + 2, (unsigned)(52 + size));
	put16(ip + 6, 0x4000);
	ip[8] = from == 0 ? 61 : 64;
	ip[9] = 6;
	put32(ip + 12, from == 0 ? client : server);
	put32(ip + 16, from == 0 ? server : client);
	put16(tcp, from == 0 ? s->port : 25);
	put16(tcp + 2, from == 0 ? 25 : s->port);
	put32(tcp + 4, s->seq[from]);
	put32(tcp + 8, flags & ACK ? s->seq[!from] : 0);
	tcp[12] = 0x80;
	tcp[13] = (uint8_t)flags;
	put16(tcp + 14, 65000);
	memcpy(tcp + 20,
	       flags & SYN ? "\x02\x04\x05\xb4\x04\x02\x01\x03\x03\x07\x01\x01" : "\x01\x01\x08\x0a\0\0\0\1\0\0\0\1",
	       12);
	memcpy(tcp + 32, data, size);
	fwrite(record, sizeof record, 1, stdout);
	fwrite(frame, length, 1, stdout);
	written += sizeof record + length;
	s->seq[from] += (uint32_t)size + ((flags & (SYN | FIN)) != 0);
	now_us += 1 + draw() % 40;
}

static void say(struct session *s, int from, const char *line)
{
	packet(s, from, PSH | ACK, line, strlen(line));
	packet(s, !from, ACK, "", 0);
}

static void begin(struct session *s, int is_long, unsigned serial)
{
	const uint64_t r = draw();

	*s = (struct session){.peer = (unsigned)(r % 50000),
	                      .port = 1024 + serial % 60000,
	                      .seq = {(uint32_t)r, (uint32_t)(r >> 32)},
	                      .kind = serial % 50 == 7    ? 'r'
	                              : serial % 100 == 9 ? 't'
	                                                  : 'o'};
	s->left = is_long ? 20000000 : 500 + (unsigned)(r >> 20) % 20000;
}

static void send_body(struct session *s)
{
	static char text[SEGMENT + 1];
	const unsigned size = s->left < SEGMENT ? s->left : SEGMENT;

	if (text[0] == '\0')
		for (int i = 0; i < SEGMENT; i++)
			text[i] = i % 78 == 76 ? '\r' : i % 78 == 77 ? '\n' : (char)('a' + i % 23);
	packet(s, 0, ACK, text, size);
	s->left -= size;
	if (s->left / SEGMENT % 2 == 0)
		packet(s, 1, ACK, "", 0);
}

/* The next exchange of the session; 0 when it has ended. */
static int step(struct session *s)
{
	static const char *const words[][2] = {
	    {"EHLO mail.example.com\r\n",
	     "250-mx.example.net\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250 8BITMIME\r\n"},
	    {"MAIL FROM:<someone@example.com>\r\n", "250 2.1.0 Ok\r\n"},
	    {"RCPT TO:<somebody@example.net>\r\n", "250 2.1.5 Ok\r\n"},
	    {"DATA\r\n", "354 End data with <CR><LF>.<CR><LF>\r\n"},
	};

	switch (s->step++) {
	case 0:
		packet(s, 0, SYN, "", 0);
		packet(s, 1, SYN | ACK, "", 0);
		packet(s, 0, ACK, "", 0);
		return 1;
	case 1:
		say(s, 1,
		    s->kind == 'r' ? "421 4.7.0 mx.example.net Error: too many connections from 192.0.2.10\r\n"
		                   : "220 mx.example.net ESMTP Postfix\r\n");
		s->step = s->kind == 'r' ? 7 : s->step;
		return 1;
	case 2:
	case 3:
	case 4:
	case 5:
		say(s, 0, words[s->step - 3][0]);
		say(s, 1, words[s->step - 3][1]);
		return 1;
	case 6:
		if (s->kind == 't' && s->left < 5000) {
			say(s, 1, "421 4.4.2 mx.example.net Error: timeout exceeded\r\n");
		} else if (s->left > 0) {
			send_body(s);
			s->step = 6;
		} else {
			say(s, 0, "\r\n.\r\n");
			say(s, 1, "250 2.0.0 Ok: queued as 4ZkP01Qm8zJ1\r\n");
			say(s, 0, "QUIT\r\n");
			say(s, 1, "221 2.0.0 Bye\r\n");
		}
		return 1;
	default:
		packet(s, 1, FIN | ACK, "", 0);
		packet(s, 0, FIN | ACK, "", 0);
		packet(s, 1, ACK, "", 0);
		return 0;
	}
}

int main(int argc, char **argv)
{
	static struct session sessions[SESSIONS];
	const uint32_t header[] = {0xa1b2c3d4, 2 | 4u << 16, 0, 0, 262144, 1};
	unsigned serial = 0;

	if (argc < 2)
		return 2;
	if (argc > 2)
		state += strtoull(argv[2], NULL, 10);
	fwrite(header, sizeof header, 1, stdout);
	for (int i = 0; i < SESSIONS; i++)
		begin(&sessions[i], i < LONG, serial++);
	for (const unsigned long long wanted = strtoull(argv[1], NULL, 10); written < wanted;) {
		const int i = (int)(draw() % SESSIONS);
		if (!step(&sessions[i]))
			begin(&sessions[i], i < LONG, serial++);
	}
	return fflush(stdout) != 0 || ferror(stdout);
}
