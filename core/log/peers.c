#include "log/peers.h"

#include "base/xalloc.h"
#include "log/hash.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LINE_ENTRIES  ((size_t)5)
#define LINES         ((size_t)1 << 18) /* 16 MiB, 1.3 million peers; untouched lines cost no memory */
#define WATCH_SETS    ((size_t)128)
#define WATCH_WAYS    ((size_t)8)
#define FRACTION_REST 20          /* bits of a float (IEEE 754) that size_code() leaves out */
#define ONE_BITS      (127u << 3) /* exponent and three bits of fraction of 1.0 */

/* A line of the cache: whoever looks for a peer waits for memory once. */
struct count_line {
	struct peer_count entries[LINE_ENTRIES];
	uint32_t unused;
};

#define TABLE_SIZE (LINES * sizeof(struct count_line))

struct peers {
	struct count_line *lines;
	struct peer *watched; /* WATCH_SETS * WATCH_WAYS */
	double known, forgotten, displaced;
};

struct peers *peers_new(void)
{
	struct peers *peers = xcalloc(1, sizeof *peers);

	/* Fresh pages of the kernel are aligned and zero, and those that nobody touches cost nothing. */
	peers->lines = mmap(NULL, TABLE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (peers->lines == MAP_FAILED)
		die("out of memory");
	/* Large pages spare most of the address translation of a table that is read at random; without them it is slower. */
	(void)madvise(peers->lines, TABLE_SIZE, MADV_HUGEPAGE);
	peers->watched = xcalloc(WATCH_SETS * WATCH_WAYS, sizeof *peers->watched);
	return peers;
}

void peers_free(struct peers *peers)
{
	if (peers == NULL)
		return;
	munmap(peers->lines, TABLE_SIZE);
	free(peers->watched);
	free(peers);
}

uint64_t peer_hash(enum log_direction direction, struct slice address)
{
	return hash_slice(address, (uint64_t)direction);
}

void peers_expect(const struct peers *peers, uint64_t hash)
{
	__builtin_prefetch(&peers->lines[hash % LINES], 1);
}

struct peer_count *peers_count(struct peers *peers, uint64_t hash)
{
	struct peer_count *entries = peers->lines[hash % LINES].entries;
	const uint32_t tag = (uint32_t)(hash >> 32) != 0 ? (uint32_t)(hash >> 32) : 1;
	struct peer_count *lightest = NULL;

	for (size_t i = 0; i < LINE_ENTRIES; i++) {
		struct peer_count *entry = &entries[i];
		if (entry->tag == tag)
			return entry;
		if (entry->tag == 0) {
			entry->tag = tag;
			peers->known++;
			return entry;
		}
		if (lightest == NULL || entry->troubled < lightest->troubled ||
		    (entry->troubled == lightest->troubled && entry->sessions < lightest->sessions))
			lightest = entry;
	}
	peers->forgotten++;
	*lightest = (struct peer_count){.tag = tag};
	return lightest;
}

static struct peer *watch_set(struct peers *peers, uint64_t hash)
{
	return &peers->watched[hash % WATCH_SETS * WATCH_WAYS];
}

struct peer *peers_find(struct peers *peers, uint64_t hash)
{
	struct peer *set = watch_set(peers, hash);

	for (size_t i = 0; i < WATCH_WAYS; i++)
		if (set[i].hash == hash)
			return &set[i];
	return NULL;
}

struct peer *peers_watch(struct peers *peers, uint64_t hash, uint32_t weight)
{
	struct peer *set = watch_set(peers, hash);
	struct peer *lightest = &set[0];

	for (size_t i = 0; i < WATCH_WAYS; i++) {
		if (set[i].hash == hash) {
			set[i].weight += weight;
			return &set[i];
		}
		if (set[i].hash == 0 || (lightest->hash != 0 && set[i].weight < lightest->weight))
			lightest = &set[i];
		if (lightest->hash == 0)
			break;
	}
	const uint32_t error = lightest->hash != 0 ? lightest->weight : 0;
	peers->displaced += lightest->hash != 0;
	*lightest = (struct peer){.hash = hash, .weight = error + weight, .error = error, .first = NAN, .last = NAN};
	return lightest;
}

static int by_weight(const void *a, const void *b)
{
	const struct peer *left = *(struct peer *const *)a;
	const struct peer *right = *(struct peer *const *)b;
	const uint32_t l = left->weight - left->error, r = right->weight - right->error;

	if (l != r)
		return l < r ? 1 : -1;
	return left->hash < right->hash ? -1 : left->hash > right->hash; /* the same log, the same order */
}

size_t peers_heaviest(struct peers *peers, struct peer **out, size_t room)
{
	struct peer **all = xcalloc(WATCH_SETS * WATCH_WAYS, sizeof *all);
	size_t count = 0;

	for (size_t i = 0; i < WATCH_SETS * WATCH_WAYS; i++)
		if (peers->watched[i].hash != 0)
			all[count++] = &peers->watched[i];
	qsort(all, count, sizeof *all, by_weight);
	memcpy(out, all, (count < room ? count : room) * sizeof *out);
	free(all);
	return count;
}

double peers_known(const struct peers *peers)
{
	return peers->known;
}

double peers_forgotten(const struct peers *peers)
{
	return peers->forgotten;
}

double peers_displaced(const struct peers *peers)
{
	return peers->displaced;
}

double peers_troubled(const struct peers *peers)
{
	double troubled = 0;

	for (size_t i = 0; i < LINES; i++)
		for (size_t j = 0; j < LINE_ENTRIES; j++)
			troubled += peers->lines[i].entries[j].troubled;
	return troubled;
}

/* A float is a logarithm with three bits of its fraction: eight steps per doubling, rounded up. */
uint8_t size_code(double bytes)
{
	const float size = bytes > 1 ? (float)bytes : 1;
	uint32_t bits;

	memcpy(&bits, &size, sizeof bits);
	const uint32_t code = ((bits + (1u << FRACTION_REST) - 1) >> FRACTION_REST) - ONE_BITS + 1;
	return code < UINT8_MAX ? (uint8_t)code : UINT8_MAX;
}

double size_of_code(uint8_t code)
{
	const uint32_t bits = (code + ONE_BITS - 1u) << FRACTION_REST;
	float size;

	if (code == 0)
		return 0;
	memcpy(&size, &bits, sizeof size);
	return (double)size;
}
