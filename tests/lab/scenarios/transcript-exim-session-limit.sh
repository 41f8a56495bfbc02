# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a program sends message after message in one session, and the server takes two
expect=session-limit
servers=exim
setup() {
	serve mx1 exim smtp_accept_max_per_connection=2
	transcript 10 'send 500' 'send 500' 'send 500'
}
