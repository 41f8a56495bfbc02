/*
 * rules - packet filter rules, and what they do with the four packets that mail cannot do without
 *
 * Whoever reads rules (nft.c, iptables.c) says of each whether it fits each of these packets, as they come from or go to
 * an arbitrary stranger: yes, no, or that cannot be known from here (a mark, the name of an interface). Walking the
 * chains then gives the packet's fate. A rule for certain addresses does not fit a stranger; a limit on rates lets a
 * single packet pass.
 */
#ifndef SMTPDX_CHECKS_HOST_RULES_H
#define SMTPDX_CHECKS_HOST_RULES_H

#include <stdbool.h>
#include <stddef.h>

enum packet {
	PACKET_ICMP,  /* in: destination unreachable, fragmentation needed, about a connection of ours */
	PACKET_ICMP6, /* in: packet too big, likewise */
	PACKET_OUT,   /* out: the first packet of a connection to port 25, IPv4 */
	PACKET_IN,    /* in: the same from outside, IPv4 */
	PACKETS
};

/* What matches can ask about a packet. */
struct packet_def {
	bool in, v6;
	int protocol; /* 1, 58 or 6 */
	const char *protocol_name;
	const char *state; /* of its connection */
	int icmp_type;     /* -1: none */
	const char *icmp_type_name;
	int port; /* the destination's; -1: none */
};

extern const struct packet_def packets[PACKETS];

enum fit { FIT_NO, FIT_MAYBE, FIT_YES };

enum verdict { VERDICT_NONE, VERDICT_ACCEPT, VERDICT_DROP, VERDICT_RETURN, VERDICT_JUMP, VERDICT_GOTO };

struct rule {
	enum fit fit[PACKETS];
	enum verdict verdict[PACKETS]; /* a map of verdicts gives each packet its own */
	char *target;                  /* of a jump: name of a chain in the same table; NULL */
	char *text;                    /* for people, clean */
};

struct chain {
	char *table; /* "inet filter", "iptables filter" */
	char *name;
	bool v4, v6;  /* packets that it sees */
	bool in, out; /* a base chain for packets that come in, or go out; neither: others jump there */
	bool drops;   /* its policy */
	struct rule *rules;
	size_t count, room;
};

struct rules {
	struct chain *chains;
	size_t count, room;
};

void rules_done(struct rules *rules);

/* A new chain, or a new rule of the chain (which fits everything and says nothing). Valid until the next call. */
struct chain *rules_add_chain(struct rules *rules, const char *table, const char *name);
struct rule *chain_add_rule(struct chain *chain);
struct chain *rules_find_chain(const struct rules *rules, const char *table, const char *name);

/* What two matches of one rule make together. */
enum fit fit_both(enum fit a, enum fit b);
enum fit fit_not(enum fit fit);

enum fate { FATE_PASSES, FATE_DROPPED, FATE_UNKNOWN };

/* What becomes of a packet; *by is the rule or policy that decided, or NULL. The caller frees it. */
enum fate rules_fate(const struct rules *rules, enum packet packet, char **by);

/* Adds the chains of `nft -j list ruleset`; skip_iptables: but those that iptables-nft makes. -1: it is no such text. */
int nft_read(const char *json, bool skip_iptables, struct rules *rules);

/* Adds the chains of iptables-save or (v6) ip6tables-save. Returns the number of rules. */
size_t iptables_read(const char *text, bool v6, struct rules *rules);

#endif
