# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the server does not listen on the IPv6 address that its name has
expect=ipv6-broken
servers=postfix
setup() {
	zone 'mx1.lab.test AAAA 2001:db8:2::25'
	serve mx1 postfix inet_protocols=ipv4
}
