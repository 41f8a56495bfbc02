#include "base/xalloc.h"
#include "checks/capture/capture.h"
#include "model/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORTH_WAITING 0.5 /* s */

static void number(const struct told *t, const char *fact, double value)
{
	emit_number(t->e, fact, t->subject, value);
}

static void text(const struct told *t, const char *fact, const char *value)
{
	if (value[0] != '\0')
		emit_text(t->e, fact, t->subject, value);
}

/* --- which server software it is: every reply may give a hint */

/* A line of the ladder as the reply that it was; its further lines are not kept. */
static void hear(struct told *t, const struct step *step)
{
	struct smtp_reply reply = {.code = (int)strtol(step->text, NULL, 10), .lines = (int)step->count};
	const char *words = strlen(step->text) > 4 ? step->text + 4 : "";

	snprintf(reply.first, sizeof reply.first, "%s", smtp_reply_split(words, reply.enhanced));
	snprintf(reply.text, sizeof reply.text, "%s\n", reply.first);
	smtp_software_hear(&t->software, step->phase, &reply);
}

static void guess_software(struct told *t)
{
	const struct ladder *ladder = &t->session->detail->ladder;

	smtp_software_init(&t->software);
	for (size_t i = 0; i < ladder_kept(ladder); i++) {
		const struct step *step = ladder_step(ladder, i);
		if (step->kind == STEP_LINE && step->side == SERVER && step->phase < SMTP_PHASES)
			hear(t, step);
	}
}

/* --- banner and delays */

/* Firewalls that inspect SMTP leave stars, digits and blanks of a banner: "220 ******2*****0***". */
static bool is_masked(const char *banner)
{
	size_t stars = 0;

	for (const char *c = banner; *c != '\0'; c++)
		stars += *c == '*';
	return stars >= 5 && stars * 2 > strlen(banner);
}

static void tell_banner(const struct told *t)
{
	const struct capture_dialog *d = &t->session->dialog;
	char enhanced[12], name[256];

	if (d->banner.code == 0)
		return;
	const char *words = smtp_reply_split(d->banner.text, enhanced);
	text(t, "smtp.banner.text", words);
	emit_flag(t->e, "smtp.banner.masked", t->subject, is_masked(words));
	snprintf(name, sizeof name, "%.*s", (int)strcspn(words, " "), words);
	if (d->banner.code == 220 && target_is_host_name(name))
		text(t, "smtp.banner.name", name);
}

static void tell_delays(const struct told *t)
{
	const struct flow *s = t->session;
	const struct capture_dialog *d = &s->dialog;

	if (s->syn_at >= 0 && s->connected_at >= 0) {
		text(t, "smtp.connect.outcome", "connected");
		number(t, "smtp.connect.delay", s->connected_at - s->syn_at);
	}
	for (int phase = SMTP_BANNER; phase < SMTP_PHASES; phase++) {
		/* Commands are not told apart by sizes and order, greeting and message are. */
		const bool sure = !d->guessed || phase <= SMTP_BANNER || phase == SMTP_END;
		if (d->delay[phase] >= 0 && phase != SMTP_BODY && sure)
			number(t, smtp_phases[phase].delay_fact, d->delay[phase]);
		if (d->code[phase] != 0 && smtp_phases[phase].code_fact != NULL)
			number(t, smtp_phases[phase].code_fact, d->code[phase]);
	}
	if (d->ehlo_seen || d->command_masked)
		emit_flag(t->e, "smtp.ehlo.masked", t->subject, d->ehlo_masked || d->command_masked);
	if (d->ehlo_seen) {
		emit_flag(t->e, "smtp.starttls.offered", t->subject, d->starttls_offered);
	}
}

/* --- the reply that refused */

static const char *class_of_code(int code)
{
	return code == 421 ? "shutdown" : code == 452 ? "disk-full" : code == 552 ? "size-limit" : "other";
}

static void tell_reply(struct told *t)
{
	const struct dialog_reply *refusal = &t->session->dialog.refusal;
	char enhanced[12];

	if (refusal->code == 0)
		return;
	const char *words = smtp_reply_split(refusal->text, enhanced);
	const char *phase = smtp_phases[refusal->phase].name;
	char *whole = xasprintf("%d %s", refusal->code, refusal->text);
	const struct reply_row *row = replies_find_of(t->replies, t->software.name, whole, phase);
	if (refusal->cut && row != NULL && strcmp(row->server, "any") == 0)
		row = NULL; /* what the code alone says is too little where the words are missing */
	t->reply_class = row != NULL ? row->class : class_of_code(refusal->code);
	number(t, "smtp.reply.code", refusal->code);
	text(t, "smtp.reply.enhanced", enhanced);
	text(t, "smtp.reply.text", words);
	text(t, "smtp.reply.phase", phase);
	text(t, "smtp.reply.class", t->reply_class);
	if (row != NULL) {
		const bool named = strcmp(row->server, "any") != 0 && strcmp(row->server, "other") != 0;
		if (named)
			text(t, "smtp.reply.server", row->server);
		if (named && t->software.weight == 0) {
			t->software.name = row->server;
			snprintf(t->software.because, sizeof t->software.because, "%s: %.120s", phase, words);
		}
		text(t, "smtp.reply.setting", row->setting);
		text(t, "smtp.reply.means", row->means);
	}
	free(whole);
}

/* --- how it ended, in the words of a probe; what only the client did wrong has none */

static void tell_unconnected(const struct told *t)
{
	const struct flow *s = t->session;

	text(t, "smtp.connect.outcome",
	     s->reset[SERVER]                  ? "refused"
	     : s->icmp[CLIENT].unreachable > 0 ? "unreachable"
	                                       : "timeout");
}

static const char *outcome_word(const struct told *t)
{
	const struct flow *s = t->session;

	switch (t->outcome) {
	case FLOW_COMPLETE:
		return "complete";
	case FLOW_REFUSED:
		return "refused";
	case FLOW_NOT_CONNECTED:
		return "not-connected";
	case FLOW_FOREIGN:
		return "garbage";
	case FLOW_SERVER_CLOSED:
		return s->dialog.is_tls && !s->dialog.tls.done ? "tls-failed" : "closed";
	case FLOW_SERVER_RESET:
		return s->dialog.is_tls && !s->dialog.tls.done ? "tls-failed" : "reset";
	case FLOW_CLIENT_GAVE_UP:
		if (s->gave_up[CLIENT].waits == WAITS_SERVER)
			return s->dialog.is_tls && !s->dialog.tls.done ? "tls-failed" : "silent";
		return "";
	case FLOW_STALLED:
		return s->worst.waits == WAITS_SERVER ? "silent" : "";
	default:
		return "";
	}
}

static void tell_outcome(struct told *t)
{
	const struct flow *s = t->session;
	const char *word = outcome_word(t);
	const struct wait *gave_up = &s->gave_up[CLIENT];

	text(t, "smtp.outcome", word);
	if (word[0] == '\0')
		return;
	if (t->outcome == FLOW_NOT_CONNECTED)
		tell_unconnected(t);
	const enum smtp_phase phase = t->outcome == FLOW_NOT_CONNECTED         ? SMTP_CONNECT
	                              : t->outcome == FLOW_REFUSED             ? s->dialog.refusal.phase
	                              : gave_up->seconds >= 0                  ? gave_up->phase
	                              : t->outcome == FLOW_STALLED             ? s->worst.phase
	                              : s->closed[CLIENT] || s->closed[SERVER] ? s->end_phase
	                                                                       : dialog_phase(&s->dialog);
	if (phase < SMTP_PHASES)
		text(t, "smtp.stage", smtp_phases[phase].name);
	if (strcmp(word, "silent") == 0 || strcmp(word, "tls-failed") == 0)
		number(t, "smtp.waited", gave_up->seconds >= WORTH_WAITING ? gave_up->seconds : s->worst.seconds);
}

static void tell_tls(const struct told *t)
{
	const struct flow *s = t->session;
	const struct capture_dialog *d = &s->dialog;

	if (!d->is_tls)
		return;
	text(t, "smtp.tls.mode", d->tls_from_start ? "implicit" : "starttls");
	if (d->tls.done) {
		text(t, "smtp.tls.outcome", "done");
		return;
	}
	if (t->outcome == FLOW_OPEN)
		return;
	text(t, "smtp.tls.outcome", "failed");
	text(t, "smtp.tls.fault",
	     d->tls.not_tls[SERVER] || d->tls.not_tls[CLIENT]                       ? "not-tls"
	     : d->tls.alert == 70                                                   ? "version"
	     : d->tls.alert == 40 || d->tls.alert == 71                             ? "cipher"
	     : d->tls.alert >= 42 && d->tls.alert <= 48                             ? "certificate"
	     : t->outcome == FLOW_SERVER_RESET || t->outcome == FLOW_CLIENT_RESET   ? "reset"
	     : t->outcome == FLOW_SERVER_CLOSED || t->outcome == FLOW_CLIENT_CLOSED ? "closed"
	                                                                            : "other");
}

void capture_tell_smtp(struct told *t)
{
	guess_software(t);
	tell_delays(t);
	tell_banner(t);
	if (t->session->dialog.garbage[0] != '\0') {
		text(t, "smtp.banner.protocol", "other");
		text(t, "smtp.banner.text", t->session->dialog.garbage);
	}
	tell_outcome(t);
	tell_reply(t);
	tell_tls(t);
	if (t->session->dialog.banner.code != 0) {
		text(t, "smtp.server.software", t->software.name);
		text(t, "smtp.server.version", t->software.version);
		text(t, "smtp.server.because", t->software.because);
	}
}
