#!/bin/sh
#
# The commands that the diagnosis of a black hole offers do what they promise: each is typed on the client, the check that
# verifies it is run, and after what undoes it everything is as before.
#
# once: it is about commands of others

. "${0%/*}/lib.sh"
. "${0%/*}/../netns/lib.sh"

. "${0%/*}/../netns/fixes.sh"

netns_enter 'the fixes of a black hole'

paths_to_fix

check "$out"
expect_fixed 'ip route add' 'a route with a locked MTU'
expect_fixed 'hook input' 'a smaller segment size in the answer of the server'
expect_fixed 'tcp_mtu_probing' 'TCP that looks for a size'
expect_fixed 'ip link set' 'a small MTU for everything, as a test'
expect_fixed 'size set rt mtu' 'a smaller segment size, by the router' r1
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
