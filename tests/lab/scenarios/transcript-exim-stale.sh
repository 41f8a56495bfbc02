# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a program keeps its session for longer than the server does
expect=stale-pooled-connection
also='server-idle-timeout-too-short client-slow'
servers=exim
setup() {
	serve mx1 exim smtp_receive_timeout=3s
	transcript 10 'send 500' 'sleep 6' 'send 500'
}
