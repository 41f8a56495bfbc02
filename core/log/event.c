#include "log/event.h"

#include "log/grammar.h"

#include <math.h>

const char *log_mta_name(enum log_mta mta)
{
	static const char *const names[LOG_MTA_COUNT] = {"unknown", "postfix", "exim", "sendmail", "opensmtpd"};

	return names[mta];
}

const char *log_symptom_name(enum log_symptom symptom)
{
	static const char *const names[SYMPTOM_COUNT] = {
	    [SYMPTOM_NONE] = "none",
	    [SYMPTOM_TIMEOUT] = "timeout",
	    [SYMPTOM_LOST] = "lost",
	    [SYMPTOM_BUSY] = "busy",
	    [SYMPTOM_TOO_MANY] = "too-many",
	    [SYMPTOM_RATE] = "rate",
	    [SYMPTOM_PROCESS_LIMIT] = "process-limit",
	    [SYMPTOM_STRESS] = "stress",
	    [SYMPTOM_LOAD] = "load",
	    [SYMPTOM_DISK] = "disk",
	    [SYMPTOM_SIZE] = "size",
	    [SYMPTOM_CONNECT_TIMEOUT] = "connect-timeout",
	    [SYMPTOM_CONNECT_REFUSED] = "connect-refused",
	    [SYMPTOM_UNREACHABLE] = "unreachable",
	    [SYMPTOM_DNS] = "dns",
	    [SYMPTOM_TLS] = "tls",
	    [SYMPTOM_AUTH] = "auth",
	    [SYMPTOM_MILTER] = "milter",
	    [SYMPTOM_PROXY] = "filter",
	    [SYMPTOM_POLICY] = "policy",
	    [SYMPTOM_GREYLIST] = "greylist",
	    [SYMPTOM_REFUSED] = "refused",
	    [SYMPTOM_PROTOCOL] = "protocol",
	    [SYMPTOM_NOISE] = "noise",
	};

	return names[symptom];
}

const char *log_phase_name(enum log_phase phase)
{
	static const char *const names[PHASE_COUNT] = {
	    [PHASE_NONE] = "",     [PHASE_CONNECT] = "connect",   [PHASE_BANNER] = "banner",
	    [PHASE_EHLO] = "ehlo", [PHASE_STARTTLS] = "starttls", [PHASE_TLS] = "tls",
	    [PHASE_AUTH] = "auth", [PHASE_MAIL] = "mail",         [PHASE_RCPT] = "rcpt",
	    [PHASE_DATA] = "data", [PHASE_BODY] = "body",         [PHASE_END] = "end",
	    [PHASE_QUIT] = "quit",
	};

	return names[phase];
}

/* The servers by the names of their programs: where the name is known, no other grammar is tried. */
static enum log_mta mta_of_program(struct slice program)
{
	if (slice_begins(program, "postfix/"))
		return LOG_POSTFIX;
	static const struct {
		const char *begins;
		enum log_mta mta;
	} programs[] = {
	    {"postfix", LOG_POSTFIX}, {"exim", LOG_EXIM},       {"sendmail", LOG_SENDMAIL},
	    {"sm-", LOG_SENDMAIL},    {"smtpd", LOG_OPENSMTPD}, {"opensmtpd", LOG_OPENSMTPD},
	};

	for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
		if (slice_begins(program, programs[i].begins))
			return programs[i].mta;
	return LOG_MTA_UNKNOWN;
}

static bool dispatch(enum log_mta mta, struct slice message, struct log_event *event)
{
	event->mta = mta;
	switch (mta) {
	case LOG_POSTFIX:
		return postfix_parse(message, event);
	case LOG_EXIM:
		return exim_parse(message, event);
	case LOG_SENDMAIL:
		return sendmail_parse(message, event);
	case LOG_OPENSMTPD:
		return opensmtpd_parse(message, event);
	case LOG_MTA_UNKNOWN:
	case LOG_MTA_COUNT:
		break;
	}
	return false;
}

static void clear(struct log_event *event, const struct log_prefix *prefix)
{
	const struct slice none = {.at = prefix->message.at, .size = 0};

	event->mta = LOG_MTA_UNKNOWN;
	event->kind = LOG_PLAIN;
	event->symptom = SYMPTOM_NONE;
	event->phase = PHASE_NONE;
	event->direction = LOG_NOWHERE;
	event->time = prefix->time;
	event->pid = prefix->pid;
	event->peer_name = none;
	event->peer = none;
	event->peer_port = 0;
	event->queue_id = none;
	event->bytes = -1;
	event->seconds = -1;
	event->number = -1;
	event->code = 0;
	event->text = none;
}

/* Postfix runs under any name (multi_instance_name, syslog_name); its daemons are called the same everywhere. */
static bool is_postfix_service(struct slice program)
{
	static const char *const services[] = {
	    "/smtpd",  "/smtp",     "/lmtp",    "/qmgr",    "/cleanup", "/postscreen",
	    "/anvil",  "/master",   "/dnsblog", "/bounce",  "/local",   "/pipe",
	    "/scache", "/tlsproxy", "/error",   "/virtual", "/pickup",  "/trivial-rewrite",
	    "/verify"};
	const char *slash = program.size > 0 ? memrchr(program.at, '/', program.size) : NULL;

	for (size_t i = 0; slash != NULL && i < sizeof services / sizeof services[0]; i++)
		if (slice_is(slice_from(program, (size_t)(slash - program.at)), services[i]))
			return true;
	return false;
}

static bool message_parse(const struct log_prefix *prefix, struct log_event *event)
{
	enum log_mta mta = mta_of_program(prefix->program);

	if (mta == LOG_MTA_UNKNOWN && is_postfix_service(prefix->program))
		mta = LOG_POSTFIX;
	clear(event, prefix);
	if (mta != LOG_MTA_UNKNOWN) {
		if (dispatch(mta, prefix->message, event))
			return true;
		clear(event, prefix);
		event->mta = mta;
		event->kind = LOG_UNKNOWN;
		event->text = prefix->message;
		return true;
	}
	/* No name: only what no other program says is believed. */
	for (int i = LOG_POSTFIX; i < LOG_MTA_COUNT && prefix->program.size == 0; i++) {
		if (dispatch((enum log_mta)i, prefix->message, event) && event->kind != LOG_UNKNOWN)
			return true;
		clear(event, prefix);
	}
	return false;
}

bool log_event_parse(struct log_clock *clock, const char *line, size_t size, struct log_event *event)
{
	struct log_prefix prefix;

	log_prefix_parse(clock, (struct slice){.at = line, .size = size}, &prefix);
	const bool known = message_parse(&prefix, event);
	event->program = prefix.program;
	return known;
}
