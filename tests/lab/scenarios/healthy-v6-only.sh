# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a host with nothing but an IPv6 address
expect=healthy
servers=postfix
setup() {
	zone_drop '^mx1.lab.test A '
	zone 'mx1.lab.test AAAA 2001:db8:2::25'
	serve mx1 postfix
}
