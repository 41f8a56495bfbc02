/*
 * listing - how each mail server prints its queue; what queue.c dispatches to
 *
 * A reader takes one line and says whether it is one of its listing's. What it needs to know of the lines before (whose
 * message, which reason) is in struct listing; what comes out goes into the sums at once.
 */
#ifndef SMTPDX_QUEUE_LISTING_H
#define SMTPDX_QUEUE_LISTING_H

#include "queue/sums.h"

#include <time.h>

#define LISTING_REASON_MAX 1000 /* bytes of a reason that are kept until its recipients come */

/* Whose message the next lines go on with. */
enum listing_of { LISTING_NONE, LISTING_POSTFIX, LISTING_SENDMAIL, LISTING_EXIM };

struct listing {
	struct queue_sums sums;
	time_t now;
	void (*told)(const struct log_event *event, void *context);
	void *context;
	enum listing_of within;
	struct queue_message message;
	bool waits; /* its recipients have not come yet */
	char reason_text[LISTING_REASON_MAX];
	struct log_event reason; /* its slices point into reason_text */
	bool has_reason;
	bool is_open; /* the reason has not been closed yet */
};

/* Each: false when the line is none of that listing. */
bool postqueue_line(struct listing *l, struct slice line);      /* postqueue -p, Postfix' mailq */
bool postqueue_json_line(struct listing *l, struct slice line); /* postqueue -j */
bool sendmail_queue_line(struct listing *l, struct slice line); /* Sendmail's mailq, with -v too */
bool exim_queue_line(struct listing *l, struct slice line);     /* exim -bp, exim's mailq */
bool smtpctl_queue_line(struct listing *l, struct slice line);  /* smtpctl show queue, OpenSMTPD's mailq */

/* A message begins. The one before it, if its recipients were cut off, counts with an unknown one. */
void listing_begin(struct listing *l, enum listing_of within, const struct queue_message *message);
void listing_end(struct listing *l);
/*
 * The same for a line that goes on with a time stamp and the sender, as those of Postfix and Sendmail do: fills these in.
 * False, and nothing begins, when there is no stamp.
 */
bool listing_begin_dated(struct listing *l, enum listing_of within, struct queue_message *message, struct slice size,
                         struct slice *rest);
/* Why the recipients that follow are waited for. */
void listing_reason(struct listing *l, struct slice reason);
void listing_recipient(struct listing *l, struct slice address);

/* Small pieces of lines. Words are what blanks and tabs separate. */
struct slice line_trim(struct slice line);
struct slice next_word(struct slice *line); /* empty at the end of the line; *line moves on */
bool is_number(struct slice word);
bool is_weekday(struct slice word); /* "Sun" */
bool is_bounce(struct slice sender);

#endif
