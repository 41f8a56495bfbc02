#include "queue/sums.h"

#include "base/xalloc.h"
#include "log/hash.h"

#include <math.h>
#include <stdlib.h>

#define WAYS ((size_t)8)
#define SETS (QUEUE_PEERS / WAYS)

#define MET_WORDS (sizeof((struct queue_peers *)NULL)->met / sizeof(uint64_t))
#define MET_BITS  (64.0 * MET_WORDS)

void queue_sums_init(struct queue_sums *sums)
{
	*sums = (struct queue_sums){.messages = 0};
	sums->domains.table = xcalloc(QUEUE_PEERS, sizeof *sums->domains.table);
	sums->hosts.table = xcalloc(QUEUE_PEERS, sizeof *sums->hosts.table);
}

void queue_sums_done(struct queue_sums *sums)
{
	free(sums->domains.table);
	free(sums->hosts.table);
}

/* Cut to the room, NUL-terminated; NUL bytes of the text end it. */
static void copy(char *to, size_t room, struct slice text)
{
	const size_t size = text.size < room - 1 ? text.size : room - 1;

	if (size > 0)
		memcpy(to, text.at, size);
	to[size] = '\0';
}

static void copy_lower(char *to, size_t room, struct slice text)
{
	copy(to, room, text);
	for (; *to != '\0'; to++)
		if (*to >= 'A' && *to <= 'Z')
			*to = (char)(*to - 'A' + 'a');
}

void queue_sums_message(struct queue_sums *sums, const struct queue_message *message)
{
	sums->messages++;
	sums->mta[message->mta]++;
	sums->active += message->state == QUEUE_ACTIVE;
	sums->held += message->state == QUEUE_HELD;
	sums->bounces += message->bounce;
	if (message->size > 0) {
		sums->bytes += message->size;
		if (message->size > sums->largest)
			sums->largest = message->size;
	}
	if (message->age >= 0)
		sample_add(&sums->ages, message->age);
}

/*
 * The place of a name in a table. In a full set the one with the fewest recipients goes, so whoever is waited for most
 * stays, in whatever order they come.
 */
static struct queue_peer *find(struct queue_peers *peers, struct slice name)
{
	char lower[sizeof peers->table->name];

	copy_lower(lower, sizeof lower, name);
	const uint64_t hash = hash_slice((struct slice){.at = lower, .size = strlen(lower)}, 0);
	struct queue_peer *set = &peers->table[hash % SETS * WAYS];
	struct queue_peer *lightest = set;
	peers->met[hash >> 32 & (MET_WORDS - 1)] |= (uint64_t)1 << (hash >> 58);
	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].hash == hash)
			return &set[i];
		if (set[i].recipients < lightest->recipients)
			lightest = &set[i];
	}
	peers->displaced += lightest->recipients;
	*lightest = (struct queue_peer){.hash = hash, .oldest = -1};
	memcpy(lightest->name, lower, sizeof lower);
	return lightest;
}

/* What comes after the last @, without brackets and whatever closes the address; "local" when there is none. */
static struct slice domain_of(struct slice address)
{
	const char *at = address.size > 0 ? memrchr(address.at, '@', address.size) : NULL;

	if (address.size == 0)
		return SLICE("unknown");
	if (at == NULL)
		return SLICE("local");
	struct slice domain = slice_from(address, (size_t)(at + 1 - address.at));
	while (domain.size > 0 && strchr(">.\")", domain.at[domain.size - 1]) != NULL)
		domain.size--;
	return domain.size > 0 ? domain : SLICE("unknown");
}

static void add(struct queue_peer *peer, const struct queue_message *message, const struct log_event *reason)
{
	peer->recipients++;
	if (message->size > 0)
		peer->bytes += message->size;
	if (message->age > peer->oldest)
		peer->oldest = message->age;
	if (reason == NULL)
		return;
	peer->counts[reason->symptom]++;
	/* The example is one of what is met most. */
	if (*peer->example == '\0' ||
	    (reason->symptom != peer->example_of && peer->counts[reason->symptom] > peer->counts[peer->example_of])) {
		copy(peer->example, sizeof peer->example, reason->text);
		peer->example_of = reason->symptom;
	}
}

/* The host that a reason is about; "" when it names none. */
static struct slice host_of(const struct log_event *reason)
{
	return reason->peer_name.size > 0 ? reason->peer_name : reason->peer;
}

static void add_reason(struct queue_sums *sums, const struct log_event *reason)
{
	const int word = log_word_find(reason);

	sums->told++;
	sums->counts[reason->symptom]++;
	sums->phases[reason->phase]++;
	if (word >= 0)
		sums->words[word]++;
	if (*sums->examples[reason->symptom] == '\0')
		copy(sums->examples[reason->symptom], sizeof sums->examples[0], reason->text);
}

void queue_sums_recipient(struct queue_sums *sums, const struct queue_message *message, struct slice address,
                          const struct log_event *reason)
{
	struct queue_peer *domain = find(&sums->domains, domain_of(address));

	sums->recipients++;
	add(domain, message, reason);
	if (reason == NULL)
		return;
	add_reason(sums, reason);
	const struct slice host = host_of(reason);
	if (host.size == 0)
		return;
	sums->named++;
	copy_lower(domain->host, sizeof domain->host, host);
	add(find(&sums->hosts, host), message, reason);
}

static int by_recipients(const void *a, const void *b)
{
	const struct queue_peer *const *left = a;
	const struct queue_peer *const *right = b;

	if ((*left)->recipients != (*right)->recipients)
		return (*left)->recipients > (*right)->recipients ? -1 : 1;
	return strcmp((*left)->name, (*right)->name);
}

size_t queue_heaviest(const struct queue_peers *peers, const struct queue_peer **out, size_t room)
{
	const struct queue_peer *all[QUEUE_PEERS];
	size_t count = 0;

	for (size_t i = 0; i < QUEUE_PEERS; i++)
		if (peers->table[i].hash != 0)
			all[count++] = &peers->table[i];
	qsort(all, count, sizeof *all, by_recipients);
	for (size_t i = 0; i < count && i < room; i++)
		out[i] = all[i];
	return count;
}

/* Linear counting (Whang et al. 1990): how many hashes it takes until so many bits are set. */
double queue_distinct(const struct queue_peers *peers)
{
	const struct queue_peer *none[1];
	double set = 0;

	if (peers->displaced < 1)
		return (double)queue_heaviest(peers, none, 0);
	for (size_t i = 0; i < MET_WORDS; i++)
		set += __builtin_popcountll(peers->met[i]);
	return round(-MET_BITS * log((MET_BITS - fmin(set, MET_BITS - 1)) / MET_BITS));
}

enum log_symptom queue_main(const uint32_t counts[static SYMPTOM_COUNT])
{
	enum log_symptom most = SYMPTOM_NONE;

	for (int i = SYMPTOM_NONE + 1; i < SYMPTOM_COUNT; i++)
		if (counts[i] > 0 && (most == SYMPTOM_NONE || counts[i] > counts[most]))
			most = (enum log_symptom)i;
	return most;
}
