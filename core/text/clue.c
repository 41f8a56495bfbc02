#include "text/clue.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESS_CHARACTERS "0123456789abcdefABCDEF:."

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* --- addresses and ports */

/* A port number at `p`, which no further digit, letter or dot follows; 0 when there is none. */
static int port_at(const char *p)
{
	char *end;
	const long port = is_digit(*p) ? strtol(p, &end, 10) : 0;

	if (port < 1 || port > 65535 || isalnum((unsigned char)*end) || *end == '%' ||
	    (*end == '.' && is_digit(end[1])))
		return 0;
	return (int)port;
}

/* What follows an address: "]:25", ":25", "] port 25", ", port: 25". */
static int port_after(const char *p)
{
	static const char *const links[] = {"]:", ":", "]", ""};
	const char *word;

	for (size_t i = 0; i < 2; i++)
		if (strncmp(p, links[i], strlen(links[i])) == 0 && port_at(p + strlen(links[i])) != 0)
			return port_at(p + strlen(links[i]));
	word = strstr(p, "port");
	if (word == NULL || word - p > 12)
		return 0;
	word += strlen("port");
	return port_at(word + strspn(word, " :="));
}

static void set_address(struct clue_endpoint *endpoint, const char *text, size_t size, bool is_v6)
{
	memcpy(endpoint->address, text, size);
	endpoint->address[size] = '\0';
	endpoint->is_v6 = is_v6;
	endpoint->is_loopback = strncmp(endpoint->address, "127.", 4) == 0 || strcmp(endpoint->address, "::1") == 0;
}

/* "2001:db8::1:25": the last group is a port when it is one of mail's and the address is complete without it. */
static size_t cut_v6_port(const char *run, size_t size, int *port)
{
	char text[64];
	struct in6_addr v6;
	const char *last = memrchr(run, ':', size);

	if (last == NULL || last == run)
		return size;
	const int number = port_at(last + 1);
	const size_t shorter = (size_t)(last - run);
	if ((number != 25 && number != 465 && number != 587 && number != 2525) || shorter >= sizeof text)
		return size;
	memcpy(text, run, shorter);
	text[shorter] = '\0';
	if (inet_pton(AF_INET6, text, &v6) != 1)
		return size;
	*port = number;
	return shorter;
}

/* An address at the beginning of a run of address characters. */
static bool read_address(const char *run, size_t size, struct clue_endpoint *endpoint)
{
	char text[64];
	struct in_addr v4;
	struct in6_addr v6;
	size_t dotted = strspn(run, "0123456789.");
	int port = 0;

	while (dotted > 0 && run[dotted - 1] == '.')
		dotted--;
	if (dotted > 6 && dotted < sizeof text) {
		memcpy(text, run, dotted);
		text[dotted] = '\0';
		if (inet_pton(AF_INET, text, &v4) == 1) {
			set_address(endpoint, text, dotted, false);
			endpoint->port = port_after(run + dotted);
			return true;
		}
	}
	const size_t whole = size;
	size = cut_v6_port(run, size, &port);
	while (size > 0 && (run[size - 1] == '.' || (run[size - 1] == ':' && (size < 2 || run[size - 2] != ':'))))
		size--;
	if (size < 3 || size >= sizeof endpoint->address)
		return false;
	memcpy(text, run, size);
	text[size] = '\0';
	if (memchr(text, ':', size) == NULL || inet_pton(AF_INET6, text, &v6) != 1)
		return false;
	set_address(endpoint, text, size, true);
	endpoint->port = port != 0 ? port : port_after(run + whole);
	return true;
}

/* A port that no address goes before: "mx.example.com:25", "port 465", "25/tcp". */
static int port_alone(const char *line)
{
	static const int known[] = {25, 465, 587, 2525, 24, 10024, 10025};

	for (const char *word = strstr(line, "port"); word != NULL; word = strstr(word + 1, "port")) {
		const int port = port_at(word + 4 + strspn(word + 4, " :=\"'"));
		if (port != 0)
			return port;
	}
	for (const char *p = line; *p != '\0'; p++) {
		if (*p != ':' && !(p == line || p[-1] == ' '))
			continue;
		const int port = port_at(p + (*p == ':'));
		if (port == 0 || (*p == ':' && (p == line || is_digit(p[-1]))))
			continue;
		const char *after = p + (*p == ':') + strspn(p + (*p == ':'), "0123456789");
		for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
			if (port == known[i] && (*p == ':' || *after == '/'))
				return port;
	}
	return 0;
}

bool clue_endpoint_find(const char *line, struct clue_endpoint *endpoint)
{
	*endpoint = (struct clue_endpoint){.port = 0};
	for (const char *p = line; *p != '\0';) {
		const size_t size = strspn(p, ADDRESS_CHARACTERS);
		if (size == 0) {
			p++;
			continue;
		}
		if ((p == line || !isalnum((unsigned char)p[-1])) && read_address(p, size, endpoint))
			return true;
		p += size;
	}
	if (strstr(line, "localhost") != NULL)
		endpoint->is_loopback = true;
	endpoint->port = port_alone(line);
	return endpoint->port != 0 || endpoint->is_loopback;
}

/* --- replies */

/* "4.7.0" or "5.1.1" at the beginning; its length, 0 when there is none. */
static size_t enhanced_size(const char *p)
{
	size_t first, second;

	if ((p[0] != '4' && p[0] != '5') || p[1] != '.')
		return 0;
	first = strspn(p + 2, "0123456789");
	if (first == 0 || first > 3 || p[2 + first] != '.')
		return 0;
	second = strspn(p + 3 + first, "0123456789");
	return second == 0 || second > 3 ? 0 : 3 + first + second;
}

/* Whether a reply may begin here, by what stands before it. */
static bool begins(const char *line, const char *p)
{
	if (p == line)
		return true;
	if (strchr("\"'(<,>;{|`", p[-1]) != NULL)
		return true;
	return p - line > 1 && p[-1] == ' ' && strchr(":>-<,;]|=", p[-2]) != NULL;
}

static bool is_code(const char *p)
{
	return (p[0] == '4' || p[0] == '5') && p[1] >= '0' && p[1] <= '7' && is_digit(p[2]);
}

/* Python prints code and text as (451, b'4.4.2 Timeout'): how much stands between them. */
static size_t literal_start(const char *p)
{
	size_t size = strncmp(p, ", b", 3) == 0 ? 3 : strncmp(p, ", ", 2) == 0 ? 2 : 0;

	return size > 0 && (p[size] == '\'' || p[size] == '"') ? size + 1 : 0;
}

/* A reply at `p`, where the text of the reply begins; NULL when there is none. */
static const char *reply_at(const char *line, const char *p)
{
	const char *text;

	if (!is_code(p) || (p != line && (isalnum((unsigned char)p[-1]) || strchr(".:/", p[-1]) != NULL)))
		return NULL;
	text = p + 3;
	if (p != line && p[-1] == '[' && strncmp(text, "] ", 2) == 0) /* a process id has no enhanced code behind it */
		return enhanced_size(text + 2) > 0 ? text + 2 : NULL;
	text += literal_start(text);
	if (text[-1] == '\'' || text[-1] == '"')
		return begins(line, p) && *text != '\0' ? text : NULL;
	if (*text != ' ' && *text != '-' && *text != ':' && *text != '\0')
		return NULL;
	text += *text == ':';
	text += strspn(text, " -");
	if (enhanced_size(text) > 0)
		return text;
	if (!begins(line, p))
		return NULL;
	return isalpha((unsigned char)*text) || strchr("[<\"#(", *text) != NULL ? text : NULL;
}

/* Where a quotation ends that the character before it began; the end of the line when it was no quote. */
static size_t quoted_size(const char *text, char quote)
{
	const char *end = strchr("\"'`", quote) != NULL ? strchr(text, quote) : NULL;

	while (end != NULL && isalnum((unsigned char)end[1])) /* "doesn't" */
		end = strchr(end + 1, quote);
	return end != NULL ? (size_t)(end - text) : strlen(text);
}

/* Pages and bounces wrap and fill the lines that they quote. */
static void join_blanks(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++)
		if (*from != ' ' || from[1] != ' ')
			*to++ = *from;
	*to = '\0';
}

static void copy_reply(char *reply, size_t room, const char *code, const char *text, char before)
{
	size_t size = before != '\0' ? quoted_size(text, before) : strlen(text);
	const char *end = strstr(text, " (in reply to ");

	if (end != NULL && (size_t)(end - text) < size)
		size = (size_t)(end - text);
	while (size > 0 && strchr("\"')]}, ", text[size - 1]) != NULL)
		size--;
	if (snprintf(reply, room, "%.3s%s%.*s", code, size > 0 ? " " : "", (int)size, text) < 0)
		reply[0] = '\0';
	join_blanks(reply);
}

bool clue_reply_find(const char *line, char *reply, size_t room, size_t *begin)
{
	for (const char *p = line; *p != '\0'; p++) {
		const char *text = is_code(p) ? reply_at(line, p) : NULL;
		if (text != NULL) {
			copy_reply(reply, room, p, text,
			           strchr("'\"", text[-1]) != NULL ? text[-1]
			           : p > line                      ? p[-1]
			                                           : '\0');
			*begin = (size_t)(p - line);
			return true;
		}
	}
	for (const char *p = line; *p != '\0'; p++) {
		const size_t size = enhanced_size(p);
		if (size > 0 && p[size] == ' ' && p[size + 1] != '\0' && begins(line, p)) {
			copy_reply(reply, room, p[0] == '4' ? "421" : "550", p, p > line ? p[-1] : '\0');
			*begin = (size_t)(p - line);
			return true;
		}
	}
	return false;
}

/* --- numbers */

bool clue_slots_full(const char *line)
{
	const char *status = strstr(line, "status: ");
	char *slash, *end;

	if (status == NULL || !is_digit(status[8]))
		return false;
	const long used = strtol(status + 8, &slash, 10);
	if (*slash != '/' || !is_digit(slash[1]))
		return false;
	const long all = strtol(slash + 1, &end, 10);
	return all > 0 && used >= all;
}

/* --- time */

double clue_time_of_day(const char *line)
{
	for (const char *p = line; *p != '\0'; p++) {
		if (p != line && (is_digit(p[-1]) || p[-1] == ':'))
			continue;
		if (is_digit(p[0]) && is_digit(p[1]) && p[2] == ':' && is_digit(p[3]) && is_digit(p[4]) &&
		    p[5] == ':' && is_digit(p[6]) && is_digit(p[7]) && p[8] != ':') {
			const int hour = (p[0] - '0') * 10 + p[1] - '0', minute = (p[3] - '0') * 10 + p[4] - '0';
			const int second = (p[6] - '0') * 10 + p[7] - '0';
			if (hour < 24 && minute < 60 && second < 61)
				return hour * 3600.0 + minute * 60.0 + second;
		}
	}
	return -1;
}
