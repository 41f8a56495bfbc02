/*
 * dns - questions and answers: libresolv parses the messages, we send them
 *
 * Every question goes to one name server over a non-blocking socket of its own, so that each server and each question is
 * timed by itself and many are under way at the same time (see engine.h). Retries and the step from a cut UDP answer to
 * TCP happen in here and are counted. Nothing here judges an answer beyond saying what it is.
 */
#ifndef SMTPDX_DNS_DNS_H
#define SMTPDX_DNS_DNS_H

#include "base/err.h"
#include "model/target.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DNS_PORT        53
#define DNS_SERVERS_MAX 8
#define DNS_STUB_MAX    3 /* how many name servers of resolv.conf the C library asks (MAXNS) */
#define DNS_NAME_SIZE   256

/* The resolv.conf of this machine, or what --resolver put in its place. */
struct dns_conf {
	struct sockaddr_storage
	    servers[DNS_SERVERS_MAX]; /* more than the C library asks, to see the dead ones it hides */
	size_t server_count;
	double timeout;  /* s, "options timeout:n", 5 unless set */
	int attempts;    /* "options attempts:n", 2 unless set */
	char fault[256]; /* the first thing that is wrong with the file, "" when nothing is */
};

/*
 * path NULL: /etc/resolv.conf. resolver NULL, or ADDR[:PORT] / [v6]:PORT that replaces the file; several, asked in that
 * order, are separated by commas. A file that cannot be read or names no server is a fault and no failure: the C library
 * then asks 127.0.0.1, and so do we (resolv.conf(5)). -1 with the reason when the resolver is no address.
 */
int dns_conf_load(struct dns_conf *conf, const char *path, const char *resolver, struct err *err);

enum dns_state {
	DNS_OK,
	DNS_NONE, /* NOERROR without such records (NODATA) */
	DNS_NXDOMAIN,
	DNS_SERVFAIL, /* also FORMERR, NOTIMP and what else is no answer; rcode tells */
	DNS_REFUSED,
	DNS_TIMEOUT,
	DNS_LOOP,        /* CNAME loop or a chain longer than we follow */
	DNS_MALFORMED,   /* not a DNS answer, or not to this question */
	DNS_UNREACHABLE, /* the network said so (ICMP port or host unreachable, no route) */
};
const char *dns_state_name(enum dns_state state); /* the words of the fact table; DNS_UNREACHABLE is "timeout" there */

struct dns_mx {
	int preference;
	char host[DNS_NAME_SIZE]; /* "." for the root, i.e. a null MX */
};

/*
 * The answer to one question. Names are lower case, without the final dot, printable; they need not be host names: a
 * label may hold anything, shown as \DDD or \. (RFC 1035 5.1), and what is too long ends in "...".
 */
struct dns_answer {
	enum dns_state state;
	int rcode;
	bool authoritative;
	bool recursion_available;
	double seconds; /* from the first sending to the answer, retries and TCP included */
	int retries;
	bool tcp;                  /* the UDP answer was cut, TCP was asked */
	char cname[DNS_NAME_SIZE]; /* where a CNAME chain ended, "" when the name is no alias */
	char zone[DNS_NAME_SIZE];  /* of a negative answer: the zone that said so (its SOA, RFC 2308), or "" */
	struct dns_mx *mx;         /* sorted by preference */
	size_t mx_count;
	struct sockaddr_storage *addresses; /* A or AAAA, port 0 */
	size_t address_count;
	char **texts; /* PTR and NS names, TXT strings joined per record */
	size_t text_count;
	size_t record_count; /* records of the asked type, e.g. TLSA, also when there are too many to keep */
};

#define DNS_KEPT_MAX 100 /* records of one answer that are kept */

void dns_answer_done(struct dns_answer *answer);

/* One question to one server. */
struct dns_question {
	char name[DNS_NAME_SIZE];
	int type;                       /* ns_t_mx, ns_t_a, ... */
	struct sockaddr_storage server; /* with the port */
	bool recursive;                 /* RD bit: true for resolvers, false for authoritative servers */
	struct dns_answer answer;
};

/*
 * Asks all questions side by side in one poll loop and returns when each has its answer or has run out of tries. One try
 * lasts try_s seconds (each question is sent up to `tries` times); nothing lasts longer than the deadline. The upper part
 * of each question is the caller's to fill; the answers are the caller's to dns_answer_done().
 */
void dns_ask(struct dns_question *questions, size_t count, double try_s, int tries, double deadline);

/* "MX", "TXT", ...; the number ("TYPE65") when it has no name here. */
const char *dns_type_name(int type, char text[static 16]);

/* Names as RFC 4343 compares them: ASCII letters in either case, whatever the locale. */
bool dns_name_equal(const char *a, const char *b);

/* The in-addr.arpa or ip6.arpa name of an address. */
void dns_reverse_name(const struct sockaddr_storage *address, char name[static DNS_NAME_SIZE]);

/*
 * The addresses of a name in a hosts file (path NULL: /etc/hosts), for names that no name server knows, such as
 * localhost. At most `room`; returns their number, 0 also when the file cannot be read.
 */
size_t dns_hosts_file(const char *path, const char *name, struct sockaddr_storage *addresses, size_t room);

/*
 * The address of ours that packets to the given one leave from: what a peer sees and looks up, unless a NAT rewrites it.
 * Nothing is sent. -1 when there is no route.
 */
int dns_source_address(const struct sockaddr_storage *to, struct sockaddr_storage *from);

/* The endpoints of a target, for whoever needs no more than addresses. */
struct endpoint {
	char host[DNS_NAME_SIZE];        /* "" when an address was given */
	struct sockaddr_storage address; /* with the port */
};

/*
 * MX hosts of a domain in order of preference (the domain itself when it has none), then their addresses; or the
 * addresses of a host (also through /etc/hosts); or the address itself. At most `room` endpoints, honouring --port, -4
 * and -6 through the arguments (port 0: the target's own). Returns their number, or -1 with the reason (null MX, no such
 * domain, ...).
 */
int dns_endpoints(const struct target *target, const struct dns_conf *conf, int port, bool v4_only, bool v6_only,
                  double deadline, struct endpoint *endpoints, size_t room, struct err *err);

#endif
