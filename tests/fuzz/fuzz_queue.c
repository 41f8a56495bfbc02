/*
 * fuzz_queue - the readers of queue listings against arbitrary lines
 *
 *   clang -std=c11 -D_GNU_SOURCE -Icore -g -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_queue.c core/queue/?*.c \
 *         core/log/?*.c core/base/{buf,err,text,xalloc}.c -lz -lm
 *   ./a.out tests/fuzz/seeds/queue
 *
 * Each recipient belongs to one destination of the table or was displaced, and no line counts twice.
 */
#include "queue/queue.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void on_reason(const struct log_event *event, void *context)
{
	check(event->text.size <= 2000 && event->symptom < SYMPTOM_COUNT);
	++*(double *)context;
}

static void check_sums(const struct queue_sums *sums)
{
	const struct queue_peer *peers[QUEUE_PEERS];
	const size_t count = queue_heaviest(&sums->domains, peers, QUEUE_PEERS);
	double recipients = 0;

	for (size_t i = 0; i < count; i++) {
		check(memchr(peers[i]->name, '\0', sizeof peers[i]->name) != NULL);
		check(memchr(peers[i]->host, '\0', sizeof peers[i]->host) != NULL);
		check(memchr(peers[i]->example, '\0', sizeof peers[i]->example) != NULL);
		recipients += peers[i]->recipients;
	}
	check(recipients <= sums->recipients && recipients + sums->domains.displaced >= sums->recipients);
	check(sums->told <= sums->recipients && sums->active + sums->held <= sums->messages);
	check(sums->bytes >= 0 && (sums->ages.count == 0 || sums->ages.smallest >= 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	double reasons = 0;
	struct queue *queue = queue_new(1795323600, on_reason, &reasons);
	const char *text = (const char *)data;

	while (size > 0) {
		const char *end = memchr(text, '\n', size);
		const size_t length = end != NULL ? (size_t)(end - text) : size;
		/* A line in a block of its own, so that a read past its end is seen. */
		char *line = malloc(length > 0 ? length : 1);
		check(line != NULL);
		memcpy(line, text, length);
		queue_line(queue, (struct slice){.at = line, .size = length});
		free(line);
		text += length + (end != NULL);
		size -= length + (end != NULL);
	}
	queue_next_file(queue, 1795323600);
	check_sums(queue_sums(queue));
	queue_free(queue);
	return 0;
}
