# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# strangers have taken all connections of the server
expect=process-limit
servers=exim
setup() {
	serve mx1 exim smtp_accept_max=3
	peer mx2 hold 198.51.100.25 25 3 'EHLO mx2.lab.test'
}
