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

/* What a line says of its packet, as tcpdump prints it now or did before version 4, or as Wireshark does. */
struct packet {
	const char *ends; /* "IP 192.0.2.1.4000 > 192.0.2.2.25", and its size */
	size_t ends_size;
	const char *sequence; /* "1:1449", and its size; NULL when there is none */
	size_t sequence_size;
	long size;
	char flags[8];
};

static void read_now(const char *flags, struct packet *packet)
{
	const char *seq = strstr(flags, " seq "), *length = strstr(flags, " length ");

	if (seq != NULL) {
		packet->sequence = seq + strlen(" seq ");
		packet->sequence_size = strcspn(packet->sequence, ", ");
	}
	packet->size = length != NULL ? strtol(length + strlen(" length "), NULL, 10) : 0;
}

/* "S 10:10(0) ack 7 win 8192", "P 1:43(42) ack 1" */
static bool read_before(const char *text, struct packet *packet)
{
	const char *sequence = text + strspn(text, "SFRPWE.") + 1;
	const size_t size = strspn(sequence, "0123456789:");

	if (sequence == text + 1 || sequence[-1] != ' ' || size == 0 || sequence[size] != '(')
		return false;
	packet->sequence = sequence;
	packet->sequence_size = size;
	packet->size = strtol(sequence + size + 1, NULL, 10);
	return true;
}

/* "51234 → 25 [SYN, ACK] Seq=0 Ack=1 Win=64240 Len=0 ..." of Wireshark, behind whatever columns; the arrow may be ">". */
static bool read_columns(const char *line, struct packet *packet)
{
	static const struct {
		const char *name;
		char flag;
	} names[] = {{"SYN", 'S'}, {"FIN", 'F'}, {"RST", 'R'}, {"PSH", 'P'}, {"ACK", '.'}};
	const char *sequence = strstr(line, "] Seq="), *length = sequence != NULL ? strstr(sequence, " Len=") : NULL;
	const char *flags = sequence != NULL ? memrchr(line, '[', (size_t)(sequence - line)) : NULL;
	size_t count = 0;

	if (length == NULL || flags == NULL)
		return false;
	*packet =
	    (struct packet){.sequence = sequence + strlen("] "), .size = strtol(length + strlen(" Len="), NULL, 10)};
	packet->sequence_size = strcspn(packet->sequence, " ");
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (memmem(flags, (size_t)(sequence - flags), names[i].name, strlen(names[i].name)) != NULL)
			packet->flags[count++] = names[i].flag;
	packet->ends = flags;
	for (int words = 0; words < 4 && packet->ends > line; words += *packet->ends == ' ')
		packet->ends--;
	packet->ends_size = (size_t)(flags - packet->ends);
	return count > 0;
}

static bool read_packet(const char *line, struct packet *packet)
{
	const char *arrow = strstr(line, " > ");
	const char *text = arrow != NULL ? strstr(arrow, ": ") : NULL;
	static const char mark[] = "Flags [";

	if (text == NULL || memchr(arrow + 3, ' ', (size_t)(text - arrow - 3)) != NULL)
		return false;
	*packet = (struct packet){.ends = arrow};
	while (packet->ends > line && packet->ends[-1] != ' ')
		packet->ends--;
	packet->ends_size = (size_t)(text - packet->ends);
	text += strlen(": ");
	const bool is_new = strncmp(text, mark, strlen(mark)) == 0;
	const char *flags = text + (is_new ? strlen(mark) : 0);
	const size_t flag_count = strspn(flags, "SFRPWEU.");
	if (flag_count == 0 || flag_count >= sizeof packet->flags)
		return false;
	memcpy(packet->flags, flags, flag_count);
	if (is_new)
		read_now(flags, packet);
	else if (!read_before(text, packet))
		return false;
	/* Before version 4 an ACK was no flag. */
	if (!is_new && strstr(text, " ack ") != NULL && strchr(packet->flags, '.') == NULL &&
	    flag_count + 1 < sizeof packet->flags)
		packet->flags[flag_count] = '.';
	return true;
}

bool segments_line(struct segments *segments, const char *line)
{
	struct packet packet;

	if (!read_packet(line, &packet) && !read_columns(line, &packet))
		return false;
	const bool is_syn = strcmp(packet.flags, "S") == 0;
	segments->syn_seen = segments->syn_seen || is_syn;
	segments->syn_answered = segments->syn_answered || strcmp(packet.flags, "S.") == 0;
	/* Nobody listens there, or somebody forbids it (RFC 9293 3.5.2). */
	segments->refused =
	    segments->refused || (packet.flags[0] == 'R' && segments->syn_seen && !segments->syn_answered);
	if (packet.sequence == NULL)
		return true;
	const size_t key = key_of(packet.ends, packet.ends_size) ^ key_of(packet.sequence, packet.sequence_size);
	const int times = count(segments, key, packet.size);
	if (is_syn)
		segments->syn_repeats += times > 1;
	else if (packet.size > 0)
		segments->repeats += times > 1;
	if (packet.size >= LARGE && times > segments->large_most)
		segments->large_most = times;
	return true;
}

int segments_verdict(const struct segments *segments, const char **words, int room)
{
	int found = 0;

	if (segments->refused && found < room)
		words[found++] = "out-connect-refused";
	if (segments->syn_repeats > 0 && !segments->syn_answered && !segments->refused && found < room)
		words[found++] = "syn-unanswered";
	if (segments->repeats > 0 && found < room)
		words[found++] = "retransmits";
	if (segments->large_most >= LARGE_MANY && found < room)
		words[found++] = "large-lost";
	return found;
}
