#include "diagnose/service.h"

#include "base/xalloc.h"
#include "diagnose/scope.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SMTP_PORT_TEXT "25"

char *service_of(const char *subject)
{
	const char *colon = strstr(subject, ": ");

	return xstrndup(subject, colon != NULL ? (size_t)(colon - subject) : strlen(subject));
}

bool service_has(const struct case_file *c, const struct fact *fact)
{
	if (strncmp(fact->def->name, "config.", 7) != 0)
		return false;
	char *service = service_of(fact->subject);
	const bool is = case_find_fact(c, "config.software", service) != NULL;

	free(service);
	return is;
}

/* Whether a fact of that name about the subject has that value; *known when there is any. */
static bool has_value(const struct case_file *c, const char *name, const char *subject, const char *value, bool *known)
{
	bool found = false;

	*known = false;
	for (size_t i = 0; i < c->fact_count && !found; i++) {
		const struct fact *fact = &c->facts[i];
		if (strcmp(fact->def->name, name) != 0 || strcmp(fact->subject, subject) != 0)
			continue;
		*known = true;
		if (fact->def->kind == FACT_NUMBER)
			found = fact->number >= strtod(value, NULL) && fact->number <= strtod(value, NULL);
		else
			found = strcmp(fact->text, value) == 0;
	}
	return found;
}

static const char *text_of(const struct case_file *c, const char *name, const char *subject)
{
	const struct fact *fact = case_find_fact(c, name, subject);

	return fact != NULL ? fact->text : NULL;
}

/* The appliance is built on Postfix. What a server says of itself is a guess, and none is no contradiction. */
static bool is_other_software(const struct case_file *c, const char *service, const char *endpoint)
{
	const char *seen = text_of(c, "smtp.server.software", endpoint);
	const char *configured = text_of(c, "config.software", service);

	if (seen == NULL || configured == NULL || strcmp(seen, "unknown") == 0)
		return false;
	return strcmp(strcmp(seen, "imsva") == 0 ? "postfix" : seen, configured) != 0;
}

static bool greets_as(const struct case_file *c, const char *endpoint, const char *name)
{
	const char *greeting = text_of(c, "smtp.banner.name", endpoint);

	return greeting != NULL && strcasecmp(greeting, name) == 0;
}

/* Whether any endpoint greets by that name. */
static bool somebody_greets_as(const struct case_file *c, const char *name)
{
	for (size_t i = 0; i < c->fact_count; i++)
		if (strcmp(c->facts[i].def->name, "smtp.banner.name") == 0 && strcasecmp(c->facts[i].text, name) == 0)
			return true;
	return false;
}

static enum service_match match(const struct case_file *c, const char *service, const char *endpoint,
                                const char *address, const char *port)
{
	const char *name = text_of(c, "config.hostname", service);
	char *place = xasprintf("[%s]:%s", address, port);
	bool known;
	const bool same = has_value(c, "config.endpoint", service, place, &known);

	free(place);
	if (known)
		return same ? MATCH_ADDRESS : MATCH_NONE;
	if (!has_value(c, "config.port", service, port, &known) || is_other_software(c, service, endpoint))
		return MATCH_NONE;
	if (name == NULL)
		return MATCH_PORT;
	if (greets_as(c, endpoint, name))
		return MATCH_NAME;
	return somebody_greets_as(c, name) ? MATCH_NONE : MATCH_PORT;
}

enum service_match service_match(const struct case_file *c, const char *service, const char *endpoint)
{
	char *name, *address, *port;

	subject_split(endpoint, &name, &address, &port);
	const enum service_match found = match(c, service, endpoint, address, port);
	free(name);
	free(address);
	free(port);
	return found;
}

static bool listens(const struct case_file *c, const char *service)
{
	return case_find_fact(c, "config.port", service) != NULL ||
	       case_find_fact(c, "config.endpoint", service) != NULL;
}

bool service_is_near(const struct case_file *c, const char *subject, const char *judged, const char *address,
                     const char *port)
{
	char *service = service_of(subject);
	bool near = true, known;

	if (listens(c, service))
		near = *address != '\0' ? match(c, service, judged, address, port) != MATCH_NONE
		                        : has_value(c, "config.port", service, SMTP_PORT_TEXT, &known);
	free(service);
	return near;
}
