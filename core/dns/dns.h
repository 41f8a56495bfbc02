/*
 * dns - questions and answers: libresolv builds and parses the messages, we send them
 *
 * Every question goes to one name server over a non-blocking socket of its own, so that each server and each question is
 * timed by itself and many are under way at the same time. Retries and the step from a cut UDP answer to TCP happen in
 * here and are counted. Nothing here judges an answer beyond saying what it is.
 */
#ifndef SMTPDX_DNS_DNS_H
#define SMTPDX_DNS_DNS_H

#include "base/err.h"
#include "model/target.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The resolv.conf of this machine, or the one --resolver. */
struct dns_conf {
	struct sockaddr_storage servers[8]; /* more than the 3 that glibc asks, to see the dead ones that it hides */
	size_t server_count;
	double timeout;  /* "options timeout:n", 5 s unless set */
	int attempts;    /* "options attempts:n", 2 unless set */
	char fault[256]; /* what is wrong with the file, "" when nothing is */
};

/* path NULL: /etc/resolv.conf. resolver NULL, or ADDR[:PORT] / [v6]:PORT that replaces the file. 0 or -1. */
int dns_conf_load(struct dns_conf *conf, const char *path, const char *resolver, struct err *err);

enum dns_state {
	DNS_OK,
	DNS_NONE, /* NOERROR without such records (NODATA) */
	DNS_NXDOMAIN,
	DNS_SERVFAIL,
	DNS_REFUSED,
	DNS_TIMEOUT,
	DNS_LOOP,        /* CNAME loop or a chain longer than we follow */
	DNS_MALFORMED,   /* not a DNS answer, or not to this question */
	DNS_UNREACHABLE, /* the network said so (ICMP port or host unreachable) */
};
const char *dns_state_name(enum dns_state state); /* the words of the fact table */

struct dns_mx {
	int preference;
	char host[256];
};

/* The answer to one question. Names are lower case, without the final dot, cleaned. */
struct dns_answer {
	enum dns_state state;
	int rcode;
	bool authoritative;
	bool recursion_available;
	double seconds; /* from the first sending to the answer, retries and TCP included */
	int retries;
	bool tcp;          /* the UDP answer was cut, TCP was asked */
	char cname[256];   /* where a CNAME chain ended, "" when the name is no alias */
	struct dns_mx *mx; /* sorted by preference */
	size_t mx_count;
	struct sockaddr_storage *addresses; /* A or AAAA */
	size_t address_count;
	char **texts; /* PTR and NS names, TXT strings joined per record */
	size_t text_count;
	size_t record_count; /* records of the asked type, e.g. TLSA */
};

void dns_answer_done(struct dns_answer *answer);

/* One question to one server. Fill the upper part, call dns_ask(); the answers are the caller's to dns_answer_done(). */
struct dns_question {
	char name[256];
	int type; /* ns_t_mx, ns_t_a, ... */
	struct sockaddr_storage server;
	bool recursive; /* RD bit: true for resolvers, false for authoritative servers */
	struct dns_answer answer;
};

/*
 * Asks all questions side by side in one poll loop and returns when each has its answer or has run out of tries. One try
 * lasts try_s seconds (each question is sent up to `tries` times); nothing lasts longer than the deadline.
 */
void dns_ask(struct dns_question *questions, size_t count, double try_s, int tries, double deadline);

/* The in-addr.arpa or ip6.arpa name of an address. */
void dns_reverse_name(const struct sockaddr_storage *address, char name[static 256]);

/* The endpoints of a target, for whoever needs no more than addresses. */
struct endpoint {
	char host[256];                  /* "" when an address was given */
	struct sockaddr_storage address; /* with the port */
};

/*
 * MX hosts of a domain in order of preference (the domain itself when it has none), then their addresses; or the
 * addresses of a host (also through /etc/hosts and nsswitch); or the address itself. At most `room` endpoints, honouring
 * --port, -4 and -6 through the arguments. Returns their number, or -1 with the reason (null MX, no such domain, ...).
 */
int dns_endpoints(const struct target *target, const struct dns_conf *conf, int port, bool v4_only, bool v6_only,
                  double deadline, struct endpoint *endpoints, size_t room, struct err *err);

#endif
