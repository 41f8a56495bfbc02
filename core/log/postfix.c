#include "log/grammar.h"

#define QUEUE_ID_MAX 32

/* What anybody may log, smtpd(8) for the most part; the common lines are told apart in postfix_parse(). */
static const struct wording wordings[] = {
    TROUBLE("timeout after ", TIMEOUT, NONE, IN, AFTER_FROM),
    TROUBLE("lost connection after ", LOST, NONE, IN, AFTER_FROM),
    TROUBLE("lost connection with proxy", PROXY, END, NOWHERE, TEXT),
    TROUBLE("lost connection with ", LOST, NONE, OUT, REASON),
    TROUBLE("conversation with ", TIMEOUT, NONE, OUT, REASON),
    TROUBLE("connect to ", CONNECT_TIMEOUT, CONNECT, OUT, REASON),
    TROUBLE("host ", REFUSED, NONE, OUT, REASON),
    TROUBLE("too many errors after ", PROTOCOL, NONE, IN, AFTER_FROM),
    TROUBLE("improper command pipelining after ", PROTOCOL, NONE, IN, AFTER_FROM),
    TROUBLE("SSL_accept error from ", TLS, TLS, IN, PEER),
    TROUBLE("SSL_connect error to ", TLS, TLS, OUT, PEER),
    TROUBLE("certificate verification failed for ", TLS, TLS, OUT, PEER),
    TROUBLE("SASL authentication failed; ", AUTH, AUTH, OUT, REASON),
    TROUBLE("entering STRESS mode", STRESS, NONE, IN, NUMBER),
    TROUBLE("PREGREET ", NOISE, BANNER, IN, FROM),
    TROUBLE("HANGUP ", NOISE, BANNER, IN, FROM),
    TROUBLE("DNSBL rank ", NOISE, BANNER, IN, TEXT),
    TROUBLE("COMMAND TIME LIMIT from ", NOISE, EHLO, IN, PEER),
    TROUBLE("COMMAND COUNT LIMIT from ", NOISE, EHLO, IN, PEER),
    TROUBLE("COMMAND LENGTH LIMIT from ", NOISE, EHLO, IN, PEER),
    TROUBLE("COMMAND PIPELINING from ", NOISE, EHLO, IN, PEER),
    TROUBLE("NON-SMTP COMMAND from ", NOISE, EHLO, IN, PEER),
    TROUBLE("BARE NEWLINE from ", NOISE, EHLO, IN, PEER),
    TROUBLE("BLACKLISTED ", NOISE, BANNER, IN, PEER),
    TROUBLE("DENYLISTED ", NOISE, BANNER, IN, PEER),
    TROUBLE("reject: connect from ", PROCESS_LIMIT, BANNER, IN, PEER),
    TROUBLE("milter-reject: ", MILTER, NONE, IN, AFTER_FROM),
    TROUBLE("proxy-reject: ", PROXY, END, IN, AFTER_FROM),
    TROUBLE("bare <LF> received after ", PROTOCOL, NONE, IN, AFTER_FROM),
    /* healthy, or said better by another line */
    PLAIN("message-id="),
    PLAIN("resent-message-id="),
    PLAIN("statistics: "),
    PLAIN("uid="),
    PLAIN("PASS "),
    PLAIN("CONNECT from "),
    PLAIN("DISCONNECT "),
    PLAIN("WHITELIST"),
    PLAIN("ALLOWLIST"),
    PLAIN("leaving STRESS mode"),
    PLAIN("cache "),
    PLAIN("addr "),
    PLAIN("setting up TLS connection"),
    PLAIN("daemon started"),
    PLAIN("reload "),
    PLAIN("terminating on signal"),
    PLAIN("enabling PIX"),
    PLAIN("discarding EHLO keywords"),
    PLAIN("sender non-delivery"),
    PLAIN("sender delay notification"),
    PLAIN("sender delivery status"),
    PLAIN("postmaster non-delivery"),
    PLAIN("skipped, still being delivered"),
    PLAIN_WITHIN("TLS connection established "),
    PLAIN_WITHIN("TLS connection reused "),
    PLAIN("info: "),
    PLAIN("filter: "),
    PLAIN("discard: "),
    PLAIN("hold: "),
    PLAIN("redirect: "),
    PLAIN("prepend: "),
    PLAIN("replace: "),
    PLAIN("permit: "),
    PLAIN("reject_warning: "),
    PLAIN("milter-header-"),
    PLAIN("milter-"),
    PLAIN("proxy-accept: "),
    {.words = NULL},
};

/* After "warning: " (a queue id may stand in between), "fatal: ", "error: ". */
static const struct wording warnings[] = {
    TROUBLE("Connection concurrency limit exceeded: ", TOO_MANY, BANNER, IN, NUMBER),
    TROUBLE("Connection rate limit exceeded: ", RATE, BANNER, IN, NUMBER),
    TROUBLE("Message delivery request rate limit exceeded: ", RATE, MAIL, IN, NUMBER),
    TROUBLE("Recipient address rate limit exceeded: ", RATE, RCPT, IN, NUMBER),
    TROUBLE("AUTH command rate limit exceeded: ", RATE, AUTH, IN, NUMBER),
    TROUBLE("New TLS session rate limit exceeded: ", RATE, TLS, IN, NUMBER),
    TROUBLE_WITHIN("has reached its process limit \"", PROCESS_LIMIT, CONNECT, IN, NUMBER),
    TROUBLE_WITHIN("not enough free space in mail queue", DISK, MAIL, IN, TEXT),
    TROUBLE_WITHIN("No space left on device", DISK, NONE, NOWHERE, TEXT),
    TROUBLE_WITHIN("queue file size limit exceeded", SIZE, BODY, IN, TEXT),
    TROUBLE("milter ", MILTER, NONE, IN, TEXT),
    TROUBLE("connect to Milter service ", MILTER, CONNECT, IN, TEXT),
    TROUBLE("timeout talking to proxy ", PROXY, END, IN, TEXT),
    TROUBLE("lost connection with proxy ", PROXY, END, IN, TEXT),
    TROUBLE("connect to proxy filter ", PROXY, CONNECT, IN, TEXT),
    TROUBLE("connect to proxy service ", PROXY, CONNECT, IN, TEXT),
    TROUBLE("problem talking to server ", POLICY, RCPT, IN, TEXT),
    TROUBLE_WITHIN("RBL lookup error", DNS, RCPT, IN, TEXT),
    TROUBLE("dnsblog_query: lookup error", DNS, BANNER, IN, TEXT),
    TROUBLE("dnsblog reply timeout ", DNS, BANNER, IN, NUMBER),
    TROUBLE("SASL authentication failure", NOISE, AUTH, IN, TEXT),
    TROUBLE("non-SMTP command from ", NOISE, EHLO, IN, PEER),
    PLAIN("header "),
    PLAIN("getpeername: "),
    PLAIN("numeric hostname"),
    PLAIN("hostname "),
    DETAIL("TLS library problem"),
    TROUBLE_WITHIN("authentication failed", AUTH, AUTH, IN, TEXT),
    TROUBLE_WITHIN("lookup problem", POLICY, NONE, NOWHERE, TEXT),
    {.words = NULL},
};

/* Hexadecimal, or enable_long_queue_ids: digits, and consonants of either case. */
static const bool id_char[256] = {
    ['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true, ['7'] = true,
    ['8'] = true, ['9'] = true, ['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true, ['F'] = true,
    ['G'] = true, ['H'] = true, ['J'] = true, ['K'] = true, ['L'] = true, ['M'] = true, ['N'] = true, ['P'] = true,
    ['Q'] = true, ['R'] = true, ['S'] = true, ['T'] = true, ['V'] = true, ['W'] = true, ['X'] = true, ['Y'] = true,
    ['Z'] = true, ['b'] = true, ['c'] = true, ['d'] = true, ['f'] = true, ['g'] = true, ['h'] = true, ['j'] = true,
    ['k'] = true, ['l'] = true, ['m'] = true, ['n'] = true, ['p'] = true, ['q'] = true, ['r'] = true, ['s'] = true,
    ['t'] = true, ['v'] = true, ['w'] = true, ['x'] = true, ['y'] = true, ['z'] = true,
};

static size_t queue_id_size(struct slice message)
{
	size_t i = 0;

	while (i < message.size && i < QUEUE_ID_MAX && id_char[(unsigned char)message.at[i]])
		i++;
	return i >= 5 && i + 1 < message.size && message.at[i] == ':' && message.at[i + 1] == ' ' ? i : 0;
}

/* "delays=a/b/c/d": the connection set-up with greeting and EHLO (c) and the transmission (d), in seconds. */
double log_sent_seconds(const struct log_event *event)
{
	const struct slice delays = slice_head(slice_after(slice_head(event->text, 80), " delays="), 40);
	const struct slice c = slice_after(slice_after(slice_until(delays, ','), "/"), "/");
	const struct slice d = slice_after(c, "/");

	if (event->seconds >= 0)
		return event->seconds;
	const double set_up = c.at != NULL ? duration_parse(slice_until(c, '/')) : -1;
	const double transmission = d.at != NULL ? duration_parse(d) : -1;
	return set_up >= 0 && transmission >= 0 ? set_up + transmission : -1;
}

/* "to=<a@b>, relay=host[addr]:port, delay=.., delays=a/b/c/d, dsn=.., status=sent (text)" */
static bool delivery_parse(struct slice message, struct log_event *event)
{
	struct slice rest = slice_from(message, slice_until(message, '>').size + 1);

	if (slice_begins(rest, ", relay="))
		rest = slice_from(rest, 8);
	else
		rest = slice_after(rest, ", relay=");
	if (rest.at == NULL)
		return false;
	event->direction = LOG_OUT;
	const struct slice after = peer_parse(slice_until(rest, ','), event);
	if (after.at != NULL)
		rest = slice_from(rest, (size_t)(after.at - rest.at));
	const struct slice status = slice_after(rest, " status=");
	if (status.at == NULL)
		return false;
	event->text = rest;
	if (slice_begins(status, "sent")) {
		event->kind = LOG_SENT;
		return true;
	}
	event->seconds = log_sent_seconds(event);
	event->kind = slice_begins(status, "deferred") ? LOG_DEFERRED : LOG_BOUNCED;
	event->symptom = SYMPTOM_REFUSED;
	struct slice reason = slice_after(status, " (");
	if (reason.at == NULL)
		return true;
	if (reason.size > 0 && reason.at[reason.size - 1] == ')')
		reason.size--;
	log_reason_parse(reason, event);
	return true;
}

/* "RCPT from PEER: 450 4.7.1 <a@b>: words; from=..." after "reject: " */
static bool reject_parse(struct slice message, struct log_event *event)
{
	const struct slice from = slice_after(slice_head(message, 40), " from ");

	event->kind = LOG_TROUBLE;
	event->symptom = SYMPTOM_REFUSED;
	event->direction = LOG_IN;
	event->phase = phase_of_command(message);
	event->text = message;
	if (event->phase == PHASE_BODY)
		event->phase = PHASE_DATA; /* the command was refused */
	if (from.at == NULL)
		return true;
	struct slice rest = peer_parse(slice_from(message, (size_t)(from.at - message.at)), event);
	if (rest.at == NULL || !slice_begins(rest, ": "))
		return true;
	rest = slice_from(rest, 2);
	event->text = slice_until(rest, ';');
	if (!reply_parse(rest, event)) /* postscreen: no reply, only its meaning */
		event->symptom = symptom_of_reply(421, rest);
	event->text = slice_until(rest, ';');
	return true;
}

/* "max connection count 12 for (smtpd:192.0.2.1) at Oct 26 18:13:50" after "statistics: " */
static bool maximum_parse(struct slice message, struct log_event *event)
{
	const struct slice count = slice_after(message, "max connection count ");
	const struct slice rate = slice_after(message, "max connection rate ");
	struct slice client = slice_after(message, " for (");

	if ((count.at == NULL && rate.at == NULL) || client.at == NULL)
		return false;
	event->kind = LOG_MAXIMUM;
	event->direction = LOG_IN;
	event->number = slice_number(count.at != NULL ? count : rate, NULL);
	event->symptom = count.at != NULL ? SYMPTOM_TOO_MANY : SYMPTOM_RATE;
	client = slice_until(client, ')');
	/* "smtpd:2001:db8::1", or "127.0.0.1:2525:192.0.2.1" when the service has an address of its own */
	const char *colon = memchr(client.at, ':', client.size);
	if (colon != NULL && client.at[0] >= '0' && client.at[0] <= '9' && memchr(client.at, '.', client.size) != NULL)
		colon = memrchr(client.at, ':', client.size);
	if (colon != NULL)
		event->peer = slice_from(client, (size_t)(colon + 1 - client.at));
	event->text = message;
	return true;
}

static bool warning_parse(struct slice message, struct log_event *event)
{
	const size_t id = queue_id_size(message);

	if (id > 0) {
		event->queue_id = slice_head(message, id);
		message = slice_from(message, id + 2);
	}
	if (wording_parse(warnings, message, event)) {
		/* "mail.example.com[192.0.2.1]: SASL LOGIN authentication failed: ..." */
		if (event->symptom == SYMPTOM_AUTH)
			peer_parse(message, event);
		return true;
	}
	event->kind = LOG_UNKNOWN;
	event->text = message;
	return true;
}

static bool queued_parse(struct slice message, struct log_event *event)
{
	const struct slice rest = slice_from(message, slice_until(message, '>').size + 1);

	if (slice_begins(rest, ", size=")) {
		event->kind = LOG_QUEUED;
		event->bytes = slice_number(slice_from(rest, 7), NULL);
		return true;
	}
	if (slice_find(message, "status=expired").at == NULL)
		return false;
	event->kind = LOG_BOUNCED;
	event->symptom = SYMPTOM_REFUSED;
	event->text = message;
	return true;
}

/* The few lines that make up a healthy log. */
static bool common_parse(struct slice message, struct log_event *event)
{
	if (message.size < 8)
		return false;
	switch (message.at[0]) {
	case 'c':
		if (slice_begins(message, "connect from ")) {
			event->kind = LOG_CONNECT;
			event->direction = LOG_IN;
			peer_parse(slice_from(message, 13), event);
			return true;
		}
		if (slice_begins(message, "client=")) {
			event->kind = LOG_ACCEPTED;
			event->direction = LOG_IN;
			peer_parse(slice_from(message, 7), event);
			return true;
		}
		return false;
	case 'd':
		if (!slice_begins(message, "disconnect from "))
			return false;
		event->kind = LOG_DISCONNECT; /* its process id tells whose; the peer is not worth its time */
		event->direction = LOG_IN;
		return true;
	case 'm':
		event->kind = LOG_PLAIN;
		return slice_begins(message, "message-id=");
	case 'f':
		return slice_begins(message, "from=<") && queued_parse(message, event);
	case 't':
		return slice_begins(message, "to=<") && delivery_parse(message, event);
	case 's':
		return slice_begins(message, "statistics: max conn") && maximum_parse(message, event);
	default:
		return false;
	}
}

bool postfix_parse(struct slice message, struct log_event *event)
{
	const size_t id = queue_id_size(message);

	if (id > 0) {
		event->queue_id = slice_head(message, id);
		message = slice_from(message, id + 2);
	} else if (slice_begins(message, "NOQUEUE: ")) {
		message = slice_from(message, 9);
	}
	if (message.size == 7 && memcmp(message.at, "removed", 7) == 0) {
		event->kind = LOG_REMOVED;
		return true;
	}
	if (common_parse(message, event))
		return true;
	if (slice_begins(message, "reject: ") && !slice_begins(message, "reject: connect"))
		return reject_parse(slice_from(message, 8), event);
	if (slice_begins(message, "warning: ") || slice_begins(message, "fatal: ") || slice_begins(message, "error: "))
		return warning_parse(slice_after(message, ": "), event);
	if (slice_begins(message, "host ") && slice_until(slice_from(message, 5), '[').size == message.size - 5)
		return false; /* Postfix never names a host without its address; options of programs do: "host: mx" */
	if (!wording_parse(wordings, message, event))
		return false;
	if (event->symptom == SYMPTOM_MILTER && slice_begins(message, "milter-reject: ")) {
		const struct slice reply = slice_after(slice_after(message, "]"), ": ");
		if (reply.at != NULL)
			reply_parse(reply, event);
		if (event->symptom == SYMPTOM_REFUSED)
			event->symptom = SYMPTOM_MILTER;
	}
	return true;
}
