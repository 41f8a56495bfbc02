# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the host has an IPv6 address and this machine has none: IPv4 does
expect=healthy
servers=postfix
setup() {
	zone 'mx1.lab.test AAAA 2001:db8:2::25'
	at client sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	serve mx1 postfix
}
