# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the log of a server that delivers, with a bot and one refusal in it
expect=healthy
servers=postfix
setup() {
	serve mx1 postfix
	deliver client 15
	talk mx2 2 'EHLO bot' @leave
	talk mx2 1 'EHLO mx2.lab.test' 'MAIL FROM:<>' 'RCPT TO:<nobody-of-that-name@lab.test>' QUIT
	deliver mx2 10
	evidence postfix
}
