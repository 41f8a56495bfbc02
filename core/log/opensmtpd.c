#include "log/grammar.h"

#define SESSION_SIZE 16 /* hexadecimal digits of a session id */

static bool is_hex(struct slice text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (i >= text.size || memchr("0123456789abcdef", text.at[i], 16) == NULL)
			return false;
	return true;
}

/* key=value or key="value with blanks"; at == NULL when it is not there. */
static struct slice value_of(struct slice text, const char *key)
{
	const struct slice found = slice_after(text, key);

	if (found.at == NULL || found.size == 0)
		return (struct slice){.at = NULL, .size = 0};
	return found.at[0] == '"' ? slice_until(slice_from(found, 1), '"') : slice_until(found, ' ');
}

/* "192.0.2.1", "[2001:db8::1]", "smtp://192.0.2.1:25", "local" */
static void address_parse_value(struct slice text, struct log_event *event)
{
	struct slice address = value_of(text, " address=");
	const struct slice host = value_of(text, " host=");
	const struct slice scheme = slice_after(address, "://");

	if (address.at == NULL || slice_is(address, "local"))
		return;
	if (scheme.at != NULL)
		address = scheme;
	if (address.size > 0 && address.at[0] == '[')
		address = slice_until(slice_from(address, 1), ']');
	else if (scheme.at != NULL) {
		const struct slice port = slice_after(address, ":");
		if (port.at != NULL) {
			const double number = slice_number(port, NULL);
			event->peer_port = number > 0 && number < 65536 ? (int)number : 0;
			address = slice_until(address, ':');
		}
	}
	event->peer = address;
	if (host.at != NULL && !slice_is(host, "<unknown>") && !slice_is(host, "unknown"))
		event->peer_name = host;
}

static bool disconnect_parse(struct slice text, struct log_event *event)
{
	const struct slice reason = value_of(text, "reason=");

	event->kind = LOG_TROUBLE;
	event->direction = LOG_IN;
	event->text = text;
	if (slice_is(reason, "timeout")) {
		event->symptom = SYMPTOM_TIMEOUT;
	} else if (slice_is(reason, "disconnect") || slice_begins(reason, "io-error")) {
		event->symptom = SYMPTOM_LOST;
	} else if (slice_find(reason, "tls").at != NULL) {
		event->symptom = SYMPTOM_TLS;
		event->phase = PHASE_TLS;
	} else {
		event->kind = LOG_DISCONNECT;
	}
	return true;
}

static bool server_parse(struct slice text, struct log_event *event)
{
	event->direction = LOG_IN;
	if (slice_begins(text, "connected")) {
		event->kind = LOG_CONNECT;
		address_parse_value(text, event);
		return true;
	}
	if (slice_begins(text, "disconnected"))
		return disconnect_parse(text, event);
	if (slice_begins(text, "message ")) {
		const struct slice size = value_of(text, " size=");
		event->kind = LOG_ACCEPTED;
		if (size.at != NULL)
			event->bytes = slice_number(size, NULL);
		return true;
	}
	if (slice_begins(text, "failed-command") || slice_begins(text, "bad-input")) {
		const struct slice result = value_of(text, "result=");
		const struct slice command = value_of(text, "command=");
		event->kind = LOG_TROUBLE;
		event->symptom = SYMPTOM_REFUSED;
		event->phase = command.at != NULL ? phase_of_command(command) : PHASE_NONE;
		event->text = result.at != NULL ? result : text;
		if (result.at != NULL)
			reply_parse(result, event);
		return true;
	}
	event->kind = slice_begins(text, "authentication") && slice_find(text, "result=permfail").at != NULL
	                  ? LOG_TROUBLE
	                  : LOG_PLAIN;
	if (event->kind == LOG_TROUBLE)
		event->symptom = SYMPTOM_AUTH;
	event->text = text;
	return true;
}

/* "evpid=... relay="192.0.2.1 (mx.example.com)" delay=5s result="TempFail" stat="Error: ..."" */
static bool delivery_parse(struct slice text, struct log_event *event)
{
	const struct slice result = value_of(text, " result=");
	const struct slice relay = value_of(text, " relay=");
	const struct slice delay = value_of(text, " delay=");
	const struct slice stat = value_of(text, " stat=");

	if (result.at == NULL)
		return false;
	if (relay.at != NULL && relay.size > 0 && relay.at[0] != '<') {
		event->peer = slice_until(relay, ' ');
		const struct slice name = slice_after(relay, "(");
		if (name.at != NULL)
			event->peer_name = slice_until(name, ')');
	}
	if (delay.at != NULL)
		event->seconds = duration_parse(delay);
	event->kind = slice_is(result, "Ok") ? LOG_SENT : slice_is(result, "TempFail") ? LOG_DEFERRED : LOG_BOUNCED;
	if (event->kind != LOG_SENT && stat.at != NULL)
		log_reason_parse(slice_begins(stat, "Error: ") ? slice_from(stat, 7) : stat, event);
	return true;
}

static bool client_parse(struct slice text, struct log_event *event)
{
	event->direction = LOG_OUT;
	if (slice_begins(text, "delivery ") && delivery_parse(text, event))
		return true;
	event->text = text;
	if (slice_begins(text, "error ")) {
		const struct slice reason = slice_after(text, "reason=");
		event->kind = LOG_TROUBLE;
		log_reason_parse(reason.at != NULL ? reason : text, event);
		return true;
	}
	event->kind = LOG_PLAIN;
	if (slice_begins(text, "connecting "))
		address_parse_value(text, event);
	return true;
}

/* Up to 6.5: "smtp-in: ...", "smtp-out: ..." with the session in the words. */
static const struct wording wordings[] = {
    TROUBLE("smtp-in: Failed command on session ", REFUSED, NONE, IN, TEXT),
    TROUBLE("smtp-in: Disconnecting session ", LOST, NONE, IN, TEXT),
    PLAIN("smtp-in: "),
    TROUBLE("smtp-out: Error on session ", LOST, NONE, OUT, REASON),
    TROUBLE("smtp-out: Failed to resolve MX ", DNS, CONNECT, OUT, TEXT),
    TROUBLE("smtp-out: routing: Failed to resolve MX ", DNS, CONNECT, OUT, TEXT),
    TROUBLE("smtp-out: Disabling route ", UNREACHABLE, CONNECT, OUT, TEXT),
    TROUBLE("smtp-out: No valid route ", UNREACHABLE, CONNECT, OUT, TEXT),
    TROUBLE("smtp-out: hiwat reached ", LOAD, NONE, OUT, TEXT),
    PLAIN("smtp-out: "),
    TROUBLE("warn: Disabling incoming SMTP connections", PROCESS_LIMIT, CONNECT, IN, TEXT),
    {.words = NULL},
};

bool opensmtpd_parse(struct slice message, struct log_event *event)
{
	if (is_hex(message, SESSION_SIZE) && message.size > SESSION_SIZE && message.at[SESSION_SIZE] == ' ') {
		const struct slice text = slice_from(message, SESSION_SIZE + 1);
		event->queue_id = slice_head(message, SESSION_SIZE);
		if (slice_begins(text, "smtp "))
			return server_parse(slice_from(text, 5), event);
		if (slice_begins(text, "mta "))
			return client_parse(slice_from(text, 4), event);
		event->kind = LOG_PLAIN;
		return slice_begins(text, "mda ") || slice_begins(text, "mfa ");
	}
	if (!wording_parse(wordings, message, event))
		return false;
	const struct slice reply = slice_after(message, "=> ");
	if (event->direction == LOG_IN && reply.at != NULL)
		reply_parse(reply, event);
	return true;
}
