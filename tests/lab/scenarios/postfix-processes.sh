# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# all server processes are busy with others
expect=process-limit
servers=postfix
options='--timeout 20'
setup() {
	prepare mx1 postfix
	on mx1 postconf -M 'smtp/inet=smtp inet n - n - 1 smtpd'
	start mx1 postfix
	peer mx2 hold 198.51.100.25 25 1 'EHLO mx2.lab.test'
}
