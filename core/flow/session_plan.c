#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "diagnose/diagnose.h"
#include "flow/evidence.h"
#include "flow/session_state.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#define BLANKS " \t"

void measurement_done(struct measurement *m)
{
	if (m->live != NULL)
		live_free(m->live);
	free(m->plan.rows);
	free(m->target_text);
	free(m->signature);
	free(m->test);
	free(m->endpoint);
	free(m->said);
	if (m->has_target)
		target_done(&m->target);
	settings_done(&m->settings);
	free(m->only);
	free(m->named);
	*m = (struct measurement){0};
}

/* ---- the demo */

int session_start_demo(struct session *s, const char *scenario, struct err *err)
{
	session_stop_demo(s);
	if (demo_start(scenario, &s->demo, err) != 0) {
		s->demo.pid = 0;
		return -1;
	}
	s->demo_since = s->history_count;
	return 0;
}

void session_stop_demo(struct session *s)
{
	if (s->demo.pid > 0)
		demo_stop(&s->demo);
	s->demo.pid = 0;
}

static int set_demo(struct session *s, struct settings *settings, struct err *err)
{
	char port[12];

	if (s->demo.pid <= 0)
		return 0;
	snprintf(port, sizeof port, "%d", s->demo.port);
	if ((s->demo.resolver[0] != '\0' &&
	     settings_set(settings, settings_find("resolver"), s->demo.resolver, err) != 0) ||
	    (s->demo.port != 0 && settings_set(settings, settings_find("port"), port, err) != 0))
		return -1;
	return session_set_words(settings, s->demo.options, &s->m.named, err);
}

/* ---- a check with options in words, as a diagnosis names it: "limit --rate" */

/* The name of the check; the caller frees. */
static char *test_check(const char *words)
{
	return xstrndup(words, strcspn(words, BLANKS));
}

/* What the plan before was set to in order to find out something else makes room for what the test is about. */
static int set_test(struct measurement *m, const char *words, struct err *err)
{
	char *only = NULL;

	free(m->settings.idle);
	m->settings.idle = NULL;
	m->settings.deliver = m->settings.rate = m->settings.messages = m->settings.patience = false;
	int result = session_set_words(&m->settings, words + strcspn(words, BLANKS), &only, err);
	free(only);
	return result;
}

/* ---- what the plan is about */

/* The mail host in question, or "" when there is none; the caller frees. */
static char *plan_target(const struct session *s, const struct walk_plan *plan)
{
	const char *answer = answer_find(&s->given, "target");

	if (plan->target != NULL)
		return session_fill(s, plan->target);
	if (s->demo.pid > 0)
		return xstrdup(s->demo.target);
	return xstrdup(answer != NULL ? answer : "");
}

static bool names_question(const char *names, const char *name)
{
	size_t length = strlen(name);

	for (const char *p = names; p != NULL && *p != '\0'; p += strspn(p, BLANKS)) {
		size_t size = strcspn(p, BLANKS);
		if (size == length && strncmp(p, name, size) == 0)
			return true;
		p += size;
	}
	return names == NULL;
}

/* So that they are not called by their paths; a path that a worker could not be told is what they are called, then. */
static void name_pastes(const struct store *store, struct settings *settings)
{
	char *prefix = store_paste_prefix(store);
	char *clean = text_clean_dup(prefix, strlen(prefix), PATH_MAX);

	free(settings->pastes);
	settings->pastes = strcmp(clean, prefix) == 0 ? clean : NULL;
	if (settings->pastes == NULL)
		free(clean);
	free(prefix);
}

/* A file that was named, or a text that was pasted, which the checks read from a file of the session's. */
static int add_evidence(struct session *s, struct settings *settings, const struct question *q, const char *value,
                        struct err *err)
{
	if (*value == '\0')
		return 0;
	if (q->kind == QUESTION_FILE) {
		settings_add_file(settings, value);
		return 0;
	}
	if (s->store == NULL)
		session_save(s);
	if (s->store == NULL)
		return err_set(err, _("no place to keep what was pasted: save it in a file and name that"));
	char *path = store_paste(s->store, q->name, value, err);
	if (path == NULL)
		return -1;
	settings_add_file(settings, path);
	free(path);
	name_pastes(s->store, settings);
	return 0;
}

static int plan_files(struct session *s, const struct walk_plan *plan, struct settings *settings, struct err *err)
{
	int result = 0;

	for (size_t i = 0; i < s->given.count && result == 0; i++) {
		const char *name = s->given.items[i].name;
		const struct question *q = walk_find_question(s->walk, name);
		if (q == NULL || (q->kind != QUESTION_FILE && q->kind != QUESTION_PASTE) ||
		    answer_find(&s->given, name) != s->given.items[i].value || !names_question(plan->files, name))
			continue;
		result = add_evidence(s, settings, q, s->given.items[i].value, err);
	}
	return result;
}

static int plan_settings(struct session *s, const struct walk_plan *plan, struct settings *settings, struct err *err)
{
	settings_copy(settings, &s->settings);
	if (set_demo(s, settings, err) != 0)
		return -1;
	for (size_t i = 0; i < plan->setting_count; i++) {
		const struct setting *setting = settings_find(plan->settings[i].option);
		char *value = session_fill(s, plan->settings[i].value);
		/* An optional question that was left empty sets nothing. */
		const bool is_empty = setting->kind != SETTING_FLAG && *value == '\0';
		int result = is_empty ? 0 : settings_set(settings, setting, value, err);
		free(value);
		if (result != 0)
			return -1;
	}
	if (settings->deliver && settings->rcpt == NULL)
		return err_set(err, _("to deliver a message it takes an address that shall get it: rcpt"));
	return plan_files(s, plan, settings, err);
}

/* ---- rows */

/* With what a check ran: when this is the same, its results still are what was asked for. */
static char *signature(const struct measurement *m)
{
	char **argv = xcalloc(settings_args_room(&m->settings) + 1, sizeof *argv);
	size_t count = settings_to_args(&m->settings, argv, 0);
	struct buf text;

	buf_init(&text, QUESTION_ANSWER_MAX);
	buf_puts(&text, m->target_text);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(argv[i], "--yes") != 0)
			buf_printf(&text, " %s", argv[i]);
		free(argv[i]);
	}
	free(argv);
	return buf_take(&text);
}

/* What is seen on this machine itself does not depend on who else is measured. */
const char *measurement_signature(const struct measurement *m, const struct check *check)
{
	return check->takes == TAKES_HOST ? "self" : m->signature;
}

static bool is_measured(const struct session *s, const struct check *check)
{
	const char *with = answer_find(&s->measured, check->name);

	return with != NULL && strcmp(with, measurement_signature(&s->m, check)) == 0;
}

static bool is_intrusive(const struct check *check, const struct settings *settings)
{
	return check->intrusive || (check == &check_smtp && (settings->idle != NULL || settings->deliver));
}

static bool can_run(const struct measurement *m, const struct check *check)
{
	switch (check->takes) {
	case TAKES_TARGET: /* after a silence that was agreed on nothing is left to send large packets through */
		return m->has_target && (check != &check_mtu || m->settings.idle == NULL);
	case TAKES_FILES:
		return check_reads_one_of(check, m->settings.files, m->settings.file_count);
	case TAKES_HOST:
		break;
	}
	return m->has_target || m->settings.file_count == 0;
}

/* This machine is looked at unasked only when it is what is measured. */
static bool is_fitting(const struct measurement *m, const struct check *check)
{
	return check->takes != TAKES_HOST || address_is_own(&m->target.address);
}

/* What it takes, and is not there. */
static const char *hindrance_of(const struct check *check)
{
	return check->is_allowed != NULL && !check->is_allowed()
	           ? _("it takes the right to record packets: root, or cap_net_raw on the program")
	           : NULL;
}

/* is_named: by its own name, not as one of many; whatever is agreed to, a check that is intrusive by itself needs that. */
static void add_row(struct session *s, const struct check *check, bool is_named)
{
	struct plan *plan = &s->m.plan;
	const struct selection selection = {.only = s->only != NULL ? s->only : s->m.named, .skip = s->skip};

	for (size_t i = 0; i < plan->count; i++)
		if (plan->rows[i].check == check)
			return;
	if (!can_run(&s->m, check) || !selection_has(&selection, check->name))
		return;
	is_named = is_named || (s->m.named != NULL && selection_list_has(s->m.named, check->name));
	struct plan_row row = {.check = check,
	                       .limit = check_limit(check, &s->m.settings),
	                       .intrusive = is_intrusive(check, &s->m.settings),
	                       .hindrance = hindrance_of(check),
	                       .measured = is_measured(s, check)};
	row.on = !row.measured && (!row.intrusive || s->m.settings.yes) &&
	         (is_named || (!check->intrusive && is_fitting(&s->m, check)));
	plan->rows = xgrow(plan->rows, plan->count, &plan->room, sizeof *plan->rows);
	plan->rows[plan->count++] = row;
}

static void add_rows(struct session *s, const char *word)
{
	const bool live = strcmp(word, "live") == 0, files = strcmp(word, "files") == 0;

	for (size_t i = 0; checks[i] != NULL; i++) {
		const bool is_named = strcmp(checks[i]->name, word) == 0;
		if (is_named || (live && checks[i]->takes != TAKES_FILES) || (files && checks[i]->takes == TAKES_FILES))
			add_row(s, checks[i], is_named);
	}
}

/* What the case is about: the mail host, else the files, else this machine. */
static void name_target(struct measurement *m)
{
	struct utsname name;

	if (m->has_target)
		return;
	free(m->target_text);
	if (m->settings.file_count > 0)
		m->target_text = evidence_title(&m->settings);
	else
		m->target_text = xstrdup(uname(&name) == 0 ? name.nodename : "localhost");
}

/* What is measured, and with what; a plan without rows. Takes the text of the target over. */
static int begin_plan(struct session *s, const struct walk_plan *plan, char *target, const char *words, struct err *err)
{
	struct measurement *m = &s->m;

	measurement_done(m);
	m->target_text = target;
	if (*m->target_text != '\0') {
		if (target_parse(m->target_text, &m->target, err) != 0)
			return -1;
		m->has_target = true;
	}
	if (plan_settings(s, plan, &m->settings, err) != 0 || (words != NULL && set_test(m, words, err) != 0))
		return -1;
	name_target(m);
	m->signature = signature(m);
	m->plan = (struct plan){.target = m->target_text};
	return 0;
}

int session_build_plan(struct session *s, const struct walk_plan *plan, struct err *err)
{
	struct measurement *m = &s->m;

	if (begin_plan(s, plan, plan_target(s, plan), NULL, err) != 0)
		return -1;
	for (size_t i = 0; i < plan->word_count; i++)
		add_rows(s, plan->words[i]);
	return m->plan.count > 0
	           ? 0
	           : err_set(err, _("there is nothing to check: no target and no file that these checks take"));
}

/* The case says what it is about: it may have been opened. What is read from files is about no host. */
static char *test_target(const struct session *s)
{
	struct target target;
	struct err err;

	if (target_parse(s->c->target, &target, &err) != 0)
		return xstrdup("");
	target_done(&target);
	return xstrdup(s->c->target);
}

/* The mail host that was measured before under that name and address, whatever its port was; NULL: none. */
static const char *known_endpoint(const struct case_file *c, const char *name)
{
	for (size_t i = 0; i < c->fact_count; i++) {
		const char *subject = c->facts[i].subject;
		char *without_port = subject_without_port(subject);
		const bool same = without_port != NULL && strcmp(without_port, name) == 0;
		free(without_port);
		if (same)
			return subject;
	}
	return NULL;
}

/* The check, and the mail host that it is about, when that is one of several. */
static void set_test_of(struct session *s, const struct check *check, const char *words, const char *host)
{
	const bool is_of_one = check == &check_capture || (check->takes == TAKES_TARGET && check != &check_dns);
	const char *endpoint = is_of_one ? known_endpoint(s->c, host) : NULL;

	s->m.endpoint = endpoint != NULL ? xstrdup(endpoint) : NULL;
	s->m.test = endpoint != NULL ? xasprintf("%s" TEST_AT "%s", words, host) : xstrdup(words);
}

static void add_test_row(struct measurement *m, const struct check *check)
{
	m->plan.rows = xgrow(m->plan.rows, m->plan.count, &m->plan.room, sizeof *m->plan.rows);
	m->plan.rows[m->plan.count++] = (struct plan_row){.check = check,
	                                                  .limit = check_limit(check, &m->settings),
	                                                  .intrusive = is_intrusive(check, &m->settings),
	                                                  .on = true};
}

int session_build_test(struct session *s, const struct walk_plan *plan, const char *asked, struct err *err)
{
	struct measurement *m = &s->m;
	const char *at = strstr(asked, TEST_AT);
	char *words = xstrndup(asked, at != NULL ? (size_t)(at - asked) : strlen(asked));
	char *name = test_check(words);
	const struct check *check = check_find(name);
	int result = begin_plan(s, plan, test_target(s), words, err);

	free(name);
	/* A capture of a mail host has to be made first. */
	const bool is_made = check == &check_capture && m->has_target;
	if (result == 0 && (check == NULL || !(is_made || can_run(m, check))))
		result = err_set(err, _("%s: that cannot be run here"), words);
	if (result == 0)
		set_test_of(s, check, words, at != NULL ? at + strlen(TEST_AT) : "");
	free(words);
	if (result != 0)
		return -1;
	add_test_row(m, is_made ? &check_record : check);
	return 0;
}

void session_plan_preset(struct session *s, const char *value)
{
	struct plan *plan = &s->m.plan;

	for (size_t i = 0; i < plan->count; i++)
		plan->rows[i].on = selection_list_has(value, plan->rows[i].check->name) && !plan->rows[i].measured;
}

/* The checks whose results are wanted, those that are there already included. */
char *session_plan_answer(const struct session *s)
{
	const struct plan *plan = &s->m.plan;
	struct buf text;

	buf_init(&text, QUESTION_LINE_MAX);
	for (size_t i = 0; i < plan->count; i++)
		if (plan->rows[i].on || plan->rows[i].measured)
			buf_printf(&text, "%s%s", text.size > 0 ? "," : "", plan->rows[i].check->name);
	return buf_take(&text);
}
