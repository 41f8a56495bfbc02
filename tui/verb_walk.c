#include "verbs.h"

#include "base/file.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "flow/session.h"
#include "interrupt.h"
#include "outputs.h"
#include "plain.h"
#include "report/document.h"
#include "report/verdict.h"
#include "screen/screen.h"
#include "screen/terminal.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANSWERS_MAX ((size_t)16 << 20)
#define LIST_MAX    ((size_t)1 << 20)
#define LIST_WIDTH  80

static const char wizard[] = "wizard";

/* ---- running */

static int record(const struct options *o, const struct session *s, int status)
{
	struct err err;

	if (o->record == NULL)
		return status;
	char *answers = session_answers_text(s);
	const int result = file_replace(o->record, answers, strlen(answers), &err);
	free(answers);
	return result == 0 ? status : fail(EXIT_UNMEASURED, "%s", err.text);
}

static int session_status(const struct session *s)
{
	const struct event *event = session_event(s);
	const struct case_file *c = session_case(s);

	if (event->kind == EVENT_STOP && event->failure != NULL)
		return EXIT_UNMEASURED;
	if (event->kind == EVENT_PLAN || event->kind == EVENT_RUN)
		return EXIT_UNMEASURED; /* left in the middle: what is known so far is no verdict */
	if (c->finding_count > 0)
		return report_exit_status(c);
	return event->kind == EVENT_STOP ? EXIT_HEALTHY : EXIT_UNMEASURED;
}

/* What the options want of the case, whether or not a step of the walkthrough did. */
static int write_results(const struct options *o, const struct session *s, int status)
{
	const struct case_file *c = session_case(s);
	struct err err;

	if (o->output != NULL || o->format_given)
		return c->finding_count > 0 ? write_report(o, c) : status;
	return save_case(o, c, &err) == 0 ? status : fail(EXIT_UNMEASURED, "%s", err.text);
}

/* A whole terminal, and no wish for lines or for a report that is alone on it. */
static bool wants_screen(const struct options *o, char **notice)
{
	*notice = NULL;
	return !o->plain && !(o->format_given && o->output == NULL) && terminal_is_usable(notice);
}

/* Names that were hidden at any time are hidden in all that is written in the end. */
static void settle_redaction(struct options *o, struct session *s)
{
	o->redact = o->redact || session_is_redacted(s);
	session_set_redact(s, o->redact);
}

static int run_plain(struct options *o, struct session *s, bool unattended)
{
	/* A report on standard output is alone there. */
	const struct plain_options plain = {.out = o->format_given && o->output == NULL ? stderr : stdout,
	                                    .unattended = unattended};
	struct err err;

	interrupt_catch();
	/* A lost line ends it as it stands: the next start offers to go on. Under nohup(1) there is no line to lose. */
	if (signal(SIGHUP, SIG_DFL) == SIG_IGN)
		(void)signal(SIGHUP, SIG_IGN);
	const enum plain_end end = plain_run(s, &plain, &err);
	settle_redaction(o, s);
	if (end != PLAIN_CUT)
		session_end(s);
	return end == PLAIN_UNANSWERED ? fail(EXIT_USAGE, "%s", err.text) : write_results(o, s, session_status(s));
}

int run_session(struct options *o, struct session *s, bool unattended)
{
	char *notice;
	struct err err;
	int status;

	session_begin(s);
	const bool on_screen = wants_screen(o, &notice);
	if (on_screen && screen_run(s, notice, &err) == 0) {
		session_end(s);
		settle_redaction(o, s);
		status = write_results(o, s, session_status(s));
	} else {
		if (on_screen || notice != NULL)
			fail(EXIT_UNMEASURED, "%s", on_screen ? err.text : notice);
		status = run_plain(o, s, unattended);
	}
	free(notice);
	status = record(o, s, status);
	session_free(s);
	return status;
}

static struct session *begin(const struct options *o, const char *walk, struct err *err)
{
	const struct session_options options = {
	    .settings = &o->settings, .selection = &o->selection, .redact = o->redact};

	if ((o->record != NULL && file_check_writable(o->record, err) != 0) || outputs_check(o, err) != 0)
		return NULL;
	return session_new(walk, &options, err);
}

/* Nothing at all on standard input: whoever calls it so has not found the commands yet. */
static bool input_is_empty(void)
{
	const int c = getc(stdin);

	if (c == EOF)
		return true;
	ungetc(c, stdin);
	return false;
}

int run_wizard(struct options *o, const char *target)
{
	struct err err;

	if (!o->plain && !isatty(STDIN_FILENO) && input_is_empty())
		return fail(EXIT_USAGE, _("what to do? Try: smtpdx check %s, smtpdx demo, or smtpdx help"),
		            target != NULL ? target : "example.com");
	struct session *s = begin(o, wizard, &err);
	if (s == NULL)
		return fail(EXIT_UNMEASURED, "%s", err.text);
	if (target != NULL && session_preset(s, "target", target, &err) != 0) {
		session_free(s);
		return fail(EXIT_USAGE, "%s", err.text);
	}
	return run_session(o, s, false);
}

int run_demo_wizard(struct options *o, const char *scenario)
{
	const struct {
		const char *question, *answer;
	} presets[] = {{"session", "new"}, {"what", "demo"}, {"scenario", scenario}};
	struct err err;
	struct session *s = begin(o, wizard, &err);

	for (size_t i = 0; s != NULL && i < sizeof presets / sizeof presets[0]; i++) {
		if (session_preset(s, presets[i].question, presets[i].answer, &err) != 0) {
			session_free(s);
			s = NULL;
		}
	}
	return s != NULL ? run_session(o, s, false) : fail(EXIT_UNMEASURED, "%s", err.text);
}

/* ---- the verb */

static void show_walk(const char *name, const char *title, const char *about, void *context)
{
	struct document *d = context;

	document_add(d, BLOCK_HEADING, "%s", name);
	document_add(d, BLOCK_PARAGRAPH, "%s", _(title));
	if (*about != '\0')
		document_add(d, BLOCK_PARAGRAPH, "%s", _(about));
}

static int list_walks(void)
{
	struct document d;
	struct buf text;
	struct err err;
	int status = EXIT_HEALTHY;

	document_init(&d);
	buf_init(&text, LIST_MAX);
	if (walk_list(show_walk, &d, &err) == 0) {
		document_to_lines(&d, LIST_WIDTH, &text);
		fputs(text.text, stdout);
	} else {
		status = fail(EXIT_UNMEASURED, "%s", err.text);
	}
	buf_done(&text);
	document_done(&d);
	return status;
}

/* my.walk is a file, my is a walkthrough of that name. The caller frees. */
static char *walk_name(const char *operand)
{
	const char *suffix = strrchr(operand, '.');
	const bool is_file = strchr(operand, '/') == NULL && suffix != NULL && strcmp(suffix, ".walk") == 0;

	return xasprintf("%s%s", is_file ? "./" : "", operand);
}

static int validate(const char *name)
{
	struct err err;
	struct walk *walk = walk_load(name, &err);
	size_t questions = 0;

	if (walk == NULL)
		return fail(EXIT_USAGE, "%s", err.text);
	for (size_t i = 0; i < walk->count; i++)
		questions += walk->steps[i].op == WALK_ASK;
	printf(_("%s: %zu steps, %zu questions, no mistakes\n"), name, walk->count - 1, questions);
	walk_free(walk);
	return EXIT_HEALTHY;
}

static int preset_file(struct session *s, const char *path, struct err *err)
{
	size_t size;
	char *text = file_read(path, ANSWERS_MAX, &size, err);

	if (text == NULL)
		return -1;
	const int result = session_preset_text(s, path, text, err);
	free(text);
	return result;
}

/* NAME=VALUE; what the command line says replaces what a file of answers says. */
static int preset_operand(struct session *s, const char *operand, bool is_replacement, struct err *err)
{
	const char *equals = strchr(operand, '=');

	if (equals == NULL)
		return err_set(err, _("walk: \"%s\": expected NAME=VALUE"), operand);
	char *name = xstrndup(operand, (size_t)(equals - operand));
	int result = 0;
	if (is_replacement)
		session_unset(s, name);
	else
		result = session_preset(s, name, equals + 1, err);
	free(name);
	return result;
}

static int preset_all(const struct options *o, struct session *s, struct err *err)
{
	if (o->answers != NULL && preset_file(s, o->answers, err) != 0)
		return -1;
	for (int pass = 0; pass < 2; pass++)
		for (int i = 1; i < o->operand_count; i++)
			if (preset_operand(s, o->operands[i], pass == 0, err) != 0)
				return -1;
	return 0;
}

int verb_walk(struct options *o)
{
	struct err err;

	if (o->operand_count == 0)
		return o->validate ? fail(EXIT_USAGE, _("walk --check: expected a file")) : list_walks();
	char *name = walk_name(o->operands[0]);
	if (o->validate) {
		const int status = validate(name);
		free(name);
		return status;
	}
	struct session *s = begin(o, name, &err);
	free(name);
	if (s == NULL)
		return fail(EXIT_USAGE, "%s", err.text);
	if (preset_all(o, s, &err) != 0) {
		session_free(s);
		return fail(EXIT_USAGE, "%s", err.text);
	}
	return run_session(o, s, !o->plain && !isatty(STDIN_FILENO));
}
