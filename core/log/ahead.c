#include "log/ahead.h"

#include "base/xalloc.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define BLOCKS 2

struct block {
	char *room; /* headroom, then SOURCE_BLOCK bytes */
	size_t size;
	double taken;
	char trouble[160];
	bool full;
};

struct ahead {
	struct source source;
	size_t headroom;
	struct block blocks[BLOCKS];
	size_t next; /* the block that the caller gets next */
	bool threaded, stopping;
	pthread_t thread;
	pthread_mutex_t lock; /* of full and stopping; a block that is not full is the thread's, else the caller's */
	pthread_cond_t changed;
};

static void fill(struct ahead *ahead, struct block *block)
{
	block->size = source_take(&ahead->source, block->room + ahead->headroom, SOURCE_BLOCK);
	block->taken = ahead->source.taken;
	memcpy(block->trouble, ahead->source.trouble, sizeof block->trouble);
}

static void set_full(struct ahead *ahead, struct block *block, bool full)
{
	pthread_mutex_lock(&ahead->lock);
	block->full = full;
	pthread_cond_signal(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
}

/* Waits until the block is full, or empty; false when the reading shall stop. */
static bool wait_for(struct ahead *ahead, const struct block *block, bool full)
{
	pthread_mutex_lock(&ahead->lock);
	while (block->full != full && !ahead->stopping)
		pthread_cond_wait(&ahead->changed, &ahead->lock);
	const bool stopping = ahead->stopping;
	pthread_mutex_unlock(&ahead->lock);
	return !stopping;
}

static void *run(void *context)
{
	struct ahead *ahead = context;

	for (size_t i = 0;; i = (i + 1) % BLOCKS) {
		struct block *block = &ahead->blocks[i];
		if (!wait_for(ahead, block, false))
			break;
		fill(ahead, block);
		const bool end = block->size == 0;
		set_full(ahead, block, true);
		if (end)
			break;
	}
	return NULL;
}

struct ahead *ahead_new(const struct source *source, size_t headroom)
{
	struct ahead *ahead = xcalloc(1, sizeof *ahead);

	ahead->source = *source;
	ahead->headroom = headroom;
	for (size_t i = 0; i < BLOCKS; i++)
		ahead->blocks[i].room = xmalloc(headroom + SOURCE_BLOCK);
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->changed, NULL);
	if (source->size > (double)SOURCE_BLOCK)
		ahead->threaded = pthread_create(&ahead->thread, NULL, run, ahead) == 0;
	return ahead;
}

void ahead_free(struct ahead *ahead)
{
	if (ahead->threaded) {
		pthread_mutex_lock(&ahead->lock);
		ahead->stopping = true;
		pthread_cond_signal(&ahead->changed);
		pthread_mutex_unlock(&ahead->lock);
		pthread_join(ahead->thread, NULL);
	}
	pthread_cond_destroy(&ahead->changed);
	pthread_mutex_destroy(&ahead->lock);
	for (size_t i = 0; i < BLOCKS; i++)
		free(ahead->blocks[i].room);
	source_close(&ahead->source);
	free(ahead);
}

struct ahead_block ahead_next(struct ahead *ahead)
{
	struct block *block = &ahead->blocks[ahead->next];

	if (ahead->threaded)
		wait_for(ahead, block, true);
	else
		fill(ahead, block);
	ahead->next = (ahead->next + 1) % BLOCKS;
	return (struct ahead_block){.bytes = block->room + ahead->headroom,
	                            .size = block->size,
	                            .taken = block->taken,
	                            .trouble = block->trouble};
}

void ahead_release(struct ahead *ahead)
{
	if (ahead->threaded)
		set_full(ahead, &ahead->blocks[ahead->next], false);
}
