#include "capture/dialog_part.h"

#include "base/text.h"
#include "smtp/reply.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WAITED_MIN 4.0           /* s; no server hangs up for less */
#define CODE_SIZE  4             /* B; of less neither a reply nor a command can be told */
#define LOOK_BACK  ((size_t)256) /* B at the end of a segment in which the end of a message is looked for */

static const struct {
	const char *verb;
	enum smtp_phase phase;
} verbs[] = {
    {"EHLO", SMTP_EHLO},      {"HELO", SMTP_EHLO},       {"LHLO", SMTP_EHLO},   {"STARTTLS", SMTP_STARTTLS},
    {"MAIL", SMTP_MAIL},      {"RCPT", SMTP_RCPT},       {"DATA", SMTP_DATA},   {"QUIT", SMTP_QUIT},
    {"BDAT", SMTP_DATA},      {"RSET", SMTP_PHASES},     {"NOOP", SMTP_PHASES}, {"VRFY", SMTP_PHASES},
    {"EXPN", SMTP_PHASES},    {"HELP", SMTP_PHASES},     {"AUTH", SMTP_PHASES}, {"ETRN", SMTP_PHASES},
    {"XCLIENT", SMTP_PHASES}, {"XFORWARD", SMTP_PHASES},
};

void dialog_init(struct capture_dialog *d, struct ladder *ladder)
{
	memset(d, 0, offsetof(struct capture_dialog, pending));
	d->ladder = ladder;
	d->connected_at = d->replied_at = -1;
	for (int i = 0; i < SMTP_PHASES; i++)
		d->delay[i] = -1;
	d->phase = SMTP_CONNECT;
	memcpy(d->body_end, "..\r\n", 4);
	tls_init(&d->tls);
}

struct step *dialog_add_step(struct capture_dialog *d, enum step_kind kind, enum side side)
{
	static struct step nowhere;

	return d->ladder != NULL ? ladder_add(d->ladder, kind, side, d->time, d->packet) : &nowhere;
}

/* --- commands and replies */

/* Firewalls that inspect SMTP overwrite what they do not know with X. */
static bool is_masked(const char *word, size_t size)
{
	return size >= 4 && strspn(word, "X") >= size;
}

static bool has_verb(const char *line, const char *verb)
{
	if ((line[0] & ~0x20) != verb[0]) /* a capital; nearly always this says it */
		return false;
	const size_t size = strlen(verb);
	return strncasecmp(line, verb, size) == 0 && strchr(" \r\n", line[size]) != NULL;
}

/* The row of a command; -1 when it is none that is known. */
static int find_verb(const char *line)
{
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (has_verb(line, verbs[i].verb))
			return (int)i;
	return -1;
}

void dialog_expect_reply(struct capture_dialog *d, enum smtp_phase phase)
{
	if (d->pending_count == DIALOG_PENDING) {
		memmove(d->pending, d->pending + 1, (DIALOG_PENDING - 1) * sizeof d->pending[0]);
		d->pending_count--;
	}
	d->pending[d->pending_count].phase = phase;
	d->pending[d->pending_count].unseen = false;
	d->pending[d->pending_count].time = d->time;
	d->pending_count++;
}

void dialog_begin_body(struct capture_dialog *d)
{
	d->state = DIALOG_BODY;
	d->body_bytes = 0;
	d->body_unseen = false;
	memcpy(d->body_end, "..\r\n", 4); /* a dot at once ends an empty message */
}

static void begin_chunk(struct capture_dialog *d, const char *line)
{
	char *end;
	const unsigned long size = strtoul(line + strlen("BDAT"), &end, 10);

	d->chunk_left = size;
	d->chunk_last = strncasecmp(end, " LAST", 5) == 0;
	d->body_bytes = 0;
	if (size > 0)
		d->state = DIALOG_CHUNK;
	dialog_expect_reply(d, d->chunk_last ? SMTP_END : SMTP_DATA);
}

static void add_command(struct capture_dialog *d, const char *line, size_t size, bool secret)
{
	struct step *step = dialog_add_step(d, STEP_LINE, CLIENT);

	if (secret)
		size = strncasecmp(line, "AUTH ", 5) == 0 ? 5 + strcspn(line + 5, " \r\n") : 0;
	text_clean(line, size, step->text, sizeof step->text);
	if (secret) {
		const size_t used = strlen(step->text);
		snprintf(step->text + used, sizeof step->text - used, "%s(credentials)", used > 0 ? " " : "");
	}
	step->phase = d->phase;
}

static void take_command(struct capture_dialog *d, const char *line, size_t size)
{
	const int verb = find_verb(line);
	const bool secret = d->credentials || has_verb(line, "AUTH");

	if (d->state == DIALOG_MIDDLE && verb < 0) {
		dialog_begin_body(d); /* no command: the capture began inside a message */
		return;
	}
	if (verb < 0 && d->cut && d->transaction && !d->credentials && !is_masked(line, strcspn(line, " \r\n"))) {
		d->pending_count = 0; /* DATA and its 354 are in what was cut off */
		dialog_begin_body(d);
		d->phase = SMTP_BODY;
		return;
	}
	if (d->state == DIALOG_GREETING && strncmp(line, "PROXY ", 6) == 0) {
		d->proxy_line = true;
		add_command(d, line, size, false);
		return;
	}
	d->early_talk = d->early_talk || d->state == DIALOG_GREETING;
	if (d->state == DIALOG_MIDDLE)
		d->state = DIALOG_COMMANDS;
	add_command(d, line, size, secret);
	d->command_masked = d->command_masked || is_masked(line, strcspn(line, " \r\n"));
	d->credentials = false;
	d->commands++;
	if (verb >= 0 && strcmp(verbs[verb].verb, "BDAT") == 0) {
		begin_chunk(d, line);
		return;
	}
	dialog_expect_reply(d, verb >= 0 ? verbs[verb].phase : SMTP_PHASES);
	if (verb >= 0 && verbs[verb].phase == SMTP_QUIT)
		d->quit = true;
}

/* A reply that nobody asked for: the end of a message was missed, a command was, or the server ends the session. */
static enum smtp_phase uncalled_phase(struct capture_dialog *d)
{
	/* Not every server says 421 when it has waited for the rest of a message long enough: Sendmail and Exchange say 451. */
	const bool waited = d->state == DIALOG_BODY && !d->body_unseen && d->reply.code >= 400 &&
	                    d->time - fmax(d->body_last, d->replied_at) >= WAITED_MIN;

	d->uncalled = d->reply.code == 421 || waited;
	if (d->uncalled)
		return d->phase;
	if (d->reply.code == 354)
		return SMTP_DATA;
	if (d->state == DIALOG_BODY)
		return SMTP_END;
	return SMTP_PHASES;
}

void dialog_note_delay(struct capture_dialog *d, enum smtp_phase phase, double since)
{
	if (phase >= SMTP_PHASES || since < 0)
		return;
	const double delay = d->time - fmax(since, d->replied_at);
	if (delay > d->delay[phase])
		d->delay[phase] = delay;
}

/* What a reply does to the session. */
static void follow(struct capture_dialog *d, enum smtp_phase phase)
{
	const int code = d->reply.code;

	if (code == 354) {
		dialog_begin_body(d);
		d->phase = SMTP_BODY;
		return;
	}
	if (d->state == DIALOG_BODY || d->state == DIALOG_GREETING || d->state == DIALOG_MIDDLE)
		d->state = DIALOG_COMMANDS;
	if (phase == SMTP_MAIL && code / 100 == 2)
		d->transaction = true;
	if (phase == SMTP_END) {
		d->transaction = false;
		d->through++;
		d->accepted += code / 100 == 2;
	}
	if (phase == SMTP_STARTTLS && code == 220)
		dialog_begin_tls(d);
	d->credentials = code == 334;
	if (phase < SMTP_PHASES)
		d->phase = phase;
}

/* What is asked next, as a rule. */
static enum smtp_phase next_phase(const struct capture_dialog *d)
{
	if (d->phase <= SMTP_BANNER)
		return SMTP_EHLO;
	return d->phase == SMTP_MAIL || d->phase == SMTP_RCPT ? SMTP_RCPT : SMTP_MAIL;
}

/*
 * What a command was that the capture does not hold, by the reply to it: codes and enhanced codes of their own (RFC 3463
 * 3.2: x.1.0 and x.1.7 are about senders), otherwise the order of things.
 */
static enum smtp_phase answered_phase(const struct capture_dialog *d)
{
	const char *text = d->reply.text;
	const bool enhanced = text[0] != '\0' && text[1] == '.' && text[2] == '1' && text[3] == '.';

	if (d->reply.code == 354)
		return SMTP_DATA;
	if (d->reply.code == 221)
		return SMTP_QUIT;
	if (d->reply.code == 220)
		return SMTP_STARTTLS;
	if (enhanced)
		return strchr("078", text[4]) != NULL ? SMTP_MAIL : SMTP_RCPT;
	return next_phase(d);
}

/* Of commands sent together the first that is refused tells why; the others fail for want of it (RFC 2920 3.1). */
static bool is_consequence(const struct capture_dialog *d, enum smtp_phase phase)
{
	const bool before = d->refusal.code != 0 && d->transaction == (d->refusal.phase == SMTP_RCPT) &&
	                    (d->refusal.phase == SMTP_MAIL || d->refusal.phase == SMTP_RCPT);

	/* Of what the capture does not hold nobody knows which command it was. */
	return before && phase > d->refusal.phase && (phase <= SMTP_DATA || phase == SMTP_PHASES) &&
	       (d->reply.code == 503 || (phase >= SMTP_DATA && d->reply.code == 554));
}

static void end_reply(struct capture_dialog *d)
{
	enum smtp_phase phase;
	double since = d->replied_at;

	d->uncalled = false;
	if (d->state == DIALOG_GREETING || (d->state == DIALOG_MIDDLE && d->reply.code == 220 && d->replies == 0)) {
		phase = SMTP_BANNER;
		since = d->connected_at;
	} else if (d->pending_count > 0 && d->reply.code == 421 && d->unheard) {
		phase = d->phase; /* no answer: it never got the command */
		d->uncalled = true;
	} else if (d->pending_count > 0) {
		phase = d->pending[0].unseen ? answered_phase(d) : d->pending[0].phase;
		since = d->pending[0].time;
		d->pending_count--;
		memmove(d->pending, d->pending + 1, (size_t)d->pending_count * sizeof d->pending[0]);
	} else {
		phase = uncalled_phase(d);
		since = phase == SMTP_END ? d->body_last : -1;
	}
	d->reply.phase = phase < SMTP_PHASES ? phase : d->phase;
	d->reply.time = d->time;
	d->quit = d->quit || d->reply.code == 221;
	d->replies++;
	struct step *step = d->ladder != NULL ? ladder_last(d->ladder, STEP_LINE, SERVER) : NULL;
	if (step != NULL)
		step->phase = phase;
	if (!d->uncalled) {
		dialog_note_delay(d, phase, since);
		follow(d, phase);
	}
	if (phase < SMTP_PHASES)
		d->code[phase] = d->reply.code;
	if (phase == SMTP_BANNER)
		d->banner = d->reply;
	if (d->reply.code >= 400 && !is_consequence(d, phase))
		d->refusal = d->reply;
	else if (phase == SMTP_EHLO)
		d->refusal.code = 0; /* HELO instead of EHLO, say */
	d->replied_at = d->time;
}

static void note_keyword(struct capture_dialog *d, const char *line)
{
	const size_t size = strcspn(line, " \r\n");

	d->starttls_offered = d->starttls_offered || (size == 8 && strncasecmp(line, "STARTTLS", size) == 0);
	d->ehlo_masked = d->ehlo_masked || is_masked(line, size);
}

static void add_reply_line(struct capture_dialog *d, const char *line, size_t size, bool first)
{
	char text[DIALOG_LINE];

	if (first) {
		struct step *step = dialog_add_step(d, STEP_LINE, SERVER);
		text_clean(line, size, step->text, sizeof step->text);
	} else if (d->ladder != NULL) {
		struct step *step = ladder_last(d->ladder, STEP_LINE, SERVER);
		if (step != NULL)
			step->count++;
	}
	size_t used = first ? 0 : strlen(d->reply.text);
	text_clean(size > 4 ? line + 4 : "", size > 4 ? size - 4 : 0, text, sizeof text);
	if (used > 0 && used < sizeof d->reply.text - 1)
		d->reply.text[used++] = ' ';
	for (const char *c = text; *c != '\0' && used < sizeof d->reply.text - 1; c++)
		d->reply.text[used++] = *c;
	d->reply.text[used] = '\0';
}

static bool is_reply(const char *line, size_t size)
{
	return size >= 3 && line[0] >= '2' && line[0] <= '5' && isdigit((unsigned char)line[1]) &&
	       isdigit((unsigned char)line[2]) && (size == 3 || strchr(" -\r\n", line[3]) != NULL);
}

/* cut: the rest of it was not captured; whether more lines follow can then not be told. */
static void take_reply_line(struct capture_dialog *d, const char *line, size_t size, bool cut)
{
	if (!is_reply(line, size)) {
		if (d->state == DIALOG_GREETING) {
			text_clean(line, size, d->garbage, sizeof d->garbage);
			d->state = DIALOG_FOREIGN;
		}
		return;
	}
	const bool first = d->reply.code == 0;
	const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
	add_reply_line(d, line, size, first);
	d->reply.code = code;
	if (!first && d->pending_count > 0 && d->pending[0].phase == SMTP_EHLO) {
		d->ehlo_seen = true;
		note_keyword(d, size > 4 ? line + 4 : "");
	}
	if (size > 3 && line[3] == '-' && !cut)
		return;
	d->reply.cut = cut;
	end_reply(d);
	d->reply.code = 0;
}

/* --- bytes */

static void end_line(struct capture_dialog *d, enum side side, bool cut)
{
	char *line = d->lines[side];
	const size_t size = d->line[side].size;
	const bool skip = d->line[side].skip;

	line[size] = '\0';
	d->line[side].size = 0;
	d->line[side].skip = false;
	if (skip || memchr(line, '\0', size) != NULL) /* NUL is in no command */
		return;
	if (side == CLIENT)
		take_command(d, line, size);
	else
		take_reply_line(d, line, size, cut);
}

/* Takes bytes up to the end of a line; returns how many. */
static size_t take_line(struct capture_dialog *d, enum side side, const uint8_t *bytes, size_t size)
{
	const uint8_t *end = memchr(bytes, '\n', size);
	const size_t used = end != NULL ? (size_t)(end - bytes) + 1 : size;
	const size_t room = DIALOG_LINE - 1 - d->line[side].size;
	const size_t kept = used < room ? used : room;

	memcpy(d->lines[side] + d->line[side].size, bytes, kept);
	d->line[side].size += kept;
	if (end != NULL)
		end_line(d, side, false);
	return used;
}

/* Looks for the line with nothing but a dot; returns how many bytes are content, the dot included; 0: all of them. */
static size_t find_dot(struct capture_dialog *d, const uint8_t *bytes, size_t size)
{
	static const char dot[] = "\r\n.\r\n";
	char seam[8];
	const size_t head = size < 4 ? size : 4;

	memcpy(seam, d->body_end, 4);
	memcpy(seam + 4, bytes, head);
	const char *found = memchr(d->body_end, dot[0], 4) != NULL ? memmem(seam, 4 + head, dot, 5) : NULL;
	if (found != NULL) {
		const size_t used = (size_t)(found - seam) + 5 - 4;
		d->dot_split = d->dot_split || used <= 2;
		return used;
	}
	const uint8_t *const end = bytes + size, *const from = size > LOOK_BACK ? end - LOOK_BACK : bytes;
	/* Dots are rare: by them the line is found fastest. */
	for (const uint8_t *at = from; (at = memchr(at, '.', (size_t)(end - at))) != NULL; at++)
		if (at - from >= 2 && end - at >= 3 && memcmp(at - 2, dot, 5) == 0)
			return (size_t)(at - bytes) + 3;
	return 0;
}

void dialog_count_content(struct capture_dialog *d, size_t size)
{
	struct step *step = d->ladder != NULL ? ladder_last(d->ladder, STEP_CONTENT, CLIENT) : NULL;

	if (size == 0)
		return;
	if (step == NULL) {
		step = dialog_add_step(d, STEP_CONTENT, CLIENT);
		step->count = 0;
	}
	step->count += d->packet != d->body_packet;
	step->bytes += (double)size;
	step->until = d->time;
	d->body_packet = d->packet;
	d->body_bytes += (double)size;
	d->body_total += (double)size;
	d->body_last = d->time;
}

static size_t take_body(struct capture_dialog *d, const uint8_t *bytes, size_t size)
{
	const size_t used = find_dot(d, bytes, size);

	dialog_count_content(d, used > 0 ? used : size);
	d->body_unseen = false;
	if (used > 0) {
		d->state = DIALOG_COMMANDS;
		dialog_expect_reply(d, SMTP_END);
		return used;
	}
	if (size >= 4) {
		memcpy(d->body_end, bytes + size - 4, 4);
	} else {
		memmove(d->body_end, d->body_end + size, 4 - size);
		memcpy(d->body_end + 4 - size, bytes, size);
	}
	return size;
}

size_t dialog_take_chunk(struct capture_dialog *d, size_t size)
{
	const size_t used = size < d->chunk_left ? size : d->chunk_left;

	dialog_count_content(d, used);
	d->chunk_left -= used;
	if (d->chunk_left > 0)
		return used;
	d->state = DIALOG_COMMANDS;
	if (d->pending_count > 0)
		d->pending[d->pending_count - 1].time = d->time; /* the reply cannot come before the chunk */
	return used;
}

static bool begins_tls(const uint8_t *bytes, size_t size)
{
	return size >= 2 && bytes[0] == 0x16 && bytes[1] == 0x03;
}

/* The first bytes decide what it is. */
static void recognise(struct capture_dialog *d, enum side side, const uint8_t *bytes, size_t size)
{
	/* Where the client's packets are not captured the server's are the first. */
	if (d->state == DIALOG_GREETING && d->line[side].size == 0 &&
	    (begins_tls(bytes, size) || (side == CLIENT && size < CODE_SIZE && d->tls_port))) {
		d->tls_from_start = true;
		dialog_begin_tls(d);
	} else if (d->state == DIALOG_MIDDLE && d->line[side].size == 0 && size >= 3 && bytes[0] >= 0x14 &&
	           bytes[0] <= 0x17 && bytes[1] == 0x03 && bytes[2] <= 0x04) {
		dialog_begin_tls(d);
		d->tls.done = true; /* when, was before the capture */
	}
}

void dialog_take(struct capture_dialog *d, enum side side, const uint8_t *bytes, size_t size, size_t missing,
                 double time, unsigned long packet)
{
	d->time = time;
	d->packet = packet;
	recognise(d, side, bytes, size);
	if (d->state == DIALOG_BLIND || (size < CODE_SIZE && missing > 0 && d->state != DIALOG_BODY &&
	                                 d->state != DIALOG_CHUNK && d->state != DIALOG_TLS)) {
		dialog_take_unread(d, side, bytes, size, missing);
		return;
	}
	if (d->state == DIALOG_TLS) {
		dialog_take_tls(d, side, bytes, size, missing);
		return;
	}
	while (size > 0) {
		size_t used = size;
		if (d->state == DIALOG_TLS) { /* STARTTLS and what follows, in one segment */
			dialog_take_tls(d, side, bytes, size, missing);
			return;
		}
		if (d->state == DIALOG_FOREIGN) {
			return;
		}
		if (side == CLIENT && d->state == DIALOG_BODY) {
			used = take_body(d, bytes, size);
		} else if (side == CLIENT && d->state == DIALOG_CHUNK) {
			used = dialog_take_chunk(d, size);
		} else {
			used = take_line(d, side, bytes, size);
		}
		bytes += used;
		size -= used;
	}
	if (missing > 0) {
		d->cut = true;
		/* What was cut off is taken for the end of its line. */
		if (d->line[side].size > 0)
			end_line(d, side, true);
		if (d->state == DIALOG_BODY || d->state == DIALOG_CHUNK) {
			dialog_miss(d, side, missing);
			d->line[side].skip = false;
		}
	}
}

enum side dialog_turn(const struct capture_dialog *d)
{
	switch (d->state) {
	case DIALOG_GREETING:
		if (d->tls_port && d->connected_at >= 0)
			return CLIENT;
		return d->pending_count > 0 || d->connected_at >= 0 ? SERVER : SIDES;
	case DIALOG_MIDDLE:
	case DIALOG_FOREIGN:
		return SIDES;
	case DIALOG_TLS:
	case DIALOG_BLIND:
		return other_side(d->spoke);
	case DIALOG_CHUNK:
		return CLIENT;
	case DIALOG_COMMANDS:
	case DIALOG_BODY:
		break;
	}
	if (d->reply.code != 0 || d->pending_count > 0)
		return SERVER;
	return CLIENT;
}

bool dialog_may_be_through(const struct capture_dialog *d)
{
	return d->state == DIALOG_BODY && d->body_unseen && d->body_bytes > 0;
}

double dialog_end_body(struct capture_dialog *d)
{
	d->time = d->body_last;
	d->state = DIALOG_COMMANDS;
	dialog_expect_reply(d, SMTP_END);
	return d->body_last;
}

bool dialog_is_idle(const struct capture_dialog *d)
{
	if (d->state == DIALOG_BLIND || (d->state == DIALOG_TLS && d->tls.done))
		return d->through > 0 && d->spoke == SERVER && d->guess.phase == SMTP_END;
	/* What the capture does not hold of the client is QUIT, most likely. */
	const bool asked = d->pending_count > 0 && !d->pending[0].unseen;
	return d->state == DIALOG_COMMANDS && d->through > 0 && !d->transaction && !asked;
}

bool dialog_ends_at_dot(const struct capture_dialog *d)
{
	return d->state == DIALOG_BODY && d->body_bytes > 0 && memcmp(d->body_end + 1, "\r\n.", 3) == 0;
}

enum smtp_phase dialog_phase(const struct capture_dialog *d)
{
	if (d->state == DIALOG_GREETING && !d->tls_port)
		return d->connected_at >= 0 ? SMTP_BANNER : SMTP_CONNECT;
	if (d->state == DIALOG_GREETING || (d->state == DIALOG_TLS && !d->tls.done))
		return SMTP_TLS;
	if (d->state == DIALOG_TLS || d->state == DIALOG_BLIND)
		return d->phase == SMTP_BODY && d->spoke == CLIENT ? SMTP_END : d->phase;
	if (d->state == DIALOG_BODY || d->state == DIALOG_CHUNK)
		return SMTP_BODY;
	for (int i = 0; i < d->pending_count; i++)
		if (d->pending[i].phase < SMTP_PHASES)
			return d->pending[i].phase;
	return d->pending_count > 0 && d->pending[0].unseen ? next_phase(d) : d->phase;
}
