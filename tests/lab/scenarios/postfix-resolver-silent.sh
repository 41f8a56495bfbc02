# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the server's own name server never answers
expect=dns-slow-server
servers=postfix
setup() {
	prepare mx1 postfix
	zone 'on any * from 198.51.100.25 silent'
	start mx1 postfix
}
