# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# IPv4 and IPv6, both fine
expect=healthy
servers=postfix
setup() {
	zone 'mx1.lab.test AAAA 2001:db8:2::25'
	serve mx1 postfix
}
