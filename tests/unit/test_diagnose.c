/*
 * diagnose: the shipped catalogue is whole and its commands are commands; a finding says why, in numbers that add up, and
 * offers what fits the server; a site's own causes count, and broken ones are refused.
 */
#include "unit.h"

#include "base/helpfile.h"
#include "base/xalloc.h"
#include "diagnose/cause.h"
#include "diagnose/diagnose.h"
#include "evidence.h"

#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char config[] = "/tmp/smtpdx-diagnose-XXXXXX"; /* stands for $XDG_CONFIG_HOME */
static struct catalogue *shipped;

static int set_up(void **state)
{
	struct err err = {""};

	(void)state;
	if (mkdtemp(config) == NULL || setenv("XDG_CONFIG_HOME", config, 1) != 0)
		return -1;
	shipped = catalogue_load(&err);
	if (shipped == NULL)
		print_error("%s\n", err.text);
	return shipped != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	catalogue_free(shipped);
	return rmdir(config);
}

static const struct cause *find_cause(const char *id)
{
	for (size_t i = 0; i < shipped->count; i++)
		if (strcmp(shipped->causes[i].id, id) == 0)
			return &shipped->causes[i];
	fail_msg("there is no cause %s", id);
	return NULL;
}

static struct case_file *diagnosed(const char *target, const char *facts)
{
	struct case_file *c = evidence_case(target, facts);

	diagnose(c, shipped);
	assert_true(c->finding_count > 0);
	return c;
}

/* --- the shipped catalogue */

/* Other programs and people's notes rely on these names. */
static void test_the_ids_stay(void **state)
{
	static const char *const ids[] = {
	    "healthy",
	    "unknown",
	    "client-slow",
	    "client-timeout-too-short",
	    "client-bug-disconnects",
	    "stale-pooled-connection",
	    "nat-idle-timeout",
	    "server-idle-timeout-too-short",
	    "session-limit",
	    "too-many-connections-per-client",
	    "rate-limit",
	    "process-limit",
	    "overload-stress",
	    "disk-full",
	    "size-limit",
	    "dns-slow-server",
	    "dns-slow-resolver",
	    "dns-failure",
	    "dns-misconfig",
	    "ident-timeout",
	    "null-mx",
	    "greylisting",
	    "tarpit",
	    "reputation-block",
	    "milter-slow",
	    "proxy-filter-down",
	    "content-filter-slow",
	    "policy-service-down",
	    "tls-handshake-fail",
	    "tls-version-mismatch",
	    "auth-fail",
	    "pmtu-blackhole",
	    "firewall-smtp-inspection",
	    "firewall-port-blocked",
	    "network-unreachable",
	    "server-down",
	    "ipv6-broken",
	    "wrong-port-or-mode",
	    "wrong-host",
	    "scanner-noise",
	};

	(void)state;
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		find_cause(ids[i]);
}

static void test_every_cause_of_trouble_has_a_way_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < shipped->count; i++) {
		const struct cause *cause = &shipped->causes[i];
		bool fixed = false, always = false;

		for (size_t j = 0; j < cause->remedy_count; j++) {
			const struct remedy *remedy = &cause->remedies[j];
			fixed = fixed || !remedy->until_then;
			always = always || remedy->otherwise || remedy->condition.count == 0;
			/* Whatever changes something can be taken back, and its effect can be measured. */
			if (remedy->undo != NULL && remedy->run == NULL)
				fail_msg("%s: undo without run", cause->id);
		}
		if (!fixed)
			fail_msg("%s has no fix", cause->id);
		if (!always && strcmp(cause->id, "scanner-noise") != 0)
			fail_msg("%s has a remedy for some servers only", cause->id);
		if (strcmp(cause->id, "healthy") != 0 && cause->blind_alley_count == 0)
			fail_msg("%s names no dead end", cause->id);
	}
}

static void expect_shell_parses(const char *id, const char *commands)
{
	int fds[2], status;

	if (pipe(fds) != 0)
		fail_msg("pipe");
	pid_t pid = fork();
	if (pid == 0) {
		dup2(fds[0], STDIN_FILENO);
		close(fds[0]);
		close(fds[1]);
		execl("/bin/sh", "sh", "-n", (char *)NULL);
		_exit(127);
	}
	close(fds[0]);
	assert_int_equal(write(fds[1], commands, strlen(commands)), strlen(commands));
	close(fds[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("%s: a shell does not take: %s", id, commands);
}

static void test_a_shell_takes_every_command(void **state)
{
	size_t commands = 0;

	(void)state;
	for (size_t i = 0; i < shipped->count; i++) {
		const struct cause *cause = &shipped->causes[i];
		for (size_t j = 0; j < cause->remedy_count; j++) {
			const struct remedy *r = &cause->remedies[j];
			const char *parts[] = {r->run, r->undo, r->verify};
			for (size_t k = 0; k < 3; k++) {
				if (parts[k] == NULL)
					continue;
				expect_shell_parses(cause->id, parts[k]);
				commands++;
			}
		}
	}
	assert_true(commands > 100);
}

static void test_verification_is_done_with_this_program(void **state)
{
	(void)state;
	for (size_t i = 0; i < shipped->count; i++)
		for (size_t j = 0; j < shipped->causes[i].remedy_count; j++) {
			const char *verify = shipped->causes[i].remedies[j].verify;
			if (verify != NULL && strncmp(verify, "smtpdx ", 7) != 0 && strstr(verify, "\nsmtpdx ") == NULL)
				fail_msg("%s: %s", shipped->causes[i].id, verify);
		}
}

/* --- findings */

static void test_every_number_can_be_traced(void **state)
{
	struct case_file *c =
	    diagnosed(EVIDENCE_TARGET, "smtp.outcome refused\nsmtp.stage banner\nsmtp.reply.code 421\n"
	                               "smtp.reply.class too-many-connections\nsmtp.reply.server postfix\n"
	                               "smtp.reply.text Error: too many connections from 192.0.2.9\n"
	                               "smtp.reply.phase banner\n@example.com\ndns.mx.status ok");
	double scores[2];

	(void)state;
	assert_true(c->finding_count >= 3);
	for (size_t i = 0; i < 2; i++) {
		const struct finding *f = &c->findings[i];
		scores[i] = find_cause(f->cause)->prior;
		for (size_t j = 0; j < f->because_count; j++) {
			assert_true(f->because[j].weight > 0);
			scores[i] += f->because[j].weight;
		}
		for (size_t j = 0; j < f->against_count; j++) {
			assert_true(f->against[j].weight < 0);
			scores[i] += f->against[j].weight;
		}
	}
	/* The sum over all causes cancels out in the ratio of two of one scope. */
	double ratio = c->findings[0].probability / c->findings[1].probability;
	assert_true(fabs(10 * log10(ratio) - (scores[0] - scores[1])) < 1e-6);

	const struct finding *first = &c->findings[0];
	assert_string_equal(first->cause, "too-many-connections-per-client");
	assert_string_equal(first->subject, EVIDENCE_ENDPOINT);
	assert_string_equal(first->because[0].fact, "smtp.reply.class");
	assert_string_equal(first->because[0].text, "the server says so: Error: too many connections from 192.0.2.9");
	case_free(c);
}

static void test_the_list_is_sorted_and_within_bounds(void **state)
{
	struct case_file *c = diagnosed(EVIDENCE_TARGET, "smtp.outcome closed\nsmtp.stage banner\nsmtp.waited 5s");

	(void)state;
	for (size_t i = 0; i < c->finding_count; i++) {
		assert_true(c->findings[i].probability > 0 && c->findings[i].probability < 1);
		assert_true(i == 0 || c->findings[i].probability <= c->findings[i - 1].probability);
	}
	case_free(c);
}

static const struct fix *find_fix(const struct finding *f, const char *kind, const char *words)
{
	for (size_t i = 0; i < f->fix_count; i++)
		if (strcmp(f->fixes[i].kind, kind) == 0 && strstr(f->fixes[i].command, words) != NULL)
			return &f->fixes[i];
	return NULL;
}

static void test_fixes_fit_the_server_and_come_before_reliefs(void **state)
{
	struct case_file *c = diagnosed("mx1.example.com:25", "smtp.patience 5s\nsmtp.patience.end reply\n"
	                                                      "smtp.server.software postfix");
	const struct fix *fix;

	(void)state;
	assert_string_equal(c->findings[0].cause, "server-idle-timeout-too-short");
	fix = find_fix(&c->findings[0], "fix", "postconf -e");
	assert_non_null(fix);
	assert_string_equal(fix->where, "their-server");
	assert_non_null(strstr(fix->command, "postconf -e 'smtpd_timeout = ${stress?{10}:{300}}s'\npostfix reload"));
	assert_non_null(strstr(fix->undo, "postconf -X smtpd_timeout"));
	assert_non_null(strstr(fix->verify, "\nsmtpdx check mx1.example.com:25 --only smtp --idle data --yes"));
	assert_null(find_fix(&c->findings[0], "fix", "exim"));
	case_free(c);

	/* Without knowing the server: the sentence for all. */
	c = diagnosed("mx1.example.com:25", "smtp.patience 5s\nsmtp.patience.end reply\nsmtp.server.software unknown");
	assert_null(find_fix(&c->findings[0], "fix", "postconf"));
	assert_true(c->findings[0].fix_count > 0);
	assert_string_equal(c->findings[0].fixes[0].command, "");
	assert_non_null(strstr(c->findings[0].fixes[0].does, "300 s"));
	case_free(c);

	c = diagnosed(EVIDENCE_TARGET, "smtp.outcome refused\nsmtp.reply.class milter\nsmtp.server.software postfix");
	assert_string_equal(c->findings[0].cause, "milter-slow");
	bool relief = false;
	for (size_t i = 0; i < c->findings[0].fix_count; i++) {
		bool until_then = strcmp(c->findings[0].fixes[i].kind, "until-then") == 0;
		assert_true(until_then || !relief);
		relief = relief || until_then;
	}
	assert_true(relief);
	case_free(c);
}

static void test_a_withheld_command_takes_its_undo_along(void **state)
{
	const char *facts =
	    "smtp.outcome refused\nsmtp.reply.class too-many-connections\nsmtp.server.software postfix\n";
	char *known = xasprintf("%s@self [192.0.2.9]\ndns.self.ptr.status ok", facts);
	struct case_file *c = diagnosed(EVIDENCE_TARGET, known);
	const struct fix *fix = find_fix(&c->findings[0], "until-then", "smtpd_client_event_limit_exceptions");

	(void)state;
	assert_non_null(fix);
	assert_non_null(strstr(fix->command, "$mynetworks, 192.0.2.9'"));
	assert_non_null(strstr(fix->undo, "postconf -X"));
	case_free(c);
	free(known);

	/* Our own address is not known: the sentence stays, the command and its undo go. */
	c = diagnosed(EVIDENCE_TARGET, facts);
	assert_null(find_fix(&c->findings[0], "until-then", "smtpd_client_event_limit_exceptions"));
	for (size_t i = 0; i < c->findings[0].fix_count; i++)
		assert_null(strstr(c->findings[0].fixes[i].undo, "smtpd_client_event_limit_exceptions"));
	case_free(c);
}

static void test_a_hostile_server_writes_into_no_command(void **state)
{
	struct case_file *c =
	    diagnosed("example.com", "smtp.outcome refused\nsmtp.reply.class reputation\nsmtp.reply.code 554\n"
	                             "smtp.reply.text '; rm -rf ~ #{target} `id` $(id)\nsmtp.banner.text $(id)\n"
	                             "smtp.banner.name a;id\nsmtp.server.version `id`");

	(void)state;
	assert_non_null(strstr(c->findings[0].because[0].text, "'; rm -rf ~ #{target} `id` $(id)"));
	for (size_t i = 0; i < c->finding_count; i++)
		for (size_t j = 0; j < c->findings[i].fix_count; j++) {
			const struct fix *fix = &c->findings[i].fixes[j];
			assert_null(strstr(fix->command, "rm -rf"));
			assert_null(strstr(fix->command, "id`"));
			assert_null(strstr(fix->command, "(id)"));
		}
	case_free(c);
}

static void test_a_resolver_seen_from_many_endpoints_is_one_entry(void **state)
{
	struct case_file *c = diagnosed(EVIDENCE_TARGET, "smtp.outcome complete\n"
	                                                 "@mx2.example.com [192.0.2.26]:25\nsmtp.outcome complete\n"
	                                                 "@mx3.example.com [192.0.2.27]:25\nsmtp.outcome complete\n"
	                                                 "@self\ndns.first.state silent\ndns.stub.delay 5.01s\n"
	                                                 "@resolver [192.0.2.53]:53\ndns.resolver.state silent\n"
	                                                 "@resolver [192.0.2.54]:53\ndns.resolver.state answers");
	size_t entries = 0;

	(void)state;
	assert_string_equal(c->findings[0].cause, "dns-slow-resolver");
	assert_string_equal(c->findings[0].subject, "resolver [192.0.2.53]:53");
	for (size_t i = 0; i < c->finding_count; i++)
		entries += strcmp(c->findings[i].cause, "dns-slow-resolver") == 0;
	assert_int_equal(entries, 1);
	assert_non_null(find_fix(&c->findings[0], "fix", "@192.0.2.53"));
	case_free(c);
}

static void test_one_sick_mail_host_makes_the_case_sick(void **state)
{
	struct case_file *c = diagnosed(
	    EVIDENCE_TARGET, "smtp.outcome complete\n@mx2.example.com [192.0.2.26]:25\nsmtp.outcome refused\n"
			     "smtp.reply.class greylist\n@mx3.example.com [192.0.2.27]:25\nsmtp.outcome refused\n"
			     "smtp.reply.class greylist");

	(void)state;
	assert_string_equal(c->findings[0].cause, "greylisting");
	assert_string_equal(c->findings[0].subject, "mx2.example.com [192.0.2.26]:25");
	assert_string_equal(c->findings[1].cause, "greylisting");
	assert_string_equal(c->findings[1].subject, "mx3.example.com [192.0.2.27]:25");
	for (size_t i = 2; i < c->finding_count; i++)
		if (strcmp(c->findings[i].cause, "healthy") == 0) {
			assert_true(c->findings[i].probability < 0.01);
			assert_string_equal(c->findings[i].subject, EVIDENCE_TARGET);
		}
	case_free(c);
}

static void test_diagnosing_again_gives_the_same(void **state)
{
	struct case_file *c = diagnosed(EVIDENCE_TARGET, "smtp.outcome silent\nsmtp.stage banner\nsmtp.waited 60s");
	json_t *first = case_to_json(c);

	(void)state;
	diagnose(c, shipped);
	json_t *second = case_to_json(c);
	assert_true(json_equal(first, second));
	json_decref(first);
	json_decref(second);
	case_free(c);
}

static void test_an_empty_case_knows_nothing(void **state)
{
	struct case_file *c = diagnosed(EVIDENCE_TARGET, "");

	(void)state;
	assert_string_equal(c->findings[0].cause, "unknown");
	assert_true(c->findings[0].probability < 0.5);
	assert_true(c->findings[0].fix_count > 0); /* the next test */
	case_free(c);
}

/* --- a site's own causes */

static char *site_file(const char *name)
{
	return xasprintf("%s/smtpdx/causes/%s", config, name);
}

static void write_site_file(const char *name, const char *text)
{
	char *path = site_file(name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
	free(path);
}

static void site_folders(bool make)
{
	static const char *const names[] = {"smtpdx", "smtpdx/causes"};

	for (size_t i = 0; i < 2; i++) {
		char *path = xasprintf("%s/%s", config, names[make ? i : 1 - i]);
		assert_int_equal(make ? mkdir(path, 0700) : rmdir(path), 0);
		free(path);
	}
}

static void test_a_site_adds_a_cause_with_one_file(void **state)
{
	struct case_file *c = evidence_case(EVIDENCE_TARGET, "smtp.outcome refused\nsmtp.reply.code 499");
	char *path = site_file("moon-phase.cause");
	struct err err = {""};

	(void)state;
	site_folders(true);
	write_site_file("moon-phase.cause", "cause: moon-phase\ntitle: It is the moon\nprior: 0\n"
	                                    "support +50 smtp.reply.code = 499\n  who knows\nwhy\n  Because.\n");
	struct catalogue *own = catalogue_load(&err);
	if (own == NULL)
		fail_msg("%s", err.text);
	assert_int_equal(own->count, shipped->count + 1);
	diagnose(c, own);
	assert_string_equal(c->findings[0].cause, "moon-phase");
	assert_string_equal(c->findings[0].title, "It is the moon");
	catalogue_free(own);
	case_free(c);

	/* A broken one is refused by its path and line, and so is one that pretends to be another. */
	write_site_file("moon-phase.cause", "cause: moon-phase\ntitle: It is the moon\nprior: 0\n"
	                                    "support +50 smtp.moon = full\n");
	assert_null(catalogue_load(&err));
	char *expected = xasprintf("%s:4: expected a fact, found \"smtp.moon\"", path);
	assert_string_equal(err.text, expected);
	free(expected);

	write_site_file("moon-phase.cause", "cause: healthy\ntitle: t\nprior: 0\n"
	                                    "support +50 smtp.outcome exists\n  x\nwhy\n  Because.\n");
	assert_null(catalogue_load(&err));
	expected = xasprintf("%s:1: expected \"cause: moon-phase\", the name of the file, found \"healthy\"", path);
	assert_string_equal(err.text, expected);
	free(expected);

	assert_int_equal(remove(path), 0);
	free(path);
	site_folders(false);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_ids_stay),
	    cmocka_unit_test(test_every_cause_of_trouble_has_a_way_out),
	    cmocka_unit_test(test_a_shell_takes_every_command),
	    cmocka_unit_test(test_verification_is_done_with_this_program),
	    cmocka_unit_test(test_every_number_can_be_traced),
	    cmocka_unit_test(test_the_list_is_sorted_and_within_bounds),
	    cmocka_unit_test(test_fixes_fit_the_server_and_come_before_reliefs),
	    cmocka_unit_test(test_a_withheld_command_takes_its_undo_along),
	    cmocka_unit_test(test_a_hostile_server_writes_into_no_command),
	    cmocka_unit_test(test_a_resolver_seen_from_many_endpoints_is_one_entry),
	    cmocka_unit_test(test_one_sick_mail_host_makes_the_case_sick),
	    cmocka_unit_test(test_diagnosing_again_gives_the_same),
	    cmocka_unit_test(test_an_empty_case_knows_nothing),
	    cmocka_unit_test(test_a_site_adds_a_cause_with_one_file),
	};

	return cmocka_run_group_tests_name("diagnose", tests, set_up, tear_down);
}
