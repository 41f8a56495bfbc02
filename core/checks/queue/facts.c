#include "checks/queue/facts.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX     ((size_t)12) /* destinations with facts of their own */
#define COMMON_SHARE  0.8          /* of the reasons: then they are about one host, or one destination */
#define MANY_PEERS    5
#define MANY_SHARE    0.5 /* no destination has more than this, where they are called many */
#define SHARE_OF_TOLD 0.1 /* a word that is rarer than this among the reasons is not what the queue is about */

static void emit_counts(struct emit *e, const char *subject, const uint32_t counts[static SYMPTOM_COUNT])
{
	char name[64];

	for (int i = SYMPTOM_NONE + 1; i < SYMPTOM_NOISE; i++) {
		snprintf(name, sizeof name, "queue.count.%s", log_symptom_name((enum log_symptom)i));
		emit_positive(e, name, subject, counts[i]);
	}
}

/* Whose listing it is: "postfix (3 messages)", joined by commas. The caller frees. */
static char *listing_of(const struct queue_sums *sums)
{
	struct buf text;

	buf_init(&text, 256);
	for (int i = LOG_MTA_UNKNOWN + 1; i < LOG_MTA_COUNT; i++)
		if (sums->mta[i] > 0)
			buf_printf(&text, "%s%s (%.0f)", text.size > 0 ? ", " : "", log_mta_name((enum log_mta)i),
			           sums->mta[i]);
	return buf_take(&text);
}

static void emit_totals(const struct queue_sums *sums, struct emit *e, const char *subject)
{
	emit_number(e, "queue.messages", subject, sums->messages);
	emit_number(e, "queue.recipients", subject, sums->recipients);
	emit_number(e, "queue.deferred", subject, sums->told);
	emit_positive(e, "queue.active", subject, sums->active);
	emit_positive(e, "queue.held", subject, sums->held);
	emit_positive(e, "queue.bounces", subject, sums->bounces);
	emit_positive(e, "queue.bytes", subject, sums->bytes);
	emit_positive(e, "queue.largest", subject, sums->largest);
	if (sums->ages.count > 0) {
		emit_number(e, "queue.oldest", subject, (double)sums->ages.largest);
		emit_number(e, "queue.age", subject, sample_quantile(&sums->ages, 0.5));
		emit_number(e, "queue.newest", subject, (double)sums->ages.smallest);
	}
	char *listing = listing_of(sums);
	emit_clean(e, "queue.listing", subject, listing);
	free(listing);
}

static enum log_phase main_phase(const uint32_t phases[static PHASE_COUNT])
{
	enum log_phase best = PHASE_NONE;

	for (int i = PHASE_NONE + 1; i < PHASE_COUNT; i++)
		if (phases[i] > 0 && (best == PHASE_NONE || phases[i] > phases[best]))
			best = (enum log_phase)i;
	return best;
}

static void emit_reasons(const struct queue_sums *sums, struct emit *e, const char *subject)
{
	const enum log_symptom most = queue_main(sums->counts);
	const enum log_phase phase = main_phase(sums->phases);

	emit_counts(e, subject, sums->counts);
	if (most == SYMPTOM_NONE)
		return;
	emit_text(e, "queue.main", subject, log_symptom_name(most));
	emit_number(e, "queue.main.share", subject, sums->counts[most] / sums->told);
	emit_clean(e, "queue.example", subject, sums->examples[most]);
	if (phase != PHASE_NONE)
		emit_text(e, "queue.phase", subject, log_phase_name(phase));
}

static void emit_destination(const struct queue_peer *peer, struct emit *e)
{
	char *name = text_clean_dup(peer->name, strlen(peer->name), sizeof peer->name);
	char *subject = xasprintf("queue to %s", name);
	const enum log_symptom most = queue_main(peer->counts);

	emit_number(e, "queue.recipients", subject, peer->recipients);
	emit_positive(e, "queue.bytes", subject, peer->bytes);
	if (peer->oldest >= 0)
		emit_number(e, "queue.oldest", subject, peer->oldest);
	emit_clean(e, "queue.host", subject, peer->host);
	emit_counts(e, subject, peer->counts);
	if (most != SYMPTOM_NONE)
		emit_text(e, "queue.main", subject, log_symptom_name(most));
	emit_clean(e, "queue.example", subject, peer->example);
	free(subject);
	free(name);
}

/* Who is waited for: where the deferred messages have one thing in common, the trouble is there. */
static const char *scope_of(const struct queue_sums *sums, const struct queue_peer *domain,
                            const struct queue_peer *host, size_t domains)
{
	if (host != NULL && sums->named >= COMMON_SHARE * sums->told &&
	    host->recipients >= COMMON_SHARE * sums->named && domains > 1)
		return "one-host";
	if (domain->recipients >= COMMON_SHARE * sums->recipients)
		return "one-destination";
	return domains >= MANY_PEERS && domain->recipients <= MANY_SHARE * sums->recipients ? "many" : "several";
}

static void emit_peers(const struct queue_sums *sums, struct emit *e, const char *subject)
{
	const struct queue_peer *domains[SHOWN_MAX], *hosts[1] = {NULL};
	const size_t count = queue_heaviest(&sums->domains, domains, SHOWN_MAX);

	if (count == 0)
		return;
	queue_heaviest(&sums->hosts, hosts, 1);
	emit_number(e, "queue.destinations", subject, queue_distinct(&sums->domains));
	emit_number(e, "queue.share", subject, domains[0]->recipients / sums->recipients);
	if (hosts[0] != NULL) {
		emit_number(e, "queue.hosts", subject, queue_distinct(&sums->hosts));
		emit_clean(e, "queue.host", subject, hosts[0]->name);
		emit_number(e, "queue.host.share", subject, hosts[0]->recipients / sums->named);
	}
	if (sums->told > 0)
		emit_text(e, "queue.scope", subject, scope_of(sums, domains[0], hosts[0], count));
	for (size_t i = 0; i < count && i < SHOWN_MAX; i++)
		emit_destination(domains[i], e);
}

void queue_facts_emit(const struct queue_sums *sums, struct emit *e, const char *subject)
{
	emit_totals(sums, e, subject);
	emit_reasons(sums, e, subject);
	emit_peers(sums, e, subject);
	if (sums->domains.displaced > 0) {
		char *text = xasprintf(
		    _("%.0f recipients of rare destinations are in the totals only, and their number is an estimate"),
		    sums->domains.displaced);
		emit_text(e, "queue.summarised", subject, text);
		free(text);
	}
}

void queue_words_emit(const struct queue_sums *sums, struct emit *e, const char *subject)
{
	for (size_t i = 0; i < log_words_count; i++)
		if (sums->words[i] >= 1 && sums->words[i] >= SHARE_OF_TOLD * sums->told)
			emit_text(e, "seen.says", subject, log_words[i].word);
}
