#include "flow/live.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

#define ENDPOINTS_MAX  40
#define COSTLY_SESSION 10.0 /* s until message text can be sent; more is too much to have several of */

/* An endpoint under probe: what its mtu check needs, which begins when its smtp check has ended. */
struct endpoint_plan {
	char *target;  /* "mx1.example.com:25" */
	char *address; /* NULL: the target is an address itself */
	char *subject; /* of the facts about it */
	size_t job;    /* its check that began last */
	bool mtu_is_due, limit_is_due;
};

struct live {
	struct case_file *c;
	const struct target *target;
	const struct settings *settings;
	const struct selection *selection;
	struct runner *runner;
	char *recipient;                               /* for endpoints that dns found; NULL: the probe's own choice */
	struct endpoint_plan endpoints[ENDPOINTS_MAX]; /* one for each address: two MX names may share one */
	size_t endpoint_count;
	bool host_checked; /* the checks of this machine have been started */
	bool config_begun;
	size_t left_out; /* addresses past ENDPOINTS_MAX */
	enum { RECORD_NOT, RECORD_DUE, RECORD_RUNS } record;
	size_t record_job;
	bool cancelled;
	double deadline; /* 0: each check's own limit */
};

/* A worker that starts now, with what is left of the budget. Ends the settings. */
static void start_check(struct live *live, const struct check *check, const char *target, struct settings *settings)
{
	const double left = live->deadline - clock_now();

	if (live->deadline > 0)
		settings->timeout = left > 0.1 ? left : 0.1;
	runner_add(live->runner, check, target, settings);
	settings_done(settings);
}

/* A check of the target, or of one address of it, with its own recipient. */
static void add_check(struct live *live, const struct check *check, const char *target, const char *address,
                      const char *recipient)
{
	struct settings settings;

	settings_copy(&settings, live->settings);
	settings_clear_files(&settings);
	settings.addresses_only = check == &check_dns && !selection_has(live->selection, check_dns.name);
	if (address != NULL)
		settings.address = xstrdup(address);
	if (recipient != NULL && settings.rcpt == NULL)
		settings.rcpt = xstrdup(recipient);
	start_check(live, check, target, &settings);
}

static bool family_wanted(const struct settings *settings, int family)
{
	return family == AF_INET6 ? !settings->v4_only : !settings->v6_only;
}

/* --idle asks for the server's patience; what comes after that says nothing about the path. */
static bool wants_mtu(const struct live *live)
{
	return selection_has(live->selection, check_mtu.name) && live->settings->idle == NULL;
}

static bool wants_limit(const struct live *live)
{
	return selection_wants_limit(live->selection, live->settings);
}

/* Plans the checks of one endpoint; never two connections to it at a time. Takes the texts over. */
static void probe_endpoint(struct live *live, char *target, char *address, char *subject)
{
	struct endpoint_plan *plan = &live->endpoints[live->endpoint_count++];

	*plan = (struct endpoint_plan){.target = target,
	                               .address = address,
	                               .subject = subject,
	                               .job = runner_job_count(live->runner),
	                               .mtu_is_due = wants_mtu(live),
	                               .limit_is_due = wants_limit(live)};
	if (selection_has(live->selection, check_smtp.name)) {
		add_check(live, &check_smtp, target, address, live->recipient);
	} else if (plan->mtu_is_due) {
		add_check(live, &check_mtu, target, address, live->recipient);
		plan->mtu_is_due = false;
	} else if (plan->limit_is_due) {
		add_check(live, &check_limit_sessions, target, address, live->recipient);
		plan->limit_is_due = false;
	}
}

/* Ports on which a mail server of this machine is looked for; on others listens whatever is being tried out. */
static bool is_mail_port(int port)
{
	return port == 25 || port == 465 || port == 587;
}

/* A configuration that was given is read whatever is measured, that of this machine with what else is to be seen here. */
static void check_configuration(struct live *live)
{
	if (live->config_begun || !selection_has(live->selection, check_config.name))
		return;
	live->config_begun = true;
	add_check(live, &check_config, live->c->target, NULL, NULL);
}

/* What there is to be seen on this machine itself. */
static void check_machine(struct live *live)
{
	check_configuration(live);
	for (size_t i = 0; checks[i] != NULL && !live->host_checked; i++)
		if (checks[i]->takes == TAKES_HOST && checks[i] != &check_config &&
		    selection_has(live->selection, checks[i]->name))
			add_check(live, checks[i], live->c->target, NULL, NULL);
	live->host_checked = true;
}

static bool probes_endpoints(const struct live *live)
{
	return selection_has(live->selection, check_smtp.name) || wants_mtu(live) || wants_limit(live);
}

/* An address that the dns check has found: its subject is the mail host, its text the address. */
static void probe_address(struct live *live, const struct fact *fact)
{
	struct sockaddr_storage address;
	const int port = live->settings->port != 0 ? live->settings->port : live->target->port;

	if (address_parse(fact->text, port, &address) != 0 || !family_wanted(live->settings, address.ss_family))
		return;
	for (size_t i = 0; i < live->endpoint_count; i++)
		if (live->endpoints[i].address != NULL && strcmp(live->endpoints[i].address, fact->text) == 0)
			return;
	if (live->endpoint_count == ENDPOINTS_MAX) {
		live->left_out++;
		return;
	}
	if (is_mail_port(port) && address_is_own(&address))
		check_machine(live);
	probe_endpoint(live, xasprintf("%s:%d", fact->subject, port), xstrdup(fact->text),
	               subject_endpoint(fact->subject, &address));
}

/* An endpoint that is known by its subject; false when that is none. */
static bool probe_named(struct live *live, const char *subject)
{
	struct sockaddr_storage address;
	char text[46], *name;

	if (!probes_endpoints(live) || subject_parse_endpoint(subject, &name, &address) != 0)
		return false;
	const int port = address_port(&address);
	address_text(&address, text);
	if (*name != '\0')
		probe_endpoint(live, xasprintf("%s:%d", name, port), xstrdup(text), xstrdup(subject));
	else
		probe_endpoint(live, xstrdup(subject), NULL, xstrdup(subject));
	free(name);
	return true;
}

/* ---- recording what others send and receive */

static bool wants_record(const struct live *live)
{
	return live->selection->only != NULL && selection_has(live->selection, check_record.name);
}

static void begin_recording(struct live *live)
{
	struct sockaddr_storage address;
	char text[46], *name = NULL, *target = NULL;
	const char *endpoint = live->selection->endpoint;

	live->record = RECORD_RUNS;
	live->record_job = runner_job_count(live->runner);
	if (endpoint != NULL && subject_parse_endpoint(endpoint, &name, &address) == 0 && *name != '\0')
		target = xasprintf("%s:%d", name, address_port(&address));
	add_check(live, &check_record, target != NULL ? target : live->target->text,
	          target != NULL ? address_text(&address, text) : NULL, NULL);
	free(name);
	free(target);
}

static void read_recording(struct live *live)
{
	struct settings settings;

	settings_copy(&settings, live->settings);
	settings_clear_files(&settings);
	settings_add_file(&settings, live->settings->recording);
	start_check(live, &check_capture, live->c->target, &settings);
}

/* When nothing else runs any more: the recording, and then the reading of it. True while there is more to come. */
static bool follow_recording(struct live *live)
{
	if (live->record == RECORD_DUE && !live->cancelled) {
		begin_recording(live);
		return true;
	}
	if (live->record == RECORD_RUNS && runner_job(live->runner, live->record_job).status == CHECK_DONE) {
		live->record = RECORD_NOT;
		read_recording(live);
		return true;
	}
	return false;
}

static bool word_is(const struct live *live, const char *fact_name, const char *subject, const char *words)
{
	const struct fact *fact = case_find_fact(live->c, fact_name, subject);

	return fact != NULL && selection_list_has(words, fact->text);
}

/* Whether anything is to be measured at the target. */
static bool wants_target(const struct selection *selection)
{
	for (size_t i = 0; checks[i] != NULL; i++)
		if (checks[i]->takes == TAKES_TARGET && selection_has(selection, checks[i]->name))
			return true;
	return false;
}

/* What a session with the server costs before message text can be sent, s. */
static double session_cost(const struct live *live, const char *subject)
{
	static const char *const names[] = {"smtp.banner.delay", "smtp.ehlo.delay", "smtp.mail.delay",
	                                    "smtp.rcpt.delay"};
	double seconds = 0;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct fact *fact = case_find_fact(live->c, names[i], subject);
		seconds += fact != NULL ? fact->number : 0;
	}
	return seconds;
}

/* Why it is no use to send this endpoint large packets; NULL when it is. */
static const char *mtu_hindrance(const struct live *live, const char *subject)
{
	if (!word_is(live, "smtp.connect.outcome", subject, "connected"))
		return _("there was no connection to send anything through");
	if (word_is(live, "smtp.outcome", subject, "refused"))
		return _("the server refused the session, so no message text could be sent");
	if (word_is(live, "smtp.outcome", subject, "garbage") ||
	    (word_is(live, "smtp.outcome", subject, "silent,closed,reset,cut") &&
	     word_is(live, "smtp.stage", subject, "connect,banner")))
		return _("there was no SMTP session");
	/* The mtu check has several sessions: minutes for little, unless it was large packets that got stuck. */
	if (session_cost(live, subject) >= COSTLY_SESSION &&
	    !word_is(live, "smtp.stage", subject, "starttls,tls,data,body"))
		return _("a session takes this server 10 s or more before it comes to large packets");
	if (session_cost(live, subject) >= COSTLY_SESSION && word_is(live, "smtp.outcome", subject, "complete"))
		return _("a session takes this server 10 s or more, and message text got through");
	return NULL;
}

/* Begins a further check of an endpoint, or tells why not. True when it has begun. */
static bool follow(struct live *live, struct endpoint_plan *plan, const struct check *check, const char *hindrance)
{
	if (hindrance == NULL) {
		plan->job = runner_job_count(live->runner);
		add_check(live, check, plan->target, plan->address, live->recipient);
		return true;
	}
	char *why = xasprintf(_("%s; when that has changed: smtpdx check %s --only %s"), hindrance, live->target->text,
	                      check->name);
	case_add_check(live->c, check->name, plan->subject, CHECK_NOT_TESTED, 0, why);
	free(why);
	return false;
}

/* How many sessions a server takes can be told only where it takes connections at all. */
static const char *limit_hindrance(const struct live *live, const char *subject)
{
	const struct fact *outcome = case_find_fact(live->c, "smtp.connect.outcome", subject);

	return outcome == NULL || word_is(live, "smtp.connect.outcome", subject, "connected")
	           ? NULL
	           : _("there was no connection");
}

/* Begins what is due at endpoints whose check before has ended. True when there is more to do. */
static bool follow_up(struct live *live)
{
	bool begun = false;

	for (size_t i = 0; i < live->endpoint_count; i++) {
		struct endpoint_plan *plan = &live->endpoints[i];
		const struct job job = runner_job(live->runner, plan->job);
		if ((!plan->mtu_is_due && !plan->limit_is_due) || !job.ended)
			continue;
		const bool mtu = plan->mtu_is_due && job.status == CHECK_DONE;
		plan->mtu_is_due = false;
		if (mtu && follow(live, plan, &check_mtu, mtu_hindrance(live, plan->subject))) {
			begun = true;
		} else if (plan->limit_is_due) {
			plan->limit_is_due = false;
			begun =
			    follow(live, plan, &check_limit_sessions, limit_hindrance(live, plan->subject)) || begun;
		}
	}
	return begun;
}

static void on_fact(const struct fact *fact, void *context)
{
	struct live *live = context;

	if (strcmp(fact->def->name, "dns.host.address") == 0 && !live->cancelled && probes_endpoints(live))
		probe_address(live, fact);
}

/* The checks of the target that need nothing found before. */
static void begin_target(struct live *live)
{
	const struct target *target = live->target;
	const bool is_address = target->address.ss_family != AF_UNSPEC;

	if (target->recipient != NULL)
		live->recipient = xstrdup(target->recipient);
	else if (target->is_domain)
		live->recipient = xasprintf("postmaster@%s", target->name);
	if (live->selection->endpoint != NULL && probe_named(live, live->selection->endpoint))
		return;
	if (live->selection->only != NULL ||
	    (is_address && is_mail_port(target->port) && address_is_own(&target->address)))
		check_machine(live);
	if (selection_has(live->selection, check_dns.name) || (!is_address && wants_target(live->selection)))
		add_check(live, &check_dns, target->text, NULL, NULL);
	if (is_address && probes_endpoints(live))
		probe_endpoint(live, xstrdup(target->text), NULL, subject_endpoint("", &target->address));
}

/* Each check gets the files of its kind. */
static void begin_files(struct live *live)
{
	const struct settings *all = live->settings;
	const struct check **readers = xcalloc(all->file_count, sizeof *readers);
	struct settings settings;

	for (size_t i = 0; i < all->file_count; i++)
		readers[i] = check_reader(all->files[i]);
	for (size_t i = 0; checks[i] != NULL; i++) {
		if (checks[i]->takes != TAKES_FILES || !selection_has(live->selection, checks[i]->name))
			continue;
		settings_copy(&settings, all);
		settings_clear_files(&settings);
		for (size_t k = 0; k < all->file_count; k++)
			if (readers[k] == checks[i])
				settings_add_file(&settings, all->files[k]);
		if (settings.file_count > 0)
			start_check(live, checks[i], live->c->target, &settings);
		else
			settings_done(&settings);
	}
	free(readers);
}

struct live *live_new(struct case_file *c, const struct target *target, const struct settings *settings,
                      const struct selection *selection)
{
	struct live *live = xcalloc(1, sizeof *live);

	*live = (struct live){.c = c, .target = target, .settings = settings, .selection = selection};
	live->runner = runner_new(c, on_fact, live);
	live->deadline = settings->timeout > 0 ? clock_now() + settings->timeout : 0;
	if (settings->config != NULL)
		check_configuration(live);
	if (target != NULL) {
		live->record = wants_record(live) ? RECORD_DUE : RECORD_NOT;
		begin_target(live);
	}
	if (settings->file_count > 0)
		begin_files(live);
	else if (target == NULL && settings->config == NULL)
		check_machine(live);
	return live;
}

void live_free(struct live *live)
{
	runner_free(live->runner);
	for (size_t i = 0; i < live->endpoint_count; i++) {
		free(live->endpoints[i].target);
		free(live->endpoints[i].address);
		free(live->endpoints[i].subject);
	}
	free(live->recipient);
	free(live);
}

struct runner *live_runner(struct live *live)
{
	return live->runner;
}

void live_cancel(struct live *live)
{
	live->cancelled = true;
	runner_cancel(live->runner);
}

/* The row for probes that never began, since nobody knows an address. */
static void explain_unprobed(struct live *live)
{
	const char *check = selection_has(live->selection, check_smtp.name) ? check_smtp.name
	                    : wants_mtu(live)                               ? check_mtu.name
	                                                                    : check_limit_sessions.name;
	const struct fact *mx = case_find_fact(live->c, "dns.mx.status", live->target->name);
	const struct fact *address = case_find_fact(live->c, "dns.host.address", NULL);

	if (mx != NULL && strcmp(mx->text, "null") == 0) {
		case_add_check(live->c, check, live->target->text, CHECK_NOT_APPLICABLE, 0,
		               _("the domain's null MX record says that it takes no mail (RFC 7505)"));
	} else if (address != NULL) {
		case_add_check(live->c, check, live->target->text, CHECK_NOT_APPLICABLE, 0,
		               _("the mail hosts have no address of the family asked for"));
	} else {
		case_add_check(live->c, check, live->target->text, CHECK_NOT_TESTED, 0,
		               _("no address to connect to is known; name one to test it: smtpdx check ADDRESS:25"));
	}
}

bool live_step(struct live *live, double max_wait)
{
	const bool running = runner_step(live->runner, max_wait);
	const bool followed = !live->cancelled && follow_up(live);

	if (followed || running || follow_recording(live))
		return true;
	bool is_address = live->target == NULL || live->target->address.ss_family != AF_UNSPEC;
	if (!is_address && live->endpoint_count == 0 && probes_endpoints(live))
		explain_unprobed(live);
	if (live->left_out > 0) {
		char *why =
		    xasprintf(_("%zu more addresses were left out; name one to test it: smtpdx check ADDRESS:25"),
		              live->left_out);
		case_add_check(live->c, check_smtp.name, live->target->text, CHECK_NOT_TESTED, 0, why);
		free(why);
	}
	return false;
}
