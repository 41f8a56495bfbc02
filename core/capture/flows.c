#include "capture/flows.h"

#include "base/xalloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS        4096 /* a power of 2 */
#define CANDIDATES_MAX 400  /* connections on ports of their own that may turn out to be SMTP */
#define LINGER         60.0 /* s that a closed session stays, for what comes too late */
#define PAIRS          4096 /* clients and servers whose open sessions are counted; a power of 2 */
#define UNANSWERED_MIN 3    /* keep-alives; one or two may get lost */
#define SLOW           5.0  /* s that somebody kept the other waiting, so that a session counts as troubled */

struct list {
	struct flow *oldest, *newest;
	size_t count;
};

/* How many sessions a client has open to a server. Who finds another pair in its place is not counted. */
struct pair {
	uint64_t key;
	unsigned open;
};

struct flows {
	struct flow *buckets[BUCKETS];
	struct list sessions, candidates;
	struct flow *spare; /* chain of those that are free */
	struct flow_kept kept[FLOWS_KEPT];
	size_t kept_count;
	struct flow_totals totals;
	struct pair pairs[PAIRS];
};

struct flows *flows_new(void)
{
	return xcalloc(1, sizeof(struct flows));
}

static void flow_free(struct flow *s)
{
	free(s->detail);
	free(s);
}

static void free_list(struct list *list)
{
	while (list->oldest != NULL) {
		struct flow *s = list->oldest;
		list->oldest = s->newer;
		flow_free(s);
	}
}

void flows_free(struct flows *f)
{
	if (f == NULL)
		return;
	free_list(&f->sessions);
	free_list(&f->candidates);
	while (f->spare != NULL) {
		struct flow *s = f->spare;
		f->spare = s->chain;
		flow_free(s);
	}
	for (size_t i = 0; i < f->kept_count; i++)
		flow_free(f->kept[i].session);
	free(f);
}

/* --- keys */

static uint64_t mix(uint64_t a)
{
	a ^= a >> 32;
	a *= 0x9e3779b97f4a7c15u;
	return a ^ a >> 29;
}

static uint64_t address_key(const uint8_t *address, bool v6)
{
	uint64_t parts[2] = {0, 0};

	if (v6)
		memcpy(parts, address, 16);
	else
		memcpy(parts, address, 4);
	return mix(parts[0] ^ mix(parts[1] + 1));
}

/* The same for both directions. */
static uint32_t hash_of(const struct packet *p, const uint8_t *source, const uint8_t *destination)
{
	const uint64_t a = mix(address_key(source, p->v6) + p->source_port);
	const uint64_t b = mix(address_key(destination, p->v6) + p->destination_port);

	return (uint32_t)mix(a + b);
}

static struct flow *find(const struct flows *f, uint32_t hash, const struct packet *p, const uint8_t *source,
                         const uint8_t *destination)
{
	for (struct flow *s = f->buckets[hash % BUCKETS]; s != NULL; s = s->chain) {
		if (s->hash != hash)
			continue;
		if ((flow_endpoint_is(&s->ends[CLIENT], source, p->source_port, p->v6) &&
		     flow_endpoint_is(&s->ends[SERVER], destination, p->destination_port, p->v6)) ||
		    (flow_endpoint_is(&s->ends[SERVER], source, p->source_port, p->v6) &&
		     flow_endpoint_is(&s->ends[CLIENT], destination, p->destination_port, p->v6)))
			return s;
	}
	return NULL;
}

/* --- lists, the longest quiet first */

static void unlink_session(struct list *list, struct flow *s)
{
	*(s->older != NULL ? &s->older->newer : &list->oldest) = s->newer;
	*(s->newer != NULL ? &s->newer->older : &list->newest) = s->older;
	list->count--;
}

static void append(struct list *list, struct flow *s)
{
	s->older = list->newest;
	s->newer = NULL;
	*(list->newest != NULL ? &list->newest->newer : &list->oldest) = s;
	list->newest = s;
	list->count++;
}

static struct list *list_of(struct flows *f, const struct flow *s)
{
	return s->is_smtp ? &f->sessions : &f->candidates;
}

static void unhash(struct flows *f, const struct flow *s)
{
	struct flow **at = &f->buckets[s->hash % BUCKETS];

	while (*at != s)
		at = &(*at)->chain;
	*at = s->chain;
}

/* --- open sessions of a client */

static struct pair *pair_of(struct flows *f, const struct flow *s)
{
	const uint64_t client = address_key(s->ends[CLIENT].address, s->ends[CLIENT].v6);
	const uint64_t server = address_key(s->ends[SERVER].address, s->ends[SERVER].v6);
	const uint64_t key = mix(client + 3 * server + s->ends[SERVER].port);
	struct pair *pair = &f->pairs[key % PAIRS];

	if (pair->open == 0)
		pair->key = key;
	return pair->key == key ? pair : NULL;
}

static void count_open(struct flows *f, struct flow *s)
{
	struct pair *pair = pair_of(f, s);

	if (pair == NULL)
		return;
	s->counted = true;
	if (++pair->open <= f->totals.most_open)
		return;
	f->totals.most_open = pair->open;
	f->totals.most_client = s->ends[CLIENT];
}

static void count_closed(struct flows *f, struct flow *s)
{
	struct pair *pair = s->counted ? pair_of(f, s) : NULL;

	if (pair != NULL)
		pair->open--;
	s->counted = false;
}

/* --- what is left of a session */

static bool is_troubled(const struct flow *s, enum flow_outcome outcome)
{
	const bool orderly = outcome == FLOW_COMPLETE || outcome == FLOW_ENCRYPTED || outcome == FLOW_UNREAD ||
	                     outcome == FLOW_OPEN || outcome == FLOW_ONE_SIDED;

	return !orderly || s->worst.seconds >= SLOW || flow_unanswered(s) >= UNANSWERED_MIN;
}

/* Sessions that went the same way: same server, same end, kept waiting by the same side in the same phase. */
static uint64_t way_of(const struct flow *s, enum flow_outcome outcome, bool troubled)
{
	uint64_t way = address_key(s->ends[SERVER].address, s->ends[SERVER].v6) + s->ends[SERVER].port;

	way = mix(way + outcome);
	if (!troubled)
		return way;
	way = mix(way + (uint64_t)s->worst.waits * 16 + s->worst.phase);
	way = mix(way + (uint64_t)s->dialog.refusal.code * 16 + s->dialog.refusal.phase);
	return mix(way + s->end_phase);
}

/* What a reader should see first: trouble, and who waited longest in it. */
static double score_of(const struct flow *s, enum flow_outcome outcome, bool troubled)
{
	static const double ranks[FLOW_OUTCOMES] = {
	    [FLOW_REFUSED] = 3e6,       [FLOW_SERVER_GAVE_UP] = 4e6, [FLOW_CLIENT_GAVE_UP] = 4e6,
	    [FLOW_SERVER_CLOSED] = 3e6, [FLOW_SERVER_RESET] = 4e6,   [FLOW_CLIENT_CLOSED] = 2e6,
	    [FLOW_CLIENT_RESET] = 2e6,  [FLOW_NOT_CONNECTED] = 3e6,  [FLOW_FOREIGN] = 3e6,
	    [FLOW_STALLED] = 4e6,
	};

	return ranks[outcome] + (troubled ? 1e6 : 0) + fmin(s->worst.seconds, 9e5) + (s->begun ? 0.5 : 0);
}

static void recycle(struct flows *f, struct flow *s)
{
	s->chain = f->spare;
	f->spare = s;
}

/* Keeps it when it is the most telling of its way. */
static void keep(struct flows *f, struct flow *s, enum flow_outcome outcome, bool troubled)
{
	const struct flow_kept new = {
	    .session = s, .score = score_of(s, outcome, troubled), .alike = 1, .way = way_of(s, outcome, troubled)};
	struct flow_kept *least = NULL;

	for (size_t i = 0; i < f->kept_count; i++) {
		struct flow_kept *kept = &f->kept[i];
		if (kept->way == new.way) {
			kept->alike++;
			if (new.score > kept->score) {
				recycle(f, kept->session);
				kept->session = s;
				kept->score = new.score;
			} else {
				recycle(f, s);
			}
			return;
		}
		if (least == NULL || kept->score < least->score)
			least = kept;
	}
	if (f->kept_count < FLOWS_KEPT) {
		f->kept[f->kept_count++] = new;
		return;
	}
	f->totals.left_out++;
	if (new.score > least->score) {
		recycle(f, least->session);
		*least = new;
	} else {
		recycle(f, s);
	}
}

static void retire(struct flows *f, struct flow *s, double now)
{
	unlink_session(list_of(f, s), s);
	unhash(f, s);
	count_closed(f, s);
	if (!s->is_smtp) {
		recycle(f, s);
		return;
	}
	flow_end(s, now);
	const enum flow_outcome outcome = flow_outcome(s);
	const bool troubled = is_troubled(s, outcome);
	f->totals.troubled += troubled;
	f->totals.messages += s->dialog.accepted;
	f->totals.missed += s->streams[CLIENT].missed + s->streams[SERVER].missed;
	f->totals.duplicates += s->duplicates;
	keep(f, s, outcome, troubled);
}

/* --- packets */

static bool begins_with_banner(const struct packet *p)
{
	return p->payload_captured >= 4 && memcmp(p->payload, "220", 3) == 0 &&
	       (p->payload[3] == ' ' || p->payload[3] == '-');
}

static struct flow_endpoint endpoint_of(const uint8_t *address, uint16_t port, bool v6)
{
	struct flow_endpoint end = {.v6 = v6, .port = port};

	memcpy(end.address, address, v6 ? 16 : 4);
	return end;
}

/* A place for one more: of those that are closed, or have been quiet for longest. */
static struct flow *take_place(struct flows *f, struct list *list, size_t most, double time)
{
	while (list->oldest != NULL &&
	       (list->count >= most ||
	        (list->oldest->closed[CLIENT] && list->oldest->closed[SERVER] && time - list->oldest->last > LINGER))) {
		struct flow *oldest = list->oldest;
		f->totals.displaced += oldest->is_smtp && !(oldest->closed[CLIENT] || oldest->closed[SERVER]);
		retire(f, oldest, oldest->last);
	}
	struct flow *s = f->spare;
	if (s != NULL) {
		f->spare = s->chain;
		return s;
	}
	s = xmalloc(sizeof *s);
	s->detail = xmalloc(sizeof *s->detail);
	return s;
}

/* A new connection, when it may be one of mail; NULL when it is none. */
static struct flow *begin(struct flows *f, uint32_t hash, const struct packet *p, double time)
{
	const bool syn = (p->flags & TCP_SYN) != 0, answer = syn && (p->flags & TCP_ACK) != 0;
	const bool to_mail = packet_is_mail_port(p->destination_port), from_mail = packet_is_mail_port(p->source_port);
	bool from_server = answer || (!syn && from_mail && !to_mail);

	if ((p->flags & TCP_RST) != 0)
		return NULL;
	if (!to_mail && !from_mail && !syn) {
		if (!begins_with_banner(p))
			return NULL;
		from_server = true;
	}
	const struct flow_endpoint source = endpoint_of(p->source, p->source_port, p->v6);
	const struct flow_endpoint destination = endpoint_of(p->destination, p->destination_port, p->v6);
	const struct flow_endpoint *server = from_server ? &source : &destination;
	const bool mail_port = packet_is_mail_port(server->port);
	struct list *list = mail_port ? &f->sessions : &f->candidates;
	struct flow *s = take_place(f, list, mail_port ? FLOWS_MAX : CANDIDATES_MAX, time);
	struct detail *detail = s->detail;
	flow_init(s, from_server ? &destination : &source, server, mail_port, detail);
	s->hash = hash;
	s->chain = f->buckets[hash % BUCKETS];
	f->buckets[hash % BUCKETS] = s;
	append(list, s);
	if (mail_port) {
		f->totals.sessions++;
		count_open(f, s);
	}
	return s;
}

/* The same ports again: a connection after the one that ended. */
static bool is_another(const struct flow *s, const struct packet *p)
{
	if ((p->flags & TCP_SYN) == 0)
		return false;
	/* Where the client's packets are not captured, the answer to its SYN is the first of the next connection. */
	if ((p->flags & TCP_ACK) != 0 && !s->closed[CLIENT] && !s->closed[SERVER])
		return false;
	const enum side side = flow_side(s, p->source, p->source_port, p->v6);
	if (!s->streams[side].syn)
		return s->streams[side].synced && s->closed[side];
	return p->seq + 1 != s->streams[side].origin;
}

/* What speaks on a port of its own is mail, or it is dropped as soon as it says something else. */
static bool is_foreign(const struct flow *s)
{
	const struct capture_dialog *d = &s->dialog;

	return !s->is_smtp &&
	       (d->state == DIALOG_FOREIGN || d->state == DIALOG_TLS || d->state == DIALOG_BLIND || d->early_talk ||
	        (d->replies == 0 && d->commands > 0) || d->commands >= 2 || (d->replies > 0 && d->banner.code == 0));
}

static bool take_tcp(struct flows *f, const struct packet *p, double time, unsigned long number)
{
	const uint32_t hash = hash_of(p, p->source, p->destination);
	struct flow *s = find(f, hash, p, p->source, p->destination);

	if (s != NULL && is_another(s, p)) {
		retire(f, s, s->last);
		s = NULL;
	}
	if (s == NULL)
		s = begin(f, hash, p, time);
	if (s == NULL)
		return false;
	struct list *list = list_of(f, s);
	flow_take(s, flow_side(s, p->source, p->source_port, p->v6), p, time, number);
	unlink_session(list, s);
	if (list == &f->candidates && s->is_smtp) {
		f->totals.sessions++;
		count_open(f, s);
	}
	append(list_of(f, s), s);
	if (s->closed[CLIENT] || s->closed[SERVER])
		count_closed(f, s);
	if (is_foreign(s)) {
		retire(f, s, time);
		return false;
	}
	return s->is_smtp;
}

static bool take_icmp(struct flows *f, const struct packet *p, double time, unsigned long number)
{
	const uint32_t hash = hash_of(p, p->quoted_source, p->quoted_destination);
	struct flow *s = find(f, hash, p, p->quoted_source, p->quoted_destination);

	if (s == NULL)
		return false;
	flow_icmp(s, flow_side(s, p->quoted_source, p->source_port, p->v6), p, time, number);
	return s->is_smtp;
}

bool flows_take(struct flows *f, const struct packet *p, double time, unsigned long number)
{
	return p->kind == PACKET_TCP    ? take_tcp(f, p, time, number)
	       : p->kind == PACKET_ICMP ? take_icmp(f, p, time, number)
	                                : false;
}

int flows_have(const struct flows *f, const struct packet *p)
{
	if (p->kind != PACKET_TCP)
		return -1;
	const struct flow *s = find(f, hash_of(p, p->source, p->destination), p, p->source, p->destination);
	if (s == NULL)
		return -1;
	return stream_has(&s->streams[flow_side(s, p->source, p->source_port, p->v6)], p);
}

void flows_end(struct flows *f, double now)
{
	while (f->sessions.oldest != NULL)
		retire(f, f->sessions.oldest, now);
	while (f->candidates.oldest != NULL)
		retire(f, f->candidates.oldest, now);
}

const struct flow_totals *flows_totals(const struct flows *f)
{
	return &f->totals;
}

static int by_score(const void *a, const void *b)
{
	const struct flow_kept *left = a, *right = b;

	return left->score > right->score ? -1 : left->score < right->score;
}

const struct flow_kept *flows_kept(struct flows *f, size_t *count)
{
	qsort(f->kept, f->kept_count, sizeof f->kept[0], by_score);
	*count = f->kept_count;
	return f->kept;
}
