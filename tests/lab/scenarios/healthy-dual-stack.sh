# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# IPv4 and IPv6, both fine
expect=healthy
servers=postfix
setup() {
	zone 'mx1.lab.test AAAA 2001:db8:2::25'
	serve mx1 postfix
}
