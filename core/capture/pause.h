/*
 * pause - the time between what is said in a session: whom it was waiting for, and who lost patience
 *
 * A pause lies between two packets that bring something new: data, or the end of a side. Whether the data before it was
 * acknowledged, whether a window was closed, and whose turn it is in the dialog say to whom it belongs.
 *
 * Internal to flow.c, which tells of each packet.
 */
#ifndef SMTPDX_CAPTURE_PAUSE_H
#define SMTPDX_CAPTURE_PAUSE_H

#include "capture/flow.h"

/* Something new was said at that time: from here on the next pause counts. */
void pause_begin(struct flow *s, double time);

/* Something new comes: before anything else is done with it. */
void pause_end(struct flow *s, double time, unsigned long number, enum gap_end end, enum side by);

/*
 * A side asks whether the other is there, or its window open. The second begins as soon as anything would be sent again
 * (RFC 9293 3.8.6.1) and counts; keep-alives look the same and begin later.
 */
void pause_probe(struct flow *s, enum side side, double time);

/* Whose turn it is now, after what was said. */
void pause_turn(struct flow *s, double time);

/* A side says something; it may have been its turn for long. */
void pause_late(struct flow *s, enum side side, double time);

/*
 * A side closes, or says that it will (421). Waiting for the other, for the network or for a closed window it has lost
 * patience; in its own turn it leaves.
 */
void pause_close(struct flow *s, enum side side, double time, bool says_so);

#endif
