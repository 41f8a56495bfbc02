# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Sendmail asks a block list that is gone, at RCPT
expect=dns-slow-server
servers=sendmail
setup() {
	zone 'on any 10.2.0.192.bl.lab.test silent'
	serve mx1 sendmail "FEATURE(\`dnsbl', \`bl.lab.test')dnl"
}
