/*
 * fuzz_log - the readers of logs against arbitrary bytes: blocks, gzip, prefixes, grammars, statistics
 *
 *   clang -std=c11 -D_GNU_SOURCE -Icore -g -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_log.c core/log/?*.c \
 *         core/base/{buf,err,text,xalloc}.c -lz -lm
 *   ./a.out tests/fuzz/seeds/log
 *
 * An event may point only into its line or into the clock's room for unescaped text, and what is counted stays bounded.
 */
#include "base/xalloc.h"
#include "log/analysis.h"
#include "log/reader.h"

#include <math.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static bool lies_in(struct slice part, const char *whole, size_t size)
{
	return part.size == 0 || (part.at >= whole && part.at + part.size <= whole + size);
}

static void check_slice(struct slice part, struct slice line, const struct log_clock *clock)
{
	check(lies_in(part, line.at, line.size) || lies_in(part, clock->unescaped, sizeof clock->unescaped));
}

static void check_event(const struct log_event *event, struct slice line, const struct log_clock *clock)
{
	check_slice(event->program, line, clock);
	check_slice(event->peer_name, line, clock);
	check_slice(event->peer, line, clock);
	check_slice(event->queue_id, line, clock);
	check_slice(event->text, line, clock);
	check(event->symptom < SYMPTOM_COUNT && event->phase < PHASE_COUNT && event->mta < LOG_MTA_COUNT);
	check(event->peer_port >= 0 && event->peer_port < 65536);
	check(event->code == 0 || (event->code >= 200 && event->code < 600));
	check(event->bytes >= -1 && event->seconds >= -1 && event->number >= -1);
	check(log_sent_seconds(event) >= -1);
}

static void check_end(struct analysis *a)
{
	struct peer *peers[PEERS_WATCHED];

	analysis_end(a);
	check(peers_heaviest(a->peers, peers, PEERS_WATCHED) <= PEERS_WATCHED);
	const struct change change = history_change(&a->history);
	check(change.factor > 0 && a->history.count <= HISTORY_MAX);
	check(sample_larger(&a->all->failed_sizes, &a->all->delivered_sizes) <= 1);
	check(sessions_most(a->sessions) >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct log_filter filter = {.since = NAN, .until = NAN};
	const int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct analysis *a = analysis_new(&filter);
	struct log_event event;
	struct log_clock clock;
	struct slice line;
	char path[40];

	check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	struct log_reader *reader = log_reader_open(path, NULL);
	log_clock_init(&clock, 1772323200);
	while (reader != NULL && log_reader_next(reader, &line)) {
		check(line.size <= LOG_LINE_MAX);
		const bool known = log_event_parse(&clock, line.at, line.size, &event);
		check_event(&event, line, &clock);
		if (known)
			analysis_add(a, &event);
	}
	check_end(a);
	log_reader_free(reader);
	analysis_free(a);
	close(fd);
	return 0;
}
