# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the first name server here is a machine where none runs
expect=dns-slow-resolver
servers=exim
setup() {
	serve mx1 exim
	resolvers 203.0.113.1 203.0.113.53
}
