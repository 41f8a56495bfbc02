# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# large packets vanish over IPv6 only
expect=pmtu-blackhole
also=ipv6-broken
servers=postfix
setup() {
	zone 'mx1.lab.test AAAA 2001:db8:2::25'
	serve mx1 postfix
	ip -6 route change 2001:db8:2::/64 dev r-mx1 proto kernel metric 256 mtu lock 1300
	firewall output icmpv6 type packet-too-big drop
}
