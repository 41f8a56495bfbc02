#include "diagnose/scope.h"

#include "base/xalloc.h"
#include "diagnose/service.h"
#include "model/target.h"

#include <stdlib.h>
#include <string.h>

/* How near a fact's subject is to what is judged. */
enum distance {
	NEAR_SUBJECT,
	NEAR_ADDRESS,
	NEAR_HOST,
	NEAR_SERVICE,
	NEAR_TARGET,
	NEAR_SELF,
	NEAR_RESOLVER,
	NEAR_NAMESERVER,
	OUTSIDE
};

#define NAMESERVER "nameserver "
#define SESSION    " -> "
#define THIS_HOST  "self"

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static bool is_name_server(const char *subject)
{
	return starts_with(subject, "resolver [") || starts_with(subject, NAMESERVER);
}

static bool is_self(const char *subject)
{
	return strcmp(subject, "self") == 0 || starts_with(subject, "self [");
}

void subject_split(const char *subject, char **name, char **address, char **port)
{
	const char *open = strrchr(subject, '[');
	const char *close = open != NULL ? strchr(open, ']') : NULL;
	const char *server = strstr(subject, SESSION);
	size_t length;

	if (starts_with(subject, NAMESERVER))
		subject += strlen(NAMESERVER);
	if (server != NULL)
		subject = server + strlen(SESSION); /* the client stands before it */
	if (close == NULL || (close[1] != '\0' && close[1] != ':')) {
		*name = xstrdup(subject);
		*address = xstrdup("");
		*port = xstrdup("");
		return;
	}
	for (length = (size_t)(open - subject); length > 0 && subject[length - 1] == ' ';)
		length--;
	*name = xstrndup(subject, length);
	*address = xstrndup(open + 1, (size_t)(close - open - 1));
	*port = xstrdup(close[1] == ':' ? close + 2 : "");
}

bool subject_is_session(const char *subject)
{
	return strstr(subject, SESSION) != NULL;
}

bool subject_is_endpoint(const char *subject)
{
	const char *end = strrchr(subject, ']');

	return end != NULL && end[1] == ':' && strchr(subject, '[') != NULL && !is_name_server(subject) &&
	       !is_self(subject);
}

/* A subject that is nothing but a name: a domain or a mail host. Lines of evidence are none: "mail.log line 5". */
static bool is_plain_name(const char *subject)
{
	return strpbrk(subject, "[ /") == NULL && !is_self(subject);
}

char *target_domain(const char *target)
{
	struct target parsed;

	if (target_parse(target, &parsed, NULL) != 0)
		return xstrdup("");
	char *domain = xstrdup(parsed.name);
	target_done(&parsed);
	return domain;
}

static bool same_family(const char *address, const char *other)
{
	return (strchr(address, ':') != NULL) == (strchr(other, ':') != NULL);
}

/* A fact about one of our own addresses speaks only about peers of the same family. */
static enum distance self_distance(const struct scope *scope, const char *address)
{
	if (*scope->address != '\0' && *address != '\0' && !same_family(scope->address, address))
		return OUTSIDE;
	return NEAR_SELF;
}

/* This machine or one of its name servers, as against one of its addresses, which a peer judges too. */
static bool is_this_host(const char *subject)
{
	return strcmp(subject, THIS_HOST) == 0 || starts_with(subject, "resolver [");
}

static enum distance distance(const struct scope *scope, const char *subject, bool apart)
{
	char *name, *address, *port;
	enum distance found = OUTSIDE;

	if (apart && is_this_host(subject) != scope->this_host)
		return OUTSIDE;
	if (strcmp(subject, scope->subject) == 0)
		return NEAR_SUBJECT;
	if (starts_with(subject, "resolver ["))
		return NEAR_RESOLVER;
	if (starts_with(subject, NAMESERVER))
		return NEAR_NAMESERVER;
	subject_split(subject, &name, &address, &port);
	if (is_self(subject)) {
		found = self_distance(scope, address);
	} else if (*port != '\0') {
		found = OUTSIDE; /* another endpoint */
	} else if (*address != '\0') {
		bool known = *scope->address != '\0' ? strcmp(address, scope->address) == 0
		                                     : *name == '\0' || strcmp(name, scope->host) == 0;
		found = known ? NEAR_ADDRESS : OUTSIDE;
	} else if (strcmp(subject, scope->host) == 0) {
		found = NEAR_HOST;
	} else if (strcmp(subject, scope->domain) == 0 || strcmp(subject, scope->target) == 0) {
		found = NEAR_TARGET;
	}
	free(name);
	free(address);
	free(port);
	return found;
}

/* A configured service: a mail host that led to no endpoint has none, and this machine is judged by other things. */
static enum distance service_distance(const struct scope *scope, const struct case_file *c, const char *subject,
                                      bool apart)
{
	if (apart && *scope->address == '\0')
		return OUTSIDE;
	return service_is_near(c, subject, scope->subject, scope->address, scope->port) ? NEAR_SERVICE : OUTSIDE;
}

/* Our own source address towards the scope, from the facts about it. */
static char *own_address(const struct scope *scope)
{
	for (size_t i = 0; i < scope->count; i++) {
		char *name, *address, *port;

		if (!starts_with(scope->facts[i]->subject, "self ["))
			continue;
		subject_split(scope->facts[i]->subject, &name, &address, &port);
		free(name);
		free(port);
		return address;
	}
	return xstrdup("");
}

/* apart: this machine is judged apart from mail hosts. */
static void scope_init(struct scope *scope, const struct case_file *c, const char *subject, const char *domain,
                       bool apart)
{
	*scope = (struct scope){.subject = xstrdup(subject), .target = xstrdup(c->target), .domain = xstrdup(domain)};
	scope->this_host = apart && strcmp(subject, THIS_HOST) == 0;
	/* [2001:db8::25]:25 is a target as it is typed and an endpoint as it is measured. */
	if (strcmp(subject, c->target) == 0 && !subject_is_endpoint(subject)) {
		scope->host = xstrdup(domain);
		scope->address = xstrdup("");
		scope->port = xstrdup("");
	} else {
		subject_split(subject, &scope->host, &scope->address, &scope->port);
	}
	scope->facts = xcalloc(c->fact_count + 1, sizeof *scope->facts);
	enum distance *distances = xcalloc(c->fact_count + 1, sizeof *distances);
	for (size_t i = 0; i < c->fact_count; i++) {
		const char *about = c->facts[i].subject;
		if (i > 0 && strcmp(about, c->facts[i - 1].subject) == 0)
			distances[i] = distances[i - 1];
		else if (service_has(c, &c->facts[i]))
			distances[i] = service_distance(scope, c, about, apart);
		else
			distances[i] = distance(scope, about, apart);
	}
	for (enum distance near = NEAR_SUBJECT; near < OUTSIDE; near++)
		for (size_t i = 0; i < c->fact_count; i++)
			if (distances[i] == near)
				scope->facts[scope->count++] = &c->facts[i];
	free(distances);
	scope->self = own_address(scope);
}

static bool has_scope(const struct scope *scopes, size_t count, const char *subject)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(scopes[i].subject, subject) == 0)
			return true;
	return false;
}

static bool is_host_of_scope(const struct scope *scopes, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(scopes[i].host, name) == 0)
			return true;
	return false;
}

static bool has_endpoint(const struct case_file *c)
{
	for (size_t i = 0; i < c->fact_count; i++)
		if (subject_is_endpoint(c->facts[i].subject))
			return true;
	return false;
}

struct scope *scopes_new(const struct case_file *c, size_t *count)
{
	struct scope *scopes = NULL;
	size_t room = 0;
	char *domain = target_domain(c->target);
	bool apart = has_endpoint(c);

	*count = 0;
	for (size_t i = 0; i < c->fact_count; i++) {
		const char *subject = c->facts[i].subject;
		if (!subject_is_endpoint(subject) || has_scope(scopes, *count, subject))
			continue;
		scopes = xgrow(scopes, *count, &room, sizeof *scopes);
		scope_init(&scopes[(*count)++], c, subject, domain, apart);
	}
	if (!apart) {
		scopes = xgrow(scopes, *count, &room, sizeof *scopes);
		scope_init(&scopes[(*count)++], c, c->target, domain, apart);
	}
	for (size_t i = 0; i < c->fact_count; i++) {
		const char *subject = c->facts[i].subject;
		if (!is_plain_name(subject) || strcmp(subject, domain) == 0 || strcmp(subject, c->target) == 0 ||
		    is_host_of_scope(scopes, *count, subject))
			continue;
		scopes = xgrow(scopes, *count, &room, sizeof *scopes);
		scope_init(&scopes[(*count)++], c, subject, domain, apart);
	}
	if (apart) {
		scopes = xgrow(scopes, *count, &room, sizeof *scopes);
		scope_init(&scopes[(*count)++], c, THIS_HOST, domain, apart);
	}
	free(domain);
	return scopes;
}

void scopes_free(struct scope *scopes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(scopes[i].subject);
		free(scopes[i].target);
		free(scopes[i].domain);
		free(scopes[i].host);
		free(scopes[i].address);
		free(scopes[i].port);
		free(scopes[i].self);
		free(scopes[i].facts);
	}
	free(scopes);
}

const struct fact *scope_find(const struct scope *scope, const struct fact_def *def)
{
	for (size_t i = 0; i < scope->count; i++)
		if (scope->facts[i]->def == def)
			return scope->facts[i];
	return NULL;
}
