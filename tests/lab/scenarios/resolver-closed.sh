# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the first name server here is a machine where none runs
expect=dns-slow-resolver
servers=exim
setup() {
	serve mx1 exim
	resolvers 203.0.113.1 203.0.113.53
}
