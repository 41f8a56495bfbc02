# shellcheck shell=sh disable=SC2154,SC2016 # folder is of cli/lib.sh; what is quoted is for another shell
#
# netns/lib.sh - paths of one to six routers in network namespaces; comes after cli/lib.sh
#
#     netns_enter 'what is tested'     # skips the script where there are no namespaces
#     path_new 3                       # client - r1 - r2 - r3 - server, every link 1500 bytes
#     pair_new v4                      # an address for the client and one for the server: $pair_client, $pair_server
#     pair_narrow 2 server 1400        # r2 sends to this server address at most 1400 bytes at a time
#     pair_mute 2 client frag-needed   # and drops its ICMP that says so
#     path_up                          # only now the namespaces are made
#     sink_start                       # a mail server on every server address, port 25
#     run path_do client "$SMTPDX" check "$pair_target" --only mtu
#
# Most of its time a check waits, so many of them run side by side:
#
#     begin first path_do client "$SMTPDX" check "$pair_target" --only mtu --json
#     wait_for_all
#     look first                       # now expect_status, expect_match, expect_fact are about this one
#
# One path serves many pairs, each with its own faults and nothing shared but the routers: neither what a kernel learnt
# about the path of one pair nor what its ICMP ration is used up by touches another. So pairs may be tested side by side.
#
# Hop K of the path is router rK, link K leads from it to hop K + 1; the client's own link has the number 0. Each router
# answers the client from 192.0.2.(4K - 2) or 2001:db8:0:(K - 1)::2, its address on the link before it: $hop_v4, $hop_v6.
#
# Everything is in namespaces for mounts, processes and network that end with the script, however it ends.

# Why there can be no paths here; nothing when there can.
netns_hindrance() {
	[ "$(id -u)" = 0 ] || { echo 'needs root, for network namespaces'; return; }
	for tool in unshare ip nft python3 openssl; do
		command -v "$tool" >/dev/null || { echo "needs $tool"; return; }
	done
	unshare --mount --pid --net --fork true 2>/dev/null || echo 'needs network namespaces'
}

# Starts the script over, inside. Comes before anything else that it does.
netns_enter() { # WHAT
	if [ -n "${SMTPDX_NETNS-}" ]; then
		mkdir -p /run/netns
		mount -t tmpfs none /run/netns || exit 1
		return
	fi
	why=$(netns_hindrance)
	if [ -n "$why" ]; then
		skip "$1" "$why"
		finish
	fi
	cd /
	rm -rf "$folder"
	SMTPDX_NETNS=yes exec unshare --mount --pid --net --fork --kill-child --mount-proc sh "$0"
}

path_routers=0 path_mtu=0 pairs=0

path_do() { # client|rK|server COMMAND...
	inside=/run/netns/$1
	shift
	nsenter --net="$inside" "$@"
}

# ADDRESS of a link's near (1) or far (2) end, as the client sees it
link_v4() { echo "192.0.2.$((4 * $1 + $2))"; }
link_v6() { echo "2001:db8:0:$1::$2"; }
hop_v4() { link_v4 $(($1 - 1)) 2; }
hop_v6() { link_v6 $(($1 - 1)) 2; }

# Ends the last path. What follows is for the next one.
path_new() { # ROUTERS [MTU]
	path_down
	path_routers=$1 path_mtu=${2:-1500} pairs=0
	rm -rf "$folder/path"
	mkdir "$folder/path"
}

# One line for `ip` in a namespace.
path_line() { # NAMESPACE WORD...
	into=$folder/path/$1.ip
	shift
	printf '%s\n' "$*" >>"$into"
}

# NAMESPACE DIRECTION: the gateways from there towards client or server, as $gateway_v4 and $gateway_v6
path_gateway() {
	case $1 in client) from=0 ;; server) from=$((path_routers + 1)) ;; *) from=${1#r} ;; esac
	if [ "$2" = client ]; then
		gateway_v4=$(link_v4 $((from - 1)) 1) gateway_v6=$(link_v6 $((from - 1)) 1)
	else
		gateway_v4=$(link_v4 "$from" 2) gateway_v6=$(link_v6 "$from" 2)
	fi
}

# A new pair: addresses that only these two use, and the server's as smtpdx wants it, $pair_target.
pair_new() { # v4|v6
	pairs=$((pairs + 1)) pair_family=$1
	if [ "$1" = v4 ]; then
		pair_client=198.18.$((pairs / 250)).$((pairs % 250 + 1)) pair_prefix=32 pair_dad=
		pair_server=198.19.$((pairs / 250)).$((pairs % 250 + 1)) pair_target=$pair_server:25
	else
		pair_client=2001:db8:c::$(printf %x "$pairs") pair_prefix=128 pair_dad=nodad
		pair_server=2001:db8:5::$(printf %x "$pairs") pair_target=[$pair_server]:25
	fi
	export pair_target
	path_line client addr add "$pair_client/$pair_prefix" dev lo "$pair_dad"
	path_line server addr add "$pair_server/$pair_prefix" dev lo "$pair_dad"
	path_gateway client server
	if [ "$1" = v4 ]; then gateway=$gateway_v4; else gateway=$gateway_v6; fi
	path_line client route add "$pair_server/$pair_prefix" via "$gateway" src "$pair_client"
}

# What router ROUTER sends to the pair's client or server has at most MTU bytes; what is larger it answers by ICMP.
pair_narrow() { # ROUTER client|server MTU
	if [ "$2" = client ]; then address=$pair_client; else address=$pair_server; fi
	path_gateway "r$1" "$2"
	if [ "$pair_family" = v4 ]; then gateway=$gateway_v4; else gateway=$gateway_v6; fi
	path_line "r$1" route add "$address/$pair_prefix" via "$gateway" mtu lock "$3"
}

# ROUTER (or all, or server) says nothing by ICMP to the pair's client or server: about sizes, about any error, to echo.
pair_mute() { # ROUTER|all|server client|server frag-needed|errors|echo
	if [ "$2" = client ]; then address=$pair_client; else address=$pair_server; fi
	case $1 in
	all) where=$(seq -f 'r%.0f' "$path_routers") ;;
	server) where=server ;;
	*) where=r$1 ;;
	esac
	for router in $where; do
		printf 'add element inet path %s_%s { %s }\n' "$(echo "$3" | tr - _)" "$pair_family" "$address" \
			>>"$folder/path/$router.nft"
	done
}

# The rules that the sets of pair_mute steer, before them.
path_rules() {
	cat <<-'END'
		table inet path {
			set frag_needed_v4 { type ipv4_addr; }
			set frag_needed_v6 { type ipv6_addr; }
			set errors_v4 { type ipv4_addr; }
			set errors_v6 { type ipv6_addr; }
			set echo_v4 { type ipv4_addr; }
			set echo_v6 { type ipv6_addr; }
			chain output {
				type filter hook output priority 0;
				icmp type destination-unreachable icmp code frag-needed ip daddr @frag_needed_v4 drop
				icmpv6 type packet-too-big ip6 daddr @frag_needed_v6 drop
				icmp type { destination-unreachable, time-exceeded } ip daddr @errors_v4 drop
				icmpv6 type { destination-unreachable, packet-too-big, time-exceeded } ip6 daddr @errors_v6 drop
				icmp type echo-reply ip daddr @echo_v4 drop
				icmpv6 type echo-reply ip6 daddr @echo_v6 drop
			}
		}
	END
}

path_namespaces() {
	echo client
	[ "$path_routers" = 0 ] || seq -f 'r%.0f' "$path_routers"
	echo server
}

# The names of the link's two ends: link_ends LINK -> $near $far
link_ends() {
	near=r$1 far=r$(($1 + 1))
	[ "$1" -gt 0 ] || near=client
	[ "$1" -lt "$path_routers" ] || far=server
}

# Routes from a namespace to the links that it is not on, so that routers can be asked by their addresses.
path_link_routes() {
	case $1 in client) place=0 ;; server) place=$((path_routers + 1)) ;; *) place=${1#r} ;; esac
	to=0
	while [ "$to" -le "$path_routers" ]; do
		if [ "$to" -lt $((place - 1)) ]; then
			path_gateway "$1" client
		else
			path_gateway "$1" server
		fi
		if [ "$to" -lt $((place - 1)) ] || [ "$to" -gt "$place" ]; then
			echo "route add $(link_v4 "$to" 0)/30 via $gateway_v4"
			echo "route add 2001:db8:0:$to::/64 via $gateway_v6"
		fi
		to=$((to + 1))
	done
}

path_up() {
	# Both ends with the same index would be taken for no virtual link, whose coming up Linux notes a second later.
	path_namespaces | sed 's/.*/netns add &/' >"$folder/path/all"
	link=0
	while [ "$link" -le "$path_routers" ]; do
		link_ends "$link"
		echo "link add right index 1000 netns $near type veth peer name left index 2000 netns $far" >>"$folder/path/all"
		link=$((link + 1))
	done
	ip -batch "$folder/path/all" || exit 1

	link=0
	while [ "$link" -le "$path_routers" ]; do
		link_ends "$link"
		for end in "$near right 1" "$far left 2"; do
			# shellcheck disable=SC2086 # words
			set -- $end
			{
				echo "addr add $(link_v4 "$link" "$3")/30 dev $2"
				echo "addr add $(link_v6 "$link" "$3")/64 dev $2 nodad"
				echo "link set $2 mtu $path_mtu up"
			} >>"$folder/path/$1.links"
		done
		link=$((link + 1))
	done
	for namespace in $(path_namespaces); do
		{
			echo 'link set lo up'
			cat "$folder/path/$namespace.links"
			path_gateway "$namespace" server
			if [ "$namespace" != server ]; then
				echo "route add 198.19.0.0/16 via $gateway_v4"
				echo "route add 2001:db8:5::/64 via $gateway_v6"
			fi
			path_gateway "$namespace" client
			if [ "$namespace" != client ]; then
				echo "route add 198.18.0.0/16 via $gateway_v4"
				echo "route add 2001:db8:c::/64 via $gateway_v6"
			fi
			path_link_routes "$namespace"
			[ ! -e "$folder/path/$namespace.ip" ] || cat "$folder/path/$namespace.ip"
		} >"$folder/path/$namespace.batch"
		# Forwarding first: to switch it on later would throw addresses away. The ration for all destinations together
		# is lifted, since the pairs stand for hosts that do not know of each other; the one for each stays.
		path_do "$namespace" sh -c '
			echo 1 >/proc/sys/net/ipv4/ip_forward
			echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
			[ ! -w /proc/sys/net/ipv4/icmp_msgs_per_sec ] || echo 100000 >/proc/sys/net/ipv4/icmp_msgs_per_sec
			[ ! -w /proc/sys/net/ipv4/icmp_msgs_burst ] || echo 100000 >/proc/sys/net/ipv4/icmp_msgs_burst
			# no waiting for addresses to be found free
			for file in /proc/sys/net/ipv6/conf/*/accept_dad; do echo 0 >"$file"; done
			ip -batch "$1"' sh "$folder/path/$namespace.batch" || exit 1
		if [ -e "$folder/path/$namespace.nft" ]; then
			{ path_rules; cat "$folder/path/$namespace.nft"; } | path_do "$namespace" nft -f - || exit 1
		fi
	done
}

path_down() {
	sink_stop
	[ "$path_mtu" = 0 ] || path_namespaces | while read -r namespace; do
		[ ! -e "/run/netns/$namespace" ] || ip netns del "$namespace"
	done
	path_mtu=0
}

sink_pids='' sink_count=0

# A certificate of more than 10000 bytes, so that a server's handshake needs several packets even of the largest size.
sink_certificate() {
	[ ! -e "$folder/sink.pem" ] || return 0
	names=$(seq -f 'DNS:a-mail-host-with-a-long-name-%04.0f.example.test' -s , 200)
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=mail.example.test \
		-addext "subjectAltName=$names" -keyout "$folder/sink.key" -out "$folder/sink.crt" 2>"$folder/sink.err" ||
		{ cat "$folder/sink.err"; exit 1; }
	cat "$folder/sink.key" "$folder/sink.crt" >"$folder/sink.pem"
}

# A mail server of the path; several with a --port each. What they have seen stands in $folder/sink.N, one word a line:
# connect, data, delivered.
sink_start() { # [OPTION...], see sink.py
	sink_certificate
	sink_count=$((sink_count + 1))
	seen=$folder/sink.$sink_count
	: >"$seen"
	# not by path_do, whose shell would be the one that sink_stop ends
	nsenter --net=/run/netns/server python3 "$SMTPDX_SRCDIR/tests/netns/sink.py" --certificate "$folder/sink.pem" "$@" \
		>"$seen" 2>"$folder/sink.err" &
	sink_pids="$sink_pids $!"
	if ! ready "$!" "$seen"; then
		echo '# the sink did not get ready:'
		sed 's/^/# /' "$folder/sink.err"
		exit 1
	fi
}

sink_stop() {
	# shellcheck disable=SC2086 # numbers
	[ -z "$sink_pids" ] || { kill $sink_pids; wait $sink_pids; } 2>/dev/null
	sink_pids=
}

expect_nothing_delivered() { # by any of them
	expect 'nothing was delivered' sh -c '! grep -q delivered "$1"/sink.[0-9]*' sh "$folder"
}

begun=''

begin() { # NAME COMMAND...
	name=$1
	shift
	{
		"$@" >"$name.out" 2>"$name.err" </dev/null
		echo $? >"$name.status"
	} &
	begun="$begun $!"
}

# The facts of each report go into a file of their own, NAME=VALUE a line.
wait_for_all() {
	# shellcheck disable=SC2086 # numbers
	wait $begun
	begun=
	python3 -c 'import glob, json
for name in glob.glob("*.out"):
    with open(name) as report, open(name.replace(".out", ".facts"), "w") as facts:
        text = report.read()
        for fact in json.loads(text)["facts"] if text.startswith("{") else []:
            print(fact["name"], fact["value"], sep="=", file=facts)'
}

# shellcheck disable=SC2034 # for cli/lib.sh
look() { # NAME
	ran="the check $1" status=$(cat "$1.status")
	cp "$1.out" out
	cp "$1.err" err
	cp "$1.facts" facts
}

fact() { # NAME: its value in the report looked at, or nothing
	sed -n "s/^$1=//p" facts | head -n 1
}

expect_fact() { # NAME VALUE WHAT
	value=$(fact "$1")
	if [ "$value" = "$2" ]; then
		ok "$3"
	else
		not_ok "$3"
		echo "# $1 is \"$value\", expected \"$2\""
		grep -E '^mtu\.(full|clamped|out|in|sweep|path|link|back|untested|attempt)' facts | sed 's/^/#   /'
	fi
}
