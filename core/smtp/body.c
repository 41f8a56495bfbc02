/*
 * The body of a message: full-size segments, watched by TCP_INFO until the peer has acknowledged all of them.
 *
 * Three things can hold it up and they look alike from above: segments that never arrive (retransmissions, then a stall),
 * a peer whose program does not read (its window closes), and a peer that is merely slow (something is acknowledged now
 * and then). The first two are called stalled; the facts tcp.retransmits and tcp.window tell them apart.
 */
#include "base/xalloc.h"
#include "smtp/flight.h"

#include <math.h>
#include <stdlib.h>

#define STALL_LOST_S 3.0 /* nothing acknowledged, while segments were sent again: three doublings of the timer */

enum smtp_status smtp_send_body(struct smtp_session *s, const char *bytes, size_t size, struct smtp_body *body)
{
	const struct flight_plan plan = {
	    .bytes = bytes, .pieces = &size, .count = 1, .together = 1, .patience = STALL_LOST_S};
	struct flight *flight = xcalloc(1, sizeof *flight);

	flight_send(s, &plan, flight);
	const double sent = fmin(flight->sent, (double)size);

	*body = (struct smtp_body){.sent = sent, .unacked = fmin(s->tcp.queued, sent)};
	switch (flight->end) {
	case FLIGHT_PASS:
		body->outcome = SMTP_BODY_ACCEPTED;
		break;
	case FLIGHT_STALL:
	case FLIGHT_DEAD:
	case FLIGHT_STOPPED:
	case FLIGHT_WINDOW:
		body->outcome = SMTP_BODY_STALLED;
		break;
	case FLIGHT_REPLY:
		body->outcome = SMTP_BODY_EARLY_REPLY;
		break;
	case FLIGHT_CLOSED:
	case FLIGHT_RESET:
		body->outcome = SMTP_BODY_ENDED;
		break;
	case FLIGHT_CUT:
		break;
	}
	free(flight);
	return s->status;
}
