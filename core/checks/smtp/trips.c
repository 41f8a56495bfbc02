/*
 * Short lines of text, one by one, each sent when the one before is acknowledged: how many of these round trips lose a
 * packet on the way there or back? A text that goes out in one flight hides lost acknowledgements, for the next one makes
 * up for them; and a reply that is late because it was lost looks like a slow server. Here nothing but TCP answers.
 *
 * Many of them take a second or more. So a few go first, unless something was sent again already or a reply that costs a
 * server nothing was late by at least the shortest timer of TCP, and more follow only where one of them was lost.
 */
#include "base/clock.h"
#include "checks/smtp/probe.h"
#include "smtp/flight.h"

#include <math.h>
#include <string.h>

#define FEW        5
#define TRIPS      20
#define MOST       (4 * TRIPS)
#define MORE_AFTER 2   /* losses that could be chance: as many trips again */
#define ANSWER     0.4 /* round trips, less the time between two looks, that an answer takes at least */
#define CLEAR      8   /* losses that cannot */
#define NEAR_S     0.1 /* a round trip that lets a few of them cost no time */
#define TIME_S     30.0
#define PATIENCE_S 7.0  /* nothing acknowledged, while something was sent again */
#define TIMER_S    0.19 /* the shortest retransmission timer of Linux is 200 ms beyond the round trip */
#define ROUNDS     4
#define SYN_S      0.9 /* a SYN is sent again after a second (RFC 6298 2.1) */

#define LINE "A short line, to see whether it arrives.\r\n"

struct count {
	double rtt;    /* s */
	double resent; /* segments so far */
	double acked;  /* bytes, when the line that is open was sent again */
	double at;     /* clock_now() then */
	bool open;     /* a line was sent again and is not acknowledged yet */
	int lost;
};

/*
 * What is sent again several times for the same bytes is one loss. An acknowledgement that comes sooner after that than an
 * answer to it could was merely late: a busy machine, not a lost packet.
 */
static void on_look(void *context, const struct flight *flight)
{
	struct count *count = context;
	const double now = clock_now();

	if (flight->resent > count->resent && !count->open) {
		count->open = true;
		count->acked = flight->acked;
		count->at = now;
	}
	count->resent = flight->resent;
	if (!count->open || flight->acked <= count->acked)
		return;
	count->open = false;
	count->lost += now - count->at >= ANSWER * count->rtt;
}

static bool is_suspicious(const struct probe *p)
{
	static const enum smtp_phase cheap[] = {SMTP_EHLO, SMTP_STARTTLS, SMTP_MAIL, SMTP_DATA};
	const struct smtp_session *s = &p->session;
	const double late = ROUNDS * s->tcp.rtt + TIMER_S;

	if (s->tcp.retransmits >= 1 || s->steps[SMTP_CONNECT].delay >= SYN_S + s->tcp.rtt)
		return true;
	for (size_t i = 0; i < sizeof cheap / sizeof cheap[0]; i++)
		if (s->steps[cheap[i]].ended && s->steps[cheap[i]].delay >= late)
			return true;
	return false;
}

/* So many, at most TRIPS. True when all were made; then their losses are in `lost`. */
static bool run(struct smtp_session *s, size_t trips, int *lost)
{
	char text[TRIPS * (sizeof LINE - 1) + 1] = "";
	size_t pieces[TRIPS];
	struct count count = {.rtt = fmin(s->tcp.rtt, s->steps[SMTP_CONNECT].delay)};
	struct flight flight;
	const struct flight_plan plan = {.bytes = text,
	                                 .pieces = pieces,
	                                 .count = trips,
	                                 .together = 1,
	                                 .patience = PATIENCE_S,
	                                 .look = on_look,
	                                 .context = &count};

	for (size_t i = 0; i < TRIPS; i++) {
		memcpy(text + i * (sizeof LINE - 1), LINE, sizeof LINE);
		pieces[i] = sizeof LINE - 1;
	}
	flight_send(s, &plan, &flight);
	*lost = count.lost;
	return flight.end == FLIGHT_PASS;
}

/* Whether the server, which would have to wait for the end of the message, is still there. */
static bool is_alive(const struct smtp_session *s)
{
	return s->status == SMTP_OK || s->status == SMTP_SILENT || s->status == SMTP_CUT;
}

/* As many as it takes; those made, and of these the lost ones. */
static void run_rounds(struct probe *p, int *trips, int *lost)
{
	struct smtp_session *s = &p->session;
	size_t next = is_suspicious(p) ? TRIPS : s->tcp.rtt <= NEAR_S ? FEW : 0;
	int these = 0;

	while (next > 0 && *trips < MOST && *lost < CLEAR && run(s, next, &these)) {
		*trips += (int)next;
		*lost += these;
		next = *lost >= (*trips > FEW ? MORE_AFTER : 1) ? TRIPS : 0;
	}
}

void count_trips(struct probe *p)
{
	struct smtp_session *s = &p->session;
	const struct tcp_sample tcp = s->tcp;
	const struct smtp_step body = s->steps[SMTP_BODY];
	const double from = clock_now(), began = s->phase_began;
	int trips = 0, lost = 0;

	if (p->plan->deadline - from < TIME_S || address_is_own(&p->plan->endpoint->address))
		return;
	run_rounds(p, &trips, &lost);
	tell_trips(p, trips, lost);
	/* What was measured before stands: these lines are no part of the message. */
	if (!is_alive(s))
		return;
	s->status = SMTP_OK;
	s->tcp = tcp;
	s->steps[SMTP_BODY] = body;
	s->phase_began = began + (clock_now() - from);
}
