# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the host has an IPv6 address and this machine has none: IPv4 does
expect=healthy
servers=postfix
setup() {
	zone 'mx1.lab.test AAAA 2001:db8:2::25'
	at client sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	serve mx1 postfix
}
