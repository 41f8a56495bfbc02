/*
 * reason - why a delivery failed, in the words of the senders: Postfix' status=deferred (...), Exim's defer lines,
 * Sendmail's stat=, and the per-host lines before them
 */
#include "log/grammar.h"

#define REASON_MAX 600 /* bytes that are looked at; quoted replies come early */

/* Where in the session, by the words after "while", "after", "during" or "in reply to"; the first that fits. */
static const struct {
	const char *words;
	enum log_phase phase;
} phases[] = {
    {"end of data", PHASE_END},
    {"end of DATA", PHASE_END},
    {"DATA status", PHASE_END},
    {"final dot", PHASE_END},
    {"message body", PHASE_BODY},
    {"data block", PHASE_BODY},
    {"writing message", PHASE_BODY},
    {"TLS handshake", PHASE_TLS},
    {"TLS session", PHASE_TLS},
    {"STARTTLS", PHASE_STARTTLS},
    {"greeting", PHASE_BANNER},
    {"initial connection", PHASE_BANNER},
    {"EHLO", PHASE_EHLO},
    {"HELO", PHASE_EHLO},
    {"LHLO", PHASE_EHLO},
    {"XFORWARD", PHASE_EHLO},
    {"AUTH", PHASE_AUTH},
    {"MAIL", PHASE_MAIL},
    {"RCPT", PHASE_RCPT},
    {"DATA", PHASE_DATA},
    {"RSET", PHASE_QUIT},
    {"QUIT", PHASE_QUIT},
    {"client probe", PHASE_QUIT},
};

static enum log_phase phase_of_words(struct slice words)
{
	for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++)
		if (slice_find(words, phases[i].words).at != NULL)
			return phases[i].phase;
	return PHASE_NONE;
}

/* Special before general. `then` is what the words for the phase follow; NULL: `phase` stands. */
static const struct {
	const char *words;
	enum log_symptom symptom;
	enum log_phase phase;
	const char *then;
} reasons[] = {
    {"Name service error", SYMPTOM_DNS, PHASE_CONNECT, NULL},
    {"host name lookup failure", SYMPTOM_DNS, PHASE_CONNECT, NULL},
    {"host lookup did not complete", SYMPTOM_DNS, PHASE_CONNECT, NULL},
    {"unable to look up host", SYMPTOM_DNS, PHASE_CONNECT, NULL},
    {"Unable to resolve MX", SYMPTOM_DNS, PHASE_CONNECT, NULL},
    {" timed out while ", SYMPTOM_TIMEOUT, PHASE_NONE, " while "},
    {"lost connection with ", SYMPTOM_LOST, PHASE_NONE, " while "},
    {"SMTP timeout after ", SYMPTOM_TIMEOUT, PHASE_NONE, " after "},
    {"SMTP timeout while connected", SYMPTOM_TIMEOUT, PHASE_NONE, " after "}, /* Exim 3 */
    {"timeout waiting for input from ", SYMPTOM_TIMEOUT, PHASE_NONE, " during "},
    {"timeout writing message", SYMPTOM_TIMEOUT, PHASE_BODY, NULL},
    {"Remote host closed connection in response to ", SYMPTOM_LOST, PHASE_NONE, "in response to "},
    {"failed to write a data block", SYMPTOM_LOST, PHASE_BODY, NULL},
    {"Connection closed unexpectedly", SYMPTOM_LOST, PHASE_NONE, NULL},
    {"Connection timed out", SYMPTOM_CONNECT_TIMEOUT, PHASE_CONNECT, NULL},
    {"Operation timed out", SYMPTOM_CONNECT_TIMEOUT, PHASE_CONNECT, NULL},
    {"Connection timeout", SYMPTOM_CONNECT_TIMEOUT, PHASE_CONNECT, NULL},
    {"Connection refused", SYMPTOM_CONNECT_REFUSED, PHASE_CONNECT, NULL},
    {"No route to host", SYMPTOM_UNREACHABLE, PHASE_CONNECT, NULL},
    {"etwork is unreachable", SYMPTOM_UNREACHABLE, PHASE_CONNECT, NULL},
    {"etwork unreachable", SYMPTOM_UNREACHABLE, PHASE_CONNECT, NULL},
    {"ost is unreachable", SYMPTOM_UNREACHABLE, PHASE_CONNECT, NULL},
    {"Connection reset by", SYMPTOM_LOST, PHASE_NONE, NULL},
    {"Broken pipe", SYMPTOM_LOST, PHASE_NONE, NULL},
    {"Cannot start TLS", SYMPTOM_TLS, PHASE_TLS, NULL},
    {"TLS is required", SYMPTOM_TLS, PHASE_STARTTLS, NULL},
    {"TLS handshake", SYMPTOM_TLS, PHASE_TLS, NULL},
    {"TLS session", SYMPTOM_TLS, PHASE_TLS, NULL},
    {"ertificate not trusted", SYMPTOM_TLS, PHASE_TLS, NULL},
    {"ertificate not verified", SYMPTOM_TLS, PHASE_TLS, NULL},
    {"SASL authentication failed", SYMPTOM_AUTH, PHASE_AUTH, NULL},
    {"exceeds size limit", SYMPTOM_SIZE, PHASE_MAIL, NULL},
    {"No such file or directory", SYMPTOM_PROXY, PHASE_CONNECT, NULL},
    {"mail transport unavailable", SYMPTOM_PROXY, PHASE_CONNECT, NULL},
};

/* A reply that the peer gave, quoted in a reason. */
static bool quoted_reply(struct slice head, struct log_event *event)
{
	static const struct {
		const char *words;
		enum log_phase phase;
	} quotes[] = {
	    {" refused to talk to me: ", PHASE_BANNER},
	    {" said: ", PHASE_NONE},
	    {"SMTP error from remote mail server after ", PHASE_NONE},
	    {"SMTP error from remote mailer after ", PHASE_NONE},
	    {"Deferred: ", PHASE_NONE},
	    {"stat=", PHASE_NONE},
	};

	for (size_t i = 0; i < sizeof quotes / sizeof quotes[0]; i++) {
		const struct slice found = slice_after(head, quotes[i].words);
		if (found.at == NULL)
			continue;
		event->phase = quotes[i].phase;
		if (reply_parse(found, event)) {
			const struct slice cause = slice_after(found, "(in reply to ");
			if (cause.at != NULL)
				event->phase = phase_of_words(slice_until(cause, ')'));
			return true;
		}
		/* Exim: "after RCPT TO:<a@b>: 451 ..." or "...: host x [192.0.2.1]: 451 ..." */
		for (struct slice rest = slice_after(found, ": "); rest.at != NULL; rest = slice_after(rest, ": "))
			if (reply_parse(rest, event)) {
				event->phase = phase_of_words(slice_head(found, (size_t)(rest.at - found.at)));
				return true;
			}
	}
	return reply_parse(head, event);
}

/* The peer that a reason names, where the line has not named it yet. */
static void named_peer(struct slice head, struct log_event *event)
{
	static const char *const before[] = {
	    "connect to ", "conversation with ", "connection with ", "host ", "H=", " with ", " to "};

	for (size_t i = 0; event->peer.size == 0 && i < sizeof before / sizeof before[0]; i++) {
		const struct slice found = slice_after(head, before[i]);
		if (found.at != NULL)
			peer_parse(slice_head(found, 160), event);
	}
}

void log_reason_parse(struct slice reason, struct log_event *event)
{
	const struct slice head = slice_head(reason, REASON_MAX);

	event->text = reason;
	named_peer(head, event);
	event->symptom = SYMPTOM_REFUSED;
	if (!quoted_reply(head, event))
		for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
			if (slice_find(head, reasons[i].words).at == NULL)
				continue;
			event->symptom = reasons[i].symptom;
			event->phase = reasons[i].phase;
			if (reasons[i].then != NULL)
				event->phase = phase_of_words(slice_after(head, reasons[i].then));
			break;
		}
	const struct slice written = slice_after(head, " bytes written");
	const char *open = written.at != NULL ? memrchr(head.at, '(', (size_t)(written.at - head.at)) : NULL;
	if (open != NULL)
		event->bytes = slice_number(slice_from(head, (size_t)(open + 1 - head.at)), NULL);
	/* A peer on this machine is a filter or a mailbox: its silence has nothing to do with the network. */
	if (peer_is_local(event->peer) && event->symptom != SYMPTOM_DNS && event->code == 0)
		event->symptom = SYMPTOM_PROXY;
}
