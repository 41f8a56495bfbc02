#include "log/word.h"

#define ROW(way, what, where, content, rare, says)                                                             \
	{                                                                                                      \
		.direction = LOG_##way, .symptom = SYMPTOM_##what, .phase = PHASE_##where, .bytes = (content), \
		.weak = (rare), .word = (says)                                                                 \
	}

#define ANY    (-1)
#define WEAK   true
#define STRONG false

/* Special before general. */
const struct log_word log_words[] = {
    ROW(IN, TIMEOUT, BODY, 0, STRONG, "in-timeout-body-empty"),
    ROW(IN, TIMEOUT, BODY, 1, STRONG, "in-timeout-body-part"),
    ROW(IN, TIMEOUT, BODY, ANY, STRONG, "in-timeout-body"),
    ROW(IN, TIMEOUT, NONE, ANY, WEAK, "in-timeout-command"),
    ROW(IN, LOST, BODY, 0, STRONG, "in-lost-body-empty"),
    ROW(IN, LOST, BODY, 1, STRONG, "in-lost-body-part"),
    ROW(IN, LOST, BODY, ANY, STRONG, "in-lost-body"),
    ROW(IN, LOST, END, ANY, STRONG, "in-lost-end"),
    ROW(IN, LOST, NONE, ANY, WEAK, "in-lost-command"),
    ROW(OUT, TIMEOUT, BANNER, ANY, WEAK, "out-timeout-banner"),
    ROW(OUT, TIMEOUT, TLS, ANY, WEAK, "out-timeout-tls"),
    ROW(OUT, TIMEOUT, STARTTLS, ANY, WEAK, "out-timeout-tls"),
    ROW(OUT, TIMEOUT, BODY, ANY, STRONG, "out-timeout-body"),
    ROW(OUT, TIMEOUT, END, ANY, STRONG, "out-timeout-end"),
    ROW(OUT, TIMEOUT, QUIT, ANY, WEAK, "out-timeout-idle"),
    ROW(OUT, TIMEOUT, NONE, ANY, WEAK, "out-timeout-command"),
    ROW(OUT, LOST, BANNER, ANY, WEAK, "out-lost-banner"),
    ROW(OUT, LOST, TLS, ANY, WEAK, "out-lost-tls"),
    ROW(OUT, LOST, BODY, ANY, STRONG, "out-lost-body"),
    ROW(OUT, LOST, END, ANY, STRONG, "out-lost-end"),
    ROW(OUT, LOST, NONE, ANY, WEAK, "out-lost-command"),
    ROW(NOWHERE, TOO_MANY, NONE, ANY, STRONG, "too-many-connections"),
    ROW(NOWHERE, RATE, NONE, ANY, STRONG, "rate-limit"),
    ROW(NOWHERE, PROCESS_LIMIT, NONE, ANY, STRONG, "process-limit"),
    ROW(NOWHERE, STRESS, NONE, ANY, STRONG, "stress"),
    ROW(NOWHERE, LOAD, NONE, ANY, STRONG, "load"),
    ROW(NOWHERE, DISK, NONE, ANY, STRONG, "disk-full"),
    ROW(NOWHERE, SIZE, NONE, ANY, WEAK, "size-limit"),
    ROW(OUT, CONNECT_TIMEOUT, NONE, ANY, WEAK, "out-connect-timeout"),
    ROW(OUT, CONNECT_REFUSED, NONE, ANY, WEAK, "out-connect-refused"),
    ROW(OUT, UNREACHABLE, NONE, ANY, WEAK, "out-connect-unreachable"),
    ROW(NOWHERE, DNS, NONE, ANY, WEAK, "dns-again"),
    ROW(OUT, TLS, NONE, ANY, WEAK, "out-tls-failed"),
    ROW(OUT, AUTH, NONE, ANY, STRONG, "auth"),
    ROW(NOWHERE, MILTER, NONE, ANY, STRONG, "milter-down"),
    ROW(OUT, PROXY, END, ANY, STRONG, "filter-slow"),
    ROW(NOWHERE, PROXY, NONE, ANY, STRONG, "filter-down"),
    ROW(NOWHERE, POLICY, NONE, ANY, STRONG, "policy-down"),
    ROW(OUT, GREYLIST, NONE, ANY, WEAK, "greylist"),
};

_Static_assert(sizeof log_words / sizeof log_words[0] <= LOG_WORDS_MAX, "each row has a counter");

const size_t log_words_count = sizeof log_words / sizeof log_words[0];

int log_word_find(const struct log_event *event)
{
	const int bytes = event->bytes < 0 ? ANY : event->bytes > 0;

	for (size_t i = 0; i < log_words_count; i++) {
		const struct log_word *row = &log_words[i];
		if (row->symptom == event->symptom && (row->phase == event->phase || row->phase == PHASE_NONE) &&
		    (row->direction == event->direction || row->direction == LOG_NOWHERE) &&
		    (row->bytes == bytes || row->bytes == ANY))
			return (int)i;
	}
	return -1;
}
