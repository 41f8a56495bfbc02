#include "checks/log/words.h"

#include "base/text.h"
#include "base/xalloc.h"
#include "log/word.h"
#include "smtp/replies.h"

#include <stdlib.h>
#include <string.h>

#define SHARE_OF_TROUBLES 0.1   /* a word that is rarer than this among the troubles is not what the log is about */
#define SHARE_OF_MAIL     0.002 /* a weak one also has to be that frequent among sessions and deliveries */
#define WEAK_MIN          3
#define NOISE_SHARE       0.2 /* noise per session from which it is worth a word */
#define NOISE_MIN         10
#define REPLIES_ASKED     10 /* peers whose example is looked up in the catalogue of replies */

struct said {
	const char *words[64];
	size_t count;
};

static void say(struct said *said, struct emit *e, const char *subject, const char *word)
{
	for (size_t i = 0; i < said->count; i++)
		if (strcmp(said->words[i], word) == 0)
			return;
	if (said->count == sizeof said->words / sizeof said->words[0])
		return;
	said->words[said->count++] = word;
	emit_text(e, "seen.says", subject, word);
}

static bool is_frequent(const struct analysis *a, double count, bool weak)
{
	const double mail = a->connections + a->sent + a->deferred;

	if (count < 1 || count < SHARE_OF_TROUBLES * a->troubles)
		return false;
	return !weak || (count >= WEAK_MIN && count >= SHARE_OF_MAIL * mail);
}

/* What the replies are about that the peers most in trouble gave. */
static void say_replies(struct analysis *a, struct emit *e, const char *subject, struct said *said)
{
	struct peer *peers[REPLIES_ASKED];
	const size_t count = peers_heaviest(a->peers, peers, REPLIES_ASKED);
	struct replies *replies = replies_load(NULL);

	for (size_t i = 0; i < count && i < REPLIES_ASKED && replies != NULL; i++) {
		const double refusals = peers[i]->counts[SYMPTOM_BUSY] + peers[i]->counts[SYMPTOM_REFUSED];
		if (peers[i]->direction != LOG_OUT || !is_frequent(a, refusals, true))
			continue;
		char *reply = text_clean_dup(peers[i]->example, strlen(peers[i]->example), sizeof peers[i]->example);
		const struct reply_row *row = replies_find(replies, reply, NULL);
		if (row != NULL && fact_def_has_word(fact_def_find("seen.says"), row->class))
			say(said, e, subject, row->class);
		free(reply);
	}
	replies_free(replies);
}

void log_words_emit(struct analysis *a, struct emit *e, const char *subject)
{
	struct said said = {.count = 0};
	double lines = 0;

	for (int i = 0; i < LOG_MTA_COUNT; i++)
		lines += a->mta[i];
	if (lines <= LOG_EXCERPT_MAX)
		return;
	if (a->sent > 0)
		say(&said, e, subject, "delivered");
	for (size_t i = 0; i < log_words_count; i++)
		if (is_frequent(a, a->words[i], log_words[i].weak))
			say(&said, e, subject, log_words[i].word);
	say_replies(a, e, subject, &said);
	if (a->troubles < 1 && a->noise >= NOISE_MIN && a->noise >= NOISE_SHARE * a->connections)
		say(&said, e, subject, "noise");
}
