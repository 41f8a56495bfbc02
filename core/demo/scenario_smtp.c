#include "base/buf.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "demo/scenario_parse.h"

#include <stdlib.h>
#include <string.h>

#define RULES_MAX      ((size_t)200)
#define STEPS_MAX      ((size_t)50)
#define REPLY_SIZE_MAX ((size_t)131072)

/* How each event is written; the amount that some have comes right after it. */
static const struct {
	const char *name;
	enum smtp_event event;
} events[] = {
    {"banner", SMTP_BANNER}, {"ehlo", SMTP_EHLO}, {"helo", SMTP_HELO}, {"starttls", SMTP_STARTTLS},
    {"auth", SMTP_AUTH},     {"mail", SMTP_MAIL}, {"rcpt", SMTP_RCPT}, {"data", SMTP_DATA},
    {"rset", SMTP_RSET},     {"noop", SMTP_NOOP}, {"quit", SMTP_QUIT}, {"other", SMTP_OTHER},
    {"body", SMTP_BODY},     {"end", SMTP_END},   {"idle", SMTP_IDLE}, {"limit", SMTP_LIMIT},
};

static const struct {
	const char *name;
	enum smtp_step_kind kind;
} step_names[] = {
    {"delay", SMTP_STEP_DELAY}, {"wait", SMTP_STEP_WAIT},   {"reply", SMTP_STEP_REPLY},   {"bytes", SMTP_STEP_BYTES},
    {"close", SMTP_STEP_CLOSE}, {"reset", SMTP_STEP_RESET}, {"silent", SMTP_STEP_SILENT}, {"stall", SMTP_STEP_STALL},
};

/* Every {word} of a reply must be one that the server can fill in; that is looked for as far as the first NUL. */
static int check_reply(const struct statement *s, const struct word *word)
{
	static const char *const known[] = {"{host}", "{client}", "{date}"};
	const char *text = word->text;

	if (strlen(text) != word->size)
		return err_set(s->err, _("%s:%d: a reply cannot hold a NUL byte, bytes can"), s->origin, word->line);
	for (text = strchr(text, '{'); text != NULL; text = strchr(text + 1, '{')) {
		bool found = false;

		for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
			found = found || strncmp(text, known[i], strlen(known[i])) == 0;
		if (!found)
			return err_set(s->err, _("%s:%d: expected {host}, {client} or {date}, found \"%.*s\""),
			               s->origin, word->line, (int)(strcspn(text, "}") + 1), text);
	}
	return 0;
}

/* The lines of a reply or the pieces of raw bytes, put together. */
static int read_texts(struct statement *s, struct smtp_step *step)
{
	const struct word *word = statement_quoted(s);
	struct buf text;

	if (word == NULL)
		return statement_expected(s, _("a text in quotes"));
	buf_init(&text, REPLY_SIZE_MAX);
	for (; word != NULL; word = statement_quoted(s)) {
		if (step->kind == SMTP_STEP_REPLY && check_reply(s, word) != 0) {
			buf_done(&text);
			return -1;
		}
		buf_add(&text, word->text, word->size);
		if (step->kind == SMTP_STEP_REPLY)
			buf_puts(&text, "\r\n");
	}
	if (text.cut) {
		buf_done(&text);
		return err_set(s->err, _("%s:%d: more than %zu bytes in one reply"), s->origin, s->line,
		               REPLY_SIZE_MAX);
	}
	step->size = text.size;
	step->text = buf_take(&text);
	return 0;
}

static int read_step(struct statement *s, struct smtp_step *step)
{
	for (size_t i = 0; i < sizeof step_names / sizeof step_names[0]; i++) {
		if (!statement_accept(s, step_names[i].name))
			continue;
		*step = (struct smtp_step){.kind = step_names[i].kind};
		if (step->kind == SMTP_STEP_DELAY)
			return statement_seconds(s, &step->seconds);
		if (step->kind == SMTP_STEP_REPLY || step->kind == SMTP_STEP_BYTES)
			return read_texts(s, step);
		return 0;
	}
	return statement_expected(s, _("delay, wait, reply, bytes, close, reset, silent or stall"));
}

/* Nothing can follow the end of a conversation. */
static bool is_last(enum smtp_step_kind kind)
{
	return kind == SMTP_STEP_CLOSE || kind == SMTP_STEP_RESET || kind == SMTP_STEP_SILENT ||
	       kind == SMTP_STEP_STALL;
}

static int read_steps(struct statement *s, struct smtp_rule *rule)
{
	do {
		struct smtp_step step;

		if (rule->step_count == STEPS_MAX)
			return err_set(s->err, _("%s:%d: more than %zu steps"), s->origin, s->line, STEPS_MAX);
		if (read_step(s, &step) != 0)
			return -1;
		rule->steps = xgrow(rule->steps, rule->step_count, &rule->step_room, sizeof *rule->steps);
		rule->steps[rule->step_count++] = step;
		if (is_last(step.kind))
			return statement_end(s);
	} while (s->next < s->count);
	return 0;
}

/* body [after SIZE], idle TIME, limit connections N */
static int read_amount(struct statement *s, struct smtp_rule *rule)
{
	switch (rule->event) {
	case SMTP_BODY:
		return statement_accept(s, "after") ? statement_bytes(s, &rule->amount) : 0;
	case SMTP_IDLE:
		if (statement_seconds(s, &rule->amount) != 0)
			return -1;
		if (rule->amount > 0)
			return 0;
		s->next--;
		return statement_expected(s, _("a time longer than 0s"));
	case SMTP_LIMIT:
		if (!statement_accept(s, "connections"))
			return statement_expected(s, "connections");
		return statement_number(s, _("how many connections"), 1e6, &rule->amount);
	default:
		return 0;
	}
}

static void smtp_rule_done(struct smtp_rule *rule)
{
	for (size_t i = 0; i < rule->step_count; i++)
		free(rule->steps[i].text);
	free(rule->steps);
}

/* EVENT [amount] [first N] STEP... */
static int read_rule(struct smtp_part *part, enum smtp_event event, struct statement *s)
{
	struct smtp_rule rule = {.event = event};

	if (read_amount(s, &rule) != 0 || statement_first(s, &rule.first) != 0 || read_steps(s, &rule) != 0) {
		smtp_rule_done(&rule);
		return -1;
	}
	if (part->rule_count == RULES_MAX) {
		smtp_rule_done(&rule);
		return err_set(s->err, _("%s:%d: more than %zu rules"), s->origin, s->line, RULES_MAX);
	}
	part->rules = xgrow(part->rules, part->rule_count, &part->rule_room, sizeof *part->rules);
	part->rules[part->rule_count++] = rule;
	return 0;
}

static int read_host(struct smtp_part *part, struct statement *s)
{
	char name[256];

	if (statement_name(s, name) != 0)
		return -1;
	free(part->host);
	part->host = xstrdup(name);
	return statement_end(s);
}

int smtp_statement(struct smtp_part *part, struct statement *s)
{
	if (statement_accept(s, "host"))
		return read_host(part, s);
	if (statement_accept(s, "closed")) {
		part->closed = true;
		return statement_end(s);
	}
	if (statement_accept(s, "filtered")) {
		part->filtered = true;
		return statement_end(s);
	}
	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
		if (statement_accept(s, events[i].name))
			return read_rule(part, events[i].event, s);
	return statement_expected(
	    s, _("host, closed, filtered, or an event (banner, ehlo, helo, starttls, auth, mail, rcpt, data, "
	         "rset, noop, quit, other, body, end, idle, limit)"));
}

void smtp_part_done(struct smtp_part *part)
{
	for (size_t i = 0; i < part->rule_count; i++)
		smtp_rule_done(&part->rules[i]);
	free(part->rules);
	free(part->host);
}
