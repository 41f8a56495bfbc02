# shellcheck shell=sh
#
# lab/lib.sh - what a scenario may use; see README
#
#   client 192.0.2.10 --- router --- mx1 198.51.100.25, mx2 198.51.100.225
#   2001:db8:1::10          |            2001:db8:2::25      2001:db8:3::25
#                          dns 203.0.113.53 and .54, 2001:db8:53::53
#
# Everything is in namespaces that end with the scenario's first process, so nothing has to be undone.

export SMTPDX_SRCDIR
. "$SMTPDX_SRCDIR/tests/real/root.sh"
. "$SMTPDX_SRCDIR/tests/soon.sh"
lab=$SMTPDX_SRCDIR/tests/lab

at() { # HOST COMMAND...: a program of this system in the host's network; what runs without it is on the router
	host=$1
	shift
	ip netns exec "$host" "$@"
}

on() { # HOST COMMAND...: a program of the host's own root
	host=$1
	shift
	# shellcheck disable=SC2016,SC2154 # the inner shell expands these; who sources this has set $work
	ip netns exec "$host" unshare --uts sh -c '
		echo "$1" >/proc/sys/kernel/hostname
		root=$2
		shift 2
		exec chroot "$root" "$@"' sh "$host.lab.test" "$work/$host/root" "$@" </dev/null
}

# HOST ROUTER-ADDRESS ADDRESS/LENGTH ROUTER-ADDRESS6 ADDRESS6/LENGTH
network_host() {
	ip netns add "$1"
	ip link add "r-$1" type veth peer name eth0 netns "$1"
	# One segment a packet, as on a wire; otherwise a packet of 64 kB is lost or passes as one.
	ip link set "r-$1" gso_max_segs 1 gro_max_size 1500 up 2>/dev/null || ip link set "r-$1" gso_max_segs 1 up
	ip addr add "$2/${3#*/}" dev "r-$1"
	ip addr add "$4/${5#*/}" dev "r-$1" nodad
	ip -n "$1" -batch - <<-END
	link set lo up
	link set eth0 gso_max_segs 1 up
	addr add $3 dev eth0
	addr add $5 dev eth0 nodad
	route add default via $2
	route add default via $4
	END
}

network() {
	sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.default.rp_filter=0 net.ipv4.icmp_ratelimit=0
	ip link set lo up
	network_host client 192.0.2.1 192.0.2.10/24 2001:db8:1::1 2001:db8:1::10/64
	network_host mx1 198.51.100.1 198.51.100.25/25 2001:db8:2::1 2001:db8:2::25/64
	network_host mx2 198.51.100.129 198.51.100.225/25 2001:db8:3::1 2001:db8:3::25/64
	network_host dns 203.0.113.1 203.0.113.53/24 2001:db8:53::1 2001:db8:53::53/64
	ip -n dns addr add 203.0.113.54/24 dev eth0
	resolvers 203.0.113.53
}

resolvers() { # ADDRESS...: the client's name servers
	printf 'nameserver %s\n' "$@" >/etc/resolv.conf
}

# Zone lines in place of those about the same name and type, or rules ("on ..."), see dns.py.
zone() { # LINE...
	for line; do
		case $line in
		on\ *) printf '%s\n' "$line" >>"$work/zone.new" ;;
		*)
			grep -v "^$(printf '%s' "$line" | cut -d ' ' -f 1,2) " "$work/zone" >"$work/zone.old"
			{ cat "$work/zone.old"; printf '%s\n' "$line"; } >"$work/zone.new"
			;;
		esac
		cat "$work/zone.new" >"$work/zone"
	done
}

zone_drop() { # PATTERN: takes out the lines that match
	grep -v -e "$1" "$work/zone" >"$work/zone.new"
	mv "$work/zone.new" "$work/zone"
}

default_zone() {
	cat >"$work/zone" <<-END
	lab.test MX 10 mx1.lab.test
	lab.test NS ns1.lab.test
	lab.test TXT v=spf1 mx -all
	ns1.lab.test A 203.0.113.53
	mx1.lab.test A 198.51.100.25
	198.51.100.25 PTR mx1.lab.test
	2001:db8:2::25 PTR mx1.lab.test
	198.51.100.225 PTR mx2.lab.test
	2001:db8:3::25 PTR mx2.lab.test
	client.example.test A 192.0.2.10
	client.example.test AAAA 2001:db8:1::10
	192.0.2.10 PTR client.example.test
	2001:db8:1::10 PTR client.example.test
	END
	cp "$work/zone" "$work/zone.new"
}

# A program in the background that says "ready" when it is.
background() { # NAME COMMAND...
	log=$work/$1.log
	shift
	: >"$log"
	"$@" >"$log" 2>&1 </dev/null &
	! ready $! "$log" || return 0
	cat "$log" >&2
	echo "$* did not get ready" >&2
	return 1
}

peer() { # HOST WHAT ...: see peer.py
	host=$1
	shift
	background "peer-$1" at "$host" python3 "$lab/peer.py" "$@"
}

talk() { # HOST TIMES STEP...: that many sessions of HOST with mx1, see "client" in peer.py
	host=$1 times=$2
	shift 2
	at "$host" python3 "$lab/peer.py" client 198.51.100.25 25 "$times" "$@"
}

# NAME COMMAND...: done while the client of a talk in the background stands at "@meet NAME", which then goes on
meet() {
	meeting=$1
	shift
	soon test -e "$meeting.here"
	"$@"
	: >"$meeting.go"
}

freeze() { # PROGRAM: all that runs of it stands still, until thaw
	frozen=$(pgrep -x "$1")
	# shellcheck disable=SC2086 # words
	kill -STOP $frozen
}

thaw() {
	# shellcheck disable=SC2086 # words
	kill -CONT $frozen
}

deliver() { # HOST TIMES: sessions with a message each
	talk "$1" "$2" "EHLO $1.lab.test" "MAIL FROM:<someone@$1.lab.test>" 'RCPT TO:<postmaster@lab.test>' DATA '@body 2000' . QUIT
}

# What a program of the client's prints about one session with mx1 is what smtpdx explains, see "library" in peer.py.
# shellcheck disable=SC2034 # scenario.sh reads it
transcript() { # TIMEOUT STEP...
	at client python3 "$lab/peer.py" library 198.51.100.25 25 "$@" >"$work/transcript" 2>&1
	files=$work/transcript
}

# shellcheck disable=SC2034 # scenario.sh reads it
evidence() { # SERVER: its log on mx1 is what smtpdx explains
	case $1 in
	postfix) files=$work/mx1/root/var/log/mail.log ;;
	exim) files=$work/mx1/root/var/log/exim4/mainlog ;;
	esac
	sleep 1
}

# Our own recorder on a host, until recorded; smtpdx explain then reads what passed there.
record() { # HOST
	recorded_at=$1
	: >"$work/recorder.log"
	ip netns exec "$1" "$SMTPDX" capture 198.51.100.25 --interface eth0 -o "$work/$1.pcap" \
		>/dev/null 2>"$work/recorder.log" </dev/null &
	recorder=$!
	soon grep -q '^Recording' "$work/recorder.log" || { cat "$work/recorder.log" >&2; return 1; }
}

# shellcheck disable=SC2034 # scenario.sh reads it
recorded() {
	kill -INT "$recorder"
	wait "$recorder" || :
	files=$work/$recorded_at.pcap
}

# The embedded server, for servers that cannot be had and for filters: serves a scenario of the demo (its text is standard
# input, see help/demo/README) on the host's loopback, at $demo_port of 127.0.0.2.
play() { # HOST
	{ printf 'title: lab\nexpect: unknown\ntarget: lab.test\n'; cat; } >"$work/lab.demo"
	background demo at "$1" "$SMTPDX" demo --serve "$work/lab.demo"
	demo_port=$(sed -n 's/^smtp .*:\([0-9]*\)$/\1/p' "$work/demo.log" | head -n 1)
}

# The mail host that everybody reaches, with what it says from standard input: lines below `smtp` of a scenario.
play_mx1() {
	{
		printf '%s\n' 'dns 127.0.0.53' '  mx lab.test 10 mx1.lab.test' '  a mx1.lab.test 127.0.0.2' \
			'smtp 127.0.0.2' '  host mx1.lab.test'
		cat
	} >"$work/mx1.demo"
	play mx1 <"$work/mx1.demo"
	at mx1 sysctl -qw net.ipv4.conf.all.route_localnet=1
	at mx1 nft add table ip play
	at mx1 nft add chain ip play in '{ type nat hook prerouting priority -100; }'
	at mx1 nft add rule ip play in tcp dport 25 dnat to "127.0.0.2:$demo_port"
}

listens() { # HOST PORT: waits until somebody does
	soon listening "$@" || { echo "nobody listens on port $2 of $1" >&2; return 1; }
}

listening() { [ -n "$(at "$1" ss -Hltn "sport = :$2")" ]; } # HOST PORT

prepare() { # HOST SERVER: the host's root, with the server in it that is not running yet
	mkdir "$work/$1"
	root_make "$work/$1"
	# shellcheck disable=SC2154 # set by who sources this
	tar -x --keep-directory-symlink -C "$work/$1/root" -f "$roots/$2.tar"
	root_mounts "$work/$1/root"
	printf '127.0.0.1 localhost\n::1 localhost\n' >"$work/$1/root/etc/hosts"
	rm -f "$work/$1/root/etc/resolv.conf"
	echo 'nameserver 203.0.113.53' >"$work/$1/root/etc/resolv.conf"
}

start() { # HOST SERVER [SETTING...]: SERVER's settings as tests/real/SERVER.sh takes them
	host=$1
	shift 2
	on "$host" sh /server.sh start "$@" >"$work/$host.log" 2>&1 || { cat "$work/$host.log" >&2; return 1; }
	listens "$host" 25 || { cat "$work/$host.log" >&2; return 1; }
}

serve() { # HOST SERVER [SETTING...]
	prepare "$1" "$2"
	start "$@"
}

exim_acl() { # HOST NAME STATEMENTS: between prepare and start, which names it: acl_smtp_rcpt=NAME
	printf '%s:\n%s\n' "$2" "$3" >"$work/$1/acl"
	sed -i "/^begin acl/r $work/$1/acl" "$work/$1/root/var/lib/exim4/config.autogenerated"
}

firewall() { # CHAIN RULE...: on the router; CHAIN is forward, input or output
	chain=$1
	shift
	nft add table inet lab
	nft add chain inet lab "$chain" "{ type filter hook $chain priority 0; }"
	nft add rule inet lab "$chain" "$@"
}

firewall_of() { # HOST CHAIN RULE...: on a host
	host=$1 chain=$2
	shift 2
	at "$host" nft add table inet lab
	at "$host" nft add chain inet lab "$chain" "{ type filter hook $chain priority 0; }"
	at "$host" nft add rule inet lab "$chain" "$@"
}

narrow() { # HOST BYTES: packets to HOST must not be larger, for the router tells so
	address=198.51.100.0/25
	[ "$1" != client ] || address=192.0.2.0/24
	[ "$1" != mx2 ] || address=198.51.100.128/25
	ip route change $address dev "r-$1" mtu lock "$2"
}

slow_line() { # SECONDS [LOSS [BACK]]: each way, between the client and mx1, IPv4 only; see tun.py
	background tun python3 "$lab/tun.py" "$@"
	ip link set tun0 up
	ip route add default dev tun0 table 101
	ip rule add iif r-client to 198.51.100.0/25 lookup 101 priority 10
	ip rule add iif r-mx1 to 192.0.2.0/24 lookup 101 priority 10
}

forget() { # SECONDS DEED: the router forgets sessions that were silent for so long; DEED is done to what comes then
	seconds=$1
	shift
	firewall forward ct state established,related accept
	nft add rule inet lab forward tcp flags '&' '(syn|ack)' == syn ct state new accept
	nft add rule inet lab forward meta l4proto tcp "$@"
	sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0 "net.netfilter.nf_conntrack_tcp_timeout_established=$seconds"
}
