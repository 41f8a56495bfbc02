#include "diagnose/derive.h"

#include "base/xalloc.h"
#include "diagnose/derive_host.h"
#include "diagnose/derive_limit.h"
#include "diagnose/scope.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BANNER_LATE    1.0 /* s; an earlier banner needs no explanation */
#define REPLY_LATE     1.0 /* s, beyond two round trips */
#define EVEN_COUNT     3
#define EVEN_LATE      2.5 /* s; the same pause before each of several replies counts from here on, */
#define EVEN_SLACK     0.3 /* s; and may differ by this much */
#define OTHERS_LATE    3.0 /* s; a reply that is late by this much belongs to a server that is slow altogether */
#define THIS_HOST      "self"
#define RESOLVER_STEP  5.0 /* s; what glibc waits for one name server before it asks the next (resolv.conf(5)) */
#define OFF_STEP       6.12 /* s; its two attempts where ARP finds, three times in a good second each, that the host is off */
#define OFF_BEFORE     0.02 /* s; postscreen greets after 6 s */
#define STEP_BEFORE    0.05 /* s; how much a measured step may be short of, */
#define STEP_AFTER     0.6  /* s; or exceed whole steps, */
#define PATIENCE_SLACK 0.6  /* s; how much a measured patience may differ from the one that is set, */
#define PATIENCE_PART  0.03 /* or this part of it */
#define SLOW_AFTER \
	1.2 /* s; the same where the greeting itself takes time: Exim without a certificate makes one
			      first, Debian's Sendmail waits a second for those who talk too early */

void derive_add(struct case_file *c, const char *name, const char *subject, struct fact value)
{
	value.def = fact_def_find(name);
	value.subject = xstrdup(subject);
	value.check = xstrdup("derived");
	value.at = xstrdup(c->created);
	case_add_fact(c, &value);
}

static void add_number(struct case_file *c, const char *name, const char *subject, double number)
{
	derive_add(c, name, subject, (struct fact){.number = number});
}

static void add_word(struct case_file *c, const char *name, const char *subject, const char *word)
{
	derive_add(c, name, subject, (struct fact){.text = xstrdup(word)});
}

static void add_flag(struct case_file *c, const char *name, const char *subject, bool flag)
{
	derive_add(c, name, subject, (struct fact){.flag = flag});
}

/* The number that was measured about the subject; -1 when it was not. */
static double number_of(const struct case_file *c, const char *name, const char *subject)
{
	const struct fact *fact = case_find_fact(c, name, subject);

	return fact != NULL ? fact->number : -1;
}

static bool word_is(const struct case_file *c, const char *name, const char *subject, const char *word)
{
	const struct fact *fact = case_find_fact(c, name, subject);

	return fact != NULL && strcmp(fact->text, word) == 0;
}

static char *subject_address_part(const char *subject)
{
	char *name, *address, *port;

	subject_split(subject, &name, &address, &port);
	free(name);
	free(port);
	return address;
}

static bool is_v6(const char *subject)
{
	char *address = subject_address_part(subject);
	bool v6 = strchr(address, ':') != NULL;

	free(address);
	return v6;
}

static bool is_loopback(const char *subject)
{
	char *address = subject_address_part(subject);
	bool loopback = strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;

	free(address);
	return loopback;
}

/* A phase that never ended took at least as long as the probe waited in it. */
static void derive_slowest(struct case_file *c, const char *endpoint)
{
	static const char *const phases[] = {
	    "connect", "banner", "ehlo", "starttls", "tls", "mail", "rcpt", "data", "body", "end", "quit",
	};
	const struct fact *stage = case_find_fact(c, "smtp.stage", endpoint);
	const char *slowest = NULL;
	double delay = -1;

	for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
		char *name = xasprintf("smtp.%s.delay", phases[i]);
		double this_delay = number_of(c, name, endpoint);
		free(name);
		if (stage != NULL && strcmp(stage->text, phases[i]) == 0)
			this_delay = fmax(this_delay, number_of(c, "smtp.waited", endpoint));
		if (this_delay > delay) {
			delay = this_delay;
			slowest = phases[i];
		}
	}
	if (slowest == NULL)
		return;
	add_word(c, "smtp.slowest.phase", endpoint, slowest);
	add_number(c, "smtp.slowest.delay", endpoint, delay);
}

/* One slow reply has a reason of its own; where all of them are slow, somebody slows them. */
static void derive_late(struct case_file *c, const char *endpoint)
{
	static const char *const replies[] = {
	    "smtp.banner.delay", "smtp.ehlo.delay", "smtp.starttls.delay", "smtp.mail.delay",
	    "smtp.rcpt.delay",   "smtp.data.delay", "smtp.end.delay",      "smtp.quit.delay",
	};
	double round_trip = fmax(0, number_of(c, "smtp.connect.delay", endpoint));
	double least = INFINITY, most = 0;
	size_t count = 0, late = 0;

	for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++) {
		double delay = number_of(c, replies[i], endpoint);
		count += delay >= 0;
		if (delay < REPLY_LATE + 2 * round_trip)
			continue;
		late++;
		least = fmin(least, delay);
		most = fmax(most, delay);
	}
	if (count == 0)
		return;
	/* DATA, and MAIL with the empty sender, need no look-up: whoever waits there too does it on purpose. */
	const double unasked =
	    fmax(number_of(c, "smtp.mail.delay", endpoint), number_of(c, "smtp.data.delay", endpoint));
	add_flag(c, "smtp.late.even", endpoint,
	         late >= EVEN_COUNT && least >= EVEN_LATE + 2 * round_trip && most - least <= EVEN_SLACK &&
	             unasked >= least);
	add_number(c, "smtp.late.count", endpoint, (double)late);
	add_number(c, "smtp.late.share", endpoint, (double)late / (double)count);
}

/* Whether a name server of this machine answers; as far as is known. */
static bool dns_answers(const struct case_file *c)
{
	const struct fact *count = case_find_fact(c, "dns.resolvers.count", "self");
	const struct fact *dead = case_find_fact(c, "dns.resolvers.dead", "self");

	return count == NULL || dead == NULL || dead->number < count->number;
}

/*
 * How long the look-up of our own address takes: the peer makes the same one before its banner. -1: not measured, as
 * where nobody could have answered.
 */
static double own_ptr_delay(const struct case_file *c, const char *endpoint)
{
	if (!dns_answers(c))
		return -1;
	for (size_t i = 0; i < c->fact_count; i++) {
		const struct fact *fact = &c->facts[i];
		bool plain = strchr(fact->subject, '[') == NULL;

		if (strcmp(fact->def->name, "dns.self.ptr.delay") == 0 &&
		    (plain || is_v6(fact->subject) == is_v6(endpoint)))
			return fact->number;
	}
	return -1;
}

/* Whether our own look-up finds a name for our address. */
static bool has_own_name(const struct case_file *c, const char *endpoint)
{
	for (size_t i = 0; i < c->fact_count; i++) {
		const struct fact *fact = &c->facts[i];
		if (strcmp(fact->def->name, "dns.self.ptr.status") == 0 && is_v6(fact->subject) == is_v6(endpoint))
			return strcmp(fact->text, "ok") == 0;
	}
	return false;
}

/*
 * Exim and Sendmail greet a client by the name of its address ("Hello client.example.com [192.0.2.9]"), or by what it gave
 * for a name or the bare address when their look-up found none.
 */
static void derive_known_name(struct case_file *c, const char *endpoint)
{
	const struct fact *said = case_find_fact(c, "smtp.ehlo.text", endpoint);
	const struct fact *ours = case_find_fact(c, "smtp.helo", endpoint);
	const char *name = said != NULL ? strstr(said->text, "Hello ") : NULL;

	if (name == NULL || ours == NULL)
		return;
	name += strlen("Hello ");
	size_t size = strcspn(name, " ,");
	bool known = *name != '[' && memchr(name, '.', size) != NULL;
	if (known && strlen(ours->text) == size && strncasecmp(name, ours->text, size) == 0)
		return; /* which of the two it is cannot be told */
	if (known || has_own_name(c, endpoint))
		add_flag(c, "smtp.ehlo.knows-us", endpoint, known);
}

/* Whether a delay is made of whole steps, and a little more. */
static bool is_in_steps(double delay, double step, double before, double after)
{
	double rest = delay - floor((delay + before) / step) * step;

	return delay + before >= step && rest <= after;
}

/* Where one reply alone was late, and by whole steps, a name that is looked up in that phase waits for the dead. */
static void derive_step(struct case_file *c, const char *endpoint, const char *phase, const char *flag)
{
	static const char *const phases[] = {"smtp.banner.delay", "smtp.ehlo.delay", "smtp.mail.delay",
	                                     "smtp.rcpt.delay", "smtp.data.delay"};
	double delay = number_of(c, phase, endpoint);
	bool alone = true;

	if (delay < 0)
		return;
	for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++)
		alone = alone && (strcmp(phases[i], phase) == 0 || number_of(c, phases[i], endpoint) < OTHERS_LATE);
	add_flag(c, flag, endpoint, alone && is_in_steps(delay, RESOLVER_STEP, STEP_BEFORE, STEP_AFTER));
}

/* Block lists and the sender's domain are looked up at RCPT; the name given with EHLO, by some, at once. */
static void derive_replies(struct case_file *c, const char *endpoint)
{
	derive_step(c, endpoint, "smtp.rcpt.delay", "smtp.rcpt.resolver-step");
	derive_step(c, endpoint, "smtp.ehlo.delay", "smtp.ehlo.resolver-step");
}

static void derive_banner(struct case_file *c, const char *endpoint)
{
	double delay = number_of(c, "smtp.banner.delay", endpoint);
	double first = number_of(c, "smtp.banner.first", endpoint);
	double look_up = own_ptr_delay(c, endpoint);
	bool exim = word_is(c, "smtp.server.software", endpoint, "exim");
	bool slow = exim || word_is(c, "smtp.server.software", endpoint, "sendmail");
	double explained;

	if (delay < 0)
		return;
	bool dead = is_in_steps(delay, RESOLVER_STEP, STEP_BEFORE, slow ? SLOW_AFTER : STEP_AFTER);
	bool off = number_of(c, "smtp.banner.lines", endpoint) < 2 &&
	           is_in_steps(delay, OFF_STEP, OFF_BEFORE, exim ? SLOW_AFTER : STEP_AFTER);
	/* One server that is off, with another behind it, costs a good 3 s in each of several look-ups. */
	const bool first_off =
	    delay >= 3 * OFF_STEP / 2 - OFF_BEFORE && is_in_steps(delay, OFF_STEP / 2, OFF_BEFORE, STEP_AFTER);
	/* Exim and Sendmail look up a name and then its address: one step alone did not find our name. */
	const struct fact *knows_us = case_find_fact(c, "smtp.ehlo.knows-us", endpoint);
	const bool too_short =
	    slow && knows_us != NULL && knows_us->flag && delay < 2 * RESOLVER_STEP - STEP_BEFORE && !first_off;
	/* Whoever says the first line of a banner at once, as postscreen does, pauses on purpose: the look-ups are over. */
	const bool paused = first >= 0 && first < BANNER_LATE;
	add_flag(c, "smtp.banner.resolver-step", endpoint,
	         !paused && !too_short && (dead || off || (exim && first_off)));
	if (delay < BANNER_LATE || look_up < 0)
		return;
	/* A look-up that takes longer here than the banner took is not what the server waited for. */
	explained = look_up <= delay + STEP_AFTER ? fmin(delay, look_up) : 0;
	add_number(c, "dns.banner.explained", endpoint, explained);
	add_number(c, "dns.banner.share", endpoint, explained / delay);
}

/*
 * The dns check looks up the source address that the kernel picks for each endpoint. When it found one for the other
 * family only, this machine cannot speak this one at all.
 */
static void derive_route(struct case_file *c, const char *endpoint)
{
	bool same = is_loopback(endpoint), other = false;

	for (size_t i = 0; i < c->fact_count; i++) {
		const struct fact *fact = &c->facts[i];
		/* Loopback is picked where there is no other address: it leads nowhere else. */
		if (strncmp(fact->subject, "self [", 6) != 0 || is_loopback(fact->subject))
			continue;
		if (is_v6(fact->subject) == is_v6(endpoint))
			same = true;
		else
			other = true;
	}
	if (same || other)
		add_flag(c, "path.route", endpoint, same);
}

/* A rule of our own that rejects what goes out is answered from our own address. */
static void derive_own_filter(struct case_file *c, const char *endpoint)
{
	const struct fact *from = case_find_fact(c, "smtp.connect.icmp.from", endpoint);
	bool own = false;

	for (size_t i = 0; from != NULL && i < c->fact_count && !own; i++) {
		char *address =
		    strncmp(c->facts[i].subject, "self [", 6) == 0 ? subject_address_part(c->facts[i].subject) : NULL;
		own = address != NULL && strcmp(address, from->text) == 0;
		free(address);
	}
	add_flag(c, "path.forbidden-here", endpoint, own);
}

/* The subjects of all endpoints that a probe tried to reach. The caller frees each and the array. */
static char **probed_endpoints(const struct case_file *c, size_t *count)
{
	char **endpoints = NULL;
	size_t room = 0;

	*count = 0;
	for (size_t i = 0; i < c->fact_count; i++) {
		const char *name = c->facts[i].def->name, *subject = c->facts[i].subject;
		bool known = false;

		if (strncmp(name, "smtp.", 5) != 0 || !subject_is_endpoint(subject))
			continue;
		for (size_t j = 0; j < *count && !known; j++)
			known = strcmp(endpoints[j], subject) == 0;
		if (known)
			continue;
		endpoints = xgrow(endpoints, *count, &room, sizeof *endpoints);
		endpoints[(*count)++] = xstrdup(subject);
	}
	return endpoints;
}

static void derive_paths(struct case_file *c, char *const *endpoints, size_t count)
{
	double tried[2] = {0, 0}, reached[2] = {0, 0}, unanswered = 0;

	for (size_t i = 0; i < count; i++) {
		bool v6 = is_v6(endpoints[i]);
		if (subject_is_session(endpoints[i]))
			continue; /* somebody else's */
		tried[v6]++;
		reached[v6] += case_find_fact(c, "smtp.banner.code", endpoints[i]) != NULL;
		unanswered += word_is(c, "smtp.connect.outcome", endpoints[i], "timeout");
	}
	if (tried[false] + tried[true] < 1)
		return;
	add_number(c, "path.v4.tried", c->target, tried[false]);
	add_number(c, "path.v4.reached", c->target, reached[false]);
	add_number(c, "path.v6.tried", c->target, tried[true]);
	add_number(c, "path.v6.reached", c->target, reached[true]);
	add_number(c, "path.unanswered", c->target, unanswered);
}

/*
 * An address, or a name from the hosts file, leads to the mail host whatever our name servers do. Where none of them
 * answers, as on a host without any way out, that is nobody's trouble; one that is slow or dead among others is.
 */
static void derive_dns(struct case_file *c, char *const *endpoints, size_t count)
{
	struct fact answers = {.flag = dns_answers(c)};

	derive_add(c, "dns.answers", "self", answers);
	for (size_t i = 0; i < count; i++)
		derive_add(c, "dns.answers", endpoints[i], answers);
}

/* Where nothing but the path was measured, the path decides what is healthy. */
static void derive_alone(struct case_file *c)
{
	for (size_t i = 0, count = c->fact_count; i < count; i++) {
		const char *subject = c->facts[i].subject;
		if (strcmp(c->facts[i].def->name, "mtu.full") == 0 &&
		    case_find_fact(c, "smtp.outcome", subject) == NULL)
			add_flag(c, "path.alone", subject, true);
	}
}

/* Where only the limit check has met the server, it is the one to know the software. */
static void derive_software(struct case_file *c)
{
	for (size_t i = 0, count = c->fact_count; i < count; i++) {
		const struct fact *software = &c->facts[i];
		if (strcmp(software->def->name, "limit.software") != 0 ||
		    case_find_fact(c, "smtp.server.software", software->subject) != NULL)
			continue;
		char *endpoint = xstrdup(software->subject), *word = xstrdup(software->text);
		add_word(c, "smtp.server.software", endpoint, word);
		free(endpoint);
		free(word);
	}
}

/* The patience that was measured in one place: by a probe, or by the lines of a log. -1: in none. */
static double patience_of(const struct scope *scope)
{
	const struct fact *patience = scope_find(scope, fact_def_find("smtp.patience"));
	const struct fact *phase = scope_find(scope, fact_def_find("smtp.patience.phase"));
	const struct fact *end = scope_find(scope, fact_def_find("smtp.patience.end"));
	const struct fact *timer = scope_find(scope, fact_def_find("log.timer"));
	const struct fact *direction = scope_find(scope, fact_def_find("log.direction"));

	/* A handshake has a timer of its own. */
	if (patience != NULL &&
	    (end == NULL || (strcmp(end->text, "outlasted") != 0 && strcmp(end->text, "forgotten") != 0)) &&
	    (phase == NULL || (strcmp(phase->text, "starttls") != 0 && strcmp(phase->text, "tls") != 0)))
		return patience->number;
	return timer != NULL && direction != NULL && strcmp(direction->text, "in") == 0 ? timer->number : -1;
}

static bool is_about(double measured, const struct fact *set)
{
	return set != NULL && fabs(measured - set->number) <= fmax(PATIENCE_SLACK, set->number * PATIENCE_PART);
}

/* What a server waited, held against what it is set to wait. */
static void derive_patience(struct case_file *c)
{
	size_t count;
	struct scope *scopes = scopes_new(c, &count);
	const char **words = xcalloc(count, sizeof *words);
	char **subjects = xcalloc(count, sizeof *subjects);

	for (size_t i = 0; i < count; i++) {
		const struct fact *normal = scope_find(&scopes[i], fact_def_find("config.server-timeout"));
		const struct fact *stress = scope_find(&scopes[i], fact_def_find("config.server-timeout.stress"));
		const double measured = patience_of(&scopes[i]);
		subjects[i] = xstrdup(scopes[i].subject);
		if (measured >= 0 && normal != NULL)
			words[i] = is_about(measured, normal)   ? "normal"
			           : is_about(measured, stress) ? "stress"
			                                        : "other";
	}
	scopes_free(scopes, count);
	for (size_t i = 0; i < count; i++) {
		if (words[i] != NULL)
			add_word(c, "config.patience", subjects[i], words[i]);
		free(subjects[i]);
	}
	free(subjects);
	free(words);
}

/* A mail server that finds less room than this refuses mail; each of the configured ones counts. */
static void derive_room(struct case_file *c)
{
	const double room = number_of(c, "host.queue.free", THIS_HOST);
	double needed = -1;

	for (size_t i = 0; i < c->fact_count; i++)
		if (strcmp(c->facts[i].def->name, "config.free-space") == 0)
			needed = fmax(needed, c->facts[i].number);
	if (room >= 0 && needed >= 0)
		add_flag(c, "host.queue.short", THIS_HOST, room < needed);
}

void derive_facts(struct case_file *c)
{
	size_t count;

	case_remove_facts_of(c, "derived");
	char **endpoints = probed_endpoints(c, &count);
	for (size_t i = 0; i < count; i++) {
		add_word(c, "path.family", endpoints[i], is_v6(endpoints[i]) ? "v6" : "v4");
		add_flag(c, "path.loopback", endpoints[i], is_loopback(endpoints[i]));
		derive_route(c, endpoints[i]);
		derive_own_filter(c, endpoints[i]);
		derive_slowest(c, endpoints[i]);
		derive_late(c, endpoints[i]);
		derive_known_name(c, endpoints[i]);
		derive_banner(c, endpoints[i]);
		derive_replies(c, endpoints[i]);
	}
	derive_software(c);
	derive_paths(c, endpoints, count);
	derive_alone(c);
	derive_patience(c);
	derive_limits(c);
	derive_room(c);
	derive_host(c);
	derive_matches(c);
	if (count > 0)
		derive_dns(c, endpoints, count);
	for (size_t i = 0; i < count; i++)
		free(endpoints[i]);
	free(endpoints);
}
