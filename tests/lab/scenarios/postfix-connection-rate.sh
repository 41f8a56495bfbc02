# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# this host has connected too often in the last minute
expect=rate-limit
also=too-many-connections-per-client
servers=postfix
setup() {
	serve mx1 postfix smtpd_client_connection_rate_limit=2
	peer client hold 198.51.100.25 25 2 'EHLO client.example.test'
}
