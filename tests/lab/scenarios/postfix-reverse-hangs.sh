# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the server's look-up of our address is never answered
expect=dns-slow-server
servers=postfix
target=198.51.100.25:25
setup() {
	serve mx1 postfix
	zone 'on PTR 192.0.2.10 from 198.51.100.25 silent'
}
