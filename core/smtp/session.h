/*
 * session - one SMTP session as a client, measured phase by phase
 *
 * libcurl connects, reads the banner, says EHLO and does STARTTLS; its debug callback hands us every line, which is where
 * the timers come from (greet.c). From then on MAIL, RCPT, DATA and the rest go through the same connection by
 * smtp_command() (dialog.c). A raw session is only connected by libcurl and greets by smtp_receive() and smtp_command(),
 * for whoever wants to stop in between. Nothing here waits past the session's deadline, be it connecting, in TLS, reading
 * or writing; nothing judges what it measured.
 *
 * Every function that talks returns the session's status. Once that is not SMTP_OK the session is over and further
 * commands do nothing; only smtp_quit() may still say goodbye.
 */
#ifndef SMTPDX_SMTP_SESSION_H
#define SMTPDX_SMTP_SESSION_H

#include "model/case.h"
#include "model/target.h"
#include "smtp/certificate.h"
#include "smtp/icmp.h"
#include "smtp/phase.h"
#include "smtp/reply.h"
#include "smtp/tcp.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <sys/socket.h>

/* How a session stands; past SMTP_OK the words of smtp.outcome. */
enum smtp_status {
	SMTP_OK,
	SMTP_REFUSED, /* a reply ended it: session.reply */
	SMTP_SILENT,  /* not a byte came until the deadline */
	SMTP_CLOSED,
	SMTP_RESET,
	SMTP_GARBAGE, /* no SMTP replies; session.reply.fault and detail */
	SMTP_TLS_FAILED,
	SMTP_NOT_CONNECTED, /* session.connect_error */
	SMTP_CUT,           /* the deadline passed while the peer was busy with us */
};

const char *smtp_connect_outcome(int sys);             /* of a connect_error: "refused", "timeout", ... */
const char *smtp_status_name(enum smtp_status status); /* "" for SMTP_OK */

enum smtp_tls_mode { SMTP_TLS_NONE, SMTP_TLS_STARTTLS, SMTP_TLS_IMPLICIT };

/* One phase, measured. */
struct smtp_step {
	bool begun, ended;
	double at;    /* clock_now() when it began */
	double delay; /* s; until its end */
	struct smtp_reply reply;
};

/* Who looks on while the session goes its way. */
struct smtp_watch {
	void (*begun)(void *context, enum smtp_phase phase,
	              double limit);                         /* limit: s until the session's patience ends */
	void (*ended)(void *context, enum smtp_phase phase); /* session->steps[phase] is complete */
	void (*line)(void *context, enum line_dir dir, const char *text);
	/* May be NULL. Called every few milliseconds while it greets, TCP sample renewed; false gives the session up. */
	bool (*look)(void *context);
	void *context;
};

struct smtp_options {
	const char *host; /* for TLS server name indication; "" when only the address is known */
	struct sockaddr_storage address;
	const char *helo;
	bool raw; /* libcurl only connects (and does implicit TLS); the caller greets */
	enum smtp_tls_mode tls;
	bool verify;             /* a certificate that does not verify ends the session (SMTP_TLS_FAILED) */
	int mss;                 /* bytes; 0: as the path has it */
	double connect_patience; /* s for connecting; 0: only the deadline counts */
	double deadline;         /* clock_now() value for everything */
	struct smtp_watch watch;
};

/* What EHLO announced. */
struct smtp_features {
	bool starttls, pipelining;
	bool masked;                    /* keywords are overwritten with X */
	double size;                    /* bytes; -1: SIZE was not announced */
	char keywords[SMTP_REPLY_KEPT]; /* "PIPELINING, SIZE 10240000, STARTTLS" */
};

struct smtp_tls {
	enum { SMTP_TLS_NOT_TRIED, SMTP_TLS_DONE, SMTP_TLS_BROKEN } outcome;
	char error[256]; /* the TLS library's words */
	bool timed_out;
	char version[32], cipher[64];
	bool has_certificate;
	struct certificate certificate;
	long verify_result; /* X509_V_ERR number of OpenSSL, 0 when it verifies */
};

struct smtp_session {
	struct smtp_options options;
	enum smtp_status status;
	enum smtp_phase phase; /* under way, or the one in which the session ended */
	double began;          /* clock_now() when connecting began */
	double phase_began;
	double heard;         /* bytes that had come when the phase began */
	double first_mss;     /* bytes; as it was when the connection stood */
	double first_line_at; /* clock_now() of the banner's first line; 0: none came */
	struct smtp_step steps[SMTP_PHASES];
	struct smtp_reply reply; /* the last one */
	enum smtp_fault fault;   /* the first oddity of the session, see reply.h */
	char fault_detail[SMTP_LINE_KEPT];
	struct smtp_features features;
	bool helo_used;
	bool unanswered; /* commands were sent whose replies were not read; set by whoever pipelines */
	struct smtp_tls tls;
	int connect_error;       /* errno */
	struct icmp_notice icmp; /* why there is no connection, if somebody on the way said so */
	struct tcp_sample tcp;   /* the last look at the connection */

	int fd;           /* -1 once closed */
	bool curl_is_out; /* libcurl has given the connection up, the descriptor is still ours */
	bool closing;
	CURL *easy;
	CURLM *multi;
	struct curl_slist *resolve;
	char curl_error[CURL_ERROR_SIZE];
	struct smtp_parser parser;
	char in[16384]; /* bytes that were read and not parsed yet */
	size_t in_used, in_size;
};

/*
 * Connects and greets (a raw session: connects). smtp_close() frees the session, whatever the status. The strings of the
 * options must outlive it.
 */
enum smtp_status smtp_open(struct smtp_session *s, const struct smtp_options *options);

/* Begins a phase, sends one line (without CRLF) and reads its reply. A reply that the phase does not expect, or a 421,
 * is SMTP_REFUSED. */
enum smtp_status smtp_command(struct smtp_session *s, enum smtp_phase phase, const char *line);

/* The parts of it: send lines that each end in CRLF; read the reply of a phase that has begun. */
void smtp_begin(struct smtp_session *s, enum smtp_phase phase);
enum smtp_status smtp_send(struct smtp_session *s, const char *lines);
enum smtp_status smtp_receive(struct smtp_session *s, enum smtp_phase phase);

/*
 * Stays silent until the server says something, closes, or `until` comes. SMTP_OK: it outlasted us. A reply is
 * SMTP_REFUSED whatever its code, since nothing was asked.
 */
enum smtp_status smtp_listen(struct smtp_session *s, double until);

/*
 * After a silence: says goodbye, or in message text an empty line, and tells whether that is lost: a device in between may
 * have forgotten the connection, and neither end knows.
 */
bool smtp_is_forgotten(struct smtp_session *s);

/* A reply that is already there although nothing was asked: kept as fault early-talk, or ends the session (421). */
enum smtp_status smtp_check_early(struct smtp_session *s);

/* What became of a body. */
struct smtp_body {
	enum {
		SMTP_BODY_UNDECIDED,
		SMTP_BODY_ACCEPTED,
		SMTP_BODY_STALLED,
		SMTP_BODY_EARLY_REPLY,
		SMTP_BODY_ENDED
	} outcome;
	double sent;    /* bytes handed to the kernel */
	double unacked; /* bytes of these that were never acknowledged */
};

/* Sends body lines (no final dot) and waits until the peer's TCP has acknowledged all of it, or it is stuck. body.c; flight.h has more of it */
enum smtp_status smtp_send_body(struct smtp_session *s, const char *bytes, size_t size, struct smtp_body *body);

/* QUIT, and the reply if it comes within a few seconds. Does nothing where no QUIT can be said. */
void smtp_quit(struct smtp_session *s);

void smtp_close(struct smtp_session *s);

/* Seconds since the phase began. */
double smtp_waited(const struct smtp_session *s);

#endif
