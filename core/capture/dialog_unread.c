#include "capture/dialog_part.h"

#include <string.h>

/* --- phases by who speaks, and how much */

static void hear_client(struct capture_dialog *d, const uint8_t *bytes, size_t size, size_t missing)
{
	d->phase = guess_client(&d->guess, bytes, size, size + missing, d->time);
	d->quit = d->quit || d->phase == SMTP_QUIT;
	d->transaction = d->transaction || d->phase == SMTP_MAIL || d->phase == SMTP_RCPT || d->phase == SMTP_DATA;
	if (d->phase == SMTP_BODY) {
		d->body_total += (double)(size + missing);
		d->body_last = d->time;
	}
}

static void hear_server(struct capture_dialog *d, const uint8_t *bytes, size_t size)
{
	d->replies++;
	d->uncalled = d->unasked;
	if (d->uncalled)
		return; /* it has not got the message: this is no reply to it */

	const enum smtp_phase answered = guess_server(&d->guess, bytes, size);

	d->refused = size > 0 && (bytes[0] == '4' || bytes[0] == '5');
	if (answered == SMTP_PHASES)
		return;
	dialog_note_delay(d, answered, answered == SMTP_BANNER ? d->connected_at : d->guess.asked_at);
	d->phase = answered;
	if (answered == SMTP_END) {
		d->through++;
		d->transaction = false;
	}
}

/* letters: of what is not encrypted, the first bytes */
static void hear(struct capture_dialog *d, enum side side, const uint8_t *letters, size_t size, size_t missing)
{
	d->guessed = true;
	d->spoke = side;
	if (side == CLIENT)
		hear_client(d, letters, size, missing);
	else
		hear_server(d, letters, size);
}

/* --- TLS */

void dialog_begin_tls(struct capture_dialog *d)
{
	d->state = DIALOG_TLS;
	d->is_tls = true;
	d->spoke = SERVER;
	guess_init(&d->guess, true, !d->tls_from_start);
}

void dialog_take_tls(struct capture_dialog *d, enum side side, const uint8_t *bytes, size_t size, size_t missing)
{
	struct step *step = d->ladder != NULL ? ladder_last(d->ladder, STEP_TLS, side) : NULL;
	const bool done = d->tls.done;

	if (step == NULL) {
		step = dialog_add_step(d, STEP_TLS, side);
		step->count = 0;
		step->phase = done ? SMTP_PHASES : SMTP_TLS;
	}
	step->count++;
	step->bytes += (double)(size + missing);
	step->until = d->time;
	if (size > 0)
		tls_take(&d->tls, side, bytes, size);
	if (missing > 0)
		tls_miss(&d->tls, side, missing);
	tls_turn(&d->tls, side, size + missing);
	d->spoke = side;
	d->phase = SMTP_TLS;
	if (done)
		hear(d, side, bytes, 0, size + missing);
	else
		d->replied_at = d->time;
}

/* --- what was cut off */

static void note_missed(struct capture_dialog *d, enum side side, size_t size)
{
	struct step *step = d->ladder != NULL ? ladder_last(d->ladder, STEP_MISSED, side) : NULL;

	if (step == NULL) {
		step = dialog_add_step(d, STEP_MISSED, side);
		step->count = 0;
	}
	step->count++;
	step->bytes += (double)size;
	step->until = d->time;
}

/* From here on only sizes are seen; how far the dialog had come is known. */
static void go_blind(struct capture_dialog *d)
{
	if (d->state == DIALOG_BLIND)
		return;
	guess_init(&d->guess, false, d->state != DIALOG_GREETING);
	if (d->state == DIALOG_MIDDLE) {
		d->guess.turns = 2; /* whatever was, the greetings are over */
		d->guess.phase = SMTP_MAIL;
	} else if (d->state != DIALOG_GREETING) {
		d->guess.turns = d->commands;
		d->guess.phase = d->phase;
	}
	d->state = DIALOG_BLIND;
}

void dialog_take_unread(struct capture_dialog *d, enum side side, const uint8_t *bytes, size_t size, size_t missing)
{
	note_missed(d, side, size + missing);
	go_blind(d);
	hear(d, side, bytes, size, missing);
	if (side == SERVER && d->guess.phase == SMTP_STARTTLS && !d->refused)
		dialog_begin_tls(d);
}

/* --- what passed and is not in the capture */

/* The server said something that the capture does not hold: whatever was asked counts as answered. */
static void miss_reply(struct capture_dialog *d)
{
	const bool asked = d->pending_count > 0;
	const enum smtp_phase phase = asked                         ? d->pending[d->pending_count - 1].phase
	                              : d->state == DIALOG_GREETING ? SMTP_BANNER
	                                                            : SMTP_PHASES;

	d->line[SERVER].size = 0;
	d->line[SERVER].skip = d->reply.code != 0; /* the rest of a reply may come */
	d->reply.code = 0;
	if (asked)
		dialog_note_delay(d, d->pending[0].phase, d->pending[0].time); /* the first was answered by now */
	else
		dialog_note_delay(d, phase, d->connected_at);
	d->pending_count = 0;
	d->replied_at = d->time;
	if (phase < SMTP_PHASES)
		d->phase = phase;
	if (d->state == DIALOG_GREETING)
		d->state = DIALOG_COMMANDS;
	if (phase == SMTP_MAIL)
		d->transaction = true;
	if (phase == SMTP_END) {
		d->transaction = false;
		d->through++;
	} else if (phase == SMTP_DATA && d->state == DIALOG_COMMANDS) {
		dialog_begin_body(d);
		d->phase = SMTP_BODY;
	} else if (phase == SMTP_STARTTLS) {
		dialog_begin_tls(d);
	}
}

/* The client said something that the capture does not hold. */
static void miss_command(struct capture_dialog *d)
{
	d->line[CLIENT].size = 0;
	d->line[CLIENT].skip = false;
	if (d->state != DIALOG_COMMANDS)
		return;
	dialog_expect_reply(d, SMTP_PHASES);
	d->pending[d->pending_count - 1].unseen = true;
}

void dialog_miss(struct capture_dialog *d, enum side side, size_t size)
{
	if (d->state == DIALOG_TLS) {
		const bool done = d->tls.done;
		tls_miss(&d->tls, side, size);
		tls_turn(&d->tls, side, size);
		d->spoke = side;
		if (done)
			hear(d, side, NULL, 0, size);
	} else if (d->state == DIALOG_BLIND) {
		hear(d, side, NULL, 0, size);
	} else if (side == CLIENT && d->state == DIALOG_BODY) {
		dialog_count_content(d, size);
		memset(d->body_end, 0, sizeof d->body_end);
		d->body_unseen = true;
	} else if (side == CLIENT && d->state == DIALOG_CHUNK) {
		dialog_take_chunk(d, size);
	} else {
		d->cut = true;
		if (side == SERVER)
			miss_reply(d);
		else
			miss_command(d);
	}
}
