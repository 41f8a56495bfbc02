/*
 * What a diagnosis lacks, and running it from there: one check more, whose facts are added to those that are known.
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "diagnose/untested.h"
#include "flow/session_state.h"
#include "report/document.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is not tested */

static const struct cause *find_cause(const struct catalogue *catalogue, const char *id)
{
	for (size_t i = 0; i < catalogue->count; i++)
		if (strcmp(catalogue->causes[i].id, id) == 0)
			return &catalogue->causes[i];
	return NULL;
}

static size_t find_untested(const struct session *s, size_t finding, struct untested found[static UNTESTED_MAX])
{
	const struct cause *cause =
	    finding < s->c->finding_count ? find_cause(s->catalogue, s->c->findings[finding].cause) : NULL;

	return cause != NULL ? untested_find(s->c, cause, s->c->findings[finding].subject, found) : 0;
}

/* ---- in words */

/* What a check with these options finds out; without options its own title says so. */
static const struct {
	const char *words, *title;
} titles[] = {
    {"smtp --idle data", N_("how long the server waits for message text until it gives up")},
    {"smtp --idle ehlo", N_("how long the server waits for a command until it gives up")},
    {"limit --rate", N_("how many sessions it takes one after the other")},
    {"limit --messages", N_("how many messages and recipients one session takes")},
    {"limit --patience", N_("whether a refusal goes away by itself within 15 minutes")},
};

static const struct check *check_of(const char *words)
{
	char *name = xstrndup(words, strcspn(words, " "));
	const struct check *check = check_find(name);

	free(name);
	return check;
}

static const char *title_of(const char *words)
{
	for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
		if (strcmp(titles[i].words, words) == 0)
			return _(titles[i].title);
	return _(check_of(words)->title);
}

/* The last question that takes a file and was left empty; it is where evidence can still be named. */
static const struct stop *file_question(const struct session *s)
{
	for (size_t i = s->history_count; i > 0; i--) {
		const struct stop *stop = &s->history[i - 1];
		const struct walk_step *step = &stop->walk->steps[stop->step];
		const bool takes = step->op == WALK_ASK &&
		                   (step->question.kind == QUESTION_FILE || step->question.kind == QUESTION_PASTE);
		const char *answer = takes ? answer_find(&s->given, step->question.name) : NULL;
		if (answer != NULL && *answer == '\0')
			return stop;
	}
	return NULL;
}

/* What is measured is a mail host, not only files; *own: it is this machine. */
static bool has_host(const struct session *s, bool *own)
{
	struct target target;
	struct err err;

	*own = false;
	if (target_parse(s->c->target, &target, &err) != 0)
		return false;
	*own = address_is_own(&target.address);
	target_done(&target);
	return true;
}

/* Packets of a mail host can be recorded here and now. */
static bool is_recorded(const struct session *s, const struct check *check)
{
	bool own;

	return check == &check_capture && has_host(s, &own) && check_record.is_allowed();
}

/* "limit --rate at mx1 [192.0.2.25]": of the mail host that the finding is about, when it is about one. The caller frees. */
static char *test_of(const struct session *s, size_t finding, const struct untested *u)
{
	const struct check *check = check_of(u->test);
	const bool of_one = is_recorded(s, check) || (check->takes == TAKES_TARGET && check != &check_dns);
	char *host = of_one ? subject_without_port(s->c->findings[finding].subject) : NULL;
	char *test = host != NULL ? xasprintf("%s" TEST_AT "%s", u->test, host) : xstrdup(u->test);

	free(host);
	return test;
}

char *session_untested(const struct session *s, size_t finding, size_t number)
{
	struct untested found[UNTESTED_MAX];
	const size_t count = find_untested(s, finding, found);

	return number >= 1 && number <= count ? test_of(s, finding, &found[number - 1]) : NULL;
}

/* Why a check cannot be run from here and what to do instead, in one line; NULL: it can. The caller frees. */
static char *hindrance(const struct session *s, const struct check *check, const char *words)
{
	bool own;
	const bool host = has_host(s, &own);
	const bool is_capture = check == &check_capture;

	if (is_recorded(s, check))
		return NULL;
	if (check->takes == TAKES_FILES && file_question(s) != NULL)
		return xstrdup(_("takes a file: the question for one comes again"));
	if (is_capture && host)
		return xasprintf(_("takes packets, recorded while it happens; as root: smtpdx capture %s"),
		                 s->c->target);
	if (check->takes == TAKES_FILES)
		return xstrdup(_("takes a file: smtpdx explain FILE..., with all that there is"));
	if (check->takes == TAKES_TARGET)
		return host ? NULL : xasprintf(_("takes the mail host: smtpdx check HOST --only %s"), words);
	if (own || (check != &check_config && strcmp(s->c->direction, "inbound") != 0))
		return NULL;
	return xasprintf(_("takes the mail server's own side; there: smtpdx check localhost --only %s"), check->name);
}

static bool is_intrusive(const struct check *check, const char *words)
{
	return check->intrusive || strstr(words, "--idle") != NULL;
}

/* "+45 or -60". The caller frees. */
static char *reach_text(const struct untested *u)
{
	if (u->support > 0 && u->against < 0)
		return xasprintf(_("+%.0f or -%.0f"), u->support, fabs(u->against));
	return u->support > 0 ? xasprintf("+%.0f", u->support) : xasprintf("-%.0f", fabs(u->against));
}

/* Why it has not run, when that is known: the reason of its result without the command at its end. The caller frees. */
static char *reason_of(const struct case_file *c, const char *words)
{
	for (size_t i = 0; i < c->check_count; i++) {
		const struct check_result *result = &c->checks[i];
		if (strcmp(result->check, words) != 0 || result->error == NULL || result->status == CHECK_DONE)
			continue;
		const char *end = strstr(result->error, "; ");
		if (end == NULL)
			end = strstr(result->error, ": smtpdx ");
		return xstrndup(result->error, end != NULL ? (size_t)(end - result->error) : strlen(result->error));
	}
	return NULL;
}

static void add_test(const struct session *s, size_t finding, size_t number, const struct untested *u,
                     struct document *d)
{
	const struct check *check = check_of(u->test);
	char *instead = hindrance(s, check, u->test), *reach = reach_text(u), *reason = NULL;
	char *label = xasprintf("%zu.", number), *test = test_of(s, finding, u), *link = xasprintf("test %s", test);
	const char *remark = instead;

	if (remark == NULL && check == &check_capture)
		remark = _("records while you reproduce the problem; it takes your consent");
	if (remark == NULL && is_intrusive(check, u->test))
		remark = _("intrusive: it takes your consent");
	if (remark == NULL)
		remark = reason = reason_of(s->c, u->test);
	document_item(d, label, "%s (%s): %s%s%s", u->test, reach, title_of(u->test), remark != NULL ? "; " : "",
	              remark != NULL ? remark : "");
	document_link(d, link);
	free(instead);
	free(reason);
	free(reach);
	free(label);
	free(link);
	free(test);
}

size_t session_add_untested(const struct session *s, size_t finding, size_t most, struct document *d)
{
	struct untested found[UNTESTED_MAX];
	size_t count = find_untested(s, finding, found);

	count = count < most ? count : most;

	if (count > 0)
		document_add(d, BLOCK_HEADING, "%s", _("Not tested, and what it could say for (+) or against (-)"));
	for (size_t i = 0; i < count; i++)
		add_test(s, finding, i + 1, &found[i], d);
	return count;
}

/* ---- running one */

/* A saved case may be anybody's: nothing that it says makes us deliver mail, or ask other name servers. */
int session_check_test(const char *words, struct err *err)
{
	static const char *const options[] = {"--idle", "--rate", "--messages", "--patience", "--pipelining"};
	const char *at = strstr(words, TEST_AT);
	char *copy = xstrndup(words, at != NULL ? (size_t)(at - words) : strlen(words)), *save = NULL;
	int result = 0;

	for (char *word = strtok_r(copy, " ", &save); word != NULL && result == 0; word = strtok_r(NULL, " ", &save)) {
		bool known = word == copy && check_find(word) != NULL;
		for (size_t i = 0; i < sizeof options / sizeof options[0] && word != copy; i++)
			known = known || strcmp(word, options[i]) == 0;
		if (known && strcmp(word, "--idle") == 0)
			known = strtok_r(NULL, " ", &save) != NULL;
		if (!known)
			result = err_set(err, _("%s=%s: there is no such check, or it takes no such option"), WALK_TEST,
			                 words);
	}
	free(copy);
	return result == 0 && *words == '\0' ? err_set(err, _("%s=: which check?"), WALK_TEST) : result;
}

void session_forget_here(struct session *s)
{
	while (s->history_count > 0) {
		const struct stop *last = &s->history[s->history_count - 1];
		if (last->walk != s->walk || last->step != s->at)
			return;
		free(s->history[--s->history_count].text);
	}
}

static bool is_diagnosis(const struct stop *stop)
{
	return stop->walk->steps[stop->step].op == WALK_DIAGNOSE;
}

static bool has_diagnosis(const struct session *s)
{
	for (size_t i = 0; i < s->history_count; i++)
		if (is_diagnosis(&s->history[i]))
			return true;
	return false;
}

/* Back to the diagnosis; what was answered since is offered again when it is asked. */
static void return_to_diagnosis(struct session *s)
{
	while (!is_diagnosis(&s->history[s->history_count - 1]))
		free(s->history[--s->history_count].text);
	session_return(s);
	session_remember_place(s);
}

/* What the plan before was set to: the sender's address, say. */
static const struct walk_plan *last_plan(const struct session *s)
{
	static const struct walk_plan none;

	for (size_t i = s->history_count; i > 0; i--) {
		const struct walk_step *step = &s->history[i - 1].walk->steps[s->history[i - 1].step];
		if (step->op == WALK_CHECK)
			return &step->plan;
	}
	return &none;
}

static int build(struct session *s, const char *words, struct err *err)
{
	if (session_check_test(words, err) != 0)
		return -1;
	char *instead = hindrance(s, check_of(words), words);
	if (instead != NULL) {
		err_set(err, "%s: %s", words, instead);
		free(instead);
		return -1;
	}
	return session_build_test(s, last_plan(s), words, err);
}

/* To the question that a file can be named at. */
static void return_to_question(struct session *s, const struct stop *question)
{
	const size_t wanted = (size_t)(question - s->history) + 1;

	while (s->history_count > wanted && session_back(s))
		continue;
}

int session_test_begin(struct session *s, const char *words, struct err *err)
{
	if (s->event.kind == EVENT_RUN)
		return err_set(err, _("checks are running"));
	if (!has_diagnosis(s))
		return err_set(err, _("there is no diagnosis yet that it could add to"));
	if (session_check_test(words, err) != 0)
		return -1;
	const struct check *check = check_of(words);
	const bool takes_file = check->takes == TAKES_FILES && !is_recorded(s, check);
	const struct stop *question = takes_file ? file_question(s) : NULL;
	if (question != NULL) {
		return_to_question(s, question);
		return 0;
	}
	if (build(s, words, err) != 0)
		return -1;
	return_to_diagnosis(s);
	s->m.said = xstrdup(s->said.text);
	if (s->m.plan.rows[0].intrusive && !s->m.settings.yes) {
		buf_clear(&s->said);
		buf_puts(&s->said,
		         check == &check_capture
		             ? _("Packets are recorded while you reproduce the problem, until you end that. The file "
		                 "has whole packets; it stays "
		                 "beside the case, where you alone can read it. To begin is to consent.")
		             : _("One check more. It is intrusive: the server's limits or its postmaster may notice "
		                 "it. To begin is to consent."));
		session_present(s, EVENT_PLAN);
		return 0;
	}
	struct err unused;
	return session_plan_accept(s, &unused);
}

/* In a session that is taken up again what it found is in the case. */
bool session_preset_test(struct session *s)
{
	char *words = answer_take_first(&s->presets, WALK_TEST);
	struct err err;

	if (words == NULL || s->resumed) {
		free(words);
		return false;
	}
	const int result = build(s, words, &err);
	free(words);
	if (result != 0)
		session_stop(s, err.text);
	else
		session_plan_accept(s, &err);
	return true;
}
