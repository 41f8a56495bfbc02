# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# each look-up of OpenSMTPD's takes 6 s
expect=dns-slow-server
servers=opensmtpd
setup() {
	prepare mx1 opensmtpd
	zone 'on any * from 198.51.100.25 delay 6'
	start mx1 opensmtpd
}
