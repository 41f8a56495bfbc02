# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# nobody gets an answer about our address
expect=dns-slow-server
servers=exim
setup() {
	prepare mx1 exim
	zone 'on PTR 192.0.2.10 silent'
	start mx1 exim 'host_lookup=*'
}
