/*
 * fragments - IP datagrams put together again from their fragments (RFC 791, RFC 8200 4.5), in bounded memory
 *
 * TCP hardly ever sends fragments, but a router may make some of what it sends. A few datagrams are under way at a time;
 * the oldest gives way.
 */
#ifndef SMTPDX_CAPTURE_FRAGMENTS_H
#define SMTPDX_CAPTURE_FRAGMENTS_H

#include "capture/packet.h"

struct fragments;

struct fragments *fragments_new(void);
void fragments_free(struct fragments *f);

/*
 * Takes a PACKET_FRAGMENT. True when the datagram is whole: the packet then has its content (valid until the next call)
 * and is what packet_decode_transport() made of it.
 */
bool fragments_take(struct fragments *f, struct packet *packet);

#endif
