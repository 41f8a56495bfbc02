#include "flow/live.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

#define ENDPOINTS_MAX 40

struct live {
	struct case_file *c;
	const struct target *target;
	const struct settings *settings;
	const struct selection *selection;
	struct runner *runner;
	char *recipient;             /* for endpoints that dns found; NULL: the probe's own choice */
	char *probed[ENDPOINTS_MAX]; /* addresses under probe: two MX names may share one */
	size_t probed_count;
	size_t left_out; /* addresses past ENDPOINTS_MAX */
	double deadline; /* 0: each check's own limit */
};

/* Whether a list "dns,smtp" has the word. */
static bool list_has(const char *list, const char *word, size_t length)
{
	for (const char *p = list; *p != '\0'; p += strcspn(p, ","), p += *p == ',')
		if (strcspn(p, ",") == length && strncmp(p, word, length) == 0)
			return true;
	return false;
}

static int list_check(const char *option, const char *list, struct err *err)
{
	for (const char *p = list; p != NULL && *p != '\0'; p += strcspn(p, ","), p += *p == ',') {
		char *name = xstrndup(p, strcspn(p, ","));
		bool known = check_find(name) != NULL;
		if (!known)
			err_set(err, _("--%s: there is no check \"%s\""), option, name);
		free(name);
		if (!known)
			return -1;
	}
	return 0;
}

int selection_check(const struct selection *selection, enum check_takes takes, struct err *err)
{
	if (list_check("only", selection->only, err) != 0 || list_check("skip", selection->skip, err) != 0)
		return -1;
	for (size_t i = 0; checks[i] != NULL; i++)
		if (checks[i]->takes == takes && selection_has(selection, checks[i]->name))
			return 0;
	return err_set(err, _("--only and --skip leave no check to run"));
}

bool selection_has(const struct selection *selection, const char *check)
{
	size_t length = strlen(check);

	if (selection->only != NULL && !list_has(selection->only, check, length))
		return false;
	return selection->skip == NULL || !list_has(selection->skip, check, length);
}

/* The settings for a worker that starts now: what is left of the budget, and its own address and recipient. */
static void add_check(struct live *live, const struct check *check, const char *target, const char *address,
                      const char *recipient)
{
	struct settings settings;
	double left = live->deadline - clock_now();

	settings_copy(&settings, live->settings);
	if (check->takes == TAKES_TARGET)
		settings_clear_files(&settings);
	if (live->deadline > 0)
		settings.timeout = left > 0.1 ? left : 0.1;
	settings.addresses_only = check == &check_dns && !selection_has(live->selection, check_dns.name);
	if (address != NULL)
		settings.address = xstrdup(address);
	if (recipient != NULL && settings.rcpt == NULL)
		settings.rcpt = xstrdup(recipient);
	runner_add(live->runner, check, target, &settings);
	settings_done(&settings);
}

static bool family_wanted(const struct settings *settings, int family)
{
	return family == AF_INET6 ? !settings->v4_only : !settings->v6_only;
}

/* An address that the dns check has found: its subject is the mail host, its text the address. */
static void probe_address(struct live *live, const struct fact *fact)
{
	struct sockaddr_storage address;

	if (address_parse(fact->text, SMTP_PORT, &address) != 0 || !family_wanted(live->settings, address.ss_family))
		return;
	for (size_t i = 0; i < live->probed_count; i++)
		if (strcmp(live->probed[i], fact->text) == 0)
			return;
	if (live->probed_count == ENDPOINTS_MAX) {
		live->left_out++;
		return;
	}
	char *address_copy = live->probed[live->probed_count++] = xstrdup(fact->text);
	int port = live->settings->port != 0 ? live->settings->port : live->target->port;
	char *host = xasprintf("%s:%d", fact->subject, port);
	add_check(live, &check_smtp, host, address_copy, live->recipient);
	free(host);
}

static void on_fact(const struct fact *fact, void *context)
{
	struct live *live = context;

	if (strcmp(fact->def->name, "dns.host.address") == 0 && selection_has(live->selection, check_smtp.name))
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
	if (selection_has(live->selection, check_dns.name) || !is_address)
		add_check(live, &check_dns, target->text, NULL, NULL);
	if (is_address && selection_has(live->selection, check_smtp.name))
		add_check(live, &check_smtp, target->text, NULL, live->recipient);
}

static void begin_files(struct live *live)
{
	for (size_t i = 0; checks[i] != NULL; i++)
		if (checks[i]->takes == TAKES_FILES && selection_has(live->selection, checks[i]->name))
			add_check(live, checks[i], live->c->target, NULL, NULL);
}

struct live *live_new(struct case_file *c, const struct target *target, const struct settings *settings,
                      const struct selection *selection)
{
	struct live *live = xcalloc(1, sizeof *live);

	*live = (struct live){.c = c, .target = target, .settings = settings, .selection = selection};
	live->runner = runner_new(c, on_fact, live);
	live->deadline = settings->timeout > 0 ? clock_now() + settings->timeout : 0;
	if (target != NULL)
		begin_target(live);
	if (settings->file_count > 0)
		begin_files(live);
	return live;
}

void live_free(struct live *live)
{
	runner_free(live->runner);
	for (size_t i = 0; i < live->probed_count; i++)
		free(live->probed[i]);
	free(live->recipient);
	free(live);
}

struct runner *live_runner(struct live *live)
{
	return live->runner;
}

/* The row for an smtp check that never began, since nobody knows an address. */
static void explain_unprobed(struct live *live)
{
	const struct fact *mx = case_find_fact(live->c, "dns.mx.status", live->target->name);
	const struct fact *address = case_find_fact(live->c, "dns.host.address", NULL);

	if (mx != NULL && strcmp(mx->text, "null") == 0) {
		case_add_check(live->c, check_smtp.name, live->target->text, CHECK_NOT_APPLICABLE, 0,
		               _("the domain's null MX record says that it takes no mail (RFC 7505)"));
	} else if (address != NULL) {
		case_add_check(live->c, check_smtp.name, live->target->text, CHECK_NOT_APPLICABLE, 0,
		               _("the mail hosts have no address of the family asked for"));
	} else {
		case_add_check(live->c, check_smtp.name, live->target->text, CHECK_NOT_TESTED, 0,
		               _("no address to connect to is known; name one to test it: smtpdx check ADDRESS:25"));
	}
}

bool live_step(struct live *live, double max_wait)
{
	if (runner_step(live->runner, max_wait))
		return true;
	bool is_address = live->target == NULL || live->target->address.ss_family != AF_UNSPEC;
	if (!is_address && live->probed_count == 0 && selection_has(live->selection, check_smtp.name))
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
