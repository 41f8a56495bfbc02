# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# this host has sent too much mail in the last minute
expect=rate-limit
servers=postfix
setup() {
	serve mx1 postfix smtpd_client_message_rate_limit=1
	peer client hold 198.51.100.25 25 1 'EHLO client.example.test' 'MAIL FROM:<>'
}
