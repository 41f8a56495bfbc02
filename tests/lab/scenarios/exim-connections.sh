# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the same with Exim
expect=too-many-connections-per-client
servers=exim
setup() {
	serve mx1 exim smtp_accept_max_per_host=3
	peer client hold 198.51.100.25 25 3 'EHLO client.example.test'
}
