# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the same with Exim
expect=too-many-connections-per-client
servers=exim
setup() {
	serve mx1 exim smtp_accept_max_per_host=3
	deliver mx2 5
	peer client hold 198.51.100.25 25 3 'EHLO client.example.test'
	talk client 6 'EHLO client.example.test'
	evidence exim
}
