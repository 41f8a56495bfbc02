# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a client that says nothing more, and leaves, in the middle of each message
expect=client-bug-disconnects
also='client-timeout-too-short pmtu-blackhole'
servers=postfix
setup() {
	serve mx1 postfix
	deliver mx2 8
	talk client 8 'EHLO client.example.test' 'MAIL FROM:<a@client.example.test>' 'RCPT TO:<postmaster@lab.test>' DATA '@body 2000' @leave
	evidence postfix
}
