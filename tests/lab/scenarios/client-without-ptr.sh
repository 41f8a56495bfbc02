# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the server insists that our address has a name
expect=dns-misconfig
also=reputation-block
servers=postfix
setup() {
	zone_drop '^192.0.2.10 PTR'
	serve mx1 postfix smtpd_client_restrictions=reject_unknown_client_hostname
}
