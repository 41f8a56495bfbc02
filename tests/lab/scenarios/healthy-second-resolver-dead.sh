# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the second name server of resolv.conf is dead; nobody asks it
expect=healthy
servers=postfix
setup() {
	serve mx1 postfix
	resolvers 203.0.113.53 203.0.113.99
}
