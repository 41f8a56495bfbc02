#include "log/sessions.h"

#include "base/xalloc.h"
#include "log/hash.h"

#include <stdlib.h>

#define SETS ((size_t)1 << 11)
#define WAYS ((size_t)4)

struct sessions {
	uint64_t keys[SETS * WAYS]; /* 0: free */
	struct session entries[SETS * WAYS];
	double open, most;
};

struct sessions *sessions_new(void)
{
	return xcalloc(1, sizeof(struct sessions));
}

void sessions_free(struct sessions *sessions)
{
	free(sessions);
}

uint64_t session_key(const struct log_event *event)
{
	if (event->mta == LOG_OPENSMTPD)
		return event->queue_id.size > 0 ? hash_slice(event->queue_id, LOG_OPENSMTPD) : 0;
	return event->pid >= 0 && event->mta != LOG_EXIM ? hash_mix((uint64_t)event->pid + 1) : 0;
}

struct session *sessions_find(struct sessions *sessions, uint64_t key)
{
	const size_t set = key % SETS * WAYS;

	for (size_t i = set; i < set + WAYS; i++)
		if (sessions->keys[i] == key)
			return &sessions->entries[i];
	return NULL;
}

/* The place in the set for a key that is not in it: a free one, or that of the session that began first. */
static size_t make_room(const struct sessions *sessions, size_t set)
{
	size_t oldest = set;

	for (size_t i = set; i < set + WAYS; i++) {
		if (sessions->keys[i] == 0)
			return i;
		if (sessions->entries[i].began < sessions->entries[oldest].began)
			oldest = i;
	}
	return oldest;
}

struct session *sessions_begin(struct sessions *sessions, uint64_t key, double time)
{
	struct session *session = sessions_find(sessions, key);

	if (session == NULL) {
		const size_t place = make_room(sessions, key % SETS * WAYS);
		if (sessions->keys[place] == 0 && ++sessions->open > sessions->most)
			sessions->most = sessions->open;
		sessions->keys[place] = key;
		session = &sessions->entries[place];
		session->place = place;
	}
	session->began = session->heard = time;
	session->accepted = session->named = false;
	session->direction = LOG_IN;
	return session;
}

void sessions_end(struct sessions *sessions, struct session *session)
{
	sessions->keys[session->place] = 0;
	sessions->open--;
}

double sessions_most(const struct sessions *sessions)
{
	return sessions->most;
}
