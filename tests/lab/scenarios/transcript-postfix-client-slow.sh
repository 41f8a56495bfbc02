# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# what a program prints that stalls for 7 s after DATA, where the server waits 4 s
expect=client-slow
also=server-idle-timeout-too-short
servers=postfix
setup() {
	serve mx1 postfix smtpd_timeout=4s
	transcript 20 'stall 7'
}
