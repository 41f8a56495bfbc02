/*
 * exim - the listing of `exim -bp`, which is Exim's mailq too:
 *
 *   25m  2.9K 1xUzMc-00004i-2A <sender@example.com>
 *           D delivered@example.net
 *             waiting@example.org
 *
 * It tells no reasons: those are in the message's own log (exim -Mvl ID) and in the main log.
 */
#include "queue/listing.h"

/* "25m", "4h", "3d" -> seconds; -1. */
static double age_of(struct slice word)
{
	size_t digits;
	const double number = slice_number(word, &digits);

	if (number < 0 || digits + 1 != word.size)
		return -1;
	switch (word.at[digits]) {
	case 'm':
		return number * 60;
	case 'h':
		return number * 3600;
	case 'd':
		return number * 86400;
	default:
		return -1;
	}
}

/* "573", "2.9K", "12M" -> bytes; -1. */
static double size_of(struct slice word)
{
	size_t digits;
	double number = slice_number(word, &digits);

	word = slice_from(word, digits);
	if (number < 0 || word.size == 0)
		return number;
	if (word.at[0] == '.' && word.size > 1 && word.at[1] >= '0' && word.at[1] <= '9') {
		number += (word.at[1] - '0') / 10.0;
		word = slice_from(word, 2);
	}
	if (word.size != 1 || (word.at[0] != 'K' && word.at[0] != 'M'))
		return -1;
	return number * (word.at[0] == 'K' ? 1024 : 1048576);
}

/* "1xUzMc-00004i-2A", from 4.97 on "1xUzMc-0000000004i-2A0b". */
static bool is_message_id(struct slice word)
{
	if ((word.size != 16 && word.size != 23) || word.at[6] != '-' || word.at[word.size == 16 ? 13 : 18] != '-')
		return false;
	for (size_t i = 0; i < word.size; i++) {
		const char c = word.at[i];
		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-'))
			return false;
	}
	return true;
}

static bool entry(struct listing *l, struct slice line)
{
	struct queue_message message = {.mta = LOG_EXIM};
	struct slice rest = line;

	message.age = age_of(next_word(&rest));
	struct slice word = next_word(&rest);
	message.size = size_of(word);
	if (message.age < 0)
		return false;
	if (message.size < 0 && !is_message_id(word)) /* a message that is just coming in has no size yet */
		return false;
	if (!is_message_id(word) && !is_message_id(next_word(&rest)))
		return false;
	message.bounce = is_bounce(next_word(&rest));
	message.state = slice_find(rest, "*** frozen ***").at != NULL ? QUEUE_HELD : QUEUE_WAITING;
	listing_begin(l, LISTING_EXIM, &message);
	return true;
}

bool exim_queue_line(struct listing *l, struct slice line)
{
	if (entry(l, line))
		return true;
	if (l->within != LISTING_EXIM)
		return false;
	struct slice text = line_trim(line), rest = text;
	const bool is_indented = line.size > 0 && (line.at[0] == ' ' || line.at[0] == '\t');
	if (text.size == 0 || !is_indented) {
		listing_end(l);
		return text.size == 0;
	}
	const struct slice word = next_word(&rest);
	if (slice_is(word, "D") || slice_is(word, "+D")) /* delivered */
		l->waits = false;
	else if (rest.size == 0)
		listing_recipient(l, word);
	return true;
}
