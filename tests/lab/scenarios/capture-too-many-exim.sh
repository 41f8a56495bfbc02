# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a capture of a client that opens too many connections to Exim
expect=too-many-connections-per-client
also=process-limit
servers=exim
setup() {
	serve mx1 exim smtp_accept_max_per_host=3
	record mx1
	peer client hold 198.51.100.25 25 3 'EHLO client.example.test'
	talk client 4 'EHLO client.example.test'
	recorded
}
