# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a capture of a server that hangs when TLS shall begin
expect=tls-handshake-fail
also=server-fault
servers=postfix
setup() {
	serve mx1 postfix
	record mx1
	talk client 1 'EHLO client.example.test' STARTTLS '@meet tls' '@tls 6' &
	meet tls freeze smtpd
	wait $!
	recorded
}
