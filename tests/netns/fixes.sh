# shellcheck shell=sh disable=SC2034,SC2154 # gateway and pair_* are of netns/lib.sh; out and in are for who sources this
#
# netns/fixes.sh - the commands that the diagnosis of a black hole offers, typed on a path; comes after netns/lib.sh

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
type_in() { # LIKE WHAT [NAMESPACE]
	path_do client ip route flush cache
	path_do client ip -6 route flush cache
	{
		# shellcheck disable=SC2016 # for the shell that reads it
		echo 'smtpdx() { "$SMTPDX" "$@"; }'
		advice "$1" "$2"
	} >typed
	run path_do "${3:-client}" sh -e typed
}

# All that the commands may change.
state() { # NAMESPACE
	path_do "$1" sh -c 'ip -o link; ip route; ip -6 route; nft list ruleset; cat /proc/sys/net/ipv4/tcp_mtu_probing'
}

expect_fixed() { # LIKE WHAT [NAMESPACE]: where it is typed; the client is where it helps
	state "${3:-client}" >before
	type_in "$1" command "${3:-client}"
	expect_status 0 "$2: the commands work"
	type_in "$1" verify
	expect_status 0 "$2: it helps"
	type_in "$1" undo "${3:-client}"
	expect_status 0 "$2: it can be undone"
	state "${3:-client}" >after
	expect "$2: and all is as before" cmp before after
}

# The library gives each pair a route of its own; the one that is offered must find room before it.
make_room() {
	path_line client route del "$pair_server"
	path_line client route add "$pair_server" via "$gateway" src "$pair_client" metric 2048
}

check() { path_do client "$SMTPDX" check "$1" --only mtu --json >case 2>/dev/null; }

# The same check again and again would use up the ration of ICMP that a router has for each destination.
path_without_ration() {
	for namespace in r1 server; do
		path_do "$namespace" sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit; echo 0 >/proc/sys/net/ipv6/icmp/ratelimit'
	done
}

# The paths that the commands are tried on: over $out and $out_v6 a router drops ICMP, over $own and $own_v6 the client may do
# so itself; $in is narrow the other way. All is up afterwards.
paths_to_fix() {
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
	path_without_ration
	sink_start --starttls
	export SMTPDX
}
