#include "log/messages.h"

#include "base/xalloc.h"
#include "log/hash.h"

#include <stdlib.h>

#define SETS ((size_t)1 << 13)
#define WAYS ((size_t)4)

/* The tags lie apart from the entries: all of them fit the second level cache. */
struct messages {
	uint32_t *tags;          /* SETS * WAYS; of the hash of the queue id, 0: empty */
	struct message *entries; /* SETS * WAYS */
	uint32_t clock;
	double forgotten;
};

struct messages *messages_new(void)
{
	struct messages *messages = xcalloc(1, sizeof *messages);

	messages->tags = xcalloc(SETS * WAYS, sizeof *messages->tags);
	messages->entries = xcalloc(SETS * WAYS, sizeof *messages->entries);
	return messages;
}

void messages_free(struct messages *messages)
{
	if (messages == NULL)
		return;
	free(messages->tags);
	free(messages->entries);
	free(messages);
}

/* The first place of the set of a queue id, and its tag. */
static size_t set_of(struct slice queue_id, uint32_t *tag)
{
	const uint64_t hash = hash_slice(queue_id, 0);

	*tag = (uint32_t)(hash >> 32) != 0 ? (uint32_t)(hash >> 32) : 1;
	return hash % SETS * WAYS;
}

/* The place in the set that an additional message takes: a free one, or that of the oldest. */
static size_t make_room(struct messages *messages, size_t set)
{
	size_t oldest = set;

	for (size_t i = set; i < set + WAYS; i++) {
		if (messages->tags[i] == 0)
			return i;
		if (messages->clock - messages->entries[i].used > messages->clock - messages->entries[oldest].used)
			oldest = i;
	}
	messages->forgotten++;
	return oldest;
}

struct message *messages_get(struct messages *messages, struct slice queue_id)
{
	uint32_t tag;
	const size_t set = set_of(queue_id, &tag);

	messages->clock++;
	for (size_t i = set; i < set + WAYS; i++)
		if (messages->tags[i] == tag) {
			messages->entries[i].used = messages->clock;
			return &messages->entries[i];
		}
	const size_t place = make_room(messages, set);
	messages->tags[place] = tag;
	messages->entries[place] = (struct message){.size = -1, .used = messages->clock};
	return &messages->entries[place];
}

void messages_remove(struct messages *messages, struct slice queue_id)
{
	uint32_t tag;
	const size_t set = set_of(queue_id, &tag);

	for (size_t i = set; i < set + WAYS; i++)
		if (messages->tags[i] == tag)
			messages->tags[i] = 0;
}

double messages_forgotten(const struct messages *messages)
{
	return messages->forgotten;
}
