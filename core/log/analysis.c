#include "log/analysis.h"

#include "base/xalloc.h"

#include <math.h>
#include <stdlib.h>

#define TROUBLE_WEIGHT 64  /* a real trouble keeps a place in the table as long as so many bots do */
#define STAY_MIN       4.0 /* s: who leaves sooner has not waited */
#define SAME_MOMENT    1.0 /* s: two lines about one attempt */

struct analysis *analysis_new(const struct log_filter *filter)
{
	struct analysis *a = xcalloc(1, sizeof *a);

	a->filter = *filter;
	a->peers = peers_new();
	a->all = xcalloc(1, sizeof *a->all);
	a->all->first = a->all->last = NAN;
	a->messages = messages_new();
	a->sessions = sessions_new();
	a->first = a->last = NAN;
	a->limit = a->load = a->concurrency = a->rate = -1;
	return a;
}

void analysis_free(struct analysis *a)
{
	if (a == NULL)
		return;
	peers_free(a->peers);
	free(a->all);
	messages_free(a->messages);
	sessions_free(a->sessions);
	free(a);
}

bool event_is_noise(const struct log_event *event)
{
	switch (event->symptom) {
	case SYMPTOM_NOISE:
		return true;
	case SYMPTOM_TIMEOUT:
	case SYMPTOM_LOST:
		/* Before a sender was named, or after the message was taken, nothing is lost. */
		return event->direction == LOG_IN && event->phase != PHASE_MAIL && event->phase != PHASE_RCPT &&
		       event->phase != PHASE_DATA && event->phase != PHASE_BODY && event->phase != PHASE_END;
	case SYMPTOM_TLS:
	case SYMPTOM_AUTH:
	case SYMPTOM_PROTOCOL:
	case SYMPTOM_GREYLIST:
	case SYMPTOM_REFUSED:
		/* What we refuse is refused on purpose; a temporary reply may have another reason. */
		return event->direction == LOG_IN && !(event->symptom == SYMPTOM_REFUSED && event->code / 100 == 4);
	default:
		return false;
	}
}

static bool passes(const struct analysis *a, const struct log_event *e)
{
	const struct log_filter *f = &a->filter;

	if ((!isnan(f->since) && !(e->time >= f->since)) || (!isnan(f->until) && !(e->time <= f->until)))
		return false;
	if (f->queue_id != NULL && !slice_is(e->queue_id, f->queue_id))
		return false;
	/* Sizes and the like come without a peer and do no harm. */
	return f->peer == NULL || slice_is(e->peer, f->peer) || slice_is(e->peer_name, f->peer) ||
	       (e->peer.size == 0 && (e->kind == LOG_QUEUED || e->kind == LOG_REMOVED));
}

/* Foreign bytes as they are: a million lines pass here, a few are shown in the end. */
static void copy(char *out, size_t room, struct slice text)
{
	const size_t size = text.size < room ? text.size : room - 1;

	memcpy(out, text.at, size);
	out[size] = '\0';
}

/* The direction of an event whose line does not tell: what names a relay goes out. */
static enum log_direction direction_of(const struct log_event *e)
{
	return e->direction == LOG_OUT ? LOG_OUT : LOG_IN;
}

/* An attempt in time: compares it with the recent ones of this peer, both ways. */
static void add_attempt(struct peer *peer, const struct log_event *e, double seconds, bool refused)
{
	struct attempt *place = &peer->recent[peer->recent_next++ % PEER_ATTEMPTS];
	struct attempt attempt = {.began = e->time - seconds, .ended = e->time, .refused = refused};

	if (isnan(e->time) || seconds < 0)
		return;
	if (place->ended > 0) /* the oldest has met all that it can meet */
		sample_add(place->refused ? &peer->beside_refused : &peer->beside_sent, place->beside);
	place->ended = 0;
	for (size_t i = 0; i < PEER_ATTEMPTS; i++) {
		struct attempt *other = &peer->recent[i];
		if (other->ended > 0 && other->ended >= attempt.began && other->began <= attempt.ended) {
			other->beside++;
			attempt.beside++;
		}
	}
	*place = attempt;
}

static void end_attempts(struct peer *peer)
{
	for (size_t i = 0; i < PEER_ATTEMPTS; i++) {
		const struct attempt *attempt = &peer->recent[i];
		if (attempt->ended > 0)
			sample_add(attempt->refused ? &peer->beside_refused : &peer->beside_sent, attempt->beside);
	}
}

static void settle(struct analysis *a, struct pending *p)
{
	if (p->peer == 0)
		return;
	struct peer_count *count = peers_count(a->peers, p->peer);
	struct peer *peer = count->troubled ? peers_find(a->peers, p->peer) : NULL;
	if (p->session && count->sessions < PEER_SESSIONS_MAX)
		count->sessions++;
	if (p->delivered && count->delivered < PEER_DELIVERED_MAX)
		count->delivered++;
	if (p->size >= 0 && size_code(p->size) > count->largest)
		count->largest = size_code(p->size);
	if (peer != NULL && p->delivered) {
		peer->delivered++;
		if (p->size >= 0)
			sample_add(&peer->delivered_sizes, p->size);
	}
	p->peer = 0;
}

/* Before a small entry is read. */
static void settle_all(struct analysis *a)
{
	for (size_t i = 0; i < ANALYSIS_PENDING; i++)
		settle(a, &a->pending[a->pending_next++ % ANALYSIS_PENDING]);
}

static void count_later(struct analysis *a, struct pending pending)
{
	struct pending *place = &a->pending[a->pending_next++ % ANALYSIS_PENDING];

	settle(a, place);
	*place = pending;
	peers_expect(a->peers, pending.peer);
}

/* Whether this line is about an attempt that was counted already: a further recipient of the same message. */
static bool same_attempt(struct message *message, uint64_t hash, double time)
{
	const bool same = message->tried == hash && (fabs(message->tried_at - time) <= SAME_MOMENT || isnan(time));

	message->tried = hash;
	message->tried_at = time;
	return same;
}

/* Who the line is about: named in it, or by the session that it belongs to. */
static uint64_t peer_of(const struct log_event *e, const struct session *session, struct slice *address,
                        struct slice *name)
{
	*address = e->peer;
	*name = e->peer_name;
	if (e->peer.size == 0 && session != NULL && session->named) {
		*address = (struct slice){.at = session->address, .size = strlen(session->address)};
		*name = (struct slice){.at = session->name, .size = strlen(session->name)};
	}
	if (address->size > 0)
		return peer_hash(direction_of(e), *address);
	/* A host without an address is still somebody: "connect to mx.example.com: ..." */
	return name->size > 0 ? peer_hash(direction_of(e), *name) : 0;
}

static void describe(struct peer *peer, const struct log_event *e, struct slice address, struct slice name)
{
	if (peer->address[0] == '\0')
		copy(peer->address, sizeof peer->address, address);
	if (peer->name[0] == '\0')
		copy(peer->name, sizeof peer->name, name);
	if (peer->port == 0)
		peer->port = direction_of(e) == LOG_OUT ? e->peer_port : 0;
	peer->direction = direction_of(e);
}

static void add_waits(struct peer *peer, const struct log_event *e, const struct session *session)
{
	peer->phases[e->phase]++;
	if (e->symptom == SYMPTOM_TIMEOUT)
		peer->timeouts[e->phase]++;
	if (e->phase == PHASE_BODY && e->bytes >= 0) {
		peer->empty_bodies += e->bytes < 1;
		sample_add(&peer->body_bytes, e->bytes);
	}
	if (e->seconds >= 0)
		sample_add(&peer->waits, e->seconds);
	else if (session != NULL && e->time >= session->began)
		sample_add(&peer->waits, e->time - session->began);
	if (e->symptom == SYMPTOM_TIMEOUT && session != NULL && e->time >= session->heard)
		sample_add(&peer->silences, e->time - session->heard);
}

/* How long a client stayed before it left: a constant time is its own timer. Bots count too, since clients that give up look like them. */
static void add_stay(struct peer *peer, const struct log_event *e, const struct session *session)
{
	if (e->symptom == SYMPTOM_LOST && session != NULL && e->time - session->began >= STAY_MIN)
		sample_add(&peer->stays, e->time - session->began);
}

static void note(struct peer *peer, const struct log_event *e, const struct session *session, bool noise)
{
	peer->counts[e->symptom]++;
	peer->troubles += !noise;
	peer->mta = e->mta;
	if (!isnan(e->time)) {
		peer->first = fmin(e->time, peer->first); /* fmin() passes NAN over */
		peer->last = fmax(e->time, peer->last);
	}
	if (e->symptom == SYMPTOM_TIMEOUT || e->symptom == SYMPTOM_LOST || e->symptom == SYMPTOM_CONNECT_TIMEOUT)
		add_waits(peer, e, session);
	if (peer->example[0] == '\0' || (peer->example_of == SYMPTOM_NOISE && !noise)) {
		copy(peer->example, sizeof peer->example, e->text);
		peer->example_of = noise ? SYMPTOM_NOISE : e->symptom;
	}
}

/* The part of a symptom that belongs to a peer. */
static struct peer *add_to_peer(struct analysis *a, const struct log_event *e, const struct session *session,
                                bool noise)
{
	struct slice address, name;
	const uint64_t hash = peer_of(e, session, &address, &name);

	if (hash == 0)
		return NULL;
	settle_all(a);
	struct peer *peer = peers_watch(a->peers, hash, noise ? 1 : TROUBLE_WEIGHT);
	describe(peer, e, address, name);
	note(peer, e, session, noise);
	add_stay(peer, e, session);
	if (!noise)
		peers_mark(a->peers, hash);
	return peer;
}

/* The figures that limits and loads come with; they are of the server, not of a peer. */
static void add_figure(struct analysis *a, const struct log_event *e)
{
	switch (e->symptom) {
	case SYMPTOM_PROCESS_LIMIT:
		a->limit = fmax(a->limit, e->number);
		break;
	case SYMPTOM_LOAD:
		a->load = fmax(a->load, e->number);
		break;
	case SYMPTOM_TOO_MANY:
		if (e->number > a->concurrency) {
			a->concurrency = e->number;
			copy(a->concurrency_peer, sizeof a->concurrency_peer, e->peer);
		}
		break;
	case SYMPTOM_RATE:
		if (e->number > a->rate) {
			a->rate = e->number;
			copy(a->rate_peer, sizeof a->rate_peer, e->peer);
		}
		break;
	default:
		break;
	}
}

static struct peer *add_trouble(struct analysis *a, const struct log_event *e, const struct session *session)
{
	const bool noise = event_is_noise(e);

	a->counts[e->symptom]++;
	if (noise)
		a->noise++;
	else
		a->troubles++;
	if (!noise)
		history_add(&a->history, HISTORY_TROUBLES, e->time);
	add_figure(a, e);
	add_stay(a->all, e, session);
	if (!noise) {
		note(a->all, e, session, false);
		a->all->direction = direction_of(e);
		const int word = log_word_find(e);
		if (word >= 0)
			a->words[word]++;
	}
	return add_to_peer(a, e, session, noise);
}

/* A trouble that the delivery's own line will repeat is remembered, so that it counts once. */
static void remember_told(struct analysis *a, const struct log_event *e)
{
	const size_t place = a->told_next++ % ANALYSIS_TOLD;

	a->told[place].peer = peer_hash(LOG_OUT, e->peer);
	a->told[place].time = e->time;
}

static bool was_told(const struct analysis *a, const struct log_event *e)
{
	const uint64_t hash = peer_hash(LOG_OUT, e->peer);

	for (size_t i = 0; i < ANALYSIS_TOLD; i++)
		if (a->told[i].peer == hash && e->peer.size > 0 &&
		    (isnan(e->time) || fabs(a->told[i].time - e->time) <= SAME_MOMENT))
			return true;
	return false;
}

static void add_failed_delivery(struct analysis *a, const struct log_event *e)
{
	struct slice address, name;
	const uint64_t hash = peer_of(e, NULL, &address, &name);
	struct message *message = e->queue_id.size > 0 ? messages_get(a->messages, e->queue_id) : NULL;

	if (e->kind == LOG_BOUNCED)
		a->bounced++;
	else
		a->deferred++;
	if (slice_begins(e->text, "delivery temporarily suspended")) {
		a->suspended++;
		return;
	}
	if (message != NULL && hash != 0 && same_attempt(message, hash, e->time))
		return;
	struct peer *peer = was_told(a, e) ? peers_find(a->peers, hash) : add_trouble(a, e, NULL);
	if (message != NULL && message->failed == 0) {
		a->failed_messages++;
		if (peer != NULL)
			peer->failed_messages++;
	}
	if (message != NULL)
		message->failed = hash != 0 ? hash : 1;
	if (hash != 0)
		count_later(a, (struct pending){.peer = hash, .session = true, .size = -1});
	if (peer == NULL)
		return;
	peer->attempts++;
	add_attempt(peer, e, e->seconds, true);
	if (message != NULL && message->size >= 0 && e->kind == LOG_DEFERRED &&
	    (e->symptom == SYMPTOM_TIMEOUT || e->symptom == SYMPTOM_LOST))
		sample_add(&peer->failed_sizes, message->size);
}

static void add_sent(struct analysis *a, const struct log_event *e)
{
	struct message *message = e->queue_id.size > 0 ? messages_get(a->messages, e->queue_id) : NULL;
	const uint64_t hash = e->peer.size > 0 ? peer_hash(LOG_OUT, e->peer) : 0;

	a->sent++;
	if (message != NULL && message->failed != 0) {
		struct peer *failed = peers_find(a->peers, message->failed);
		a->later_delivered++;
		if (failed != NULL)
			failed->later_delivered++;
		message->failed = 0;
	}
	if (hash == 0 || (message != NULL && same_attempt(message, hash, e->time)))
		return;
	struct peer *peer = peers_find(a->peers, hash);
	if (peer != NULL) {
		peer->attempts++;
		add_attempt(peer, e, log_sent_seconds(e), false);
	}
	count_later(a, (struct pending){.peer = hash,
	                                .session = true,
	                                .delivered = true,
	                                .size = message != NULL ? (double)message->size : -1});
}

static void add_connection(struct analysis *a, const struct log_event *e)
{
	const uint64_t key = session_key(e);

	a->connections++;
	history_add(&a->history, HISTORY_SESSIONS, e->time);
	if (key != 0) {
		struct session *session = sessions_begin(a->sessions, key, e->time);
		if (e->mta == LOG_OPENSMTPD) {
			session->named = true;
			copy(session->address, sizeof session->address, e->peer);
			copy(session->name, sizeof session->name, e->peer_name);
		}
	}
	if (e->peer.size > 0)
		count_later(a, (struct pending){.peer = peer_hash(LOG_IN, e->peer), .session = true, .size = -1});
}

/* A message comes in (Postfix: its size follows in another line), or has come in (Exim, Sendmail: with its size). */
static void add_accepted(struct analysis *a, const struct log_event *e, struct session *session)
{
	struct slice address, name;
	const uint64_t hash = peer_of(e, session, &address, &name);

	if (session != NULL) {
		session->heard = e->time;
		session->accepted = true;
	}
	if (e->bytes >= 0) {
		a->received++;
		if (hash != 0)
			count_later(a, (struct pending){.peer = hash, .delivered = true, .size = e->bytes});
	}
	if (e->queue_id.size > 0 && e->mta != LOG_OPENSMTPD) {
		struct message *message = messages_get(a->messages, e->queue_id);
		message->client = hash;
		message->size = (float)e->bytes;
	}
}

static void add_queued(struct analysis *a, const struct log_event *e)
{
	struct message *message = messages_get(a->messages, e->queue_id);

	if (message->size >= 0)
		return; /* a later attempt */
	message->size = (float)e->bytes;
	if (message->client == 0)
		return; /* it was made here, or came before the log began */
	a->received++;
	count_later(a, (struct pending){.peer = message->client, .delivered = true, .size = e->bytes});
}

void analysis_add(struct analysis *a, const struct log_event *e)
{
	const uint64_t key = e->direction == LOG_IN ? session_key(e) : 0;
	struct session *session;

	if (!passes(a, e)) {
		a->filtered++;
		return;
	}
	a->mta[e->mta]++;
	if (!isnan(e->time)) {
		if (!(e->time >= a->first))
			a->first = e->time;
		if (!(e->time <= a->last))
			a->last = e->time;
	}
	switch (e->kind) {
	case LOG_PLAIN:
	case LOG_DETAIL:
		break;
	case LOG_CONNECT:
		add_connection(a, e);
		break;
	case LOG_ACCEPTED:
		add_accepted(a, e, key != 0 ? sessions_find(a->sessions, key) : NULL);
		break;
	case LOG_QUEUED:
		if (e->queue_id.size > 0)
			add_queued(a, e);
		break;
	case LOG_SENT:
		add_sent(a, e);
		break;
	case LOG_DEFERRED:
	case LOG_BOUNCED:
		add_failed_delivery(a, e);
		break;
	case LOG_REMOVED:
		messages_remove(a->messages, e->queue_id);
		break;
	case LOG_DISCONNECT:
		session = key != 0 ? sessions_find(a->sessions, key) : NULL;
		if (session != NULL)
			sessions_end(a->sessions, session);
		break;
	case LOG_TROUBLE:
		add_trouble(a, e, key != 0 ? sessions_find(a->sessions, key) : NULL);
		if (e->direction == LOG_OUT)
			remember_told(a, e);
		break;
	case LOG_MAXIMUM:
		add_figure(a, e);
		break;
	case LOG_UNKNOWN:
		a->unknown++;
		break;
	}
}

void analysis_end(struct analysis *a)
{
	struct peer *all[PEERS_WATCHED];

	settle_all(a);
	const size_t count = peers_heaviest(a->peers, all, PEERS_WATCHED);

	for (size_t i = 0; i < count; i++)
		end_attempts(all[i]);
}
