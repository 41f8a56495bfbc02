#include "capture/dialog_part.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LOOK_BACK ((size_t)256) /* B at the end of a segment in which the end of a message is looked for */

void dialog_begin_body(struct capture_dialog *d)
{
	d->state = DIALOG_BODY;
	d->body_bytes = 0;
	d->body_unseen = false;
	memcpy(d->body_end, "..\r\n", 4); /* a dot at once ends an empty message */
}

void dialog_begin_chunk(struct capture_dialog *d, const char *line)
{
	char *end;
	const unsigned long size = strtoul(line + strlen("BDAT"), &end, 10);

	d->chunk_left = size;
	d->chunk_last = strncasecmp(end, " LAST", 5) == 0;
	d->body_bytes = 0;
	if (size > 0)
		d->state = DIALOG_CHUNK;
	dialog_expect_reply(d, d->chunk_last ? SMTP_END : SMTP_DATA);
}

/* Looks for the line with nothing but a dot; returns how many bytes are content, the dot included; 0: all of them. */
static size_t find_dot(struct capture_dialog *d, const uint8_t *bytes, size_t size)
{
	static const char dot[] = "\r\n.\r\n";
	char seam[8];
	const size_t head = size < 4 ? size : 4;

	memcpy(seam, d->body_end, 4);
	memcpy(seam + 4, bytes, head);
	const char *found = memchr(d->body_end, dot[0], 4) != NULL ? memmem(seam, 4 + head, dot, 5) : NULL;
	if (found != NULL) {
		const size_t used = (size_t)(found - seam) + 5 - 4;
		d->dot_split = d->dot_split || used <= 2;
		return used;
	}
	const uint8_t *const end = bytes + size, *const from = size > LOOK_BACK ? end - LOOK_BACK : bytes;
	/* Dots are rare: by them the line is found fastest. */
	for (const uint8_t *at = from; (at = memchr(at, '.', (size_t)(end - at))) != NULL; at++)
		if (at - from >= 2 && end - at >= 3 && memcmp(at - 2, dot, 5) == 0)
			return (size_t)(at - bytes) + 3;
	return 0;
}

void dialog_count_content(struct capture_dialog *d, size_t size)
{
	struct step *step = d->ladder != NULL ? ladder_last(d->ladder, STEP_CONTENT, CLIENT) : NULL;

	if (size == 0)
		return;
	if (step == NULL) {
		step = dialog_add_step(d, STEP_CONTENT, CLIENT);
		step->count = 0;
	}
	step->count += d->packet != d->body_packet;
	step->bytes += (double)size;
	step->until = d->time;
	d->body_packet = d->packet;
	d->body_bytes += (double)size;
	d->body_total += (double)size;
	d->body_last = d->time;
}

size_t dialog_take_body(struct capture_dialog *d, const uint8_t *bytes, size_t size)
{
	const size_t used = find_dot(d, bytes, size);

	dialog_count_content(d, used > 0 ? used : size);
	d->body_unseen = false;
	if (used > 0) {
		d->state = DIALOG_COMMANDS;
		dialog_expect_reply(d, SMTP_END);
		return used;
	}
	if (size >= 4) {
		memcpy(d->body_end, bytes + size - 4, 4);
	} else {
		memmove(d->body_end, d->body_end + size, 4 - size);
		memcpy(d->body_end + 4 - size, bytes, size);
	}
	return size;
}

size_t dialog_take_chunk(struct capture_dialog *d, size_t size)
{
	const size_t used = size < d->chunk_left ? size : d->chunk_left;

	dialog_count_content(d, used);
	d->chunk_left -= used;
	if (d->chunk_left > 0)
		return used;
	d->state = DIALOG_COMMANDS;
	if (d->pending_count > 0)
		d->pending[d->pending_count - 1].time = d->time; /* the reply cannot come before the chunk */
	return used;
}

bool dialog_may_be_through(const struct capture_dialog *d)
{
	return d->state == DIALOG_BODY && d->body_unseen && d->body_bytes > 0;
}

double dialog_end_body(struct capture_dialog *d)
{
	d->time = d->body_last;
	d->state = DIALOG_COMMANDS;
	dialog_expect_reply(d, SMTP_END);
	return d->body_last;
}

bool dialog_ends_at_dot(const struct capture_dialog *d)
{
	return d->state == DIALOG_BODY && d->body_bytes > 0 && memcmp(d->body_end + 1, "\r\n.", 3) == 0;
}
