/*
 * sendmail - the listing of Sendmail's mailq, plain and with -v:
 *
 *   		/var/spool/mqueue (1 request)
 *   -----Q-ID----- --Size-- -----Q-Time----- ------------Sender/Recipient-----------
 *   6AM4diYw000119     1446 Sun Nov 22 04:39 <sender@example.com>
 *                    (Deferred: Connection timed out with mx.example.net.)
 *   					 <recipient@example.net>
 *   		Total requests: 1
 *
 * With -v the priority takes the place of the weekday. Marks behind the id: * being delivered, - held back by load,
 * X too young to be tried again; ? stands for a host that is known to be down.
 */
#include "queue/listing.h"

#define ID_MIN ((size_t)8)
#define ID_MAX ((size_t)20)

static bool is_queue_id(struct slice word, enum queue_state *state)
{
	size_t size = 0, digits = 0;

	for (; size < word.size; size++) {
		const char c = word.at[size];
		if (c >= '0' && c <= '9')
			digits++;
		else if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')))
			break;
	}
	*state = size < word.size && word.at[size] == '*' ? QUEUE_ACTIVE : QUEUE_WAITING;
	return size >= ID_MIN && size <= ID_MAX && digits >= 2 &&
	       (size == word.size || (size + 1 == word.size && strchr("*-?", word.at[size]) != NULL));
}

static bool heading(struct listing *l, struct slice line)
{
	const struct slice text = line_trim(line);
	const bool is_folder =
	    slice_begins(text, "/") && memchr(text.at, ' ', text.size) != NULL &&
	    (slice_find(text, " requests)").at != NULL || slice_find(text, " request)").at != NULL ||
	     slice_find(text, " requests, only ").at != NULL || slice_find(text, "mqueue is empty").at != NULL ||
	     slice_find(text, "mqueue-client is empty").at != NULL);

	if (!is_folder && !slice_begins(text, "-----Q-ID-----") && !slice_begins(text, "Total requests: "))
		return false;
	listing_end(l);
	l->sums.listings++;
	return true;
}

/* "Sun", or with -v "60000 ", "60000+" (a message with a warning sent about it). */
static bool skip_day_or_priority(struct slice *line)
{
	size_t digits;

	*line = line_trim(*line);
	slice_number(slice_head(*line, 12), &digits);
	if (digits == 0)
		return is_weekday(next_word(line));
	*line = slice_from(*line, digits);
	if (line->size == 0 || (line->at[0] != ' ' && line->at[0] != '+'))
		return false;
	*line = slice_from(*line, 1);
	return true;
}

static bool entry(struct listing *l, struct slice line)
{
	struct queue_message message = {.mta = LOG_SENDMAIL, .age = -1};
	struct slice rest = line;

	if (!is_queue_id(next_word(&rest), &message.state))
		return false;
	struct slice size = next_word(&rest);
	if (slice_is(size, "*") || slice_is(size, "-")) { /* the mark, after a short id */
		message.state = slice_is(size, "*") ? QUEUE_ACTIVE : QUEUE_WAITING;
		size = next_word(&rest);
	}
	if (!is_number(size) && !slice_is(size, "?"))
		return false;
	if (!skip_day_or_priority(&rest))
		return false;
	return listing_begin_dated(l, LISTING_SENDMAIL, &message, size, &rest);
}

bool sendmail_queue_line(struct listing *l, struct slice line)
{
	if (heading(l, line) || entry(l, line))
		return true;
	if (l->within != LISTING_SENDMAIL)
		return false;
	const struct slice text = line_trim(line);
	const bool is_indented = line.size > 0 && (line.at[0] == ' ' || line.at[0] == '\t');
	if (!is_indented || text.size == 0) {
		listing_end(l);
		return text.size == 0;
	}
	if (slice_begins(text, "(---")) /* on whose behalf the recipients below are served */
		return true;
	/* "8BITMIME   (Deferred: ...)": what the body is may come first; long reasons are cut without a bracket. */
	const struct slice open = slice_find(text, "(");
	if (text.at[0] == '(' || (open.at != NULL && slice_find(open, ":").at != NULL &&
	                          memchr(text.at, '@', (size_t)(open.at - text.at)) == NULL)) {
		const size_t size = open.size - 1 - (open.at[open.size - 1] == ')');
		listing_reason(l, slice_head(slice_from(open, 1), size));
		return true;
	}
	if (slice_is(text, "8BITMIME") || slice_is(text, "7BIT"))
		return true;
	listing_recipient(l, text);
	return true;
}
