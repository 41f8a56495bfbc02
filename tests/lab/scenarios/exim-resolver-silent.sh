# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the server's own name server never answers
expect=dns-slow-server
servers=exim
setup() {
	prepare mx1 exim
	zone 'on any * from 198.51.100.25 silent'
	start mx1 exim
}
