# shellcheck shell=sh disable=SC2154 # real_* are of real/lib.sh
#
# real/path.sh - a client at the other end of a wire to a real mail server; comes after real/lib.sh
#
# The client is a network namespace of its own, 198.51.100.1; the server answers at 198.51.100.2, whatever addresses it
# listens on. Packets above a size can be dropped on the wire without a word, in either direction.

real_client_pid=''
trap 'status=$?; real_path_stop; real_stop; demo_stop; cd /; rm -rf "$folder"; exit $status' EXIT

real_client() { nsenter --target "$real_client_pid" --net "$@"; }

real_path_start() {
	unshare --net sleep 600 &
	real_client_pid=$!
	# Until it has a namespace of its own.
	while [ "$(readlink "/proc/$real_client_pid/ns/net")" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
	real_net ip link add wire type veth peer name wire netns "$real_client_pid" || exit 1
	# Single packets, as they would be on a real wire: the filter below is to see their sizes.
	for side in net client; do
		"real_$side" ip link set wire gso_max_segs 1
		"real_$side" ip link set wire up
		"real_$side" ip link set lo up
	done
	real_client ip addr add 198.51.100.1/24 dev wire
	real_net ip addr add 198.51.100.2/24 dev wire
	real_net sh -c 'echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet'
	real_net nft -f - <<-'END' || exit 1
		table ip wire {
			chain arriving { type filter hook prerouting priority raw; }
			chain nat {
				type nat hook prerouting priority dstnat;
				iifname wire tcp dport 25 dnat to 127.0.0.1
			}
		}
	END
	real_client nft 'add table ip wire; add chain ip wire arriving { type filter hook prerouting priority raw; }'
	# Sendmail asks back by ident, from 127.0.0.1, which cannot be answered on the wire.
	real_net nft 'add chain ip wire ident { type filter hook output priority filter; tcp dport 113 reject with tcp reset; }'
}

real_path_drop() { # server|client SIZE: what is larger on its way there
	real_net nft flush chain ip wire arriving
	real_client nft flush chain ip wire arriving
	to=net
	[ "$1" = server ] || to=client
	"real_$to" nft add rule ip wire arriving meta length '>' "$2" drop
}

real_path_stop() {
	[ -n "$real_client_pid" ] || return 0
	kill "$real_client_pid" 2>/dev/null
	wait "$real_client_pid" 2>/dev/null
	real_client_pid=''
}
