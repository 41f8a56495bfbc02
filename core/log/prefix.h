/*
 * prefix - what stands before the message of a log line: containers, time stamp, host, program and process id
 *
 * Recognised by content: RFC 3164 ("Sep  1 05:45:30 host prog[12]: "), ISO 8601 / RFC 3339 (host and program may follow,
 * or not), RFC 5424, Exim's own ("2026-03-01 10:00:00 [pid] "), journalctl short and -o json, Docker's JSON files,
 * `docker compose logs` ("name  | "), Kubernetes ("2026-...Z stdout F "), a file name from grep ("mail.log:"), and a bare
 * "postfix/smtpd[12]: ". RFC 3164 knows neither year nor zone: the clock supplies both.
 */
#ifndef SMTPDX_LOG_PREFIX_H
#define SMTPDX_LOG_PREFIX_H

#include "log/slice.h"

#include <stdint.h>
#include <time.h>

#define LOG_STAMP_MAX     96   /* bytes up to the seconds of a stamp, containers included */
#define LOG_HOST_MAX      64   /* bytes of a host name that is remembered */
#define LOG_UNESCAPED_MAX 4096 /* bytes of a message out of JSON */

/*
 * What one line leaves to the next. From stamps to seconds since 1970: A stamp without a year is put into the newest year that does not lie after the
 * anchor (the file's time, or now) by more than a day; then it follows the lines: a jump of half a year back is a new
 * year. A stamp without a zone is local time of this machine (TZ).
 */
struct log_clock {
	time_t anchor;      /* no stamp of the file is later than this, give or take a day */
	int year;           /* of the last stamp without a year; 0: none yet */
	int month;          /* of the same, 0..11 */
	double zone_hour;   /* an hour as if it were UTC, in h since 1970, ... */
	double zone_offset; /* ... and how far local time is from UTC in it, s; NAN: none yet */
	/* The last stamp up to its seconds, and what it was: the lines of one second share it. */
	char cached[LOG_STAMP_MAX];
	size_t cached_size; /* 0: none */
	double cached_utc;
	double cached_local;
	/* The last host with the blank behind it: it is the same on most lines. */
	char host[LOG_HOST_MAX];
	size_t host_size;                  /* 0: none */
	char unescaped[LOG_UNESCAPED_MAX]; /* the message of the last JSON line */
};

void log_clock_init(struct log_clock *clock, time_t anchor);

struct log_prefix {
	double time;          /* s since 1970, UTC; NAN: none */
	struct slice host;    /* empty: none */
	struct slice program; /* "postfix/smtpd", "sm-mta", "exim4"; empty: none */
	long pid;             /* -1: none */
	struct slice message; /* the rest */
};

/*
 * Takes a line apart; what is missing stays empty, so that the message may be the whole line. Without a clock (NULL) stamps
 * without a year have no time and JSON stays as it is.
 */
void log_prefix_parse(struct log_clock *clock, struct slice line, struct log_prefix *prefix);

#endif
