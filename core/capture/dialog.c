#include "capture/dialog_part.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define CODE_SIZE 4 /* B; of less neither a reply nor a command can be told */

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

/* --- commands */

bool dialog_is_masked(const char *word, size_t size)
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
	if (verb < 0 && d->cut && d->transaction && !d->credentials &&
	    !dialog_is_masked(line, strcspn(line, " \r\n"))) {
		d->pending_count = 0; /* DATA and its 354 are in what was cut off */
		dialog_begin_body(d);
		d->phase = SMTP_BODY;
		return;
	}
	if (d->state == DIALOG_GREETING && strncmp(line, "PROXY ", 6) == 0) {
		add_command(d, line, size, false);
		return;
	}
	d->early_talk = d->early_talk || d->state == DIALOG_GREETING;
	if (d->state == DIALOG_MIDDLE)
		d->state = DIALOG_COMMANDS;
	add_command(d, line, size, secret);
	d->command_masked = d->command_masked || dialog_is_masked(line, strcspn(line, " \r\n"));
	d->credentials = false;
	d->commands++;
	if (verb >= 0 && strcmp(verbs[verb].verb, "BDAT") == 0) {
		dialog_begin_chunk(d, line);
		return;
	}
	dialog_expect_reply(d, verb >= 0 ? verbs[verb].phase : SMTP_PHASES);
	if (verb >= 0 && verbs[verb].phase == SMTP_QUIT)
		d->quit = true;
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
		dialog_take_reply_line(d, line, size, cut);
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

/* Whether too little of a segment was captured to tell what it begins with. Content needs no reading. */
static bool is_illegible(const struct capture_dialog *d, size_t size, size_t missing)
{
	const bool is_said = d->state != DIALOG_BODY && d->state != DIALOG_CHUNK && d->state != DIALOG_TLS;

	return d->state == DIALOG_BLIND || (is_said && missing > 0 && size < CODE_SIZE);
}

/* The segment goes on where the capture has cut it: what was said up to there counts as a whole line. */
static void take_cut(struct capture_dialog *d, enum side side, size_t missing)
{
	d->cut = true;
	if (d->line[side].size > 0)
		end_line(d, side, true);
	if (side == SERVER)
		dialog_cut_reply(d);
	if (d->state == DIALOG_BODY || d->state == DIALOG_CHUNK) {
		dialog_miss(d, side, missing);
		d->line[side].skip = false;
	}
}

void dialog_take(struct capture_dialog *d, enum side side, const uint8_t *bytes, size_t size, size_t missing,
                 double time, unsigned long packet)
{
	d->time = time;
	d->packet = packet;
	recognise(d, side, bytes, size);
	if (is_illegible(d, size, missing)) {
		dialog_take_unread(d, side, bytes, size, missing);
		return;
	}
	while (size > 0 && d->state != DIALOG_TLS && d->state != DIALOG_FOREIGN) {
		const size_t used = side == CLIENT && d->state == DIALOG_BODY    ? dialog_take_body(d, bytes, size)
		                    : side == CLIENT && d->state == DIALOG_CHUNK ? dialog_take_chunk(d, size)
		                                                                 : take_line(d, side, bytes, size);
		bytes += used;
		size -= used;
	}
	if (d->state == DIALOG_TLS && size + missing > 0)
		dialog_take_tls(d, side, bytes, size, missing); /* behind STARTTLS, perhaps in the same segment */
	else if (d->state != DIALOG_FOREIGN && missing > 0)
		take_cut(d, side, missing);
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

bool dialog_is_idle(const struct capture_dialog *d)
{
	if (d->state == DIALOG_BLIND || (d->state == DIALOG_TLS && d->tls.done))
		return d->through > 0 && d->spoke == SERVER && d->guess.phase == SMTP_END;
	/* What the capture does not hold of the client is QUIT, most likely. */
	const bool asked = d->pending_count > 0 && !d->pending[0].unseen;
	return d->state == DIALOG_COMMANDS && d->through > 0 && !d->transaction && !asked;
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
	return d->pending_count > 0 && d->pending[0].unseen ? dialog_next_phase(d) : d->phase;
}
