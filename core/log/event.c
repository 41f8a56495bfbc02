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

static struct log_event empty_event(const struct log_prefix *prefix)
{
	const struct slice none = {.at = prefix->message.at, .size = 0};

	return (struct log_event){.time = prefix->time,
	                          .pid = prefix->pid,
	                          .program = prefix->program,
	                          .peer_name = none,
	                          .peer = none,
	                          .queue_id = none,
	                          .bytes = -1,
	                          .seconds = -1,
	                          .number = -1,
	                          .text = none};
}

/* Postfix runs under any name (multi_instance_name, syslog_name); its daemons are called the same everywhere. */
static bool is_postfix_service(struct slice service)
{
	static const char *const services[] = {
	    "smtpd",  "smtp",      "lmtp", "qmgr",   "cleanup",  "postscreen", "anvil",   "master", "dnsblog",
	    "bounce", "local",     "pipe", "scache", "tlsproxy", "error",      "virtual", "pickup", "trivial-rewrite",
	    "verify", "submission"};

	for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
		if (slice_is(service, services[i]))
			return true;
	return false;
}

bool log_event_parse(struct log_clock *clock, const char *line, size_t size, struct log_event *event)
{
	struct log_prefix prefix;

	log_prefix_parse(clock, (struct slice){.at = line, .size = size}, &prefix);
	*event = empty_event(&prefix);
	const char *slash = prefix.program.size > 0 ? memrchr(prefix.program.at, '/', prefix.program.size) : NULL;
	const struct slice service =
	    slash != NULL ? slice_from(prefix.program, (size_t)(slash + 1 - prefix.program.at)) : prefix.program;
	enum log_mta mta = mta_of_program(prefix.program);
	if (mta == LOG_MTA_UNKNOWN && slash != NULL && is_postfix_service(service))
		mta = LOG_POSTFIX;
	if (mta != LOG_MTA_UNKNOWN) {
		if (dispatch(mta, prefix.message, event))
			return true;
		*event = empty_event(&prefix);
		event->mta = mta;
		event->kind = LOG_UNKNOWN;
		event->text = prefix.message;
		return true;
	}
	/* No name, or a stranger's: only what no other program says is believed. */
	for (int i = LOG_POSTFIX; i < LOG_MTA_COUNT && (prefix.program.size == 0 || prefix.pid < 0); i++) {
		if (dispatch((enum log_mta)i, prefix.message, event) && event->kind != LOG_UNKNOWN)
			return true;
		*event = empty_event(&prefix);
	}
	return false;
}
