#include "diagnose/derive_limit.h"

#include "base/xalloc.h"
#include "diagnose/derive_host.h"
#include "diagnose/scope.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is known about one server. -1: not known. */
struct limits {
	char *subject;
	double taken, refused; /* sessions; the number of the one that was not taken */
	double client, all;    /* sessions that it is set to take from one client, and in all */
	double counted, set;   /* messages or recipients that one session took, and may bring */
};

static double number_of(const struct case_file *c, const char *name, const char *subject)
{
	const struct fact *fact = case_find_fact(c, name, subject);

	return fact != NULL ? fact->number : -1;
}

static double number_in(const struct scope *scope, const char *name)
{
	const struct fact *fact = scope_find(scope, fact_def_find(name));

	return fact != NULL ? fact->number : -1;
}

static struct limits find_limits(const struct case_file *c, const struct scope *scope)
{
	const struct fact *of = case_find_fact(c, "limit.session.of", scope->subject);
	const bool recipients = of != NULL && strcmp(of->text, "recipients") == 0;
	const char *counted = recipients ? "limit.session.recipients" : "limit.session.messages";

	return (struct limits){
	    .subject = xstrdup(scope->subject),
	    .taken = number_of(c, "limit.connections", scope->subject),
	    .refused = number_of(c, "limit.refused", scope->subject),
	    .client = number_in(scope, "config.connection-limit"),
	    .all = number_in(scope, "config.process-limit"),
	    .counted = of != NULL ? number_of(c, counted, scope->subject) : -1,
	    .set = number_in(scope, recipients ? "config.recipient-limit" : "config.session-limit"),
	};
}

static void add_number(struct case_file *c, const char *name, const struct limits *l, double number)
{
	derive_add(c, name, l->subject, (struct fact){.number = number});
}

static void add_match(struct case_file *c, const char *name, const struct limits *l, double taken, double set)
{
	derive_add(c, name, l->subject, (struct fact){.flag = fabs(taken - set) < 0.5});
}

static void compare(struct case_file *c, const struct limits *l)
{
	if (l->client >= 0 && l->taken >= 0)
		add_number(c, "limit.configured", l, l->client);
	if (l->client >= 0 && l->taken >= 0 && l->refused > 0)
		add_match(c, "limit.match", l, l->taken, l->client);
	if (l->all >= 0 && l->taken >= 0 && l->refused > 0)
		add_match(c, "limit.match.all", l, l->taken, l->all);
	if (l->counted < 0 || l->set < 0)
		return;
	add_number(c, "limit.session.configured", l, l->set);
	add_match(c, "limit.session.match", l, l->counted, l->set);
}

void derive_limits(struct case_file *c)
{
	size_t count;
	struct scope *scopes = scopes_new(c, &count);
	struct limits *limits = xcalloc(count, sizeof *limits);

	for (size_t i = 0; i < count; i++)
		limits[i] = find_limits(c, &scopes[i]);
	scopes_free(scopes, count); /* which look at the facts, that move when some are added */
	for (size_t i = 0; i < count; i++) {
		compare(c, &limits[i]);
		free(limits[i].subject);
	}
	free(limits);
}
