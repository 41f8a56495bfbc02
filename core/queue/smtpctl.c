/*
 * smtpctl - the listing of `smtpctl show queue`, a line for each recipient (smtpctl(8)):
 *
 *   id|family|mta|flags|sender|recipient|destination|created|expires|last try|tries|state|delay|error
 *
 * The first eight of the sixteen digits of the id are the message's; its size is not told.
 */
#include "queue/listing.h"

enum { FIELD_SENDER = 4, FIELD_RECIPIENT, FIELD_TARGET, FIELD_CREATED, FIELD_STATE = 11, FIELD_ERROR = 13 };

#define FIELDS  14
#define ID_SIZE ((size_t)16)

static bool begins_with_id(struct slice line)
{
	if (line.size <= ID_SIZE || line.at[ID_SIZE] != '|')
		return false;
	for (size_t i = 0; i < ID_SIZE; i++)
		if (!((line.at[i] >= '0' && line.at[i] <= '9') || (line.at[i] >= 'a' && line.at[i] <= 'f')))
			return false;
	return true;
}

/* The last field takes the rest, bars included. */
static size_t split(struct slice line, struct slice fields[static FIELDS])
{
	size_t count = 0;

	while (count < FIELDS - 1) {
		fields[count] = slice_until(line, '|');
		if (fields[count].size == line.size)
			break;
		line = slice_from(line, fields[count++].size + 1);
	}
	fields[count++] = line;
	return count;
}

bool smtpctl_queue_line(struct listing *l, struct slice line)
{
	struct queue_message message = {.mta = LOG_OPENSMTPD, .size = -1, .age = -1};
	struct slice fields[FIELDS];

	if (!begins_with_id(line) || split(line_trim(line), fields) < FIELDS || !is_number(fields[FIELD_CREATED]))
		return false;
	const double age = (double)l->now - slice_number(fields[FIELD_CREATED], NULL);
	message.age = age > 0 ? age : 0;
	message.state = slice_begins(fields[FIELD_STATE], "inflight") ? QUEUE_ACTIVE
	                : slice_begins(fields[FIELD_STATE], "hold")   ? QUEUE_HELD
	                                                              : QUEUE_WAITING;
	message.bounce = is_bounce(fields[FIELD_SENDER]);
	listing_begin(l, LISTING_NONE, &message);
	if (fields[FIELD_ERROR].size > 0)
		listing_reason(l, fields[FIELD_ERROR]);
	listing_recipient(l, fields[FIELD_TARGET].size > 0 ? fields[FIELD_TARGET] : fields[FIELD_RECIPIENT]);
	listing_end(l);
	return true;
}
