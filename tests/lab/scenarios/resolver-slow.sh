# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the name server here takes 3 s for each answer
expect=dns-slow-resolver
servers=postfix
setup() {
	serve mx1 postfix
	zone 'on any * from 192.0.2.10 delay 3'
}
