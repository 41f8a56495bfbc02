#include "text/meaning.h"

#include "base/xalloc.h"
#include "text/clue.h"
#include "text/fold.h"
#include "text/transcript.h"

#include <stdlib.h>
#include <string.h>

#define REPLY_MAX 4000 /* bytes of a reply that are looked at */

/* The phase of the session in which a quoted reply came, where the line says so; NULL otherwise. */
static const char *phase_said(const char *line)
{
	if (strstr(line, "RCPT") != NULL || strcasestr(line, "recipient") != NULL)
		return "rcpt";
	if (strstr(line, "MAIL FROM") != NULL)
		return "mail";
	return strstr(line, "refused to talk to me") != NULL ? "banner" : NULL;
}

/* The row for a reply that the line is or quotes, and where in the line it begins; NULL when there is none. */
static const struct reply_row *find_reply(const struct replies *replies, const char *line, size_t *begin)
{
	const struct reply_row *row = NULL;
	char reply[REPLY_MAX];
	size_t at = 0, step;

	/* A line may quote several: "451 ErrorInProcessing: 4.7.500 Access denied". */
	while (row == NULL && clue_reply_find(line + at, reply, sizeof reply, &step)) {
		*begin = at + step;
		row = replies_find(replies, reply, phase_said(line));
		at += step + strlen("421");
	}
	return row;
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

/* Whether a row says why, not only that something went wrong. */
static bool is_specific(const char *class)
{
	static const char *const vague[] = {"session", "connected", "quoted", "delivered", "deferred",
	                                    "expired", "shutdown",  "other",  "policy",    NULL};

	return !is_one_of(class, vague);
}

/* What a server that consents may tell all the same. Its greeting speaks of spam and abuse without meaning us. */
static bool may_be_in_consent(const struct wording *row)
{
	static const char *const classes[] = {"inspection",     "delivered", "connected", "session",
	                                      "proxy-protocol", "tarpit",    NULL};

	return is_one_of(row->class, classes);
}

/* A setting says how things are to be, not how they are. */
static bool may_be_in_setting(const struct wording *row)
{
	return strcmp(row->side, "config") == 0;
}

/* Whether the line is a reply by which the server goes along: "220-We do not authorize ... unsolicited ...". */
static bool is_consent(const char *line)
{
	const char *text;

	return transcript_side(line, true, &text) == SIDE_SERVER &&
	       (text[0] == '2' || strncmp(text, "354", 3) == 0 || strncmp(text, "334", 3) == 0);
}

/* In the first `size` bytes of the line. */
static const struct wording *find_wording(const struct wordings *wordings, const char *line, size_t size,
                                          bool is_setting)
{
	char *lower = xstrndup(line, size);
	const struct wording *row;

	fold(lower);
	if (is_setting)
		row = wordings_find_among(wordings, lower, may_be_in_setting);
	else if (is_consent(line))
		row = wordings_find_among(wordings, lower, may_be_in_consent);
	else
		row = wordings_find(wordings, lower);
	free(lower);
	return row;
}

static bool is_noise(const struct wording *row)
{
	return strcmp(row->class, "noise") == 0;
}

/* The row by which a line of a server's own log is about a stranger, whatever the server replied to it. */
static const struct wording *find_stranger(const struct wordings *wordings, const char *line)
{
	char *lower = xstrdup(line);

	fold(lower);
	const struct wording *row = wordings_find_among(wordings, lower, is_noise);
	free(lower);
	return row != NULL && strcmp(row->side, "server-log") == 0 ? row : NULL;
}

/*
 * Both catalogues. When that of replies knows the words of a reply, only what stands before it is looked up in the other;
 * when it goes by the code alone, words that say why count more.
 */
static struct meaning find_rows(const struct wordings *wordings, const struct replies *replies, const char *line,
                                bool is_setting, bool is_log)
{
	size_t begin = 0;
	const struct reply_row *reply = find_reply(replies, line, &begin);
	const bool is_general = reply == NULL || strcmp(reply->server, "any") == 0 || !is_specific(reply->class);
	const size_t own = is_general ? strlen(line) : begin;
	const struct wording *wording = find_wording(wordings, line, own, is_setting);
	const struct wording *stranger = is_log && !is_general ? find_stranger(wordings, line) : NULL;

	if (stranger != NULL)
		return (struct meaning){.wording = stranger, .own = own};
	/* What a server says to the client is not what a library says of its own timers and connections. */
	const bool is_of_reply = reply != NULL && wording != NULL && begin == 0 && reply->wording[0] != '\0' &&
	                         is_specific(reply->class) && strcmp(wording->side, "library") == 0;
	const bool takes_reply =
	    reply != NULL && (!is_general || wording == NULL || is_of_reply || !is_specific(wording->class));
	return (struct meaning){
	    .wording = is_of_reply ? NULL : wording, .reply = takes_reply ? reply : NULL, .own = own};
}

static bool tells_why(const struct meaning *meaning)
{
	return (meaning->wording != NULL && is_specific(meaning->wording->class)) ||
	       (meaning->reply != NULL && is_specific(meaning->reply->class));
}

/*
 * The reason that a program passes on inside a sentence of its own: Exchange Online's "[Message=...]", the text with which a
 * milter refused. NULL when there is none; ends where the line or the bracket does.
 */
static char *reason_within(const char *line)
{
	static const char message[] = "[Message=", milter[] = "milter-reject: ";
	const char *reason = strstr(line, message);

	if (reason != NULL) {
		reason += strlen(message);
		return xstrndup(reason, strcspn(reason, "]"));
	}
	reason = strstr(line, milter);
	reason = reason != NULL ? strstr(reason, "]: ") : NULL;
	return reason != NULL ? xstrdup(reason + strlen("]: ")) : NULL;
}

struct meaning meaning_find(const struct wordings *wordings, const struct replies *replies, const char *line,
                            bool is_setting, bool is_log)
{
	char *reason = reason_within(line);
	struct meaning meaning = {.wording = NULL};

	if (reason != NULL)
		meaning = find_rows(wordings, replies, reason, false, is_log);
	free(reason);
	return tells_why(&meaning) ? meaning : find_rows(wordings, replies, line, is_setting, is_log);
}
