# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the first of two name servers here is dead
expect=dns-slow-resolver
servers=postfix
setup() {
	serve mx1 postfix
	resolvers 203.0.113.99 203.0.113.53
}
