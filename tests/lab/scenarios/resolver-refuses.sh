# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the first name server here refuses us
expect=dns-slow-resolver
servers=postfix
setup() {
	serve mx1 postfix
	zone 'on any * at 203.0.113.54 refused'
	resolvers 203.0.113.54 203.0.113.53
}
