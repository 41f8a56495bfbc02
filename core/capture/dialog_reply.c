#include "capture/dialog_part.h"

#include "base/text.h"
#include "smtp/reply.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

/*
 * Not every server says 421 when it has waited for the rest of a message long enough: Sendmail and Exchange say 451.
 */
static bool has_waited(const struct capture_dialog *d)
{
	return d->reply.code >= 400 && d->time - fmax(d->body_last, d->replied_at) >= PATIENCE_MIN;
}

/* The server ends the session instead of answering: it has not got the command, or not the whole of its chunk. */
static bool is_farewell(const struct capture_dialog *d)
{
	if (d->state == DIALOG_CHUNK && d->pending_count == 1)
		return d->reply.code == 421 || has_waited(d);
	return d->reply.code == 421 && d->unheard;
}

/* A reply that nobody asked for: the end of a message was missed, a command was, or the server ends the session. */
static enum smtp_phase uncalled_phase(struct capture_dialog *d)
{
	d->uncalled = d->reply.code == 421 || (d->state == DIALOG_BODY && !d->body_unseen && has_waited(d));
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

enum smtp_phase dialog_next_phase(const struct capture_dialog *d)
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
	return dialog_next_phase(d);
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
	} else if (d->pending_count > 0 && is_farewell(d)) {
		phase = d->state == DIALOG_CHUNK ? SMTP_BODY : d->phase;
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
	d->ehlo_masked = d->ehlo_masked || dialog_is_masked(line, size);
}

static void add_reply_line(struct capture_dialog *d, const char *line, size_t size, bool first)
{
	const char *words = size > 4 ? line + 4 : "";

	if (first) {
		struct step *step = dialog_add_step(d, STEP_LINE, SERVER);
		text_clean(line, size, step->text, sizeof step->text);
	} else if (d->ladder != NULL) {
		struct step *step = ladder_last(d->ladder, STEP_LINE, SERVER);
		if (step != NULL)
			step->count++;
	}
	size_t used = first ? 0 : strlen(d->reply.text);
	if (used > 0 && used < sizeof d->reply.text - 1)
		d->reply.text[used++] = ' ';
	text_clean(words, size > 4 ? size - 4 : 0, d->reply.text + used, sizeof d->reply.text - used);
}

static bool is_reply(const char *line, size_t size)
{
	return size >= 3 && line[0] >= '2' && line[0] <= '5' && isdigit((unsigned char)line[1]) &&
	       isdigit((unsigned char)line[2]) && (size == 3 || strchr(" -\r\n", line[3]) != NULL);
}

void dialog_take_reply_line(struct capture_dialog *d, const char *line, size_t size, bool cut)
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

void dialog_cut_reply(struct capture_dialog *d)
{
	if (d->reply.code == 0)
		return;
	d->reply.cut = true;
	end_reply(d);
	d->reply.code = 0;
}
