/*
 * blank - the payload of captured SMTP with everything taken out that somebody has written or is called
 *
 * Sizes stay, so sequence numbers stay right. Kept are reply codes, keywords, the commands with pseudonyms for names and
 * addresses, line ends, dots, and the headers of TLS records; the text of messages, credentials and whatever is not
 * recognised become "x". What it takes to tell them apart is remembered for a bounded number of connections; one that was
 * forgotten, or began before the capture, loses more, never less.
 */
#ifndef SMTPDX_CAPTURE_BLANK_H
#define SMTPDX_CAPTURE_BLANK_H

#include "capture/packet.h"
#include "model/pseudonym.h"

struct blanker;

/* The pseudonyms (of the same size, see pseudonym.h) stay the caller's. */
struct blanker *blanker_new(struct pseudonyms *names);
void blanker_free(struct blanker *b);

/* Blanks the payload of a decoded TCP segment; `payload` is the same bytes as packet->payload, to be written to. */
void blank_payload(struct blanker *b, const struct packet *packet, uint8_t *payload);

/* Blanks bytes of which nothing is known: all but line ends, dots and blanks. */
void blank_bytes(uint8_t *bytes, size_t size);

#endif
