# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the server's look-up of our address is never answered
expect=dns-slow-server
servers=postfix
target=198.51.100.25:25
setup() {
	serve mx1 postfix
	zone 'on PTR 192.0.2.10 from 198.51.100.25 silent'
}
