/*
 * segments - packets as tcpdump and Wireshark print them: the same segment sent again, a SYN that nobody answers
 * or that is reset
 */
#ifndef SMTPDX_TEXT_SEGMENTS_H
#define SMTPDX_TEXT_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>

#define SEGMENTS_MAX 32 /* segments that are remembered */

struct segments {
	struct {
		size_t key; /* who to whom, and which sequence numbers */
		int times;
		long size;
	} seen[SEGMENTS_MAX];
	size_t next;
	int repeats;     /* of segments with content */
	int large_most;  /* how often the same large segment was sent */
	int syn_repeats; /* of SYNs */
	bool syn_seen, syn_answered;
	bool refused; /* a SYN met a reset */
};

/* A line such as "10:00:01.1 IP 192.0.2.1.4000 > 192.0.2.2.25: Flags [.], seq 1:1449, ack 1, length 1448". */
bool segments_line(struct segments *segments, const char *line);

/* What they come to, as words of seen.says; fills `words` with at most `room` of them, returns how many. */
int segments_verdict(const struct segments *segments, const char **words, int room);

#endif
