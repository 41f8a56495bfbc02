# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a stock exim by its address, where nothing else is known: no name server answers
expect=healthy
servers=exim
target=198.51.100.25:25
setup() {
	serve mx1 exim
	resolvers 203.0.113.99
}
