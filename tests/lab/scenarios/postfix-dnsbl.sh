# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# our address is on a block list
expect=reputation-block
servers=postfix
setup() {
	zone '10.2.0.192.bl.lab.test A 127.0.0.2'
	serve mx1 postfix smtpd_client_restrictions='reject_rbl_client bl.lab.test'
}
