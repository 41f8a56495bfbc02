#include "checks/host/rules.h"

#include "base/i18n.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 16    /* of jumps, as in the kernel */
#define STEPS_MAX 20000 /* rules that are walked for one packet */

const struct packet_def packets[PACKETS] = {
    [PACKET_ICMP] = {.in = true,
                     .protocol = 1,
                     .protocol_name = "icmp",
                     .state = "related",
                     .icmp_type = 3,
                     .icmp_type_name = "destination-unreachable",
                     .port = -1},
    [PACKET_ICMP6] = {.in = true,
                      .v6 = true,
                      .protocol = 58,
                      .protocol_name = "ipv6-icmp",
                      .state = "related",
                      .icmp_type = 2,
                      .icmp_type_name = "packet-too-big",
                      .port = -1},
    [PACKET_OUT] = {.protocol = 6, .protocol_name = "tcp", .state = "new", .icmp_type = -1, .port = 25},
    [PACKET_IN] = {.in = true, .protocol = 6, .protocol_name = "tcp", .state = "new", .icmp_type = -1, .port = 25},
};

void rules_done(struct rules *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		struct chain *chain = &rules->chains[i];
		for (size_t k = 0; k < chain->count; k++) {
			free(chain->rules[k].target);
			free(chain->rules[k].text);
		}
		free(chain->rules);
		free(chain->table);
		free(chain->name);
	}
	free(rules->chains);
}

struct chain *rules_add_chain(struct rules *rules, const char *table, const char *name)
{
	rules->chains = xgrow(rules->chains, rules->count, &rules->room, sizeof *rules->chains);
	rules->chains[rules->count] = (struct chain){.table = xstrdup(table), .name = xstrdup(name)};
	return &rules->chains[rules->count++];
}

struct rule *chain_add_rule(struct chain *chain)
{
	chain->rules = xgrow(chain->rules, chain->count, &chain->room, sizeof *chain->rules);
	struct rule *rule = &chain->rules[chain->count++];
	*rule = (struct rule){.target = NULL};
	for (int i = 0; i < PACKETS; i++)
		rule->fit[i] = FIT_YES;
	return rule;
}

struct chain *rules_find_chain(const struct rules *rules, const char *table, const char *name)
{
	for (size_t i = 0; i < rules->count; i++)
		if (strcmp(rules->chains[i].table, table) == 0 && strcmp(rules->chains[i].name, name) == 0)
			return &rules->chains[i];
	return NULL;
}

enum fit fit_both(enum fit a, enum fit b)
{
	return a < b ? a : b;
}

enum fit fit_not(enum fit fit)
{
	return fit == FIT_NO ? FIT_YES : fit == FIT_YES ? FIT_NO : FIT_MAYBE;
}

/* One packet on its way through one base chain. */
struct walk {
	const struct rules *rules;
	enum packet packet;
	bool maybe_accepted, maybe_dropped; /* by rules of which nobody knows here whether they fit */
	int steps;
	const struct chain *chain; /* that decided, */
	const struct rule *rule;   /* and the rule; NULL: its policy */
};

/* VERDICT_ACCEPT, VERDICT_DROP, or VERDICT_NONE when the chain ends or returns. */
static enum verdict walk_chain(struct walk *w, const struct chain *chain, int depth)
{
	for (size_t i = 0; i < chain->count; i++) {
		const struct rule *rule = &chain->rules[i];
		const enum fit fit = rule->fit[w->packet];
		enum verdict verdict = rule->verdict[w->packet];
		if (fit == FIT_NO || verdict == VERDICT_NONE)
			continue;
		if (++w->steps > STEPS_MAX || depth > DEPTH_MAX || fit == FIT_MAYBE) {
			w->maybe_accepted = w->maybe_accepted || verdict != VERDICT_DROP;
			w->maybe_dropped = w->maybe_dropped || verdict != VERDICT_ACCEPT;
			continue;
		}
		if (verdict == VERDICT_RETURN)
			return VERDICT_NONE;
		if (verdict == VERDICT_JUMP || verdict == VERDICT_GOTO) {
			const struct chain *target = rules_find_chain(w->rules, chain->table, rule->target);
			const enum verdict inner = target != NULL ? walk_chain(w, target, depth + 1) : VERDICT_NONE;
			if (inner != VERDICT_NONE || verdict == VERDICT_GOTO)
				return inner;
			continue;
		}
		w->chain = chain;
		w->rule = rule;
		return verdict;
	}
	return VERDICT_NONE;
}

static enum fate walk_base(struct walk *w, const struct chain *chain)
{
	enum verdict verdict = walk_chain(w, chain, 0);

	if (verdict == VERDICT_NONE) {
		w->chain = chain;
		w->rule = NULL;
		verdict = chain->drops ? VERDICT_DROP : VERDICT_ACCEPT;
	}
	if (verdict == VERDICT_DROP)
		return w->maybe_accepted ? FATE_UNKNOWN : FATE_DROPPED;
	return w->maybe_dropped ? FATE_UNKNOWN : FATE_PASSES;
}

static char *text_of(const struct walk *w)
{
	return w->rule != NULL ? xasprintf(_("%s, chain %s: %s"), w->chain->table, w->chain->name, w->rule->text)
	                       : xasprintf(_("%s, chain %s: its policy"), w->chain->table, w->chain->name);
}

/* Every base chain that sees it must let it pass; one that drops it is the end. */
enum fate rules_fate(const struct rules *rules, enum packet packet, char **by)
{
	const struct packet_def *def = &packets[packet];
	enum fate fate = FATE_PASSES;

	*by = NULL;
	for (size_t i = 0; i < rules->count; i++) {
		const struct chain *chain = &rules->chains[i];
		struct walk w = {.rules = rules, .packet = packet};
		if (!(def->in ? chain->in : chain->out) || !(def->v6 ? chain->v6 : chain->v4))
			continue;
		const enum fate here = walk_base(&w, chain);
		if (here == FATE_PASSES)
			continue;
		if (here == FATE_DROPPED || fate == FATE_PASSES) {
			free(*by);
			*by = text_of(&w);
		}
		if (here == FATE_DROPPED)
			return here;
		fate = here;
	}
	return fate;
}
