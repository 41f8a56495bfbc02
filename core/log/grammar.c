#include "log/grammar.h"

#define NAME_MAX_SIZE 256 /* bytes of a host name in a log line */

bool peer_is_local(struct slice address)
{
	return slice_begins(address, "127.") || slice_is(address, "::1") || slice_begins(address, "private/") ||
	       slice_begins(address, "/");
}

struct slice peer_parse(struct slice text, struct log_event *event)
{
	const struct slice head = slice_head(text, NAME_MAX_SIZE + 60);
	const char *open = head.size > 0 ? memchr(head.at, '[', head.size) : NULL;
	const struct slice none = {.at = NULL, .size = 0};

	if (open == NULL)
		return none;
	struct slice name = slice_head(text, (size_t)(open - text.at));
	const struct slice inner = slice_until(slice_from(text, name.size + 1), ']');
	struct slice rest = slice_from(text, name.size + inner.size + 2);
	if (inner.size == 0 || inner.at + inner.size >= text.at + text.size)
		return none;
	while (name.size > 0 && (name.at[name.size - 1] == ' ' || name.at[name.size - 1] == '.'))
		name.size--;
	if (name.size > 0 &&
	    name.at[name.size - 1] == ')') { /* Exim: "name (helo) [address]"; helo is what anybody says */
		const char *paren = memrchr(name.at, '(', name.size);
		name.size = paren != NULL ? (size_t)(paren - name.at) : 0;
		while (name.size > 0 && name.at[name.size - 1] == ' ')
			name.size--;
	}
	if (memchr(name.at, ' ', name.size) != NULL) /* words, not a name */
		name.size = 0;
	if (!slice_is(name, "unknown"))
		event->peer_name = name;
	if (!slice_is(inner, "unknown"))
		event->peer = slice_begins(inner, "IPv6:") ? slice_from(inner, 5) : inner;
	if (rest.size > 1 && rest.at[0] == ':') {
		size_t digits;
		const double port = slice_number(slice_from(rest, 1), &digits);
		if (digits > 0 && port > 0 && port < 65536) {
			event->peer_port = (int)port;
			rest = slice_from(rest, digits + 1);
		}
	}
	return rest;
}

enum log_phase phase_of_command(struct slice command)
{
	static const struct {
		const char *begins;
		enum log_phase phase;
	} commands[] = {
	    {"CONNECT", PHASE_BANNER},      {"UNKNOWN", PHASE_EHLO}, {"EHLO", PHASE_EHLO}, {"HELO", PHASE_EHLO},
	    {"STARTTLS", PHASE_STARTTLS},   {"AUTH", PHASE_AUTH},    {"MAIL", PHASE_MAIL}, {"RCPT", PHASE_RCPT},
	    {"END-OF-MESSAGE", PHASE_QUIT}, /* the reply is out: the client is idle */
	    {"DATA", PHASE_BODY},           /* 354 is out: the content is awaited */
	    {"BDAT", PHASE_BODY},           {"RSET", PHASE_QUIT},    {"NOOP", PHASE_QUIT}, {"QUIT", PHASE_QUIT},
	};

	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (slice_begins(command, commands[i].begins))
			return commands[i].phase;
	return PHASE_NONE;
}

enum log_symptom symptom_of_reply(int code, struct slice text)
{
	static const struct {
		const char *words;
		enum log_symptom symptom;
	} table[] = {
	    {"timeout exceeded", SYMPTOM_TIMEOUT},
	    {"too many connections", SYMPTOM_TOO_MANY},
	    {"oo many concurrent", SYMPTOM_TOO_MANY},
	    {"oo many open connections", SYMPTOM_TOO_MANY},
	    {"onnection rate limit", SYMPTOM_RATE},
	    {"too much mail", SYMPTOM_RATE},
	    {"rate limit", SYMPTOM_RATE},
	    {"hrottl", SYMPTOM_RATE},
	    {"reylist", SYMPTOM_GREYLIST},
	    {"greylist", SYMPTOM_GREYLIST},
	    {"try again in", SYMPTOM_GREYLIST},
	    {"come back later", SYMPTOM_GREYLIST},
	    {"nsufficient system storage", SYMPTOM_DISK},
	    {"nsufficient disk space", SYMPTOM_DISK},
	    {"exceeds fixed", SYMPTOM_SIZE},
	    {"size exceeds", SYMPTOM_SIZE},
	    {"too large", SYMPTOM_SIZE},
	    {"too big", SYMPTOM_SIZE},
	    {"uthentication failed", SYMPTOM_AUTH},
	    {"blocked using", SYMPTOM_NOISE},
	    {"queue file write error", SYMPTOM_PROXY},
	    {"screening ports", SYMPTOM_PROCESS_LIMIT},
	    {"server ports busy", SYMPTOM_PROCESS_LIMIT},
	    {"policy service problem", SYMPTOM_POLICY},
	    {"Server configuration", SYMPTOM_POLICY},
	};
	const struct slice head = slice_head(text, 512);

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (slice_find(head, table[i].words).at != NULL)
			return table[i].symptom;
	return code == 421 ? SYMPTOM_BUSY : SYMPTOM_REFUSED;
}

bool reply_parse(struct slice text, struct log_event *event)
{
	size_t digits;
	const double code = slice_number(slice_head(text, 4), &digits);

	if (digits != 3 || code < 200 || code > 599 ||
	    (text.size > 3 && text.at[3] != ' ' && text.at[3] != '-' && text.at[3] != ';'))
		return false;
	event->code = (int)code;
	event->text = text;
	if (code >= 400)
		event->symptom = symptom_of_reply((int)code, text);
	return true;
}

double duration_parse(struct slice text)
{
	double total = 0, number;
	size_t size;

	if (text.size == 0 || text.at[0] < '0' || text.at[0] > '9')
		return -1;
	for (int parts = 0; parts < 6 && text.size > 0; parts++) {
		number = slice_number(text, &size);
		if (number < 0)
			break;
		text = slice_from(text, size);
		if (text.size > 1 && text.at[0] == '.') {
			double scale = 0.1;
			for (size = 1; size < text.size && text.at[size] >= '0' && text.at[size] <= '9';
			     size++, scale /= 10)
				number += scale * (text.at[size] - '0');
			text = slice_from(text, size);
		}
		const char unit = text.size > 0 ? text.at[0] : '\0';
		switch (unit) {
		case '+': /* days, then hh:mm:ss */
			total += number * 24;
			break;
		case ':':
			total = (total + number) * 60;
			break;
		case 'd':
			total += number * 86400;
			break;
		case 'h':
			total += number * 3600;
			break;
		case 'm':
			total += number * 60;
			break;
		default:
			return total + number;
		}
		text = slice_from(text, 1);
	}
	return total;
}

/* "(12 bytes)" somewhere in the first words. */
static void bytes_parse(struct slice text, struct log_event *event)
{
	const struct slice open = slice_after(text, "(");
	size_t size;

	if (open.at == NULL)
		return;
	const double bytes = slice_number(open, &size);
	if (bytes >= 0 && slice_begins(slice_from(open, size), " bytes"))
		event->bytes = bytes;
}

static void from_parse(struct slice text, struct log_event *event)
{
	const struct slice from = slice_after(slice_head(text, 512), "from ");

	if (from.at != NULL)
		peer_parse(from, event);
}

static void shape_parse(enum shape shape, struct slice rest, struct log_event *event)
{
	switch (shape) {
	case SHAPE_TEXT:
		break;
	case SHAPE_PEER:
		peer_parse(rest, event);
		break;
	case SHAPE_FROM:
		from_parse(rest, event);
		break;
	case SHAPE_AFTER_FROM:
		event->phase = phase_of_command(rest);
		bytes_parse(slice_head(rest, 40), event);
		from_parse(rest, event);
		break;
	case SHAPE_NUMBER:
		for (size_t i = 0; i < rest.size && i < 200 && event->number < 0; i++)
			if (rest.at[i] >= '0' && rest.at[i] <= '9')
				event->number = slice_number(slice_from(rest, i), NULL);
		from_parse(rest, event);
		break;
	case SHAPE_REASON:
		log_reason_parse(event->text, event);
		break;
	}
}

bool wording_parse(const struct wording *table, struct slice message, struct log_event *event)
{
	for (const struct wording *row = table; row->words != NULL; row++) {
		struct slice rest;
		if (row->within) {
			rest = slice_after(slice_head(message, 1024), row->words);
			if (rest.at == NULL)
				continue;
		} else {
			if (!slice_begins(message, row->words))
				continue;
			rest = slice_from(message, strlen(row->words));
		}
		event->kind = row->kind;
		event->symptom = row->symptom;
		event->phase = row->phase;
		event->direction = row->direction;
		event->text = message;
		shape_parse(row->shape, rest, event);
		return true;
	}
	return false;
}
