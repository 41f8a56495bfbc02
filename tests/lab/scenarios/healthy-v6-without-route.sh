# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# this machine has an IPv6 address and no way out: its mail goes over IPv4
expect=healthy
servers=exim
setup() {
	zone 'mx1.lab.test AAAA 2001:db8:2::25'
	at client ip -6 route del default
	serve mx1 exim
}
