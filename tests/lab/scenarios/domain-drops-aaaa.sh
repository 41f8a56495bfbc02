# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# nobody answers questions for AAAA records of the mail host
expect=dns-failure
servers=postfix
setup() {
	serve mx1 postfix
	zone 'on AAAA mx1.lab.test silent'
}
