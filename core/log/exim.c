#include "log/grammar.h"

/* Main log lines without a message id, or after it. Exim quotes its peer as "name (helo) [address]:port". */
static const struct wording wordings[] = {
    TROUBLE("SMTP command timeout on connection ", TIMEOUT, EHLO, IN, FROM),
    TROUBLE("SMTP data timeout ", TIMEOUT, BODY, IN, FROM),
    TROUBLE("unexpected disconnection while reading SMTP command ", LOST, NONE, IN, FROM),
    TROUBLE("SMTP connection lost after final dot", LOST, END, IN, FROM),
    TROUBLE("Connection from ", TOO_MANY, BANNER, IN, PEER),
    TROUBLE("temporarily refused connection from ", TOO_MANY, BANNER, IN, PEER),
    TROUBLE("refused connection from ", REFUSED, BANNER, IN, PEER),
    TROUBLE("rejected connection from ", REFUSED, BANNER, IN, PEER),
    TROUBLE("spool directory space check failed", DISK, MAIL, IN, TEXT),
    TROUBLE("no immediate delivery: load average", LOAD, NONE, NOWHERE, NUMBER),
    TROUBLE("no immediate delivery: too many connections", PROCESS_LIMIT, NONE, NOWHERE, NUMBER),
    TROUBLE("no MAIL in SMTP connection from ", NOISE, EHLO, IN, PEER),
    TROUBLE("SMTP protocol synchronization error ", PROTOCOL, EHLO, IN, FROM),
    TROUBLE("SMTP protocol error in ", PROTOCOL, EHLO, IN, FROM),
    TROUBLE("SMTP syntax error in ", PROTOCOL, EHLO, IN, FROM),
    TROUBLE("SMTP call from ", PROTOCOL, EHLO, IN, PEER),
    TROUBLE("rejected EHLO", NOISE, EHLO, IN, FROM),
    TROUBLE("rejected HELO", NOISE, EHLO, IN, FROM),
    TROUBLE("TLS error on connection from ", TLS, TLS, IN, PEER),
    TROUBLE("TLS error on connection to ", TLS, TLS, OUT, TEXT),
    TROUBLE("TLS session: ", TLS, TLS, OUT, TEXT),
    TROUBLE("ident connection to ", DNS, BANNER, IN, TEXT),
    TROUBLE("DNS list lookup defer", DNS, RCPT, IN, TEXT),
    TROUBLE("host name lookup failed", DNS, BANNER, IN, TEXT),
    TROUBLE("listen backlog ", LOAD, CONNECT, IN, NUMBER),
    TROUBLE("malware acl condition: ", PROXY, END, IN, TEXT),
    TROUBLE("spam acl condition: ", PROXY, END, IN, TEXT),
    TROUBLE_WITHIN(" authenticator failed for ", AUTH, AUTH, IN, PEER),
    TROUBLE_WITHIN("incomplete transaction (", LOST, NONE, IN, FROM),
    TROUBLE_WITHIN("too many unrecognized commands", PROTOCOL, EHLO, IN, FROM),
    TROUBLE_WITHIN("too many nonmail commands", PROTOCOL, EHLO, IN, FROM),
    PLAIN("no host name found for IP address"),
    PLAIN("no IP address found for host"),
    PLAIN("Completed"),
    PLAIN("Start queue run"),
    PLAIN("End queue run"),
    PLAIN("DKIM: "),
    PLAIN("TLS connection "),
    PLAIN("SMTP connection identification "),
    PLAIN("Sender identification "),
    PLAIN("Warning: "),
    PLAIN("ETRN "),
    PLAIN("Frozen"),
    PLAIN("frozen by "),
    PLAIN("Unfrozen"),
    PLAIN("cancelled by "),
    PLAIN("removed by "),
    PLAIN("Message is frozen"),
    PLAIN("Spool file is locked"),
    PLAIN("timed out while reading local message"),
    PLAIN_WITHIN(": error ignored"),
    PLAIN_WITHIN(" daemon started: pid="),
    {.words = NULL},
};

static bool is_base62(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* "1rAbCd-000123-Ef" up to Exim 4.96, "1rAbCd-00000001234-5678" from 4.97 on: size of the message id at the beginning. */
static size_t message_id_size(struct slice text)
{
	static const size_t middle[] = {6, 11};
	static const size_t last[] = {2, 4};

	for (size_t form = 0; form < 2; form++) {
		const size_t size = 6 + 1 + middle[form] + 1 + last[form];
		bool fits =
		    text.size > size && text.at[size] == ' ' && text.at[6] == '-' && text.at[7 + middle[form]] == '-';
		for (size_t i = 0; fits && i < size; i++)
			fits = is_base62(text.at[i]) || i == 6 || i == 7 + middle[form];
		if (fits)
			return size;
	}
	return 0;
}

/* The "X=" fields of a delivery or arrival line; they follow a blank and end at one. */
static struct slice field(struct slice text, const char *name)
{
	const struct slice found = slice_after(text, name);

	return found.at != NULL ? slice_until(found, ' ') : found;
}

static void host_parse(struct slice text, struct log_event *event)
{
	const struct slice host = slice_after(text, " H=");

	if (host.at != NULL)
		peer_parse(host, event);
}

/* Seconds of the session or delivery, as newer versions log them: D= (session), DT= (delivery). */
static void seconds_parse(struct slice text, struct log_event *event)
{
	static const char *const names[] = {" DT=", " D="};

	for (size_t i = 0; i < sizeof names / sizeof names[0] && event->seconds < 0; i++) {
		const struct slice value = field(text, names[i]);
		if (value.at != NULL)
			event->seconds = duration_parse(value);
	}
}

static bool arrival_parse(struct slice text, struct log_event *event)
{
	const struct slice size = field(text, " S=");

	event->kind = LOG_ACCEPTED;
	event->direction = LOG_IN;
	host_parse(text, event);
	if (size.at != NULL)
		event->bytes = slice_number(size, NULL);
	return true;
}

/* "defer (110): Connection timed out", "routing defer (-51): retry time not reached": the words behind the number. */
static struct slice reason_of(struct slice text)
{
	const struct slice defer = slice_after(text, " defer (");
	const struct slice number = defer.at != NULL ? slice_after(defer, "): ") : defer;
	const struct slice colon = slice_after(text, " : ");

	if (number.at != NULL)
		return number;
	return colon.at != NULL ? colon : slice_after(text, ": ");
}

static bool delivery_parse(struct slice text, struct log_event *event)
{
	event->direction = LOG_OUT;
	host_parse(slice_head(text, 1024), event);
	seconds_parse(text, event);
	if (event->kind == LOG_SENT)
		return true;
	const struct slice reason = reason_of(text);
	event->symptom = SYMPTOM_REFUSED;
	event->text = text;
	if (reason.at != NULL)
		log_reason_parse(reason, event);
	/* "retry time not reached" repeats an older failure and says nothing new. */
	if (event->code == 0 && slice_find(text, "retry time not reached").at != NULL)
		event->kind = LOG_PLAIN;
	return true;
}

/* "SMTP connection from PEER lost while reading message data (header)", "... closed by QUIT", "(TCP/IP connection count = 5)" */
static bool connection_parse(struct slice text, struct log_event *event)
{
	const struct slice rest = peer_parse(slice_from(text, sizeof "SMTP connection from " - 1), event);
	const struct slice words = rest.at != NULL ? rest : text;
	const struct slice count = slice_after(words, "connection count = ");

	event->direction = LOG_IN;
	event->text = text;
	if (count.at != NULL) {
		event->kind = LOG_CONNECT;
		event->number = slice_number(count, NULL);
	} else if (slice_find(words, " lost").at != NULL) {
		event->kind = LOG_TROUBLE;
		event->symptom = SYMPTOM_LOST;
		event->phase = slice_find(words, "message data").at != NULL ? PHASE_BODY : PHASE_NONE;
	} else if (slice_find(words, "closed after SIGTERM").at != NULL) {
		event->kind = LOG_TROUBLE;
		event->symptom = SYMPTOM_BUSY;
	} else {
		event->kind = LOG_DISCONNECT;
	}
	seconds_parse(words, event);
	return true;
}

/* "H=name (helo) [address] F=<a@b> temporarily rejected RCPT <c@d>: words" */
static bool rejection_parse(struct slice text, struct log_event *event)
{
	static const struct {
		const char *words;
		enum log_symptom symptom;
	} kinds[] = {
	    {"temporarily rejected ", SYMPTOM_REFUSED}, {"rejected ", SYMPTOM_REFUSED},
	    {"dropped by ", SYMPTOM_REFUSED},           {"sender verify defer", SYMPTOM_REFUSED},
	    {"sender verify fail", SYMPTOM_REFUSED},
	};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		const struct slice found = slice_after(text, kinds[i].words);
		if (found.at == NULL)
			continue;
		event->kind = LOG_TROUBLE;
		event->symptom = symptom_of_reply(0, found);
		event->phase = phase_of_command(found);
		event->direction = LOG_IN;
		event->text = text;
		return true;
	}
	return false;
}

/* "host [address] Connection timed out": one of several hosts of a delivery did not answer. */
static bool attempt_parse(struct slice text, struct log_event *event)
{
	struct log_event tried = *event;

	log_reason_parse(text, &tried);
	if (tried.symptom == SYMPTOM_REFUSED && tried.code == 0)
		return false;
	*event = tried;
	event->kind = LOG_TROUBLE;
	event->direction = LOG_OUT;
	return true;
}

static bool message_parse(struct slice text, struct log_event *event)
{
	static const struct {
		const char *sign;
		enum log_kind kind;
	} deliveries[] = {
	    {"=> ", LOG_SENT}, {"-> ", LOG_SENT}, {">> ", LOG_SENT}, {"== ", LOG_DEFERRED}, {"** ", LOG_BOUNCED},
	};

	if (slice_begins(text, "<= "))
		return arrival_parse(text, event);
	for (size_t i = 0; i < sizeof deliveries / sizeof deliveries[0]; i++)
		if (slice_begins(text, deliveries[i].sign)) {
			event->kind = deliveries[i].kind;
			return delivery_parse(text, event);
		}
	if (slice_is(text, "Completed") || slice_begins(text, "Completed ")) {
		event->kind = LOG_REMOVED;
		return true;
	}
	return false;
}

bool exim_parse(struct slice message, struct log_event *event)
{
	const size_t id = message_id_size(message);
	struct slice text = message;

	if (id > 0) {
		event->queue_id = slice_head(message, id);
		text = slice_from(message, id + 1);
		if (message_parse(text, event))
			return true;
	}
	const bool at_the_door = slice_begins(text, "H=") || slice_begins(text, "U=") || slice_begins(text, "F=");
	if (at_the_door) {
		if (slice_begins(text, "H="))
			peer_parse(slice_from(text, 2), event);
		else
			host_parse(text, event);
		if (rejection_parse(text, event))
			return true;
	}
	if (slice_begins(text, "SMTP connection from "))
		return connection_parse(text, event);
	if (wording_parse(wordings, text, event)) {
		seconds_parse(text, event);
		if (event->symptom == SYMPTOM_TOO_MANY && slice_find(text, "load average").at != NULL)
			event->symptom = SYMPTOM_LOAD;
		else if (event->symptom == SYMPTOM_TOO_MANY && slice_find(text, "from that IP address").at == NULL)
			event->symptom = SYMPTOM_PROCESS_LIMIT; /* all sessions of the server: smtp_accept_max */
		return true;
	}
	if ((id > 0 || at_the_door) && attempt_parse(text, event))
		return true;
	if (id == 0)
		return false;
	event->kind = LOG_UNKNOWN;
	event->text = text;
	return true;
}
