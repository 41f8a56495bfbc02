# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the server asks a block list that is gone, at RCPT
expect=dns-slow-server
servers=postfix
setup() {
	zone 'on any 10.2.0.192.bl.lab.test silent'
	serve mx1 postfix smtpd_client_restrictions='reject_rbl_client bl.lab.test'
}
