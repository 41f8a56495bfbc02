#include "diagnose/service.h"

#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

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

static bool is_near(const struct case_file *c, const char *subject, const char *address, const char *port)
{
	bool known;

	if (*address != '\0') {
		char *endpoint = xasprintf("[%s]:%s", address, port);
		const bool same = has_value(c, "config.endpoint", subject, endpoint, &known);
		free(endpoint);
		if (known)
			return same;
	}
	return has_value(c, "config.port", subject, *port != '\0' ? port : SMTP_PORT_TEXT, &known) || !known;
}

bool service_is_near(const struct case_file *c, const char *subject, const char *address, const char *port)
{
	char *service = service_of(subject);
	const bool near = is_near(c, service, address, port);

	free(service);
	return near;
}
