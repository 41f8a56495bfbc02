/*
 * log - reads files in one pass: what all lines of the logs in them say together, and what each other line says
 */
#include "checks/check.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "checks/log/facts.h"
#include "checks/log/progress.h"
#include "checks/log/words.h"
#include "checks/queue/facts.h"
#include "log/reader.h"
#include "log/when.h"
#include "queue/queue.h"
#include "text/excerpt.h"
#include "text/seen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_S        600.0
#define LOOK_EVERY     8192 /* lines between two looks at the clock */
#define PROGRESS_EVERY 0.5  /* s between two tellings of how far it is */
#define FIRST_LINES    200  /* that are looked at for a file's first stamp */
#define SHOWN_MAX      ((size_t)200)

struct reading {
	struct analysis *analysis;
	struct queue *queue;
	struct seen *seen;
	struct emit *e;
	const char *subject;
	double deadline;
	double log_lines; /* of a mail server */
	double reasons;   /* that listings of queues state */
	const char *name; /* of the file that is being read, */
	long line;        /* and the line, from 1 */
	double lines, understood, bytes, cut_lines, cut_bytes;
	char *unknown; /* the first line that was not understood */
};

/* --- several files: rotated logs are read from the oldest on */

struct source {
	const char *file;
	double first; /* stamp; NAN: none found */
	size_t place; /* as given */
};

static double first_stamp(const char *file)
{
	struct log_reader *reader = strcmp(file, "-") != 0 ? log_reader_open(file, NULL) : NULL;
	struct log_prefix prefix = {.time = NAN};
	struct log_clock clock;
	struct slice line;

	if (reader == NULL)
		return NAN; /* standard input cannot be read twice */
	log_clock_init(&clock, log_reader_input(reader)->modified);
	for (int i = 0; i < FIRST_LINES && isnan(prefix.time) && log_reader_next(reader, &line); i++)
		log_prefix_parse(&clock, line, &prefix);
	log_reader_free(reader);
	return prefix.time;
}

static int by_time(const void *a, const void *b)
{
	const struct source *left = a;
	const struct source *right = b;

	if (left->first < right->first || left->first > right->first)
		return left->first < right->first ? -1 : 1;
	return left->place < right->place ? -1 : left->place > right->place;
}

static struct source *in_order(const struct settings *settings)
{
	struct source *sources = xcalloc(settings->file_count + 1, sizeof *sources);
	double last = -INFINITY;

	for (size_t i = 0; i < settings->file_count; i++) {
		const double first = settings->file_count > 1 ? first_stamp(settings->files[i]) : 0;
		/* What has no time stays behind the file that it was given after. */
		last = isnan(first) ? last : first;
		sources[i] = (struct source){.file = settings->files[i], .first = last, .place = i};
	}
	qsort(sources, settings->file_count, sizeof *sources, by_time);
	return sources;
}

/* --- one file */

/* A reason in the listing of a queue: the catalogues know it as they know the same words in a log. */
static void take_reason(const struct log_event *event, void *context)
{
	struct reading *r = context;

	r->reasons++;
	seen_line(r->seen, r->name, r->line, event->text, event);
}

static bool take_line(struct reading *r, struct log_clock *clock, struct slice line)
{
	struct log_event event;

	const bool is_log = log_event_parse(clock, line.at, line.size, &event);
	/* What bears the name of a server's program is a line of its log: those are many, and no listing begins so. */
	const bool is_certain = is_log && event.program.size > 0 && !queue_is_within(r->queue);
	if (!is_certain && queue_line(r->queue, line))
		return true;
	if (is_log) {
		r->log_lines++;
		analysis_add(r->analysis, &event);
	}
	return seen_line(r->seen, r->name, r->line, line, is_log ? &event : NULL);
}

/* A line that stands for `parts` lines of the file. */
static void take_parts(struct reading *r, struct log_clock *clock, struct slice line, int parts)
{
	if (take_line(r, clock, line))
		r->understood += parts;
	else if (r->unknown == NULL)
		r->unknown = text_clean_dup(line.at, line.size, SHOWN_MAX);
	r->line += parts;
}

/* The beginning of a file, all of it when it is short. True when it goes on, with the line that comes next. */
static bool take_excerpt(struct reading *r, struct log_clock *clock, struct log_reader *reader, struct slice *line)
{
	struct excerpt *excerpt = excerpt_new();
	struct slice held;
	int parts;
	bool more;

	while ((more = log_reader_next(reader, line)) && excerpt_add(excerpt, *line))
		;
	if (!more)
		excerpt_tidy(excerpt);
	while (excerpt_next(excerpt, &held, &parts))
		take_parts(r, clock, held, parts);
	excerpt_free(excerpt);
	return more;
}

static bool take_lines(struct reading *r, struct log_reader *reader)
{
	const struct log_input *input = log_reader_input(reader);
	const double began = clock_now();
	double told = began;
	struct log_clock clock;
	struct slice line;

	log_clock_init(&clock, input->modified);
	queue_next_file(r->queue, input->modified);
	r->line = 1;
	for (bool more = take_excerpt(r, &clock, reader, &line); more; more = log_reader_next(reader, &line)) {
		take_parts(r, &clock, line, 1);
		if (r->line % LOOK_EVERY != 0)
			continue;
		const double now = clock_now();
		if (now > r->deadline)
			return false;
		if (now - told < PROGRESS_EVERY)
			continue;
		const struct log_progress progress = {
		    .name = r->name, .input = input, .analysis = r->analysis, .seconds = now - began};
		log_progress_tell(&progress, r->e, r->subject);
		told = now;
	}
	return true;
}

/* -1 with the reason when the file could not be opened. */
static int read_file(struct reading *r, const struct settings *settings, const char *file, struct err *err)
{
	struct log_reader *reader = log_reader_open(file, err);

	if (reader == NULL)
		return -1;
	const struct log_input *input = log_reader_input(reader);
	char *name = settings_file_name(settings, file);
	r->name = name;
	const bool complete = take_lines(r, reader);
	const char *why = !complete                   ? _("the time allowed was over before its end was reached")
	                  : input->trouble[0] != '\0' ? input->trouble
	                  : input->binary ? _("it holds binary data; its lines were read as far as they are text")
	                                  : NULL;
	if (why != NULL) {
		char *fault = xasprintf("%s: %s", name, why);
		emit_text(r->e, "log.input.fault", r->subject, fault);
		free(fault);
	}
	queue_next_file(r->queue, input->modified);
	seen_end_of_file(r->seen);
	r->lines += input->lines;
	r->bytes += input->bytes;
	r->cut_lines += input->cut_lines;
	r->cut_bytes += input->cut_bytes;
	free(name);
	log_reader_free(reader);
	return 0;
}

static void emit_reading(const struct reading *r)
{
	emit_number(r->e, "log.lines", r->subject, r->lines);
	emit_number(r->e, "log.lines.understood", r->subject, r->understood);
	emit_number(r->e, "log.lines.skipped", r->subject, r->lines - r->understood);
	emit_number(r->e, "log.bytes", r->subject, r->bytes);
	if (r->cut_lines > 0) {
		emit_number(r->e, "log.lines.cut", r->subject, r->cut_lines);
		emit_number(r->e, "log.bytes.skipped", r->subject, r->cut_bytes);
	}
	if (r->unknown != NULL)
		emit_text(r->e, "log.unknown", r->subject, r->unknown);
}

static int filter_of(const struct settings *settings, struct log_filter *filter, struct err *err)
{
	const time_t now = time(NULL);

	*filter =
	    (struct log_filter){.since = NAN, .until = NAN, .peer = settings->peer, .queue_id = settings->queue_id};
	if (settings->since != NULL && when_parse(settings->since, now, &filter->since, err) != 0)
		return -1;
	if (settings->until != NULL && when_parse(settings->until, now, &filter->until, err) != 0)
		return -1;
	return 0;
}

static enum check_status run_check(const struct target *target, const struct settings *settings, double deadline,
                                   struct emit *e, struct err *err)
{
	struct reading reading = {.e = e, .subject = target->text, .deadline = deadline};
	enum check_status status = CHECK_DONE;
	struct log_replies replies;
	struct log_filter filter;

	if (filter_of(settings, &filter, err) != 0 || (reading.seen = seen_new(err)) == NULL)
		return CHECK_FAILED;
	reading.analysis = analysis_new(&filter);
	reading.queue = queue_new(time(NULL), take_reason, &reading);
	struct source *sources = in_order(settings);
	for (size_t i = 0; i < settings->file_count; i++)
		if (read_file(&reading, settings, sources[i].file, err) != 0)
			status = CHECK_FAILED;
	free(sources);
	emit_reading(&reading);
	log_replies_collect(reading.analysis, &replies);
	if (status == CHECK_DONE && reading.understood <= 0) {
		status = CHECK_NOT_APPLICABLE;
		err_set(err, _("no line in it speaks of mail"));
	}
	if (reading.log_lines > 0) {
		analysis_end(reading.analysis);
		log_facts_emit(reading.analysis, e, target->text);
	}
	if (queue_was_listed(reading.queue))
		queue_facts_emit(queue_sums(reading.queue), e, target->text);
	if (reading.reasons > LOG_EXCERPT_MAX)
		queue_words_emit(queue_sums(reading.queue), e, target->text);
	queue_free(reading.queue);
	seen_emit(reading.seen, e, target->text);
	seen_free(reading.seen);
	analysis_free(reading.analysis);
	log_replies_emit(&replies, e, target->text);
	log_replies_done(&replies);
	free(reading.unknown);
	return status;
}

const struct check check_log = {.name = "log",
                                .title = N_("what logs, errors, bounces and listings say"),
                                .takes = TAKES_FILES,
                                .limit = LIMIT_S,
                                .run = run_check};
