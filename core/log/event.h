/*
 * event - what one line of a mail log says
 *
 * A grammar for each mail server (Postfix, Exim, Sendmail, OpenSMTPD) turns a line into one struct log_event: when, which
 * program, which peer and message, what happened, in which phase of the session, after how many bytes and seconds. It
 * keeps nothing between lines and allocates nothing: texts are slices of the line, so they are as foreign as the line is
 * and pass text_clean() before they become a fact.
 *
 * Lines without a time stamp are understood too (people paste them cut), their time is NAN.
 */
#ifndef SMTPDX_LOG_EVENT_H
#define SMTPDX_LOG_EVENT_H

#include "log/prefix.h"
#include "log/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_mta { LOG_MTA_UNKNOWN, LOG_POSTFIX, LOG_EXIM, LOG_SENDMAIL, LOG_OPENSMTPD, LOG_MTA_COUNT };

const char *log_mta_name(enum log_mta mta); /* a word of smtp.server.software */

/* Which way the mail goes: in = the peer is a client of ours, out = the peer is the server. */
enum log_direction { LOG_NOWHERE, LOG_IN, LOG_OUT };

enum log_kind {
	LOG_PLAIN,      /* understood, and of no interest here */
	LOG_CONNECT,    /* a session began: peer */
	LOG_DISCONNECT, /* a session ended: its pid tells which */
	LOG_ACCEPTED,   /* a message is coming in or came in: peer, queue id, often size */
	LOG_QUEUED,     /* a message is in the queue: queue id, size */
	LOG_SENT,       /* delivered to the peer: queue id; see log_sent_seconds() */
	LOG_DEFERRED,   /* not delivered for now: queue id, peer, symptom, text */
	LOG_BOUNCED,    /* given up: the same */
	LOG_REMOVED,    /* the queue is done with that message */
	LOG_TROUBLE,    /* something went wrong in or around a session: symptom, often peer, phase, bytes, text */
	LOG_DETAIL,     /* says more about a trouble that another line counts: text for the catalogues */
	LOG_MAXIMUM,    /* anvil's statistics: number = the maximum, peer = who reached it */
	LOG_UNKNOWN,    /* a line of a known program with an unknown wording: text; the reply catalogue may know it */
};

/* What went wrong. The order is that of the log.* counters in the reports. */
enum log_symptom {
	SYMPTOM_NONE,
	SYMPTOM_TIMEOUT,         /* a timer fired while we waited for the peer */
	SYMPTOM_LOST,            /* the peer closed or reset the connection within a session */
	SYMPTOM_BUSY,            /* the other side said 421, or we did: text has the reply where there is one */
	SYMPTOM_TOO_MANY,        /* too many connections of one client at a time */
	SYMPTOM_RATE,            /* too many connections, messages or recipients of one client in a while */
	SYMPTOM_PROCESS_LIMIT,   /* all processes or sessions of the server are taken */
	SYMPTOM_STRESS,          /* the server went into stress mode */
	SYMPTOM_LOAD,            /* the server refuses or queues because of its load */
	SYMPTOM_DISK,            /* no room for the message */
	SYMPTOM_SIZE,            /* the message is over the limit */
	SYMPTOM_CONNECT_TIMEOUT, /* no answer to the connection attempt */
	SYMPTOM_CONNECT_REFUSED, /* the port refuses */
	SYMPTOM_UNREACHABLE,     /* no route, network or host unreachable */
	SYMPTOM_DNS,             /* a look-up failed */
	SYMPTOM_TLS,             /* STARTTLS or the handshake failed */
	SYMPTOM_AUTH,            /* credentials refused, or the authentication service failed */
	SYMPTOM_MILTER,          /* a milter is slow, gone or says "try again" */
	SYMPTOM_PROXY,           /* a before- or after-queue filter, or LMTP, is slow or gone */
	SYMPTOM_POLICY,          /* a policy or table service behind the server is slow or gone */
	SYMPTOM_GREYLIST,        /* a deliberate "come back later" */
	SYMPTOM_REFUSED,         /* any other 4xx or 5xx, by either side: text has the reply */
	SYMPTOM_PROTOCOL,        /* pipelining, bare line feeds, too many errors, unknown commands */
	SYMPTOM_NOISE,           /* bots: early talkers, block lists at the door, port scans */
	SYMPTOM_COUNT
};

const char *log_symptom_name(enum log_symptom symptom); /* "timeout", "lost", "busy", "too-many", ... */

/* Where in the session, as the words of smtp.stage; ends with PHASE_COUNT. */
enum log_phase {
	PHASE_NONE,
	PHASE_CONNECT, /* until the TCP connection stands */
	PHASE_BANNER,
	PHASE_EHLO,
	PHASE_STARTTLS,
	PHASE_TLS,
	PHASE_AUTH,
	PHASE_MAIL,
	PHASE_RCPT,
	PHASE_DATA, /* the DATA command: waiting for its 354 (out) */
	PHASE_BODY, /* content; "timeout after DATA (N bytes)" is here, since the server had said 354 */
	PHASE_END,  /* after the final dot */
	PHASE_QUIT, /* idle after a message, RSET, NOOP, QUIT */
	PHASE_COUNT
};

const char *log_phase_name(enum log_phase phase); /* "" for PHASE_NONE, "body", ... */

struct log_event {
	enum log_mta mta;
	enum log_kind kind;
	enum log_symptom symptom;
	enum log_phase phase;
	enum log_direction direction;
	double time;            /* s since 1970, UTC; NAN: the line has no time stamp */
	long pid;               /* -1: none */
	struct slice program;   /* "postfix/smtpd", "sendmail", "exim": empty when the line has no prefix */
	struct slice peer_name; /* empty when not known ("unknown" counts as not known) */
	struct slice peer;      /* its address without brackets; empty when the line has none */
	int peer_port;          /* 0: none */
	struct slice queue_id;  /* empty: none, or NOQUEUE; OpenSMTPD: the session id */
	double bytes;           /* of content at a timeout or loss, or the size of the message; -1: not said */
	double
	    seconds; /* how long it took, as far as the line itself says so (delays=, xdelay=, D=, DT=); -1: not said */
	double
	    number; /* LOG_MAXIMUM, SYMPTOM_TOO_MANY, _RATE, _PROCESS_LIMIT, _LOAD: the figure of the line; -1: none */
	int code;   /* reply code that the line quotes; 0: none */
	struct slice
	    text; /* the words for the reply catalogue: the reason of a deferral, the quoted reply, the message */
};

/*
 * Reads one line (without its line end). False when it is no line of a mail server that is known here: then the event
 * holds nothing but what the prefix said. The clock carries year and zone from line to line (see prefix.h); NULL: lines
 * without a year have no time. Any bytes may come in.
 */
bool log_event_parse(struct log_clock *clock, const char *line, size_t size, struct log_event *event);

/*
 * How long a delivery took (LOG_SENT), s; -1 when the line does not say. Nearly every line of a healthy log could be asked, so
 * this is found out on demand: Postfix' delays= are in the event's text.
 */
double log_sent_seconds(const struct log_event *event);

/* Words that say why a delivery or session failed ("conversation with X timed out while ...", "host X said: 421 ..."). */
void log_reason_parse(struct slice reason, struct log_event *event);

#endif
