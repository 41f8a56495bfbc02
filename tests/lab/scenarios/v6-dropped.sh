# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# IPv6 leads nowhere, IPv4 is fine
expect=ipv6-broken
servers=postfix
setup() {
	zone 'mx1.lab.test AAAA 2001:db8:2::25'
	serve mx1 postfix
	firewall forward ip6 daddr 2001:db8:2::25 drop
}
