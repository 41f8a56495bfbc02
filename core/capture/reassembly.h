/*
 * reassembly - what a side says reaches the dialog in the order of its stream
 *
 * A segment that comes before its turn is kept, when it is short enough to be something said, until what belongs before it is
 * there or known to be missing. Long ones are content, of which the dialog needs only the amount.
 *
 * Internal to flow.c, which tells of each packet.
 */
#ifndef SMTPDX_CAPTURE_REASSEMBLY_H
#define SMTPDX_CAPTURE_REASSEMBLY_H

#include "capture/flow.h"

/* The next `size` bytes of a side, the first `captured` of which are here. */
void reassembly_say(struct flow *s, enum side side, const uint8_t *bytes, size_t captured, size_t size, double time,
                    unsigned long number);

/* A segment before its turn; at: position in the stream. */
void reassembly_hold(struct flow *s, enum side side, const struct packet *p, int64_t at);

/* After the stream went on: what was kept and joins it now is said. */
void reassembly_join(struct flow *s, enum side side, double time, unsigned long number);

#endif
