#include "capture/ladder.h"

#define CACHE_LINE 64 /* B */

void ladder_init(struct ladder *l)
{
	l->count = 0;
}

static struct step *place(struct ladder *l, size_t index)
{
	return index < LADDER_HEAD ? &l->head[index] : &l->tail[(index - LADDER_HEAD) % LADDER_TAIL];
}

struct step *ladder_add(struct ladder *l, enum step_kind kind, enum side side, double time, unsigned long packet)
{
	struct step *step = place(l, l->count++);

	step->kind = kind;
	step->side = side;
	step->phase = SMTP_CONNECT;
	step->time = step->until = time;
	step->packet = packet;
	step->count = 1;
	step->bytes = 0;
	step->text[0] = '\0';
	/* Of thousands of sessions at a time no cache holds all: the memory of the next step comes while others speak. */
	const char *next = (const char *)place(l, l->count);
	for (size_t i = 0; i < sizeof *step; i += CACHE_LINE)
		__builtin_prefetch(next + i, 1);
	return step;
}

struct step *ladder_last(struct ladder *l, enum step_kind kind, enum side side)
{
	struct step *step = l->count > 0 ? place(l, l->count - 1) : NULL;

	return step != NULL && step->kind == kind && step->side == side ? step : NULL;
}

struct step *ladder_last_gap(struct ladder *l)
{
	const size_t oldest = l->count > LADDER_TAIL ? l->count - LADDER_TAIL : 0;

	for (size_t i = l->count; i-- > oldest;)
		if (place(l, i)->kind == STEP_GAP)
			return place(l, i);
	return NULL;
}

size_t ladder_left_out(const struct ladder *l)
{
	return l->count > LADDER_HEAD + LADDER_TAIL ? l->count - LADDER_HEAD - LADDER_TAIL : 0;
}

size_t ladder_kept(const struct ladder *l)
{
	return l->count - ladder_left_out(l);
}

const struct step *ladder_step(const struct ladder *l, size_t index)
{
	if (index >= LADDER_HEAD)
		index += ladder_left_out(l);
	return place((struct ladder *)l, index);
}
