/*
 * probe - one endpoint of the mtu check: do large packets get through, and up to which size?
 *
 * Internal to the check. Sizes are those of whole IP packets in bytes, unless a name says mss: that is what TCP calls a
 * maximum segment size, the packet without 20 (IPv4) or 40 (IPv6) bytes of IP header and 20 of TCP header.
 *
 * "Out" is towards the server: our message text. "In" is towards us: the server's TLS handshake, or its long replies.
 */
#ifndef SMTPDX_CHECKS_MTU_PROBE_H
#define SMTPDX_CHECKS_MTU_PROBE_H

#include "checks/emit.h"
#include "checks/mtu/host.h"
#include "checks/settings.h"
#include "checks/smtp/envelope.h"
#include "smtp/flight.h"

#define HEADER_V4_BYTES 40 /* IP and TCP without options */
#define HEADER_V6_BYTES 60

/* With the two that the smtp check may need before, never more than ten. */
#define PROBE_CONNECTIONS_MAX 8

/* What is known of the largest packet that comes to us. */
struct inward {
	int full; /* the largest that we let the server send; 0: nothing was silent, so there is nothing to prove */
	double full_mss;
	int passes, fails; /* 0: none passes */
	int hint;          /* a likely size; 0: there is none */
	double patience;   /* s */
	enum smtp_phase phase;
	int silences;      /* how often large packets were waited for in vain, */
	bool holes;        /* in one of these a later segment came: a server that is merely slow sends none */
	int doubted;       /* and how often before that, when less patience was thought enough */
	double settled_at; /* clock_now() when they had been often enough */
	double quickest;   /* s; of the greetings that came */
	bool proven;       /* smaller packets came at once */
	bool lossy;        /* a greeting came late, as if something had been sent again */
};

struct mtu_probe {
	const struct settings *settings;
	const struct endpoint *endpoint;
	const char *target;           /* as the user gave it */
	const char *rcpt;             /* NULL: to be guessed */
	struct recipients recipients; /* the one in use stays in use, so that a wrong guess is made once */
	double deadline;
	struct emit *e;
	char *subject;
	char helo[ENVELOPE_HELO_SIZE];
	double began; /* clock_now() */
	int header;   /* bytes of IP and TCP header without options */
	struct route route;
	bool host_probes; /* see host.h */
	int connections;
	struct tally tally; /* the connections so far */
	bool black_hole;    /* was proven, in either direction */
	double settled_at;  /* clock_now() when that was certain, or that large packets arrive; 0: neither */
	int out_size;       /* the largest packet that is known to pass; 0: none is */
	bool out_exact;     /* one byte more does not */
	bool in_short;      /* no packet of the TLS handshake was of full size: it was short, or the path is narrow */
	struct inward in;
};

/* --- attempt.c: one connection */

enum greeting {
	GREETING_TLS,   /* STARTTLS where it is offered: its handshake brings large packets to us */
	GREETING_PLAIN, /* HELO and no TLS, unless the port wants it from the first byte on: nothing large comes to us */
};

struct attempt_plan {
	const char *what; /* in the fact about it: "full" */
	enum greeting greeting;
	int mss;         /* 0: as the path has it */
	double patience; /* s; how long a server may be silent where large packets come; 0: as long as there is time */
	/* What to send once DATA is accepted: the caller sets pieces for the segment size that came about. NULL: nothing. */
	size_t (*plan)(void *context, const struct smtp_session *s, size_t *pieces, size_t room);
	void *context;
	size_t together;        /* see struct flight_plan, also the next */
	double flight_patience; /* s */
};

enum blocked {
	BLOCKED_NOT,
	BLOCKED_IN,  /* nothing comes in any more */
	BLOCKED_OUT, /* our greeting does not get out */
};

struct attempt {
	enum smtp_status status;
	enum smtp_phase phase; /* in which it ended */
	struct smtp_reply reply;
	int connect_error; /* errno, with SMTP_NOT_CONNECTED */
	enum blocked blocked;
	bool hole;                           /* a later segment came in, and the one before it did not */
	double waited;                       /* s; until that was clear, */
	double greeting;                     /* s; or the slowest phase of the greeting */
	double resent;                       /* segments that we had to send again until then */
	bool tls;                            /* the handshake was done */
	double advertised, largest, options; /* bytes; see struct tcp_sample */
	bool flew;
	struct flight flight;
};

#define ATTEMPT_PIECES_MAX ((size_t)96)

/* Connects, greets, and flies what is planned; then leaves without the final dot. */
void attempt_run(struct mtu_probe *p, const struct attempt_plan *plan, struct attempt *a);

/* --- outward.c */

/* A message in full-size packets has flown: tells what became of it and, when it did not arrive, finds the size. */
void outward_run(struct mtu_probe *p, const struct flight *full, enum greeting greeting);

/* The plan of such a message; and how long to wait for it where TCP may find a size by itself: 0 or s. */
double outward_patience(const struct mtu_probe *p);
size_t outward_full_plan(void *context, const struct smtp_session *s, size_t *pieces, size_t room);

/* --- inward.c */

#define INWARD_PATIENCE 0.8 /* s, beyond some round trips: longer than a single lost packet delays anything */

/* The first attempt was not blocked: tells how large the packets were that came. */
void inward_tell(struct mtu_probe *p, const struct attempt *full);

/* It was: is the size the reason? Then which one, `hint` being a likely one or 0; and what became of it as facts. */
void inward_prove(struct mtu_probe *p, const struct attempt *full);
void inward_narrow(struct mtu_probe *p, int hint);
void inward_tell_proof(struct mtu_probe *p);

/* --- inband.c */

/* A black hole was proven at that time (clock_now()), or that large packets arrive; a proof stands. */
void probe_settle(struct mtu_probe *p, bool black_hole, double at);

/*
 * Both directions, and the size outwards. 0, or -1 when message text could not be sent, and why. Then the size inwards,
 * which takes a connection for each guess: `hint` is what others say, 0: nothing.
 */
int inband_prove(struct mtu_probe *p, struct err *err);
void inband_finish(struct mtu_probe *p, int hint);

#endif
