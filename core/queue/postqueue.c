/*
 * postqueue - the listing of `postqueue -p`, which is Postfix' mailq too:
 *
 *   -Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
 *   3290E1B5*      2360 Sun Nov 22 04:39:39  sender@example.com
 *                (connect to mx.example.net[192.0.2.1]:25: Connection timed out)
 *                                            recipient@example.net
 *
 *   -- 4 Kbytes in 1 Request.
 *
 * A reason is that of the recipients below it. Marks: * being delivered, ! on hold, # to be given up.
 */
#include "queue/listing.h"

#define ID_MIN ((size_t)5)
#define ID_MAX ((size_t)32)

/* Letters and digits, then perhaps a mark. */
static bool is_queue_id(struct slice word, enum queue_state *state)
{
	if (word.size == 0)
		return false;
	const char mark = word.at[word.size - 1];
	*state = mark == '*' ? QUEUE_ACTIVE : mark == '!' ? QUEUE_HELD : QUEUE_WAITING;
	if (mark == '*' || mark == '!' || mark == '#')
		word.size--;
	if (word.size < ID_MIN || word.size > ID_MAX)
		return false;
	for (size_t i = 0; i < word.size; i++)
		if (!((word.at[i] >= '0' && word.at[i] <= '9') || (word.at[i] >= 'A' && word.at[i] <= 'Z') ||
		      (word.at[i] >= 'a' && word.at[i] <= 'z')))
			return false;
	return true;
}

static bool heading(struct listing *l, struct slice line)
{
	const struct slice text = line_trim(line);
	const bool is_end = slice_begins(text, "-- ") && slice_find(text, "bytes in ").at != NULL &&
	                    slice_find(text, " Request").at != NULL;

	if (!is_end && !slice_is(text, "Mail queue is empty") && !slice_begins(text, "-Queue ID-"))
		return false;
	listing_end(l);
	l->sums.listings++;
	return true;
}

static bool entry(struct listing *l, struct slice line)
{
	struct queue_message message = {.mta = LOG_POSTFIX};
	struct slice rest = line;

	if (!is_queue_id(next_word(&rest), &message.state))
		return false;
	const struct slice size = next_word(&rest);
	if (!is_number(size) || !is_weekday(next_word(&rest)))
		return false;
	struct slice clock = rest;
	next_word(&clock);
	next_word(&clock);
	if (next_word(&clock).size != sizeof "04:39:39" - 1) /* Sendmail's has no seconds */
		return false;
	return listing_begin_dated(l, LISTING_POSTFIX, &message, size, &rest);
}

bool postqueue_line(struct listing *l, struct slice line)
{
	if (heading(l, line) || entry(l, line))
		return true;
	if (l->within != LISTING_POSTFIX)
		return false;
	struct slice text = line_trim(line), rest = text;
	if (text.size == 0) {
		listing_end(l);
		return true;
	}
	if (text.at[0] == '(') { /* what was cut off, or wrapped when it was pasted, has no bracket at its end */
		const bool is_whole = text.at[text.size - 1] == ')';
		listing_reason(l, slice_head(slice_from(text, 1), text.size - 1 - (size_t)is_whole));
		l->is_open = !is_whole;
		return true;
	}
	if (l->is_open && memchr(text.at, ' ', text.size) != NULL) {
		l->is_open = text.at[text.size - 1] != ')';
		return true;
	}
	next_word(&rest);
	if (rest.size == 0 && memchr(text.at, '@', text.size) != NULL) {
		listing_recipient(l, text);
		return true;
	}
	listing_end(l);
	return false;
}
