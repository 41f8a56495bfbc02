#!/bin/sh
#
# As mtu_fixes, with the commands for iptables, which is unpacked here: what is installed decides what other tests find.
#
# once: it is about commands of others

. "${0%/*}/lib.sh"
. "${0%/*}/../netns/lib.sh"
. "${0%/*}/../netns/fixes.sh"
. "${0%/*}/../real/root.sh"

# In the namespaces nothing can be fetched any more.
if ! command -v apt-get >/dev/null || ! real_fetch iptables "$folder/apt"; then
	skip 'the commands of iptables' 'could not fetch the package'
	finish
fi
netns_enter 'the fixes of a black hole with iptables'

mkdir unpacked bin
for package in "$real_packages"/*.deb; do dpkg-deb -x "$package" unpacked; done
libraries=$(dirname "$(find "$PWD/unpacked" -name 'libxtables.so.*' -o -name xtables -type d | head -n 1)")
for name in iptables ip6tables iptables-save ip6tables-save; do
	printf '#!/bin/sh\nLD_LIBRARY_PATH=%s XTABLES_LIBDIR=%s/xtables exec %s/unpacked/usr/sbin/xtables-nft-multi %s "$@"\n' \
		"$libraries" "$libraries" "$PWD" "$name" >bin/$name
	chmod 755 bin/$name
done
PATH=$PWD/bin:$PATH

state() { # NAMESPACE: tables that have no rule stay behind, and count for nothing
	path_do "$1" sh -c 'iptables-save; ip6tables-save' 2>/dev/null | grep '^-A'
}

paths_to_fix

path_do client iptables -A INPUT -p icmp -j DROP
for type in packet-too-big destination-unreachable time-exceeded; do
	path_do client ip6tables -A INPUT -p ipv6-icmp --icmpv6-type $type -j DROP
done
check "$own"
expect_fixed 'iptables -I INPUT -p icmp' 'ICMP let in again by iptables'
check "$own_v6"
expect_fixed 'ip6tables -I INPUT -p ipv6-icmp' 'ICMPv6 let in again by ip6tables'
check "$out"
expect_fixed 'TCPMSS' 'a smaller segment size, by the iptables of the router' r1
check "$out_v6"
expect_fixed 'TCPMSS' 'the same in IPv6' r1
finish
