/*
 * hash - of short foreign texts (addresses, queue ids), for tables of fixed size
 *
 * Collisions cost accuracy, never memory or time: all tables here are bounded. No key is secret, none needs to be.
 */
#ifndef SMTPDX_LOG_HASH_H
#define SMTPDX_LOG_HASH_H

#include "log/slice.h"

#include <stdint.h>

static inline uint64_t hash_mix(uint64_t hash)
{
	hash ^= hash >> 32;
	hash *= UINT64_C(0xd6e8feb86659fd93);
	hash ^= hash >> 32;
	hash *= UINT64_C(0xd6e8feb86659fd93);
	return hash ^ hash >> 32;
}

/* Never 0, which marks an empty place in the tables. */
static inline uint64_t hash_slice(struct slice text, uint64_t seed)
{
	uint64_t hash = seed ^ text.size * UINT64_C(0x9e3779b97f4a7c15), part;

	for (; text.size >= sizeof part; text = slice_from(text, sizeof part)) {
		memcpy(&part, text.at, sizeof part);
		hash = hash_mix(hash ^ part);
	}
	part = 0;
	for (size_t i = 0; i < text.size; i++)
		part = part << 8 | (unsigned char)text.at[i];
	hash = hash_mix(hash ^ part);
	return hash != 0 ? hash : 1;
}

#endif
