/*
 * run - one run of the dns check, shared by its parts
 *
 * The questions form a graph: MX -> addresses of each host -> name of each address -> addresses of that name; name
 * servers -> their addresses -> one question to each. Every part starts its questions as soon as it knows what to ask,
 * keeps what it needs in its jobs, and emits its facts when the last answer of a job has come. Jobs live as long as the
 * run, because the engine's callbacks point to them.
 */
#ifndef SMTPDX_CHECKS_DNS_RUN_H
#define SMTPDX_CHECKS_DNS_RUN_H

#include "checks/emit.h"
#include "checks/settings.h"
#include "dns/engine.h"

#define RUN_HOSTS_MAX        20
#define RUN_ADDRESSES_MAX    40
#define RUN_NAMES_MAX        4 /* names of one address that are confirmed */
#define RUN_NAMESERVERS_MAX  8
#define RUN_NS_ADDRESSES_MAX 16

struct dns_run;

/* One of this machine's name servers, and all that it did. */
struct resolver {
	struct dns_run *run;
	struct sockaddr_storage server;
	char *subject;
	size_t states[DNS_UNREACHABLE + 1]; /* how often each came */
	size_t lame;                        /* of the refused: it does not recurse and knows nothing itself */
	size_t asked, answered, retries, tcp;
	double *delays; /* s; of the answers */
	size_t delay_room;
	double slowest;
	bool doubted;         /* asked a control question */
	double doubted_after; /* s; the questions before that one */
};

/* A name and a type, found out through our resolvers. */
struct lookup;
typedef void lookup_done(const struct lookup *lookup, const struct dns_answer *answer, void *context);

struct lookup {
	struct dns_run *run;
	lookup_done *done;
	void *context;
	char name[DNS_NAME_SIZE];
	int type;
	double before;  /* s; the questions that had to be answered first */
	double began;   /* clock_now() */
	double seconds; /* from then to the answer that counts, failed tries at other resolvers included */
	unsigned asked; /* a bit for each resolver */
	size_t open;    /* questions without an answer yet */
	bool over;
	struct dns_answer failure; /* what to say when nobody has a better answer */
};

/* A mail host. */
struct host {
	struct dns_run *run;
	char name[DNS_NAME_SIZE];
	bool of_mx; /* an MX record names it: no alias then (RFC 5321 5.1) */
	size_t open;
	size_t v4, v6;
	double seconds; /* the slower of its address look-ups */
	bool alias;
	enum dns_state failure; /* of the look-ups without addresses */
};

/* An address whose name is looked up and confirmed: of a mail host, or one of our own. */
struct reverse {
	struct dns_run *run;
	struct sockaddr_storage address;
	char *subject;
	bool self;
	char names[RUN_NAMES_MAX][DNS_NAME_SIZE];
	size_t name_count, open;
	const char *confirmed; /* the first name that leads back */
	enum dns_state failure;
	double seconds, forward_seconds;
};

struct nameserver {
	struct dns_run *run;
	char name[DNS_NAME_SIZE];
	double before;
	size_t address_count;
	bool resolved; /* all of its address look-ups are over */
	size_t open;
};

struct nameserver_address {
	struct nameserver *nameserver;
	char *subject;
	double before;
	bool over;
	const char *state; /* word of dns.ns.state */
	double seconds;
};

struct dns_run {
	const struct target *target;
	const struct settings *settings;
	const struct dns_conf *conf;
	struct emit *e;
	double patience; /* s; of one question */
	struct dns_engine *engine;
	struct resolver resolvers[DNS_SERVERS_MAX];
	size_t resolver_count;
	struct resolver *preferred; /* the first that had a usable answer; NULL: none yet */
	struct lookup **lookups;
	size_t lookup_count, lookup_room;
	bool mx_usable, mx_over;
	struct host hosts[RUN_HOSTS_MAX];
	size_t host_count, hosts_over, hosts_bad;
	struct reverse reverses[2 * RUN_ADDRESSES_MAX];
	size_t reverse_count;
	size_t address_count;
	struct nameserver nameservers[RUN_NAMESERVERS_MAX];
	size_t nameserver_count, nameserver_total;
	struct nameserver_address ns_addresses[RUN_NS_ADDRESSES_MAX];
	size_t ns_address_count;
	char zone[DNS_NAME_SIZE]; /* whose name servers these are */
	double chain;             /* s; the slowest chain of questions so far */
	double slowest;
	char slowest_question[DNS_NAME_SIZE + 16];
	char slowest_server[DNS_NAME_SIZE + 64];
};

struct stub;

/*
 * Measures with the name servers of that resolv.conf. stub: the C library's own look-up, already under way and taken over;
 * NULL: what it would cost is worked out from what the resolvers did.
 */
void dns_measure(const struct target *target, const struct settings *settings, const struct dns_conf *conf,
                 struct stub *stub, double deadline, struct emit *e);

/* lookup.c: `before` is the chain up to here; done is called once, from within the engine's run, or never. */
void lookup_start(struct dns_run *run, const char *name, int type, double before, lookup_done *done, void *context);
double lookup_chain(const struct lookup *lookup); /* s; with the questions before it */
void lookups_free(struct dns_run *run);

/* Counts a question for dns.slowest.* and dns.chain.delay; every question passes here once. chain: s, itself included. */
void run_count_question(struct dns_run *run, const struct dns_question *question, double chain, const char *server);
bool run_wants(const struct dns_run *run, int family); /* -4, -6: what is probed */
void run_progress(struct dns_run *run, const char *phase);

/* progress.c: the servers and the open questions, for whoever looks on */
void run_tell(const struct dns_run *run);

/* resolver.c */
void resolvers_init(struct dns_run *run, const struct dns_conf *conf);
void resolvers_done(struct dns_run *run);
struct resolver *resolver_find(struct dns_run *run, const struct sockaddr_storage *server);
/* Counts an answer. Turns the empty answer of a server that does not recurse into DNS_REFUSED, which it means. */
void resolver_count_answer(struct resolver *resolver, struct dns_answer *answer);
const char *resolver_state(const struct resolver *resolver); /* word of dns.resolver.state */
bool resolver_is_usable(const struct resolver *resolver);    /* has given a usable answer */
bool answer_is_usable(const struct dns_answer *answer);      /* a definite answer: nobody else need be asked */
/* stub_delay: what a look-up cost the C library, s; negative: not measured, so it is worked out. */
void resolvers_emit(struct dns_run *run, double stub_delay);

/* stub.c: one look-up by the C library itself, in a child, as a program here would make it. */
struct stub *stub_start(void);
double stub_finish(struct stub *stub, double deadline); /* s, or negative; frees; NULL is allowed */

/* host.c */
void hosts_begin(struct dns_run *run);
void hosts_emit(struct dns_run *run);

/* reverse.c: the name of an address and back; with the self of our own address that leads there. */
void reverse_begin(struct dns_run *run, const char *host, const struct sockaddr_storage *address, double before);
void reverses_done(struct dns_run *run);

/* nameserver.c */
void nameservers_begin(struct dns_run *run);
void nameservers_emit(struct dns_run *run);
void nameservers_done(struct dns_run *run);

#endif
