/*
 * nft - the rules of nftables, as `nft -j list ruleset` prints them (libnftables-json(5))
 */
#include "base/text.h"
#include "base/xalloc.h"
#include "checks/host/rules.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_SHOWN ((size_t)100)
#define VALUES_DEPTH   4

static const char *string_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

/* "inet filter"; the caller frees. */
static char *table_of(const json_t *object, const char *name)
{
	char *text = xasprintf("%s %s", string_of(object, "family"), string_of(object, name));
	char *clean = text_clean_dup(text, strlen(text), NAME_MAX_SHOWN);

	free(text);
	return clean;
}

/* Tables that iptables-nft makes bear the names of those of iptables. */
static bool is_of_iptables(const json_t *object, const char *name)
{
	static const char *const names[] = {"filter", "mangle", "raw", "security", "nat"};
	const char *family = string_of(object, "family");

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if ((strcmp(family, "ip") == 0 || strcmp(family, "ip6") == 0) &&
		    strcmp(string_of(object, name), names[i]) == 0)
			return true;
	return false;
}

static void read_chain(const json_t *object, struct rules *rules)
{
	const char *family = string_of(object, "family"), *hook = string_of(object, "hook");
	const bool is_inet = strcmp(family, "inet") == 0;
	char *table = table_of(object, "table");
	struct chain *chain = rules_add_chain(rules, table, string_of(object, "name"));

	free(table);
	chain->v4 = is_inet || strcmp(family, "ip") == 0;
	chain->v6 = is_inet || strcmp(family, "ip6") == 0;
	chain->drops = strcmp(string_of(object, "policy"), "drop") == 0;
	if (strcmp(string_of(object, "type"), "nat") == 0)
		return;
	chain->in = strcmp(hook, "prerouting") == 0 || strcmp(hook, "input") == 0;
	chain->out = strcmp(hook, "output") == 0 || strcmp(hook, "postrouting") == 0;
}

/* --- matches */

/* Whether a value, a list of values, a set or a range holds the packet's: its number (-1: it has none) or its name. */
static enum fit holds(const json_t *value, int number, const char *name, int depth)
{
	if (depth > VALUES_DEPTH)
		return FIT_MAYBE;
	if (json_is_integer(value))
		return number >= 0 && json_integer_value(value) == number ? FIT_YES : FIT_NO;
	if (json_is_string(value)) {
		const char *text = json_string_value(value);
		if (text[0] == '@')
			return FIT_MAYBE; /* a set whose elements are somewhere else */
		return name != NULL && strcmp(text, name) == 0 ? FIT_YES : FIT_NO;
	}
	const json_t *range = json_object_get(value, "range");
	if (json_array_size(range) == 2 && json_is_integer(json_array_get(range, 0)))
		return number >= json_integer_value(json_array_get(range, 0)) &&
		               number <= json_integer_value(json_array_get(range, 1))
		           ? FIT_YES
		           : FIT_NO;
	const json_t *list = json_is_array(value) ? value : json_object_get(value, "set");
	if (!json_is_array(list))
		return FIT_MAYBE;
	enum fit fit = FIT_NO;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const enum fit one = holds(json_array_get(list, i), number, name, depth + 1);
		fit = one > fit ? one : fit;
	}
	return fit;
}

/* A stranger's address is none that a rule names; interfaces have names that mean nothing here, but for "lo". */
static enum fit fit_of_meta(const struct packet_def *p, const char *key, const json_t *right)
{
	if (strcmp(key, "l4proto") == 0) {
		const enum fit fit = holds(right, p->protocol, p->protocol_name, 0);
		return fit == FIT_NO && p->protocol == 58 ? holds(right, p->protocol, "icmpv6", 0) : fit;
	}
	if (strcmp(key, "nfproto") == 0)
		return holds(right, p->v6 ? 10 : 2, p->v6 ? "ipv6" : "ipv4", 0);
	if (strcmp(key, "iifname") == 0 || strcmp(key, "iif") == 0 || strcmp(key, "oifname") == 0 ||
	    strcmp(key, "oif") == 0)
		return json_is_string(right) && strcmp(json_string_value(right), "lo") == 0 ? FIT_NO : FIT_MAYBE;
	return FIT_MAYBE;
}

/* A match on the header of another protocol fails before it compares, whatever the operator. */
static bool is_other_protocol(const struct packet_def *p, const char *protocol)
{
	static const struct {
		const char *name;
		int protocol;
	} names[] = {{"icmp", 1}, {"icmpv6", 58}, {"tcp", 6}, {"udp", 17}, {"sctp", 132}, {"dccp", 33}};

	if (strcmp(protocol, "ip") == 0 || strcmp(protocol, "ip6") == 0)
		return (strcmp(protocol, "ip6") == 0) != p->v6;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(protocol, names[i].name) == 0)
			return p->protocol != names[i].protocol;
	return strcmp(protocol, "th") == 0 && p->port < 0;
}

/* A field of a header of the packet's own protocols. */
static enum fit fit_of_payload(const struct packet_def *p, const char *field, const json_t *right)
{
	if (strcmp(field, "saddr") == 0 || strcmp(field, "daddr") == 0)
		return FIT_NO;
	if (strcmp(field, "protocol") == 0 || strcmp(field, "nexthdr") == 0)
		return holds(right, p->protocol, p->protocol_name, 0);
	if (strcmp(field, "type") == 0)
		return holds(right, p->icmp_type, p->icmp_type_name, 0);
	if (strcmp(field, "code") == 0)
		return holds(right, p->v6 ? 0 : 4, "frag-needed", 0);
	if (strcmp(field, "dport") == 0)
		return holds(right, p->port, "smtp", 0);
	return FIT_MAYBE;
}

/* What an expression asks about, held against values. */
static enum fit fit_of(const struct packet_def *p, const json_t *left, const json_t *right)
{
	const json_t *payload = json_object_get(left, "payload"), *meta = json_object_get(left, "meta");
	const json_t *ct = json_object_get(left, "ct");

	if (payload != NULL)
		return fit_of_payload(p, string_of(payload, "field"), right);
	if (meta != NULL)
		return fit_of_meta(p, string_of(meta, "key"), right);
	if (ct != NULL && strcmp(string_of(ct, "key"), "state") == 0)
		return holds(right, -1, p->state, 0);
	return FIT_MAYBE;
}

static enum fit fit_of_match(const struct packet_def *p, const json_t *match)
{
	const char *op = string_of(match, "op");
	const json_t *left = json_object_get(match, "left"), *payload = json_object_get(left, "payload");

	if (payload != NULL && is_other_protocol(p, string_of(payload, "protocol")))
		return FIT_NO;
	const enum fit fit = fit_of(p, left, json_object_get(match, "right"));
	if (strcmp(op, "==") == 0 || strcmp(op, "in") == 0)
		return fit;
	return strcmp(op, "!=") == 0 ? fit_not(fit) : FIT_MAYBE;
}

/* --- verdicts */

static bool read_verdict(const json_t *statement, enum verdict *verdict, const char **target)
{
	static const struct {
		const char *name;
		enum verdict verdict;
	} names[] = {
	    {"accept", VERDICT_ACCEPT}, {"drop", VERDICT_DROP}, {"reject", VERDICT_DROP},
	    {"return", VERDICT_RETURN}, {"jump", VERDICT_JUMP}, {"goto", VERDICT_GOTO},
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const json_t *value = json_object_get(statement, names[i].name);
		if (value == NULL)
			continue;
		*verdict = names[i].verdict;
		*target = string_of(value, "target");
		return true;
	}
	return false;
}

/* "ct state vmap { established : accept, related : accept, invalid : drop }" */
static void read_map(const json_t *map, struct rule *rule)
{
	const json_t *pairs = json_object_get(json_object_get(map, "data"), "set");

	for (int i = 0; i < PACKETS; i++) {
		enum fit best = json_is_array(pairs) ? FIT_NO : FIT_MAYBE;
		for (size_t k = 0; k < json_array_size(pairs); k++) {
			const json_t *pair = json_array_get(pairs, k);
			const enum fit fit = fit_of(&packets[i], json_object_get(map, "key"), json_array_get(pair, 0));
			const char *target = "";
			if (fit <= best)
				continue;
			best = fit;
			read_verdict(json_array_get(pair, 1), &rule->verdict[i], &target);
			if (*target != '\0' && rule->target == NULL)
				rule->target = xstrdup(target);
			else if (*target != '\0' && strcmp(target, rule->target) != 0)
				best = FIT_MAYBE; /* two jumps in one map: which one is taken is not kept */
		}
		if (best == FIT_MAYBE && rule->verdict[i] == VERDICT_NONE)
			rule->verdict[i] = VERDICT_JUMP; /* anything may come of it */
		rule->fit[i] = fit_both(rule->fit[i], best);
	}
	if (rule->target == NULL)
		rule->target = xstrdup("");
}

static void fit_nobody_knows(struct rule *rule)
{
	for (int i = 0; i < PACKETS; i++)
		rule->fit[i] = fit_both(rule->fit[i], FIT_MAYBE);
}

static void read_statement(const json_t *statement, struct rule *rule)
{
	/* These look on and decide nothing. */
	static const char *const harmless[] = {"counter", "log", "comment", "quota", "mangle", "ct helper", "notrack"};
	const json_t *match = json_object_get(statement, "match"), *map = json_object_get(statement, "vmap");
	const json_t *limit = json_object_get(statement, "limit");
	enum verdict verdict;
	const char *target;

	for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
		if (json_object_get(statement, harmless[i]) != NULL)
			return;
	if (match != NULL) {
		for (int i = 0; i < PACKETS; i++)
			rule->fit[i] = fit_both(rule->fit[i], fit_of_match(&packets[i], match));
	} else if (map != NULL) {
		read_map(map, rule);
	} else if (limit != NULL) {
		for (int i = 0; i < PACKETS && json_is_true(json_object_get(limit, "inv")); i++)
			rule->fit[i] = FIT_NO; /* "over" so many a second: one packet is not */
	} else if (read_verdict(statement, &verdict, &target)) {
		for (int i = 0; i < PACKETS; i++)
			rule->verdict[i] = verdict;
		free(rule->target);
		rule->target = xstrdup(target);
	} else {
		fit_nobody_knows(rule);
	}
}

static void read_rule(const json_t *object, struct rules *rules)
{
	const json_t *expression = json_object_get(object, "expr");
	char *table = table_of(object, "table");
	struct chain *chain = rules_find_chain(rules, table, string_of(object, "chain"));

	free(table);
	if (chain == NULL)
		return;
	struct rule *rule = chain_add_rule(chain);
	rule->text = xasprintf("rule with handle %.0f", (double)json_integer_value(json_object_get(object, "handle")));
	for (size_t i = 0; i < json_array_size(expression); i++)
		read_statement(json_array_get(expression, i), rule);
}

int nft_read(const char *json, bool skip_iptables, struct rules *rules)
{
	json_t *root = json_loads(json, 0, NULL);
	const json_t *list = json_object_get(root, "nftables");

	if (!json_is_array(list)) {
		json_decref(root);
		return -1;
	}
	/* Rules may jump to chains that come later. */
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *chain = json_object_get(json_array_get(list, i), "chain");
		if (chain != NULL && !(skip_iptables && is_of_iptables(chain, "table")))
			read_chain(chain, rules);
	}
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *rule = json_object_get(json_array_get(list, i), "rule");
		if (rule != NULL)
			read_rule(rule, rules);
	}
	json_decref(root);
	return 0;
}
