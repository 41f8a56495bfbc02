#include "checks/log/facts.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "checks/log/words.h"
#include "log/timers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAIN_SHARE     0.5 /* of the troubles: whoever has so many of them is who the log is about */
#define NETWORK_SHARE  0.8
#define MANY_PEERS     5
#define STAYS_MIN      3
#define STAYS_SPREAD_S 2.0
#define FEW            5 /* waits from which a resolver's steps can be told */
#define BUCKETS_SHOWN  48

static void emit_time(struct emit *e, const char *fact, const char *subject, double time)
{
	char stamp[CLOCK_STAMP_SIZE];

	if (clock_stamp_of(time, stamp))
		emit_text(e, fact, subject, stamp);
}

/* "name [address]"; the caller frees. */
static char *subject_of(const struct peer *peer)
{
	char *name = text_clean_dup(peer->name, strlen(peer->name), sizeof peer->name);
	char *address = text_clean_dup(peer->address, strlen(peer->address), sizeof peer->address);
	char *subject = *address == '\0' ? xstrdup(name)
	                : *name == '\0'  ? xasprintf("[%s]", address)
	                                 : xasprintf("%s [%s]", name, address);

	free(name);
	free(address);
	return subject;
}

static enum log_phase main_phase(const uint32_t *counts)
{
	enum log_phase best = PHASE_NONE;

	for (int i = PHASE_NONE + 1; i < PHASE_COUNT; i++)
		if (counts[i] > 0 && (best == PHASE_NONE || counts[i] > counts[best]))
			best = (enum log_phase)i;
	return best;
}

static void emit_counts(struct emit *e, const char *subject, const uint32_t *counts)
{
	char name[64];
	enum log_symptom most = SYMPTOM_NONE;

	for (int i = SYMPTOM_NONE + 1; i < SYMPTOM_NOISE; i++) {
		snprintf(name, sizeof name, "log.count.%s", log_symptom_name((enum log_symptom)i));
		emit_positive(e, name, subject, counts[i]);
		if (counts[i] > (most == SYMPTOM_NONE ? 0 : counts[most]))
			most = (enum log_symptom)i;
	}
	if (most != SYMPTOM_NONE)
		emit_text(e, "log.main", subject, log_symptom_name(most));
}

/* Multiples of 5 s, none of them a usual timer: a resolver gives up on a dead name server in such steps. */
static bool is_resolver_step(const struct sample *waits)
{
	size_t steps = 0;
	const size_t size = sample_size(waits);

	for (size_t i = 0; i < size; i++) {
		const double rest = fmod((double)waits->values[i], 5);
		steps += waits->values[i] >= 5 && waits->values[i] <= 45 && (rest <= 1 || rest >= 4.5);
	}
	return size >= FEW && steps >= size * 4 / 5 && waits->largest - waits->smallest > 4;
}

/* Which timer fired: what the waits have in common, or each phase's own row of the table. */
static void emit_timer(struct emit *e, const char *subject, const struct peer *peer)
{
	const enum log_phase phase = main_phase(peer->timeouts);
	const double silence = sample_quantile(&peer->silences, 0.5);
	const double wait = peer->direction == LOG_OUT ? sample_quantile(&peer->waits, 0.5) : silence;
	const double value = isnan(wait) ? 0 : timer_value(wait);
	const struct timer *timer = timer_find(peer->mta, peer->direction, phase);

	if (!isnan(silence))
		emit_number(e, "log.silence", subject, silence);
	if (timer != NULL && phase != PHASE_NONE) {
		emit_text(e, "log.timer.setting", subject, timer->setting);
		emit_positive(e, "log.timer.default", subject, timer->default_s);
	}
	if (value <= 0)
		return;
	emit_number(e, "log.timer", subject, value);
	if (timer == NULL || timer->default_s <= 0)
		return;
	emit_text(e, "log.timer.state", subject,
	          fabs(value - timer->default_s) < 1  ? "default"
	          : fabs(value - timer->stress_s) < 1 ? "stress"
	          : value < timer->default_s          ? "short"
	                                              : "long");
}

/* When clients leave after one and the same time, it is their timer that has run out. */
static void emit_stay(struct emit *e, const char *subject, const struct peer *peer)
{
	const double middle = sample_quantile(&peer->stays, 0.5);

	if (peer->stays.count < STAYS_MIN)
		return;
	emit_number(e, "log.stay", subject, middle);
	if (sample_quantile(&peer->stays, 0.9) - sample_quantile(&peer->stays, 0.1) <= STAYS_SPREAD_S)
		emit_positive(e, "log.stay.timer", subject, timer_value(middle));
}

static void emit_body(struct emit *e, const char *subject, const struct peer *peer)
{
	const uint32_t told = peer->body_bytes.count;

	if (told == 0)
		return;
	emit_number(e, "log.body.empty", subject, peer->empty_bodies);
	emit_number(e, "log.body.part", subject, told - peer->empty_bodies);
	emit_number(e, "log.body.largest", subject, (double)peer->body_bytes.largest);
}

/* Since the first symptom it is known exactly, before that as a code. */
static double largest_delivered(const struct peer *peer, const struct peer_count *count)
{
	const double since = (double)peer->delivered_sizes.largest;

	return count == NULL || (since > 0 && size_code(since) >= count->largest)
	           ? since
	           : size_of_code((uint8_t)count->largest);
}

static void emit_sizes(struct emit *e, const char *subject, const struct peer *peer, const struct peer_count *count)
{
	if (peer->failed_sizes.count > 0) {
		emit_number(e, "log.size.failed", subject, sample_quantile(&peer->failed_sizes, 0.5));
		emit_number(e, "log.size.failed.smallest", subject, (double)peer->failed_sizes.smallest);
	}
	if (peer->delivered_sizes.count > 0)
		emit_number(e, "log.size.delivered", subject, sample_quantile(&peer->delivered_sizes, 0.5));
	emit_positive(e, "log.size.delivered.largest", subject, largest_delivered(peer, count));
	if (peer->failed_sizes.count > 0 && peer->delivered_sizes.count > 0)
		emit_number(e, "log.size.chance", subject, sample_larger(&peer->failed_sizes, &peer->delivered_sizes));
}

static void emit_parallel(struct emit *e, const char *subject, const struct peer *peer)
{
	if (peer->beside_refused.count == 0)
		return;
	emit_number(e, "log.parallel.refused", subject, sample_quantile(&peer->beside_refused, 0.5));
	if (peer->beside_sent.count == 0)
		return;
	emit_number(e, "log.parallel.sent", subject, sample_quantile(&peer->beside_sent, 0.5));
	emit_number(e, "log.parallel.chance", subject, sample_larger(&peer->beside_refused, &peer->beside_sent));
}

/* What is told of a peer in trouble, under whichever subject. */
static void emit_trouble(struct emit *e, const char *subject, const struct peer *peer, const struct peer_count *count)
{
	const enum log_phase phase = main_phase(peer->phases);
	const double wait = sample_quantile(&peer->waits, 0.5);

	emit_text(e, "log.direction", subject, peer->direction == LOG_OUT ? "out" : "in");
	if (phase != PHASE_NONE)
		emit_text(e, "log.phase", subject, log_phase_name(phase));
	if (!isnan(wait))
		emit_number(e, "log.wait", subject, wait);
	emit_timer(e, subject, peer);
	if (is_resolver_step(&peer->waits))
		emit_flag(e, "log.resolver-step", subject, true);
	emit_stay(e, subject, peer);
	emit_body(e, subject, peer);
	emit_sizes(e, subject, peer, count);
	emit_parallel(e, subject, peer);
}

static void emit_peer(struct analysis *a, struct emit *e, const struct peer *peer)
{
	char *subject = subject_of(peer);
	const struct peer_count *count = peers_count(a->peers, peer->hash);
	uint32_t noise = 0;

	for (int i = 0; i < SYMPTOM_COUNT; i++)
		noise += peer->counts[i];
	noise -= peer->troubles;
	emit_number(e, "log.troubles", subject, peer->troubles);
	emit_positive(e, "log.noise", subject, noise);
	emit_positive(e, "log.sessions", subject, count->sessions);
	emit_positive(e, "log.delivered", subject, count->delivered);
	if (count->sessions > 0)
		emit_number(e, "log.share", subject, fmin(1, (peer->troubles + noise) / (double)count->sessions));
	emit_time(e, "log.first", subject, peer->first);
	emit_time(e, "log.last", subject, peer->last);
	if (peer->troubles > 1 && peer->last > peer->first)
		emit_number(e, "log.rate", subject, (peer->troubles - 1) * 3600.0 / (peer->last - peer->first));
	emit_counts(e, subject, peer->counts);
	emit_trouble(e, subject, peer, count);
	emit_clean(e, "log.example", subject, peer->example);
	emit_positive(e, "log.retry.failed", subject, peer->failed_messages);
	if (peer->failed_messages > 0)
		emit_number(e, "log.retry.delivered", subject, peer->later_delivered);
	free(subject);
}

/* --- the whole log */

static void emit_servers(const struct analysis *a, struct emit *e, const char *subject)
{
	for (int i = LOG_MTA_UNKNOWN + 1; i < LOG_MTA_COUNT; i++) {
		if (a->mta[i] < 1)
			continue;
		char *text = xasprintf(_("%s: %.0f lines"), log_mta_name((enum log_mta)i), a->mta[i]);
		emit_text(e, "log.servers", subject, text);
		free(text);
	}
}

static void emit_totals(const struct analysis *a, struct emit *e, const char *subject)
{
	emit_time(e, "log.first", subject, a->first);
	emit_time(e, "log.last", subject, a->last);
	if (!isnan(a->first))
		emit_number(e, "log.span", subject, a->last - a->first);
	emit_positive(e, "log.sessions", subject, a->connections);
	emit_positive(e, "log.received", subject, a->received);
	emit_positive(e, "log.sent", subject, a->sent);
	emit_positive(e, "log.deferred", subject, a->deferred);
	emit_positive(e, "log.suspended", subject, a->suspended);
	emit_positive(e, "log.bounced", subject, a->bounced);
	emit_number(e, "log.troubles", subject, a->troubles);
	emit_number(e, "log.noise", subject, a->noise);
	if (a->connections + a->sent > 0)
		emit_number(e, "log.share", subject, fmin(1, a->troubles / (a->connections + a->sent)));
	emit_counts(e, subject, a->all->counts);
	emit_positive(e, "log.retry.failed", subject, a->failed_messages);
	if (a->failed_messages > 0)
		emit_number(e, "log.retry.delivered", subject, a->later_delivered);
}

static void emit_figures(const struct analysis *a, struct emit *e, const char *subject)
{
	if (a->concurrency >= 0) {
		emit_number(e, "log.concurrency", subject, a->concurrency);
		emit_clean(e, "log.concurrency.peer", subject, a->concurrency_peer);
	}
	if (a->rate >= 0) {
		emit_number(e, "log.connection.rate", subject, a->rate);
		emit_clean(e, "log.connection.rate.peer", subject, a->rate_peer);
	}
	emit_positive(e, "log.clients.most", subject, sessions_most(a->sessions));
	emit_positive(e, "log.limit", subject, a->limit);
	emit_positive(e, "log.load", subject, a->load);
}

/* The first 24 bits of an IPv4 address, the first 48 of an IPv6 one, as text. */
static size_t network_size(const char *address)
{
	const bool v6 = strchr(address, ':') != NULL;
	const char *end = address;

	for (int parts = 0; parts < 3 && end != NULL; parts++)
		end = strchr(parts == 0 ? address : end + 1, v6 ? ':' : '.');
	return end != NULL ? (size_t)(end - address) : strlen(address);
}

static void emit_scope(const struct analysis *a, struct emit *e, const char *subject, struct peer **peers, size_t count)
{
	const double troubled = peers_troubled(a->peers);
	double most = 0, all = 0;

	emit_number(e, "log.peers", subject, peers_known(a->peers) + peers_forgotten(a->peers));
	emit_number(e, "log.peers.troubled", subject, troubled);
	if (troubled < 1)
		return;
	for (size_t i = 0; i < count; i++) {
		double together = 0;
		const size_t size = network_size(peers[i]->address);
		for (size_t j = 0; j < count; j++)
			if (strncmp(peers[i]->address, peers[j]->address, size) == 0)
				together += peers[j]->troubles;
		most = fmax(most, together);
		all += peers[i]->troubles;
	}
	emit_text(e, "log.scope", subject,
	          troubled < 2 ? "one-peer"
	          : most >= NETWORK_SHARE * all
	              ? (peers[0]->troubles >= NETWORK_SHARE * all ? "one-peer" : "one-network")
	          : troubled < MANY_PEERS ? "several"
	                                  : "many");
}

static void emit_course(const struct analysis *a, struct emit *e, const char *subject)
{
	const struct change change = history_change(&a->history);

	if (a->troubles < 1)
		return;
	emit_text(e, "log.course", subject, course_name(change.course));
	if (change.course == COURSE_BEGAN || change.course == COURSE_ENDED)
		emit_time(e, "log.course.at", subject, change.at);
	if (change.course == COURSE_BEGAN || change.course == COURSE_WITH_LOAD)
		emit_number(e, "log.course.factor", subject, change.factor);
}

static void emit_histogram(const struct analysis *a, struct emit *e, const char *subject)
{
	const struct history *h = &a->history;
	const size_t joined = (h->count + BUCKETS_SHOWN - 1) / BUCKETS_SHOWN;
	struct buf text;
	char stamp[CLOCK_STAMP_SIZE];

	if (h->count < 2 || !clock_stamp_of(history_start(h), stamp))
		return;
	buf_init(&text, 4096);
	buf_printf(&text, "%s %.0f", stamp, history_step(h) * (double)joined);
	for (size_t i = 0; i < h->count; i += joined) {
		double rows[HISTORY_ROWS] = {0};
		for (size_t row = 0; row < HISTORY_ROWS; row++)
			for (size_t j = i; j < i + joined && j < h->count; j++)
				rows[row] += h->rows[row][j];
		buf_printf(&text, " %.0f/%.0f", rows[HISTORY_SESSIONS], rows[HISTORY_TROUBLES]);
	}
	emit_text(e, "log.histogram", subject, text.text);
	buf_done(&text);
}

static void emit_summarised(const struct analysis *a, struct emit *e, const char *subject, size_t peers)
{
	char *text;

	if (peers_forgotten(a->peers) > 0) {
		text = xasprintf(_("about %.0f peers with few sessions were counted and forgotten"),
		                 peers_forgotten(a->peers));
		emit_text(e, "log.summarised", subject, text);
		free(text);
	}
	if (peers_displaced(a->peers) > 0) {
		text = xasprintf(_("details of about %.0f peers with few symptoms gave way to others"),
		                 peers_displaced(a->peers));
		emit_text(e, "log.summarised", subject, text);
		free(text);
	}
	if (messages_forgotten(a->messages) > 0) {
		text = xasprintf(_("%.0f messages were on their way for so long that their size was forgotten"),
		                 messages_forgotten(a->messages));
		emit_text(e, "log.summarised", subject, text);
		free(text);
	}
	if (peers > LOG_PEERS_SHOWN) {
		text = xasprintf(_("more than %d peers had symptoms; those with the most are listed"), LOG_PEERS_SHOWN);
		emit_text(e, "log.summarised", subject, text);
		free(text);
	}
}

void log_facts_emit(struct analysis *a, struct emit *e, const char *subject)
{
	struct peer *peers[LOG_PEERS_SHOWN];
	const size_t count = peers_heaviest(a->peers, peers, LOG_PEERS_SHOWN);
	const size_t shown = count < LOG_PEERS_SHOWN ? count : LOG_PEERS_SHOWN;
	const bool one = shown > 0 && peers[0]->troubles > 0 && peers[0]->troubles >= MAIN_SHARE * a->troubles;

	emit_servers(a, e, subject);
	emit_totals(a, e, subject);
	emit_figures(a, e, subject);
	emit_scope(a, e, subject, peers, shown);
	emit_course(a, e, subject);
	emit_histogram(a, e, subject);
	if (a->troubles > 0)
		emit_trouble(e, subject, one ? peers[0] : a->all, one ? peers_count(a->peers, peers[0]->hash) : NULL);
	else
		emit_stay(e, subject, a->all);
	emit_summarised(a, e, subject, count);
	log_words_emit(a, e, subject);
	for (size_t i = 0; i < shown; i++)
		emit_peer(a, e, peers[i]);
}
