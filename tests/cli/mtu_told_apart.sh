#!/bin/sh
#
# What looks like a path MTU black hole and is none, and what is one beside it: packet loss, a receiver that does not read,
# a filter that drops or resets in DATA, an early reply, window scaling broken on the way, IPv6 broken beside IPv4.
#
# once: it measures, and what it runs is run in other tests, too

. "${0%/*}/lib.sh"
. "${0%/*}/../netns/lib.sh"

netns_enter 'what looks like a black hole is told apart'

# Routers: faults that have no words in the library, for the pairs of this test.
fault_rules() {
	cat <<-END
		table inet faults {
			set in_data { type ipv4_addr . inet_service; }
			set dropped { type ipv4_addr; elements = { $filtered } }
			chain forward {
				type filter hook forward priority 0;
				ip daddr $lossy numgen random mod 100 < 12 drop
				ip saddr $lossy numgen random mod 100 < 12 drop
				ip daddr $unscaled tcp flags syn accept
				ip saddr $unscaled tcp flags & (syn | ack) == syn | ack reset tcp option window
				ip daddr @dropped ip saddr . tcp sport @in_data drop
				ip daddr @dropped @ih,0,48 0x444154410d0a add @in_data { ip saddr . tcp sport }
				ip daddr $resetting ip saddr . tcp sport @in_data reject with tcp reset
				ip daddr $resetting @ih,0,48 0x444154410d0a add @in_data { ip saddr . tcp sport }
			}
		}
	END
}

path_new 2
pair_new v4
healthy=$pair_server
pair_new v4
lossy=$pair_server
pair_new v4
filtered=$pair_server
pair_new v4
resetting=$pair_server
pair_new v4
unscaled=$pair_server
pair_new v4
hole_out=$pair_server
pair_narrow 1 server 1400
pair_mute 1 client frag-needed
pair_new v4
hole_in=$pair_server
pair_narrow 2 client 1400
pair_mute 2 server frag-needed
pair_new v4
narrow=$pair_server
pair_narrow 1 server 1400
pair_new v4
drawn=$pair_target
pair_narrow 1 server 1400
pair_mute 1 client frag-needed
pair_new v4
hole_tls=$pair_server
pair_narrow 1 server 1400
pair_mute 1 client frag-needed
pair_new v4
hole_tls_in=$pair_server
pair_narrow 2 client 1400
pair_mute 2 server frag-needed
pair_new v6
hole_v6=$pair_server
pair_narrow 1 server 1400
pair_mute 1 client frag-needed
path_up
fault_rules | path_do r1 nft -f - || exit 1
{ cat /etc/hosts; echo "$healthy mx.example.test"; echo "$hole_v6 mx.example.test"; } >hosts
mount --bind hosts /etc/hosts || exit 1
: >resolv.conf
mount --bind resolv.conf /etc/resolv.conf 2>/dev/null || : # nobody to ask in here in any case

# On one machine, so that all can be asked at once: each fault has a port or an address of its own.
sink_start --starttls
sink_start --port 2525 # no TLS, so that the filters see what they look for
sink_start --port 465 --tls
sink_start --port 2526 --starttls --rcpt-reply '550 5.1.1 unknown'
sink_start --port 2527 --data-reply '452 4.3.1 Insufficient system storage'
# Their kernel takes all of so short a message; the smtp check, which sends more, is about what their program does.
sink_start --port 2528 --unread --buffer 4096
sink_start --port 2529 --pause 0.02 --buffer 4096

check() { path_do client "$SMTPDX" check "$@" --json; }

check_twice() { # the second time with what ICMP has taught this host
	check "$narrow:25" --skip dns >first
	check "$narrow:25" --only mtu
}

expect_report() { # PYTHON WHAT: an expression over case, facts, causes and those of them that are likely
	expect "$2" report "$1"
}

report() {
	python3 -c '
import json, sys
case = json.load(open("out"))
facts = {fact["name"]: fact["value"] for fact in case["facts"]}
causes = [finding["cause"] for finding in case["diagnosis"]]
likely = [f["cause"] for f in case["diagnosis"] if f["probability"] >= 0.5]
if eval(sys.argv[1]):
    sys.exit()
for finding in case["diagnosis"][:3]:
    print("#", finding["cause"], finding["subject"], round(finding["probability"], 3))
for fact in case["facts"]:
    if fact["name"].startswith("mtu."):
        print("#  ", fact["subject"], fact["name"], fact["value"])
sys.exit(1)' "$1"
}

# Alone, for its time is of interest.
run check "$healthy:25" --only mtu
expect_status 0 'a path without narrow links is healthy'
expect_report 'facts["mtu.connections"] == 1 and facts["mtu.in.full"] == "pass"' 'one connection was enough'
[ -n "$SMTPDX_SLOW" ] || expect_report 'facts["mtu.verdict.delay"] < 0.4' 'and no time was lost'

# Each packet by itself: the drivers of here would lose eight segments at a time.
path_do client ip link set right gso_max_segs 1
path_do r1 ip link set left gso_max_segs 1
# Several at a time, since chance decides. Timers that valgrind stretches are no evidence of loss.
losses='1 2 3 4 5 6 7 8'
[ -z "$SMTPDX_SLOW" ] || losses=
for number in $losses; do
	begin "loss$number" check "$lossy:25" --only mtu --timeout 20
done
begin hole_out check "$hole_out:25" --skip dns
begin hole_in check "$hole_in:25" --skip dns
begin drawn path_do client "$SMTPDX" check "$drawn" --only mtu
begin narrow check_twice
begin one_family check mx.example.test:25 --only mtu
begin filtered check "$filtered:2525" --only mtu
begin resetting check "$resetting:2525" --only mtu
begin unscaled check "$unscaled:2525" --only mtu
begin hole_tls check "$hole_tls:465" --only mtu
begin hole_tls_in check "$hole_tls_in:465" --only mtu
begin refused_alone check "$healthy:2526" --only mtu
begin refused check "$healthy:2526" --skip dns --rcpt nobody@mail.example.test
begin full_alone check "$healthy:2527" --only mtu
begin full check "$healthy:2527" --skip dns
begin unread check "$healthy:2528" --only mtu
begin slow_reader check "$healthy:2529" --only mtu
wait_for_all

look hole_out
expect_status 1 'a black hole towards the server is trouble'
expect_report 'causes[0] == "pmtu-blackhole" and case["diagnosis"][0]["probability"] > 0.99' 'it is the first cause'
expect_report 'facts["mtu.full"] == "stall" and facts["mtu.clamped"] == "pass"' 'proven by the two message texts'
expect_report 'facts["mtu.out.size"] == 1400 and facts["mtu.out.exact"]' 'with its exact size'
expect_report 'facts["mtu.connections"] + 2 <= 10' 'both checks together took at most 10 connections'
expect_report '[c["check"] for c in case["checks"]] == ["smtp", "mtu"]' 'the mtu check came after the smtp check'
expect_report 'any("mtu lock 1400" in f["command"] for f in case["diagnosis"][0]["fixes"])' 'a route for this peer is offered'
expect_report 'all("--only mtu" in f["verify"] for f in case["diagnosis"][0]["fixes"] if f["command"])' 'each command has the check that proves it'
expect_report 'all(f["undo"] for f in case["diagnosis"][0]["fixes"] if f["command"])' 'and its undo'

look hole_in
expect_report 'causes[0] == "pmtu-blackhole"' 'a black hole towards us is found behind the smtp check, too'
expect_report 'facts["mtu.in.full"] == "stall" and facts["mtu.full"] == "pass"' 'its direction is told'
expect_report 'facts["smtp.tls.fault"] == "timeout"' 'the smtp check saw a handshake without an end'
expect_report 'facts["mtu.connections"] + 2 <= 10' 'at most 10 connections in all'

look drawn
expect_match '^ +100 % [ #]*o+$' 'the report draws how the small packets were acknowledged'
expect_match '^ +0 % [o ]*#+' 'and the large ones were not'
expect_match 'IP packets of up to 1400' 'it has a text for the owner of the link'

look narrow
expect_status 0 'a narrow path whose routers say so is healthy'
expect_report 'facts["mtu.learned"] == 1400 and facts["mtu.learned.left"] > 0 and not facts["mtu.route.locked"]' 'what ICMP taught this host is told'
cp first out
expect_report 'causes[0] == "healthy" and facts["mtu.discovery"] == "works" and facts["mtu.out.size"] == 1400' 'path MTU discovery works there'

# shellcheck disable=SC2086 # numbers
[ -z "$losses" ] || expect 'plain packet loss is never a black hole' python3 -c '
import json, sys
for number in sys.argv[1:]:
    case = json.load(open(f"loss{number}.out"))
    facts = {f["name"]: f["value"] for f in case["facts"]}
    first = case["diagnosis"][0]
    print("#", facts.get("mtu.full"), facts.get("mtu.clamped"), facts.get("mtu.in.full"), first["cause"])
    assert first["cause"] != "pmtu-blackhole", facts' $losses

look one_family
expect_report 'causes[0] == "pmtu-blackhole" and "2001:db8" in case["diagnosis"][0]["subject"]' 'a black hole in IPv6 alone is found'
expect_report '{f["subject"]: f["value"] for f in case["facts"] if f["name"] == "mtu.full"} == {
    "mx.example.test ['"$healthy"']:25": "pass", "mx.example.test ['"$hole_v6"']:25": "stall"}' 'and IPv4 is not blamed'

look filtered
expect_report 'facts["mtu.full"] == "dead" and facts["mtu.clamped"] == "dead"' 'a filter drops whatever comes in DATA'
expect_report 'causes[0] == "firewall-smtp-inspection"' 'which is no matter of size'
look resetting
expect_report 'facts["mtu.full"] == "reset" and causes[0] == "firewall-smtp-inspection"' 'nor is a reset in DATA'

look unscaled
expect_report 'facts["mtu.full"] == "window" and facts["mtu.full.window"] > 0' 'a window that nobody scales is small'
expect_report 'causes[0] == "window-scaling-broken"' 'and known for what it is'

look hole_tls
expect_report 'causes[0] == "pmtu-blackhole" and facts["mtu.out.size"] == 1400 and facts["mtu.connections"] <= 8' 'a black hole at a port that wants TLS from the first byte on'
look hole_tls_in
expect_report 'causes[0] == "pmtu-blackhole" and facts["mtu.in.size"] == 1400' 'in either direction'

look refused_alone
expect_report 'case["checks"][0]["status"] == "not-tested" and "--rcpt ADDRESS" in case["checks"][0]["error"]' 'without a recipient nothing large can be sent; it is told what would test it'
expect_report 'facts["mtu.in.full"] == "pass" and "mtu.full" not in facts' 'what comes from the server is measured nevertheless'
look refused
expect_report '[(c["check"], c["status"]) for c in case["checks"]] == [("smtp", "done"), ("mtu", "not-tested")]' 'after a session that was refused there are no further ones'
expect_report 'causes[0] == "recipient-refused"' 'and the refusal is the trouble'

look full_alone
expect_report 'facts["mtu.full"] == "reply" and "pmtu-blackhole" not in likely' 'an early 452 is a reply and no black hole'
look full
expect_report 'causes[0] == "disk-full"' 'the smtp check says what it means'

look unread
expect_report 'facts["mtu.full"] in ("pass", "window") and "pmtu-blackhole" not in likely' 'a server that does not read is no black hole'
look slow_reader
expect_report 'facts["mtu.full"] in ("pass", "window") and "pmtu-blackhole" not in likely' 'nor is a slow reader'
expect_nothing_delivered
finish
