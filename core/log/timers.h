/*
 * timers - which timer of which server fires after so many seconds in which phase
 *
 * From the servers' sources and manuals (Postfix 3.12, Exim 4.98, Sendmail 8.18, OpenSMTPD 7.8) and RFC 5321 4.5.3.2. A
 * default is what the server does unless it was told otherwise; what fires at another time was set by somebody.
 */
#ifndef SMTPDX_LOG_TIMERS_H
#define SMTPDX_LOG_TIMERS_H

#include "log/event.h"

struct timer {
	enum log_mta mta;
	enum log_direction direction;
	enum log_phase phase; /* PHASE_NONE: all phases that have no row of their own */
	const char *setting;
	double default_s;
	double stress_s; /* under overload; 0: the same */
};

/* The timer that governs a phase; NULL when none is known. */
const struct timer *timer_find(enum log_mta mta, enum log_direction direction, enum log_phase phase);

/*
 * The round number of seconds that a measured wait stands for: 5, 10, 15, 20, 30, 45, 60, 90, 100, 120, 180, 300, 600, ...; a wait is never
 * shorter than its timer and at most 2 s or 3 per cent longer. 0 when it stands for none.
 */
double timer_value(double wait_s);

#endif
