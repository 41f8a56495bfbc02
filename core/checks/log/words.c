#include "checks/log/words.h"

#include "base/text.h"
#include "log/word.h"
#include "smtp/replies.h"

#include <stdlib.h>
#include <string.h>

#define SHARE_OF_TROUBLES 0.1   /* a word that is rarer than this among the troubles is not what the log is about */
#define SHARE_OF_MAIL     0.002 /* a weak one also has to be that frequent among sessions and deliveries */
#define WEAK_MIN          3
#define NOISE_SHARE       0.2 /* noise per session from which it is worth a word */
#define NOISE_MIN         10

/* Lines of mail servers that the log holds. */
static double lines_of(const struct analysis *a)
{
	double lines = 0;

	for (int i = 0; i < LOG_MTA_COUNT; i++)
		lines += a->mta[i];
	return lines;
}

static bool is_frequent(const struct analysis *a, double count, bool weak)
{
	const double mail = a->connections + a->sent + a->deferred;

	if (count < 1 || count < SHARE_OF_TROUBLES * a->troubles)
		return false;
	return !weak || (count >= WEAK_MIN && count >= SHARE_OF_MAIL * mail);
}

void log_words_emit(const struct analysis *a, struct emit *e, const char *subject)
{
	if (lines_of(a) <= LOG_EXCERPT_MAX)
		return;
	if (a->sent > 0)
		emit_text(e, "seen.says", subject, "delivered");
	for (size_t i = 0; i < log_words_count; i++)
		if (is_frequent(a, a->words[i], log_words[i].weak))
			emit_text(e, "seen.says", subject, log_words[i].word);
	if (a->troubles < 1 && a->noise >= NOISE_MIN && a->noise >= NOISE_SHARE * a->connections)
		emit_text(e, "seen.says", subject, "noise");
}

void log_replies_collect(struct analysis *a, struct log_replies *replies)
{
	struct peer *peers[LOG_REPLIES_MAX];
	const size_t count = peers_heaviest(a->peers, peers, LOG_REPLIES_MAX);

	*replies = (struct log_replies){.count = 0};
	if (lines_of(a) <= LOG_EXCERPT_MAX)
		return;
	for (size_t i = 0; i < count && i < LOG_REPLIES_MAX; i++) {
		const struct peer *peer = peers[i];
		const double refusals = peer->counts[SYMPTOM_BUSY] + peer->counts[SYMPTOM_REFUSED];
		if (peer->direction == LOG_OUT && is_frequent(a, refusals, true))
			replies->texts[replies->count++] =
			    text_clean_dup(peer->example, strlen(peer->example), sizeof peer->example);
	}
}

void log_replies_emit(const struct log_replies *replies, struct emit *e, const char *subject)
{
	struct replies *catalogue = replies->count > 0 ? replies_load(NULL) : NULL;
	const struct fact_def *def = fact_def_find("seen.says");
	const struct reply_row *last = NULL;

	for (size_t i = 0; i < replies->count && catalogue != NULL; i++) {
		/* "host mx.example.com[192.0.2.25] said: 421 4.7.0 ...": from the code on */
		const char *said = strstr(replies->texts[i], " said: ");
		const char *talk = strstr(replies->texts[i], " to me: ");
		const char *reply = said != NULL ? said + 7 : talk != NULL ? talk + 8 : replies->texts[i];
		const struct reply_row *row = replies_find(catalogue, reply, NULL);
		if (row != NULL && row != last && fact_def_has_word(def, row->class))
			emit_text(e, "seen.says", subject, row->class);
		last = row;
	}
	if (catalogue != NULL)
		replies_free(catalogue);
}

void log_replies_done(struct log_replies *replies)
{
	for (size_t i = 0; i < replies->count; i++)
		free(replies->texts[i]);
}
