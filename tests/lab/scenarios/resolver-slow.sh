# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the name server here takes 3 s for each answer
expect=dns-slow-resolver
servers=postfix
setup() {
	serve mx1 postfix
	zone 'on any * from 192.0.2.10 delay 3'
}
