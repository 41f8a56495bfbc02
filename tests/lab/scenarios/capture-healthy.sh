# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a capture of mail that arrives
expect=healthy
servers=postfix
setup() {
	serve mx1 postfix
	record mx1
	deliver client 4
	recorded
}
