/*
 * text - reads files line by line and says what the lines mean: transcripts, errors, bounces, queues, logs, remarks
 */
#include "base/text.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "checks/check.h"
#include "log/reader.h"
#include "text/seen.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_S 600.0

struct reading {
	struct seen *seen;
	long lines, understood;
	char *unknown; /* the first line that was not understood */
};

static void take_line(struct reading *reading, struct log_clock *clock, const char *name, struct slice line)
{
	struct log_event event;
	const bool is_log = log_event_parse(clock, line.at, line.size, &event);

	reading->lines++;
	if (seen_line(reading->seen, name, reading->lines, line, is_log ? &event : NULL))
		reading->understood++;
	else if (reading->unknown == NULL)
		reading->unknown = text_clean_dup(line.at, line.size, 200);
}

static int read_file(struct reading *reading, const char *path, double deadline, struct err *err)
{
	const bool is_stdin = strcmp(path, "-") == 0;
	struct log_reader *reader = log_reader_open(is_stdin ? "/dev/stdin" : path, err);
	struct log_clock clock;
	struct slice line;

	if (reader == NULL)
		return -1;
	char *name = is_stdin ? xstrdup(_("standard input")) : text_clean_dup(path, strlen(path), PATH_MAX);
	log_clock_init(&clock, log_reader_input(reader)->modified);
	while (clock_now() < deadline && log_reader_next(reader, &line))
		take_line(reading, &clock, name, line);
	seen_end_of_file(reading->seen);
	free(name);
	log_reader_free(reader);
	return 0;
}

static void emit_lines(const struct reading *reading, struct emit *e, const char *subject)
{
	emit_number(e, "seen.lines", subject, (double)reading->lines);
	emit_number(e, "seen.lines.understood", subject, (double)reading->understood);
	emit_number(e, "seen.lines.skipped", subject, (double)(reading->lines - reading->understood));
	if (reading->unknown != NULL)
		emit_text(e, "seen.lines.unknown", subject, reading->unknown);
}

static enum check_status run_check(const struct target *target, const struct settings *settings, double deadline,
                                   struct emit *e, struct err *err)
{
	struct reading reading = {.seen = seen_new(err)};
	enum check_status status = CHECK_DONE;

	if (reading.seen == NULL)
		return CHECK_FAILED;
	for (size_t i = 0; i < settings->file_count; i++)
		if (read_file(&reading, settings->files[i], deadline, err) != 0)
			status = CHECK_FAILED;
	emit_lines(&reading, e, target->text);
	seen_emit(reading.seen, e, target->text);
	seen_free(reading.seen);
	free(reading.unknown);
	return status;
}

const struct check check_text = {.name = "text",
                                 .title = N_("text: what transcripts, errors, bounces, queues and pasted lines say"),
                                 .takes = TAKES_FILES,
                                 .limit = LIMIT_S,
                                 .run = run_check};
