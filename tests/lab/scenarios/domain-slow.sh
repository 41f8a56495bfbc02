# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the address of the mail host takes 6 s to find, and all else is found at once
expect=dns-slow-resolver
also=dns-failure
servers=postfix
setup() {
	serve mx1 postfix
	zone 'on A mx1.lab.test delay 6'
}
