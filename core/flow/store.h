/*
 * store - sessions on disk: $XDG_STATE_HOME/smtpdx/ID/case.json, so that a lost line or a crash loses nothing
 *
 * A folder a session (0700, its files 0600), locked as long as its program lives: what is neither locked nor ended was
 * interrupted. The newest STORE_MAX are kept. Without a place to write (no home, a full disk) a session works unsaved.
 */
#ifndef SMTPDX_FLOW_STORE_H
#define SMTPDX_FLOW_STORE_H

#include "model/case.h"

#define STORE_MAX 20

struct store;

/* A folder for a new session, or that of an interrupted one by its id. NULL with the reason. */
struct store *store_new(struct err *err);
struct store *store_open(const char *id, struct err *err);
void store_free(struct store *store); /* unlocks; the files stay */

const char *store_case_path(const struct store *store);

/*
 * Writes the case, with the member "session" that says how far the session came ("ended": false when it can go on;
 * "saved": the time); whole or not at all.
 */
int store_save(struct store *store, const struct case_file *c, const json_t *session, struct err *err);

/* What was saved; *session is NULL when there is none, otherwise the caller's. NULL with the reason. */
struct case_file *store_load(const struct store *store, json_t **session, struct err *err);

/*
 * Writes a pasted text as a file beside the case, another text of that name as another file, so that what was read of one is not
 * taken for what is in the other. Its path, which the caller frees, or NULL with the reason.
 */
char *store_paste(struct store *store, const char *name, const char *text, struct err *err);

/* How the paths of such files begin. The caller frees. */
char *store_paste_prefix(const struct store *store);

/* Where a file of that name is kept beside the case. The caller frees. */
char *store_file(const struct store *store, const char *name);

/* One session that was cut off. */
struct unfinished {
	char *id;
	char *target; /* what it is about */
	char *when;   /* UTC, ISO 8601, of its last save */
};

/* The interrupted sessions, newest first; the caller frees with unfinished_free(). */
struct unfinished *store_unfinished(size_t *count);
void unfinished_free(struct unfinished *list, size_t count);

#endif
