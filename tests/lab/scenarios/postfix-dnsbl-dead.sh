# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the server asks a block list that is gone, at RCPT
expect=dns-slow-server
servers=postfix
setup() {
	zone 'on any 10.2.0.192.bl.lab.test silent'
	serve mx1 postfix smtpd_client_restrictions='reject_rbl_client bl.lab.test'
}
