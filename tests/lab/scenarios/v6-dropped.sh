# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# IPv6 leads nowhere, IPv4 is fine
expect=ipv6-broken
servers=postfix
setup() {
	zone 'mx1.lab.test AAAA 2001:db8:2::25'
	serve mx1 postfix
	firewall forward ip6 daddr 2001:db8:2::25 drop
}
