# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the log of a server with a client that connects too often
expect=rate-limit
servers=postfix
setup() {
	serve mx1 postfix smtpd_client_connection_rate_limit=3
	talk client 9 'EHLO client.example.test' QUIT
	evidence postfix
}
