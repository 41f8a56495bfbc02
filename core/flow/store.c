#include "flow/store.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "model/json.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN_NAME  "unfinished" /* there as long as the session has not ended */
#define CASE_NAME  "case.json"
#define ID_CHARS   "0123456789TZ-"
#define SESSION    "session" /* the member of the case that store_save() adds */
#define LIST_MAX   1000      /* folders looked at */
#define PASTES_MAX 100       /* texts of one name */

struct store {
	char *folder;
	char *case_path;
	int lock; /* the folder itself, locked */
};

/* $XDG_STATE_HOME/smtpdx, or ~/.local/state/smtpdx; NULL when neither is an absolute path. The caller frees. */
static char *state_folder(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state != NULL && *state == '/')
		return xasprintf("%s/smtpdx", state);
	return home != NULL && *home == '/' ? xasprintf("%s/.local/state/smtpdx", home) : NULL;
}

/* The folder and those above it that are missing, for nobody else to look into. */
static int make_folders(const char *path)
{
	char *copy = xstrdup(path);
	int result = 0;

	for (char *p = strchr(copy + 1, '/'); p != NULL && result == 0; p = strchr(p + 1, '/')) {
		*p = '\0';
		result = mkdir(copy, 0700) == 0 || errno == EEXIST ? 0 : -1;
		*p = '/';
	}
	if (result == 0)
		result = mkdir(copy, 0700) == 0 || errno == EEXIST ? 0 : -1;
	free(copy);
	return result;
}

static bool is_id(const char *name)
{
	return strlen(name) > 16 && strlen(name) < 40 && strspn(name, ID_CHARS) == strlen(name);
}

/* Locks the session's folder; NULL when another program has it, or it is none of ours. */
static struct store *lock_folder(const char *state, const char *id)
{
	char *folder = xasprintf("%s/%s", state, id);
	struct stat st;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0 || st.st_uid != geteuid() || flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (fd >= 0)
			close(fd);
		free(folder);
		return NULL;
	}
	struct store *store = xcalloc(1, sizeof *store);
	*store = (struct store){.folder = folder, .case_path = xasprintf("%s/%s", folder, CASE_NAME), .lock = fd};
	return store;
}

static int newest_first(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*right, *left);
}

/* The ids of all sessions, newest first: they begin with their time. The caller frees. */
static char **list_ids(const char *state, size_t *count)
{
	char **ids = NULL;
	size_t room = 0;
	DIR *dir = opendir(state);
	const struct dirent *entry;

	*count = 0;
	while (dir != NULL && *count < LIST_MAX && (entry = readdir(dir)) != NULL) {
		if (!is_id(entry->d_name))
			continue;
		ids = xgrow(ids, *count, &room, sizeof *ids);
		ids[(*count)++] = xstrdup(entry->d_name);
	}
	if (dir != NULL)
		closedir(dir);
	if (*count > 1)
		qsort(ids, *count, sizeof *ids, newest_first);
	return ids;
}

static void free_ids(char **ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(ids[i]);
	free(ids);
}

static void remove_session(const char *state, const char *id)
{
	struct store *store = lock_folder(state, id);
	const struct dirent *entry;

	if (store == NULL)
		return; /* in use */
	DIR *dir = opendir(store->folder);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir != NULL)
		closedir(dir);
	(void)rmdir(store->folder);
	store_free(store);
}

/* Only the newest stay, with one more to come. */
static void prune(const char *state)
{
	size_t count;
	char **ids = list_ids(state, &count);

	for (size_t i = STORE_MAX - 1; i < count; i++)
		remove_session(state, ids[i]);
	free_ids(ids, count);
}

/* 20261122T043448Z-1234: by its time, and the process for those of the same second. */
static char *new_id(void)
{
	char stamp[CLOCK_STAMP_SIZE], plain[CLOCK_STAMP_SIZE];
	size_t size = 0;

	clock_stamp(stamp);
	for (const char *p = stamp; *p != '\0'; p++)
		if (*p != '-' && *p != ':')
			plain[size++] = *p;
	plain[size] = '\0';
	return xasprintf("%s-%ld", plain, (long)getpid());
}

/* An ended session is known by its folder alone: its case may be large, and the wizard looks at all of them first. */
static int mark_end(const struct store *store, bool ended, struct err *err)
{
	if (!ended)
		return 0;
	return unlinkat(store->lock, OPEN_NAME, 0) == 0 || errno == ENOENT ? 0
	                                                                   : err_sys(err, errno, "%s", store->folder);
}

static int mark_open(const struct store *store, struct err *err)
{
	const int fd = openat(store->lock, OPEN_NAME, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys(err, errno, "%s", store->folder);
	close(fd);
	return 0;
}

struct store *store_new(struct err *err)
{
	char *state = state_folder();
	struct store *store = NULL;

	if (state == NULL) {
		err_set(err, _("no place to keep the session: neither XDG_STATE_HOME nor HOME is set"));
		return NULL;
	}
	if (make_folders(state) != 0) {
		err_sys(err, errno, "%s", state);
		free(state);
		return NULL;
	}
	prune(state);
	char *id = new_id();
	for (int i = 0; i < 100 && store == NULL; i++) {
		char *unique = i == 0 ? xstrdup(id) : xasprintf("%s-%d", id, i);
		char *folder = xasprintf("%s/%s", state, unique);
		int made = mkdir(folder, 0700);
		int failed = errno;
		if (made == 0)
			store = lock_folder(state, unique);
		if (store == NULL)
			err_sys(err, failed, "%s", folder);
		free(folder);
		free(unique);
		if (made != 0 && failed != EEXIST)
			break;
	}
	free(id);
	free(state);
	if (store != NULL && mark_open(store, err) != 0) {
		store_free(store);
		store = NULL;
	}
	return store;
}

struct store *store_open(const char *id, struct err *err)
{
	char *state = state_folder();
	struct store *store = state != NULL && is_id(id) ? lock_folder(state, id) : NULL;

	free(state);
	if (store == NULL)
		err_set(err, _("%s: no such session, or another smtpdx goes on with it"), id);
	return store;
}

void store_free(struct store *store)
{
	if (store == NULL)
		return;
	close(store->lock);
	free(store->folder);
	free(store->case_path);
	free(store);
}

const char *store_case_path(const struct store *store)
{
	return store->case_path;
}

/* Created for the owner alone; file_replace() keeps the mode of what it replaces. */
static int write_private(const char *path, const char *text, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys(err, errno, "%s", path);
	close(fd);
	return file_replace(path, text, strlen(text), err);
}

int store_save(struct store *store, const struct case_file *c, const json_t *session, struct err *err)
{
	json_t *root = case_to_json(c);

	json_put(root, SESSION, json_deep_copy(session));
	char *text = json_to_text(root, true);
	json_decref(root);
	int result = write_private(store->case_path, text, err);
	free(text);
	return result == 0 ? mark_end(store, json_is_true(json_object_get(session, "ended")), err) : -1;
}

char *store_file(const struct store *store, const char *name)
{
	return xasprintf("%s/%s", store->folder, name);
}

char *store_paste_prefix(const struct store *store)
{
	return store_file(store, "pasted-");
}

/* Whether the file can take the text: it is not there yet, or has that text already. */
static bool is_for(const char *path, const char *text)
{
	char *before = access(path, F_OK) == 0 ? file_read(path, strlen(text) + 1, NULL, NULL) : NULL;
	const bool same = before != NULL && strcmp(before, text) == 0;

	free(before);
	return same || access(path, F_OK) != 0;
}

char *store_paste(struct store *store, const char *name, const char *text, struct err *err)
{
	char *prefix = store_paste_prefix(store);
	char *path = xasprintf("%s%s.txt", prefix, name);

	for (int i = 2; i <= PASTES_MAX && !is_for(path, text); i++) {
		free(path);
		path = xasprintf("%s%s-%d.txt", prefix, name, i);
	}
	free(prefix);
	if (write_private(path, text, err) == 0)
		return path;
	free(path);
	return NULL;
}

struct case_file *store_load(const struct store *store, json_t **session, struct err *err)
{
	struct case_file *c = case_load(store->case_path, err);

	*session = NULL;
	if (c == NULL)
		return NULL;
	*session = json_incref(json_object_get(c->extra, SESSION));
	if (c->extra != NULL)
		json_object_del(c->extra, SESSION);
	return c;
}

/* What is known of a session that is neither locked nor ended; false when it is. */
static bool look_at(const char *state, const char *id, struct unfinished *found)
{
	struct store *store = lock_folder(state, id);
	json_t *session = NULL;

	if (store == NULL || faccessat(store->lock, OPEN_NAME, F_OK, 0) != 0) {
		store_free(store);
		return false;
	}
	struct case_file *c = store_load(store, &session, NULL);
	bool open = c != NULL && session != NULL && json_is_false(json_object_get(session, "ended"));
	if (open)
		*found = (struct unfinished){
		    .id = xstrdup(id), .target = xstrdup(c->target), .when = json_get_text(session, "saved", 40)};
	json_decref(session);
	case_free(c);
	store_free(store);
	return open;
}

struct unfinished *store_unfinished(size_t *count)
{
	char *state = state_folder();
	struct unfinished *list = NULL;
	size_t room = 0, id_count = 0;
	char **ids = state != NULL ? list_ids(state, &id_count) : NULL;

	*count = 0;
	for (size_t i = 0; i < id_count && i < STORE_MAX; i++) {
		struct unfinished found;
		if (!look_at(state, ids[i], &found))
			continue;
		list = xgrow(list, *count, &room, sizeof *list);
		list[(*count)++] = found;
	}
	free_ids(ids, id_count);
	free(state);
	return list;
}

void unfinished_free(struct unfinished *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(list[i].id);
		free(list[i].target);
		free(list[i].when);
	}
	free(list);
}
