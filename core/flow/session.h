/*
 * session - one person (or script) going through a walkthrough: what a face must do next, and what it was told
 *
 * A session is a state machine without a screen. session_event() says what is to be done now; the face does it and
 * answers with one of the functions below, which move on to the next event:
 *
 *   EVENT_ASK        show `text` and the question, call session_answer()
 *   EVENT_PLAN       show the rows, session_plan_set() switches them, session_plan_accept() begins
 *   EVENT_RUN        call session_step() again and again, draw session_runner() and session_case() meanwhile
 *   EVENT_DIAGNOSIS  show the findings of session_case(), call session_next()
 *   EVENT_FIX        show the fixes of the first finding, call session_next()
 *   EVENT_REPORT     say where the report was written (or show it), call session_next()
 *   EVENT_STOP       show `text`, and `failure` when there is one; nothing follows
 *
 * session_back() leads to the event before, without losing answers or measurements: what was answered is offered as the
 * default, and a check that has run is not run again unless the person wants it.
 *
 * Answers and everything measured are in the case, which is saved under $XDG_STATE_HOME/smtpdx/ all the time; a session
 * that was cut off (crash, kill, lost line) is offered again by the step `resume` of the wizard.
 */
#ifndef SMTPDX_FLOW_SESSION_H
#define SMTPDX_FLOW_SESSION_H

#include "flow/live.h"
#include "flow/walk.h"

enum event_kind {
	EVENT_ASK,
	EVENT_PLAN,
	EVENT_RUN,
	EVENT_DIAGNOSIS,
	EVENT_FIX,
	EVENT_REPORT,
	EVENT_STOP,
};

/* One check of a plan. */
struct plan_row {
	const struct check *check; /* name and title: what it does */
	double limit;              /* s, at most */
	bool intrusive;            /* needs consent: off unless that was given */
	const char *hindrance;     /* why this user cannot have it; NULL: it can be switched on */
	bool measured;             /* has run already, with the same target and settings; off: keep what it found */
	bool on;
	bool cancelled; /* EVENT_RUN: its results are not complete, so they count as not measured */
};

struct plan {
	const char *target; /* what is measured, or which files are read */
	struct plan_row *rows;
	size_t count, room;
};

/* All texts are in the person's language, clean, and valid until the session moves on. */
struct event {
	enum event_kind kind;
	const char *title;               /* of the walkthrough */
	const char *text;                /* what comes before it: paragraphs, an empty line between them; may be "" */
	const struct question *question; /* EVENT_ASK */
	const char
	    *value; /* EVENT_ASK: what is offered: what was typed or answered before, else the default, else "" */
	const char *complaint;   /* EVENT_ASK: why an answer given in advance was refused; NULL: none */
	const struct plan *plan; /* EVENT_PLAN, EVENT_RUN */
	const char *path;        /* EVENT_REPORT: where it was written; "": the face shows it */
	const char *format;      /* EVENT_REPORT: a name of report_formats */
	const char *failure;     /* EVENT_REPORT, EVENT_STOP: what went wrong; NULL: nothing */
	const char *news;        /* EVENT_DIAGNOSIS: what the test that ended just now has added; NULL: none has */
	bool can_go_back;
};

struct session;
struct document;

struct session_options {
	const struct settings
	    *settings; /* from the command line; NULL: none. settings->yes consents to what is intrusive */
	const struct selection *selection; /* --only and --skip; NULL: none */
	bool redact; /* what leaves this machine names no hosts, addresses and people: see session_set_redact() */
};

/*
 * Loads the walkthrough of that name (see walk_load()). NULL with the reason, also when a cause file is wrong. The
 * options are copied. session_begin() leads to the first event; before that only session_preset() may be called.
 */
struct session *session_new(const char *walk, const struct session_options *options, struct err *err);
void session_begin(struct session *s);

/* Stops what still runs. What was saved stays: a session that has not ended is offered again. */
void session_free(struct session *s);

/* The person is done with it, at EVENT_STOP or earlier: it is kept, and not offered again. */
void session_end(struct session *s);

const struct event *session_event(const struct session *s);
const struct case_file *session_case(const struct session *s);
const char *session_case_path(const struct session *s); /* where the case is saved; "" when it is not */

/*
 * An answer that is given before its question is asked ("target", "example.com"); several of a name are taken in turn.
 * It is checked when the question comes. A plan's answer names the checks that are to run: "dns,smtp"; the answer "test" asks
 * for one check more when a diagnosis comes: "limit --rate".
 * -1 when the walkthrough has no such question, with the ones it has.
 */
int session_preset(struct session *s, const char *name, const char *value, struct err *err);

/* Takes back what was given in advance for that name. */
void session_unset(struct session *s, const char *name);

int session_answer(struct session *s, const char *input, struct err *err); /* -1 with the reason: ask again */

/* EVENT_ASK: what was typed and is no answer yet; it is offered when the question comes again. */
void session_keep_typed(struct session *s, const char *text);

void session_next(struct session *s);
bool session_back(struct session *s); /* false at the first event, and while checks run */

int session_plan_set(struct session *s, size_t row, bool on, struct err *err);
int session_plan_accept(struct session *s, struct err *err); /* -1 when no row is on and nothing was measured */

/*
 * What a finding lacks: checks that have not run and could tell, each an item with its weight, `most` of them. Items have the link "test
 * WORDS" (report/document.h). Returns how many; the words of one by its number, from 1 on (the caller frees); NULL: there is
 * none.
 */
size_t session_add_untested(const struct session *s, size_t finding, size_t most, struct document *d);
char *session_untested(const struct session *s, size_t finding, size_t number);

/*
 * Runs one check more, "limit --rate" or, of several mail hosts, "limit --rate at mx1 [192.0.2.25]", from the last diagnosis,
 * which comes again with what was found; nothing that was measured is lost, but what is measured anew replaces it. What is intrusive is presented as a plan first; what takes a file leads back to the question that was
 * left empty. -1 with the reason, and what to do instead, in one line: the session is where it was.
 */
int session_test_begin(struct session *s, const char *words, struct err *err);

/* EVENT_RUN: one turn of at most max_wait seconds; false when the event has changed. The diagnosis is kept up to date. */
bool session_step(struct session *s, double max_wait);
struct runner *session_runner(struct session *s); /* NULL unless checks run */
void session_cancel_job(struct session *s, size_t index);
void session_cancel(struct session *s); /* all of them; what they had measured stays */

/*
 * Whether reports and recorded answers name hosts, addresses and people, or have pseudonyms in their places (see
 * model/redact.h). The case that is kept under session_case_path() has the real names: going on with it needs them.
 */
void session_set_redact(struct session *s, bool redact);
bool session_is_redacted(const struct session *s);

/* The report in that format (a name of report_formats), as EVENT_REPORT writes it. The caller frees. */
char *session_report(const struct session *s, const char *format);

/*
 * The answers so far, in the order in which they were given, as lines NAME=VALUE for session_preset() (--record and
 * --answers); line feeds and backslashes in a value are \n and \\. Redacted, they have the pseudonyms of the report.
 * The caller frees.
 */
char *session_answers_text(const struct session *s);

/* Presets from such lines; empty lines and those that begin with # are passed over. -1 with "origin:line: why". */
int session_preset_text(struct session *s, const char *origin, const char *text, struct err *err);

#endif
