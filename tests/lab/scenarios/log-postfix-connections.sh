# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the log of a server with a client that opens too many connections
expect=too-many-connections-per-client
servers=postfix
setup() {
	serve mx1 postfix smtpd_client_connection_count_limit=3
	deliver mx2 5
	peer client hold 198.51.100.25 25 3 'EHLO client.example.test'
	talk client 6 'EHLO client.example.test'
	evidence postfix
}
