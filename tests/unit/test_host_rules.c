/* Packet filter rules are walked as the kernel would, for the packets that mail needs; what cannot be known is said. */
#include "unit.h"

#include "base/xalloc.h"
#include "checks/host/rules.h"

#include <stdio.h>

/* Fates of the packets in the order of enum packet: p passes, d dropped, ? unknown. */
static void assert_fates(const char *what, const struct rules *rules, const char *expected)
{
	static const char letters[] = {[FATE_PASSES] = 'p', [FATE_DROPPED] = 'd', [FATE_UNKNOWN] = '?'};
	char found[PACKETS + 1] = "";

	for (int i = 0; i < PACKETS; i++) {
		char *by;
		found[i] = letters[rules_fate(rules, (enum packet)i, &by)];
		if ((found[i] == 'd') != (by != NULL) && found[i] != '?')
			fail_msg("%s: packet %d is %c by %s", what, i, found[i], by != NULL ? by : "nothing");
		free(by);
	}
	if (strcmp(found, expected) != 0)
		fail_msg("%s: %s, expected %s", what, found, expected);
}

static void walks_iptables(void **state)
{
	static const struct {
		const char *rules, *fates;
	} cases[] = {
	    {":INPUT ACCEPT [0:0]\n", "pppp"},
	    {":INPUT DROP [0:0]\n", "dppd"},
	    {":OUTPUT DROP [0:0]\n", "ppdp"},
	    {":FORWARD DROP [0:0]\n", "pppp"},
	    {":INPUT DROP [0:0]\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n", "pppd"},
	    {":INPUT DROP [0:0]\n-A INPUT -m state --state ESTABLISHED -j ACCEPT\n", "dppd"},
	    {":INPUT DROP [0:0]\n-A INPUT -p tcp -m tcp --dport 25 -j ACCEPT\n", "dppp"},
	    {":INPUT DROP [0:0]\n-A INPUT -p tcp -m multiport --dports 22,20:30 -j ACCEPT\n", "dppp"},
	    {":INPUT DROP [0:0]\n-A INPUT -p tcp -m tcp ! --dport 25 -j ACCEPT\n", "dppd"},
	    {":INPUT ACCEPT [0:0]\n-A INPUT -p icmp -j DROP\n", "dppp"},
	    {":INPUT ACCEPT [0:0]\n-A INPUT -p icmp -m icmp --icmp-type 8 -j DROP\n", "pppp"},
	    {":INPUT ACCEPT [0:0]\n-A INPUT -p icmp -m icmp --icmp-type 3/4 -j REJECT --reject-with x\n", "dppp"},
	    {":INPUT ACCEPT [0:0]\n-A INPUT -p icmp -m icmp ! --icmp-type 8 -j DROP\n", "dppp"},
	    {":INPUT DROP [0:0]\n-A INPUT -s 192.0.2.0/24 -j ACCEPT\n-A INPUT -i lo -j ACCEPT\n", "dppd"},
	    {":INPUT DROP [0:0]\n-A INPUT -i eth0 -j ACCEPT\n", "?pp?"},
	    {":INPUT ACCEPT [0:0]\n-A INPUT -m mark --mark 0x1 -j DROP\n", "?pp?"},
	    {":INPUT ACCEPT [0:0]\n-A INPUT -j LOG --log-prefix \"x -j DROP \"\n", "pppp"},
	    {":INPUT DROP [0:0]\n:mine - [0:0]\n-A INPUT -j mine\n-A mine -p icmp -j ACCEPT\n-A mine -j RETURN\n"
	     "-A mine -j ACCEPT\n",
	     "pppd"},
	    {":INPUT ACCEPT [0:0]\n:mine - [0:0]\n-A INPUT -g mine\n-A INPUT -j DROP\n", "pppp"},
	    {":INPUT ACCEPT [0:0]\n:a - [0:0]\n-A INPUT -j a\n-A a -j a\n", "?pp?"},
	    {":INPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 25 -m limit --limit 5/min -j ACCEPT\n"
	     "-A INPUT -p tcp -m tcp --dport 25 -j DROP\n",
	     "pppp"},
	    {"-A INPUT -j DROP\n:INPUT\n", "pppp"},
	    {":INPUT ACCEPT [0:0]\n-A INPUT\n-A\n-A  \n-A INPUT -j\n-A INPUT ! !\n", "pppp"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct rules rules = {.count = 0};
		char text[1000];
		snprintf(text, sizeof text, "# Generated\n*filter\n%sCOMMIT\n", cases[i].rules);
		iptables_read(text, false, &rules);
		assert_fates(cases[i].rules, &rules, cases[i].fates);
		rules_done(&rules);
	}
}

static void walks_ip6tables(void **state)
{
	struct rules rules = {.count = 0};

	(void)state;
	assert_int_equal(iptables_read("*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p ipv6-icmp -m icmp6 "
	                               "--icmpv6-type 2 -j DROP\nCOMMIT\n*nat\n:INPUT DROP [0:0]\nCOMMIT\n",
	                               true, &rules),
	                 1);
	assert_fates("raw", &rules, "pdpp");
	rules_done(&rules);
}

#define CHAIN(hook, policy)                                                      \
	"{\"chain\": {\"family\": \"inet\", \"table\": \"f\", \"name\": \"" hook \
	"\", \"type\": \"filter\", \"hook\": \"" hook "\", \"prio\": 0, \"policy\": \"" policy "\"}}"
#define RULE(chain, expression)                                                   \
	"{\"rule\": {\"family\": \"inet\", \"table\": \"f\", \"chain\": \"" chain \
	"\", \"handle\": 7, \"expr\": [" expression "]}}"
#define MATCH(op, left, right)   "{\"match\": {\"op\": \"" op "\", \"left\": {" left "}, \"right\": " right "}}"
#define PAYLOAD(protocol, field) "\"payload\": {\"protocol\": \"" protocol "\", \"field\": \"" field "\"}"
#define META(key)                "\"meta\": {\"key\": \"" key "\"}"
#define STATE                    "\"ct\": {\"key\": \"state\"}"
#define ACCEPT                   "{\"accept\": null}"
#define DROP                     "{\"drop\": null}"
#define INPUT_DROPS              CHAIN("input", "drop")
#define INPUT_TAKES              CHAIN("input", "accept")

static void walks_nftables(void **state)
{
	static const struct {
		const char *list, *fates;
	} cases[] = {
	    {INPUT_TAKES, "pppp"},
	    {INPUT_DROPS, "ddpd"},
	    {CHAIN("output", "drop"), "ppdp"},
	    {INPUT_DROPS "," RULE("input", MATCH("in", STATE, "[\"established\", \"related\"]") "," ACCEPT), "pppd"},
	    {INPUT_DROPS "," RULE("input", "{\"vmap\": {\"key\": {" STATE "}, \"data\": {\"set\": [[\"established\", "
	                                   "{\"accept\": null}], [\"related\", {\"accept\": null}], [\"invalid\", "
	                                   "{\"drop\": null}]]}}}"),
	     "pppd"},
	    {INPUT_DROPS "," RULE("input", MATCH("==", PAYLOAD("tcp", "dport"), "{\"set\": [22, 25]}") "," ACCEPT),
	     "ddpp"},
	    {INPUT_DROPS "," RULE("input", MATCH("==", PAYLOAD("tcp", "dport"), "{\"range\": [20, 30]}") "," ACCEPT),
	     "ddpp"},
	    {INPUT_DROPS "," RULE("input", MATCH("==", PAYLOAD("tcp", "dport"), "\"@ports\"") "," ACCEPT), "ddp?"},
	    {INPUT_TAKES "," RULE("input", MATCH("==", META("l4proto"), "\"icmp\"") "," DROP), "dppp"},
	    {INPUT_TAKES
	     "," RULE("input", MATCH("==", META("l4proto"), "{\"set\": [\"icmp\", \"ipv6-icmp\"]}") "," DROP),
	     "ddpp"},
	    {INPUT_TAKES "," RULE("input", MATCH("==", PAYLOAD("icmp", "type"), "\"echo-request\"") "," DROP), "pppp"},
	    {INPUT_TAKES "," RULE("input", MATCH("!=", PAYLOAD("icmp", "type"), "\"echo-request\"") "," DROP), "dppp"},
	    {INPUT_TAKES "," RULE("input", MATCH("==", PAYLOAD("icmpv6", "type"),
	                                         "{\"set\": [\"packet-too-big\", \"time-exceeded\"]}") "," DROP),
	     "pdpp"},
	    {INPUT_DROPS "," RULE("input", MATCH("==", META("iifname"), "\"lo\"") "," ACCEPT), "ddpd"},
	    {INPUT_DROPS "," RULE("input", MATCH("==", META("iifname"), "\"eth0\"") "," ACCEPT), "??p?"},
	    {INPUT_DROPS "," RULE("input", MATCH("==", PAYLOAD("ip", "saddr"), "\"192.0.2.1\"") "," ACCEPT), "ddpd"},
	    {INPUT_TAKES "," RULE("input", "{\"xt\": null}," DROP), "??p?"},
	    {INPUT_TAKES "," RULE("input", "{\"limit\": {\"rate\": 5, \"per\": \"second\", \"inv\": true}}," DROP),
	     "pppp"},
	    {INPUT_TAKES "," RULE("input", "{\"counter\": {\"packets\": 1}},{\"log\": null}," DROP), "ddpd"},
	    {INPUT_DROPS ",{\"chain\": {\"family\": \"inet\", \"table\": \"f\", \"name\": \"sub\"}}," RULE(
		 "input", "{\"jump\": {\"target\": \"sub\"}}") "," RULE("sub",
	                                                                MATCH("==", META("l4proto"), "6") "," ACCEPT),
	     "ddpp"},
	    {RULE("nowhere", DROP), "pppp"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct rules rules = {.count = 0};
		char *text = xasprintf("{\"nftables\": [{\"metainfo\": {}}, %s]}", cases[i].list);
		assert_int_equal(nft_read(text, false, &rules), 0);
		assert_fates(cases[i].list, &rules, cases[i].fates);
		rules_done(&rules);
		free(text);
	}
}

static void names_what_decides(void **state)
{
	struct rules rules = {.count = 0};
	char *by;

	(void)state;
	iptables_read("*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p icmp -m comment --comment \"\x1b[2J\" -j DROP\n",
	              false, &rules);
	assert_int_equal(rules_fate(&rules, PACKET_ICMP, &by), FATE_DROPPED);
	assert_string_equal(by,
	                    "iptables filter, chain INPUT: INPUT -p icmp -m comment --comment \"\\x1b[2J\" -j DROP");
	free(by);
	rules_done(&rules);
	rules = (struct rules){.count = 0};
	assert_int_equal(nft_read("{\"nftables\": [" INPUT_DROPS "]}", false, &rules), 0);
	assert_int_equal(rules_fate(&rules, PACKET_ICMP6, &by), FATE_DROPPED);
	assert_string_equal(by, "inet f, chain input: its policy");
	free(by);
	rules_done(&rules);
}

/* What iptables-nft has made is read from iptables-save, which knows what its matches mean. */
static void reads_nothing_twice(void **state)
{
	static const char text[] =
	    "{\"nftables\": [{\"chain\": {\"family\": \"ip\", \"table\": \"filter\", \"name\": \"INPUT\", \"type\": "
	    "\"filter\", \"hook\": \"input\", \"prio\": 0, \"policy\": \"drop\"}}]}";
	struct rules rules = {.count = 0};

	(void)state;
	assert_int_equal(nft_read(text, true, &rules), 0);
	assert_int_equal(rules.count, 0);
	assert_int_equal(nft_read(text, false, &rules), 0);
	assert_int_equal(rules.count, 1);
	rules_done(&rules);
}

static void refuses_what_is_no_list(void **state)
{
	static const char *const wrong[] = {"", "{", "[]", "{\"nftables\": 1}", "null", "\"nftables\""};
	static const char *const odd[] = {
	    "{\"nftables\": [1, null, [], {}, {\"chain\": 1}, {\"rule\": {}}]}",
	    "{\"nftables\": [" INPUT_TAKES
	    "," RULE("input", "1, null, {\"match\": 1}, {\"vmap\": 1}, {\"jump\": 1}") "]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct rules rules = {.count = 0};
		assert_int_equal(nft_read(wrong[i], false, &rules), -1);
		rules_done(&rules);
	}
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		struct rules rules = {.count = 0};
		assert_int_equal(nft_read(odd[i], false, &rules), 0);
		for (int p = 0; p < PACKETS; p++) {
			char *by;
			assert_int_not_equal(rules_fate(&rules, (enum packet)p, &by), FATE_DROPPED);
			free(by);
		}
		rules_done(&rules);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(walks_iptables),      cmocka_unit_test(walks_ip6tables),
	    cmocka_unit_test(walks_nftables),      cmocka_unit_test(names_what_decides),
	    cmocka_unit_test(reads_nothing_twice), cmocka_unit_test(refuses_what_is_no_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
