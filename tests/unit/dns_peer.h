/*
 * dns_peer - a scripted DNS server on loopback, for tests: it answers late, wrongly, cut or never
 *
 * One child process serves several loopback addresses, all at one port that the kernel picks, over UDP and TCP. It answers from
 * records; rules, tried in order, say what else happens to a question.
 */
#ifndef SMTPDX_TESTS_DNS_PEER_H
#define SMTPDX_TESTS_DNS_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum peer_deed {
	PEER_ANSWER, /* from the records */
	PEER_SILENT,
	PEER_SERVFAIL,
	PEER_REFUSED,
	PEER_FORMERR, /* without repeating the question, as old servers do */
	PEER_LAME,    /* an empty answer without authority and without recursion */
	PEER_NONSENSE,
	PEER_WRONG_ID,
	PEER_WRONG_QUESTION,
	PEER_WRONG_SOURCE, /* the right answer, from another port */
	PEER_FORGED_FIRST, /* wrong id, wrong question and nonsense first, then the right answer */
	PEER_POINTER_LOOP, /* an answer with a name that points to itself */
	PEER_CUT,          /* over UDP the TC bit, over TCP the answer */
	PEER_CUT_HANG,     /* over TCP nothing */
	PEER_CUT_TRICKLE,  /* over TCP a byte each 50 ms */
	PEER_CUT_CLOSE,    /* over TCP the end after the length */
	PEER_CUT_WRONG_ID, /* over TCP another id */
	PEER_CUT_BIG,      /* over TCP 65535 bytes: A records */
};

struct peer_record {
	const char *name;
	int type;         /* A AAAA MX NS PTR CNAME TXT SOA TLSA */
	const char *data; /* "10 mx1.test", "127.0.0.1", ...; names may have \DDD */
};

struct peer_rule {
	const char *server; /* NULL: at every address */
	const char *name;   /* NULL: every name */
	int type;           /* 0: every type */
	unsigned first;     /* fits only so many times; 0: always */
	double delay;       /* s */
	enum peer_deed deed;
};

#define PEER_ADDRESSES_MAX 6
#define PEER_LOG_MAX       1000

struct peer_script {
	const char *addresses[PEER_ADDRESSES_MAX];
	const struct peer_record *records; /* ends with a NULL name; may be NULL */
	const struct peer_rule *rules;
	size_t rule_count;
	int port; /* 0: one that the kernel picks; any other only in a network namespace of the test's own */
	bool no_tcp;
};

struct peer_log; /* what was asked, in memory that both processes share */

struct peer {
	pid_t pid;
	int port;
	struct peer_log *log;
};

/* Ends the test when it cannot be started. */
void peer_start(struct peer *peer, const struct peer_script *script);
void peer_stop(struct peer *peer);

/* How often it was asked; server and name NULL and type 0 mean any. */
size_t peer_asked(const struct peer *peer, const char *server, const char *name, int type);

/* "127.0.0.2:PORT,127.0.0.3:PORT", for --resolver; the caller frees. */
char *peer_resolvers(const struct peer *peer, const char *const *addresses, size_t count);

#endif
