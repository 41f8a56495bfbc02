# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a capture at Exim: the client hangs up in the middle of its messages, and Exim still says 421
expect=client-bug-disconnects
servers=exim
setup() {
	serve mx1 exim
	record mx1
	talk client 3 'EHLO client.example.test' 'MAIL FROM:<a@client.example.test>' 'RCPT TO:<postmaster@lab.test>' DATA '@body 3000' @leave
	recorded
}
