#include "capture/fragments.h"

#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

#define DATAGRAMS   8
#define DATAGRAM    65536 /* bytes */
#define BLOCK       8     /* bytes: offsets count in them */
#define BLOCKS      (DATAGRAM / BLOCK)
#define ADDRESS_MAX 16

struct datagram {
	bool used;
	bool v6;
	uint8_t source[ADDRESS_MAX], destination[ADDRESS_MAX];
	uint32_t id;
	uint8_t protocol;
	size_t size;   /* of the whole; 0: its end did not come yet */
	size_t blocks; /* that came */
	size_t cut;    /* from where on something was not captured; DATAGRAM: nothing is missing */
	uint8_t came[BLOCKS / 8];
	uint8_t bytes[DATAGRAM];
};

struct fragments {
	struct datagram datagrams[DATAGRAMS];
	size_t next; /* that gives way */
};

struct fragments *fragments_new(void)
{
	return xcalloc(1, sizeof(struct fragments));
}

void fragments_free(struct fragments *f)
{
	free(f);
}

static bool is_of(const struct datagram *d, const struct packet *p)
{
	const size_t size = p->v6 ? 16 : 4;

	return d->used && d->v6 == p->v6 && d->id == p->fragment_id && d->protocol == p->protocol &&
	       memcmp(d->source, p->source, size) == 0 && memcmp(d->destination, p->destination, size) == 0;
}

static struct datagram *find(struct fragments *f, const struct packet *p)
{
	const size_t size = p->v6 ? 16 : 4;

	for (size_t i = 0; i < DATAGRAMS; i++)
		if (is_of(&f->datagrams[i], p))
			return &f->datagrams[i];
	struct datagram *d = &f->datagrams[f->next];
	f->next = (f->next + 1) % DATAGRAMS;
	memset(d->came, 0, sizeof d->came);
	d->used = true;
	d->v6 = p->v6;
	d->id = p->fragment_id;
	d->protocol = p->protocol;
	d->size = d->blocks = 0;
	d->cut = DATAGRAM;
	memcpy(d->source, p->source, size);
	memcpy(d->destination, p->destination, size);
	return d;
}

static void note_blocks(struct datagram *d, size_t offset, size_t size)
{
	for (size_t block = offset / BLOCK; block * BLOCK < offset + size; block++) {
		const uint8_t bit = (uint8_t)(1u << (block % 8));
		d->blocks += (d->came[block / 8] & bit) == 0;
		d->came[block / 8] |= bit;
	}
}

bool fragments_take(struct fragments *f, struct packet *p)
{
	const size_t offset = p->fragment_offset, size = p->transport_size;

	if (offset + size > DATAGRAM || size == 0)
		return false;
	struct datagram *d = find(f, p);
	memcpy(d->bytes + offset, p->transport, p->transport_captured);
	if (p->transport_captured < size && offset + p->transport_captured < d->cut)
		d->cut = offset + p->transport_captured;
	note_blocks(d, offset, size);
	if (!p->fragment_more)
		d->size = offset + size;
	if (d->size == 0 || d->blocks * BLOCK < d->size)
		return false;
	d->used = false;
	p->transport = d->bytes;
	p->transport_size = d->size;
	p->transport_captured = d->cut < d->size ? d->cut : d->size;
	p->fragment_offset = 0;
	p->fragment_more = false;
	packet_decode_transport(p);
	return true;
}
