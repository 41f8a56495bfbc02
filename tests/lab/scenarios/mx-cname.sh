# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the MX record leads to an alias
expect=dns-misconfig
servers=postfix
setup() {
	zone 'lab.test MX 10 mail.lab.test'
	zone 'mail.lab.test CNAME mx1.lab.test'
	serve mx1 postfix
}
