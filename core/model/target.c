#include "model/target.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_SIZE  253 /* RFC 1035 2.3.4, without the final dot */
#define LABEL_MAX_SIZE 63
#define LOCAL_MAX_SIZE 64 /* RFC 5321 4.5.3.1.1 */
#define TEXT_MAX_SIZE  512

/* ctype depends on the locale and on the sign of char; names on the wire do not. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_label_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '_';
}

bool target_is_host_name(const char *text)
{
	const size_t size = strlen(text);
	size_t label = 0; /* size of the current label */
	bool numeric = true;

	if (size == 0 || size > NAME_MAX_SIZE)
		return false;
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '.') {
			if (label == 0 || p[-1] == '-')
				return false;
			label = 0;
			numeric = true;
			continue;
		}
		if (!is_label_char(*p) || (label == 0 && *p == '-') || ++label > LABEL_MAX_SIZE)
			return false;
		numeric = numeric && is_digit(*p);
	}
	/* No top-level domain is a number, therefore a mistyped address is no name (RFC 1123 2.1). */
	return label > 0 && text[size - 1] != '-' && !numeric;
}

int address_parse(const char *text, int port, struct sockaddr_storage *address)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
	struct addrinfo hints = {.ai_family = AF_INET6, .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found;

	*address = (struct sockaddr_storage){.ss_family = AF_UNSPEC};
	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
		memcpy(address, &v4, sizeof v4);
		return 0;
	}
	if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
		memcpy(address, &v6, sizeof v6);
		return 0;
	}
	/* Only a link-local address with its interface ("fe80::1%eth0") needs more than inet_pton(). */
	if (strchr(text, '%') == NULL || getaddrinfo(text, NULL, &hints, &found) != 0)
		return -1;
	memcpy(&v6, found->ai_addr, sizeof v6);
	freeaddrinfo(found);
	v6.sin6_port = htons((uint16_t)port);
	memcpy(address, &v6, sizeof v6);
	return 0;
}

const char *address_text(const struct sockaddr_storage *address, char text[static 46])
{
	const void *bytes = address->ss_family == AF_INET6
	                        ? (const void *)&((const struct sockaddr_in6 *)address)->sin6_addr
	                        : (const void *)&((const struct sockaddr_in *)address)->sin_addr;

	if (inet_ntop(address->ss_family, bytes, text, INET6_ADDRSTRLEN) == NULL)
		text[0] = '\0';
	return text;
}

int address_port(const struct sockaddr_storage *address)
{
	return ntohs(address->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)address)->sin6_port
	                                            : ((const struct sockaddr_in *)address)->sin_port);
}

void address_set_port(struct sockaddr_storage *address, int port)
{
	if (address->ss_family == AF_INET6)
		((struct sockaddr_in6 *)address)->sin6_port = htons((uint16_t)port);
	else
		((struct sockaddr_in *)address)->sin_port = htons((uint16_t)port);
}

bool address_equal(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET6)
		return memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
		              &((const struct sockaddr_in6 *)b)->sin6_addr, sizeof(struct in6_addr)) == 0;
	return ((const struct sockaddr_in *)a)->sin_addr.s_addr == ((const struct sockaddr_in *)b)->sin_addr.s_addr;
}

/* Loopback stays as it is. */
bool address_is_private(const struct sockaddr_storage *address)
{
	if (address->ss_family == AF_INET6) {
		const unsigned char *v6 = ((const struct sockaddr_in6 *)address)->sin6_addr.s6_addr;
		return (v6[0] & 0xfe) == 0xfc || (v6[0] == 0xfe && (v6[1] & 0xc0) == 0x80);
	}
	const uint32_t v4 = ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr);
	return v4 >> 24 == 10 || v4 >> 20 == 0xac1 || v4 >> 16 == 0xc0a8 || v4 >> 22 == 0x191 || v4 >> 16 == 0xa9fe;
}

bool address_is_own(const struct sockaddr_storage *address)
{
	struct ifaddrs *interfaces;
	bool found = false;

	if (address->ss_family == AF_INET &&
	    ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET)
		return true;
	if (getifaddrs(&interfaces) != 0)
		return false;
	for (const struct ifaddrs *i = interfaces; i != NULL && !found; i = i->ifa_next) {
		struct sockaddr_storage own = {.ss_family = AF_UNSPEC};
		if (i->ifa_addr == NULL || i->ifa_addr->sa_family != address->ss_family)
			continue;
		memcpy(&own, i->ifa_addr, address_size(address));
		found = address_equal(&own, address);
	}
	freeifaddrs(interfaces);
	return found;
}

socklen_t address_size(const struct sockaddr_storage *address)
{
	return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

/* A port number in plain digits; 0 when it is none. */
static int port_parse(const char *text)
{
	long port = 0;

	if (*text == '\0' || strlen(text) > 5 || strspn(text, "0123456789") != strlen(text))
		return 0;
	port = strtol(text, NULL, 10);
	return port <= 65535 ? (int)port : 0;
}

/*
 * Splits ADDRESS, ADDRESS:PORT, [ADDRESS]:PORT, NAME or NAME:PORT: host gets what stands before the port, *port is 0 when
 * there is none. A bare v6 address has colons of its own, so it takes brackets to give it a port. -1 when the port is
 * none.
 */
static int split_port(const char *text, char host[static TEXT_MAX_SIZE], int *port)
{
	const char *end = text + strlen(text);
	const char *colon = strrchr(text, ':');

	*port = 0;
	if (text[0] == '[') {
		end = strchr(text, ']');
		if (end == NULL || (end[1] != '\0' && end[1] != ':'))
			return -1;
		colon = end[1] == ':' ? end + 1 : NULL;
		text++;
	} else if (colon != NULL && strchr(text, ':') != colon) {
		colon = NULL;
	} else if (colon != NULL) {
		end = colon;
	}
	snprintf(host, TEXT_MAX_SIZE, "%.*s", (int)(end - text), text);
	if (colon == NULL)
		return 0;
	*port = port_parse(colon + 1);
	return *port != 0 ? 0 : -1;
}

int address_parse_port(const char *text, int port, struct sockaddr_storage *address)
{
	char host[TEXT_MAX_SIZE];
	int given;

	*address = (struct sockaddr_storage){.ss_family = AF_UNSPEC};
	if (strlen(text) >= TEXT_MAX_SIZE || split_port(text, host, &given) != 0)
		return -1;
	if (address_parse(host, given != 0 ? given : port, address) != 0)
		return -1;
	if (text[0] == '[' && address->ss_family != AF_INET6) {
		*address = (struct sockaddr_storage){.ss_family = AF_UNSPEC};
		return -1;
	}
	return 0;
}

/* The part before the @ as RFC 5321 4.1.2 has it, without quoted strings: nobody needs them and they invite tricks. */
static bool is_local_part(const char *text, size_t size)
{
	if (size == 0 || size > LOCAL_MAX_SIZE || text[0] == '.' || text[size - 1] == '.')
		return false;
	for (size_t i = 0; i < size; i++)
		if (!is_label_char(text[i]) && (text[i] == '\0' || strchr("!#$%&'*+/=?^`{|}~.", text[i]) == NULL))
			return false;
	return true;
}

static char *lower_name(const char *text)
{
	char *name = xstrdup(text);

	for (char *p = name; *p != '\0'; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
	return name;
}

static int parse_host(const char *text, struct target *target, struct err *err)
{
	char host[TEXT_MAX_SIZE];
	int port;

	if (address_parse_port(text, SMTP_PORT, &target->address) == 0) {
		target->name = xstrdup("");
		target->port = address_port(&target->address);
		return 0;
	}
	if (split_port(text, host, &port) != 0)
		return err_set(err, _("%s: expected a port from 1 to 65535 after the host"), target->text);
	size_t size = strlen(host);
	if (size > 1 && host[size - 1] == '.')
		host[size - 1] = '\0';
	if (text[0] == '[' || !target_is_host_name(host))
		return err_set(err, _("%s: neither a host name nor an address (international names: xn--...)"),
		               target->text);
	target->name = lower_name(host);
	target->port = port != 0 ? port : SMTP_PORT;
	target->is_domain = port == 0;
	return 0;
}

int target_parse(const char *text, struct target *target, struct err *err)
{
	const char *at = strrchr(text, '@');
	char clean[TEXT_MAX_SIZE];

	*target = (struct target){.port = SMTP_PORT, .address.ss_family = AF_UNSPEC};
	text_clean(text, strlen(text), clean, sizeof clean);
	target->text = xstrdup(clean);
	if (*text == '\0') {
		err_set(err, _("the target is empty: expected a domain, a host or an address"));
	} else if (strcmp(clean, text) != 0) {
		err_set(err, _("%s: not printable, or too long for a target"), clean);
	} else if (at != NULL && !is_local_part(text, (size_t)(at - text))) {
		err_set(err, _("%s: expected user@domain"), clean);
	} else if (parse_host(at != NULL ? at + 1 : text, target, err) != 0) {
		/* err says why */
	} else if (at == NULL) {
		return 0;
	} else if (!target->is_domain) {
		err_set(err, _("%s: expected user@domain, without a port or an address"), clean);
	} else {
		target->recipient = xasprintf("%.*s@%s", (int)(at - text), text, target->name);
		return 0;
	}
	target_done(target);
	return -1;
}

void target_init_text(const char *text, struct target *target)
{
	*target = (struct target){
	    .text = xstrdup(text), .name = xstrdup(""), .port = SMTP_PORT, .address.ss_family = AF_UNSPEC};
}

void target_done(struct target *target)
{
	free(target->text);
	free(target->recipient);
	free(target->name);
	*target = (struct target){.address.ss_family = AF_UNSPEC};
}

char *subject_address(const char *name, const struct sockaddr_storage *address)
{
	char text[INET6_ADDRSTRLEN];
	const bool named = name != NULL && *name != '\0';

	return xasprintf("%s%s[%s]", named ? name : "", named ? " " : "", address_text(address, text));
}

char *subject_endpoint(const char *name, const struct sockaddr_storage *address)
{
	char *subject = subject_address(name, address);
	char *endpoint = xasprintf("%s:%d", subject, address_port(address));

	free(subject);
	return endpoint;
}

char *subject_without_port(const char *subject)
{
	struct sockaddr_storage address;
	char *name;

	if (subject_parse_endpoint(subject, &name, &address) != 0)
		return NULL;
	free(name);
	return xstrndup(subject, (size_t)(strrchr(subject, ']') - subject) + 1);
}

int subject_parse_endpoint(const char *subject, char **name, struct sockaddr_storage *address)
{
	const char *open = strrchr(subject, '[');
	const char *close = open != NULL ? strchr(open, ']') : NULL;
	char text[INET6_ADDRSTRLEN];

	if (close == NULL || close[1] != ':' || (size_t)(close - open) > sizeof text)
		return -1;
	if (open != subject && (open == subject + 1 || open[-1] != ' '))
		return -1;
	snprintf(text, sizeof text, "%.*s", (int)(close - open - 1), open + 1);
	int port = port_parse(close + 2);
	if (port == 0 || address_parse(text, port, address) != 0)
		return -1;
	*name = open != subject ? xstrndup(subject, (size_t)(open - subject - 1)) : xstrdup("");
	return 0;
}
