#include "log/grammar.h"

static const struct wording wordings[] = {
    TROUBLE("rejecting connections on daemon ", LOAD, BANNER, IN, NUMBER),
    TROUBLE("have been rejecting connections on daemon ", LOAD, BANNER, IN, TEXT),
    TROUBLE("delaying connections on daemon ", LOAD, BANNER, IN, NUMBER),
    TROUBLE("deferring connections on daemon ", RATE, BANNER, IN, NUMBER),
    TROUBLE("rejecting commands from ", NOISE, BANNER, IN, PEER),
    TROUBLE("lost input channel from ", LOST, NONE, IN, PEER),
    TROUBLE("collect: premature EOM", LOST, BODY, IN, TEXT),
    TROUBLE("collect: unexpected close on connection ", LOST, BODY, IN, FROM),
    TROUBLE("collect: read timeout on connection ", TIMEOUT, BODY, IN, FROM),
    TROUBLE("collect: I/O error on connection ", LOST, BODY, IN, FROM),
    TROUBLE("Milter (", MILTER, NONE, IN, TEXT),
    TROUBLE("low on space", DISK, MAIL, IN, TEXT),
    TROUBLE("low on disk space", DISK, MAIL, IN, TEXT),
    TROUBLE("STARTTLS=server, error", TLS, TLS, IN, TEXT),
    TROUBLE("STARTTLS=client, error", TLS, TLS, OUT, TEXT),
    TROUBLE("AUTH failure", AUTH, AUTH, IN, TEXT),
    TROUBLE_WITHIN(" did not issue MAIL/EXPN/VRFY/ETRN ", NOISE, EHLO, IN, TEXT),
    TROUBLE_WITHIN("possible SMTP attack", NOISE, EHLO, IN, TEXT),
    TROUBLE_WITHIN(" [rejected]", NOISE, EHLO, IN, TEXT),
    TROUBLE_WITHIN("... User unknown", REFUSED, RCPT, IN, TEXT),
    TROUBLE_WITHIN("... No such user here", REFUSED, RCPT, IN, TEXT),
    PLAIN("STARTTLS="),
    PLAIN("AUTH="),
    PLAIN("accepting connections again "),
    PLAIN("starting daemon "),
    PLAIN("restarting "),
    PLAIN("alias database "),
    PLAIN("clone "),
    PLAIN("DSN: "),
    PLAIN("sender notify"),
    PLAIN("return to sender"),
    PLAIN("postmaster notify"),
    {.words = NULL},
};

/* "k4PK8NYf020900: " (eight characters that tell the time, then the pid), "NOQUEUE: " */
static size_t queue_id_size(struct slice text)
{
	size_t i = 0;

	while (i < text.size && i < 24 &&
	       ((text.at[i] >= '0' && text.at[i] <= '9') || (text.at[i] >= 'A' && text.at[i] <= 'Z') ||
	        (text.at[i] >= 'a' && text.at[i] <= 'z')))
		i++;
	if (i < 12 || i + 1 >= text.size || text.at[i] != ':' || text.at[i + 1] != ' ')
		return 0;
	return text.at[i - 1] >= '0' && text.at[i - 1] <= '9' ? i : 0;
}

/* "relay=name [address]" up to the next field; it may also be "name. [address] (may be forged)". */
static void relay_parse(struct slice text, struct log_event *event)
{
	const struct slice relay = slice_after(text, "relay=");

	if (relay.at != NULL)
		peer_parse(slice_until(relay, ','), event);
}

static bool arrival_parse(struct slice text, struct log_event *event)
{
	const struct slice size = slice_after(text, ", size=");

	event->kind = LOG_ACCEPTED;
	event->direction = LOG_IN;
	relay_parse(text, event);
	if (size.at != NULL)
		event->bytes = slice_number(size, NULL);
	return true;
}

static bool delivery_parse(struct slice text, struct log_event *event)
{
	const struct slice seconds = slice_after(text, ", xdelay=");
	const struct slice stat = slice_after(text, ", stat=");

	if (stat.at == NULL)
		return false;
	event->direction = LOG_OUT;
	relay_parse(text, event);
	if (seconds.at != NULL)
		event->seconds = duration_parse(seconds);
	event->kind = LOG_SENT;
	if (slice_begins(stat, "Sent"))
		return true;
	event->kind = slice_begins(stat, "Deferred") ? LOG_DEFERRED : LOG_BOUNCED;
	if (slice_begins(stat, "queued")) {
		event->kind = LOG_PLAIN;
		return true;
	}
	log_reason_parse(stat, event);
	return true;
}

/* "ruleset=check_relay, arg1=..., relay=name [address], reject=421 4.3.2 Connection rate limit exceeded." */
static bool ruleset_parse(struct slice text, struct log_event *event)
{
	const struct slice reject = slice_after(text, "reject=");

	event->kind = LOG_PLAIN;
	if (reject.at == NULL)
		return true;
	event->kind = LOG_TROUBLE;
	event->symptom = SYMPTOM_REFUSED;
	event->direction = LOG_IN;
	event->phase = slice_find(text, "check_rcpt").at != NULL   ? PHASE_RCPT
	               : slice_find(text, "check_mail").at != NULL ? PHASE_MAIL
	                                                           : PHASE_BANNER;
	relay_parse(text, event);
	event->text = reject;
	reply_parse(reject, event);
	return true;
}

/* "timeout waiting for input from PEER during server cmd read" and "... during client DATA status" */
static bool timeout_parse(struct slice text, struct log_event *event)
{
	const struct slice during = slice_after(text, " during ");

	event->kind = LOG_TROUBLE;
	log_reason_parse(text, event);
	event->symptom = SYMPTOM_TIMEOUT;
	event->direction = slice_begins(during, "server") ? LOG_IN : LOG_OUT;
	if (event->direction == LOG_IN && event->phase == PHASE_NONE)
		event->phase = PHASE_EHLO; /* a command was awaited; which one came last is not said */
	if (event->peer.size == 0)
		peer_parse(slice_after(text, "from "), event);
	return true;
}

/* "SYSERR(root): collect: relay=name [address], from=<a@b>, info=read timeout" */
static bool syserr_parse(struct slice text, struct log_event *event)
{
	const struct slice words = slice_after(text, "): ");

	if (words.at == NULL)
		return false;
	event->kind = LOG_TROUBLE;
	event->text = words;
	if (slice_begins(words, "collect: ")) {
		const bool timeout = slice_find(words, "timeout").at != NULL;
		event->symptom = timeout ? SYMPTOM_TIMEOUT : SYMPTOM_LOST;
		event->phase = PHASE_BODY;
		event->direction = LOG_IN;
		relay_parse(words, event);
		if (event->peer.size == 0)
			peer_parse(slice_after(words, "from "), event);
		return true;
	}
	if (slice_begins(words, "timeout writing message")) {
		log_reason_parse(words, event);
		event->direction = LOG_OUT;
		return true;
	}
	event->kind = LOG_UNKNOWN;
	return true;
}

static bool no_mail(struct slice text, struct log_event *event)
{
	if (!wording_parse(wordings, text, event))
		return false;
	if (slice_find(text, "children, max").at != NULL)
		event->symptom = SYMPTOM_PROCESS_LIMIT;
	if (event->symptom == SYMPTOM_NOISE)
		peer_parse(text, event);
	if (event->symptom == SYMPTOM_LOST && event->phase == PHASE_NONE) {
		const struct slice after = slice_after(text, " after ");
		event->phase = slice_begins(after, "data")      ? PHASE_BODY
		               : slice_begins(after, "startup") ? PHASE_BANNER
		                                                : PHASE_EHLO;
	}
	return true;
}

bool sendmail_parse(struct slice message, struct log_event *event)
{
	const size_t id = queue_id_size(message);
	struct slice text = message;

	if (id > 0) {
		event->queue_id = slice_head(message, id);
		text = slice_from(message, id + 2);
	} else if (slice_begins(message, "NOQUEUE: ")) {
		text = slice_from(message, 9);
	}
	if (slice_begins(text, "from="))
		return arrival_parse(text, event);
	if (slice_begins(text, "to=") && delivery_parse(text, event))
		return true;
	if (slice_begins(text, "connect from ")) {
		event->kind = LOG_CONNECT;
		event->direction = LOG_IN;
		peer_parse(slice_from(text, 13), event);
		return true;
	}
	if (slice_begins(text, "ruleset="))
		return ruleset_parse(text, event);
	if (slice_begins(text, "timeout waiting for input from "))
		return timeout_parse(text, event);
	if (slice_begins(text, "SYSERR(") && syserr_parse(text, event))
		return true;
	return no_mail(text, event);
}
