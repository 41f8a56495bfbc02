# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a capture of a client that opens too many connections
expect=too-many-connections-per-client
servers=postfix
setup() {
	serve mx1 postfix smtpd_client_connection_count_limit=3
	record mx1
	peer client hold 198.51.100.25 25 3 'EHLO client.example.test'
	talk client 4 'EHLO client.example.test'
	recorded
}
