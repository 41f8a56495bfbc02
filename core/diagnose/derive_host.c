#include "diagnose/derive_host.h"

#include "base/xalloc.h"
#include "diagnose/scope.h"
#include "diagnose/service.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SELF "self"

/* As Sendmail reckons where sendmail.cf says nothing (its conf.c): load averages for each processor. */
#define SENDMAIL_QUEUES  8
#define SENDMAIL_REFUSES 12

/* The number about the subject; -1 when there is none. */
static double number_of(const struct case_file *c, const char *name, const char *subject)
{
	const struct fact *fact = case_find_fact(c, name, subject);

	return fact != NULL ? fact->number : -1;
}

static void add_number(struct case_file *c, const char *name, double number)
{
	derive_add(c, name, SELF, (struct fact){.number = number});
}

/* A service that listens on this machine: another machine's limits say nothing about this one's load. */
static bool is_here(const struct case_file *c, const char *service)
{
	return case_find_fact(c, "config.endpoint", service) != NULL;
}

static bool is_software(const struct case_file *c, const char *service, const char *software)
{
	const struct fact *fact = case_find_fact(c, "config.software", service);

	return fact != NULL && strcmp(fact->text, software) == 0;
}

/* The smallest limit of that name of the services here; -1 when there is none. */
static double least_of(const struct case_file *c, const char *name)
{
	double least = -1;

	for (size_t i = 0; i < c->fact_count; i++) {
		const struct fact *fact = &c->facts[i];
		if (strcmp(fact->def->name, name) == 0 && is_here(c, fact->subject) && fact->number > 0 &&
		    (least < 0 || fact->number < least))
			least = fact->number;
	}
	return least;
}

/* How many sessions strangers may have together; -1: no limit, or one that is counted otherwise. */
static double session_limit(const struct case_file *c)
{
	double least = -1;

	for (size_t i = 0; i < c->fact_count; i++) {
		const struct fact *fact = &c->facts[i];
		if (strcmp(fact->def->name, "config.process-limit") != 0 || !is_here(c, fact->subject) ||
		    is_software(c, fact->subject, "postfix"))
			continue;
		const double limit = fact->number - fmax(0, number_of(c, "config.process-reserve", fact->subject));
		if (limit > 0 && (least < 0 || limit < least))
			least = limit;
	}
	return least;
}

/* Adds a limit, and how much of it is used, when both are known. */
static void compare(struct case_file *c, double used, double limit, const char *name, const char *share)
{
	if (used < 0 || limit <= 0)
		return;
	if (name != NULL)
		add_number(c, name, limit);
	add_number(c, share, used / limit);
}

/* What Sendmail does where nobody set it. */
static double sendmail_load(const struct case_file *c, const char *role, double for_each)
{
	const double processors = number_of(c, "host.processors", SELF);

	for (size_t i = 0; i < c->fact_count; i++) {
		const struct fact *fact = &c->facts[i];
		if (strcmp(fact->def->name, role) == 0 && strcmp(fact->text, "default") == 0 &&
		    is_here(c, fact->subject) && is_software(c, fact->subject, "sendmail"))
			return processors > 0 ? for_each * processors : -1;
	}
	return -1;
}

static void derive_loads(struct case_file *c)
{
	const double load = number_of(c, "host.load", SELF);
	double refuses = least_of(c, "config.refuse-load"), queues = least_of(c, "config.queue-load");

	if (refuses < 0)
		refuses = sendmail_load(c, "config.refuse-load.origin", SENDMAIL_REFUSES);
	if (queues < 0)
		queues = sendmail_load(c, "config.queue-load.origin", SENDMAIL_QUEUES);
	compare(c, load, refuses, "host.load.refuse", "host.load.refuse.share");
	compare(c, load, queues, "host.load.queue", "host.load.queue.share");
	compare(c, load, least_of(c, "config.delay-load"), "host.load.delay", "host.load.delay.share");
}

/* The largest number of that name, whatever it is about; -1: none. A log has one of it for each file. */
static double most_of(const struct case_file *c, const char *name)
{
	double most = -1;

	for (size_t i = 0; i < c->fact_count; i++)
		if (strcmp(c->facts[i].def->name, name) == 0)
			most = fmax(most, c->facts[i].number);
	return most;
}

/* A log may be of another machine than this one: then its configuration was given, too, and is the only one. */
static double least_anywhere(const struct case_file *c, const char *name)
{
	double least = -1;

	for (size_t i = 0; i < c->fact_count; i++)
		if (strcmp(c->facts[i].def->name, name) == 0 && c->facts[i].number > 0 &&
		    (least < 0 || c->facts[i].number < least))
			least = c->facts[i].number;
	return least;
}

/* The best match of a service with any endpoint; MATCH_NONE also when nothing was probed, which *probed tells. */
static enum service_match best_match(const struct case_file *c, const char *service, bool *probed)
{
	enum service_match best = MATCH_NONE;

	*probed = false;
	for (size_t i = 0; i < c->fact_count; i++) {
		const struct fact *fact = &c->facts[i];
		if (strcmp(fact->def->name, "smtp.outcome") != 0 || !subject_is_endpoint(fact->subject) ||
		    subject_is_session(fact->subject))
			continue;
		const enum service_match match = service_match(c, service, fact->subject);
		best = match > best ? match : best;
		*probed = true;
	}
	return best;
}

void derive_matches(struct case_file *c)
{
	static const char *const words[] = {
	    [MATCH_NONE] = "none", [MATCH_PORT] = "port", [MATCH_NAME] = "name", [MATCH_ADDRESS] = "address"};

	for (size_t i = 0, count = c->fact_count; i < count; i++) {
		bool probed;
		if (strcmp(c->facts[i].def->name, "config.software") != 0 ||
		    case_find_fact(c, "config.port", c->facts[i].subject) == NULL)
			continue;
		char *service = xstrdup(c->facts[i].subject);
		const enum service_match match = best_match(c, service, &probed);
		if (probed)
			derive_add(c, "config.match", service, (struct fact){.text = xstrdup(words[match])});
		free(service);
	}
}

void derive_host(struct case_file *c)
{
	const double sessions = number_of(c, "host.sessions.in", SELF);

	compare(c, sessions, session_limit(c), "host.sessions.limit", "host.sessions.share");
	compare(c, sessions, least_of(c, "config.queue-sessions"), "host.sessions.queue", "host.sessions.queue.share");
	compare(c, number_of(c, "host.sessions.most", SELF), least_of(c, "config.connection-limit"),
	        "host.sessions.most.limit", "host.sessions.most.share");
	derive_loads(c);
	compare(c, most_of(c, "log.concurrency"), least_anywhere(c, "config.connection-limit"), NULL,
	        "log.concurrency.share");
	compare(c, most_of(c, "log.connection.rate"), least_anywhere(c, "config.rate-limit"), NULL,
	        "log.connection.rate.share");
}
