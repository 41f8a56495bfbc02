/*
 * queue - what waits in the mail queues of this machine, for whom, and why; or in listings that were saved to files
 */
#include "checks/check.h"

#include "base/clock.h"
#include "base/command.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "checks/queue/facts.h"
#include "log/reader.h"
#include "queue/queue.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_S   30.0
#define THIS_HOST "self"

/* The first that is installed and succeeds tells: a machine has one mail server, and mailq is its own. */
static const struct source {
	const char *argv[4];
} sources[] = {
    {{"postqueue", "-j"}}, {{"postqueue", "-p"}}, /* before Postfix 3.1 */
    {{"exim4", "-bp"}},    {{"exim", "-bp"}},     {{"smtpctl", "show", "queue"}}, {{"mailq"}},
};

#define SOURCES (sizeof sources / sizeof sources[0])

/* --- the output of a program, cut into lines */

struct lines {
	struct queue *queue;
	char text[LOG_LINE_MAX]; /* of a line that has not ended yet */
	size_t size;
};

static void end_line(struct lines *lines)
{
	queue_line(lines->queue, (struct slice){.at = lines->text, .size = lines->size});
	lines->size = 0;
}

/* What is longer than the room is cut. */
static int take(const char *data, size_t size, void *context)
{
	struct lines *lines = context;

	for (size_t i = 0; i < size; i++) {
		if (data[i] == '\n')
			end_line(lines);
		else if (lines->size < sizeof lines->text)
			lines->text[lines->size++] = data[i];
	}
	return 0;
}

/* The queue that it lists; NULL with the reason when it fails, even half way. */
static struct queue *run_source(const struct source *source, double deadline, struct err *err)
{
	struct lines *lines = xcalloc(1, sizeof *lines);
	struct queue *queue = lines->queue = queue_new(time(NULL), NULL, NULL);

	const int status = command_stream(source->argv, deadline, take, lines, err);
	if (lines->size > 0)
		end_line(lines);
	free(lines);
	queue_next_file(queue, time(NULL));
	if (status == 0)
		return queue;
	queue_free(queue);
	return NULL;
}

/* The command that would have told, for whoever may run it. */
static char *hint_of(const struct source *source)
{
	return xasprintf("%s%s%s%s%s", source->argv[0], source->argv[1] != NULL ? " " : "",
	                 source->argv[1] != NULL ? source->argv[1] : "", source->argv[2] != NULL ? " " : "",
	                 source->argv[2] != NULL ? source->argv[2] : "");
}

static bool is_installed(const struct source *source)
{
	char *path = command_find(source->argv[0]);
	const bool is_there = path != NULL;

	free(path);
	return is_there;
}

static enum check_status list_queue(double deadline, struct emit *e, struct err *err)
{
	enum check_status status = CHECK_NOT_APPLICABLE;
	struct err why;

	err_set(err, _("no mail server that keeps a queue is installed here"));
	for (size_t i = 0; i < SOURCES; i++) {
		if (!is_installed(&sources[i]))
			continue;
		emit_progress(e, THIS_HOST, sources[i].argv[0], deadline - clock_now());
		struct queue *queue = run_source(&sources[i], deadline, &why);
		if (queue != NULL) {
			queue_facts_emit(queue_sums(queue), e, THIS_HOST);
			queue_free(queue);
			return CHECK_DONE;
		}
		if (status == CHECK_NOT_APPLICABLE) {
			char *hint = hint_of(&sources[i]);
			err_set(err, _("%s; as root this lists the queue: %s"), why.text, hint);
			free(hint);
		}
		status = CHECK_NOT_TESTED;
	}
	return status;
}

/* --- saved listings */

static enum check_status read_files(const struct settings *settings, const char *subject, struct emit *e,
                                    struct err *err)
{
	struct queue *queue = queue_new(time(NULL), NULL, NULL);
	enum check_status status = CHECK_DONE;
	struct slice line;

	for (size_t i = 0; i < settings->file_count; i++) {
		struct log_reader *reader = log_reader_open(settings->files[i], err);
		if (reader == NULL) {
			status = CHECK_FAILED;
			continue;
		}
		queue_next_file(queue, log_reader_input(reader)->modified);
		while (log_reader_next(reader, &line))
			queue_line(queue, line);
		log_reader_free(reader);
	}
	queue_next_file(queue, time(NULL));
	if (queue_was_listed(queue)) {
		queue_facts_emit(queue_sums(queue), e, subject);
	} else if (status == CHECK_DONE) {
		err_set(err, _("no line in it belongs to the listing of a mail queue"));
		status = CHECK_NOT_APPLICABLE;
	}
	queue_free(queue);
	return status;
}

static enum check_status run_check(const struct target *target, const struct settings *settings, double deadline,
                                   struct emit *e, struct err *err)
{
	return settings->file_count > 0 ? read_files(settings, target->text, e, err) : list_queue(deadline, e, err);
}

const struct check check_queue = {.name = "queue",
                                  .title = N_("what waits in this machine's queue, and why"),
                                  .takes = TAKES_HOST,
                                  .limit = LIMIT_S,
                                  .run = run_check};
