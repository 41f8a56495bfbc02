# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a program meets a server that holds two sessions of the same client already
expect=too-many-connections-per-client
also='process-limit rate-limit'
servers=exim
setup() {
	serve mx1 exim smtp_accept_max_per_host=2
	peer client hold 198.51.100.25 25 2
	transcript 10 'send 500'
}
