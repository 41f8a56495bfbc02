# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the first name server here refuses us
expect=dns-slow-resolver
servers=postfix
setup() {
	serve mx1 postfix
	zone 'on any * at 203.0.113.54 refused'
	resolvers 203.0.113.54 203.0.113.53
}
