/*
 * iptables - the rules of iptables and ip6tables, as iptables-save(8) prints them:
 *
 *   *filter
 *   :INPUT DROP [0:0]
 *   -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
 *   COMMIT
 */
#include "base/text.h"
#include "base/xalloc.h"
#include "checks/host/rules.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TEXT_MAX ((size_t)200)
#define WORD_MAX ((size_t)128)

/* The next word of a rule, quotes taken off; false at the end. What is longer is cut. */
static bool next_word(const char **at, char word[static WORD_MAX])
{
	const char *p = *at + strspn(*at, " \t");
	const bool is_quoted = *p == '"';
	const size_t size = strcspn(p + is_quoted, is_quoted ? "\"" : " \t");

	if (*p == '\0')
		return false;
	memcpy(word, p + is_quoted, size < WORD_MAX ? size : WORD_MAX - 1);
	word[size < WORD_MAX ? size : WORD_MAX - 1] = '\0';
	p += is_quoted + size;
	*at = p + (is_quoted && *p == '"');
	return true;
}

/* Whether a list such as "RELATED,ESTABLISHED" has the word. */
static bool list_has(const char *list, const char *word)
{
	const size_t size = strlen(word);

	for (const char *p = list; *p != '\0'; p += strcspn(p, ","), p += *p == ',')
		if (strcspn(p, ",") == size && strncasecmp(p, word, size) == 0)
			return true;
	return false;
}

/* "25", "20:30", "22,25,465" of --dport and --dports. */
static bool ports_have(const char *list, int port)
{
	for (const char *p = list; *p != '\0'; p += strcspn(p, ","), p += *p == ',') {
		char *end;
		const long from = strtol(p, &end, 10);
		const long to = *end == ':' ? strtol(end + 1, NULL, 10) : from;
		if (port >= from && port <= to)
			return true;
	}
	return false;
}

/* "3", "3/4", "destination-unreachable", "fragmentation-needed", "any" of --icmp-type and --icmpv6-type. */
static bool is_icmp_type(const struct packet_def *p, const char *type)
{
	char *end;
	const long number = strtol(type, &end, 10);

	if (end != type)
		return number == p->icmp_type && (*end != '/' || strtol(end + 1, NULL, 10) == (p->v6 ? 0 : 4));
	return strcmp(type, "any") == 0 || strcmp(type, p->icmp_type_name) == 0 ||
	       (!p->v6 && strcmp(type, "fragmentation-needed") == 0);
}

static enum fit yes(bool is)
{
	return is ? FIT_YES : FIT_NO;
}

/* Whether an option with its value fits a packet from or to a stranger. */
static enum fit fit_of(const struct packet_def *p, const char *option, const char *value)
{
	if (strcmp(option, "-p") == 0)
		return yes(strcmp(value, "all") == 0 || strcmp(value, p->protocol_name) == 0 ||
		           (p->protocol == 58 && strcmp(value, "icmpv6") == 0));
	if (strcmp(option, "--ctstate") == 0 || strcmp(option, "--state") == 0)
		return yes(list_has(value, p->state));
	if (strcmp(option, "--dport") == 0 || strcmp(option, "--dports") == 0)
		return yes(p->port >= 0 && ports_have(value, p->port));
	if (strcmp(option, "--icmp-type") == 0 || strcmp(option, "--icmpv6-type") == 0)
		return yes(p->icmp_type >= 0 && is_icmp_type(p, value));
	if (strcmp(option, "-s") == 0 || strcmp(option, "-d") == 0)
		return yes(strcmp(value, "0.0.0.0/0") == 0 || strcmp(value, "::/0") == 0);
	if (strcmp(option, "-i") == 0 || strcmp(option, "-o") == 0)
		return strcmp(value, "lo") == 0 ? FIT_NO : FIT_MAYBE;
	/* What only loads a module, names, counts or limits: a single packet is within any limit. */
	static const char *const harmless[] = {
	    "-m", "--comment",     "--limit",        "--limit-burst", "--log-level", "--log-prefix", "--reject-with",
	    "-c", "--nflog-group", "--nflog-prefix", "--log-uid"};
	for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
		if (strcmp(option, harmless[i]) == 0)
			return FIT_YES;
	return FIT_MAYBE;
}

static enum verdict verdict_of(const struct rules *rules, const char *table, const char *target, bool is_goto)
{
	if (strcmp(target, "ACCEPT") == 0)
		return VERDICT_ACCEPT;
	if (strcmp(target, "DROP") == 0 || strcmp(target, "REJECT") == 0)
		return VERDICT_DROP;
	if (strcmp(target, "RETURN") == 0)
		return VERDICT_RETURN;
	if (rules_find_chain(rules, table, target) == NULL)
		return VERDICT_NONE; /* LOG, MARK and the like look on */
	return is_goto ? VERDICT_GOTO : VERDICT_JUMP;
}

/* "INPUT -p tcp -m tcp ! --dport 25 -j DROP" */
static void read_rule(struct rules *rules, const char *table, const char *line)
{
	const char *at = line;
	char option[WORD_MAX], value[WORD_MAX];

	if (!next_word(&at, option))
		return;
	struct chain *chain = rules_find_chain(rules, table, option);
	if (chain == NULL)
		return;
	struct rule *rule = chain_add_rule(chain);
	rule->text = text_clean_dup(line, strlen(line), TEXT_MAX);
	for (bool is_not = false; next_word(&at, option);) {
		if (strcmp(option, "!") == 0) {
			is_not = true;
			continue;
		}
		const char *ahead = at;
		if (!next_word(&ahead, value) || value[0] == '-')
			value[0] = '\0'; /* an option without a value */
		else
			at = ahead;
		const bool is_goto = strcmp(option, "-g") == 0;
		if (is_goto || strcmp(option, "-j") == 0) {
			for (int i = 0; i < PACKETS; i++)
				rule->verdict[i] = verdict_of(rules, table, value, is_goto);
			free(rule->target);
			rule->target = xstrdup(value);
		} else {
			for (int i = 0; i < PACKETS; i++) {
				const enum fit fit = fit_of(&packets[i], option, value);
				rule->fit[i] = fit_both(rule->fit[i], is_not ? fit_not(fit) : fit);
			}
		}
		is_not = false;
	}
}

/* ":INPUT DROP [0:0]" */
static void read_chain(struct rules *rules, const char *table, const char *line, bool v6)
{
	char name[WORD_MAX], policy[WORD_MAX];
	const char *at = line;

	if (!next_word(&at, name) || !next_word(&at, policy))
		return;
	struct chain *chain = rules_add_chain(rules, table, name);
	const bool is_nat = strstr(table, " nat") != NULL;
	chain->v4 = !v6;
	chain->v6 = v6;
	chain->drops = strcmp(policy, "DROP") == 0;
	chain->in = !is_nat && (strcmp(name, "INPUT") == 0 || strcmp(name, "PREROUTING") == 0);
	chain->out = !is_nat && (strcmp(name, "OUTPUT") == 0 || strcmp(name, "POSTROUTING") == 0);
}

size_t iptables_read(const char *text, bool v6, struct rules *rules)
{
	char *copy = xstrdup(text), *save = NULL, *table = NULL;
	size_t count = 0;

	for (char *line = strtok_r(copy, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
		if (line[0] == '*') {
			free(table);
			char *clean = text_clean_dup(line + 1, strlen(line + 1), WORD_MAX);
			table = xasprintf("%s %s", v6 ? "ip6tables" : "iptables", clean);
			free(clean);
		} else if (table != NULL && line[0] == ':') {
			read_chain(rules, table, line + 1, v6);
		} else if (table != NULL && strncmp(line, "-A ", 3) == 0) {
			read_rule(rules, table, line + 3);
			count++;
		}
	}
	free(table);
	free(copy);
	return count;
}
