#include "capture/blank.h"

#include "base/xalloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define FLOWS      8192 /* connections remembered at a time */
#define LINE_MAX   2048 /* B; longer lines are blanked */
#define TLS_HEADER 5
#define TLS_KEPT   6 /* B of a handshake record: type, size, version */
#define TLS_ALERT  21

/* One direction. Sequence numbers wrap, so they are compared by difference only. */
struct side {
	bool seen;
	uint32_t next; /* sequence number after the last byte that was seen */
	bool in_body;  /* from body_from on, to body_to when that is known */
	bool body_ends;
	uint32_t body_from, body_to;
	uint8_t tail[5]; /* the last bytes of the body, for an end that is spread over segments */
	bool asked_tls;  /* STARTTLS has been sent; TLS begins at tls_next when the server agrees */
	bool tls;
	uint32_t tls_next; /* where the next record begins */
	uint8_t head[TLS_HEADER];
	size_t head_size; /* bytes of its header that came already */
};

struct flow {
	bool used;
	uint8_t low[16], high[16]; /* addresses, the smaller endpoint first */
	uint16_t low_port, high_port;
	bool low_is_server;
	struct side sides[2]; /* of low and of high */
};

struct blanker {
	struct pseudonyms *names;
	struct flow flows[FLOWS];
};

struct blanker *blanker_new(struct pseudonyms *names)
{
	struct blanker *b = xcalloc(1, sizeof *b);

	b->names = names;
	return b;
}

void blanker_free(struct blanker *b)
{
	free(b);
}

void blank_bytes(uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] > ' ' && bytes[i] != '.')
			bytes[i] = 'x';
}

static int32_t distance(uint32_t from, uint32_t to)
{
	return (int32_t)(to - from);
}

/* ---- connections */

/* The connection of a segment, and which of its sides sent it. A table that is full forgets. */
static struct flow *find_flow(struct blanker *b, const struct packet *p, int *side)
{
	const size_t size = p->v6 ? 16 : 4;
	const int order = memcmp(p->source, p->destination, size);
	const bool source_is_low = order < 0 || (order == 0 && p->source_port < p->destination_port);
	const uint8_t *low = source_is_low ? p->source : p->destination,
		      *high = source_is_low ? p->destination : p->source;
	const uint16_t low_port = source_is_low ? p->source_port : p->destination_port;
	const uint16_t high_port = source_is_low ? p->destination_port : p->source_port;
	uint32_t hash = low_port * 31u + high_port;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ low[i] ^ (uint32_t)high[i] << 8) * 16777619u;
	struct flow *f = &b->flows[hash % FLOWS];
	if (!f->used || memcmp(f->low, low, size) != 0 || memcmp(f->high, high, size) != 0 || f->low_port != low_port ||
	    f->high_port != high_port || ((p->flags & TCP_SYN) && !(p->flags & TCP_ACK))) {
		*f = (struct flow){.used = true, .low_port = low_port, .high_port = high_port};
		memcpy(f->low, low, size);
		memcpy(f->high, high, size);
		f->low_is_server =
		    packet_is_mail_port(low_port) || (!packet_is_mail_port(high_port) && low_port < high_port);
	}
	if (p->flags & TCP_SYN)
		f->low_is_server = source_is_low == ((p->flags & TCP_ACK) != 0);
	*side = source_is_low ? 0 : 1;
	return f;
}

/* ---- TLS */

static bool begins_record(const uint8_t *at, size_t size)
{
	return size >= TLS_HEADER && at[0] >= 20 && at[0] <= 23 && at[1] == 3 && at[2] <= 4 && at[3] <= 0x41;
}

/* The header is complete: what of the record stays readable. */
static size_t record_kept(const uint8_t *head)
{
	const size_t size = (size_t)head[3] << 8 | head[4];

	return head[0] == TLS_ALERT && size == 2 ? 2 : head[0] == 22 ? TLS_KEPT : 0;
}

static void blank_tls(struct side *s, uint32_t seq, uint8_t *at, size_t size)
{
	size_t i = 0;

	if (distance(s->tls_next, seq) > 0) { /* something is missing; records are found again where one begins */
		if (!begins_record(at, size)) {
			memset(at, 0, size);
			return;
		}
		s->tls_next = seq;
		s->head_size = 0;
	}
	while (i < size) {
		const int32_t left = distance(seq + (uint32_t)i, s->tls_next + (uint32_t)s->head_size);
		if (left > 0) { /* within a record */
			const size_t count = (size_t)left < size - i ? (size_t)left : size - i;
			memset(at + i, 0, count);
			i += count;
			continue;
		}
		s->head[s->head_size++] = at[i++];
		if (s->head_size < TLS_HEADER)
			continue;
		const size_t record = (size_t)s->head[3] << 8 | s->head[4];
		const size_t kept = record_kept(s->head);
		i += kept < size - i ? kept : size - i;
		s->tls_next += TLS_HEADER + (uint32_t)record;
		s->head_size = 0;
	}
}

/* ---- text */

/* The line, which ends at `end`, with the text in its place: cut or filled up with blanks. */
static void put_line(uint8_t *line, size_t size, const char *text)
{
	const size_t length = strlen(text);

	memcpy(line, text, length < size ? length : size);
	if (length < size)
		memset(line + length, ' ', size - length);
}

/* What the line says, with pseudonyms from `start` on. */
static void rename_line(struct blanker *b, uint8_t *line, size_t size, size_t start)
{
	char text[LINE_MAX + 1];

	if (start >= size)
		return;
	if (size - start > LINE_MAX) {
		blank_bytes(line + start, size - start);
		return;
	}
	for (size_t i = start; i < size; i++)
		text[i - start] = isprint(line[i]) ? (char)line[i] : '?';
	text[size - start] = '\0';
	char *renamed = pseudonym_text(b->names, text, PSEUDONYM_FIND);
	put_line(line + start, size - start, renamed);
	free(renamed);
}

/* EHLO's argument is a name even when it has no dot. */
static void rename_host(struct blanker *b, uint8_t *line, size_t size, size_t start)
{
	if (start < size && memchr(line + start, '.', size - start) == NULL && line[start] != '[' &&
	    size - start <= LINE_MAX) {
		char *name = xstrndup((const char *)line + start, size - start);
		char *other = pseudonym_host(b->names, name);
		put_line(line + start, size - start, other);
		free(other);
		free(name);
	} else {
		rename_line(b, line, size, start);
	}
}

enum argument { ARGUMENT_BLANK, ARGUMENT_HOST, ARGUMENT_PATH, ARGUMENT_WORD };

static const struct command {
	const char *verb;
	enum argument argument;
} commands[] = {
    {"EHLO ", ARGUMENT_HOST},      {"HELO ", ARGUMENT_HOST},    {"LHLO ", ARGUMENT_HOST}, {"XXXX ", ARGUMENT_HOST},
    {"MAIL FROM:", ARGUMENT_PATH}, {"RCPT TO:", ARGUMENT_PATH}, {"BDAT ", ARGUMENT_WORD}, {"AUTH ", ARGUMENT_WORD},
    {"DATA", ARGUMENT_BLANK},      {"RSET", ARGUMENT_BLANK},    {"QUIT", ARGUMENT_BLANK}, {"NOOP", ARGUMENT_BLANK},
    {"STARTTLS", ARGUMENT_BLANK},
};

static const struct command *find_command(const uint8_t *line, size_t size)
{
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		const size_t length = strlen(commands[i].verb);
		if (size >= length && strncasecmp((const char *)line, commands[i].verb, length) == 0 &&
		    (commands[i].argument != ARGUMENT_BLANK || size == length || line[length] == ' '))
			return &commands[i];
	}
	return NULL;
}

/* A line of the client, outside a body, without its line end. `after` is the sequence number behind the line end. */
static void blank_command(struct blanker *b, struct side *s, uint8_t *line, size_t size, uint32_t after)
{
	const struct command *command = find_command(line, size);

	if (command == NULL) {
		blank_bytes(line, size);
		return;
	}
	const size_t verb = strlen(command->verb);
	if (strcmp(command->verb, "DATA") == 0 || strcmp(command->verb, "BDAT ") == 0) {
		s->in_body = true;
		s->body_ends = command->argument == ARGUMENT_WORD;
		s->body_from = after;
		memcpy(s->tail, "\0\0\0\r\n", sizeof s->tail);
		if (s->body_ends) {
			char count[16] = "";
			memcpy(count, line + verb, size - verb < sizeof count - 1 ? size - verb : sizeof count - 1);
			s->body_to = after + (uint32_t)strtoul(count, NULL, 10);
		}
	}
	s->asked_tls = strcmp(command->verb, "STARTTLS") == 0;
	if (s->asked_tls)
		s->tls_next = after;
	size_t kept = verb;
	if (command->argument == ARGUMENT_HOST)
		rename_host(b, line, size, verb);
	else if (command->argument == ARGUMENT_PATH)
		rename_line(b, line, size, verb);
	else {
		while (command->argument == ARGUMENT_WORD && kept < size && line[kept] != ' ')
			kept++;
		if (strcmp(command->verb, "BDAT ") != 0)
			blank_bytes(line + kept, size - kept);
	}
}

/* Message text from there on; returns how much of it is message text. */
static size_t blank_body(struct side *s, uint32_t seq, uint8_t *at, size_t size)
{
	static const uint8_t end[5] = {'\r', '\n', '.', '\r', '\n'};
	size_t count = size;

	if (s->body_ends) {
		const int32_t left = distance(seq, s->body_to);
		count = left <= 0 ? 0 : (size_t)left < size ? (size_t)left : size;
		s->in_body = left > 0 && (size_t)left >= size;
	} else {
		for (size_t i = 0; i < size; i++) {
			memmove(s->tail, s->tail + 1, sizeof s->tail - 1);
			s->tail[sizeof s->tail - 1] = at[i];
			if (memcmp(s->tail, end, sizeof end) == 0) {
				s->body_ends = true;
				s->body_to = seq + (uint32_t)i + 1;
				s->in_body = false;
				count = i + 1;
				break;
			}
		}
	}
	blank_bytes(at, count);
	return count;
}

/* A reply changes what the client's next bytes are. */
static void heed_reply(struct side *client, struct side *server, int code, uint32_t ack, uint32_t after)
{
	if (client->asked_tls && code == 220) {
		client->tls = server->tls = true;
		client->head_size = server->head_size = 0;
		server->tls_next = after;
	}
	client->asked_tls = false;
	if (code == 354 && !client->in_body) { /* whatever made us think otherwise: now a body comes */
		client->in_body = true;
		client->body_ends = false;
		client->body_from = ack;
	}
	if (!client->in_body || client->body_ends || code == 354 || code == 421)
		return;
	if (code >= 400 && distance(client->body_from, client->next) <= 0) {
		client->in_body = false; /* DATA was refused */
	} else if (distance(client->body_from, ack) > 0) {
		client->body_ends = true; /* the reply to its end, though we have not seen that */
		client->body_to = ack;
	}
}

static void blank_reply(struct blanker *b, struct side *client, struct side *server, uint8_t *line, size_t size,
                        uint32_t ack, uint32_t after)
{
	if (size < 3 || line[0] < '2' || line[0] > '5' || !isdigit(line[1]) || !isdigit(line[2]) ||
	    (size > 3 && line[3] != ' ' && line[3] != '-')) {
		blank_bytes(line, size);
		return;
	}
	const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
	if (size == 3 || line[3] == ' ')
		heed_reply(client, server, code, ack, after);
	if (code == 334)
		blank_bytes(line + 3, size - 3);
	else
		rename_line(b, line, size, size > 4 ? 4 : size);
}

static size_t line_size(const uint8_t *at, size_t size)
{
	const uint8_t *end = memchr(at, '\n', size);

	return end != NULL ? (size_t)(end - at) + 1 : size;
}

static void blank_text(struct blanker *b, struct flow *f, int side, const struct packet *p, uint8_t *at, size_t size)
{
	struct side *s = &f->sides[side], *peer = &f->sides[!side];
	const bool is_server = f->low_is_server == (side == 0);

	for (size_t i = 0; i < size;) {
		const uint32_t seq = p->seq + (uint32_t)i;
		if (!is_server && (s->in_body || s->body_ends) && distance(s->body_from, seq) >= 0 &&
		    (!s->body_ends || distance(seq, s->body_to) > 0)) {
			i += blank_body(s, seq, at + i, size - i);
			continue;
		}
		const size_t whole = line_size(at + i, size - i);
		size_t line = whole;
		while (line > 0 && (at[i + line - 1] == '\n' || at[i + line - 1] == '\r'))
			line--;
		if (is_server)
			blank_reply(b, peer, s, at + i, line, p->ack, seq + (uint32_t)whole);
		else
			blank_command(b, s, at + i, line, seq + (uint32_t)whole);
		i += whole;
		if (s->tls && i < size) {
			blank_tls(s, p->seq + (uint32_t)i, at + i, size - i);
			return;
		}
	}
}

void blank_payload(struct blanker *b, const struct packet *p, uint8_t *payload)
{
	int side;
	struct flow *f = find_flow(b, p, &side);
	struct side *s = &f->sides[side];
	const size_t size = p->payload_captured;

	if (size == 0)
		return;
	if (!s->seen && begins_record(payload, size) && payload[0] == 22) { /* port 465 and its like */
		s->tls = true;
		s->tls_next = p->seq;
	}
	if (s->tls && distance(s->tls_next, p->seq + (uint32_t)size) > 0)
		blank_tls(s, p->seq, payload, size);
	else if (s->tls)
		memset(payload, 0, size); /* within a record, or sent again */
	else
		blank_text(b, f, side, p, payload, size);
	const uint32_t next = p->seq + (uint32_t)p->payload_size;
	if (!s->seen || distance(s->next, next) > 0)
		s->next = next;
	s->seen = true;
}
