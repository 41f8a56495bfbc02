# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the server's own name server never answers
expect=dns-slow-server
servers=exim
setup() {
	prepare mx1 exim
	zone 'on any * from 198.51.100.25 silent'
	start mx1 exim
}
