#include "text/segments.h"

#include <stdlib.h>
#include <string.h>

#define LARGE      1000 /* bytes of a segment that a short path MTU would drop */
#define LARGE_MANY 3

/* FNV-1a, over what tells a segment from others. */
static size_t key_of(const char *from, size_t size)
{
	size_t key = 1469598103934665603ULL;

	for (size_t i = 0; i < size; i++)
		key = (key ^ (unsigned char)from[i]) * 1099511628211ULL;
	return key;
}

/* Counts the segment; returns how often it has been there by now. */
static int count(struct segments *segments, size_t key, long size)
{
	for (size_t i = 0; i < SEGMENTS_MAX; i++)
		if (segments->seen[i].times > 0 && segments->seen[i].key == key)
			return ++segments->seen[i].times;
	const size_t place = segments->next++ % SEGMENTS_MAX;
	segments->seen[place].key = key;
	segments->seen[place].times = 1;
	segments->seen[place].size = size;
	return 1;
}

bool segments_line(struct segments *segments, const char *line)
{
	const char *ip = strstr(line, "IP");
	const char *flags = ip != NULL ? strstr(ip, ": Flags [") : NULL;
	const char *seq = flags != NULL ? strstr(flags, " seq ") : NULL;
	const char *length = flags != NULL ? strstr(flags, " length ") : NULL;

	if (flags == NULL)
		return false;
	const bool is_syn = strncmp(flags, ": Flags [S]", 11) == 0;
	segments->syn_answered = segments->syn_answered || strncmp(flags, ": Flags [S.", 11) == 0;
	if (seq == NULL)
		return true;
	const long size = length != NULL ? strtol(length + strlen(" length "), NULL, 10) : 0;
	const size_t end = strcspn(seq + 5, ", ");
	const size_t key = key_of(ip, (size_t)(flags - ip)) ^ key_of(seq, 5 + end);
	const int times = count(segments, key, size);
	if (is_syn)
		segments->syn_repeats += times > 1;
	else if (size > 0)
		segments->repeats += times > 1;
	if (size >= LARGE && times > segments->large_most)
		segments->large_most = times;
	return true;
}

int segments_verdict(const struct segments *segments, const char **words, int room)
{
	int found = 0;

	if (segments->syn_repeats > 0 && !segments->syn_answered && found < room)
		words[found++] = "syn-unanswered";
	if (segments->repeats > 0 && found < room)
		words[found++] = "retransmits";
	if (segments->large_most >= LARGE_MANY && found < room)
		words[found++] = "large-lost";
	return found;
}
