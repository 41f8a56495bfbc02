#include "log/prefix.h"

#include "log/stamp.h"

#include <math.h>
#include <stdbool.h>

#define CONTAINER_MAX 80 /* bytes that may stand before a stamp */
#define TOKENS_MAX    3  /* host, facility, program */

void log_clock_init(struct log_clock *clock, time_t anchor)
{
	clock->anchor = anchor;
	clock->year = 0;
	clock->month = 0;
	clock->zone_offset = NAN;
	clock->cached_size = 0;
	clock->host_size = 0;
}

static double utc_time(const struct stamp *stamp, int year)
{
	struct tm tm = stamp_tm(stamp, year);

	return (double)timegm(&tm);
}

/* mktime(3) looks after the zone file each time; an hour has one offset. */
static double local_time(struct log_clock *clock, const struct stamp *stamp, int year, double utc)
{
	const double hour = floor(utc / 3600);
	struct tm tm = stamp_tm(stamp, year);

	if (clock == NULL)
		return (double)mktime(&tm);
	if (isnan(clock->zone_offset) || hour < clock->zone_hour || hour > clock->zone_hour) {
		clock->zone_hour = hour;
		clock->zone_offset = (double)mktime(&tm) - utc;
	}
	return utc + clock->zone_offset;
}

/* The year of a stamp that has none; see struct log_clock. */
static int guess_year(struct log_clock *clock, const struct stamp *stamp)
{
	const int month = stamp->month - 1;

	if (clock->year == 0) {
		struct tm anchor;
		const time_t latest = clock->anchor + 86400;
		clock->year = gmtime_r(&latest, &anchor) != NULL ? anchor.tm_year + 1900 : 1970;
		if (utc_time(stamp, clock->year) > (double)latest)
			clock->year--;
	} else if (month - clock->month <= -6) {
		clock->year++;
	} else if (month - clock->month >= 6) {
		clock->year--;
	}
	clock->month = month;
	return clock->year;
}

static bool may_precede_stamp(char c)
{
	return c == ' ' || c == '\t' || c == '|' || c == ':' || c == '>' || c == '[' || c == '"';
}

/* Where a stamp begins in the first bytes of a line, containers before it or not; *end is behind its seconds. */
static bool stamp_find(struct slice line, struct stamp *stamp, size_t *end)
{
	const size_t last = line.size < CONTAINER_MAX ? line.size : CONTAINER_MAX;

	for (size_t i = 0; i < last; i++) {
		if (i > 0 && !may_precede_stamp(line.at[i - 1]))
			continue;
		const size_t size = stamp_parse(slice_from(line, i), stamp);
		if (size > 0) {
			*end = i + size;
			return true;
		}
	}
	return false;
}

/* The seconds of the line's stamp as UTC and as local time; what follows them in *rest. False: there is no stamp. */
static bool read_stamp(struct log_clock *clock, struct slice *rest, double *utc, double *local)
{
	struct stamp stamp;
	size_t end;

	if (clock != NULL && clock->cached_size > 0 && rest->size > clock->cached_size &&
	    memcmp(rest->at, clock->cached, clock->cached_size) == 0) {
		*utc = clock->cached_utc;
		*local = clock->cached_local;
		*rest = slice_from(*rest, clock->cached_size);
		return true;
	}
	if (!stamp_find(*rest, &stamp, &end))
		return false;
	int year = stamp.year;
	if (year == 0 && clock != NULL)
		year = guess_year(clock, &stamp);
	*utc = year != 0 ? utc_time(&stamp, year) : NAN;
	*local = year != 0 ? local_time(clock, &stamp, year, *utc) : NAN;
	if (clock != NULL && end <= sizeof clock->cached) {
		memcpy(clock->cached, rest->at, end);
		clock->cached_size = end;
		clock->cached_utc = *utc;
		clock->cached_local = *local;
	}
	*rest = slice_from(*rest, end);
	return true;
}

static struct slice skip_blanks(struct slice text)
{
	while (text.size > 0 && (text.at[0] == ' ' || text.at[0] == '\t'))
		text = slice_from(text, 1);
	return text;
}

static struct slice next_token(struct slice *text)
{
	const struct slice token = slice_until(*text, ' ');

	*text = skip_blanks(slice_from(*text, token.size));
	return token;
}

/* A stamp that an inner program wrote again: its time is the outer one's, which knows its zone better. */
static struct slice skip_second_stamp(struct slice text)
{
	struct stamp stamp;
	double fraction = 0, offset;
	bool zoned;
	const size_t size = stamp_parse(text, &stamp);

	if (size == 0)
		return text;
	text = slice_from(text, size);
	return skip_blanks(slice_from(text, stamp_tail_parse(text, &fraction, &zoned, &offset)));
}

/* "stdout F " of the container runtime interface, and Kubernetes' own stamp before ours. */
static struct slice skip_stream(struct slice text)
{
	if (slice_begins(text, "stdout ") || slice_begins(text, "stderr "))
		text = skip_blanks(slice_from(text, 9));
	return skip_second_stamp(text);
}

/* Letters, digits and / - _ . @ as names of programs have them. */
static const bool program_char[256] = {
    ['/'] = true, ['-'] = true, ['_'] = true, ['.'] = true, ['@'] = true, ['0'] = true, ['1'] = true, ['2'] = true,
    ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true, ['A'] = true,
    ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true, ['F'] = true, ['G'] = true, ['H'] = true, ['I'] = true,
    ['J'] = true, ['K'] = true, ['L'] = true, ['M'] = true, ['N'] = true, ['O'] = true, ['P'] = true, ['Q'] = true,
    ['R'] = true, ['S'] = true, ['T'] = true, ['U'] = true, ['V'] = true, ['W'] = true, ['X'] = true, ['Y'] = true,
    ['Z'] = true, ['a'] = true, ['b'] = true, ['c'] = true, ['d'] = true, ['e'] = true, ['f'] = true, ['g'] = true,
    ['h'] = true, ['i'] = true, ['j'] = true, ['k'] = true, ['l'] = true, ['m'] = true, ['n'] = true, ['o'] = true,
    ['p'] = true, ['q'] = true, ['r'] = true, ['s'] = true, ['t'] = true, ['u'] = true, ['v'] = true, ['w'] = true,
    ['x'] = true, ['y'] = true, ['z'] = true,
};

/*
 * "postfix/smtpd[26010]: " at the beginning -> program, pid, message. Without [pid] only when `bare` allows it. False when
 * no program is there.
 */
static bool program_parse(struct slice text, bool bare, struct log_prefix *prefix)
{
	const char *at = text.at, *end = text.at + text.size;
	long pid = -1;

	if (slice_begins(text, "postfix/")) /* the loop would come to the same end, only later */
		at += 8;
	while (at < end && program_char[(unsigned char)*at])
		at++;
	const struct slice program = {.at = text.at, .size = (size_t)(at - text.at)};
	if (program.size == 0 || at == end || program.at[0] < 'A')
		return false;
	if (*at == '[') {
		const char *close = ++at;
		for (pid = 0; close < end && *close >= '0' && *close <= '9' && close - at < 10; close++)
			pid = pid * 10 + (*close - '0');
		if (close == at || close == end || *close != ']') { /* an identifier that somebody made unreadable */
			close = memchr(at, ']', (size_t)(end - at) < 40 ? (size_t)(end - at) : 40);
			pid = -1;
		}
		if (close == NULL || ++close == end)
			return false;
		at = close;
	} else if (!bare) {
		return false;
	}
	if (*at != ':' || (at + 1 < end && at[1] != ' '))
		return false;
	prefix->program = program;
	prefix->pid = pid;
	prefix->message = skip_blanks(slice_from(text, (size_t)(at + 1 - text.at)));
	return true;
}

/* "host prog[pid]: message", with or without the host, also with a word for the facility in between. */
static void header_parse(struct log_clock *clock, struct slice text, bool bare, struct log_prefix *prefix)
{
	struct slice rest = text;

	if (clock != NULL && clock->host_size > 0 && text.size > clock->host_size &&
	    memcmp(text.at, clock->host, clock->host_size) == 0 &&
	    program_parse(slice_from(text, clock->host_size), bare, prefix)) {
		prefix->host = slice_head(text, clock->host_size - 1);
		return;
	}
	for (size_t i = 0; i < TOKENS_MAX && rest.size > 0; i++) {
		if (program_parse(rest, bare, prefix)) {
			if (i > 0)
				prefix->host = slice_until(text, ' ');
			if (clock != NULL && i == 1 && prefix->host.size < sizeof clock->host) {
				clock->host_size = prefix->host.size + 1;
				memcpy(clock->host, text.at, clock->host_size);
			}
			return;
		}
		const struct slice token = slice_until(rest, ' ');
		rest = skip_blanks(slice_from(rest, token.size));
	}
	prefix->message = text;
}

/* "host app procid msgid structured-data message" (RFC 5424 6). */
static void header_5424_parse(struct slice text, struct log_prefix *prefix)
{
	prefix->host = next_token(&text);
	prefix->program = next_token(&text);
	prefix->pid = (long)slice_number(next_token(&text), NULL);
	next_token(&text);
	if (text.size > 0 && text.at[0] == '[')
		text = slice_from(text, slice_until(text, ']').size + 1);
	else
		next_token(&text);
	prefix->message = skip_blanks(text);
}

/* What some programs put before their own message: Solaris an id, Exim its stamp and pid once more. */
static struct slice skip_inner_prefix(struct slice message)
{
	double digits;
	size_t size;

	if (slice_begins(message, "[ID ")) {
		const struct slice end = slice_find(message, "] ");
		if (end.at != NULL)
			message = slice_from(end, 2);
	}
	if (message.size > 0 && (message.at[0] == '1' || message.at[0] == '2'))
		message = skip_second_stamp(message);
	if (message.size > 3 && message.at[0] == '[') { /* Exim, log_selector = +pid */
		digits = slice_number(slice_from(message, 1), &size);
		if (digits >= 0 && slice_begins(slice_from(message, size + 1), "] "))
			message = slice_from(message, size + 3);
	}
	return message;
}

/* The text member of a JSON object, unescaped into `out`; empty when it is not there. */
static struct slice json_member(struct slice object, const char *key, char *out, size_t room)
{
	struct slice found = slice_after(object, key);
	size_t size = 0;

	found = skip_blanks(found);
	if (found.size == 0 || found.at[0] != ':')
		return (struct slice){.at = out, .size = 0};
	found = skip_blanks(slice_from(found, 1));
	if (found.size == 0 || found.at[0] != '"')
		return (struct slice){.at = out, .size = 0};
	for (size_t i = 1; i < found.size && found.at[i] != '"' && size < room; i++) {
		char c = found.at[i];
		if (c == '\\' && i + 1 < found.size) {
			c = found.at[++i];
			if (c == 'n' || c == 't' || c == 'r') {
				c = ' ';
			} else if (c == 'u' && i + 4 < found.size) {
				static const char hex[] = "0123456789abcdef";
				const char *high = memchr(hex, found.at[i + 3] | 0x20, 16);
				const char *low = memchr(hex, found.at[i + 4] | 0x20, 16);
				const bool ascii =
				    memcmp(found.at + i + 1, "00", 2) == 0 && high != NULL && low != NULL;
				c = ascii && high - hex < 8 ? (char)((high - hex) * 16 + (low - hex)) : '?';
				i += 4;
			}
		}
		out[size++] = c;
	}
	while (size > 0 && out[size - 1] == ' ')
		size--;
	return (struct slice){.at = out, .size = size};
}

/* journalctl -o json, and Docker's json-file. False: some other JSON. */
static bool json_parse(struct log_clock *clock, struct slice line, struct log_prefix *prefix)
{
	char *room = clock->unescaped;
	const size_t left = sizeof clock->unescaped;
	struct slice number;

	prefix->message = json_member(line, "\"MESSAGE\"", room, left - 512);
	if (prefix->message.size > 0) {
		room += prefix->message.size;
		prefix->program = json_member(line, "\"SYSLOG_IDENTIFIER\"", room, 128);
		room += prefix->program.size;
		prefix->host = json_member(line, "\"_HOSTNAME\"", room, 256);
		room += prefix->host.size;
		number = json_member(line, "\"_PID\"", room, 20);
		prefix->pid = (long)slice_number(number, NULL);
		/* Microseconds; the sixteenth digit is left out since slice_number() takes no more than 15. */
		number = json_member(line, "\"__REALTIME_TIMESTAMP\"", room, 15);
		if (number.size == 15)
			prefix->time = slice_number(number, NULL) / 1e5;
		prefix->message = skip_inner_prefix(prefix->message);
		return true;
	}
	prefix->message = json_member(line, "\"log\"", room, left);
	if (prefix->message.size == 0)
		return false;
	const struct slice inner = prefix->message;
	const struct slice time = slice_after(line, "\"time\":\"");
	struct slice stamp = time;
	double fraction = 0, offset, utc, local;
	bool zoned;
	clock->cached_size = 0;
	const bool stamped = time.at != NULL && read_stamp(clock, &stamp, &utc, &local);
	clock->cached_size = 0; /* it was cut from the middle of the line */
	if (inner.at[0] != '{')
		log_prefix_parse(clock, inner, prefix);
	if (stamped && isnan(prefix->time)) {
		stamp_tail_parse(stamp, &fraction, &zoned, &offset);
		prefix->time = (zoned ? utc - offset : local) + fraction;
	}
	return true;
}

void log_prefix_parse(struct log_clock *clock, struct slice line, struct log_prefix *prefix)
{
	double utc, local, fraction = 0, offset;
	struct slice rest = line;
	bool zoned;

	*prefix = (struct log_prefix){.time = NAN,
	                              .host = {.at = line.at, .size = 0},
	                              .program = {.at = line.at, .size = 0},
	                              .pid = -1,
	                              .message = line};
	if (clock != NULL && line.size > 0 && line.at[0] == '{' && json_parse(clock, line, prefix))
		return;
	if (!read_stamp(clock, &rest, &utc, &local)) {
		header_parse(NULL, skip_blanks(line), false, prefix);
		prefix->message = skip_inner_prefix(prefix->message);
		return;
	}
	/* "2026-03-01 10:00:00" is Exim's way: what follows is no host, and a word with a colon no program. */
	const bool exim = rest.at[-9] == ' ' && rest.at[-12] == '-';
	prefix->time = local;
	if (rest.size > 1 && rest.at[0] == ' ' && rest.at[1] >= 'a' && rest.at[1] <= 'z') {
		rest = slice_from(rest, 1); /* no fraction, no zone: a host or program follows */
	} else {
		rest = slice_from(rest, stamp_tail_parse(rest, &fraction, &zoned, &offset));
		prefix->time = (zoned ? utc - offset : local) + fraction;
		rest = skip_blanks(rest);
	}
	if (rest.size > 0 && (rest.at[0] < 'a' || rest.at[0] == 's'))
		rest = skip_stream(rest);
	if (slice_begins(line, "<") && slice_begins(slice_after(slice_head(line, 6), ">"), "1 "))
		header_5424_parse(rest, prefix);
	else
		header_parse(clock, rest, !exim, prefix);
	prefix->message = skip_inner_prefix(prefix->message);
}
