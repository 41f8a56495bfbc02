# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# this machine has an IPv6 address and no way out: its mail goes over IPv4
expect=healthy
servers=exim
setup() {
	zone 'mx1.lab.test AAAA 2001:db8:2::25'
	at client ip -6 route del default
	serve mx1 exim
}
