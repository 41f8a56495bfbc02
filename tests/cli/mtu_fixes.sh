#!/bin/sh
#
# The commands that the diagnosis of a black hole offers do what they promise: each is typed on the client, the check that
# verifies it is run, and after what undoes it everything is as before.
#
# once: it is about commands of others

. "${0%/*}/lib.sh"
. "${0%/*}/../netns/lib.sh"

netns_enter 'the fixes of a black hole'

# advice LIKE WHAT: command, undo or verify of the first fix of the report `case` whose command has that text in it
advice() {
	python3 -c '
import json, sys
for finding in json.load(open("case"))["diagnosis"]:
    for fix in finding["fixes"] if finding["cause"] == "pmtu-blackhole" else []:
        if sys.argv[1] in fix["command"]:
            print(fix[sys.argv[2]])
            sys.exit()
sys.exit(1)' "$1" "$2"
}

# Types what the report says on the client, in a shell whose smtpdx is the one under test, after it has forgotten what ICMP
# has told it so far.
type_in() { # LIKE WHAT
	path_do client ip route flush cache
	path_do client ip -6 route flush cache
	{
		# shellcheck disable=SC2016 # for the shell that reads it
		echo 'smtpdx() { "$SMTPDX" "$@"; }'
		advice "$1" "$2"
	} >typed
	run path_do client sh -e typed
}

# All that the commands may change.
state() {
	path_do client sh -c 'ip -o link; ip route; ip -6 route; nft list ruleset; cat /proc/sys/net/ipv4/tcp_mtu_probing'
}

expect_fixed() { # LIKE WHAT
	state >before
	type_in "$1" command
	expect_status 0 "$2: the commands work"
	type_in "$1" verify
	expect_status 0 "$2: it helps"
	type_in "$1" undo
	expect_status 0 "$2: it can be undone"
	state >after
	expect "$2: and all is as before" cmp before after
}

# The library gives each pair a route of its own; the one that is offered must find room before it.
make_room() {
	path_line client route del "$pair_server"
	path_line client route add "$pair_server" via "$gateway" src "$pair_client" metric 2048
}

path_new 1
pair_new v4
make_room
out=$pair_target
pair_narrow 1 server 1400
pair_mute 1 client frag-needed
pair_new v4
make_room
in=$pair_target
pair_narrow 1 client 1400
pair_mute 1 server frag-needed
pair_new v6
make_room
out_v6=$pair_target
pair_narrow 1 server 1400
pair_mute 1 client frag-needed
pair_new v4
own=$pair_target
pair_narrow 1 server 1400
pair_new v6
own_v6=$pair_target
pair_narrow 1 server 1400
path_up
# The same check again and again would use up the ration of ICMP that a router has for each destination.
for namespace in r1 server; do
	path_do "$namespace" sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit; echo 0 >/proc/sys/net/ipv6/icmp/ratelimit'
done
sink_start --starttls
export SMTPDX

check() { path_do client "$SMTPDX" check "$1" --only mtu --json >case 2>/dev/null; }

check "$out"
expect_fixed 'ip route add' 'a route with a locked MTU'
expect_fixed 'hook input' 'a smaller segment size in the answer of the server'
expect_fixed 'tcp_mtu_probing' 'TCP that looks for a size'
expect_fixed 'ip link set' 'a small MTU for everything, as a test'
# ufw has its rules in files, which are here beside the real ones. What is in them is for the kernel, and not tried.
mkdir ufw
printf '%s\n' '-A ufw-before-input -i lo -j ACCEPT' '# icmp' >ufw/before.rules
printf '%s\n' '-A ufw6-before-input -i lo -j ACCEPT' '# icmp' >ufw/before6.rules
cp -r ufw ufw.before
type_ufw() { # WHAT
	{ echo 'ufw() { :; }'; advice /etc/ufw "$1" | sed "s,/etc/ufw,$folder/ufw,g"; } >typed
	run sh -e typed
}
type_ufw command
expect_status 0 'ufw: the commands work'
expect 'ufw: the types of ICMP that must pass are let in' [ "$(grep -cE \
	'^-A ufw-before-input -p icmp --icmp-type (destination-unreachable|time-exceeded) -j ACCEPT$' ufw/before.rules) $(grep -cE \
	'^-A ufw6-before-input -p icmpv6 --icmpv6-type (packet-too-big|destination-unreachable|time-exceeded) -j ACCEPT$' \
	ufw/before6.rules)" = '2 3' ]
type_ufw undo
expect_status 0 'ufw: it can be undone'
expect 'ufw: and all is as before' diff -r ufw ufw.before

check "$out_v6"
expect_fixed 'ip route add' 'a route with a locked MTU in IPv6'
check "$in"
expect_fixed 'ip route add' 'a route with a locked MTU, for what comes'
expect_fixed 'hook output' 'a smaller segment size in what we ask for'

# Here it is a filter of this host that drops the ICMP.
path_do client nft -f - <<-'END'
	table inet filter {
		chain input {
			type filter hook input priority 0;
			meta l4proto icmp drop
			icmpv6 type { packet-too-big, destination-unreachable, time-exceeded } drop
		}
	}
END
check "$own"
expect_fixed 'nft insert rule' 'ICMP let in again'
check "$own_v6"
expect_fixed 'nft insert rule' 'ICMPv6 let in again'
finish
