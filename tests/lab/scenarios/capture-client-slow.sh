# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a capture of a client that says nothing for 7 s after DATA, where the server waits 4 s
expect=client-slow
also=server-idle-timeout-too-short
servers=postfix
setup() {
	serve mx1 postfix smtpd_timeout=4s
	record mx1
	talk client 1 'EHLO client.example.test' 'MAIL FROM:<a@client.example.test>' 'RCPT TO:<postmaster@lab.test>' DATA '@sleep 7' '@body 1024' @listen
	recorded
}
