/*
 * session_state - what a session consists of, for the files that make it up (session*.c)
 *
 * Faces see session.h only.
 */
#ifndef SMTPDX_FLOW_SESSION_STATE_H
#define SMTPDX_FLOW_SESSION_STATE_H

#include "base/buf.h"
#include "demo/demo.h"
#include "flow/session.h"
#include "flow/store.h"

struct catalogue;

struct answer {
	char *name, *value;
};

struct answer_list {
	struct answer *items;
	size_t count, room;
};

/* A place where the person was, to come back to. */
struct stop {
	const struct walk *walk;
	size_t step;
	size_t answers; /* how many were given before it */
	char *text;     /* what was said there */
};

/* What is being measured, or was last. */
struct measurement {
	struct plan plan;
	char *target_text; /* what the plan is about */
	bool has_target;   /* a mail host, not only files */
	struct target target;
	struct settings settings;
	struct selection selection;
	char *only;      /* of the selection */
	char *named;     /* the checks that the demo's scenario is about; NULL: all */
	char *signature; /* target and settings: when they are the same, results need not be measured again */
	char *test; /* "limit --rate": one check from the diagnosis, which adds to what is known; NULL: a plan's step */
	char *endpoint;    /* test: the subject that it is about; NULL: all that there are */
	char *said;        /* test: what was said at the diagnosis */
	size_t known;      /* test: how many facts had been measured when it began */
	size_t came, anew; /* test: and by it, and how many of these stand for earlier ones */
	struct live *live;
};

struct session {
	struct settings settings; /* from the command line */
	char *only, *skip;        /* from the command line; NULL: none */
	bool redact;
	struct catalogue *catalogue;
	struct walk **walks; /* all that were loaded */
	size_t walk_count, walk_room;
	const struct walk *walk;
	size_t at; /* the step that comes next, or that the event is about */
	struct case_file *c;
	json_t *inherited;   /* answers of a case that was opened; NULL: none */
	struct store *store; /* NULL: not saved (yet) */
	bool store_failed;

	struct answer_list given;      /* in order; back takes the last ones off */
	struct answer_list remembered; /* all that were ever given, for defaults */
	struct answer_list presets;    /* not asked for yet */
	struct answer_list typed;      /* and left before it was an answer */

	struct stop *history;
	size_t history_count, history_room;

	struct demo demo;  /* pid 0: none */
	size_t demo_since; /* history when it was started */

	struct measurement m;
	struct answer_list measured; /* name: check; value: target and settings with which it ran */
	double saved_at, rank_at;    /* rank_at: not before */
	size_t ranked_facts;

	struct event event;
	struct question asked; /* with the options that only now are known */
	struct buf said;
	char *value, *complaint, *path, *format, *failure, *news;
	char *focus; /* the subject of which the last test of facts held; NULL: none */
	bool ended, resumed;
};

/* session_text.c */
const char *answer_find(const struct answer_list *list, const char *name);      /* the last of that name; NULL: none */
void answer_set(struct answer_list *list, const char *name, const char *value); /* replaces or adds */
void answer_add(struct answer_list *list, const char *name, const char *value);
char *answer_take_first(struct answer_list *list, const char *name); /* takes it out; NULL: none; caller frees */
void answer_cut(struct answer_list *list, size_t count);
void answer_list_done(struct answer_list *list);
char *session_fill(const struct session *s, const char *text); /* with its placeholders; the caller frees */
bool session_test(struct session *s, const struct walk_test *test);
/*
 * Sets options in words, "--idle data --yes". *only: the list of checks behind --only, which is no setting; the caller frees;
 * untouched when there is none.
 */
int session_set_words(struct settings *settings, const char *words, char **only, struct err *err);

/* session_ask.c: makes s->asked the question as it is asked now */
int session_prepare_question(struct session *s, const struct question *from, struct err *err);

/* session_plan.c */
int session_build_plan(struct session *s, const struct walk_plan *plan, struct err *err);
/* The plan of a single check with options, with what else the last plan was set to. */
int session_build_test(struct session *s, const struct walk_plan *plan, const char *words, struct err *err);
void session_plan_preset(struct session *s, const char *value); /* "dns,smtp" */
char *session_plan_answer(const struct session *s);
/* With what a check runs: when this is the same, its results still are what was asked for. */
const char *measurement_signature(const struct measurement *m, const struct check *check);
void measurement_done(struct measurement *m);
int session_start_demo(struct session *s, const char *scenario, struct err *err);
void session_stop_demo(struct session *s);

/* session_test.c */
int session_check_test(const char *words, struct err *err); /* whether there is such a check with such options */
#define TEST_AT " at " /* "limit --rate at mx1 [192.0.2.25]": of the mail hosts only that one */
bool session_preset_test(
    struct session *s); /* true when one was answered in advance, and the face has something to do */
void session_forget_here(struct session *s); /* the present step is presented anew: it is no place to come back to */

/* session_save.c */
void session_save(struct session *s);
int session_load(struct session *s, const char *id,
                 struct err *err);           /* takes up an interrupted one, from its first step */
void session_put_answers(struct session *s); /* into the case */

/* session.c */
int session_enter_walk(struct session *s, const char *name, struct err *err);
void session_diagnose(struct session *s);

/* session_event.c */
void session_go(struct session *s); /* carries out steps until the face has something to do */
void session_present(struct session *s, enum event_kind kind); /* something for the face to do */
void session_leave(struct session *s, size_t next);            /* it has been done */
void session_refuse(struct session *s, const struct err *err); /* a step cannot be carried out */
void session_remember_place(struct session *s);                /* the person can come back to here */
void session_return(struct session *s);                        /* to the last place, which is presented next */
void session_stop(struct session *s, const char *failure);     /* nothing follows */

/* session_run.c */
bool session_check(struct session *s, const struct walk_step *step); /* true when the face has something to do */
void session_present_plan(struct session *s);

#endif
