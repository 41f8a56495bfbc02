#include "demo/smtp_session.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define OUT_MAX  ((size_t)1 << 20)
#define OUT_HIGH ((size_t)1 << 16) /* with so much unsent, the next command waits */

/* ---- rules */

static bool rule_fits(const struct smtp_rule *rule, enum smtp_event event)
{
	return rule->event == event && (rule->first == 0 || rule->used < rule->first);
}

static struct smtp_rule *find_rule(const struct smtp_session *s, enum smtp_event event)
{
	for (size_t i = 0; i < s->part->rule_count; i++)
		if (rule_fits(&s->part->rules[i], event))
			return &s->part->rules[i];
	return NULL;
}

static struct smtp_rule *find_limit(const struct smtp_session *s, size_t sessions)
{
	for (size_t i = 0; i < s->part->rule_count; i++)
		if (rule_fits(&s->part->rules[i], SMTP_LIMIT) && (double)sessions >= s->part->rules[i].amount)
			return &s->part->rules[i];
	return NULL;
}

static void start_rule(struct smtp_session *s, struct smtp_rule *rule)
{
	s->rule = rule;
	s->step = 0;
	s->wake = 0;
	if (rule != NULL)
		rule->used++;
}

/* ---- replies */

/* RFC 5322 3.3, in English whatever the locale is. */
static void put_date(struct buf *out)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t now = time(NULL);
	struct tm tm;

	if (gmtime_r(&now, &tm) == NULL)
		return;
	buf_printf(out, "%.3s, %d %.3s %d %02d:%02d:%02d +0000", days + (ptrdiff_t)tm.tm_wday * 3, tm.tm_mday,
	           months + (ptrdiff_t)tm.tm_mon * 3, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void put_reply(struct smtp_session *s, const struct smtp_step *step)
{
	const char *at = step->text;
	const char *end = step->text + step->size;

	while (at < end) {
		const char *brace = memchr(at, '{', (size_t)(end - at));
		size_t plain = brace != NULL ? (size_t)(brace - at) : (size_t)(end - at);

		buf_add(&s->out, at, plain);
		at += plain;
		if (brace == NULL)
			return;
		if (strncmp(at, "{host}", 6) == 0)
			buf_puts(&s->out, s->part->host);
		else if (strncmp(at, "{client}", 8) == 0)
			buf_puts(&s->out, s->client);
		else
			put_date(&s->out);
		at += strcspn(at, "}") + 1;
	}
}

static void forget_mail(struct smtp_session *s)
{
	s->in_mail = false;
	s->in_body = false;
	s->recipients = 0;
}

/* What a reply changes: only what was accepted opens the way to the next command. */
static void note_reply(struct smtp_session *s, enum smtp_event event, char first_digit)
{
	bool ok = first_digit == '2';

	switch (event) {
	case SMTP_EHLO:
	case SMTP_HELO:
		s->greeted = s->greeted || ok;
		forget_mail(s);
		break;
	case SMTP_MAIL:
		s->in_mail = ok;
		break;
	case SMTP_RCPT:
		s->recipients += ok;
		break;
	case SMTP_DATA:
		s->in_body = first_digit == '3';
		s->body_size = 0;
		s->body_told = false;
		s->dot_seen = 2; /* the body begins like a line */
		break;
	case SMTP_END:
	case SMTP_RSET:
		forget_mail(s);
		break;
	default:
		break;
	}
}

/* Takes the step that is due; false when it must be waited for. */
static bool run_step(struct smtp_session *s, double now)
{
	const struct smtp_step *step = &s->rule->steps[s->step];

	switch (step->kind) {
	case SMTP_STEP_DELAY:
		if (s->wake <= 0)
			s->wake = now + step->seconds;
		if (now < s->wake)
			return false;
		s->wake = 0;
		break;
	case SMTP_STEP_WAIT:
		if (s->in_size == 0)
			return false;
		s->in_size = 0;
		break;
	case SMTP_STEP_REPLY:
		put_reply(s, step);
		note_reply(s, s->rule->event, step->text[0]);
		break;
	case SMTP_STEP_BYTES:
		buf_add(&s->out, step->text, step->size);
		break;
	case SMTP_STEP_CLOSE:
		s->end = SMTP_END_CLOSE;
		break;
	case SMTP_STEP_RESET:
		s->end = SMTP_END_RESET;
		break;
	case SMTP_STEP_SILENT:
		s->silent = true;
		break;
	case SMTP_STEP_STALL:
		s->stalled = true;
		break;
	}
	if (++s->step == s->rule->step_count) {
		s->rule = NULL;
		s->idle_since = now;
	}
	return true;
}

/* ---- input */

/* Commands out of order are refused whatever the rules say, as real servers do. NULL: it may be acted upon. */
static const char *refuse_order(const struct smtp_session *s, enum smtp_event event)
{
	if (event == SMTP_MAIL && !s->greeted)
		return "503 5.5.1 Error: send HELO/EHLO first\r\n";
	if (event == SMTP_MAIL && s->in_mail)
		return "503 5.5.1 Error: nested MAIL command\r\n";
	if ((event == SMTP_RCPT || event == SMTP_DATA) && !s->in_mail)
		return "503 5.5.1 Error: need MAIL command\r\n";
	if (event == SMTP_DATA && s->recipients == 0)
		return "554 5.5.1 Error: no valid recipients\r\n";
	return NULL;
}

static enum smtp_event command_event(const char *line, size_t size)
{
	static const struct {
		const char *verb;
		enum smtp_event event;
	} verbs[] = {
	    {"EHLO", SMTP_EHLO}, {"HELO", SMTP_HELO}, {"STARTTLS", SMTP_STARTTLS}, {"AUTH", SMTP_AUTH},
	    {"MAIL", SMTP_MAIL}, {"RCPT", SMTP_RCPT}, {"DATA", SMTP_DATA},         {"RSET", SMTP_RSET},
	    {"NOOP", SMTP_NOOP}, {"QUIT", SMTP_QUIT},
	};

	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
		size_t verb = strlen(verbs[i].verb);

		if (size >= verb && strncasecmp(line, verbs[i].verb, verb) == 0 && (size == verb || line[verb] == ' '))
			return verbs[i].event;
	}
	return SMTP_OTHER;
}

static void drop_input(struct smtp_session *s, size_t size)
{
	s->in_size -= size;
	memmove(s->in, s->in + size, s->in_size);
}

static void start_command(struct smtp_session *s, enum smtp_event event)
{
	const char *refusal = refuse_order(s, event);

	if (refusal != NULL)
		buf_puts(&s->out, refusal);
	else
		start_rule(s, find_rule(s, event));
}

/* Takes one command line; false when none is complete. */
static bool take_line(struct smtp_session *s)
{
	const char *newline = memchr(s->in, '\n', s->in_size);
	size_t size;
	enum smtp_event event;

	if (newline == NULL) {
		if (s->in_size == sizeof s->in) {
			s->overlong = true;
			s->in_size = 0;
		}
		return false;
	}
	size = (size_t)(newline - s->in);
	event = s->overlong ? SMTP_OTHER : command_event(s->in, size - (size > 0 && s->in[size - 1] == '\r'));
	s->overlong = false;
	drop_input(s, size + 1);
	start_command(s, event);
	return true;
}

/* Takes what has come of the message, up to its end or to the point where a rule begins; false when nothing is left. */
static bool take_body(struct smtp_session *s)
{
	static const char end[] = "\r\n.\r\n";
	struct smtp_rule *rule = s->body_told ? NULL : find_rule(s, SMTP_BODY);

	for (size_t i = 0; i < s->in_size; i++) {
		char c = s->in[i];

		s->dot_seen = c == end[s->dot_seen] ? s->dot_seen + 1 : c == '\r' ? 1 : 0;
		s->body_size += 1;
		if (s->dot_seen == sizeof end - 1) {
			drop_input(s, i + 1);
			s->in_body = false;
			start_rule(s, find_rule(s, SMTP_END));
			return true;
		}
		if (rule != NULL && s->body_size >= rule->amount) {
			drop_input(s, i + 1);
			s->body_told = true;
			start_rule(s, rule);
			return true;
		}
	}
	s->in_size = 0;
	return false;
}

/* ---- the session */

void smtp_session_init(struct smtp_session *s, struct smtp_part *part, const char *client, size_t sessions, double now)
{
	struct smtp_rule *limit;

	*s = (struct smtp_session){.part = part, .idle_since = now};
	snprintf(s->client, sizeof s->client, "%s", client);
	buf_init(&s->out, OUT_MAX);
	limit = find_limit(s, sessions);
	start_rule(s, limit != NULL ? limit : find_rule(s, SMTP_BANNER));
}

void smtp_session_done(struct smtp_session *s)
{
	buf_done(&s->out);
}

size_t smtp_session_room(const struct smtp_session *s)
{
	return s->stalled || s->end != SMTP_END_NOT ? 0 : sizeof s->in - s->in_size;
}

void smtp_session_feed(struct smtp_session *s, const char *bytes, size_t size, double now)
{
	memcpy(s->in + s->in_size, bytes, size);
	s->in_size += size;
	s->idle_since = now;
}

static bool is_waiting_step(const struct smtp_session *s)
{
	return s->rule != NULL && s->rule->steps[s->step].kind == SMTP_STEP_WAIT;
}

bool smtp_session_waits(const struct smtp_session *s)
{
	return s->end == SMTP_END_NOT && (s->rule == NULL || is_waiting_step(s));
}

/* The rule for silence, when the session is one that ever answers and it is the client's turn. */
static struct smtp_rule *idle_rule(const struct smtp_session *s)
{
	return smtp_session_waits(s) && !s->silent && !s->stalled ? find_rule(s, SMTP_IDLE) : NULL;
}

double smtp_session_deadline(const struct smtp_session *s)
{
	const struct smtp_rule *idle = idle_rule(s);

	if (s->end == SMTP_END_NOT && s->rule != NULL && s->wake > 0)
		return s->wake;
	return idle != NULL ? s->idle_since + idle->amount : INFINITY;
}

/* Goes one step further: in the script, in the input, or because the client has been silent for too long. */
static bool advance(struct smtp_session *s, double now)
{
	struct smtp_rule *idle;

	if (s->rule != NULL && run_step(s, now))
		return true;
	if (s->silent)
		s->in_size = 0;
	if (s->rule == NULL && (s->in_body ? take_body(s) : take_line(s)))
		return true;
	idle = idle_rule(s);
	if (idle == NULL || now < s->idle_since + idle->amount)
		return false;
	start_rule(s, idle);
	return true;
}

void smtp_session_run(struct smtp_session *s, double now)
{
	while (s->end == SMTP_END_NOT && !s->stalled && s->out.size < OUT_HIGH)
		if (!advance(s, now))
			return;
}
