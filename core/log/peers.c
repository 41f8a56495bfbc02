#include "log/peers.h"

#include "base/xalloc.h"
#include "log/hash.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LINE_ENTRIES  ((size_t)8)
#define LINES         ((size_t)7 << 15) /* 14 MiB, 1.8 million peers; untouched lines cost no memory */
#define WATCH_WAYS    ((size_t)8)
#define WATCH_SETS    (PEERS_WATCHED / WATCH_WAYS)
#define FRACTION_REST 20          /* bits of a float (IEEE 754) that size_code() leaves out */
#define ONE_BITS      (127u << 3) /* exponent and three bits of fraction of 1.0 */

/* A line of the cache: whoever looks for a peer waits for memory once. */
struct count_line {
	struct peer_count entries[LINE_ENTRIES];
};

_Static_assert(sizeof(struct count_line) == 64, "a line of the cache");

#define TABLE_SIZE (LINES * sizeof(struct count_line))

struct peers {
	struct count_line *lines;
	uint64_t keys[PEERS_WATCHED]; /* hashes of the watched ones, apart from them: most look-ups end here */
	struct peer *watched;         /* PEERS_WATCHED */
	double known, forgotten, displaced, troubled;
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
	peers->watched = xcalloc(PEERS_WATCHED, sizeof *peers->watched);
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

/* The upper half chooses the line, the lower one is left for the tag. */
static struct count_line *line_of(const struct peers *peers, uint64_t hash)
{
	return &peers->lines[(hash >> 32) * LINES >> 32];
}

void peers_expect(const struct peers *peers, uint64_t hash)
{
	__builtin_prefetch(line_of(peers, hash), 1);
}

struct peer_count *peers_count(struct peers *peers, uint64_t hash)
{
	struct peer_count *entries = line_of(peers, hash)->entries;
	const uint16_t tag = (uint16_t)hash != 0 ? (uint16_t)hash : 1;
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

struct peer *peers_find(struct peers *peers, uint64_t hash)
{
	const size_t set = hash % WATCH_SETS * WATCH_WAYS;

	for (size_t i = set; i < set + WATCH_WAYS; i++)
		if (peers->keys[i] == hash)
			return &peers->watched[i];
	return NULL;
}

/* The place of the lightest in a set: a free one where there is one. */
static size_t lightest_of(const struct peers *peers, size_t set)
{
	size_t lightest = set;

	for (size_t i = set; i < set + WATCH_WAYS; i++) {
		if (peers->keys[i] == 0)
			return i;
		if (peers->watched[i].weight < peers->watched[lightest].weight)
			lightest = i;
	}
	return lightest;
}

struct peer *peers_watch(struct peers *peers, uint64_t hash, uint32_t weight)
{
	struct peer *peer = peers_find(peers, hash);

	if (peer != NULL) {
		peer->weight += weight;
		return peer;
	}
	const size_t place = lightest_of(peers, hash % WATCH_SETS * WATCH_WAYS);
	peer = &peers->watched[place];
	const uint32_t error = peers->keys[place] != 0 ? peer->weight : 0;
	peers->displaced += peers->keys[place] != 0;
	peers->keys[place] = hash;
	*peer = (struct peer){.hash = hash, .weight = error + weight, .error = error, .first = NAN, .last = NAN};
	return peer;
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
	struct peer **all = xcalloc(PEERS_WATCHED, sizeof *all);
	size_t count = 0;

	for (size_t i = 0; i < PEERS_WATCHED; i++)
		if (peers->keys[i] != 0)
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
	return peers->troubled;
}

void peers_mark(struct peers *peers, uint64_t hash)
{
	struct peer_count *count = peers_count(peers, hash);

	peers->troubled += !count->troubled;
	count->troubled = 1;
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
