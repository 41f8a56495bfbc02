#include "queue/queue.h"

#include "base/xalloc.h"
#include "log/stamp.h"
#include "queue/listing.h"

#include <stdio.h>
#include <stdlib.h>

struct queue {
	struct listing listing;
};

struct queue *queue_new(time_t now, void (*told)(const struct log_event *event, void *context), void *context)
{
	struct queue *queue = xcalloc(1, sizeof *queue);

	queue_sums_init(&queue->listing.sums);
	queue->listing.now = now;
	queue->listing.told = told;
	queue->listing.context = context;
	return queue;
}

void queue_free(struct queue *queue)
{
	if (queue == NULL)
		return;
	queue_sums_done(&queue->listing.sums);
	free(queue);
}

bool queue_line(struct queue *queue, struct slice line)
{
	struct listing *l = &queue->listing;

	return postqueue_line(l, line) || sendmail_queue_line(l, line) || exim_queue_line(l, line) ||
	       smtpctl_queue_line(l, line) || postqueue_json_line(l, line);
}

bool queue_is_within(const struct queue *queue)
{
	return queue->listing.within != LISTING_NONE;
}

void queue_next_file(struct queue *queue, time_t now)
{
	listing_end(&queue->listing);
	queue->listing.now = now;
}

bool queue_was_listed(const struct queue *queue)
{
	const struct queue_sums *sums = &queue->listing.sums;

	return sums->messages > 0 || sums->listings > 0;
}

const struct queue_sums *queue_sums(const struct queue *queue)
{
	return &queue->listing.sums;
}

/* --- messages */

void listing_end(struct listing *l)
{
	if (l->waits)
		listing_recipient(l, (struct slice){.at = "", .size = 0});
	l->within = LISTING_NONE;
	l->waits = false;
	l->has_reason = false;
	l->is_open = false;
}

void listing_begin(struct listing *l, enum listing_of within, const struct queue_message *message)
{
	listing_end(l);
	l->within = within;
	l->message = *message;
	l->waits = true;
	queue_sums_message(&l->sums, message);
}

void listing_reason(struct listing *l, struct slice reason)
{
	const size_t size = reason.size < sizeof l->reason_text ? reason.size : sizeof l->reason_text;

	memcpy(l->reason_text, reason.at, size);
	l->reason = (struct log_event){.mta = l->message.mta,
	                               .kind = LOG_DEFERRED,
	                               .direction = LOG_OUT,
	                               .time = (double)l->now,
	                               .pid = -1,
	                               .bytes = -1,
	                               .seconds = -1,
	                               .number = -1};
	log_reason_parse((struct slice){.at = l->reason_text, .size = size}, &l->reason);
	l->has_reason = true;
	if (l->told != NULL)
		l->told(&l->reason, l->context);
}

void listing_recipient(struct listing *l, struct slice address)
{
	l->waits = false;
	queue_sums_recipient(&l->sums, &l->message, address, l->has_reason ? &l->reason : NULL);
}

/* --- pieces of lines */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct slice line_trim(struct slice line)
{
	while (line.size > 0 && is_blank(line.at[0]))
		line = slice_from(line, 1);
	while (line.size > 0 && (is_blank(line.at[line.size - 1]) || line.at[line.size - 1] == '\r'))
		line.size--;
	return line;
}

struct slice next_word(struct slice *line)
{
	size_t size = 0;

	while (line->size > 0 && is_blank(line->at[0]))
		*line = slice_from(*line, 1);
	while (size < line->size && !is_blank(line->at[size]) && line->at[size] != '\r')
		size++;
	const struct slice word = slice_head(*line, size);
	*line = slice_from(*line, size);
	return word;
}

bool is_number(struct slice word)
{
	size_t digits;

	return slice_number(word, &digits) >= 0 && digits == word.size;
}

static bool is_one_of(struct slice word, const char *three)
{
	for (; *three != '\0'; three += 3)
		if (word.size == 3 && memcmp(word.at, three, 3) == 0)
			return true;
	return false;
}

bool is_weekday(struct slice word)
{
	return is_one_of(word, "MonTueWedThuFriSatSun");
}

bool is_bounce(struct slice sender)
{
	return slice_is(sender, "<>") || slice_is(sender, "") || slice_begins(sender, "MAILER-DAEMON") ||
	       slice_begins(sender, "<MAILER-DAEMON");
}

/*
 * No listing tells the year: it is the newest in which the stamp does not lie in the future, which a clock a little off
 * may make it seem to.
 */
static double age_of(const struct stamp *stamp, time_t now)
{
	struct tm tm;

	if (localtime_r(&now, &tm) == NULL)
		return -1;
	for (int back = 0; back < 2; back++) {
		struct tm then = stamp_tm(stamp, tm.tm_year + 1900 - back);
		const double age = difftime(now, mktime(&then));
		if (age >= -86400)
			return age > 0 ? age : 0;
	}
	return -1;
}

/* Takes "Nov 22 04:39[:12]" off; the age in seconds, or -1 when there is no such stamp. Local time of this machine. */
static double take_age(const struct listing *l, struct slice *line)
{
	struct slice rest = *line;
	const struct slice month = next_word(&rest), day = next_word(&rest), clock = next_word(&rest);
	struct stamp stamp;
	char text[32];

	if (!is_one_of(month, "JanFebMarAprMayJunJulAugSepOctNovDec") || day.size > 2 || !is_number(day) ||
	    clock.size < 5 || clock.size > 8)
		return -1;
	snprintf(text, sizeof text, "%.3s %2.*s %.*s%s", month.at, (int)day.size, day.at, (int)clock.size, clock.at,
	         clock.size == 5 ? ":00" : "");
	if (stamp_parse((struct slice){.at = text, .size = strlen(text)}, &stamp) == 0)
		return -1;
	*line = rest;
	return age_of(&stamp, l->now);
}

bool listing_begin_dated(struct listing *l, enum listing_of within, struct queue_message *message, struct slice size,
                         struct slice *rest)
{
	message->age = take_age(l, rest);
	if (message->age < 0)
		return false;
	message->size = slice_number(size, NULL);
	message->bounce = is_bounce(next_word(rest));
	listing_begin(l, within, message);
	return true;
}
