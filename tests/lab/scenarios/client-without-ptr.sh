# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the server insists that our address has a name
expect=dns-misconfig
also=reputation-block
servers=postfix
setup() {
	zone_drop '^192.0.2.10 PTR'
	serve mx1 postfix smtpd_client_restrictions=reject_unknown_client_hostname
}
