#include "text/contacts.h"

#include "text/clue.h"

#include <ctype.h>
#include <string.h>

enum family { FAMILY_HOST, FAMILY_V4, FAMILY_V6, FAMILY_LOCAL, FAMILY_COUNT };

/* Classes of attempts, and what they are called in the words of seen.connect. */
static const struct {
	const char *class, *outcome;
} attempts[] = {
    {"out-connect-timeout", "timeout"},
    {"out-connect-refused", "refused"},
    {"out-connect-unreachable", "unreachable"},
    {"out-connect-noaddress", "no-address"},
    {"out-connect-denied", "denied"},
    {"out-timeout-banner", "no-banner"},
    {"not-tls", "not-tls"},
    {"connected", "reached"},
};

#define ATTEMPT_COUNT (sizeof attempts / sizeof attempts[0])

static const char *const family_names[FAMILY_COUNT] = {"host", "v4", "v6", "local"};

static enum family family_of(const struct clue_endpoint *endpoint)
{
	if (endpoint->is_loopback)
		return FAMILY_LOCAL;
	if (endpoint->address[0] == '\0')
		return FAMILY_HOST;
	return endpoint->is_v6 ? FAMILY_V6 : FAMILY_V4;
}

static void add_port(struct contacts *contacts, int port)
{
	for (int i = 0; i < contacts->port_count; i++)
		if (contacts->ports[i] == port)
			return;
	if (contacts->port_count < (int)(sizeof contacts->ports / sizeof contacts->ports[0]))
		contacts->ports[contacts->port_count++] = port;
}

static void add_address(struct contacts *contacts, const char *address)
{
	for (int i = 0; i < contacts->address_count; i++)
		if (strcmp(contacts->addresses[i], address) == 0)
			return;
	if (contacts->address_count == CONTACTS_MAX) {
		contacts->more = true;
		return;
	}
	memcpy(contacts->addresses[contacts->address_count++], address, strlen(address) + 1);
}

void contacts_add(struct contacts *contacts, const char *class, const char *line)
{
	struct clue_endpoint endpoint;

	for (size_t i = 0; i < ATTEMPT_COUNT; i++) {
		if (strcmp(class, attempts[i].class) != 0)
			continue;
		clue_endpoint_find(line, &endpoint);
		contacts->outcomes |= 1U << (family_of(&endpoint) * ATTEMPT_COUNT + i);
		if (endpoint.port != 0)
			add_port(contacts, endpoint.port);
		if (endpoint.address[0] != '\0' && strcmp(class, "connected") != 0)
			add_address(contacts, endpoint.address);
		return;
	}
}

/* Whether the number stands alone: "smtp.example.com:465", "Connect (host, 465, false)", not "0.465" or "1465". */
static bool stands_alone(const char *line, const char *number, size_t size)
{
	const char *before = number - 1, *after = number + size;

	if (number != line && (isalnum((unsigned char)*before) || strchr("._-/#$", *before) != NULL))
		return false;
	if (isalnum((unsigned char)*after) || strchr("_-%", *after) != NULL)
		return *after == '\0';
	return *after != '.' || !isdigit((unsigned char)after[1]);
}

/* 465 and 587 mean nothing else where mail is talked about; 25 does. */
static void add_ports_alone(struct contacts *contacts, const char *line)
{
	static const struct {
		const char *text;
		int port;
	} numbers[] = {{"465", 465}, {"587", 587}};

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		for (const char *at = strstr(line, numbers[i].text); at != NULL; at = strstr(at + 1, numbers[i].text))
			if (stands_alone(line, at, strlen(numbers[i].text)))
				add_port(contacts, numbers[i].port);
}

void contacts_add_named_port(struct contacts *contacts, const char *line)
{
	struct clue_endpoint endpoint;

	if (strstr(line, "port") != NULL && clue_endpoint_find(line, &endpoint) && endpoint.port != 0)
		add_port(contacts, endpoint.port);
	add_ports_alone(contacts, line);
}

void contacts_emit(const struct contacts *contacts, struct emit *e, const char *subject)
{
	char word[32];

	for (int family = 0; family < FAMILY_COUNT; family++) {
		for (size_t i = 0; i < ATTEMPT_COUNT; i++) {
			if ((contacts->outcomes & 1U << ((size_t)family * ATTEMPT_COUNT + i)) == 0)
				continue;
			snprintf(word, sizeof word, "%s-%s", family_names[family], attempts[i].outcome);
			emit_text(e, "seen.connect", subject, word);
		}
	}
	for (int i = 0; i < contacts->port_count; i++)
		emit_number(e, "seen.port", subject, contacts->ports[i]);
	if (contacts->address_count > 0)
		emit_number(e, "seen.hosts", subject, contacts->address_count);
}
