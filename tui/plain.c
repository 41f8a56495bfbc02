#include "plain.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "interrupt.h"
#include "report/sections.h"
#include "report/verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define TURN       0.5               /* s of one turn while checks run */
#define TELL_EVERY 10.0              /* s between two lines about a check that waits */
#define TEXT_MAX   ((size_t)1 << 20) /* bytes of one thing that is shown */
#define RANKED_MAX 5                 /* causes that are listed, */
#define TESTS_MAX  ((size_t)5)       /* and tests of the first of them */

/* What a line turned out to be. */
enum typed { TYPED_ANSWER, TYPED_BACK, TYPED_HELP, TYPED_QUIT, TYPED_TEST, TYPED_CUT, TYPED_END };

struct plain {
	struct session *s;
	FILE *out;
	struct buf line;  /* what was typed last */
	const char *walk; /* whose title was shown last */
	bool unattended;  /* nobody answers, or no longer */
	size_t tests;     /* that the last diagnosis offered, by number */
};

/* ---- showing */

static void show_document(const struct plain *p, struct document *d)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	document_to_text(d, &text);
	fprintf(p->out, "\n%s", text.text);
	buf_done(&text);
	document_done(d);
}

static void show_text(const struct plain *p, const char *text)
{
	struct document d;

	if (text == NULL || *text == '\0')
		return;
	document_init(&d);
	document_prose(&d, text);
	show_document(p, &d);
}

/* What comes before an event: the title of a walkthrough that begins, and what it says. */
static void show_head(struct plain *p, const struct event *event)
{
	if (p->walk == NULL || strcmp(p->walk, event->title) != 0)
		fprintf(p->out, "\n%s\n", event->title);
	p->walk = event->title;
	show_text(p, event->text);
}

/* ---- what is typed */

static const struct {
	const char *word;
	enum typed typed;
} commands[] = {
    {"back", TYPED_BACK},
    {"help", TYPED_HELP},
    {"?", TYPED_HELP},
    {"quit", TYPED_QUIT},
};

/* "test 2": the second of the tests that the diagnosis offered, if there are so many; 0: it is no such command. */
static size_t test_number(const struct plain *p)
{
	static const char word[] = "test ";
	char *end;

	if (strncasecmp(p->line.text, word, strlen(word)) != 0)
		return 0;
	const unsigned long number = strtoul(p->line.text + strlen(word), &end, 10);
	return *end == '\0' && p->tests > 0 ? number : 0;
}

/* A line with its end, as much of it as an answer may have, into p->line; false: there is none any more. */
static bool next_line(struct plain *p)
{
	int c;

	buf_clear(&p->line);
	while ((c = getc(stdin)) != EOF) {
		buf_putc(&p->line, (char)c);
		if (c == '\n')
			break;
	}
	return p->line.size > 0;
}

/* One line without its end, in p->line. */
static enum typed read_line(struct plain *p)
{
	fflush(p->out);
	if (!next_line(p)) {
		if (isatty(STDIN_FILENO))
			fputc('\n', p->out);
		return interrupt_count() > 0 ? TYPED_CUT : isatty(STDIN_FILENO) ? TYPED_QUIT : TYPED_END;
	}
	while (p->line.size > 0 && strchr("\r\n", p->line.text[p->line.size - 1]) != NULL)
		p->line.text[--p->line.size] = '\0';
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (strcasecmp(p->line.text, commands[i].word) == 0)
			return commands[i].typed;
	return test_number(p) > 0 ? TYPED_TEST : TYPED_ANSWER;
}

/* A single dot, also as Windows ends lines. */
static bool is_last(const char *line)
{
	return line[0] == '.' && line[1 + strspn(line + 1, "\r\n")] == '\0';
}

/* Lines up to one with a single dot, or to the end of the input, into p->line. */
static void read_lines(struct plain *p)
{
	struct buf text;
	bool more;

	buf_init(&text, QUESTION_ANSWER_MAX);
	fflush(p->out);
	while ((more = next_line(p)) && !is_last(p->line.text))
		buf_add(&text, p->line.text, p->line.size);
	if (!more && isatty(STDIN_FILENO))
		clearerr(stdin);
	buf_done(&p->line);
	p->line = text;
}

/* ---- questions */

static void show_options(const struct plain *p, const struct question *q)
{
	for (size_t i = 0; i < q->option_count; i++)
		fprintf(p->out, "  %2zu  %s\n", i + 1, q->options[i].text);
}

static void show_help(const struct plain *p, const struct question *q)
{
	show_text(p, q->help != NULL ? q->help : _("There is no more to say about this question."));
	fprintf(p->out, "\n%s\n",
	        _("back: the question before; quit: leave, the case is kept; an empty line: what stands in brackets."));
}

static void show_prompt(const struct plain *p, const struct event *event)
{
	const struct question *q = event->question;
	const bool is_paste = q->kind == QUESTION_PASTE;

	fprintf(p->out, "\n%s\n", q->prompt);
	show_options(p, q);
	if (is_paste)
		fprintf(p->out, "%s\n", _("Paste the lines, then a line with a single dot."));
	if (*event->value != '\0' && !is_paste)
		fprintf(p->out, "[%s] ", event->value);
	fputs("> ", p->out);
}

/* A paste has no commands among its lines: any of them could be text. */
static enum typed read_answer(struct plain *p, const struct question *q)
{
	if (q->kind != QUESTION_PASTE)
		return read_line(p);
	read_lines(p);
	if (interrupt_count() > 0)
		return TYPED_CUT;
	return p->line.size == 0 && !q->optional ? TYPED_END : TYPED_ANSWER;
}

static enum plain_end unanswered(const struct event *event, struct err *err)
{
	const struct question *q = event->question;

	if (event->complaint != NULL)
		err_set(err, _("%s=%s: %s"), q->name, event->value, event->complaint);
	else
		err_set(err, _("no answer to \"%s\" (%s): give it as %s=..."), q->name, q->prompt, q->name);
	return PLAIN_UNANSWERED;
}

/* Nobody is there: what has a default is answered by it. */
static bool answer_unattended(struct plain *p, const struct event *event, struct err *err)
{
	const struct question *q = event->question;

	if (event->complaint == NULL && (q->preset != NULL || q->optional))
		return session_answer(p->s, q->preset != NULL ? q->preset : "", err) == 0;
	return false;
}

/* The input has ended, a pipe's mostly: from here on defaults are all that there is. */
static enum plain_end go_on_alone(struct plain *p)
{
	p->unattended = true;
	fputc('\n', p->out);
	return PLAIN_STOPPED;
}

/* To the question before: what is only shown would lead forward again. */
static bool go_back(struct plain *p)
{
	bool moved = false;

	while (session_back(p->s)) {
		const enum event_kind kind = session_event(p->s)->kind;
		moved = true;
		if (kind == EVENT_ASK || kind == EVENT_PLAN)
			break;
	}
	return moved;
}

/* One check more, from the diagnosis; true when the session has moved on. */
static bool test(struct plain *p)
{
	struct err why;
	char *words = session_untested(p->s, 0, test_number(p));
	const bool begun = words != NULL && session_test_begin(p->s, words, &why) == 0;

	if (!begun)
		fprintf(p->out, "%s\n", words != NULL ? why.text : _("There is no test of that number."));
	free(words);
	return begun;
}

/* PLAIN_STOPPED means: go on with the event that is there now. */
static enum plain_end ask(struct plain *p, struct err *err)
{
	const struct event *event = session_event(p->s);
	struct err why;

	if (p->unattended)
		return answer_unattended(p, event, err) ? PLAIN_STOPPED : unanswered(event, err);
	if (event->complaint != NULL)
		fprintf(p->out, "\n%s\n", event->complaint);
	for (;;) {
		show_prompt(p, event);
		const enum typed typed = read_answer(p, event->question);
		if (typed == TYPED_QUIT || typed == TYPED_CUT)
			return typed == TYPED_CUT ? PLAIN_CUT : PLAIN_LEFT;
		if (typed == TYPED_END)
			return go_on_alone(p);
		if (typed == TYPED_HELP) {
			show_help(p, event->question);
			continue;
		}
		if (typed == TYPED_BACK) {
			if (go_back(p))
				return PLAIN_STOPPED;
			fprintf(p->out, "%s\n", _("This is the first question."));
			continue;
		}
		if (typed == TYPED_TEST) {
			if (test(p))
				return PLAIN_STOPPED;
			continue;
		}
		const bool offered = *p->line.text == '\0' && event->question->kind != QUESTION_PASTE;
		if (session_answer(p->s, offered ? event->value : p->line.text, &why) == 0)
			return PLAIN_STOPPED;
		fprintf(p->out, "%s\n", why.text);
	}
}

/* ---- plans */

static const char *consent_text(const struct plan_row *row)
{
	if (row->hindrance != NULL)
		return row->hindrance;
	if (row->check->keeps_mail)
		return _("keeps whole packets beside the case, so it needs your consent");
	return _("occupies the server, so it needs your consent");
}

static void show_plan(const struct plain *p, const struct plan *plan)
{
	fprintf(p->out, _("\nThe checks of %s:\n"), plan->target);
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_row *row = &plan->rows[i];
		fprintf(p->out, "  %2zu  %-3s  %-8s %s\n", i + 1, row->on ? _("on") : _("off"), row->check->name,
		        _(row->check->title));
		fprintf(p->out, "%20s", "");
		fprintf(p->out, _("at most %.0f s"), row->limit);
		fprintf(p->out, "%s%s%s\n", row->intrusive ? "; " : "", row->intrusive ? consent_text(row) : "",
		        row->measured ? _("; done already") : "");
	}
}

/* A number switches a check; an empty line begins. */
static bool switch_row(struct plain *p, const struct plan *plan, struct err *err)
{
	char *end;
	const long number = strtol(p->line.text, &end, 10);

	if (end == p->line.text || *end != '\0' || number < 1 || (size_t)number > plan->count)
		return err_set(err, _("expected a number from 1 to %zu, or an empty line"), plan->count) == 0;
	return session_plan_set(p->s, (size_t)number - 1, !plan->rows[number - 1].on, err) == 0;
}

static enum plain_end ask_plan(struct plain *p, struct err *err)
{
	const struct plan *plan = session_event(p->s)->plan;
	struct err why;

	for (;;) {
		show_plan(p, plan);
		if (p->unattended)
			return session_plan_accept(p->s, err) == 0 ? PLAIN_STOPPED : PLAIN_UNANSWERED;
		fprintf(p->out, "%s\n> ", _("An empty line begins; a number switches a check on or off."));
		const enum typed typed = read_line(p);
		if (typed == TYPED_QUIT || typed == TYPED_CUT)
			return typed == TYPED_CUT ? PLAIN_CUT : PLAIN_LEFT;
		if (typed == TYPED_END)
			return go_on_alone(p);
		if ((typed == TYPED_BACK && go_back(p)) || (typed == TYPED_TEST && test(p)))
			return PLAIN_STOPPED;
		if (typed == TYPED_HELP)
			fprintf(p->out, "\n%s\n", _("back: the question before; quit: leave, the case is kept."));
		if (typed != TYPED_ANSWER)
			continue;
		if (*p->line.text == '\0' && session_plan_accept(p->s, &why) == 0)
			return PLAIN_STOPPED;
		if (*p->line.text == '\0' || !switch_row(p, plan, &why))
			fprintf(p->out, "%s\n", why.text);
	}
}

/* ---- running */

/* What was said about each job. */
struct told {
	double at; /* clock_now() of the last line about it */
	bool begun, ended;
};

static void tell_job(const struct plain *p, const struct job *job, struct told *told)
{
	const double now = clock_now();

	if (job->running && !told->begun) {
		fprintf(p->out, _("%s %s: begun\n"), job->check, job->subject);
	} else if (job->running && now - told->at >= TELL_EVERY) {
		fprintf(p->out, _("%s %s: %s, %.0f s"), job->check, job->subject, job->phase,
		        now - (job->phase_limit > 0 ? job->phase_began : job->began));
		if (job->phase_limit > 0)
			fprintf(p->out, _(" of %.0f s"), job->phase_limit);
		fputc('\n', p->out);
	} else if (job->ended && !told->ended) {
		fprintf(p->out, _("%s %s: %s\n"), job->check, job->subject, check_status_text(job->status));
		told->ended = true;
	} else {
		return;
	}
	told->begun = true;
	told->at = now;
}

static void tell_jobs(const struct plain *p, struct told **told, size_t *count, size_t *room)
{
	struct runner *runner = session_runner(p->s);

	for (size_t i = 0; runner != NULL && i < runner_job_count(runner); i++) {
		const struct job job = runner_job(runner, i);
		if (i == *count) {
			*told = xgrow(*told, *count, room, sizeof **told);
			(*told)[(*count)++] = (struct told){.at = clock_now()};
		}
		tell_job(p, &job, &(*told)[i]);
	}
	fflush(p->out);
}

static void run(struct plain *p)
{
	struct told *told = NULL;
	size_t count = 0, room = 0;
	const int interrupts = interrupt_count();
	bool cancelled = false;

	fputc('\n', p->out);
	do {
		tell_jobs(p, &told, &count, &room);
		if (interrupt_count() > interrupts && !cancelled) {
			fprintf(p->out, "%s\n", _("Interrupted: what was measured until now counts."));
			session_cancel(p->s);
			cancelled = true;
		}
	} while (session_step(p->s, TURN));
	fprintf(p->out, "%s\n", _("All checks have ended."));
	free(told);
}

/* ---- what was found */

static void show_diagnosis(struct plain *p)
{
	const struct case_file *c = session_case(p->s);
	const char *news = session_event(p->s)->news;
	char *sentence = verdict_sentence(c);
	struct document d;

	document_init(&d);
	if (news != NULL)
		document_add(&d, BLOCK_PARAGRAPH, "%s", news);
	document_add(&d, BLOCK_PARAGRAPH, "%s", sentence);
	free(sentence);
	for (size_t i = 0; i < finding_shown_count(c) && i < RANKED_MAX; i++) {
		char *probability = probability_text(c->findings[i].probability);
		char *place = place_name(c->findings[i].subject);
		document_item(&d, probability, "%s (%s)", c->findings[i].title, place);
		free(probability);
		free(place);
	}
	p->tests =
	    p->unattended || case_verdict(c) == VERDICT_HEALTHY ? 0 : session_add_untested(p->s, 0, TESTS_MAX, &d);
	if (p->tests > 0)
		document_add(
		    &d, BLOCK_PARAGRAPH, "%s",
		    _("At the next question, test and a number runs that test, and the diagnosis comes again."));
	show_document(p, &d);
}

static void show_fix(const struct plain *p)
{
	struct document d;

	document_init(&d);
	add_advice(&d, session_case(p->s));
	show_document(p, &d);
}

static void show_report(const struct plain *p, const struct event *event)
{
	if (event->failure != NULL) {
		fprintf(p->out, _("\nThe report could not be written: %s\n"), event->failure);
	} else if (*event->path != '\0') {
		fprintf(p->out, _("\nThe report was written to %s\n"), event->path);
	} else {
		char *text = session_report(p->s, event->format);
		fprintf(p->out, "\n%s", text);
		free(text);
	}
}

static void show_end(const struct plain *p, const struct event *event)
{
	const char *path = session_case_path(p->s);

	if (event->failure != NULL)
		fprintf(p->out, "\n%s\n", event->failure);
	if (*path != '\0')
		fprintf(p->out, _("\nThe case is kept in %s\nsmtpdx report shows it again.\n"), path);
}

/* ---- the loop */

static enum plain_end follow(struct plain *p, struct err *err)
{
	enum plain_end end = PLAIN_STOPPED;

	while (end == PLAIN_STOPPED) {
		const struct event *event = session_event(p->s);
		if (event->kind != EVENT_RUN)
			show_head(p, event);
		switch (event->kind) {
		case EVENT_ASK:
			end = ask(p, err);
			break;
		case EVENT_PLAN:
			end = ask_plan(p, err);
			break;
		case EVENT_RUN:
			run(p);
			break;
		case EVENT_DIAGNOSIS:
			show_diagnosis(p);
			session_next(p->s);
			break;
		case EVENT_FIX:
			show_fix(p);
			session_next(p->s);
			break;
		case EVENT_REPORT:
			show_report(p, event);
			session_next(p->s);
			break;
		case EVENT_STOP:
			show_end(p, event);
			return PLAIN_STOPPED;
		}
	}
	return end;
}

enum plain_end plain_run(struct session *s, const struct plain_options *options, struct err *err)
{
	struct plain p = {.s = s, .out = options->out, .unattended = options->unattended};

	buf_init(&p.line, QUESTION_ANSWER_MAX);
	const enum plain_end end = follow(&p, err);

	buf_done(&p.line);
	fflush(p.out);
	return end;
}
