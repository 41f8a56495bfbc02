# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a program meets a server that holds two sessions of the same client already
expect=too-many-connections-per-client
also='process-limit rate-limit'
servers=postfix
setup() {
	serve mx1 postfix smtpd_client_connection_count_limit=2
	peer client hold 198.51.100.25 25 2
	transcript 10 'send 500'
}
