# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the first of two name servers here is dead
expect=dns-slow-resolver
servers=postfix
setup() {
	serve mx1 postfix
	resolvers 203.0.113.99 203.0.113.53
}
