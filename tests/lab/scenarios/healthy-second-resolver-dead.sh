# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the second name server of resolv.conf is dead; nobody asks it
expect=healthy
servers=postfix
setup() {
	serve mx1 postfix
	resolvers 203.0.113.53 203.0.113.99
}
