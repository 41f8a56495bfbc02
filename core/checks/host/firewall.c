#include "base/command.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "checks/host/host.h"
#include "checks/host/rules.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_there(const char *program)
{
	char *path = command_find(program);
	const bool found = path != NULL;

	free(path);
	return found;
}

/* What a program that lists rules prints; NULL when it is not there or fails, which *failed tells apart. */
static char *list(const char *const argv[], double deadline, bool *failed, struct err *err)
{
	if (!is_there(argv[0]))
		return NULL;
	char *text = command_output(argv, deadline, NULL, err);
	*failed = *failed || text == NULL;
	return text;
}

/* The programs that write rules for people keep a state of their own; that they are there says who made the rules. */
static void tell_maker(struct emit *e)
{
	if (access("/etc/ufw/ufw.conf", R_OK) == 0) {
		char *conf = host_read("/etc/ufw/ufw.conf");
		if (conf != NULL && strstr(conf, "\nENABLED=yes") != NULL)
			emit_text(e, "host.firewall.by", HOST_SELF, "ufw");
		free(conf);
	}
	if (access("/run/firewalld.pid", F_OK) == 0)
		emit_text(e, "host.firewall.by", HOST_SELF, "firewalld");
}

static void tell_packet(struct emit *e, const struct rules *rules, enum packet packet, const char *name)
{
	static const char *const fates[] = {
	    [FATE_PASSES] = "passes", [FATE_DROPPED] = "dropped", [FATE_UNKNOWN] = "unknown"};
	char *by, *fact = xasprintf("host.firewall.%s", name), *rule_fact = xasprintf("host.firewall.%s.rule", name);

	emit_text(e, fact, HOST_SELF, fates[rules_fate(rules, packet, &by)]);
	if (by != NULL) {
		char *clean = text_clean_dup(by, strlen(by), 400);
		emit_text(e, rule_fact, HOST_SELF, clean);
		free(clean);
	}
	free(by);
	free(rule_fact);
	free(fact);
}

static void tell_rules(struct emit *e, const struct rules *rules)
{
	tell_packet(e, rules, PACKET_ICMP, "icmp");
	tell_packet(e, rules, PACKET_ICMP6, "icmp6");
	tell_packet(e, rules, PACKET_OUT, "out");
	tell_packet(e, rules, PACKET_IN, "in");
}

void host_tell_firewall(struct emit *e, double deadline)
{
	static const char *const nft[] = {"nft", "-j", "list", "ruleset", NULL};
	static const char *const save4[] = {"iptables-save", NULL}, *const save6[] = {"ip6tables-save", NULL};
	struct rules rules = {.count = 0};
	struct err why = {""};
	bool failed = false;

	char *v4 = list(save4, deadline, &failed, &why), *v6 = list(save6, deadline, &failed, &why);
	char *tables = list(nft, deadline, &failed, &why);
	size_t iptables = v4 != NULL ? iptables_read(v4, false, &rules) : 0;
	iptables += v6 != NULL ? iptables_read(v6, true, &rules) : 0;
	if (tables != NULL && nft_read(tables, v4 != NULL, &rules) != 0) {
		failed = true;
		err_set(&why, _("nft: what it prints is not understood"));
	}
	if (failed) {
		host_tell_untested(e, _("packet filter rules"), why.text,
		                   is_there("nft") ? "nft list ruleset" : "iptables-save; ip6tables-save");
	} else if (v4 != NULL || v6 != NULL || tables != NULL) {
		const char *kind = iptables > 0 ? "iptables" : rules.count > 0 ? "nftables" : "none";
		emit_text(e, "host.firewall", HOST_SELF, kind);
		tell_maker(e);
		tell_rules(e, &rules);
	}
	rules_done(&rules);
	free(v4);
	free(v6);
	free(tables);
}
