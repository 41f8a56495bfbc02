# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# all connections that are not kept for others are taken
expect=process-limit
servers=exim
setup() {
	serve mx1 exim smtp_accept_max=4 smtp_accept_reserve=2 smtp_reserve_hosts=127.0.0.1
	peer mx2 hold 198.51.100.25 25 2 'EHLO mx2.lab.test'
}
