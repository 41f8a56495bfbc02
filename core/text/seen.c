#include "text/seen.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "log/analysis.h"
#include "smtp/replies.h"
#include "text/client_options.h"
#include "text/clue.h"
#include "text/contacts.h"
#include "text/fold.h"
#include "text/joined.h"
#include "text/manual.h"
#include "text/meaning.h"
#include "text/segments.h"
#include "text/server_config.h"
#include "text/transcript.h"
#include "text/wordings.h"

#include <stdlib.h>
#include <string.h>

#define LINE_MAX_READ  4000 /* bytes of a line that are looked at */
#define LINE_MAX_SHOWN 400
#define WORDS_MAX      192
#define EXPLAINED_MAX  12
#define VERDICTS_MAX   12
#define REMARKS_MAX    8

/* So many lines are looked up in the catalogues, which takes far longer than reading them. */
#define LOOKED_UP_MAX 20000

/* A word in a large file that is no log of a mail server. */
#define OFTEN_MIN   3
#define OFTEN_SHARE 0.002

/* A word of seen.says, and how many lines say it. */
struct said {
	const char *word;
	double in_logs, elsewhere;
};

struct explanation {
	char *subject, *line;
	const char *id; /* of the catalogue row */
	const char *server, *phase, *setting, *means;
};

struct seen {
	struct wordings *wordings;
	struct replies *replies;
	struct manual *manual;
	struct transcript transcript;
	struct segments segments;
	struct contacts contacts;
	struct client_options options;
	struct server_config *server;
	struct said words[WORDS_MAX]; /* in the order in which they came */
	size_t word_count;
	struct explanation explained[EXPLAINED_MAX];
	size_t explained_count;
	double log_lines, looked_up, unread;
	struct joined held;    /* lines of which more may follow, */
	const char *held_file; /* and where they began; the name is the caller's, valid to the end of the file */
	long held_number;
	enum log_mta mta;    /* whose log it is */
	const char *replier; /* whose reply was quoted */
};

struct seen *seen_new(struct err *err)
{
	struct seen *seen = xcalloc(1, sizeof *seen);

	transcript_init(&seen->transcript);
	if ((seen->wordings = wordings_load(err)) == NULL || (seen->replies = replies_load(err)) == NULL ||
	    (seen->manual = manual_load(err)) == NULL || (seen->server = server_config_new(err)) == NULL) {
		seen_free(seen);
		return NULL;
	}
	return seen;
}

void seen_free(struct seen *seen)
{
	if (seen == NULL)
		return;
	for (size_t i = 0; i < seen->explained_count; i++) {
		free(seen->explained[i].subject);
		free(seen->explained[i].line);
	}
	wordings_free(seen->wordings);
	replies_free(seen->replies);
	manual_free(seen->manual);
	server_config_free(seen->server);
	free(seen);
}

static void say(struct seen *seen, const char *word, bool is_log)
{
	size_t i = 0;

	while (i < seen->word_count && strcmp(seen->words[i].word, word) != 0)
		i++;
	if (i == WORDS_MAX)
		return;
	if (i == seen->word_count)
		seen->words[seen->word_count++] = (struct said){.word = word};
	*(is_log ? &seen->words[i].in_logs : &seen->words[i].elsewhere) += 1;
}

/* --- explanations */

/* The first line of each row of a catalogue is explained. */
static void explain(struct seen *seen, const char *file, long number, const char *line, const char *id,
                    const char *server, const char *phase, const char *setting, const char *means)
{
	for (size_t i = 0; i < seen->explained_count; i++)
		if (strcmp(seen->explained[i].id, id) == 0)
			return;
	if (seen->explained_count == EXPLAINED_MAX)
		return;
	seen->explained[seen->explained_count++] = (struct explanation){
	    .subject = xasprintf(_("%s line %ld"), file, number),
	    .line = text_clean_dup(line, strlen(line), LINE_MAX_SHOWN),
	    .id = id,
	    .server = server,
	    .phase = phase,
	    .setting = setting,
	    .means = means,
	};
}

static void emit_explanation(const struct seen *seen, const struct explanation *x, struct emit *e)
{
	const struct manual_entry *entry =
	    x->setting[0] != '\0' ? manual_find(seen->manual, x->server, x->setting) : NULL;

	emit_text(e, "seen.line", x->subject, x->line);
	if (strcmp(x->server, "any") != 0)
		emit_text(e, "seen.line.who", x->subject, x->server);
	if (strcmp(x->phase, "any") != 0)
		emit_text(e, "seen.line.phase", x->subject, x->phase);
	emit_text(e, "seen.line.means", x->subject, x->means);
	if (x->setting[0] != '\0')
		emit_text(e, "seen.line.setting", x->subject, x->setting);
	if (entry == NULL)
		return;
	if (entry->value[0] != '\0')
		emit_text(e, "seen.line.default", x->subject, entry->value);
	if (entry->read[0] != '\0')
		emit_text(e, "seen.line.read", x->subject, entry->read);
	if (entry->change[0] != '\0')
		emit_text(e, "seen.line.change", x->subject, entry->change);
}

/* --- lines */

/* Whether the log grammars say that all is well, so that no catalogue need be asked. */
static bool is_healthy(const struct seen *seen, const struct log_event *event)
{
	switch (event->kind) {
	case LOG_PLAIN: /* what the grammars leave alone the catalogue may know; in a large log that would cost too much */
		return event->symptom == SYMPTOM_NONE && seen->log_lines > LOG_EXCERPT_MAX;
	case LOG_CONNECT:
	case LOG_DISCONNECT:
	case LOG_ACCEPTED:
	case LOG_QUEUED:
	case LOG_SENT:
	case LOG_REMOVED:
	case LOG_MAXIMUM:
		return event->symptom == SYMPTOM_NONE;
	default:
		return false;
	}
}

static void take_reply(struct seen *seen, const char *file, long number, const char *line, const struct reply_row *row,
                       bool is_log)
{
	say(seen, row->class, is_log);
	explain(seen, file, number, line, row->id, row->server, row->phase, row->setting, row->means);
	if (seen->replier == NULL && strcmp(row->server, "any") != 0)
		seen->replier = row->server;
}

/* Lines that tell nothing about trouble need no explanation. */
static bool is_worth_telling(const char *class)
{
	static const char *const plain[] = {"session", "connected", "quoted", "delivered"};

	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		if (strcmp(class, plain[i]) == 0)
			return false;
	return true;
}

/* What a person adds may say several things at once. */
static void look_up_remarks(struct seen *seen, const char *line, size_t size)
{
	const struct wording *found[REMARKS_MAX];
	char *lower = xstrndup(line, size);

	fold(lower);
	const size_t count = wordings_find_remarks(seen->wordings, lower, found, REMARKS_MAX);
	free(lower);
	for (size_t i = 0; i < count; i++)
		say(seen, found[i]->class, false);
}

/* Whether the line gives a name of several parts a value: "postscreen_blacklist_action = drop", "resolve_timeout: 2m". */
static bool looks_like_setting(const char *line)
{
	const char *name = line + strspn(line, " \t");
	const size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

	if (size == 0 || memchr(name, '_', size) == NULL)
		return false;
	const char *sign = name + size + strspn(name + size, " ");
	return *sign == '=' || (*sign == ':' && sign[1] == ' ' && strchr(sign + 2, ' ') == NULL);
}

static void take_wording(struct seen *seen, const char *file, long number, const char *line, const struct wording *row,
                         bool is_log)
{
	say(seen, row->class, is_log);
	if (strcmp(row->class, "connected") == 0)
		transcript_connected(&seen->transcript);
	contacts_add(&seen->contacts, row->class, line);
	if (is_worth_telling(row->class))
		explain(seen, file, number, line, row->id, row->server, row->phase, row->setting, row->means);
}

/* True when either catalogue knows the line. */
static bool look_up(struct seen *seen, const char *file, long number, const char *line, bool is_setting, bool is_log)
{
	const struct meaning meaning = meaning_find(seen->wordings, seen->replies, line, is_setting, is_log);

	if (!is_log)
		look_up_remarks(seen, line, meaning.own);
	if (meaning.wording != NULL)
		take_wording(seen, file, number, line, meaning.wording, is_log);
	if (meaning.reply != NULL)
		take_reply(seen, file, number, line, meaning.reply, is_log);
	return meaning.wording != NULL || meaning.reply != NULL;
}

static bool look_up_held(struct seen *seen)
{
	char line[JOINED_MAX];

	memcpy(line, seen->held.line, sizeof line);
	seen->held.line[0] = '\0';
	return line[0] != '\0' && look_up(seen, seen->held_file, seen->held_number, line, false, false);
}

/* look_up() for a line of which more may follow, which is looked up as one. */
static bool look_up_whole(struct seen *seen, const char *file, long number, const char *line, bool is_setting,
                          bool is_log)
{
	const enum joined_step step = joined_add(&seen->held, line);

	if (step == JOINED_LAST)
		look_up_held(seen);
	if (step != JOINED_OTHER)
		return true;
	look_up_held(seen);
	if (is_log || is_setting || !joined_begin(&seen->held, line))
		return look_up(seen, file, number, line, is_setting, is_log);
	seen->held_file = file;
	seen->held_number = number;
	return true;
}

/* qmail-send writes the reason of a failure with underscores: "delivery 7: deferral: Connected_to_192.0.2.1_but_". */
static void blank_underscores(char *line)
{
	char *reason = strstr(line, "delivery ") != NULL ? strstr(line, ": deferral: ") : NULL;

	if (reason == NULL && strstr(line, "delivery ") != NULL)
		reason = strstr(line, ": failure: ");
	for (; reason != NULL && *reason != '\0'; reason++)
		if (*reason == '_')
			*reason = ' ';
}

bool seen_line(struct seen *seen, const char *file, long number, struct slice line, const struct log_event *event)
{
	char clean[LINE_MAX_READ];

	if (event != NULL) {
		if (++seen->log_lines > LOG_EXCERPT_MAX && event->kind != LOG_UNKNOWN)
			return true;
		if (event->mta != LOG_MTA_UNKNOWN)
			seen->mta = event->mta;
		if (is_healthy(seen, event)) {
			if (event->kind == LOG_SENT)
				say(seen, "delivered", true);
			return true;
		}
	}
	if (seen->looked_up >= LOOKED_UP_MAX) {
		seen->unread++;
		return false;
	}
	seen->looked_up++;
	text_clean(line.at, line.size < sizeof clean ? line.size : sizeof clean, clean, sizeof clean);
	if (clean[strspn(clean, " \t")] == '\0')
		return true;
	blank_underscores(clean);
	/* What no grammar knows is told however large the log is, when it comes often. */
	const bool is_log = event != NULL && seen->log_lines <= LOG_EXCERPT_MAX;
	if (clue_slots_full(clean))
		say(seen, "process-limit", is_log);
	const bool is_session = transcript_line(&seen->transcript, clean, event == NULL);
	const bool is_packet = event == NULL && segments_line(&seen->segments, clean);
	const bool is_setting = event == NULL && server_config_line(seen->server, clean, number);
	const bool is_option = event == NULL && !is_setting && client_options_line(&seen->options, clean);
	if (event == NULL)
		contacts_add_named_port(&seen->contacts, clean);
	const bool is_known = look_up_whole(seen, file, number, clean, is_setting || looks_like_setting(clean), is_log);
	return is_session || is_packet || is_setting || is_option || is_known ||
	       (event != NULL && event->kind != LOG_UNKNOWN);
}

void seen_end_of_file(struct seen *seen)
{
	const char *verdicts[VERDICTS_MAX];
	int count = transcript_verdict(&seen->transcript, verdicts, VERDICTS_MAX);

	look_up_held(seen);

	for (int i = 0; i < count; i++)
		say(seen, verdicts[i], false);
	transcript_init(&seen->transcript);
	count = segments_verdict(&seen->segments, verdicts, VERDICTS_MAX);
	for (int i = 0; i < count; i++)
		say(seen, verdicts[i], false);
	seen->segments = (struct segments){.next = 0};
}

/* --- facts */

static const char *software(const struct seen *seen)
{
	const struct fact_def *def = fact_def_find("smtp.server.software");
	const char *name = seen->mta != LOG_MTA_UNKNOWN ? log_mta_name(seen->mta) : seen->replier;

	return name != NULL && fact_def_has_word(def, name) ? name : NULL;
}

/*
 * Among a few lines each one counts. In a large file every wording occurs somewhere: of the lines of mail servers others
 * tell what they say together (facts log.*), of the rest a word must come often.
 */
static bool is_told(const struct seen *seen, const struct said *said)
{
	const double lines = seen->log_lines + seen->looked_up;

	if (seen->log_lines <= LOG_EXCERPT_MAX && said->in_logs > 0)
		return true;
	if (lines <= LOG_EXCERPT_MAX)
		return said->elsewhere > 0;
	return said->elsewhere >= OFTEN_MIN && said->elsewhere >= OFTEN_SHARE * lines;
}

void seen_emit(struct seen *seen, struct emit *e, const char *subject)
{
	for (size_t i = 0; i < seen->word_count; i++)
		if (is_told(seen, &seen->words[i]))
			emit_text(e, "seen.says", subject, seen->words[i].word);
	contacts_emit(&seen->contacts, e, subject);
	client_options_emit(&seen->options, e, subject);
	server_config_emit(seen->server, e, subject);
	if (software(seen) != NULL)
		emit_text(e, "smtp.server.software", subject, software(seen));
	if (seen->unread > 0)
		emit_number(e, "seen.lines.unread", subject, seen->unread);
	for (size_t i = 0; i < seen->explained_count; i++)
		emit_explanation(seen, &seen->explained[i], e);
}
